import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Trouble } from '../release/trouble'
import { composeEnvironment } from './docker-environment'
import type { Exec } from './exec'

export type ComposeSection = Record<string, unknown>

/** What `docker compose config` makes of a compose file: long forms, absolute paths, extends and includes done. */
export interface ComposeModel {
  name: string
  services: Record<string, ComposeSection>
  networks?: Record<string, ComposeSection | null>
  volumes?: Record<string, ComposeSection | null>
  secrets?: Record<string, ComposeSection | null>
  configs?: Record<string, ComposeSection | null>
}

export interface ComposeQuestion {
  /** Absolute, or relative to `projectDir`. */
  readonly file: string
  readonly projectDir: string
  readonly env: Readonly<Record<string, string>>
}

export interface ResolvedCompose {
  /** A compose model again: where a secret may be, `${VAR}` is still there; dollars that mean themselves are `$$`. */
  model: ComposeModel
  /** The text of the `.env` beside the compose file, which Compose reads by itself. `env` goes before it. */
  dotenv: string | undefined
  /** Variables used without a default that nobody sets: Compose makes them empty. */
  unset: string[]
}

/** Keys of a service that decide where and how it runs. They hold no secrets, and their `${VAR}` must be known here. */
// biome-ignore format: a list of words
const resolvedKeys = [
  'image', 'container_name', 'hostname', 'build', 'ports', 'expose', 'volumes', 'tmpfs', 'networks', 'network_mode',
  'depends_on', 'restart', 'deploy', 'scale', 'profiles', 'pull_policy', 'platform', 'links', 'volumes_from',
  'extra_hosts', 'mem_limit', 'cpus', 'configs', 'secrets', 'stop_grace_period',
]
const resolvedTopKeys = ['name', 'external', 'file', 'environment']
const topSections = ['networks', 'volumes', 'secrets', 'configs'] as const

/**
 * Lets Compose itself read a compose file, without putting secrets into the answer.
 *
 * Compose is asked twice. Without interpolation it keeps `${VAR}`, but mangles short ports and volumes that hold one;
 * with interpolation it inlines secrets. So the first answer is taken, and only the keys that decide where a service
 * runs come from the second. For that one the env files are left out: they may be on the host only.
 *
 * @throws {Trouble} when Compose is missing or refuses the file.
 */
export async function resolveCompose(exec: Exec, question: ComposeQuestion): Promise<ResolvedCompose> {
  if (!existsSync(resolve(question.projectDir, question.file))) {
    throw new Trouble(
      question.file,
      'is not in the checkout.',
      'Correct `compose.file` in kawasemi.yml; it is relative to that file.',
    )
  }
  const raw = await ask(exec, question, ['--no-interpolate'])
  const resolved = await ask(exec, question, [], withoutEnvFiles(Object.keys(raw.model.services)))
  return {
    model: mergeModels(raw.model, resolved.model),
    dotenv: await readIfThere(join(question.projectDir, '.env')),
    unset: unsetVariables(resolved.stderr, raw.stdout),
  }
}

interface Answer {
  model: ComposeModel
  stdout: string
  stderr: string
}

async function ask(exec: Exec, question: ComposeQuestion, flags: string[], second?: string): Promise<Answer> {
  const files = ['--file', question.file, ...(second === undefined ? [] : ['--file', '-'])]
  const args = ['compose', '--project-directory', question.projectDir, ...files]
  const { code, stdout, stderr } = await exec(
    'docker',
    [...args, '--profile', '*', 'config', '--format', 'json', ...flags],
    {
      cwd: question.projectDir,
      env: composeEnvironment(question.env),
      ...(second === undefined ? {} : { stdin: second }),
    },
  )
  if (code !== 0) {
    throw new Trouble(
      question.file,
      `is not accepted by Docker Compose: ${lastLine(stderr)}.`,
      'Run `docker compose config` beside it to see the same; variables come from the input `env`.',
    )
  }
  return { model: parseModel(question.file, stdout), stdout, stderr }
}

function parseModel(file: string, text: string): ComposeModel {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = undefined
  }
  if (!isSection(parsed) || typeof parsed.name !== 'string' || !isSection(parsed.services)) {
    throw new Trouble(file, 'Docker Compose found no services in it.', 'Add a `services:` section.')
  }
  return parsed as unknown as ComposeModel
}

/** A second compose file that takes each service's env files away. A JSON string is a YAML string too. */
function withoutEnvFiles(services: readonly string[]): string {
  const entry = (name: string) => `  ${JSON.stringify(name)}: {env_file: !reset []}\n`
  return `services:\n${services.map(entry).join('')}`
}

/** The first model with the keys of the second that must be known on the runner. */
export function mergeModels(raw: ComposeModel, resolved: ComposeModel): ComposeModel {
  const merged: ComposeModel = { name: resolved.name, services: {} }
  for (const [name, service] of Object.entries(raw.services)) {
    merged.services[name] = mergeService(name, service, resolved.services[name] ?? {})
  }
  for (const section of topSections) {
    const entries = Object.entries(resolved[section] ?? {})
    if (entries.length === 0) continue
    merged[section] = Object.fromEntries(
      entries.map(([name, entry]) => [
        name,
        { ...raw[section]?.[name], ...pick(entry ?? {}, resolvedTopKeys) },
      ]),
    )
  }
  return merged
}

function mergeService(name: string, raw: ComposeSection, resolved: ComposeSection): ComposeSection {
  const service: ComposeSection = { ...omit(raw, resolvedKeys), ...pick(resolved, resolvedKeys) }
  if (raw.environment !== undefined) service.environment = asMap(raw.environment, null)
  if (raw.labels !== undefined) service.labels = asMap(raw.labels, '')
  if (isSection(service.deploy)) service.deploy = omit(service.deploy, ['labels'])
  for (const path of envFilePaths(raw.env_file)) {
    if (!path.includes('$')) continue
    throw new Trouble(
      `services.${name}.env_file`,
      `the path ${path} holds a variable.`,
      'Write the path out.',
    )
  }
  return service
}

/** Compose writes a map or a list of `KEY=VALUE`. A key alone has the value `alone`. */
function asMap(value: unknown, alone: null | ''): Record<string, string | null> {
  const text = (item: unknown) => (item === null || item === undefined ? alone : String(item))
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value ?? {}).map(([k, v]) => [k, text(v)]))
  return Object.fromEntries(
    value.map(String).map((item) => {
      const at = item.indexOf('=')
      return at < 0 ? [item, alone] : [item.slice(0, at), item.slice(at + 1)]
    }),
  )
}

function envFilePaths(value: unknown): string[] {
  return (Array.isArray(value) ? value : []).map((item) => String(isSection(item) ? item.path : item))
}

/**
 * The names Compose warned about, but only those that stand in the model as variables: a password with a dollar in
 * `.env` makes it warn about a piece of the password.
 */
function unsetVariables(stderr: string, rawModel: string): string[] {
  const warned = [...stderr.matchAll(/The \\?"([A-Za-z_][A-Za-z0-9_]*)\\?" variable is not set/g)].map(
    (m) => m[1]!,
  )
  return [...new Set(warned)].filter((name) => new RegExp(`\\$\\{?${name}\\b`).test(rawModel)).sort()
}

/** Compose's messages are `time=… level=… msg="…"` lines for warnings, and a plain last line for the error. */
function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return lines.at(-1)?.trim() ?? 'it said nothing'
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isSection(value: unknown): value is ComposeSection {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pick(from: ComposeSection, keys: readonly string[]): ComposeSection {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)))
}

function omit(from: ComposeSection, keys: readonly string[]): ComposeSection {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)))
}
