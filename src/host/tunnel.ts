import type { Duplex } from 'node:stream'
import type { AcceptConnection, ClientChannel, RejectConnection, TcpConnectionDetails } from 'ssh2'
import type { Session } from './channel'
import {
  ConnectionLost,
  clean,
  ForwardingForbidden,
  jumpForbiddenTrouble,
  type Machine,
  PortClosed,
  unreachableTrouble,
} from './connection-trouble'
import { ChannelStream } from './stream'

const LOOPBACK = '127.0.0.1'
/** RFC 4254, 5.1: the codes with which a channel is refused. */
const ADMINISTRATIVELY_PROHIBITED = 1

/** Opens a stream to a port of the host's loopback. */
export function dialPort(session: Session, port: number): Promise<ChannelStream> {
  return forward(session, LOOPBACK, port, ({ reason }) =>
    reason === ADMINISTRATIVELY_PROHIBITED
      ? new ForwardingForbidden(session.name, `connections to port ${port} of the host`)
      : new PortClosed(session.name, port),
  )
}

/** Opens a stream to another machine, as the host sees it. Given up after so many milliseconds. */
export function reachMachine(session: Session, machine: Machine, timeout: number): Promise<ChannelStream> {
  const { address, port } = machine
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(unreachableTrouble(session.name, machine, 'it did not answer in time')),
      timeout,
    )
    forward(session, address, port, ({ reason, message }) =>
      reason === ADMINISTRATIVELY_PROHIBITED
        ? jumpForbiddenTrouble(session.name, machine)
        : unreachableTrouble(session.name, machine, message),
    )
      .then(resolve, reject)
      .finally(() => clearTimeout(late))
  })
}

/** @param refusal what to say when the server refuses, with the reason's number and text */
function forward(
  session: Session,
  address: string,
  port: number,
  refusal: (error: { reason: unknown; message: string }) => Error,
): Promise<ChannelStream> {
  return new Promise((resolve, reject) => {
    try {
      session.client.forwardOut(LOOPBACK, 0, address, port, (error, channel) => {
        if (!error) return resolve(new ChannelStream(channel, session.lost))
        const { reason, message } = error as Error & { reason?: unknown }
        if (reason === undefined) reject(session.lost() ?? new ConnectionLost(session.name, clean(message)))
        else reject(refusal({ reason, message }))
      })
    } catch {
      reject(session.lost() ?? new ConnectionLost(session.name, 'it was already closing'))
    }
  })
}

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** The ports of the host that are listened on for us, and who gets the connections that arrive there. */
export class Listeners {
  private readonly takers = new Map<number, (stream: Duplex) => void>()

  constructor(private readonly session: Session) {
    session.client.on(
      'tcp connection',
      (details: TcpConnectionDetails, accept: AcceptConnection<ClientChannel>, reject: RejectConnection) => {
        const taker = this.takers.get(details.destPort)
        if (taker === undefined) reject()
        else taker(new ChannelStream(accept(), session.lost))
      },
    )
  }

  /** The host chooses the port. */
  async open(onStream: (stream: Duplex) => void): Promise<Listener> {
    const { client, name } = this.session
    const port = await this.ask<number>(
      (done) => client.forwardIn(LOOPBACK, 0, done),
      () => new ForwardingForbidden(name, 'listening on the host for us'),
    )
    this.takers.set(port, onStream)
    return {
      port,
      close: async () => {
        if (!this.takers.delete(port) || this.session.lost()) return
        const refused = () => new ConnectionLost(name, `port ${port} could not be given back`)
        await this.ask<undefined>(
          (done) => client.unforwardIn(LOOPBACK, port, (error) => done(error, undefined)),
          refused,
        )
      },
    }
  }

  private ask<T>(
    request: (done: (error: Error | null | undefined, value: T) => void) => void,
    refused: () => Error,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(this.session.lost() ?? refused())
      try {
        request((error, value) => (error ? fail() : resolve(value)))
      } catch {
        fail()
      }
    })
  }
}
