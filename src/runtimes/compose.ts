import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/schema'
import { textOf } from '../host/fact'
import { type Call, call } from '../host/program'
import { Trouble } from '../release/trouble'
import { readCopies } from './compose-files'
import { type ComposeProjects, composeProjects, refuseUnset } from './compose-model'
import { imageReference } from './compose-names'
import { renderEnvFile } from './env-file'
import type { ReleaseFile, Runtime, RuntimeInput, RuntimePlan } from './runtime'

const library = [
  readFileSync(join(__dirname, 'compose.sh'), 'utf8'),
  readFileSync(join(__dirname, 'compose-adopt.sh'), 'utf8'),
  readFileSync(join(__dirname, 'compose-once.sh'), 'utf8'),
].join('\n')

function plan(input: RuntimeInput): RuntimePlan {
  const { config, release, projectDir, compose } = input
  const projects = composeProjects({ config, release, projectDir, model: compose.model })
  refuseUnset(compose.unset, projects, config.compose.file)
  return {
    files: [
      ...projectFiles(projects),
      { path: 'compose.parts', content: parts(config, projects), mode: 0o644 },
      { path: 'env.defaults', content: compose.dotenv ?? '', mode: 0o600 },
      { path: 'env', content: renderEnvFile(input.env), mode: 0o600 },
      ...readCopies(projectDir, projects.copies),
    ],
    prepare: [],
    takenImages: projects.takenImages,
    accessoryImages: projects.accessoryImages,
    notices: projects.notices,
    warnings: projects.warnings,
  }
}

/** JSON is YAML too, and has no way to write anything but data. */
function projectFiles({ slots, accessories }: ComposeProjects): ReleaseFile[] {
  const file = (name: string, project: unknown): ReleaseFile => ({
    path: name,
    content: `${JSON.stringify(project, undefined, 2)}\n`,
    mode: 0o600,
  })
  return [
    file('compose.blue.json', slots.blue),
    file('compose.green.json', slots.green),
    ...(accessories ? [file('compose.accessories.json', accessories)] : []),
  ]
}

/** What the shell functions have to know of a release: lines of words, tabs between them. */
function parts(config: Config, { sharedVolumes, adoption }: ComposeProjects): string {
  const lines = [
    ['app', config.app],
    ...Object.entries(config.services).map(([name, service]) => [service.role, name]),
    ...config.accessories.map((name) => ['accessory', name]),
    ...sharedVolumes.map(({ name, driver, options }) => ['volume', name, driver, ...options]),
    ...adoption,
  ]
  return lines.map((words) => `${words.join('\t')}\n`).join('')
}

function refusal(facts: ReadonlyMap<string, unknown>): Trouble | undefined {
  const problem = facts.get('docker-problem')
  if (typeof problem === 'string' && problem !== '') {
    return new Trouble(
      'Docker on the host',
      'does not answer this user.',
      'Install and start it (restart it where it hangs), and put the user into the group `docker` (then log in anew).',
      problem.split('\n').slice(0, 5),
    )
  }
  const version = textOf(facts.get('compose'))
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})/.exec(version) ?? []
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 20)) return undefined
  return new Trouble(
    'Docker Compose on the host',
    version === '' ? 'is missing.' : `is ${version.slice(0, 40)}, too old.`,
    'Install the Compose plugin, 2.20 or newer (`docker compose version`).',
  )
}

/** Seconds, at least 1, for a program of the host. */
function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)))
}

/** A project for each slot and one for the accessories. */
export const composeRuntime: Runtime = {
  variables: 'env',
  library,
  refusal,
  plan,
  accessoriesUp: (slot, timeout) => [call('runtime_accessories_up', slot, seconds(timeout))],
  checkImages: (app, { id, images }) =>
    Object.entries(images).map(
      ([service, { config, manifest }]): Call =>
        call('runtime_check_image', service, imageReference(app, service, id), config, manifest),
    ),
  takeAssets: (app, { id }, service, { path, url }) =>
    call('take_assets', id, imageReference(app, service, id), path, url),
  start: (slot) => [call('runtime_start', slot)],
  // Docker brings back whatever ran.
  arm: () => [],
  disarm: () => [],
  startWorkers: (slot) => [call('runtime_start_workers', slot)],
  moveWorkers: (from, to) => [call('runtime_stop_workers', from), call('runtime_start_workers', to)],
  stop: (slot) => [call('runtime_stop', slot)],
  remove: (slot) => [call('runtime_remove', slot)],
  logs: (slot, lines) => [call('runtime_logs', slot, String(lines))],
  status: (slot) => [call('runtime_status', slot)],
  oneOff: (slot, { service, name, command, timeout, env }) => [
    call(
      'runtime_once',
      slot,
      name,
      seconds(timeout),
      service,
      ...Object.entries(env).map(([key, value]) => `${key}=${value}`),
      '--',
      ...command,
    ),
  ],
  tidy: () => [],
  setup: () => ({ library: '', calls: [], docker: true }),
}
