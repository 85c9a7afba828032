import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { type LoadReport, startLoad } from '../../bench/load'
import { checkOut, type Product } from '../../lab/product'
import { until } from '../../lab/run'
import type { ActionResult, RunningAction } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { renderEnvironment } from '../../src/runtimes/systemd-environment'
import { anyValue } from '../unit/runtimes/systemd-values'
import { commandsByHand } from './support/by-hand'

jest.setTimeout(10 * 60_000)

let server: LabServer
/** Certificates of this machine's network, as a company's server has them. */
const certificates = '/etc/ssl/company.pem'

beforeAll(async () => {
  server = await startServer({ name: 'systemd' })
  const own = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt'
  await server.exec(`cat >${certificates}`, { input: readFileSync(own) })
})
afterAll(() => server?.stop())

/** What a program says, as root or another user; it has to end well. */
async function say(program: string, user = 'root'): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program, { user })
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

const own = (program: string) => say(`export XDG_RUNTIME_DIR=/run/user/1000; ${program}`, 'deploy')

interface About {
  version: string
  slot: string
  release: string
  secret: string
  user: number
  folder: string
  notes?: string[]
}

/** One app on the server, with the way its units are asked for. */
class Site {
  readonly product: Product
  readonly base: string
  readonly secret = 'p4ss "word" $HOME `id` \\ \n次'
  private readonly app: string

  constructor(
    private readonly scope: 'user' | 'system',
    settings: Record<string, unknown> = {},
  ) {
    this.app = scope === 'user' ? 'units' : 'unitsys'
    this.base = `/srv/${this.app}`
    this.product = checkOut({
      example: join(__dirname, 'products/units'),
      server,
      settings: {
        app: this.app,
        'proxy.domains': [`${this.app}.example`],
        'systemd.scope': scope,
        ...settings,
      },
    })
  }

  startDeploy(run: number, version: string, env: Record<string, string> = {}, attempt = 1): RunningAction {
    const values = { SECRET: this.secret, PIP_CERT: certificates, ...env }
    return this.product.start('deploy', run, { attempt, inputs: { version, env: JSON.stringify(values) } })
  }

  deploy(...of: Parameters<Site['startDeploy']>): Promise<ActionResult> {
    return this.startDeploy(...of).done
  }

  async ask(path = '/', post?: string): Promise<About> {
    const data = post === undefined ? '' : `-d '${post}'`
    const url = `http://127.0.0.1${path}`
    return JSON.parse(await say(`curl -sS -f -H 'Host: ${this.app}.example' ${data} ${url}`)) as About
  }

  systemctl(words: string): Promise<string> {
    return this.scope === 'user' ? own(`systemctl --user ${words}`) : say(`systemctl ${words}`)
  }

  /** Units of the app that run, as `web@blue`. */
  async running(): Promise<string[]> {
    const lines = await this.systemctl(`list-units --plain --no-legend --state=active '${this.app}-*'`)
    return lines
      .split('\n')
      .flatMap((line) =>
        line === '' ? [] : [line.split(/\s/)[0]!.slice(this.app.length + 1, -'.service'.length)],
      )
      .sort()
  }

  /** Units of the app that come up after a reboot. */
  async enabled(): Promise<string[]> {
    const wants =
      this.scope === 'user'
        ? '/home/deploy/.config/systemd/user/default.target.wants'
        : '/etc/systemd/system/multi-user.target.wants'
    const names = await say(`cd ${wants} && ls -d ${this.app}-* || :`)
    return names
      .split('\n')
      .flatMap((name) => (name === '' ? [] : [name.slice(this.app.length + 1, -'.service'.length)]))
      .sort()
  }
}

function load(app: string) {
  return startLoad({
    origins: [`http://127.0.0.1:${server.httpPort}`],
    hostHeader: `${app}.example`,
    requests: [
      { method: 'GET', path: '/' },
      { method: 'POST', path: '/notes', body: 'load' },
      { method: 'GET', path: '/static/style.css' },
      { method: 'GET', path: '/health' },
    ],
    connections: 16,
    perSecond: 80,
  })
}

/** Does something while users are at work on the app; none of them may notice. */
async function unnoticed<Result>(app: string, work: () => Promise<Result>): Promise<Result> {
  const visitors = load(app)
  let report: LoadReport | undefined
  const result = await work().finally(async () => {
    report = await visitors.stop()
  })
  expect(report).toMatchObject({ failed: 0, failures: [] })
  return result
}

const well = ({ code, log }: ActionResult) => (code === 0 ? '' : log)

describe('with units of the deploy user', () => {
  let site: Site
  beforeAll(async () => {
    site = new Site('user', { database: { kind: 'sqlite', file: 'shared/data/notes/notes.db' } })
    await site.product.setUp()
  })
  afterAll(() => site?.product.remove())

  test('the deploy user needs no more than a systemd of its own', async () => {
    expect(await say('sudo -n -l', 'deploy').catch(String)).toMatch(/password|not allowed/)
    const { stdout } = await server.exec('id -nG deploy')
    expect(stdout).toMatch(/systemd-journal/)
  })

  test('the first version comes up, with its variables, its folders and its worker', async () => {
    expect(well(await site.deploy(1, 'v1'))).toBe('')
    const about = await site.ask()
    expect(about).toMatchObject({
      version: 'v1',
      slot: 'blue',
      release: 'v1-1',
      secret: site.secret,
      user: 1000,
    })
    expect(about.folder).toBe('/srv/units/releases/v1-1/files')
    expect(await site.running()).toEqual(['mailer@blue', 'web@blue'])
    expect(await site.enabled()).toEqual(['mailer@blue', 'web@blue'])
    expect(await say(`cat ${site.base}/shared/data/notes/migrated`)).toBe('v1')
    expect(await say(`curl -sf -H 'Host: units.example' http://127.0.0.1/static/version.txt`)).toBe(
      `v1 ${site.secret}`,
    )
  })

  test('the second one takes over without a lost request, and installs nothing again', async () => {
    await site.ask('/notes', 'before v2')
    const slow = site.ask('/slow')
    const deployed = await unnoticed('units', () => site.deploy(2, 'v2'))
    expect(well(deployed)).toBe('')
    expect((await slow).version).toBe('v1')
    expect(await site.ask()).toMatchObject({ version: 'v2', slot: 'green' })
    expect(await site.running()).toEqual(['mailer@green', 'web@blue', 'web@green'])
    expect(await site.enabled()).toEqual(['mailer@green', 'web@green'])
    expect(deployed.log).not.toMatch(/Collecting gunicorn/)
    expect(await say(`ls ${site.base}/shared/venvs | wc -l`)).toBe('2')
    expect(await say(`ls ${site.base}/shared/data/notes`)).not.toMatch(/two-workers/)
    expect(await say(`ls ${site.base}/backups`)).toMatch(/v2-2\.\S*sqlite3\.gz/)
    expect((await site.ask('/notes')).notes).toContain('before v2')
  })

  test('a plan says which files and variables would be other, and changes nothing', async () => {
    const file = join(site.product.workspace, 'app.py')
    const text = readFileSync(file)
    const state = () =>
      Promise.all([
        say(`cd ${site.base} && find . -printf '%p %m %u %s %T@ %l\\n' | sort`),
        site.systemctl('show --property=Id,ActiveState,UnitFileState,InvocationID units-*'),
      ])
    const before = await state()
    writeFileSync(file, `${text}\n`)
    const env = JSON.stringify({ SECRET: 'another', PIP_CERT: certificates, MORE: 'x' })
    const planned = await site.product.run('deploy', 23, { inputs: { mode: 'plan', version: 'v3', env } })
    writeFileSync(file, text)
    expect(well(planned)).toBe('')
    expect(await state()).toEqual(before)
    const { hosts, stages, changes } = JSON.parse(planned.outputs.plan!)
    expect(hosts).toMatchObject([{ live: { slot: 'green', version: 'v2' }, slot: 'blue' }])
    expect(stages[0].does).toEqual([
      'to blue',
      expect.stringMatching(/^1 file of \d+ would travel, \d kB before compression$/),
      expect.stringContaining('a virtual environment by `requirements.txt`'),
      'then `python build.py` there',
    ])
    const unchanged = { added: [], changed: [], removed: [] }
    expect(changes).toMatchObject([
      {
        env: { added: ['MORE'], changed: ['SECRET'], removed: [] },
        settings: unchanged,
        files: { ...unchanged, changed: ['app.py'] },
      },
    ])
  })

  test('a look at it finds all up and backs it up; a service that was stopped is told', async () => {
    const look = async (run: number, skip: string) => {
      const inputs = { skip: `dns, disk, memory${skip}` }
      const { outputs, log } = await site.product.run('operate', run, { inputs })
      return { troubles: JSON.parse(outputs.troubles ?? '[]').map((name: string) => name.split(' ')[0]), log }
    }
    const before = await look(21, '')
    expect(before.troubles).toEqual([])
    expect(before.log).toMatch(/^services of .*: all up$/m)
    expect(await say(`ls ${site.base}/backups`)).toMatch(/^scheduled\.\d+\.sqlite3\.gz$/m)
    await site.systemctl('stop units-web@green.service')
    const during = await look(22, ', health')
    await site.systemctl('start units-web@green.service')
    await until(
      async () => (await site.ask().catch(() => undefined))?.version === 'v2',
      30,
      () => 'v2 does not answer again',
    )
    expect(during.troubles).toEqual(['services'])
    expect(during.log).toMatch(/^services of .*: web is inactive/m)
  })

  test.each([
    ['health', 3, /500/],
    ['die', 4, /told to die/],
    ['migration', 5, /status 3/],
  ])('a version with the fault %s is refused, and nobody notices', async (fault, id, why) => {
    const { code, log } = await unnoticed('units', () => site.deploy(id, 'v3', { FAULT: fault }))
    expect(code).not.toBe(0)
    expect(log).toMatch(why)
    expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('p4ss')
    expect(await site.ask()).toMatchObject({ version: 'v2', slot: 'green' })
    expect(await site.enabled()).toEqual(['mailer@green', 'web@green'])
  })

  test('a rollback starts the earlier version again', async () => {
    expect(well(await unnoticed('units', () => site.product.run('rollback', 6, {})))).toBe('')
    expect(await site.ask()).toMatchObject({ version: 'v1', release: 'v1-1' })
    expect(await site.enabled()).toEqual(['mailer@blue', 'web@blue'])
    expect((await site.ask('/notes')).notes).toEqual(expect.arrayContaining(['before v2', 'load']))
  })

  test('after a reboot, or when the power fails, what was live is back by itself', async () => {
    expect(well(await site.deploy(7, 'v7'))).toBe('')
    for (const powerCut of [false, true]) {
      await server.reboot({ powerCut })
      await until(
        async () => (await site.ask().catch(() => undefined))?.version === 'v7',
        60,
        () => 'v7 does not answer after the reboot',
      )
      expect(await site.running()).toEqual(['mailer@green', 'web@green'])
    }
    expect(well(await site.deploy(8, 'v8'))).toBe('')
    expect(await site.ask()).toMatchObject({ version: 'v8', slot: 'blue' })
  })

  test('an environment that was left half made is not used, and one that nobody uses goes', async () => {
    const [link] = (await say(`cd ${site.base}/shared/venvs && find . -maxdepth 1 -type l`)).split('\n')
    await say(`cd ${site.base}/shared/venvs && mkdir half.1-1 && rm ${link}`, 'deploy')
    const deployed = await site.deploy(9, 'v9')
    expect(well(deployed)).toBe('')
    expect(deployed.log).toMatch(/Collecting gunicorn/)
    expect(await say(`ls ${site.base}/shared/venvs`)).not.toMatch(/half/)
  })

  test('a migration whose runner and whose program were killed goes on alone, and the next attempt waits for it', async () => {
    const env = { MIGRATION_SECONDS: '12' }
    const cut = site.startDeploy(10, 'v10', env)
    const runs = () => site.systemctl('list-units --plain --no-legend units-once-*')
    await until(
      async () => (await runs()) !== '',
      120,
      () => 'The migration does not begin.',
    )
    cut.kill('SIGKILL')
    await say(`read -r pid _ <"$(ls -td ${site.base}/runs/*-migrate-* | head -n 1)/pid"; kill -9 "$pid"`)
    await cut.done
    expect(await runs()).toMatch(/units-once-.*running/)
    const again = await site.deploy(10, 'v10', env, 2)
    expect(well(again)).toBe('')
    expect(again.log).toMatch(/waiting for stage migrate of run 10/)
    expect(again.warnings.join('\n')).toMatch(/was cut off before it ended/)
    expect(await say(`grep -c v10 ${site.base}/shared/data/notes/migrated`)).toBe('2')
    expect(await site.ask()).toMatchObject({ version: 'v10' })
  })

  test('a person goes back by the commands of docs/by-hand.md, and nobody notices', async () => {
    const input = commandsByHand('systemd', {
      'app=shop': 'app=units',
      'v1.4.0-88': 'v9-9',
      'http://127.0.0.1:3000/health': 'http://127.0.0.1:14001/health',
      'https://shop.example/': "-H 'Host: units.example' http://127.0.0.1/",
    })
    const { stdout, stderr } = await unnoticed('units', () =>
      server.exec('export XDG_RUNTIME_DIR=/run/user/1000; bash', { input, user: 'deploy' }),
    )
    const told = `${stdout}${stderr}`
    expect(told.match(/HTTP\/1.1 200/g)).toHaveLength(2)
    expect(told).toContain('the lock is free')
    expect(await site.ask()).toMatchObject({ version: 'v9', slot: 'green', release: 'v9-9' })
    expect(await site.running()).toEqual(['mailer@green', 'web@blue', 'web@green'])
    expect(await site.enabled()).toEqual(['mailer@green', 'web@green'])
  })
})

test('systemd reads every variable as it was given', async () => {
  const values = [...fc.sample(anyValue, { numRuns: 400, seed: 7 }), 'x'.repeat(100_000)]
  const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]))
  await server.exec('cat >/home/deploy/environment', { input: renderEnvironment(env), user: 'deploy' })
  const said = await own(
    'systemd-run --user --quiet --wait --pipe --collect --property=EnvironmentFile=/home/deploy/environment env -0 | base64 -w0',
  )
  const read = Object.fromEntries(
    Buffer.from(said, 'base64')
      .toString()
      .split('\0')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  expect(read).toMatchObject(env)
})

describe('with units of the system', () => {
  let site: Site
  beforeAll(async () => {
    site = new Site('system', {
      'systemd.user': 'unitsys',
      'services.web.slots': { blue: 14100, green: 14101 },
      'services.web.memory': '100m',
      'migrations.timeout': '4s',
      'migrations.lock-timeout': '1s',
      retire: { previous: 'stopped' },
    })
  })
  afterAll(() => site?.product.remove())

  test('a host that is not set up for it is told so before anything runs', async () => {
    await say(
      'mkdir -p /srv/unitsys/slots/blue /srv/unitsys/slots/green /srv/unitsys/runs; chown -R deploy /srv/unitsys',
    )
    const { code, errors } = await site.deploy(100, 'v0')
    expect(code).not.toBe(0)
    expect(errors.join('\n')).toMatch(/unitsys-web@\.service is not the one.*setup-host/s)
  })

  test('the deploy user may start and stop them, and nothing else', async () => {
    expect(await site.product.setUp()).toMatch(/let deploy start and stop/)
    expect(await site.product.setUp()).toMatch(/nothing to change/)
    const may = (command: string) =>
      say(`sudo -n -l ${command} >/dev/null 2>&1 && echo yes || echo no`, 'deploy')
    expect(await may('systemctl start unitsys-web@blue.service')).toBe('yes')
    for (const command of [
      'systemctl start nginx.service',
      'systemctl start unitsys-web@other.service',
      'systemctl edit unitsys-web@blue.service',
      'systemctl start unitsys-web@blue.service nginx.service',
      'systemd-run /bin/sh /srv/unitsys/slots/blue/once',
      'sh',
    ])
      expect(await may(command)).toBe('no')
  })

  test('services and migrations run as the app’s own user, within its limits', async () => {
    expect(well(await site.deploy(101, 'v1'))).toBe('')
    const uid = Number(await say('id -u unitsys'))
    expect(await site.ask()).toMatchObject({ version: 'v1', user: uid, secret: site.secret })
    expect(await say(`stat -c %U ${site.base}/shared/data/notes/migrated`)).toBe('unitsys')
    expect(await site.systemctl('show -p MemoryMax unitsys-web@blue.service')).toBe('MemoryMax=104857600')
    expect(await say(`! runuser -u unitsys -- sh -c 'echo x >>${site.base}/ledger.jsonl' 2>&1`)).toMatch(
      /denied/,
    )
  })

  test('a second version takes over without a lost request; the old one is stopped', async () => {
    expect(well(await unnoticed('unitsys', () => site.deploy(102, 'v2')))).toBe('')
    expect(await say(`stat -c '%U %G %a' ${site.base}/shared/data/notes/migrated`)).toBe('unitsys deploy 660')
    expect(await site.ask()).toMatchObject({ version: 'v2', slot: 'green' })
    expect(await site.running()).toEqual(['mailer@green', 'web@green'])
  })

  test('a migration that takes too long is stopped, and the log of a version that dies is shown', async () => {
    const late = await site.deploy(103, 'v3', { MIGRATION_SECONDS: '600' })
    expect(late.code).not.toBe(0)
    expect(late.log).toMatch(/migrating \["a b", "it's \$HOME"\] for v3/)
    expect(late.errors.join('\n')).toMatch(/migrate was stopped after 4 s/)
    const dead = await site.deploy(104, 'v4', { FAULT: 'die' })
    expect(dead.code).not.toBe(0)
    expect(dead.log).toMatch(/told to die/)
    expect(await site.ask()).toMatchObject({ version: 'v2' })
  })

  test('a reboot and a rollback', async () => {
    await server.reboot()
    await until(
      async () => (await site.ask().catch(() => undefined))?.version === 'v2',
      60,
      () => 'v2 does not answer after the reboot',
    )
    expect(well(await site.product.run('rollback', 105, {}))).toBe('')
    expect(await site.ask()).toMatchObject({ version: 'v1' })
    expect(await site.enabled()).toEqual(['mailer@blue', 'web@blue'])
  })
})
