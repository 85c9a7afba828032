import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { getGlobalDispatcher, request } from 'undici'
import { type LoadRequest, startLoad } from '../../../bench/load'
import { freePort, until } from '../../../bench/nginx'
import { startUpstream } from '../../../bench/upstream'
import { makeServer } from '../../../bench/web-server'
import { headerValue, ownHeaders } from '../../../src/config/proxy-options'
import * as values from '../../../src/config/values'
import { proxyOf } from '../../../src/proxies/kinds'
import { otherSlot, type Slot } from '../../../src/release/slot'
import { askForgetful } from './forgetful'
import { makeCertificate, testOptions } from './options'
import { domain, type Kind, siteConfig, startSite, type TestSite } from './site'

/** How kinds may differ. */
export interface Differences {
  /** The status for an app that does not answer; 503 still tells its slot in the log. */
  down: 502 | 503
  /** In the log, of `/a"b\\c%0ad%09e`. */
  escaped: string
  /** How many configurations are tried. */
  runs: number
}

/** What every web server in front of the slots has to do. One file of tests for each kind calls this. */
export function testProxy(kind: Kind, differences: Differences): void {
  // The first test may have to install it.
  jest.setTimeout(120_000)

  let site: TestSite

  beforeAll(async () => {
    site = await startSite(kind)
  })

  beforeEach(() => site.flip('blue'))

  testOptions(kind)

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

    test('with a folder that it may not enter', async () => {
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

    test('files that users uploaded, and never what a program of the host would make of them', async () => {
      const answer = await site.ask('/media/a%20b.php')
      expect(answer).toMatchObject({ status: 200, body: '<?php' })
      expect(answer.headers).toMatchObject({
        'cache-control': 'max-age=604800',
        'x-content-type-options': 'nosniff',
      })
      const missing = await site.ask('/media/none')
      expect(missing.status).toBe(404)
      expect(missing.headers['cache-control']).toBeUndefined()
      const outside = await site.ask('/media/..%2f..%2fslots/blue/up')
      expect(outside.headers['cache-control']).toBeUndefined()
      expect([403, 404]).toContain((await site.ask('/media/')).status)
    })

    test(`${differences.down} while the slot’s app is down, and nothing else`, async () => {
      const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
      const server = makeServer(siteConfig(kind, site.base, listen, { blue, green }))
      const other = await startUpstream('green', green)
      try {
        await server.start()
        const status = async () =>
          (await request(`http://127.0.0.1:${listen}/`, { headers: { host: domain } })).statusCode
        expect([await status(), await status()]).toEqual([differences.down, differences.down])
        site.flip('green')
        expect(await status()).toBe(200)
      } finally {
        other.close()
        other.closeAllConnections()
        await server.stop()
      }
    })
  })

  test('a body that is too large is refused, and none of it reaches the app', async () => {
    const [fits, large] = [10_485_760, 10_485_761].map((bytes) => 'x'.repeat(bytes))
    expect(await site.ask('/', { method: 'POST', body: fits! })).toMatchObject({ status: 200 })
    expect(await site.ask('/', { method: 'POST', body: large! })).toMatchObject({ status: 413 })
  })

  describe('what the app is told', () => {
    test('the path and the query to the byte', async () => {
      for (const path of [
        '/a%2Fb%20c%3Fd%25?x=%20y&z=a?b',
        '/%E9%B3%A5/a%3Bb;c',
        '/a//b/c',
        '/%7Bx%7D',
        '/100%25',
      ]) {
        expect((await site.ask(path)).headers['x-url']).toBe(path)
      }
    })

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
    const lines = () =>
      execFileSync('sh', ['-c', `${proxyOf({ kind }).log}\naccess_log_lines <"$1"`, 'sh', log], {
        encoding: 'utf8',
      })
        .split('\n')
        .slice(0, -1)
    const before = lines().length
    await raw(`GET /a"b\\c%0ad%09e?token=abc HTTP/1.0\r\nHost: ${domain}\r\n\r\n`)
    rmSync(join(site.base, 'live'))
    await site.ask('/none?token=abc', { method: 'POST' })
    await until(() => lines().length === before + 2)
    const [first, second] = lines()
      .slice(before)
      .map((line) => line.split('\t'))
    expect(first).toHaveLength(8)
    expect(first!.slice(1, 3)).toEqual(['blue', '200'])
    expect(first!.slice(6)).toEqual(['GET', differences.escaped])
    expect(second!.slice(1, 3)).toEqual(['-', '503'])
    expect(Number(first![3])).toBeGreaterThanOrEqual(0)
    expect(Number(first![3])).toBeLessThan(60)
    expect(second!.slice(4)).toEqual(['-', '-', 'POST', '/none'])
  })

  test('no POST is lost to an app that closes idle connections', async () => {
    expect(await askForgetful(kind, 100)).toEqual([200, 200, 200, 200])
  })

  test('whatever the schema lets through, it accepts', () => {
    const certificate = makeCertificate(site.base)
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
      options: fc.record({
        redirectWww: fc.boolean(),
        redirectHttp: fc.boolean(),
        gzip: fc.boolean(),
        maintenancePage: word(/^(\/[A-Za-z0-9._-]{1,12}){2,5}$/, values.basePath),
        headers: fc.dictionary(
          word(/^X-[A-Za-z0-9-]{1,30}$/, values.headerName),
          word(/^[ -~]{1,40}$/, headerValue),
          { maxKeys: 4 },
        ),
        limits: fc.uniqueArray(
          fc.record({
            path: word(/^\/[A-Za-z0-9._~/-]{0,20}$/, values.routePath),
            requests: fc.integer({ min: 1, max: 99_999 }),
            per: fc.constantFrom('s' as const, 'm' as const),
            burst: fc.integer({ min: 0, max: 10_000 }),
          }),
          { maxLength: 4, selector: ({ path }) => path },
        ),
      }),
    })
    fc.assert(
      fc.property(
        configs,
        ({ app, base, service, slots, url, domains, paths, media, expires, options, ...times }) => {
          const { redirectHttp, limits, headers, redirectWww, ...others } = options
          const names = Object.keys(headers).map((name) => name.toLowerCase())
          fc.pre(new Set(names).size === names.length && !names.some((name) => ownHeaders.test(name)))
          fc.pre(!redirectWww || !domains.some((name) => domains.includes(`www.${name}`)))
          const folder = `${site.base}/shared${base}`
          mkdirSync(`${folder}/shared/logs`, { recursive: true })
          chmodSync(`${folder}/shared/logs`, 0o777)
          const config = siteConfig(kind, folder, 1024, slots)
          const web = { ...config.services.web!, assets: { path: '/app', url: `${url}/` } } as never
          const routes = paths
            .filter((path) => path.replace(/\/$/, '') !== url)
            .map((path) => ({ path, service }))
          fc.pre(routes.length > 0)
          const files = [{ path: '/kept-files/', folder: media, ...(expires !== undefined && { expires }) }]
          const proxy = {
            ...config.proxy!,
            ...times,
            ...others,
            redirectWww,
            headers,
            domains,
            routes,
            files,
            tls: { ...certificate, listen: 1025, redirectHttp },
            ...(kind === 'nginx' && { rateLimits: limits }),
          }
          const server = makeServer({ ...config, app, services: { [service]: web }, proxy })
          try {
            expect(server.test()).toBe('')
          } finally {
            server.stop()
          }
        },
      ),
      { numRuns: differences.runs },
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
}
