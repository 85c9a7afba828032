import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Agent, request } from 'undici'
import { freePort, makeAppFolder, makeFolder } from '../../../bench/nginx'
import { startUpstream } from '../../../bench/upstream'
import { makeServer, type WebServer } from '../../../bench/web-server'
import type { Config } from '../../../src/config/schema'
import { domain, type Kind, siteConfig } from './site'

const insecure = new Agent({ connect: { rejectUnauthorized: false, servername: domain } })

/** A certificate that nobody trusts, readable by the web server's user. */
export function makeCertificate(folder: string): { certificate: string; key: string } {
  const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const out = ['-keyout', files.key, '-out', files.certificate]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...kind, '-subj', `/CN=${domain}`, ...out], { stdio: 'ignore' })
  chmodSync(files.key, 0o644)
  return files
}

/** Lines of the user's own, for a header of theirs. */
const included: Record<Kind, string> = {
  nginx: 'location = /mine {\n  return 204;\n}\n',
  apache: 'RewriteEngine On\nRewriteRule ^/mine$ - [R=204,L]\n',
  caddy: 'respond /mine 204\n',
}

/** What a site can do besides handing requests on. */
export function testOptions(kind: Kind): void {
  describe('with every option', () => {
    let base: string
    let server: WebServer
    let app: Server
    let config: Config
    const ports = { http: 0, https: 0 }

    beforeAll(async () => {
      base = makeFolder('options')
      makeAppFolder(base)
      symlinkSync('slots/blue', join(base, 'live'))
      mkdirSync(join(base, 'releases', 'one'), { recursive: true })
      writeFileSync(join(base, 'releases', 'one', 'public.json'), '{"release":"one"}')
      symlinkSync('../../releases/one', join(base, 'slots', 'blue', 'release'))
      writeFileSync(join(base, 'shared', 'closed.html'), '<p>Back soon.</p>')
      writeFileSync(join(base, 'shared', 'mine.conf'), included[kind])
      ports.http = await freePort()
      ports.https = await freePort()
      const [blue, green] = [await freePort(), await freePort()]
      app = await startUpstream('blue', blue)
      const plain = siteConfig(kind, base, ports.http, { blue, green })
      config = {
        ...plain,
        proxy: {
          ...plain.proxy!,
          domains: [domain],
          tls: { ...makeCertificate(base), listen: ports.https, redirectHttp: true },
          redirectWww: true,
          headers: {
            'X-Frame-Options': 'DENY',
            'X-App': 'none',
            'Content-Security-Policy': "default-src 'self'; img-src *",
          },
          gzip: true,
          maintenancePage: join(base, 'shared', 'closed.html'),
          include: join(base, 'shared', 'mine.conf'),
          ...(kind === 'nginx' && {
            rateLimits: [
              { path: '/', requests: 1000, per: 's', burst: 1000 },
              { path: '/login', requests: 1, per: 'm', burst: 2 },
            ],
          }),
        },
      }
      server = makeServer(config)
      expect(server.test()).toBe('')
      await server.start()
    })

    afterAll(async () => {
      app?.close()
      app?.closeAllConnections()
      await server?.stop()
      await insecure.destroy()
      rmSync(base, { recursive: true, force: true })
    })

    interface Ask {
      scheme?: 'http' | 'https'
      host?: string
      method?: 'GET' | 'POST'
      headers?: Record<string, string>
    }

    async function ask(path: string, { scheme = 'https', host = domain, method = 'GET', headers }: Ask = {}) {
      const answer = await request(`${scheme}://127.0.0.1:${ports[scheme]}${path}`, {
        method,
        headers: { host, ...headers },
        ...(scheme === 'https' && { dispatcher: insecure }),
      })
      const body = Buffer.from(await answer.body.arrayBuffer())
      return { status: answer.statusCode, headers: answer.headers, body }
    }

    test('HTTP redirects to HTTPS, and still tells this host which release is live', async () => {
      const answer = await ask('/a%2Fb?c=d', { scheme: 'http' })
      expect(answer).toMatchObject({ status: 301, headers: { location: `https://${domain}/a%2Fb?c=d` } })
      expect((await ask('/.well-known/kawasemi', { scheme: 'http' })).body.toString()).toBe(
        '{"release":"one"}',
      )
      expect(JSON.parse((await ask('/headers')).body.toString())).toMatchObject({
        'x-forwarded-proto': 'https',
      })
    })

    test('the domain with www. redirects to the one without', async () => {
      for (const scheme of ['http', 'https'] as const) {
        const answer = await ask('/a%2Fb?c=d', { scheme, host: `www.${domain}` })
        expect(answer).toMatchObject({ status: 301, headers: { location: `https://${domain}/a%2Fb?c=d` } })
      }
    })

    test('headers are on every answer, once, whatever the app or the place says', async () => {
      for (const path of ['/', '/_static/none.js', '/media/none', '/.well-known/kawasemi']) {
        expect((await ask(path)).headers).toMatchObject({
          'x-frame-options': 'DENY',
          'x-app': 'none',
          'content-security-policy': "default-src 'self'; img-src *",
        })
      }
    })

    test('text is compressed for who can read it, an event stream is not', async () => {
      const gzip = { 'accept-encoding': 'gzip' }
      const answer = await ask('/text', { headers: gzip })
      expect(answer.headers['content-encoding']).toBe('gzip')
      expect(gunzipSync(answer.body).toString()).toBe('kingfisher '.repeat(1000))
      expect((await ask('/text')).headers['content-encoding']).toBeUndefined()
    })

    test('a file of the user is part of the site', async () => {
      expect(await ask('/mine')).toMatchObject({ status: 204 })
    })

    test('the page for maintenance, by a mark or while nothing is live; never to a deploy', async () => {
      const mark = join(base, 'maintenance')
      writeFileSync(mark, '')
      const answer = await ask('/')
      expect(answer).toMatchObject({ status: 503, body: Buffer.from('<p>Back soon.</p>') })
      expect(answer.headers['content-type']).toMatch(/^text\/html/)
      expect(await ask('/', { method: 'POST' })).toMatchObject({ status: 503 })
      expect(await ask('/.well-known/kawasemi')).toMatchObject({ status: 200 })
      expect(await ask('/.well-known/kawasemi', { scheme: 'http' })).toMatchObject({ status: 200 })
      rmSync(mark)
      expect(await ask('/')).toMatchObject({ status: 200 })
      rmSync(join(base, 'live'))
      expect(await ask('/')).toMatchObject({ status: 503, body: Buffer.from('<p>Back soon.</p>') })
      rmSync(join(base, 'shared', 'closed.html'))
      expect(await ask('/')).toMatchObject({ status: 503 })
      symlinkSync('slots/blue', join(base, 'live'))
    })

    if (kind !== 'nginx') return
    test('more than the rate is 429, also for who asks for an event stream', async () => {
      const statuses = []
      for (const accept of ['*/*', 'text/event-stream', '*/*', 'text/event-stream', '*/*']) {
        statuses.push((await ask('/login', { headers: { accept } })).status)
      }
      expect(statuses).toEqual([200, 200, 200, 429, 429])
      expect(await ask('/login/other')).toMatchObject({ status: 429 })
      expect(await ask('/logins')).toMatchObject({ status: 200 })
    })
  })
}
