import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { type Load, startLoad } from '../../bench/load'
import { checkOut, type Product } from '../../lab/product'
import type { ActionResult, RunningAction } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { setDeadline, tellLife } from './support/life'
import { tellCallers } from './support/tell-callers'
import { expectGreen, expectRed } from './support/verdict'

jest.setTimeout(10 * 60_000)

/*
 * wakakusa-shift on three servers behind a load balancer. The first one has the database and the cache as well, as its
 * document draws them: shared by all.
 */

const domain = 'wakakusa-shift.example'
const base = '/srv/wakakusa-shift'
/** Certificates of this machine's network, as a company's server has them. */
const certificates = '/etc/ssl/company.pem'
const password = `p4ss "word" $HOME`
/** As the load balancer sends them; TLS ends there. */
const headers = { 'x-forwarded-proto': 'https' }

let servers: LabServer[]
let first: LabServer
let second: LabServer
let product: Product

beforeAll(async () => {
  const packages = [['mariadb-server', 'redis-server'], [], []]
  servers = await Promise.all(
    packages.map((each, at) => startServer({ name: `shift-${at + 1}`, packages: each })),
  )
  ;[first, second] = servers as [LabServer, LabServer]
  const own = readFileSync(process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt')
  await Promise.all(servers.map((server) => server.exec(`cat >${certificates}`, { input: own })))
  await say(first, makeDatabase)
  product = checkOut({
    example: 'wakakusa-shift',
    server: first,
    others: servers.slice(1),
    env: variables(),
    settings: {
      'bake.duration': '2s',
      'drain.timeout': '1s',
      'gate.deadline': '60s',
      // Staging is the first server too, beside production.
      'environments.staging': {
        app: 'wakakusa-shift-staging',
        hosts: [`deploy@${first.sshHost}:${first.sshPort}`],
        services: { web: { slots: { blue: 15000, green: 15100 } } },
        proxy: { domains: [`staging.${domain}`] },
      },
    },
  })
  await product.setUp()
})
afterAll(async () => {
  product?.remove()
  await Promise.all((servers ?? []).map((server) => server.stop()))
})

const makeDatabase = `
printf '[mysqld]\\nbind-address=0.0.0.0\\nskip-name-resolve\\n' >/etc/mysql/mariadb.conf.d/zz-shift.cnf
printf 'bind 0.0.0.0\\nrequirepass shift-cache\\n' >>/etc/redis/redis.conf
systemctl restart mariadb redis-server
mariadb -e "
  CREATE DATABASE wakakusa_shift_db CHARACTER SET utf8mb4;
  CREATE USER wakakusa_user@'%' IDENTIFIED BY '${password}';
  GRANT ALL ON wakakusa_shift_db.* TO wakakusa_user@'%'"
`
  .replaceAll('$HOME', '\\$HOME')
  .replaceAll('"word"', '\\"word\\"')

function variables(): Record<string, string> {
  return {
    DJANGO_SECRET_KEY: 'k7Q!x2-of-a-production-that-nobody-else-has-3f9zLw_b8RtVm',
    DB_HOST: first.address,
    DB_PORT: '3306',
    DB_NAME: 'wakakusa_shift_db',
    DB_USER: 'wakakusa_user',
    DB_PASSWORD: password,
    REDIS_URL: `redis://:shift-cache@${first.address}:6379/1`,
    ALLOWED_HOSTS: `${domain},www.${domain}`,
    USE_HTTPS: 'true',
    // Out of the load's way.
    RATE_LIMIT: '1000000000',
    WEB_CONCURRENCY: '2',
    PIP_CERT: certificates,
  }
}

/** What a program of root's says; it has to end well. */
async function say(server: LabServer, program: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

const everywhere = (program: string) => Promise.all(servers.map((server) => say(server, program)))

const sql = (query: string) => say(first, `mariadb -N wakakusa_shift_db -e "${query}"`)

async function ask(server: LabServer, path: string, post?: object) {
  const {
    statusCode,
    body,
    headers: answered,
  } = await request(`http://127.0.0.1:${server.httpPort}${path}`, {
    headers: { host: domain, ...headers },
    ...(post && { method: 'POST', body: JSON.stringify(post) }),
  })
  const text = await body.text()
  if (statusCode >= 400) throw new Error(`${server.name}${path}: ${statusCode} ${text.slice(0, 300)}`)
  return { json: text.startsWith('{') ? JSON.parse(text) : undefined, headers: answered }
}

/** The version that each server shows. */
const shown = () =>
  Promise.all(servers.map(async (server) => (await ask(server, '/api/version/')).json.version as string))

const all = (version: string) => [version, version, version]

/** Makes the checkout that of a version. */
function edit(workspace: string, version: string, fault = ''): undefined {
  writeFileSync(join(workspace, 'VERSION'), `${version}\n`)
  writeFileSync(join(workspace, 'FAULT'), `${fault}\n`)
  const styles = join(workspace, 'shift_management/static/shift_management')
  for (const name of readdirSync(styles)) if (name.startsWith('page-')) rmSync(join(styles, name))
  writeFileSync(join(styles, `page-${version}.css`), `/* ${version} */\n`)
  setDeadline(workspace, fault)
}

function deploy(run: number, version: string, fault = '', more: Record<string, string> = {}) {
  edit(product.workspace, version, fault)
  return product.run('deploy', run, { inputs: { version, ...more } })
}

interface LedgerLine {
  readonly event: string
  readonly release: string
  readonly owner: string
}

/** What happened on each server in the course of a run. */
async function eventsOf(run: number): Promise<string[][]> {
  const ledgers = await everywhere(`cat ${base}/ledger.jsonl`)
  return ledgers.map((text) =>
    text
      .split('\n')
      .map((line) => JSON.parse(line) as LedgerLine)
      .flatMap(({ owner, event }) => (owner.startsWith(`${run}/`) ? [event] : [])),
  )
}

/** Everything of the app on all servers that a deploy which may not change anything could have changed. */
const state = () =>
  Promise.all([
    ...servers.map((server) =>
      say(
        server,
        `cd ${base}; readlink live slots/*/release; cat ledger.jsonl; ls backups shared/data;
         runuser -u deploy -- env XDG_RUNTIME_DIR=/run/user/1000 systemctl --user list-units --plain --no-legend 'wakakusa-*'`,
      ),
    ),
    sql('SELECT app, name, applied FROM django_migrations'),
  ])

const nameOf = ({ sshPort }: LabServer) => `deploy@127.0.0.1:${sshPort}`

/** Every server has a row of its own in the summary, and lines in the log where it was switched. */
function expectRows({ summary, log }: ActionResult, version: string, switched: boolean): void {
  for (const host of servers.map(nameOf)) {
    const time = switched ? '[\\d.]+ m?s' : ''
    const row = `^\\| \`${host}\` \\| .. (blue|green): \`${version}\` \\| ${time} \\|$`
    expect(summary).toMatch(new RegExp(row, 'm'))
    const lines = log.split('\n').filter((line) => line.startsWith(`  ${host}: `))
    const told = lines.some((line) => /(blue|green) takes traffic, .* switched in \d+ ms$/.test(line))
    expect([host, told]).toEqual([host, switched])
  }
}

describe('the deploy flow of its document', () => {
  test('environment check, backup, dependencies, migration, static files, optimisation, health', async () => {
    const result = await deploy(50, 'v0')
    expectGreen(result)
    expectRows(result, 'v0', true)
    const place = (step: string) => result.log.search(new RegExp(`^  \\S+: ${step} [\\d.]+ m?s$`, 'm'))
    const before = ['virtual environment', 'build: python', 'dump', 'migrate', 'services']
    const order = [...before, 'before-switch 1', 'intent', 'switch'].map(place)
    expect(order).toEqual([...order].sort((one, other) => one - other))
    expect(order).not.toContain(-1)
    expect(result.log).toMatch(/│ System check identified no issues/)
    expect(result.log).toMatch(/│ .*static files? copied/)
    expect(result.log).toMatch(/│ .*Applying shift_management.0001_initial/)
    expect(result.log.match(/│ optimised$/gm)).toHaveLength(3)
  })

  test('backup and migration were done once, on the first server', async () => {
    const ran = await eventsOf(50)
    const count = (name: string) => ran.map((events) => events.filter((event) => event === name).length)
    expect(count('backed-up')).toEqual([1, 0, 0])
    expect(count('migrated')).toEqual([1, 0, 0])
    expect(count('finished')).toEqual([1, 1, 1])
  })

  test('/health/, /ready/ and /live/ answer on every server, with the security headers', async () => {
    for (const server of servers) {
      const { json, headers } = await ask(server, '/health/')
      expect(json).toEqual({
        status: 'healthy',
        version: 'v0',
        slot: 'blue',
        checks: { database: true, cache: true },
      })
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': "default-src 'self'",
      })
      expect((await ask(server, '/ready/')).json).toEqual({ ready: true })
      expect((await ask(server, '/live/')).json).toEqual({ alive: true })
    }
    // By whichever server, for all of them; the load's shifts are this person's.
    const { json } = await ask(servers[2]!, '/api/staff/', { name: 'load' })
    expect((await ask(first, '/api/staff/')).json).toEqual({ staff: [json] })
  })

  test('a point of its security check list that is not met ends the deploy, and nothing is changed', async () => {
    const before = await state()
    const env = { ...variables(), DJANGO_SECRET_KEY: 'your-super-secret-key', ALLOWED_HOSTS: '*' }
    const result = await deploy(51, 'v0.1', '', { env: JSON.stringify(env) })
    expectRed(result, /check.*ended with status 1/)
    expect(result.log).toMatch(/shift_management.E001.*SECRET_KEY is not one for production/)
    expect(result.log).toMatch(/shift_management.E003.*ALLOWED_HOSTS/)
    expect(result.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('p4ss')
    expect(await state()).toEqual(before)
  })

  test('every point of the list can fail', async () => {
    const program = `cd ${base}/live/release/files && set -a && . ../environment && umask 027 &&
      PYTHONWARNINGS=ignore DJANGO_SETTINGS_MODULE=core.settings.production ../venv/bin/python -`
    const without = (name: string) =>
      `[each for each in settings.MIDDLEWARE if not each.endswith('${name}Middleware')]`
    const changes = [
      `SECRET_KEY='your-super-secret-key'`,
      'DEBUG=True',
      `ALLOWED_HOSTS=['*']`,
      `DATABASES={'default': {'PASSWORD': 'secure-password'}}`,
      'SECURE_SSL_REDIRECT=False',
      `MIDDLEWARE=${without('SecurityHeaders')}`,
      `MIDDLEWARE=${without('RateLimit')}`,
      'AUDIT_LOG=False',
    ]
    const input = [
      'import django',
      'from django.conf import settings',
      'from django.test.utils import override_settings',
      'django.setup()',
      'from shift_management.checks import before_a_deploy',
      `for changed in (${['', ...changes].map((change) => `dict(${change})`).join(', ')}):`,
      '    with override_settings(**changed):',
      '        print(*[error.id for error in before_a_deploy(None)])',
    ].join('\n')
    const { stdout, stderr, code } = await first.exec(program, { input: `${input}\n`, user: 'deploy' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = changes.map((_, at) => `shift_management.E00${at + 1}`)
    expect(stdout.trimEnd().split('\n')).toEqual(['', ...found])
  })
})

const shift = { staff: 1, date: '2026-11-22', starts_at: '09:00', ends_at: '17:00' }
const requests = [
  { method: 'GET', path: '/' },
  { method: 'POST', path: '/api/shifts/', body: JSON.stringify(shift) },
  { method: 'GET', path: '/api/shifts/' },
  { method: 'GET', path: '/api/staff/' },
  { method: 'POST', path: '/api/staff/', body: '{"name":"load"}' },
  { method: 'GET', path: '/static/shift_management/style.css' },
  { method: 'GET', path: '/ready/' },
] as const

describe('its life on three servers', () => {
  let turn = 0
  tellLife(() => ({
    servers,
    product,
    domain,
    headers,
    requests,
    edit,
    versionHeader: 'x-wakakusa-version',
    asset: (version) => `/static/shift_management/page-${version}.css`,
    slow: '/api/slow/?seconds=5',
    cause: /status 503/,
    store: async (name) => {
      turn += 1
      const { json } = await ask(servers[turn % 3]!, '/api/staff/', { name })
      await ask(servers[(turn + 1) % 3]!, '/api/shifts/', { ...shift, staff: json.id })
    },
    stored: async () =>
      (
        await sql(
          'SELECT DISTINCT name FROM shift_management_shift JOIN shift_management_staff ON staff_id = shift_management_staff.id',
        )
      ).split('\n'),
  }))
})

describe('what the three promise together', () => {
  let load: Load
  beforeAll(() => {
    load = startLoad({
      origins: servers.map(({ httpPort }) => `http://127.0.0.1:${httpPort}`),
      hostHeader: domain,
      requests: requests.map((each) => ({ ...each, headers })),
      perSecond: 60,
    })
  })
  afterAll(async () => {
    const { requests: asked, failed, failures } = await load.stop()
    console.log(`three servers: ${asked} requests, ${failed} failed`)
    expect(failures).toEqual([])
  })

  test('one that fails its gate: no server shows the new version', async () => {
    // A firewall on the second one knows nothing of the idle slot's port.
    const idle = (await say(second, `readlink ${base}/live`)).endsWith('blue') ? 14100 : 14000
    const rule = `INPUT -i lo -p tcp --dport ${idle} -j REJECT --reject-with tcp-reset`
    await say(second, `iptables -I ${rule}`)
    const result = await deploy(201, 'v5', 'none, but impatient')
    await say(second, `iptables -D ${rule}`)
    expectRed(result, new RegExp(`127.0.0.1:${second.sshPort}: web: .*refused`))
    expectRows(result, 'v2', false)
    expect(await shown()).toEqual(all('v2'))
    for (const events of await eventsOf(201)) expect(events.at(-1)).toBe('gate-failed')
    expect((await eventsOf(201)).flat()).not.toContain('switching')
  })

  test('one that fails its switch: all are back on the version before', async () => {
    // Nothing can be put where the new link is made before it is renamed.
    await say(second, `mkdir -m 755 ${base}/live.part`)
    const result = await deploy(202, 'v6')
    await say(second, `rmdir ${base}/live.part`)
    expectRed(result, /step switch ended with status 1/)
    expect(result.summary).toContain(nameOf(second))
    expectRows(result, 'v2', false)
    expect(await shown()).toEqual(all('v2'))
    expect((await eventsOf(202)).map((events) => events.includes('switched'))).toEqual([true, false, true])
    for (const events of await eventsOf(202)) expect(events).toContain('taken-back')
  })

  test('the next deploy needs nothing by hand', async () => {
    expectGreen(await deploy(203, 'v7'))
    expect(await shown()).toEqual(all('v7'))
  })

  test('a runner killed when only some had switched: a rollback brings them back together, and no further', async () => {
    const hold = `flock ${base}/watch.lock sleep 600`
    let held: Promise<unknown> | undefined
    const switched = new Set<string>()
    edit(product.workspace, 'v8')
    const running: RunningAction = product.start('deploy', 204, {
      inputs: { version: 'v8' },
      onLine: (line) => {
        // The switch of the second server waits for somebody.
        if (line === '::group::gate') held = say(second, `systemd-run --quiet --unit=holder ${hold}`)
        const [, name] = /^ {2}(\S+): switch [\d.]+ m?s$/.exec(line) ?? []
        if (name) switched.add(name)
        if (switched.size === 2) running.kill('SIGKILL')
      },
    })
    const { signal, log } = await running.done
    await held
    expect({ signal, log: signal ? '' : log }).toEqual({ signal: 'SIGKILL', log: '' })
    // That server goes down as well, so that nobody switches it later.
    const program = `${base}/runs/*-switch-*`
    await say(second, `read -r pid _ <"$(ls -td ${program} | head -n 1)/pid"; kill -9 "$pid"`)
    await say(second, 'systemctl stop holder')
    expect(switched).not.toContain(nameOf(second))
    expect(await shown()).toEqual(['v8', 'v7', 'v8'])

    await outliveLease()
    const result = await product.run('rollback', 205)
    expectGreen(result)
    expect(result.warnings.join()).toMatch(/An earlier run ended while it switched to v8-204/)
    expectRows(result, 'v7', false)
    expect(await shown()).toEqual(all('v7'))
  })

  test('a runner killed between intent and switch: the next attempt goes on, and migrates nothing twice', async () => {
    edit(product.workspace, 'v9')
    const running: RunningAction = product.start('deploy', 206, {
      inputs: { version: 'v9' },
      onLine: (line) => {
        if (/^ {2}\S+: intent [\d.]+ m?s$/.test(line)) running.kill('SIGKILL')
      },
    })
    expect((await running.done).signal).toBe('SIGKILL')
    const again = await product.run('deploy', 206, { attempt: 2, inputs: { version: 'v9' } })
    expectGreen(again)
    expectRows(again, 'v9', true)
    expect(await shown()).toEqual(all('v9'))
    const ran = await eventsOf(206)
    const migrated = ran.map((events) => events.filter((event) => event === 'migrated').length)
    expect(migrated).toEqual([1, 0, 0])
    for (const events of ran) expect(events.at(-1)).toBe('finished')
  })

  test('somebody who goes back by hand on one server alone: a rollback moves none of the others', async () => {
    const link = await say(second, `readlink ${base}/live`)
    const put = (to: string) =>
      say(second, `cd ${base} && runuser -u deploy -- sh -c 'ln -s ${to} live.part && mv -T live.part live'`)
    await put(link.endsWith('blue') ? 'slots/green' : 'slots/blue')
    expect(await shown()).toEqual(['v9', 'v7', 'v9'])
    expectRed(await product.run('rollback', 207), /serve different releases .*v9-206.*v7-203/)
    expect(await shown()).toEqual(['v9', 'v7', 'v9'])
    await put(link)
  })
})

describe('its workflows', () => {
  const staging = `staging.${domain}`
  beforeAll(async () => {
    await product.setUp('staging')
  })

  tellCallers(() => ({
    product,
    example: 'wakakusa-shift',
    domain,
    headers,
    versionHeader: 'x-wakakusa-version',
    health: '/health/',
    env: { ...variables(), ALLOWED_HOSTS: `${variables().ALLOWED_HOSTS},${staging}` },
    edit: (version) => edit(product.workspace, version),
    pushedTo: { environment: 'staging', domain: staging },
    commands: {
      integrationTest: `curl --fail --silent --header Host:${staging} --header X-Forwarded-Proto:https http://127.0.0.1:${first.httpPort}/ready/`,
    },
  }))
})

/** A minute passes: the lease of a run that is dead expires. */
async function outliveLease(): Promise<void> {
  // What a switch left behind to watch over it ends by itself, and extends the lease when it does.
  await everywhere(`flock -w 60 ${base}/watch.lock true`)
  const expire = `cd ${base} && flock -w 60 lease.lock sed -i 's/"expires":[0-9]*/"expires":1/' lease.json`
  await everywhere(`${expire} && chown deploy: lease.json`)
}
