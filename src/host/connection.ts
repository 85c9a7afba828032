import type { Duplex } from 'node:stream'
import {
  type Conversation,
  type ExitStatus,
  type OnLine,
  runProgram,
  type Session,
  startConversation,
} from './channel'
import { ConnectionLost, clean, ForwardingForbidden } from './connection-trouble'
import { type Authenticated, reasonOf, type Ssh2, shakeHands, type Wire } from './handshake'
import { pinsFor } from './known-hosts'
import { readPrivateKey } from './private-key'
import { relayPort } from './relay'
import { dialPort, type Listener, Listeners, reachMachine } from './tunnel'

export { ConnectionLost, ForwardingForbidden, PortClosed } from './connection-trouble'
export type { Conversation, ExitStatus, Listener, OnLine }

/** A host through which others are reached. */
export interface Jump {
  /** @throws {Trouble} as `connect` does, for the jump host. */
  hold(): Promise<Hold>
}

/** A jump host while somebody is reached through it. */
export interface Hold {
  /** @throws {Trouble} that names both hosts. */
  open(address: string, port: number, name: string): Promise<Wire>
  /** The last one closes the connection. */
  release(): Promise<void>
}

export interface ConnectionOptions {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly privateKey: string
  readonly passphrase?: string
  /** known_hosts lines or `SHA256:` fingerprints. */
  readonly knownHosts: string
  /** The host through which this one is reached. */
  readonly jump?: Jump
  /** Said beside its name in messages. */
  readonly role?: 'jump host'
  /** Ends the connection, also while it is being made; what is under way rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** One SSH connection to one host, for the whole life of an action. */
export interface Connection {
  /** `user@address`, with `:port` where it is not 22. */
  readonly name: string
  /**
   * Runs a program in a `sh` on the host, in one channel. It is sent on standard input, which is then closed.
   * Lines are at most 1 MiB long.
   *
   * @throws {ConnectionLost} when the connection ends before the exit status is there.
   */
  run(program: string, onLine: OnLine): Promise<ExitStatus>
  /** Runs a program that stays and is spoken to, in one channel. */
  converse(program: string): Promise<Conversation>
  /**
   * A stream to 127.0.0.1:port of the host; through a program there where the server forwards none. Then the stream ends
   * when either side ends it.
   *
   * @throws {PortClosed} when nothing listens there.
   * @throws {ForwardingForbidden} when the server does not allow it and the host has no bash.
   */
  dial(port: number): Promise<Duplex>
  /**
   * A stream to another machine, as this host sees it.
   *
   * @param name how messages call that machine
   * @throws {Trouble} when it cannot be reached from here, with the reason.
   */
  reach(address: string, port: number, name: string): Promise<Wire>
  /**
   * Listens on a free port of the host's 127.0.0.1 and hands over each connection that arrives there.
   *
   * @throws {ForwardingForbidden} when the server does not allow it.
   */
  listen(onStream: (stream: Duplex) => void): Promise<Listener>
  readonly traffic: Traffic
  /** Why it ended, once it has. */
  readonly lost: Error | undefined
  /** Resolves when the connection has ended: with undefined where we closed it, with the reason elsewhere. */
  readonly closed: Promise<Error | undefined>
  close(): Promise<void>
}

/** Counted at the socket, encryption included. */
export interface Traffic {
  readonly execChannels: number
  readonly streams: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** How often something came after something was sent: the round trips that were waited for are never more. */
  readonly roundTrips: number
}

const TIMEOUTS = { socket: 15_000, handshake: 20_000, keepalive: 15_000 } as const

/**
 * Connects to a host whose key is pinned and logs in with a private key.
 *
 * @throws {Trouble} of its own for a bad key, a bad pin, DNS, a refused or silent port, another host key, a failed login.
 */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { address, port, user, signal } = options
  if (signal?.aborted) throw reasonOf(signal)
  const pins = pinsFor(options.knownHosts, address, port)
  const ssh2 = await loadSsh2()
  const key = readPrivateKey(ssh2.utils.parseKey, options.privateKey, options.passphrase)
  const name = `${displayName(user, address, port)}${options.role === undefined ? '' : ` (${options.role})`}`
  const jump = await options.jump?.hold()
  try {
    const authenticated = await shakeHands(ssh2, {
      name,
      address,
      port,
      user,
      key,
      pins,
      timeouts: TIMEOUTS,
      signal,
      ...(jump && { open: () => jump.open(address, port, name) }),
    })
    const connection = new SshConnection(name, authenticated, signal)
    connection.closed.then(() => jump?.release())
    return connection
  } catch (error) {
    await jump?.release()
    throw error
  }
}

/** Loaded only when used. It is CommonJS, whose exports some loaders put behind `default`. */
async function loadSsh2(): Promise<Ssh2> {
  const loaded: Ssh2 & { default?: Ssh2 } = await import('ssh2')
  return loaded.default ?? loaded
}

function displayName(user: string, address: string, port: number): string {
  const bracketed = address.includes(':') ? `[${address}]` : address
  return `${user}@${port === 22 ? address : `${bracketed}:${port}`}`
}

class SshConnection implements Connection {
  readonly closed: Promise<Error | undefined>
  private readonly session: Session
  private readonly listeners: Listeners
  private end: Error | undefined
  private closing = false
  private execChannels = 0
  private streams = 0
  /** As far as we know. */
  private forwards = true

  constructor(
    readonly name: string,
    private readonly ssh: Authenticated,
    signal: AbortSignal | undefined,
  ) {
    const { client, socket } = ssh
    this.session = { name, client, lost: () => this.end }
    this.listeners = new Listeners(this.session)

    let cause: Error | undefined
    client.on('error', (error) => {
      cause ??= error
    })
    const abort = () => socket.destroy()
    signal?.addEventListener('abort', abort, { once: true })
    this.closed = new Promise((resolve) => {
      // ssh2 tells this before it ends the channels, so each of them finds the reason already here.
      client.once('close', () => {
        signal?.removeEventListener('abort', abort)
        if (signal?.aborted) this.end = reasonOf(signal)
        else if (this.closing) this.end = new ConnectionLost(name, 'it was closed on our side')
        else this.end = new ConnectionLost(name, cause ? clean(cause.message) : 'the server closed it')
        resolve(this.closing && !signal?.aborted ? undefined : this.end)
      })
    })
    if (signal?.aborted) abort()
  }

  get lost(): Error | undefined {
    return this.end
  }

  get traffic(): Traffic {
    const { socket, turns } = this.ssh
    return {
      execChannels: this.execChannels,
      streams: this.streams,
      bytesIn: socket.bytesRead,
      bytesOut: socket.bytesWritten,
      roundTrips: turns(),
    }
  }

  run(program: string, onLine: OnLine): Promise<ExitStatus> {
    this.execChannels += 1
    return runProgram(this.session, program, onLine)
  }

  converse(program: string): Promise<Conversation> {
    this.execChannels += 1
    return startConversation(this.session, program)
  }

  async dial(port: number): Promise<Duplex> {
    if (this.forwards) {
      try {
        this.streams += 1
        return await dialPort(this.session, port)
      } catch (error) {
        if (!(error instanceof ForwardingForbidden)) throw error
        this.forwards = false
      }
    }
    this.execChannels += 1
    return relayPort(this.session, port)
  }

  reach(address: string, port: number, name: string): Promise<Wire> {
    return reachMachine(this.session, { address, port, name }, TIMEOUTS.socket)
  }

  listen(onStream: (stream: Duplex) => void): Promise<Listener> {
    return this.listeners.open((stream) => {
      this.streams += 1
      onStream(stream)
    })
  }

  async close(): Promise<void> {
    if (this.end === undefined && !this.closing) {
      this.closing = true
      this.ssh.client.end()
      const late = setTimeout(() => this.ssh.socket.destroy(), 2000)
      await this.closed
      clearTimeout(late)
    } else await this.closed
  }
}
