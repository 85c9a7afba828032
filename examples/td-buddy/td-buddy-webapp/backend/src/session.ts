import { randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'

const COOKIE = 'td_session'
const ONE_DAY_MS = 24 * 60 * 60 * 1000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The visitor's anonymous session, begun here when the request brings none. It only counts visitors. */
export function sessionOf(req: Request, res: Response): string {
  const sent = (req.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1)
  if (sent !== undefined && UUID.test(sent)) return sent
  const session = randomUUID()
  res.cookie(COOKIE, session, { httpOnly: true, sameSite: 'lax', secure: req.secure, maxAge: ONE_DAY_MS })
  return session
}
