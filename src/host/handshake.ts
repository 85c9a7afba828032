import { connect as connectSocket, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Client, utils } from 'ssh2'
import {
  authenticationTrouble,
  handshakeTrouble,
  hostKeyTrouble,
  revokedTrouble,
  socketTrouble,
} from './connection-trouble'
import {
  type HostKey,
  type HostKeyType,
  hostKeyTypes,
  isHostKeyType,
  readKeyBlob,
  signatureAlgorithms,
} from './host-key'
import { judge, type Pins } from './known-hosts'
import type { PrivateKey } from './private-key'

export interface HandshakeOptions {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly key: PrivateKey
  readonly pins: Pins
  readonly timeouts: Timeouts
  readonly signal: AbortSignal | undefined
  /** Another way to the host than a socket of this machine. It is taken once for each handshake. */
  readonly open?: () => Promise<Wire>
}

/** What carries the connection, counted in bytes. */
export type Wire = Duplex & { readonly bytesRead: number; readonly bytesWritten: number }

/** All in milliseconds. */
export interface Timeouts {
  /** From the first packet to an open TCP connection. */
  readonly socket: number
  /** From there to the end of authentication. */
  readonly handshake: number
  /** Between two signs of life that are asked for; the third that is missed ends the connection. */
  readonly keepalive: number
}

export interface Ssh2 {
  readonly Client: typeof Client
  readonly utils: typeof utils
}

export interface Authenticated {
  readonly client: Client
  readonly socket: Wire
  /** How often an answer came after something was sent, so far. */
  readonly turns: () => number
}

/**
 * Connects and authenticates. The first key of the host that is pinned is accepted. A host has several keys and shows
 * one per handshake, so where that one is not pinned, the next handshake asks for one of another pinned type.
 *
 * @throws {Trouble} one kind for each thing that can be wrong.
 */
export async function shakeHands(ssh2: Ssh2, options: HandshakeOptions): Promise<Authenticated> {
  const presented: HostKey[] = []
  const remember = (key: HostKey | undefined) => {
    if (key === undefined) return false
    if (judge(options.pins, key.blob) === 'revoked') throw revokedTrouble(options, key)
    presented.push(key)
    return true
  }
  for (
    let types = options.pins.types;
    types.length > 0;
    types = types.filter((type) => !shows(presented, type))
  ) {
    const attempt = await tryTypes(ssh2, options, types)
    if ('client' in attempt) return attempt
    if (!remember(attempt.unknown)) break
  }
  // Only to say in the error which key the host has: that key is not pinned, or its type would have been asked for.
  if (presented.length === 0) {
    const others = hostKeyTypes.filter((type) => !options.pins.types.includes(type))
    const attempt = others.length > 0 ? await tryTypes(ssh2, options, others) : { unknown: undefined }
    if ('client' in attempt) attempt.client.destroy()
    else remember(attempt.unknown)
  }
  throw hostKeyTrouble(options, options.pins, presented)
}

function shows(presented: readonly HostKey[], type: HostKeyType): boolean {
  return presented.some((key) => key.type === type)
}

/** One handshake. `unknown` is the key the host showed, undefined where it has none of these types. */
async function tryTypes(
  ssh2: Ssh2,
  options: HandshakeOptions,
  types: readonly HostKeyType[],
): Promise<Authenticated | { unknown: HostKey | undefined }> {
  const socket: Wire = await (options.open ?? (() => openSocket(options)))()
  const client = new ssh2.Client()
  const { signal, key, user } = options
  let denied: HostKey | undefined
  let left: readonly string[] = []
  let partial = false
  let offered = false
  let turns: () => number = () => 0

  const outcome = new Promise<Authenticated | { unknown: HostKey | undefined }>((resolve, reject) => {
    client.once('ready', () => resolve({ client, socket, turns }))
    client.on('error', (error: Error & { level?: string }) => {
      if (signal?.aborted) reject(reasonOf(signal))
      else if (denied !== undefined) resolve({ unknown: denied })
      else if (error.message === 'Handshake failed: no matching host key format')
        resolve({ unknown: undefined })
      else if (error.level === 'client-authentication' || (offered && isDisconnect(error)))
        reject(authenticationTrouble(options, key, left, partial))
      else reject(handshakeTrouble(options, error))
    })
    client.once('close', () => {
      if (signal?.aborted) reject(reasonOf(signal))
      else
        reject(
          handshakeTrouble(
            options,
            new Error(`connection lost ${offered ? 'during login' : 'before login'}`),
          ),
        )
    })
  })
  const abort = () => socket.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    client.connect({
      sock: socket,
      username: user,
      readyTimeout: options.timeouts.handshake,
      keepaliveInterval: options.timeouts.keepalive,
      keepaliveCountMax: 3,
      algorithms: { serverHostKey: types.flatMap(signatureAlgorithms) },
      hostVerifier: (blob: Buffer) => {
        if (judge(options.pins, blob) === 'pinned') return true
        const type = readKeyBlob(blob)?.type ?? ''
        if (isHostKeyType(type)) denied = { type, blob: Buffer.from(blob) }
        return false
      },
      // The parsed key is handed over, so that a passphrase is worked through only once, and nothing else is tried.
      authHandler: (methodsLeft, partialSuccess, next) => {
        if (!offered) {
          offered = true
          next({ type: 'publickey', username: user, key: key.parsed })
        } else {
          left = methodsLeft ?? []
          partial = partialSuccess === true
          next(false as never)
        }
      },
    })
    turns = countTurns(socket)
    const result = await outcome
    if (!('client' in result)) socket.destroy()
    return result
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
    client.removeAllListeners()
    client.on('error', () => {})
  }
}

function openSocket(options: HandshakeOptions): Promise<Socket> {
  const { signal } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal))
    const socket = connectSocket({ host: options.address, port: options.port, noDelay: true })
    const end = (error: Error) => {
      socket.destroy()
      finish()
      reject(error)
    }
    const finish = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.removeAllListeners()
      socket.on('error', () => {})
    }
    const abort = () => end(reasonOf(signal as AbortSignal))
    const timer = setTimeout(
      () => end(socketTrouble(options, Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }))),
      options.timeouts.socket,
    )
    signal?.addEventListener('abort', abort, { once: true })
    socket.once('error', (error) => end(socketTrouble(options, error)))
    socket.once('connect', () => {
      finish()
      resolve(socket)
    })
  })
}

export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted')
}

/** ssh2 gives such an error the number of the reason that the server sent. */
function isDisconnect(error: Error & { code?: unknown }): boolean {
  return typeof error.code === 'number'
}

/** To be called when ssh2 has paused the socket, so that nothing flows past it. */
function countTurns(socket: Wire): () => number {
  let turns = 0
  let asked = false
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = ((...args: unknown[]) => {
    asked = true
    return write(...args)
  }) as typeof socket.write
  socket.on('data', () => {
    if (asked) turns += 1
    asked = false
  })
  return () => turns
}
