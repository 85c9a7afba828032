import type { Severity } from '../release/findings'
import { Trouble } from '../release/trouble'
import { type BuildInputs, buildInputs, type TransportInputs, transportInputs } from './build-inputs'
import { matching, missing, path, type Reader, reader } from './input-reader'
import type { ActionName } from './input-table'
import { type OperateInputs, operate } from './operate-inputs'
import { type ProbeInputs, probe } from './probe-inputs'
import { NothingToDo, readPullRequest } from './pull-request'
import { versionPattern } from './run'
import type { Secrets } from './secrets'

export type { BuildSecrets } from './input-reader'
export type { ProbeInputs } from './probe-inputs'

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
  /** For the record of a deploy on GitHub; absent: no record is kept. */
  readonly githubToken?: string
}

export interface DeployInputs extends CommonInputs, BuildInputs, TransportInputs {
  /** `plan` changes nothing. */
  readonly mode: 'plan' | 'apply'
  readonly version?: string
  /** What an earlier job built; absent: the images are built here. */
  readonly layout?: string
  /** Service → `sha256:…`: the only images that may be deployed. */
  readonly digests?: Readonly<Record<string, string>>
}

export interface BuildImageInputs extends ProductInputs, BuildInputs {
  readonly version?: string
  /** The folder to write the OCI layout to. */
  readonly layout: string
}

export interface SshDeployInputs extends CommonInputs, TransportInputs {
  readonly version?: string
  readonly layout: string
  /** Service → `sha256:…`, as `build-image` gave them; absent: what the layout says. */
  readonly digests?: Readonly<Record<string, string>>
}

export interface ReleaseInputs extends CommonInputs {
  /** Absent: the release that was shipped last and is not live yet. */
  readonly release?: string
}

export type HealthGateInputs =
  | ({ readonly kind: 'release' } & ReleaseInputs)
  | ({ readonly kind: 'url' } & ProbeInputs)

export interface RollbackInputs extends CommonInputs {
  /** `plan` changes nothing. */
  readonly mode: 'plan' | 'apply'
  /** A version, a release, or a number of steps; absent: the last known good release. */
  readonly to?: string
  /** One line for the ledger. */
  readonly reason?: string
}

export interface ScanInputs {
  /** What build-image wrote; absent: the packages that the checkout's files name are looked up. */
  readonly layout?: string
  readonly digests?: Readonly<Record<string, string>>
  readonly limit: Severity
  /** Path of the file of accepted findings. */
  readonly accepted: string
}

export interface SetupHostInputs extends CommonInputs {
  /** `plan` changes nothing; `print` connects to nothing. */
  readonly mode: 'plan' | 'apply' | 'print'
  /** As whom to come in: root, or a user who may use sudo without a password. */
  readonly admin: string
  /** The line of a public key, as it was pasted. */
  readonly deployKey?: string
}

export interface ReleaseNotesInputs {
  /** Only shown; no configuration is read. */
  readonly deployedTo: string
  readonly version?: string
  /** Empty where the app has no address. */
  readonly url: string
  readonly digests?: Readonly<Record<string, string>>
  readonly githubToken?: string
}

/**
 * One reader per action. Each masks every secret before it checks anything, so that no message can hold one.
 * All throw `Trouble` that names the first input that is missing or wrong.
 */
export const readInputs = {
  deploy: (secrets: Secrets): DeployInputs => {
    const read = reader('deploy', secrets, refuseForeignPlan)
    return {
      ...common(read),
      mode: planOrApply(read),
      ...version(read),
      ...buildInputs(read),
      ...transportInputs(read),
      ...(read.text('layout') !== '' && { layout: path(read, 'layout') }),
      ...digests(read),
    }
  },
  'build-image': (secrets: Secrets): BuildImageInputs => {
    const read = reader('build-image', secrets)
    return {
      ...product(read),
      ...version(read),
      ...buildInputs(read),
      layout: path(read, 'layout'),
    }
  },
  'ssh-deploy': (secrets: Secrets): SshDeployInputs => {
    const read = reader('ssh-deploy', secrets)
    return {
      ...common(read),
      ...version(read),
      layout: path(read, 'layout'),
      ...digests(read),
      ...transportInputs(read),
    }
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
    return {
      ...common(read),
      mode: planOrApply(read),
      ...(to !== '' && { to }),
      ...(reason !== '' && { reason }),
    }
  },
  'release-notes': (secrets: Secrets): ReleaseNotesInputs => {
    const read = reader('release-notes', secrets)
    const url = read.text('url')
    if (url !== '')
      matching('url', url, /^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?\/[\w./-]*$/, 'an address of the app')
    return {
      deployedTo: environmentOf(read),
      ...version(read),
      url,
      ...digests(read),
      ...githubToken(read),
    }
  },
  operate: (secrets: Secrets): CommonInputs & OperateInputs => {
    const read = reader('operate', secrets)
    return { ...common(read), ...operate(read) }
  },
  scan: (secrets: Secrets): ScanInputs => {
    const read = reader('scan', secrets)
    return {
      ...(read.text('layout') !== '' && { layout: path(read, 'layout') }),
      ...digests(read),
      limit: matching('limit', read.text('limit'), /^(?:low|medium|high|critical)$/, limits) as Severity,
      accepted: path(read, 'accepted'),
    }
  },
  'setup-host': (secrets: Secrets): SetupHostInputs => {
    const read = reader('setup-host', secrets)
    const mode = matching(
      'mode',
      read.text('mode'),
      /^(?:plan|apply|print)$/,
      '`plan`, `apply` or `print`',
    ) as SetupHostInputs['mode']
    for (const name of mode === 'print' ? [] : ['ssh-key', 'known-hosts'])
      if (read.text(name) === '') throw missing(name, ', or `mode: print`,')
    const admin = matching('admin', read.text('admin'), /^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a user')
    const deployKey = read.text('deploy-key')
    return { ...common(read), mode, admin, ...(deployKey !== '' && { deployKey }) }
  },
} as const satisfies Record<ActionName, (secrets: Secrets) => unknown>

/** What `post` needs, whichever action it belongs to: what all of them need. */
export function readPostInputs(secrets: Secrets): CommonInputs {
  return common(reader('run-migrations', secrets))
}

export type InputsOf<Name extends ActionName> = ReturnType<(typeof readInputs)[Name]>

const limits = '`low`, `medium`, `high` or `critical`'
const releasePattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/
const environmentPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

function environmentOf(read: Reader): string {
  return matching('environment', read.text('environment'), environmentPattern, 'the name of an environment')
}

function planOrApply(read: Reader): 'plan' | 'apply' {
  const mode = matching('mode', read.text('mode'), /^(?:plan|apply)$/, '`plan` or `apply`')
  return mode as 'plan' | 'apply'
}

/** @throws {NothingToDo} for a plan of a pull request whose run has no secrets, which is nobody's mistake. */
function refuseForeignPlan({ text }: Pick<Reader, 'text'>): void {
  if (text('mode') !== 'plan' || text('ssh-key') !== '') return
  if (!readPullRequest(process.env)?.withoutSecrets) return
  throw new NothingToDo(
    'There is no plan: GitHub gives runs for pull requests of forks and of Dependabot no secrets, so no server was asked.',
  )
}

function githubToken(read: Reader): { githubToken?: string } {
  const value = read.text('github-token')
  return value === '' ? {} : { githubToken: value }
}

function product(read: Reader): ProductInputs {
  return { config: path(read, 'config'), environment: environmentOf(read), env: read.env }
}

function common(read: Reader): CommonInputs {
  const passphrase = read.raw('ssh-passphrase')
  return {
    ...product(read),
    ...githubToken(read),
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
