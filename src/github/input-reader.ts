import { getInput } from '@actions/core'
import { Trouble } from '../release/trouble'
import { type ActionName, type InputSpec, inputTable } from './input-table'
import { type KeyRule, parseKeyValues } from './key-values'
import type { Secrets } from './secrets'

/** Build secrets by their id. */
export type BuildSecrets = Readonly<Record<string, string>>

const envRule: KeyRule = {
  input: 'env',
  key: /^(?!KAWASEMI_)[A-Za-z_][A-Za-z0-9_]*$/,
  keyIs: 'a name of letters, digits and `_` (names that begin with KAWASEMI_ are ours)',
}
const buildSecretsRule: KeyRule = {
  input: 'build-secrets',
  key: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
  keyIs: 'an id of letters, digits, `_`, `.` and `-`',
}

export interface Reader {
  readonly env: Readonly<Record<string, string>>
  readonly buildSecrets: BuildSecrets
  /** The input's value without the blanks around it; empty when it was not given. */
  text(name: string): string
  raw(name: string): string
}

/**
 * The inputs of one action. Every secret among them is masked before anything is checked.
 *
 * @param before looks at them before it is said what is missing
 */
export function reader(
  action: ActionName,
  secrets: Secrets,
  before?: (inputs: Pick<Reader, 'text'>) => void,
): Reader {
  const table: Readonly<Record<string, InputSpec>> = inputTable[action]
  // Outside a runner (a test, a shell) nobody fills in the defaults of action.yml, and no expression has a value.
  const preset = (name: string) => table[name]?.default?.replace(/^\$\{\{.*/, '') ?? ''
  const raw = (name: string) => getInput(name, { trimWhitespace: false }) || preset(name)
  const text = (name: string) => raw(name).trim()

  secrets.add(raw('ssh-key'))
  secrets.add(raw('ssh-passphrase'))
  secrets.add(raw('github-token'))
  secrets.add(raw('webhook'))
  const password = raw('registry-password')
  secrets.add(password)
  // The form in which it is in files and on the way to the registry.
  if (password !== '') secrets.add(`${text('registry-user')}:${password}`)
  const env = parseKeyValues(raw('env'), envRule)
  const buildSecrets = 'build-secrets' in table ? parseKeyValues(raw('build-secrets'), buildSecretsRule) : {}
  for (const value of [...Object.values(env), ...Object.values(buildSecrets)]) secrets.add(value)

  before?.({ text })
  for (const [name, spec] of Object.entries(table))
    if (spec.required && text(name) === '') throw missing(name)
  return { env, buildSecrets, raw, text }
}

export function path(read: Reader, name: string): string {
  return matching(name, read.text(name), /^[^\p{Cc}]{1,1000}$/u, 'a path')
}

export function matching(name: string, value: string, pattern: RegExp, what: string): string {
  if (pattern.test(value)) return value
  throw new Trouble(`Input ${name}`, `is not ${what}.`, 'Mend it under `with:` in the workflow.')
}

/** Where the workflows of this repository take what their callers seldom name. */
const settings: Readonly<Record<string, string>> = {
  'ssh-key': 'the secret SSH_KEY, or for setup.yml ADMIN_SSH_KEY',
  'known-hosts': 'the variable KNOWN_HOSTS',
  'registry-password': 'the secret REGISTRY_PASSWORD',
}

/** @param or what else would do */
export function missing(name: string, or = ''): Trouble {
  const setting = settings[name]
  return new Trouble(
    `Input ${name}`,
    'is missing.',
    `Give \`${name}\`${or} under \`with:\` in the workflow.${setting ? ` Where a workflow of Kawasemi is called, it is ${setting}: not set for this environment, or not handed over.` : ''}`,
  )
}
