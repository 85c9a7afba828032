import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type Answered, mostBody } from '../../../src/probes/answer'
import { type ProbeRequest, probe, probeUrl } from '../../../src/probes/http'

const opened: Server[] = []
const sockets = new Set<Socket>()

async function listen(server: Server): Promise<number> {
  opened.push(server)
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const http = (answer: RequestListener) => listen(createHttpServer(answer))
const raw = (serve: (socket: Socket) => void) => listen(createServer(serve))

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of opened.splice(0)) await new Promise((done) => server.close(done))
})

/** A connection with nothing of a socket but what a channel through SSH has too. */
async function channel(port: number): Promise<Duplex> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((done, fail) => socket.once('connect', done).once('error', fail))
  return Duplex.from({ readable: socket, writable: socket })
}

const request: ProbeRequest = { host: 'shop.example', path: '/health?full=1', timeout: 10_000 }
const ask = (port: number, more: Partial<ProbeRequest> = {}) =>
  probe({ ...request, ...more }, () => channel(port))

async function answered(port: number): Promise<Answered> {
  const answer = await ask(port)
  if (answer.kind !== 'answered') throw new Error(answer.reason)
  return answer
}

describe('a probe', () => {
  test("sends the domain's own Host over the connection it is given", async () => {
    let seen: IncomingMessage | undefined
    const port = await http((message, response) => {
      seen = message
      response.setHeader('X-Thing', ['a', 'b'])
      response.end('{"status":"ähm"}')
    })
    expect(await answered(port)).toMatchObject({
      status: 200,
      headers: { 'x-thing': 'a, b' },
      body: '{"status":"ähm"}',
      cut: false,
    })
    expect(seen?.method).toBe('GET')
    expect(seen?.url).toBe('/health?full=1')
    expect(seen?.headers).toEqual({
      host: 'shop.example',
      'x-forwarded-proto': 'https',
      'user-agent': 'kawasemi',
      accept: '*/*',
      connection: 'close',
    })
  })

  test('shows a redirect and does not follow it', async () => {
    let asked = 0
    const port = await http((_, response) => {
      asked++
      response.writeHead(301, { location: 'https://shop.example/' }).end()
    })
    expect(await answered(port)).toMatchObject({
      status: 301,
      headers: { location: 'https://shop.example/' },
    })
    expect(asked).toBe(1)
  })

  test('gives an error status as an answer', async () => {
    const port = await http((_, response) => response.writeHead(500).end('broken'))
    expect(await answered(port)).toMatchObject({ status: 500, body: 'broken' })
  })

  test('keeps the start of an endless body and closes the connection', async () => {
    let closed = () => {}
    const gone = new Promise<void>((done) => {
      closed = done
    })
    const port = await http((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000))) {}
      }
      response.on('drain', more).on('close', closed)
      more()
    })
    const { body, cut } = await answered(port)
    expect(body).toHaveLength(mostBody)
    expect(cut).toBe(true)
    await gone
  })

  test.each([
    ['never answers', () => {}, 'no answer within 60 ms'],
    [
      'never ends its body',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      'an answer that did not end within 60 ms',
    ],
  ])('ends by its timeout when the service %s', async (_, serve, reason) => {
    let closed = () => {}
    const gone = new Promise<void>((done) => {
      closed = done
    })
    const port = await raw((socket) => {
      socket.resume().on('close', closed)
      serve(socket)
    })
    expect(await ask(port, { timeout: 60 })).toMatchObject({ kind: 'unanswered', reason })
    await gone
  })

  test('ends by its timeout when the connection never opens, and closes one that opens later', async () => {
    let open: (stream: Duplex) => void = () => {}
    const stream = new Duplex({ read() {}, write() {} })
    const late = () =>
      new Promise<Duplex>((done) => {
        open = done
      })
    expect(await probe({ ...request, timeout: 30 }, late)).toMatchObject({ reason: 'no answer within 30 ms' })
    const closed = new Promise((done) => stream.once('close', done))
    open(stream)
    await closed
  })

  const dropped = 'connection closed before the answer was complete'
  test.each([
    ['garbage', (socket: Socket) => socket.end('\u0000\u0001garbage\r\n\r\n'), 'an answer that is not HTTP'],
    ['another protocol', (socket: Socket) => socket.write('SSH-2.0-x\r\n'), 'an answer that is not HTTP'],
    ['nothing and hangs up', (socket: Socket) => socket.end(), dropped],
    [
      'half a body',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      dropped,
    ],
    ['half a head', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'), dropped],
    [
      'endless headers',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(50_000)}`),
      'no answer: Headers Overflow Error',
    ],
  ])('from a service that sends %s is no answer', async (_, serve, reason) => {
    const port = await raw((socket) => {
      socket.once('data', () => serve(socket))
    })
    expect(await ask(port)).toMatchObject({ kind: 'unanswered', reason })
  })

  test('from a port where nothing listens is refused', async () => {
    const port = await raw(() => {})
    await new Promise((done) => opened.pop()?.close(done))
    expect(await ask(port)).toMatchObject({ kind: 'unanswered', reason: 'connection refused' })
  })

  test('says why a connection could not be opened, on one line', async () => {
    const failing = () => Promise.reject(new Error('Channel open\n::error::failure'))
    const answer = await probe(request, failing)
    expect(answer).toMatchObject({ kind: 'unanswered', reason: 'no answer: Channel open ::error::failure' })
  })

  test('cannot smuggle a header', async () => {
    let asked = 0
    const port = await http((_, response) => {
      asked++
      response.end()
    })
    for (const bad of [{ host: 'a\r\nX-Y: z' }, { path: '/ HTTP/1.1\r\nX-Y: z' }]) {
      expect((await ask(port, bad)).kind).toBe('unanswered')
    }
    expect(asked).toBe(0)
  })
})

describe('a probe of an address', () => {
  test('sends its own Host', async () => {
    let seen: IncomingMessage | undefined
    const port = await http((message, response) => {
      seen = message
      response.end('ok')
    })
    const answer = await probeUrl(`http://127.0.0.1:${port}/a?b=c#d`, 10_000)
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: 'ok' })
    expect(seen?.headers.host).toBe(`127.0.0.1:${port}`)
    expect(seen?.url).toBe('/a?b=c')
  })

  test('ends by its timeout', async () => {
    const port = await raw(() => {})
    expect(await probeUrl(`http://127.0.0.1:${port}`, 30)).toMatchObject({ reason: 'no answer within 30 ms' })
  })

  test('says when what answers is no TLS', async () => {
    const port = await http((_, response) => response.end())
    expect((await probeUrl(`https://127.0.0.1:${port}`, 10_000)).kind).toBe('unanswered')
  })

  test.each(['ftp://a.example/', 'file:///etc/passwd', 'a.example', 'http://', 'https://u:p@a.example/', ''])(
    '%s is none',
    async (address) => {
      await expect(probeUrl(address, 1000)).rejects.toThrow(RangeError)
    },
  )
})
