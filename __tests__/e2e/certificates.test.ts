import { connect, type TLSSocket } from 'node:tls'
import { type LoadReport, startLoad } from '../../bench/load'
import { until } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import type { Config, ProxyConfig } from '../../src/config/schema'
import { renderErrand } from '../../src/host/errand'
import { composeProjects } from '../../src/runtimes/compose-model'
import { renderSetup, setupErrands } from '../../src/stages/setup-host'
import { exampleConfig } from '../unit/proxies/config'
import { type Authority, refused, startAuthorities, unresolved } from './support/authority'

/* Certificates of a real authority (Debian's pebble): issued, refused, and renewed while a site is under load. */

jest.setTimeout(180_000)

const app = 'bird-shop'
const base = `/srv/${app}`
const domain = 'bird-shop.example'
/** Caddy renews when a third of the time is left; certbot when it is told to. */
const [long, short] = [86_400, 45]

let server: LabServer
let authority: Authority
let brief: Authority

beforeAll(async () => {
  server = await startServer({
    name: 'certificates',
    packages: ['pebble', 'certbot', 'apache2', 'caddy'],
    images: ['nginx:alpine'],
  })
  ;[authority, brief] = (await startAuthorities(server, [long, short])) as [Authority, Authority]
}, 600_000)
afterAll(() => server?.stop())

async function say(program: string, user = 'root'): Promise<string> {
  const { stdout, stderr } = await server.exec(program, { user })
  return (stdout + stderr).trim()
}

const setup = (config: Config) => server.exec('sh', { input: renderSetup(config) })

/** The changes that it tells, as the action has it over its connection. */
async function overConnection(config: Config, mode: 'plan' | 'apply'): Promise<string[]> {
  const { plan, apply } = setupErrands(config)
  const { stdout, stderr, code } = await server.exec('sh', {
    input: renderErrand('nonce', mode === 'plan' ? plan : apply[0]!),
  })
  if (code !== 0) throw new Error(`setup-host ended with ${code}: ${stdout}${stderr}`)
  return [...stdout.matchAll(/"name":"change","value":"([^"]*)"/g)].map(([, text]) => text!)
}

function configOf(kind: ProxyConfig['kind'], { server: acme }: Authority, change: Partial<ProxyConfig> = {}) {
  const tls = { acme: { email: `admin@${domain}`, server: acme }, listen: 443, redirectHttp: true }
  return exampleConfig({}, { kind, domains: [domain], redirectWww: true, tls, ...change })
}

/** What curl gets on the server itself, which trusts the authority as a visitor would. */
const ask = async (url: string, { root }: Authority = authority) => {
  const { stdout, stderr } = await server.exec(
    `cat >/tmp/root.pem; curl -sS --cacert /tmp/root.pem --connect-to ::127.0.0.1: -w '%{http_code} %{redirect_url}' -o /dev/null ${url}`,
    { input: root },
  )
  return (stdout + stderr).trim()
}

/** A release that is live: a small app that answers GET and POST, and closes idle connections late. */
const live = () =>
  say(`set -e; cd ${base}; umask 027
    cat >/root/app.py <<'APP'
import http.server
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def answer(self):
        body = self.rfile.read(int(self.headers.get('content-length') or 0)) or b'bird'
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = answer
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(('127.0.0.1', 13000), App).serve_forever()
APP
    systemctl is-active -q app || systemd-run -q --unit app python3 /root/app.py
    until curl -sf http://127.0.0.1:13000 >/dev/null; do sleep 0.1; done
    runuser -u deploy -- ln -sfn slots/blue live`)

interface Seen {
  report: LoadReport
  /** Of the idle keep-alive connections, how many were closed. */
  closed: number
  idle: number
}

/** Fresh connections one after the other, and some that idle, while something renews the certificate. */
async function underLoad({ root }: Authority, renew: () => Promise<unknown>): Promise<Seen> {
  const before = await serial()
  const load = startLoad({
    origins: [`https://${server.address}`],
    hostHeader: domain,
    ca: root,
    connections: 4,
    requests: [
      { method: 'GET', path: '/', headers: { connection: 'close' } },
      { method: 'POST', path: '/cart', body: 'feather', headers: { connection: 'close' } },
    ],
  })
  try {
    const idle = await Promise.all(Array.from({ length: 8 }, () => openIdle(root)))
    let closed = 0
    for (const socket of idle) socket.on('close', () => closed++)
    await more(load, 50)
    await renew()
    await until(
      async () => (await serial()) !== before,
      90,
      async () =>
        `The same certificate is there.\n${await say('journalctl -n 40 -o cat -u certbot -u caddy')}`,
    )
    await more(load, 100)
    const report = await load.stop()
    for (const socket of idle) socket.destroy()
    return { report, closed, idle: idle.length }
  } finally {
    await load.stop()
  }
}

async function more(load: { readonly requests: number }, count: number): Promise<void> {
  const goal = load.requests + count
  await until(
    async () => load.requests >= goal,
    60,
    () => 'The load stands still.',
  )
}

/** A connection that has had its one answer. */
function openIdle(root: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: server.address, port: 443, servername: domain, ca: root })
    socket.once('error', reject)
    socket.once('data', () => {
      socket.off('error', reject).on('error', () => {})
      resolve(socket)
    })
    socket.write(`GET / HTTP/1.1\r\nHost: ${domain}\r\n\r\n`)
  })
}

/** Of the certificate that a visitor sees. */
const serial = () =>
  say(
    `openssl s_client -connect 127.0.0.1:443 -servername ${domain} </dev/null 2>/dev/null | openssl x509 -noout -serial`,
  )

/** As the timer does, for certificates that have long to go. */
const renewByTimer = () =>
  say(
    `set -e; sed -i '1i renew_before_expiry = 10 years' /etc/letsencrypt/renewal/kawasemi-${app}.conf
     systemctl start certbot.service; systemctl show -p Result certbot.service`,
  )

const tell = (kind: string, { report, closed, idle }: Seen) =>
  process.stdout.write(
    `${kind}: ${report.requests} requests on ${report.connects} fresh connections during a renewal, ${report.failed} failed; ${closed} of ${idle} idle keep-alive connections closed\n`,
  )

const filesOf = (folders: string) => say(`find ${folders} ! -type d -exec sha256sum {} + | sort`)

describe('nginx', () => {
  const files = () => filesOf('/etc/nginx')

  test.each([
    ['whose name leads nowhere', unresolved, /nowhere\.example \([a-z]+\): .*could not resolve/],
    ['that the authority does not serve', refused, /refused\.example|rejectedIdentifier|policy/],
  ])('a domain %s: the reason is said, and the server is as before', async (_, name, reason) => {
    const before = await files()
    const config = configOf('nginx', authority, { domains: [name], redirectWww: false })
    const { code, stderr } = await setup(config)
    expect(stderr).toMatch(
      /no certificate from https:\/\/localhost:14000\/dir, so the site is as it was before/,
    )
    expect(stderr).toMatch(reason)
    expect(code).toBe(1)
    expect(await files()).toBe(before)
    expect(await ask('http://other.example/')).toBe('200')
    expect(await say('nginx -t 2>/dev/null && systemctl is-active nginx')).toBe('active')
  })

  test('a server without a release gets one, and a second run changes nothing', async () => {
    const config = configOf('nginx', authority)
    expect(await setup(config)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(`get a certificate for ${domain} www.${domain} from`),
    })
    expect(await ask(`https://${domain}/`)).toBe('503')
    expect(await ask(`https://www.${domain}/a`)).toBe(`301 https://${domain}/a`)
    expect(await ask(`http://${domain}/a`)).toBe(`503`)
    expect(await setup(config)).toMatchObject({ code: 0, stdout: 'nothing to change\n', stderr: '' })
    expect(await say('systemctl is-enabled certbot.timer; systemctl is-active certbot.timer')).toBe(
      'enabled\nactive',
    )
  })

  test('renewed by certbot’s timer, no request on a fresh connection fails', async () => {
    await live()
    const seen = await underLoad(authority, renewByTimer)
    tell('nginx', seen)
    expect(seen.report.failures).toEqual([])
    expect(seen.report).toMatchObject({ failed: 0, connects: expect.any(Number) })
    expect(seen.report.connects).toBeGreaterThanOrEqual(seen.report.requests - 4)
    expect(seen.closed).toBe(seen.idle)
  })

  test('another domain that is refused leaves the site and its certificate as they were', async () => {
    const before = [await files(), await serial()]
    const result = await setup(configOf('nginx', authority, { domains: [domain, unresolved] }))
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('could not resolve') })
    expect([await files(), await serial()]).toEqual(before)
    expect(await ask(`https://${domain}/`)).toBe('200')
  })

  test('another domain that is not gets a new certificate, while a page says that the shop is closed', async () => {
    await say(`echo closed >${base}/shared/closed.html; touch ${base}/maintenance`)
    const config = configOf('nginx', authority, {
      domains: [domain, 'more.example'],
      maintenancePage: `${base}/shared/closed.html`,
    })
    expect(await setup(config)).toMatchObject({ code: 0, stderr: '' })
    await until(
      async () => (await ask('https://more.example/')) === '503',
      20,
      async () => `more.example says ${await ask('https://more.example/')}`,
    )
    await say(`rm ${base}/maintenance`)
    expect(await ask(`https://${domain}/`)).toBe('200')
  })

  afterAll(() => gone('nginx', '/etc/nginx/conf.d/bird-shop.conf'))
})

describe('nginx in Compose', () => {
  const inside = (change: Partial<ProxyConfig> = {}): Config => ({
    ...configOf('nginx', authority, { service: 'nginx', ...change }),
    accessories: ['nginx'],
  })

  /** Its container, made as a deploy or the command that a deploy prints would make it. */
  async function start(config: Config): Promise<void> {
    const services = Object.fromEntries(
      ['nginx', ...Object.keys(config.services)].map((name) => [name, { image: 'nginx:alpine' }]),
    )
    const model = { name: app, services }
    const release = { id: 'v1-1', version: 'v1' }
    const { accessories } = composeProjects({ config, release, projectDir: '/root', model })
    const up = await server.exec('docker compose -f - up -d', { input: JSON.stringify(accessories) })
    expect(up).toMatchObject({ code: 0 })
  }

  const answersWith = (url: string, status: string) =>
    until(
      async () => (await ask(url)) === status,
      20,
      async () => `${url} says ${await ask(url)}\n${await say(`docker logs ${app}-accessories-nginx-1`)}`,
    )

  beforeAll(() => say('systemctl stop nginx'))

  test('on a bare server the certificate is there before nginx is', async () => {
    expect(await setup(inside())).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining(`get a certificate for ${domain} www.${domain} from`),
    })
    expect(await ask(`http://${domain}/`)).toMatch(/^000 .*connect/i)
    expect(await setup(inside())).toMatchObject({ code: 0, stdout: 'nothing to change\n', stderr: '' })
  })

  test('renewed by certbot’s timer, no request on a fresh connection fails', async () => {
    await live()
    await start(inside())
    await answersWith(`https://${domain}/`, '200')
    const seen = await underLoad(authority, renewByTimer)
    tell('nginx in Compose', seen)
    expect(seen.report.failures).toEqual([])
    expect(seen.report.failed).toBe(0)
    expect(seen.closed).toBe(seen.idle)
  })

  test('another domain gets a new certificate through the nginx that runs', async () => {
    expect(await setup(inside({ domains: [domain, 'more.example'] }))).toMatchObject({ code: 0, stderr: '' })
    await answersWith('https://more.example/', '200')
  })

  test('a container that cannot see the certificates is found out before the authority is asked', async () => {
    const { tls: _, ...plain } = inside().proxy!
    expect(await setup({ ...inside(), proxy: plain })).toMatchObject({ code: 0, stderr: '' })
    await start({ ...inside(), proxy: plain })
    await answersWith(`http://${domain}/`, '200')
    const before = await filesOf('/etc/kawasemi /etc/letsencrypt')
    const { code, stderr } = await setup(inside())
    expect(stderr).toMatch(/does not see \/etc\/letsencrypt of this server.*deploy with `tls\.acme`/)
    expect(code).toBe(1)
    expect(await filesOf('/etc/kawasemi /etc/letsencrypt')).toBe(before)
    expect(await ask(`http://${domain}/`)).toBe('200')
  })

  afterAll(async () => {
    await say(`docker rm -f ${app}-accessories-nginx-1`)
    await gone('nginx', '/etc/kawasemi')
  })
})

describe('Apache', () => {
  beforeAll(() => say('systemctl stop nginx; systemctl start apache2'))

  test('a domain whose name leads nowhere: the reason is said, and the server is as before', async () => {
    const before = await filesOf('/etc/apache2')
    const { code, stderr } = await setup(configOf('apache', authority, { domains: [unresolved] }))
    expect(stderr).toContain('could not resolve')
    expect(code).toBe(1)
    expect(await filesOf('/etc/apache2')).toBe(before)
    expect(await ask('http://other.example/')).toBe('200')
    expect(await say('systemctl is-active apache2')).toBe('active')
  })

  test('gets one and renews it, with no request on a fresh connection failed', async () => {
    const config = configOf('apache', authority)
    const planned = await overConnection(config, 'plan')
    expect(planned).toContain(`get a certificate for ${domain} www.${domain} from ${authority.server}`)
    expect(await overConnection(config, 'apply')).toEqual(planned)
    expect(await overConnection(config, 'plan')).toEqual([])
    await live()
    const seen = await underLoad(authority, renewByTimer)
    tell('Apache', seen)
    expect(seen.report.failures).toEqual([])
    expect(seen.report.failed).toBe(0)
  })

  afterAll(() => gone('apache2', '/etc/apache2/sites-*/bird-shop.conf'))
})

describe('Caddy', () => {
  const files = () => filesOf('/etc/caddy')

  beforeAll(() =>
    say(
      `printf '{\\n\\trenew_interval 1s\\n}\\nhttp://taken.example {\\n\\trespond 204\\n}\\n' >/etc/caddy/Caddyfile
       systemctl stop nginx apache2; systemctl start caddy`,
    ),
  )

  test('a domain that is refused: the reason is said, and the server is as before', async () => {
    const before = await files()
    const config = configOf('caddy', brief, { domains: [unresolved], redirectWww: false })
    const { code, stderr } = await setup(config)
    expect(stderr).toMatch(
      /no certificate, so the site is as it was before: \[nowhere\.example\] .*could not resolve/i,
    )
    expect(code).toBe(1)
    expect(await files()).toBe(before)
    expect(await say('systemctl is-active caddy')).toBe('active')
    expect(await ask('http://taken.example/')).toBe('204')
  })

  test('gets one by itself and renews it, and no connection is closed', async () => {
    const config = configOf('caddy', brief)
    expect(await setup(config)).toMatchObject({ code: 0, stderr: '' })
    expect(await setup(config)).toMatchObject({ code: 0, stdout: 'nothing to change\n' })
    await live()
    await until(
      async () => (await ask(`https://${domain}/`, brief)) === '200',
      60,
      async () => `HTTPS says ${await ask(`https://${domain}/`, brief)}`,
    )
    const seen = await underLoad(brief, async () => {})
    tell('Caddy', seen)
    expect(seen.report.failures).toEqual([])
    expect(seen).toMatchObject({ report: { failed: 0 }, closed: 0 })
    expect(await ask('http://taken.example/')).toBe('204')
  })
})

/** Makes room for the next web server. */
async function gone(unit: string, site: string): Promise<void> {
  await say(
    `systemctl stop ${unit} app; rm -rf ${site} ${base} /var/log/kawasemi /etc/kawasemi
     certbot -n delete --cert-name kawasemi-${app}`,
  )
}
