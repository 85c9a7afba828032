import { getInput } from '@actions/core'
import { Trouble } from '../release/trouble'
import { type ActionName, type InputSpec, inputTable } from './input-table'
import { type KeyRule, parseKeyValues } from './key-values'
import { versionPattern } from './run'
import type { Secrets } from './secrets'

export interface SshInputs {
  /** The private key as it was pasted; not yet parsed. */
  readonly key: string
  readonly passphrase?: string
  /** known_hosts lines or fingerprints; not yet parsed. */
  readonly knownHosts: string
}

export interface ProductInputs {
  /** Path of the configuration file, relative to the workspace. */
  readonly config: string
  readonly environment: string
  /** What the app's containers get as environment variables. Secret, all of it. */
  readonly env: Readonly<Record<string, string>>
}

export interface CommonInputs extends ProductInputs {
  readonly ssh: SshInputs
}

/** Build secrets by their id. */
export type BuildSecrets = Readonly<Record<string, string>>

/** Files of the runner that the build gets as secrets, by their id: for what is too large for an input. */
export type BuildSecretFiles = Readonly<Record<string, string>>

export interface DeployInputs extends CommonInputs {
  readonly version?: string
  readonly buildSecrets: BuildSecrets
  readonly buildSecretFiles: BuildSecretFiles
}

export interface BuildImageInputs extends ProductInputs {
  readonly version?: string
  readonly buildSecrets: BuildSecrets
  readonly buildSecretFiles: BuildSecretFiles
  /** The folder to write the OCI layout to. */
  readonly layout: string
}

export interface SshDeployInputs extends CommonInputs {
  readonly version?: string
  readonly layout: string
  /** Service → `sha256:…`, as `build-image` gave them; absent: what the layout says. */
  readonly digests?: Readonly<Record<string, string>>
}

export interface ReleaseInputs extends CommonInputs {
  /** Absent: the release that was shipped last and is not live yet. */
  readonly release?: string
}

/** Probes any address from the runner; needs no server. The same words as in the configuration. */
export interface ProbeInputs {
  readonly url: string
  readonly health: {
    /** None means any 2xx. */
    readonly status: number[]
    /** Header → text its value has to contain. */
    readonly headers: Record<string, string>
    /** Dotted path of a field (`checks.database`) → the value it must have. */
    readonly json: Record<string, string | number | boolean | null>
    /** The text of a regular expression that must match somewhere in the body; it compiles. */
    readonly body?: string
  }
  /** Times in milliseconds. */
  readonly gate: {
    readonly deadline: number
    readonly interval: number
    readonly timeout: number
    readonly successes: number
  }
}

export type HealthGateInputs =
  | ({ readonly kind: 'release' } & ReleaseInputs)
  | ({ readonly kind: 'url' } & ProbeInputs)

export interface RollbackInputs extends CommonInputs {
  /** A version, a release, or a number of steps; absent: the last known good release. */
  readonly to?: string
  /** One line for the ledger. */
  readonly reason?: string
}

export interface SetupHostInputs extends ProductInputs {
  /** The line of a public key, as it was pasted. */
  readonly deployKey?: string
}

/**
 * One reader per action. Each masks every secret before it checks anything, so that no message can hold one.
 * All throw `Trouble` that names the first input that is missing or wrong.
 */
export const readInputs = {
  deploy: (secrets: Secrets): DeployInputs => {
    const read = reader('deploy', secrets)
    return { ...common(read), ...version(read), buildSecrets: read.buildSecrets, ...buildSecretFiles(read) }
  },
  'build-image': (secrets: Secrets): BuildImageInputs => {
    const read = reader('build-image', secrets)
    return {
      ...product(read),
      ...version(read),
      buildSecrets: read.buildSecrets,
      ...buildSecretFiles(read),
      layout: path(read, 'layout'),
    }
  },
  'ssh-deploy': (secrets: Secrets): SshDeployInputs => {
    const read = reader('ssh-deploy', secrets)
    return { ...common(read), ...version(read), layout: path(read, 'layout'), ...digests(read) }
  },
  'run-migrations': (secrets: Secrets): ReleaseInputs => release(reader('run-migrations', secrets)),
  'health-gate': (secrets: Secrets): HealthGateInputs => {
    const read = reader('health-gate', secrets)
    if (read.text('url') !== '') return { kind: 'url', ...probe(read) }
    for (const name of ['environment', 'ssh-key', 'known-hosts']) {
      if (read.text(name) === '') throw missing(name, ', or `url`,')
    }
    return { kind: 'release', ...release(read) }
  },
  'blue-green': (secrets: Secrets): ReleaseInputs => release(reader('blue-green', secrets)),
  rollback: (secrets: Secrets): RollbackInputs => {
    const read = reader('rollback', secrets)
    const to = read.text('to')
    const reason = read.text('reason')
    if (to !== '') matching('to', to, releasePattern, 'a version, a release or a number of steps')
    if (reason !== '') matching('reason', reason, /^[^\p{Cc}]{1,300}$/u, 'one line of at most 300 characters')
    return { ...common(read), ...(to !== '' && { to }), ...(reason !== '' && { reason }) }
  },
  'setup-host': (secrets: Secrets): SetupHostInputs => {
    const read = reader('setup-host', secrets)
    const deployKey = read.text('deploy-key')
    return { ...product(read), ...(deployKey !== '' && { deployKey }) }
  },
} as const satisfies Record<ActionName, (secrets: Secrets) => unknown>

/** What `post` needs, whichever action it belongs to: what all of them need. */
export function readPostInputs(secrets: Secrets): CommonInputs {
  return common(reader('run-migrations', secrets))
}

export type InputsOf<Name extends ActionName> = ReturnType<(typeof readInputs)[Name]>

const releasePattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/
const environmentPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

const envRule: KeyRule = {
  input: 'env',
  key: /^(?!KAWASEMI_)[A-Za-z_][A-Za-z0-9_]*$/,
  keyIs: 'a name of letters, digits and `_` (names that begin with KAWASEMI_ are ours)',
}
const buildSecretFilesRule: KeyRule = {
  input: 'build-secret-files',
  key: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
  keyIs: 'an id of letters, digits, `_`, `.` and `-`',
}
const buildSecretsRule: KeyRule = {
  input: 'build-secrets',
  key: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
  keyIs: 'an id of letters, digits, `_`, `.` and `-`',
}
const headersRule: KeyRule = {
  input: 'headers',
  key: /^[A-Za-z0-9-]{1,64}$/,
  keyIs: 'the name of a header',
}

interface Reader {
  readonly env: Readonly<Record<string, string>>
  readonly buildSecrets: BuildSecrets
  /** The input's value without the blanks around it; empty when it was not given. */
  text(name: string): string
  raw(name: string): string
}

function reader(action: ActionName, secrets: Secrets): Reader {
  const table: Readonly<Record<string, InputSpec>> = inputTable[action]
  // Outside a runner (a test, a shell) nobody fills in the defaults of action.yml.
  const raw = (name: string) => getInput(name, { trimWhitespace: false }) || (table[name]?.default ?? '')
  const text = (name: string) => raw(name).trim()

  secrets.add(raw('ssh-key'))
  secrets.add(raw('ssh-passphrase'))
  const env = parseKeyValues(raw('env'), envRule)
  const buildSecrets = 'build-secrets' in table ? parseKeyValues(raw('build-secrets'), buildSecretsRule) : {}
  for (const value of [...Object.values(env), ...Object.values(buildSecrets)]) secrets.add(value)

  for (const [name, spec] of Object.entries(table))
    if (spec.required && text(name) === '') throw missing(name)
  return { env, buildSecrets, raw, text }
}

function product(read: Reader): ProductInputs {
  const environment = matching(
    'environment',
    read.text('environment'),
    environmentPattern,
    'the name of an environment',
  )
  return { config: path(read, 'config'), environment, env: read.env }
}

function common(read: Reader): CommonInputs {
  const passphrase = read.raw('ssh-passphrase')
  return {
    ...product(read),
    ssh: {
      key: read.raw('ssh-key'),
      knownHosts: read.raw('known-hosts'),
      ...(passphrase !== '' && { passphrase }),
    },
  }
}

function version(read: Reader): { version?: string } {
  const value = read.text('version')
  if (value === '') return {}
  return {
    version: matching(
      'version',
      value,
      versionPattern,
      'a version: letters, digits and `. _ + -`, at most 64 of them',
    ),
  }
}

function release(read: Reader): ReleaseInputs {
  const value = read.text('release')
  if (value !== '') matching('release', value, releasePattern, 'the id of a release')
  return { ...common(read), ...(value !== '' && { release: value }) }
}

function buildSecretFiles(read: Reader): { buildSecretFiles: BuildSecretFiles } {
  return { buildSecretFiles: parseKeyValues(read.raw('build-secret-files'), buildSecretFilesRule) }
}

function digests(read: Reader): { digests?: Record<string, string> } {
  const text = read.text('digests')
  if (text === '') return {}
  const wrong = () =>
    new Trouble(
      'Input digests',
      'is not a JSON object of service names and sha256 digests.',
      'Hand over the `digests` output of build-image as it is.',
    )
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw wrong()
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrong()
  const result: Record<string, string> = Object.create(null)
  for (const [service, digest] of Object.entries(parsed as Record<string, unknown>)) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/.test(service)) throw wrong()
    if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) throw wrong()
    result[service] = digest
  }
  return { digests: result }
}

function probe(read: Reader): ProbeInputs {
  const codes = read
    .text('status')
    .split(',')
    .map((code) => code.trim())
  return {
    url: address(read.text('url')),
    health: {
      status: codes
        .filter((code) => code !== '')
        .map((code) =>
          Number(matching('status', code, /^[1-5]\d\d$/, 'one or more HTTP status codes, as in `200, 204`')),
        ),
      headers: parseKeyValues(read.text('headers'), headersRule),
      json: jsonFields(read.text('json')),
      ...body(read.text('body')),
    },
    gate: {
      deadline: duration('deadline', read.text('deadline')),
      interval: duration('interval', read.text('interval')),
      timeout: duration('timeout', read.text('timeout')),
      successes: Number(matching('successes', read.text('successes'), /^[1-9]\d?$/, 'a number from 1 to 99')),
    },
  }
}

function address(text: string): string {
  const url = URL.canParse(text) && text.length <= 2000 ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href
  throw new Trouble(
    'Input url',
    'is not an http or https address without a user name and password.',
    'Give an address such as https://shop.example/health.',
  )
}

function jsonFields(text: string): ProbeInputs['health']['json'] {
  if (text === '') return {}
  const wrong = new Trouble(
    'Input json',
    'is not a JSON object of fields and plain values.',
    'Give an object such as {"status": "ok", "checks.database": true}.',
  )
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw wrong
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrong
  if (Object.values(parsed).some((value) => typeof value === 'object' && value !== null)) throw wrong
  return parsed as ProbeInputs['health']['json']
}

function body(text: string): { body?: string } {
  if (text === '') return {}
  try {
    new RegExp(text)
  } catch {
    throw new Trouble(
      'Input body',
      'is not a regular expression.',
      'Write special characters such as ( and [ with a \\ before them.',
    )
  }
  return { body: text }
}

/** @returns milliseconds */
function duration(name: string, text: string): number {
  const [, amount, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  if (amount === undefined || Number(amount) === 0) {
    throw new Trouble(`Input ${name}`, 'is not a time.', 'Give a number and a unit: 500ms, 30s or 2m.')
  }
  return Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000)
}

function path(read: Reader, name: string): string {
  return matching(name, read.text(name), /^[^\p{Cc}]{1,1000}$/u, 'a path')
}

function matching(name: string, value: string, pattern: RegExp, what: string): string {
  if (pattern.test(value)) return value
  throw new Trouble(`Input ${name}`, `is not ${what}.`, 'Mend it under `with:` in the workflow.')
}

function missing(name: string, or = ''): Trouble {
  return new Trouble(`Input ${name}`, 'is missing.', `Give \`${name}\`${or} under \`with:\` in the workflow.`)
}
