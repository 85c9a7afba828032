import { type LabServer, startServer } from '../../lab/server'
import type { Config } from '../../src/config/schema'
import { renderSetup } from '../../src/stages/setup-host'
import { exampleConfig } from '../unit/proxies/config'

/** What setup-host does with web servers other than nginx, as Debian has them. */

jest.setTimeout(15 * 60_000)

let server: LabServer
const base = '/srv/bird-shop'

beforeAll(async () => {
  // Those of certificates.test.ts, so that one image does for both.
  const packages = ['pebble', 'certbot', 'apache2', 'caddy']
  server = await startServer({ name: 'web-servers', packages })
  expect(await server.exec('systemctl disable -q --now nginx')).toMatchObject({ code: 0 })
})
afterAll(() => server?.stop())

/** What a program says, run as that user. */
async function say(program: string, user = 'root'): Promise<string> {
  const { stdout, stderr } = await server.exec(program, { user })
  return (stdout + stderr).trim()
}

const setup = async (config: Config) => server.exec('sh', { input: renderSetup(config) })
const status = (path: string, host = 'bird-shop.example') =>
  say(`curl -s -o /dev/null -w '%{http_code}' -H 'Host: ${host}' http://127.0.0.1${path}`)

const kinds = [
  {
    kind: 'apache' as const,
    unit: 'apache2',
    user: 'www-data',
    foreign: `printf '<VirtualHost *:80>\\nServerName taken.example\\nRedirect 204 /\\n</VirtualHost>\\n' >/etc/apache2/sites-enabled/other.conf`,
    // Everything that setup-host may touch.
    files: 'find /etc/apache2 -newer /tmp/before ! -type d',
    refusal: { domains: ['taken.example'] },
    said: /taken\.example in .*other\.conf/,
  },
  {
    kind: 'caddy' as const,
    unit: 'caddy',
    user: 'caddy',
    foreign: `printf '\\nhttp://taken.example {\\n\\trespond 204\\n}\\n' >>/etc/caddy/Caddyfile`,
    files: 'find /etc/caddy -newer /tmp/before ! -type d',
    refusal: { domains: ['taken.example'] },
    said: /taken\.example/,
  },
]

describe.each(kinds)('$kind', ({ kind, unit, user, foreign, files, refusal, said }) => {
  const config = exampleConfig({}, { kind })

  beforeAll(async () => {
    await say(`rm -rf ${base} /var/log/kawasemi; ${foreign}; systemctl start ${unit}`)
  })
  afterAll(() => say(`systemctl stop ${unit}`))

  test('the first run prepares the host, the second changes nothing and says so', async () => {
    expect(await setup(config)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`reload ${kind}`),
      stderr: '',
    })
    expect(await status('/')).toBe('503')
    expect(await setup(config)).toMatchObject({ code: 0, stdout: 'nothing to change\n' })
    expect(await status('/', 'taken.example')).toBe('204')
  })

  test('the deploy user alone puts a release live, and reads the log, also after it was rotated', async () => {
    await say(
      `set -e; umask 027; cd ${base}
       mkdir -p releases/one/assets/_static; echo bird >releases/one/assets/_static/a.js
       echo '{"release":"one"}' >releases/one/public.json
       ln -s ../../releases/one slots/green/release; ln -s slots/green live`,
      'deploy',
    )
    expect(await status('/_static/a.js')).toBe('200')
    expect(await say(`curl -s -H 'Host: bird-shop.example' http://127.0.0.1/.well-known/kawasemi`)).toBe(
      '{"release":"one"}',
    )
    expect(await status('/')).toMatch(/^50[23]$/)
    const log = `${base}/shared/logs/access.log`
    expect(await say(`cat ${log}`, 'deploy')).toMatch(/a\.js/)
    expect(await say('logrotate -f /etc/logrotate.d/kawasemi-bird-shop')).toBe('')
    await status('/rotated')
    expect(await say(`cat ${log}`, 'deploy')).toMatch(/\/rotated/)
    expect(await say(`cat ${log}`, 'deploy')).not.toMatch(/a\.js/)
    expect(await say(`stat -L -c '%a %U %G' ${log}`)).toBe(`640 ${user} deploy`)
  })

  test('HTTPS with files of the host, which its user can read, beside plain HTTP that only redirects', async () => {
    const folder = '/etc/ssl/bird-shop'
    await say(
      `set -e; mkdir -p ${folder}; cd ${folder}
       openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bird-shop.example \\
         -keyout key.pem -out cert.pem
       chgrp ${user} key.pem; chmod 640 key.pem`,
    )
    const tls = {
      certificate: `${folder}/cert.pem`,
      key: `${folder}/key.pem`,
      listen: 443,
      redirectHttp: true,
    }
    const options = { domains: ['bird-shop.example'], tls, redirectWww: true, gzip: true }
    const secure = exampleConfig({}, { kind, ...options })
    expect(await setup(secure)).toMatchObject({ code: 0, stderr: '' })
    expect(await setup(secure)).toMatchObject({ code: 0, stdout: 'nothing to change\n' })
    const at = (url: string) =>
      say(
        `curl -sk -o /dev/null -w '%{http_code} %{redirect_url}' --connect-to ::127.0.0.1: --retry 5 --retry-connrefused ${url}`,
      )
    expect(await at('https://bird-shop.example/_static/a.js')).toBe('200')
    expect(await at('http://bird-shop.example/a')).toBe('301 https://bird-shop.example/a')
    expect(await at('http://www.bird-shop.example/a')).toBe('301 https://bird-shop.example/a')
    expect(await status('/.well-known/kawasemi')).toBe('200')
    expect(await setup(config)).toMatchObject({ code: 0 })
  })

  test('a site with the domain of another one is taken back', async () => {
    await say('touch /tmp/before; sleep 0.1')
    const rival = exampleConfig({ app: 'rival', base: '/srv/rival' }, { kind, ...refusal })
    expect(await setup(rival)).toMatchObject({ code: 1, stderr: expect.stringMatching(said) })
    expect(await say(files)).toBe('')
    expect(await say(`systemctl reload ${unit} && systemctl is-active ${unit}`)).toBe('active')
    expect(await status('/_static/a.js')).toBe('200')
    expect(await status('/', 'taken.example')).toBe('204')
  })
})

test('another web server than the one before reads the releases that are there', async () => {
  await say('systemctl start apache2')
  const config = exampleConfig({}, { kind: 'apache' })
  expect(await say(`stat -c %G ${base}/releases/one/assets`)).toBe('caddy')
  expect(await setup(config)).toMatchObject({ code: 0, stderr: '' })
  expect(await setup(config)).toMatchObject({ code: 0, stdout: 'nothing to change\n' })
  expect(await status('/_static/a.js')).toBe('200')
})
