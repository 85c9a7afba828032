import { Readable } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { ConnectionLost, sessionTrouble } from './connection-trouble'
import { LineSplitter } from './lines'

/** How a program ended: with a code, or by a signal (as `SIGKILL`). Exactly one of them is there. */
export interface ExitStatus {
  readonly code: number | undefined
  readonly signal?: string
}

/** A running program that talks and listens. */
export interface Conversation {
  /** What it prints, errors too, line by line; ends when the program or the connection ends. To be read once. */
  readonly lines: AsyncIterable<string>
  /** Sends one line. After the end of the program it goes nowhere. */
  send(line: string): void
  /** Sends bytes and waits until the connection has room for more. `false` when the program has ended. */
  sendBytes(bytes: Buffer): Promise<boolean>
  /** Closes its standard input. */
  end(): void
  /** Rejects with ConnectionLost when the connection ends before the exit status. */
  readonly exit: Promise<ExitStatus>
}

export type OnLine = (line: string, stream: 'out' | 'err') => void

/** What channels need to know of the connection they are in. */
export interface Session {
  readonly name: string
  readonly client: Client
  /** Why the connection ended, once it has. */
  lost(): Error | undefined
}

/** Sends a program to a `sh` on the host and waits for its end. */
export async function runProgram(session: Session, program: string, onLine: OnLine): Promise<ExitStatus> {
  const channel = await exec(session, 'sh')
  const exit = follow(session, channel, onLine)
  channel.end(program)
  return exit
}

/**
 * A shell that reads its program from standard input reads ahead and would swallow the first lines of the
 * conversation. So this one takes exactly the program's bytes (their number is the first line) and then runs them.
 */
const TAKE_PROGRAM = 'read -r n && p=$(dd bs="$n" count=1 iflag=fullblock 2>/dev/null) && eval "$p"'

export async function startConversation(session: Session, program: string): Promise<Conversation> {
  const channel = await exec(session, `sh -c '${TAKE_PROGRAM}'`)
  const lines = new Readable({ objectMode: true, highWaterMark: 1000, read: () => void channel.resume() })
  const exit = follow(session, channel, (line) => {
    if (!lines.destroyed && !lines.push(line)) channel.pause()
  })
  const end = () => void (lines.destroyed || lines.push(null))
  exit.then(end, end)
  let over = false
  const ended = new Promise<false>((resolve) => {
    channel.once('close', () => {
      over = true
      resolve(false)
    })
  })
  const bytes = Buffer.from(program, 'utf8')
  channel.write(Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes]))
  return {
    lines,
    exit,
    send(line) {
      if (line.includes('\n')) throw new RangeError('a line of a conversation holds no line break')
      if (channel.writable) channel.write(`${line}\n`)
    },
    async sendBytes(bytes) {
      if (over || !channel.writable) return false
      // Where the program is gone, nobody calls back.
      const taken = new Promise<boolean>((resolve) => channel.write(bytes, (error) => resolve(!error)))
      return Promise.race([taken, ended])
    },
    end: () => void channel.end(),
  }
}

/** Starts a command by the user's login shell. */
export function exec(session: Session, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(session.lost() ?? sessionTrouble(session.name, error))
    try {
      session.client.exec(command, (error, channel) => (error ? fail(error) : resolve(channel)))
    } catch {
      reject(session.lost() ?? new ConnectionLost(session.name, 'it was already closing'))
    }
  })
}

/** Hands over the lines of a channel and waits until it has ended and all of them were handed over. */
async function follow(session: Session, channel: ClientChannel, onLine: OnLine): Promise<ExitStatus> {
  let status: ExitStatus | undefined
  let failure: unknown
  // An error of a callback must not pass through ssh2, which would take it for one of the protocol.
  const guarded = (stream: 'out' | 'err') =>
    new LineSplitter((line) => {
      if (failure !== undefined) return
      try {
        onLine(line, stream)
      } catch (error) {
        failure = error
        channel.close()
      }
    })
  const out = guarded('out')
  const err = guarded('err')
  channel.on('data', (chunk: Buffer) => out.push(chunk))
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  channel.on('error', () => {})
  channel.on('exit', (code: number | null, signal?: string) => {
    status = code === null ? { code: undefined, signal: signal ?? 'unknown' } : { code }
  })
  await Promise.all([
    new Promise((resolve) => channel.once('close', resolve)),
    new Promise((resolve) => channel.stderr.once('end', resolve)),
  ])
  out.end()
  err.end()
  if (failure !== undefined) throw failure
  if (status !== undefined) return status
  throw (
    session.lost() ?? new ConnectionLost(session.name, 'the server closed the channel without an exit status')
  )
}
