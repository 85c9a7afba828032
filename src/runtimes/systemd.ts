import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/schema'
import { textOf } from '../host/fact'
import { type Call, call } from '../host/program'
import { Trouble } from '../release/trouble'
import { composeRuntime } from './compose'
import type { ReleaseFile, Runtime, RuntimeInput, RuntimePlan } from './runtime'
import { renderEnvironment } from './systemd-environment'
import { renderLauncher } from './systemd-launcher'
import { packageLockHash, requirementsHash } from './systemd-lock'
import { systemdSetup } from './systemd-setup'
import { processes, renderUnit, unitMark } from './systemd-units'

const library = [
  readFileSync(join(__dirname, 'systemd.sh'), 'utf8'),
  readFileSync(join(__dirname, 'systemd-prepare.sh'), 'utf8'),
  readFileSync(join(__dirname, 'systemd-once.sh'), 'utf8'),
].join('\n')

/** Functions of the same name: the later ones count, and facts are of both. */
const libraryWithAccessories = [
  composeRuntime.library,
  library,
  'runtime_facts() { compose_facts; systemd_facts; }\n',
].join('\n')

/** The oldest with everything the units say. */
const oldestSystemd = 245

/** Services as units of systemd, a set for each slot; accessories, where there are any, in Compose. */
export function systemdRuntime(config: Config): Runtime {
  const settings = settingsOf(config)
  const withAccessories = config.accessories.length > 0
  return {
    variables: 'environment',
    library: withAccessories ? libraryWithAccessories : library,
    refusal: (facts) =>
      refusal(settings.scope, facts) ?? (withAccessories ? composeRuntime.refusal(facts) : undefined),
    plan: (input) => plan(input, withAccessories),
    accessoriesUp: (slot, timeout) => (withAccessories ? composeRuntime.accessoriesUp(slot, timeout) : []),
    checkImages: () => [],
    takeAssets: (_app, release, _service, { path, url }) => call('systemd_assets', release.id, path, url),
    start: (slot) => [call('runtime_start', slot)],
    arm: (slot) => [call('runtime_arm', slot)],
    disarm: (slot) => [call('runtime_disarm', slot)],
    startWorkers: (slot) => [call('runtime_start_workers', slot)],
    moveWorkers: (from, to) => [call('runtime_workers_back', to, from)],
    stop: (slot) => [call('runtime_stop', slot)],
    remove: (slot) => [call('runtime_remove', slot)],
    logs: (slot, lines) => [call('runtime_logs', slot, String(lines))],
    status: (slot) => [call('runtime_status', slot)],
    tidy: () => [call('runtime_tidy')],
    oneOff: composeRuntime.oneOff,
    setup: (_config, user) => systemdSetup(config, settings, user),
  }
}

function settingsOf({ systemd }: Config): NonNullable<Config['systemd']> {
  if (systemd) return systemd
  throw new Trouble('kawasemi.yml', 'has no section `systemd`.', 'Say in it how systemd runs the app.')
}

function plan(input: RuntimeInput, withAccessories: boolean): RuntimePlan {
  const { config, release, env } = input
  const accessories = withAccessories ? planAccessories(input) : undefined
  return {
    files: [
      ...processes(config).flatMap(([name, service, process]): ReleaseFile[] => [
        { path: `run/${name}`, content: renderLauncher(config, release, service, process), mode: 0o644 },
        { path: `units/${name}`, content: renderUnit(config, name, service, process), mode: 0o644 },
      ]),
      { path: 'systemd.parts', content: parts(config, release), mode: 0o644 },
      { path: 'environment', content: renderEnvironment(env), mode: 0o600 },
      ...(accessories?.files ?? []),
    ],
    prepare: prepare(config, release.id, input.projectDir),
    takenImages: [],
    accessoryImages: accessories?.accessoryImages ?? [],
    notices: accessories?.notices ?? [],
    warnings: accessories?.warnings ?? [],
  }
}

/** To Compose the app is one with accessories and nothing else. */
function planAccessories(input: RuntimeInput): RuntimePlan {
  const whole = composeRuntime.plan({ ...input, config: { ...input.config, services: {} } })
  const unused = ['compose.blue.json', 'compose.green.json']
  return { ...whole, files: whole.files.filter(({ path }) => !unused.includes(path)) }
}

/** What the shell functions have to know of a release: lines of words, tabs between them. */
function parts(config: Config, release: RuntimeInput['release']): string {
  const { scope, user } = settingsOf(config)
  const lines = [
    ['app', config.app],
    ['release', release.id],
    ['version', release.version],
    ['scope', scope],
    ['user', user],
    ['mark', unitMark(config.app)],
    ...processes(config).map(([name, service]) =>
      service.role === 'web'
        ? ['web', name]
        : ['worker', name, service.singleton === false ? 'several' : 'singleton'],
    ),
  ]
  return lines.map((words) => `${words.join('\t')}\n`).join('')
}

function prepare(config: Config, id: string, projectDir: string): Call[] {
  const { python, node, build, buildTimeout, shared } = settingsOf(config)
  const seconds = String(Math.ceil(buildTimeout / 1000))
  return [
    call('systemd_ready', id),
    call('systemd_share', id, ...shared),
    ...(python
      ? [
          call('begin', 'virtual environment'),
          call(
            'systemd_python',
            id,
            requirementsHash(projectDir, python.requirements),
            python.interpreter,
            python.requirements,
            seconds,
          ),
          call('end'),
        ]
      : []),
    ...(node
      ? [
          call('begin', 'node_modules'),
          call('systemd_node', id, packageLockHash(projectDir, node.lock), node.lock, seconds),
          call('end'),
        ]
      : []),
    ...build.flatMap((words) => [
      call('begin', `build: ${words[0]}`),
      call('systemd_build', id, seconds, ...words),
      call('end'),
    ]),
  ]
}

function refusal(scope: 'user' | 'system', facts: ReadonlyMap<string, unknown>): Trouble | undefined {
  const version = Number(textOf(facts.get('systemd')))
  if (!Number.isInteger(version) || version < oldestSystemd) {
    return new Trouble(
      'systemd on the host',
      version > 0 ? `is version ${version}, too old.` : 'does not answer.',
      `Use a host that systemd ${oldestSystemd} or newer runs (Ubuntu 20.04, Debian 11).`,
    )
  }
  if (scope === 'system') return undefined
  const user = textOf(facts.get('user'))
  const manager = textOf(facts.get('systemd-user'))
  const mend = `Run setup-host again; or as root: apt-get install libpam-systemd dbus-user-session, then loginctl enable-linger ${user}.`
  if (facts.get('linger') !== true) {
    return new Trouble(
      `the user ${user} on the host`,
      'has no systemd of its own that outlives its logins, so services would end with them.',
      mend,
    )
  }
  if (!/^(running|degraded|starting|initializing|maintenance)$/.test(manager)) {
    return new Trouble(`systemd of the user ${user} on the host`, 'does not answer.', mend, [
      manager.slice(0, 300),
    ])
  }
  return undefined
}
