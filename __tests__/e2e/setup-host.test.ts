import { until } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import type { Config } from '../../src/config/schema'
import { renderSetup } from '../../src/stages/setup-host'
import { exampleConfig } from '../unit/proxies/config'

jest.setTimeout(15 * 60_000)

let server: LabServer
const base = '/srv/bird-shop'

beforeAll(async () => {
  server = await startServer({ name: 'setup' })
})
afterAll(() => server?.stop())

async function setup(config: Config = exampleConfig()) {
  return server.exec('sh', { input: renderSetup(config) })
}

/** What a program says, run as that user. */
async function say(program: string, user = 'root'): Promise<string> {
  const { stdout, stderr } = await server.exec(program, { user })
  return (stdout + stderr).trim()
}

const status = (path: string, host = 'bird-shop.example') =>
  say(`curl -s -o /dev/null -w '%{http_code}' -H 'Host: ${host}' http://127.0.0.1${path}`)
const siteFiles = () => say('ls -A /etc/nginx/conf.d')

test('the first run prepares the host', async () => {
  expect(await setup()).toMatchObject({ code: 0, stdout: expect.stringContaining('reload nginx') })
  // A reload is an order: for a moment nginx still answers as before.
  let last = ''
  const answersAsNew = async () => {
    last = await status('/')
    return last === '503'
  }
  await until(answersAsNew, 10, () => `the site answers with ${last}`)
  expect(await siteFiles()).toBe('bird-shop.conf')
})

test('the second run changes nothing, and says so', async () => {
  const workers = () => say('pgrep -n -x nginx')
  const before = await workers()
  expect(await setup()).toMatchObject({ code: 0, stdout: 'nothing to change\n' })
  expect(await workers()).toBe(before)
})

test('a run that died before the reload is made good by the next', async () => {
  await say('touch /etc/nginx/conf.d/bird-shop.conf.kawasemi-reload')
  expect(await setup()).toMatchObject({ code: 0, stdout: 'reload nginx\n1 things changed\n' })
})

test('the deploy user alone puts a release live, and its static files are answered', async () => {
  await say(
    `set -e; umask 027; cd ${base}
     mkdir -p releases/one/assets/_static; echo bird >releases/one/assets/_static/a.js
     echo '{"release":"one"}' >releases/one/public.json
     ln -s ../../releases/one slots/green/release; ln -s slots/green live`,
    'deploy',
  )
  expect(await status('/_static/a.js')).toBe('200')
  expect(await status('/.well-known/kawasemi')).toBe('200')
  expect(await status('/')).toBe('502')
})

test('nobody but the web server may enter, and it may not read what is not its own', async () => {
  const asWeb = (program: string) =>
    say(`setpriv --reuid www-data --regid www-data --clear-groups sh -c '${program}'`)
  expect(await say(`stat -c '%a %U:%G' ${base} ${base}/backups ${base}/runs`)).toBe(
    '2750 deploy:www-data\n700 deploy:www-data\n700 deploy:www-data',
  )
  expect(await asWeb(`ls ${base}/backups`)).toMatch(/Permission denied/)
  expect(await asWeb(`touch ${base}/x`)).toMatch(/Permission denied/)
  expect(await say(`setpriv --reuid nobody --regid nogroup --clear-groups ls ${base}`)).toMatch(
    /Permission denied/,
  )
})

test('the deploy user reads the log, also after it was rotated', async () => {
  const log = `${base}/shared/logs/access.log`
  expect(await say(`cat ${log}`, 'deploy')).toMatch(/\tgreen\t200\t/)
  expect(await say('logrotate -f /etc/logrotate.d/kawasemi-bird-shop')).toBe('')
  await say(
    `until [ "$(curl -s -o /dev/null -w x http://127.0.0.1/rotated -H 'Host: bird-shop.example'; grep -c rotated ${log})" != x0 ]; do sleep 0.1; done`,
  )
  expect(await say(`cat ${log}`, 'deploy')).toMatch(/\/rotated/)
  expect(await say(`cat ${log}`, 'deploy')).not.toMatch(/a\.js/)
})

describe('a site that must not be', () => {
  test('with the domain of another site is taken back', async () => {
    await say(
      `echo 'server { listen 80; server_name taken.example; return 204; }' >/etc/nginx/sites-enabled/other; nginx -s reload`,
    )
    const config = exampleConfig({ app: 'rival', base: '/srv/rival' }, { domains: ['taken.example'] })
    expect(await setup(config)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/same domain.*taken\.example/),
    })
    expect(await siteFiles()).toBe('bird-shop.conf')
    expect(await say('nginx -t')).toMatch(/successful/)
  })

  test('that nginx refuses leaves the one that was there', async () => {
    const before = await say('cat /etc/nginx/conf.d/bird-shop.conf')
    const long = Array.from({ length: 4 }, () => 'a'.repeat(60)).join('.')
    const result = await setup(exampleConfig({}, { domains: [long] }))
    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/nginx refuses the site.*bucket_size/s),
    })
    expect(await say('cat /etc/nginx/conf.d/bird-shop.conf')).toBe(before)
    expect(await status('/_static/a.js')).toBe('200')
  })
})

test('without root it says how to run it', async () => {
  const result = await server.exec('sh', { input: renderSetup(exampleConfig()), user: 'deploy' })
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('as root') })
})
