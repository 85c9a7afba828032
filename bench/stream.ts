import { randomBytes } from 'node:crypto'
import type { Client } from 'undici'

/** What is told about a stream while it is open. */
export interface StreamEvents {
  opened(): void
  message(): void
}

/** Resolves when the server ends the stream or `stop` does; throws when it cannot be opened. */
export async function openSse(
  client: Client,
  path: string,
  host: string,
  stop: AbortSignal,
  events: StreamEvents,
): Promise<void> {
  const headers = { host, accept: 'text/event-stream' }
  const answer = await client.request({ method: 'GET', path, headers, signal: stop })
  if (answer.statusCode !== 200) {
    throw new Error(`status ${answer.statusCode}: ${(await answer.body.text()).slice(0, 200)}`)
  }
  events.opened()
  let text = ''
  try {
    for await (const chunk of answer.body) {
      text += chunk
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) if (/^data:/m.test(part)) events.message()
    }
  } catch {
    // Cut by the server, or by us.
  }
}

/** The client's half of RFC 6455, as far as counting messages and answering pings needs it. */
export async function openWebSocket(
  client: Client,
  path: string,
  host: string,
  stop: AbortSignal,
  events: StreamEvents,
): Promise<void> {
  const headers = {
    host,
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  }
  const { socket } = await client.upgrade({ path, headers, protocol: 'websocket', signal: stop })
  events.opened()
  await new Promise<void>((resolve) => {
    let rest = Buffer.alloc(0)
    const end = () => socket.destroy()
    stop.addEventListener('abort', end)
    socket.on('error', () => {})
    socket.on('close', () => {
      stop.removeEventListener('abort', end)
      resolve()
    })
    socket.on('end', end)
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
        rest = rest.subarray(frame.size)
        if (frame.opcode === 1 || frame.opcode === 2) events.message()
        if (frame.opcode === 8) end()
        if (frame.opcode === 9) socket.write(clientFrame(10, frame.payload))
      }
    })
  })
}

/** A server's frame is not masked. Undefined while it is not all there. */
function readFrame(data: Buffer): { opcode: number; payload: Buffer; size: number } | undefined {
  if (data.length < 2) return undefined
  const short = data[1]! & 0x7f
  const header = short < 126 ? 2 : short === 126 ? 4 : 10
  if (data.length < header) return undefined
  const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2))
  if (data.length < header + length) return undefined
  return {
    opcode: data[0]! & 0x0f,
    payload: data.subarray(header, header + length),
    size: header + length,
  }
}

/** A client's has to be; of at most 125 bytes here. */
function clientFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const masked = payload.map((byte, at) => byte ^ mask[at % 4]!)
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}
