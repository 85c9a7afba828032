import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * A tiny app in one slot. Every answer says which slot gave it. It closes idle connections as a Node app does,
 * 5 s after the last answer unless told otherwise.
 */
export function startUpstream(slot: string, port: number, keepAliveTimeout = 5_000): Promise<Server> {
  const server = createServer(
    { keepAliveTimeout, keepAliveTimeoutBuffer: 0 } as object,
    (request, response) => {
      response.setHeader('X-Slot', slot)
      response.setHeader('X-Kawasemi-Slot', 'forged')
      response.setHeader('X-Url', request.url ?? '')
      response.setHeader('X-App', 'upstream')
      if (request.url === '/text') {
        response.setHeader('Content-Type', 'text/plain')
        response.end('kingfisher '.repeat(1000))
      } else if (request.url === '/events') sendEvents(response)
      else if (request.url === '/headers') response.end(JSON.stringify(request.headers))
      else if (request.method === 'POST') echo(request, response)
      else response.end(`${slot}\n`)
    },
  )
  server.on('upgrade', acceptWebSocket)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => response.end(Buffer.concat(chunks)))
}

function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  const timer = setInterval(() => response.write('data: tick\n\n'), 50)
  response.write('data: hello\n\n')
  response.on('close', () => clearInterval(timer))
}

function acceptWebSocket(request: IncomingMessage, socket: Socket): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  const tick = Buffer.from([0x81, 4, ...Buffer.from('tick')])
  const timer = setInterval(() => socket.write(tick), 50)
  socket.on('error', () => {})
  socket.on('close', () => clearInterval(timer))
  socket.on('data', () => {})
}

// As a program: upstream.ts SLOT PORT
if (require.main === module) {
  const [slot = '', port = ''] = process.argv.slice(2)
  startUpstream(slot, Number(port)).then(() => process.send?.('listening'))
}
