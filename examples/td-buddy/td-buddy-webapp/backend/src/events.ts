import type { RequestHandler, Response } from 'express'
import type { Identity } from './config'

const TICK_MS = 1_000

/** A stream of server-sent events: one tick each second that says which release the client hangs on. */
export class EventStream {
  private readonly clients = new Set<Response>()

  constructor(private readonly identity: Identity) {}

  readonly handler: RequestHandler = (_req, res) => {
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      // nginx would hold ticks back in its buffer.
      'X-Accel-Buffering': 'no',
    })
    let tick = 0
    const send = () => {
      const data = JSON.stringify({ ...this.identity, tick, at: new Date().toISOString() })
      res.write(`id: ${tick++}\nevent: tick\ndata: ${data}\n\n`)
    }
    send()
    const timer = setInterval(send, TICK_MS)
    this.clients.add(res)
    res.on('close', () => {
      clearInterval(timer)
      this.clients.delete(res)
    })
  }

  /** Ends every stream; browsers connect again by themselves and reach the release that is live by then. */
  close(): void {
    for (const client of this.clients) client.end()
  }
}
