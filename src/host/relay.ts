import { randomBytes } from 'node:crypto'
import type { ClientChannel } from 'ssh2'
import { exec, type Session } from './channel'
import { ConnectionLost, ForwardingForbidden, PortClosed } from './connection-trouble'
import { ChannelStream } from './stream'

/** A shell's status for a program that is not there. */
const NOT_FOUND = 127
/** Bytes that a login shell may print before the program begins. */
const mostNoise = 64 * 1024

/**
 * What passes bytes on between its standard streams and a port. POSIX sh opens no port, bash does. It ends as soon as
 * either side does, so that nothing of it stays behind an app that never answers. The mark comes after whatever the
 * user's profile prints, once the port is open.
 */
function relayProgram(port: number, mark: string): string {
  const program = [
    `exec 3<>/dev/tcp/127.0.0.1/${port} 4<&0 || exit 1`,
    `printf %s ${mark}`,
    'cat <&3 & reader=$!',
    'cat <&4 >&3 & writer=$!',
    'wait -n',
    'kill $reader $writer',
  ].join('; ')
  return `bash --norc -c '${program}'`
}

/**
 * A stream to a port of the host's loopback, through a program there: for servers that forward no connections.
 *
 * @throws {PortClosed} when nothing listens there.
 * @throws {ForwardingForbidden} when there is no bash either.
 */
export async function relayPort(session: Session, port: number): Promise<ChannelStream> {
  const mark = randomBytes(12).toString('hex')
  const channel = await exec(session, relayProgram(port, mark))
  channel.stderr.resume()
  const status = await untilMark(channel, mark)
  if (status === 'open') return new ChannelStream(channel, session.lost)
  const lost = session.lost()
  if (lost) throw lost
  if (status === NOT_FOUND) throw new ForwardingForbidden(session.name, `connections to port ${port}`)
  if (status === undefined) throw new ConnectionLost(session.name, 'the server closed the channel')
  throw new PortClosed(session.name, port)
}

/** Reads up to the mark and no further: `open`, or the status with which the program ended before it. */
function untilMark(channel: ClientChannel, mark: string): Promise<'open' | number | undefined> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0)
    let status: number | undefined
    const take = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk])
      const at = seen.indexOf(mark)
      if (at < 0 && seen.length <= mostNoise) return
      channel.off('data', take).off('close', close)
      if (at < 0) {
        channel.destroy()
        return resolve(undefined)
      }
      channel.pause()
      const early = seen.subarray(at + mark.length)
      if (early.length > 0) channel.unshift(early)
      resolve('open')
    }
    const close = () => resolve(status)
    channel.on('exit', (code: number | null) => {
      status = code ?? undefined
    })
    channel.on('error', () => {})
    channel.on('data', take)
    channel.once('close', close)
  })
}
