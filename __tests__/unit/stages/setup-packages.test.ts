import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../../src/config/schema'
import { renderProgram } from '../../../src/host/program'
import { packageCalls, packagesLibrary } from '../../../src/stages/setup-packages'
import { portCalls } from '../../../src/stages/setup-ports'
import { exampleConfig } from '../proxies/config'

const systemd = { scope: 'user', user: 'www-data', build: [], buildTimeout: 1000, shared: [] } as const

/** Everything that is asked for, in one line. */
const wanted = (config: Config, docker = false) =>
  packageCalls(config, docker)
    .map(({ name, args }) => [name, ...args].join(' '))
    .join('; ')

test.each([
  ['nginx', 'need_command nginx nginx'],
  ['apache', 'need_command apache2ctl apache2'],
  ['caddy', 'need_command caddy caddy'],
] as const)('%s is asked for by its command', (kind, call) => {
  expect(wanted(exampleConfig({}, { kind }))).toContain(call)
  expect(wanted(exampleConfig({}, { kind }))).not.toContain('need_docker')
})

test('a web server in a container needs Docker and no package of its own', () => {
  const config = exampleConfig({ accessories: ['web'] }, { service: 'web' })
  expect(wanted(config)).toBe('need_command logrotate logrotate; need_docker; packages')
})

test("a Docker of the deploy user's own needs its tools, and only where the app uses Docker", () => {
  const setup = {
    packages: [],
    database: false,
    docker: 'rootless',
    firewall: 'off',
    openPorts: [],
  } as Config['setup']
  expect(wanted(exampleConfig({ setup }), true)).toContain('need_docker; need_own_docker; packages')
  expect(wanted(exampleConfig({ setup }))).not.toContain('need_own_docker')
})

test('an app under systemd needs its interpreter and its own systemd', () => {
  const python = { requirements: 'requirements.txt', interpreter: 'python3.12' }
  const user = wanted(exampleConfig({ systemd: { ...systemd, shared: [], build: [], python } }))
  expect(user).toContain(
    'need_package libpam-systemd; need_package dbus-user-session; need_python python3.12',
  )
  const node = { lock: 'package-lock.json' }
  const system = wanted(
    exampleConfig({ systemd: { ...systemd, shared: [], build: [], scope: 'system', node } }),
  )
  expect(system).toContain('need_command visudo sudo; need_command npm nodejs npm')
})

test('a database is asked for where it is: nothing in an accessory, its tools, or its server too', () => {
  const setup = {
    packages: ['redis-server'],
    database: true,
    docker: 'host',
    firewall: 'ufw',
    openPorts: [],
  } as Config['setup']
  expect(wanted(exampleConfig({ database: { kind: 'postgres', accessory: 'db' } }))).not.toContain('postgres')
  const database = { kind: 'postgres', urlEnv: 'DATABASE_URL' } as const
  expect(wanted(exampleConfig({ database }))).toContain('need_command pg_dump postgresql-client; packages')
  expect(wanted(exampleConfig({ database, setup }))).toMatch(
    /pg_ctlcluster postgresql; .*; need_command ufw ufw; need_package redis-server; packages$/,
  )
})

describe('on the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Debian as its tools tell it: `versions` are what the sources have. */
  function plan(config: Config, versions: Record<string, string>, docker = false, system = 'debian') {
    const known = Object.entries(versions).map(([name, version]) => `${name}) version=${version} ;;`)
    const tools = {
      'dpkg-query': 'exit 1',
      'apt-get': 'exit 0',
      'apt-cache': `
        until [ "$1" = policy ]; do shift; done
        shift
        for name in "$@"; do
          case "$name" in ${known.join(' ')} *) version='(none)' ;; esac
          printf '%s:\\n  Installed: (none)\\n  Candidate: %s\\n  Version table:\\n' "$name" "$version"
        done`,
    }
    for (const [name, body] of Object.entries(tools)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
      chmodSync(join(folder, name), 0o755)
    }
    const around = `
      give_up() { echo "gave up: $1"; exit 1; }
      change() { echo "$1"; }
      command() { [ "$2" != have ] && false; }
      docker() { false; }
      os_release() { echo ${system}; }`
    const calls = packageCalls(config, docker)
    const program = `PATH=${folder}:$PATH; kw_installs=; kw_wants=\n${renderProgram([packagesLibrary, around], calls)}rm -rf "$kw_apt"\n`
    return spawnSync('sh', { input: program, encoding: 'utf8' }).stdout.trim()
  }
  const debian = { nginx: '1', logrotate: '3', 'docker.io': '26', 'docker-cli': '26' }

  test('all that is missing is installed in one go', () => {
    expect(plan(exampleConfig(), debian)).toBe('install the packages nginx logrotate')
  })

  test.each([
    ['Ubuntu', { 'docker-compose-v2': '2.24', 'docker-compose': '1.29' }, 'docker-compose-v2'],
    ['Debian', { 'docker-compose': '2.26' }, 'docker-compose'],
  ])("%s' own Compose plugin is found", (_, more, name) => {
    expect(plan(exampleConfig(), { ...debian, ...more }, true)).toBe(
      `install the packages nginx logrotate docker.io docker-cli ${name}`,
    )
  })

  test('Compose of the first version is none', () => {
    expect(plan(exampleConfig(), { ...debian, 'docker-compose': '1.29.2-3' }, true)).toMatch(
      /gave up: .*no Compose plugin/,
    )
  })

  test("rootless Docker of Ubuntu's packages is refused before anything is installed", () => {
    const rootless = exampleConfig({ setup: { ...exampleConfig().setup, docker: 'rootless' } })
    const versions = {
      ...debian,
      'docker-compose-v2': '2.40',
      rootlesskit: '1',
      uidmap: '1',
      slirp4netns: '1',
    }
    const more = { ...versions, 'libpam-systemd': '1', 'dbus-user-session': '1' }
    expect(plan(rootless, more, true)).toMatch(/^install the packages .* rootlesskit /)
    expect(plan(rootless, more, true, 'ubuntu')).toMatch(
      /^gave up: .*dockerd-rootless\.sh; install Docker's own/,
    )
  })

  test('a package that the sources do not have is named', () => {
    const setup = {
      packages: ['redis-serve'],
      database: false,
      docker: 'host',
      firewall: 'off',
      openPorts: [],
    } as Config['setup']
    expect(plan(exampleConfig({ setup }), debian)).toMatch(/gave up: there is no package redis-serve /)
  })
})

test('every port of the app is on record, and a web server of the host is shared', () => {
  const [call] = portCalls(exampleConfig())
  expect(call!.args[1]!.split('\n')).toEqual([
    '80 nginx',
    '13000 bird-shop (front, blue)',
    '13100 bird-shop (front, green)',
    '13001 bird-shop (api, blue)',
    '13101 bird-shop (api, green)',
  ])
  const inside = portCalls(exampleConfig({ accessories: ['web'] }, { service: 'web' }))
  expect(inside[0]!.args[1]).toMatch(/^80 nginx of bird-shop\n/)
})
