import { defaultLimits } from '../release/check-up'

/**
 * Every input of every action, as `action.yml` must have it: a test holds the two together. The descriptions are
 * in `action.yml`, where people read them.
 */
export interface InputSpec {
  readonly required?: true
  readonly default?: string
}

const common = {
  config: { default: 'kawasemi.yml' },
  environment: { required: true },
  'ssh-key': { required: true },
  'ssh-passphrase': {},
  'known-hosts': { required: true },
  env: {},
} as const satisfies Record<string, InputSpec>

/** The runner fills it in; nobody else can. */
const githubToken = { 'github-token': { default: `\${{ github.token }}` } } as const

const registry = {
  registry: {},
  'registry-user': { default: `\${{ github.actor }}` },
  'registry-password': {},
} as const satisfies Record<string, InputSpec>

const transport = { transport: { default: 'ssh' } } as const

const building = {
  'build-secrets': {},
  'build-secret-files': {},
  platform: {},
  ...registry,
  cache: { default: 'registry' },
} as const satisfies Record<string, InputSpec>

/** Where an action can do without a server, a workflow may still hand it the same inputs as the others. */
const withoutServer = { ...common, 'ssh-key': {}, 'known-hosts': {} } as const

export const inputTable = {
  deploy: {
    ...common,
    mode: { default: 'apply' },
    version: {},
    ...building,
    ...transport,
    layout: {},
    digests: {},
    ...githubToken,
  },
  'build-image': {
    ...withoutServer,
    version: {},
    ...building,
    layout: { default: 'kawasemi-layout' },
    ...githubToken,
  },
  'ssh-deploy': {
    ...common,
    version: {},
    layout: { default: 'kawasemi-layout' },
    digests: {},
    ...transport,
    ...registry,
    ...githubToken,
  },
  'run-migrations': { ...common, release: {} },
  'health-gate': {
    ...withoutServer,
    environment: {},
    release: {},
    url: {},
    status: {},
    headers: {},
    json: {},
    body: {},
    deadline: { default: '60s' },
    interval: { default: '1s' },
    timeout: { default: '5s' },
    successes: { default: '2' },
  },
  'blue-green': { ...common, release: {}, ...githubToken },
  rollback: { ...common, mode: { default: 'apply' }, to: {}, reason: {}, ...githubToken },
  'release-notes': { environment: { required: true }, version: {}, url: {}, digests: {}, ...githubToken },
  operate: {
    ...common,
    'certificate-days': { default: String(defaultLimits.certificateDays) },
    'disk-percent': { default: String(defaultLimits.diskPercent) },
    'memory-percent': { default: String(defaultLimits.memoryPercent) },
    'clock-seconds': { default: String(defaultLimits.clockSeconds) },
    'backup-hours': { default: String(defaultLimits.backupHours) },
    'keep-backups': { default: String(defaultLimits.keepBackups) },
    skip: {},
    webhook: {},
    ...githubToken,
  },
  scan: {
    layout: {},
    digests: {},
    limit: { default: 'critical' },
    accepted: { default: 'osv-scanner.toml' },
  },
  'setup-host': {
    ...withoutServer,
    mode: { default: 'plan' },
    admin: { default: 'root' },
    'deploy-key': {},
  },
} as const satisfies Record<string, Record<string, InputSpec>>

export type ActionName = keyof typeof inputTable
