import type { RequestHandler } from 'express'
import { logger } from './logger'

/**
 * For drills only: makes a release bad on purpose, to see that a deploy refuses it or takes it back.
 * The image's build argument TD_FAULT bakes the fault in, so it belongs to a version and not to a server.
 *
 *   health     /health answers 500
 *   listen     the server starts but never listens
 *   die        the server exits some seconds after its first visitor came through the proxy
 *   migration  a migration that cannot work is added
 */
export type Fault = 'none' | 'health' | 'listen' | 'die' | 'migration'

const FAULTS: readonly string[] = ['none', 'health', 'listen', 'die', 'migration'] satisfies Fault[]
const DIE_AFTER_MS = 3_000

export const BROKEN_MIGRATION = {
  name: '9999_drill.sql',
  sql: 'ALTER TABLE generation_history ADD COLUMN drill integer; ALTER TABLE no_such_table ADD COLUMN x integer;',
}

export function readFault(env: Record<string, string | undefined>): Fault {
  const name = env.TD_FAULT || 'none'
  if (!FAULTS.includes(name)) throw new Error(`TD_FAULT must be one of ${FAULTS.join(', ')}, not "${name}"`)
  return name as Fault
}

export function faultMiddleware(fault: Fault): RequestHandler {
  let dying = false
  return (req, res, next) => {
    if (fault === 'health' && req.path === '/health') {
      res.status(500).json({ status: 'unhealthy', reason: 'drill' })
      return
    }
    // A deploy's own probes come straight to the port; a visitor's requests carry the proxy's header. Not
    // X-Forwarded-For: Next.js adds that by itself, also to what it asks of us while its page is being probed.
    const visitor = req.headers['x-real-ip'] !== undefined && req.path !== '/health'
    if (fault === 'die' && visitor && !dying) {
      dying = true
      setTimeout(() => {
        logger.error('Drill: this version dies now')
        process.exit(1)
      }, DIE_AFTER_MS)
    }
    next()
  }
}
