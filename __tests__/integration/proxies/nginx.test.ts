import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { getGlobalDispatcher } from 'undici'
import { type LoadRequest, startLoad } from '../../../bench/load'
import { freePort, makeNginx, renderForTest, until } from '../../../bench/nginx'
import { startUpstream } from '../../../bench/upstream'
import * as values from '../../../src/config/values'
import { otherSlot, type Slot } from '../../../src/release/slot'
import { domain, siteConfig, startSite, type TestSite } from './site'

// The first test may have to install nginx.
jest.setTimeout(120_000)

let site: TestSite

beforeAll(async () => {
  site = await startSite()
})

beforeEach(() => site.flip('blue'))

afterAll(async () => {
  await site?.stop()
  await getGlobalDispatcher().destroy()
})

describe('under load', () => {
  const bird = '{"bird":"kingfisher"}'
  const requests: LoadRequest[] = [
    { method: 'GET', path: '/' },
    {
      method: 'POST',
      path: '/api/birds',
      body: bird,
      check: ({ body }) => (body === bird ? undefined : 'no echo'),
    },
    { method: 'GET', path: '/_static/blue.js' },
    { method: 'GET', path: '/_static/green.js' },
  ]

  test.each(['sse', 'websocket'] as const)('no switch loses a request (with a %s stream)', async (kind) => {
    let slot: Slot = 'blue'
    const load = startLoad({
      origins: [site.origin],
      hostHeader: domain,
      requests,
      stream: { path: '/events', kind },
      slotHeader: 'X-Slot',
      live: [slot],
    })
    for (let switches = 1; switches <= 25; switches++) {
      await until(() => load.requests >= switches * 100)
      load.setLive(['blue', 'green'])
      slot = otherSlot(slot)
      site.flip(slot)
      load.setLive([slot])
    }
    await until(() => (load.snapshot().stream?.messages ?? 0) > 0)
    const report = await load.stop()
    expect(report).toMatchObject({ failed: 0, wrongSlot: 0, failures: [] })
    expect(report.requests).toBeGreaterThan(2_500)
    expect(report.bySlot).toEqual({ blue: expect.any(Number), green: expect.any(Number) })
    expect(report.stream).toMatchObject({ opened: 1, cuts: 0 })
  })
})

describe('where the live slot cannot be known the answer is 503', () => {
  const answers503 = async () => {
    expect(await site.ask('/')).toMatchObject({ status: 503 })
    expect(await site.ask('/api/birds', { method: 'POST', body: 'x' })).toMatchObject({ status: 503 })
    expect(await site.ask('/_static/blue.js')).toMatchObject({ status: 503 })
    expect(await site.ask('/.well-known/kawasemi')).toMatchObject({ status: 503 })
  }
  const live = () => join(site.base, 'live')

  test('without a live link', async () => {
    rmSync(live())
    await answers503()
  })

  test('with a link that leads nowhere', async () => {
    rmSync(live())
    symlinkSync('slots/red', live())
    await answers503()
  })

  test('with a folder that nginx may not enter', async () => {
    chmodSync(site.base, 0o700)
    if (process.getuid?.() !== 0) chmodSync(site.base, 0o000)
    try {
      await answers503()
    } finally {
      chmodSync(site.base, 0o755)
    }
    expect(await site.ask('/')).toMatchObject({ status: 200 })
  })
})

describe('what is answered', () => {
  test('the slot to clients on loopback, whatever the app says, and to nobody behind another proxy', async () => {
    expect((await site.ask('/')).headers['x-kawasemi-slot']).toBe('blue')
    site.flip('green')
    expect((await site.ask('/')).headers['x-kawasemi-slot']).toBe('green')
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } }
    expect((await site.ask('/', forwarded)).headers['x-kawasemi-slot']).toBeUndefined()
  })

  test('the live release’s public facts, to the same clients only', async () => {
    site.flip('green')
    const answer = await site.ask('/.well-known/kawasemi')
    expect(answer).toMatchObject({ status: 200, body: '{"release":"green"}' })
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-kawasemi-slot': 'green' })
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } }
    expect(await site.ask('/.well-known/kawasemi', forwarded)).toMatchObject({ status: 404 })
  })

  test('assets of both releases, to be kept for long; one that is nowhere is not', async () => {
    for (const slot of ['blue', 'green']) {
      const answer = await site.ask(`/_static/${slot}.js`)
      expect(answer).toMatchObject({ status: 200, body: slot })
      expect(answer.headers['cache-control']).toMatch(/max-age=31536000, immutable/)
    }
    const missing = await site.ask('/_static/red.js')
    expect(missing.status).toBe(404)
    expect(missing.headers['cache-control']).toBeUndefined()
    expect((await site.ask('/_static/../public.json')).body).not.toContain('release')
    expect((await site.ask('/_static/..%2f..%2fpublic.json')).body).not.toContain('release')
  })

  test('502 while the slot’s app is down, and nothing else', async () => {
    const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
    const server = makeNginx(renderForTest(siteConfig(site.base, listen, { blue, green })))
    const other = await startUpstream('green', green)
    try {
      await server.start()
      const status = async () => (await fetch(`http://127.0.0.1:${listen}/`)).status
      expect([await status(), await status()]).toEqual([502, 502])
      site.flip('green')
      expect(await status()).toBe(200)
    } finally {
      other.close()
      other.closeAllConnections()
      await server.stop()
    }
  })
})

describe('what the app is told', () => {
  const told = async (headers: Record<string, string>) =>
    JSON.parse((await site.ask('/headers', { headers })).body) as Record<string, string>

  test('the host with the port as the client wrote it, and who asks', async () => {
    expect(await told({ host: `${domain}:8080` })).toMatchObject({
      host: `${domain}:8080`,
      'x-forwarded-host': `${domain}:8080`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-real-ip': '127.0.0.1',
    })
  })

  test('https when TLS ended in front of us, and nothing else a client makes up', async () => {
    expect(await told({ 'x-forwarded-proto': 'https' })).toMatchObject({ 'x-forwarded-proto': 'https' })
    const forged = await told({
      'x-forwarded-proto': 'gopher',
      'x-forwarded-host': 'evil.example',
      'x-real-ip': '203.0.113.66',
    })
    expect(forged).toMatchObject({
      'x-forwarded-proto': 'http',
      'x-forwarded-host': domain,
      'x-real-ip': '127.0.0.1',
    })
  })

  test('no upgrade but to WebSocket', async () => {
    const answer = await raw(
      `GET /headers HTTP/1.1\r\nHost: ${domain}\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\n\r\n`,
    )
    expect(answer).toContain('200 OK')
    expect(answer).not.toContain('h2c')
  })
})

test('the log has one line for each answer, which a client cannot forge', async () => {
  const log = join(site.base, 'shared', 'logs', 'access.log')
  const lines = () => readFileSync(log, 'utf8').trimEnd().split('\n')
  const before = lines().length
  await raw(`GET /a"b\\c%0ad%09e?token=abc HTTP/1.0\r\nHost: ${domain}\r\n\r\n`)
  await raw(`GET /a\tblue\t500 HTTP/1.0\r\nHost: ${domain}\r\n\r\n`)
  rmSync(join(site.base, 'live'))
  await site.ask('/none?token=abc', { method: 'POST' })
  await until(() => lines().length === before + 3)
  const [first, broken, second] = lines()
    .slice(before)
    .map((line) => line.split('\t'))
  expect(first).toHaveLength(8)
  expect(first!.slice(1, 3)).toEqual(['blue', '200'])
  expect(first!.slice(6)).toEqual(['GET', '/a\\x22b\\x5Cc%0ad%09e'])
  expect(broken).toHaveLength(8)
  expect(broken!.slice(1, 3)).toEqual(['', '400'])
  expect(second!.slice(1, 3)).toEqual(['-', '503'])
  expect(second!.slice(4)).toEqual(['-', '-', 'POST', '/none'])
})

describe('an app that closes idle connections', () => {
  const idle = 300

  /** Answers every request, but drops a connection that was idle for too long just when it is used again. */
  async function startForgetful(port: number) {
    const server = createServer((socket) => {
      let last = Date.now()
      socket.on('error', () => {})
      socket.on('data', () => {
        if (Date.now() - last >= idle) socket.destroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        last = Date.now()
      })
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return server
  }

  async function postsWith(keepaliveTimeout: number): Promise<number[]> {
    const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
    const config = siteConfig(site.base, listen, { blue, green })
    config.proxy!.keepaliveTimeout = keepaliveTimeout
    const server = makeNginx(renderForTest(config))
    const app = await startForgetful(blue)
    try {
      await server.start()
      const statuses: number[] = []
      for (const method of ['POST', 'POST', 'GET', 'POST']) {
        const body = method === 'POST' ? { body: 'x' } : {}
        statuses.push((await fetch(`http://127.0.0.1:${listen}/`, { method, ...body })).status)
        await sleep(idle + 50)
      }
      return statuses
    } finally {
      await server.stop()
      app.close()
    }
  }

  test('loses no POST while nginx lets go of them first', async () => {
    expect(await postsWith(100)).toEqual([200, 200, 200, 200])
  })

  test('would lose POSTs, and no GET, if nginx held them longer', async () => {
    expect(await postsWith(60_000)).toEqual([200, 502, 200, 502])
  })
})

test('whatever the schema lets through, nginx accepts', () => {
  const fits = (kind: { safeParse(value: string): { success: boolean } }) => (value: string) =>
    kind.safeParse(value).success
  const word = (pattern: RegExp, kind: Parameters<typeof fits>[0]) =>
    fc.stringMatching(pattern).filter(fits(kind))
  const port = fc.integer({ min: 1024, max: 65_535 })
  const label = /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?){0,4}$/
  const configs = fc.record({
    app: word(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, values.appName),
    base: word(/^(\/[A-Za-z0-9._-]{1,12}){2,5}$/, values.basePath),
    service: word(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, values.composeName),
    slots: fc.record({ blue: port, green: port }),
    url: word(/^(\/[A-Za-z0-9._~-]{1,9}){1,4}$/, values.assetsUrl),
    domains: fc.uniqueArray(word(label, values.domain), { minLength: 1, maxLength: 5 }),
    paths: fc.uniqueArray(word(/^\/[A-Za-z0-9._~/-]{0,20}$/, values.routePath), {
      minLength: 1,
      maxLength: 5,
      selector: (path) => path.replace(/\/$/, ''),
    }),
    bodySize: fc.integer({ min: 1024, max: 10 * 1024 ** 3 }),
    readTimeout: fc.integer({ min: 1_000, max: 86_400_000 }),
    keepaliveTimeout: fc.integer({ min: 100, max: 75_000 }),
    media: word(/^(\/[A-Za-z0-9._-]{1,12}){2,5}$/, values.basePath),
    expires: fc.option(fc.integer({ min: 1_000, max: 9_000 * 3_600_000 }), { nil: undefined }),
  })
  fc.assert(
    fc.property(configs, ({ app, base, service, slots, url, domains, paths, media, expires, ...times }) => {
      const folder = `${site.base}/shared${base}`
      mkdirSync(`${folder}/shared/logs`, { recursive: true })
      const config = siteConfig(folder, 1024, slots)
      const web = { ...config.services.web!, assets: { path: '/app', url: `${url}/` } } as never
      const routes = paths
        .filter((path) => path.replace(/\/$/, '') !== url)
        .map((path) => ({ path, service }))
      fc.pre(routes.length > 0)
      const files = [{ path: '/kept-files/', folder: media, ...(expires !== undefined && { expires }) }]
      const proxy = { ...config.proxy!, ...times, domains, routes, files }
      const server = makeNginx(renderForTest({ ...config, app, services: { [service]: web }, proxy }))
      try {
        expect(server.test()).toBe('')
      } finally {
        server.stop()
      }
    }),
    { numRuns: 25 },
  )
})

/** What the server says to these bytes, until it closes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(site.origin).port), '127.0.0.1', () => socket.write(bytes))
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(said))
  })
}
