import { createServer, type Server } from 'node:http'
import { type LoadOptions, type LoadReport, startLoad } from '../../../bench/load'
import { freePort, until } from '../../../bench/nginx'
import { startUpstream } from '../../../bench/upstream'

/** A load that missed a failure would make every other test worthless, so each kind is provoked here. */

let server: Server
let origin: string
const seen: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`)
    response.setHeader('X-Slot', 'blue')
    if (request.url === '/reset') request.socket.destroy()
    else if (request.url === '/cut') {
      response.writeHead(200, { 'Content-Length': 100 })
      response.write('half')
      setTimeout(() => request.socket.destroy(), 5)
    } else if (request.url === '/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.end('data: one\n\ndata: two\n\n')
    } else if (request.url === '/bad') response.writeHead(502).end('the whole reason')
    else response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
})

async function load(options: Partial<LoadOptions>, until_ = (now: LoadReport) => now.requests >= 20) {
  const running = startLoad({
    origins: [origin],
    hostHeader: 'bird-shop.example',
    requests: [{ method: 'GET', path: '/' }],
    connections: 2,
    slotHeader: 'X-Slot',
    ...options,
  })
  await until(() => until_(running.snapshot()))
  return running.stop()
}

test('good answers are counted, with their slots', async () => {
  const report = await load({ live: ['blue'] })
  expect(report).toMatchObject({ failed: 0, wrongSlot: 0, connects: 2 })
  expect(report.byStatus).toEqual({ 200: report.requests })
  expect(report.bySlot).toEqual({ blue: report.requests })
  expect(report.latency.max).toBeGreaterThan(0)
  expect(seen).toContain('GET / bird-shop.example')
})

test.each([
  ['/bad', 'status 502', 'the whole reason'],
  ['/reset', 'UND_ERR_SOCKET', 'other side closed'],
  ['/cut', 'UND_ERR_SOCKET', 'other side closed'],
])('every answer of %s is a failure of kind %s', async (path, kind, detail) => {
  seen.length = 0
  const report = await load({ requests: [{ method: 'POST', path, body: 'x' }] })
  expect(report.failed).toBe(report.requests)
  expect(report.byKind).toEqual({ [kind]: report.requests })
  expect(report.failures).toHaveLength(20)
  expect(report.failures[0]).toMatchObject({ method: 'POST', path, detail: expect.stringContaining(detail) })
  // Nothing was tried twice.
  expect(seen).toHaveLength(report.requests)
})

test('a check decides over an answer', async () => {
  const report = await load({ requests: [{ method: 'GET', path: '/', check: ({ body }) => `not ${body}` }] })
  expect(report.byKind).toEqual({ check: report.requests })
  expect(report.failures[0]).toMatchObject({ status: 200, detail: 'not ok: ok' })
})

test('nobody listening is a failure', async () => {
  const report = await load({ origins: [`http://127.0.0.1:${await freePort()}`] })
  expect(report.byKind).toEqual({ ECONNREFUSED: report.requests })
})

test('an answer of a slot that was not live while it was asked for is counted apart', async () => {
  const report = await load({ live: ['green'] })
  expect(report).toMatchObject({ failed: 0, wrongSlot: report.requests })
  expect(report.failures[0]).toMatchObject({ kind: 'wrong slot', detail: 'blue answered, live: green' })
})

test('a rate is kept to', async () => {
  const report = await load({ perSecond: 100, connections: 4 })
  expect(report.perSecond).toBeLessThan(130)
})

test('a stream that the server ends is opened again, and counted', async () => {
  const report = await load(
    { stream: { path: '/events', kind: 'sse' } },
    ({ stream }) => (stream?.cuts ?? 0) >= 2,
  )
  expect(report.failed).toBe(0)
  expect(report.stream!.opened).toBeGreaterThanOrEqual(2)
  expect(report.stream!.messages).toBeGreaterThanOrEqual(4)
})

test('a stream that is not let in is a failure', async () => {
  for (const kind of ['sse', 'websocket'] as const) {
    const report = await load({ stream: { path: '/bad', kind } }, ({ failed }) => failed > 0)
    expect(report.byKind).toEqual({ stream: report.failed })
  }
})

test('a WebSocket’s messages are counted', async () => {
  const port = await freePort()
  const upstream = await startUpstream('blue', port)
  const report = await load(
    { origins: [`http://127.0.0.1:${port}`], stream: { path: '/socket', kind: 'websocket' } },
    ({ stream }) => (stream?.messages ?? 0) >= 3,
  )
  upstream.close()
  upstream.closeAllConnections()
  expect(report).toMatchObject({ failed: 0, stream: { opened: 1, cuts: 0 } })
})
