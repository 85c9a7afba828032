import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../../src/config/schema'
import { prelude } from '../../../src/host/libraries'
import { call, renderProgram } from '../../../src/host/program'
import type { Slot } from '../../../src/release/slot'
import { systemdRuntime } from '../../../src/runtimes/systemd'
import { fullDisk } from '../host/shell'
import { library, ShellHost } from '../stages/shell'
import { systemdProduct } from './systemd-product'

/** Writes down how it is called, and shows what lies in `show`. */
const systemctl = `printf '%s\\n' "$*" >>"$BASE/asked"
case "$*" in *" show "*) cat "$BASE/show" 2>/dev/null ;; esac`

let host: ShellHost
let config: Config

function program(name: string, text: string): void {
  const file = join(host.base, 'bin', name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
}

/** Lays a release down as `ship` does. */
function layDown(id: string, slot: Slot): void {
  const release = { id, version: 'v1' }
  const { files } = systemdRuntime(config).plan({
    config,
    release,
    env: { GREETING: 'good day' },
    projectDir: host.base,
    compose: { model: {}, dotenv: undefined, unset: [] },
  })
  for (const { path, content, mode } of files) {
    const file = join(host.base, 'releases', id, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, content, { mode })
  }
  mkdirSync(join(host.base, 'releases', id, 'files'), { recursive: true })
  symlinkSync(`../../releases/${id}`, join(host.base, 'slots', slot, 'release'))
}

const runCalls = (...calls: ReturnType<typeof call>[]) =>
  host.run([systemdRuntime(config).library, 'export HOME="$BASE"; unset XDG_CONFIG_HOME'], calls)
const asked = () =>
  readFileSync(join(host.base, 'asked'), 'utf8')
    .split('\n')
    .filter((line) => / (start|stop|enable|disable) /.test(line))

beforeEach(() => {
  host = new ShellHost()
  config = systemdProduct({ base: host.base })
  program('systemctl', systemctl)
  program('sync', ':')
  program('journalctl', ':')
})
afterEach(() => host.remove())

describe('what is wrong with a slot', () => {
  const unit = (name: string, state: string, sub: string, restarts = 0, result = 'success', status = 0) =>
    `Id=shop-${name}@blue.service\nActiveState=${state}\nSubState=${sub}\nNRestarts=${restarts}\nResult=${result}\nExecMainStatus=${status}\nMemoryCurrent=[not set]\n`
  const fine = [
    unit('web', 'active', 'running'),
    unit('mailer', 'inactive', 'dead'),
    unit('resizer', 'active', 'running'),
  ]

  test.each([
    ['nothing, with workers that were not started yet', fine, '0', ''],
    [
      'a web service that ended',
      [unit('web', 'failed', 'failed', 0, 'exit-code', 3)],
      '0',
      'web is failed, its exit status 3',
    ],
    [
      'one that has only just begun',
      [unit('web', 'activating', 'start')],
      '0',
      'web is activating, its exit status 0',
    ],
    [
      'one that ran out of memory',
      [unit('web', 'activating', 'auto-restart', 1, 'oom-kill', 9)],
      '0',
      'web is activating, its exit status 9, out of memory',
    ],
    [
      'a worker that keeps dying',
      [fine[0]!, unit('mailer', 'activating', 'auto-restart', 1, 'exit-code', 1)],
      '9',
      'mailer is activating, its exit status 1',
    ],
    ['one that was restarted', [unit('web', 'active', 'running', 2)], '1', 'web died and was restarted'],
    ['nothing, when it was restarted before', [unit('web', 'active', 'running', 2)], '2', ''],
  ])('is %s', (_, states, known, expected) => {
    layDown('v1-1', 'blue')
    writeFileSync(join(host.base, 'show'), states.join('\n'))
    expect(runCalls(call('runtime_dead', 'blue', known))).toEqual({ out: expected, status: 0 })
  })

  test('is not known where systemd does not answer', () => {
    layDown('v1-1', 'blue')
    program('systemctl', 'exit 1')
    expect(runCalls(call('runtime_dead', 'blue'))).toEqual({ out: '', status: 0 })
  })
})

describe('workers that take over', () => {
  test('begin after the old one has ended where there may be one only, else before', () => {
    layDown('v1-1', 'blue')
    layDown('v2-2', 'green')
    const [move] = systemdRuntime(config).moveWorkers('blue', 'green')
    expect(runCalls(move!).status).toBe(0)
    const order = asked().filter((line) => / (start|stop) /.test(line))
    expect(order).toEqual([
      '--user stop shop-mailer@blue.service',
      '--user start shop-mailer@green.service',
      '--user start shop-resizer@green.service',
      '--user stop shop-resizer@blue.service',
    ])
  })

  test('of the first release have nobody to wait for', () => {
    layDown('v1-1', 'blue')
    const [move] = systemdRuntime(config).moveWorkers('green', 'blue')
    expect(runCalls(move!).status).toBe(0)
    expect(asked().some((line) => line.includes(' stop '))).toBe(false)
  })

  test('have nobody to wait for either where the other release was never started', () => {
    layDown('v1-1', 'blue')
    layDown('v2-2', 'green')
    writeFileSync(join(host.base, 'show'), 'LoadState=not-found\nActiveState=inactive\n')
    const [move] = systemdRuntime(config).moveWorkers('blue', 'green')
    expect(runCalls(move!).status).toBe(0)
    expect(asked().some((line) => line.includes('@blue'))).toBe(false)
    // As after `rm` of a unit that still runs.
    writeFileSync(join(host.base, 'show'), 'LoadState=not-found\nActiveState=active\n')
    expect(runCalls(move!).status).toBe(0)
    expect(asked()).toContain('--user stop shop-mailer@blue.service')
  })
})

describe('after a reboot', () => {
  test('the slot that is switched to comes up, and the one before does not once it has drained', () => {
    layDown('v1-1', 'blue')
    const runtime = systemdRuntime(config)
    expect(runCalls(...runtime.arm('blue')).status).toBe(0)
    expect(asked()).toEqual(['--user enable shop-web@blue.service'])
    expect(runCalls(...runtime.disarm('blue')).status).toBe(0)
    expect(asked().at(-1)).toBe('--user disable shop-web@blue.service')
  })

  test('there would be an outage where systemd does not enable it, so nothing is switched', () => {
    layDown('v1-1', 'blue')
    program('systemctl', 'echo no room left; exit 1')
    const { out, status } = runCalls(...systemdRuntime(config).arm('blue'))
    expect({ out, status }).toEqual({
      status: 70,
      out: expect.stringMatching(/no room left.*missing after a reboot/s),
    })
  })
})

describe('units', () => {
  const users = () => join(host.base, '.config/systemd/user')

  test('of a slot are replaced when it starts, and those of the other slot are left alone', () => {
    layDown('v1-1', 'blue')
    layDown('v2-2', 'green')
    for (const slot of ['blue', 'green']) expect(runCalls(call('runtime_start', slot)).status).toBe(0)
    const blue = readFileSync(join(users(), 'shop-web@blue.service'), 'utf8')
    writeFileSync(join(users(), 'shop-gone@green.service'), blue)
    writeFileSync(join(host.base, 'releases/v2-2/units/web'), blue.replace('RestartSec=1', 'RestartSec=2'))
    expect(runCalls(call('runtime_start', 'green')).status).toBe(0)
    expect(readdirSync(users()).sort()).toEqual(
      ['mailer', 'resizer', 'web'].flatMap((name) => [
        `shop-${name}@blue.service`,
        `shop-${name}@green.service`,
      ]),
    )
    expect(readFileSync(join(users(), 'shop-web@blue.service'), 'utf8')).toBe(blue)
    expect(readFileSync(join(users(), 'shop-web@green.service'), 'utf8')).toContain('RestartSec=2')
  })

  test('of somebody else are not overwritten', () => {
    layDown('v1-1', 'blue')
    mkdirSync(users(), { recursive: true })
    writeFileSync(join(users(), 'shop-web@blue.service'), '[Service]\n')
    const { out, status } = runCalls(call('runtime_start', 'blue'))
    expect({ status, out }).toEqual({ status: 70, out: expect.stringContaining('belongs to something else') })
  })

  test('of the live slot are neither started anew nor stopped', () => {
    layDown('v1-1', 'blue')
    symlinkSync('slots/blue', join(host.base, 'live'))
    for (const name of ['runtime_start', 'runtime_stop', 'runtime_remove'])
      expect(runCalls(call(name, 'blue'))).toMatchObject({
        status: 70,
        out: expect.stringContaining('slot-is-live'),
      })
  })
})

describe('node_modules', () => {
  const npm = `printf 'npm in %s with %s %s\\n' "$PWD" "$GREETING" "$KAWASEMI_VERSION"; [ ! -e "$(dirname "$0")/npm-fails" ] || exit 1
mkdir -p node_modules/.bin`
  const install = (id: string, hash = 'a'.repeat(64)) =>
    runCalls(call('systemd_node', id, hash, 'web/package-lock.json', '60'))
  const repo = (id: string) => {
    layDown(id, id.endsWith('1') ? 'blue' : 'green')
    mkdirSync(join(host.base, 'releases', id, 'files/web'))
    for (const name of ['package.json', 'package-lock.json'])
      writeFileSync(join(host.base, 'releases', id, 'files/web', name), '{}')
  }
  const modules = () => readdirSync(join(host.base, 'shared/node_modules'))

  beforeEach(() => {
    program('npm', npm)
    program('node', 'echo v24.0.0')
    mkdirSync(join(host.base, 'shared'))
    repo('v1-1')
  })

  test('are made once for a lock file, with the variables of the release, and go with the last release', () => {
    expect(install('v1-1')).toMatchObject({ status: 0, out: expect.stringContaining('with good day v1') })
    repo('v2-2')
    expect(install('v2-2')).toMatchObject({ status: 0, out: expect.not.stringContaining('npm in') })
    expect(readdirSync(join(host.base, 'releases/v2-2/files/web/node_modules'))).toEqual(['.bin'])
    expect(modules()).toHaveLength(2)
    expect(runCalls(call('runtime_tidy')).status).toBe(0)
    expect(modules()).toHaveLength(2)
    for (const id of ['v1-1', 'v2-2']) writeFileSync(join(host.base, 'releases', id, 'uses'), '')
    expect(runCalls(call('runtime_tidy')).status).toBe(0)
    expect(modules()).toEqual([])
  })

  test('that could not be installed are not there for the next try', () => {
    program('npm-fails', ':')
    expect(install('v1-1')).toMatchObject({
      status: 70,
      out: expect.stringContaining('npm could not install'),
    })
    expect(modules()).toEqual([])
    spawnSync('rm', [join(host.base, 'bin/npm-fails')])
    expect(install('v1-1')).toMatchObject({ status: 0, out: expect.stringContaining('"installed"') })
  })

  test('are not linked where it cannot be written down that the release uses them', () => {
    mkdirSync(join(host.base, 'releases/v1-1/uses'))
    expect(install('v1-1').status).not.toBe(0)
    expect(readdirSync(join(host.base, 'releases/v1-1/files/web'))).not.toContain('node_modules')
  })

  test('are never those of an installation that was cut off', () => {
    program('npm', 'mkdir -p node_modules/half; kill -9 "$PPID" "$(cat "$BASE/pid")"')
    const half = host.run(
      [systemdRuntime(config).library, 'remember() { printf %s "$$" >"$BASE/pid"; }'],
      [call('remember'), call('systemd_node', 'v1-1', 'a'.repeat(64), 'web/package-lock.json', '60')],
    )
    expect(half.status).not.toBe(0)
    program('npm', npm)
    expect(install('v1-1')).toMatchObject({ status: 0, out: expect.stringContaining('"installed"') })
    expect(readdirSync(join(host.base, 'releases/v1-1/files/web/node_modules'))).toEqual(['.bin'])
  })
})

describe('a one-off command', () => {
  // Runs the script as systemd would.
  const systemdRun = `for script; do :; done; sh "$script"`

  const migrate = (full: string) => {
    layDown('v1-1', 'blue')
    program('systemd-run', systemdRun)
    writeFileSync(
      join(host.base, 'releases/v1-1/run/web'),
      'shift; printf "%s\\n" "$KEY" "$@" >"$BASE/ran"\n',
    )
    const once = ['runtime_once', 'blue', 'migrate', '60', 'web', "KEY=it's", '--', 'manage', 'migrate $1']
    return host.run(
      [systemdRuntime(config).library, library('stages/migrate.sh'), fullDisk, `disk() { ${full}; "$@"; }`],
      [call('migration', 'v1-1', '', 'disk', ...once)],
    )
  }
  const events = () =>
    readFileSync(join(host.base, 'ledger.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  test('runs with its variables and words', () => {
    expect(migrate(':').status).toBe(0)
    expect(readFileSync(join(host.base, 'ran'), 'utf8')).toBe("it's\nmanage\nmigrate $1\n")
    expect(events().map(({ event }) => event)).toEqual(['migrating', 'migrated'])
  })

  test('is not said to have run where the disk was too full to write it down', () => {
    const { out, status } = migrate('full_disk 0')
    expect({ status, out }).toEqual({ status: 71, out: expect.stringContaining('is the disk full?') })
    expect(events().at(-1)).toMatchObject({ event: 'migration-failed', status: 71, schemaChanged: false })
  })
})

describe('the programs', () => {
  test.each(['user', 'system'] as const)(
    'of scope %s are POSIX sh without anything shellcheck minds',
    (scope) => {
      const runtime = systemdRuntime(
        systemdProduct({ scope, python: { requirements: 'r.txt', interpreter: 'python3' } }),
      )
      const text = renderProgram(
        [prelude, 'kw_base=/ kw_token=1 kw_app=shop kw_nonce=n kw_owner=o', runtime.library],
        runtime.start('blue'),
      )
      expect(spawnSync('sh', ['-n'], { input: text }).status).toBe(0)
      const { error, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', '-'], { input: text })
      if (!error || process.env.CI) expect(String(stdout)).toBe('')
    },
  )
})
