import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a port of this machine that counts what passes, both directions together. */
export interface CountingWire {
  readonly port: number
  bytes(): number
  stop(): Promise<void>
}

export async function startCountingWire(target: number): Promise<CountingWire> {
  const sockets = new Set<Socket>()
  let bytes = 0
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => {
        bytes += chunk.length
      })
      from.pipe(to)
      from.on('error', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
