import type { z } from 'zod'
import { misfits } from './checks'
import { ConfigError, type Problem, shown, shownKey } from './config-error'
import { nearest } from './nearest'
import { type Config, environmentName, fileSchema, toConfig } from './schema'
import { find, merge, plain, readSource, type Source, type Tree } from './tree'
import type { HostAddress } from './values'

export { ConfigError } from './config-error'

/**
 * The app as `text` (kawasemi.yml) describes it in one environment.
 *
 * @param fileName how messages call the file
 * @throws {ConfigError} with every problem found
 */
export function loadConfig(text: string, fileName: string, environment: string): Config {
  const source = readSource(text, fileName)
  const config = configOf(source, fileName, environment)
  const clash = clashOf(source, fileName, config)
  if (clash) throw new ConfigError(fileName, [clash])
  return config
}

function configOf(source: Source, fileName: string, environment: string): Config {
  const merged = inEnvironment(source, fileName, environment)
  const parsed = fileSchema.safeParse(plain(merged), { error: expectation })
  const problems = parsed.success
    ? misfits(parsed.data).map(({ path, expected, found }) =>
        problemAt(source, merged, path, expected, found),
      )
    : parsed.error.issues.flatMap((issue) => fromIssue(source, merged, issue))
  if (!parsed.success || problems.length > 0) throw new ConfigError(fileName, problems.sort(byPlace))
  return toConfig(parsed.data, environment)
}

/** Two environments of one app on one server would ship into each other's slots. */
function clashOf(
  source: Source,
  fileName: string,
  { app, base, environment, hosts }: Config,
): Problem | undefined {
  const mine = new Set(hosts.map(serverOf))
  for (const other of otherConfigs(source, fileName, environment)) {
    const shared = other.hosts.find((host) => mine.has(serverOf(host)))
    if (!shared || (other.app !== app && other.base !== base)) continue
    return problemAt(
      source,
      source.root,
      ['environments', environment],
      'a server of its own, or an `app` of its own',
      `${app} on ${shared.name}, where ${other.environment} has it too`,
    )
  }
  return undefined
}

/** The same address behind another jump host is another server. */
function serverOf({ address, port, jump }: HostAddress): string {
  return `${jump ? `${serverOf(jump)} ` : ''}${address} ${port}`
}

/** Those that are good: a fault in another environment is told when that one is deployed. */
function otherConfigs(source: Source, fileName: string, environment: string): Config[] {
  const { value } = find(source.root, ['environments']).tree
  const names = value instanceof Map ? [...value.keys()].filter((name) => name !== environment) : []
  return names.flatMap((name) => {
    try {
      return [configOf(source, fileName, name)]
    } catch (error) {
      if (error instanceof ConfigError) return []
      throw error
    }
  })
}

/**
 * What the file says in one environment: each key with its value as JSON, `gate.deadline` → `"60s"`. A list is one value.
 *
 * @throws {ConfigError} when it is no map, or has no such environment; what the keys mean is not looked at
 */
export function configKeys(text: string, fileName: string, environment: string): ReadonlyMap<string, string> {
  return new Map(flat(plain(inEnvironment(readSource(text, fileName), fileName, environment)), ''))
}

function flat(value: unknown, above: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[above, JSON.stringify(value) ?? '']]
  return Object.entries(value).flatMap(([key, each]) =>
    flat(each, above === '' ? shownKey(key) : `${above}.${shownKey(key)}`),
  )
}

const byPlace = (a: Problem, b: Problem) => a.line - b.line || a.column - b.column

/** The top level of the file with the environment's overrides laid over it. */
function inEnvironment(source: Source, fileName: string, environment: string): Tree {
  const { root } = source
  const fail = (path: string[], expected: string, found?: string): never => {
    throw new ConfigError(fileName, [problemAt(source, root, path, expected, found)])
  }
  if (!(root.value instanceof Map)) return fail([], 'a map with app, hosts, services, environments')
  const { environments, ...rest } = Object.fromEntries(root.value)
  if (!environments) return fail(['environments'], `the environment ${shown(environment)}`, 'no environments')
  if (!(environments.value instanceof Map)) return fail(['environments'], 'a map of environments')
  for (const name of environments.value.keys()) {
    const valid = environmentName.safeParse(name)
    if (!valid.success) return fail(['environments', name], valid.error.issues[0]!.message, shown(name))
  }
  const override = environments.value.get(environment)
  if (!override) {
    const known = [...environments.value.keys()].join(', ') || 'there is none'
    return fail(['environments'], `the input environment to name one of them (${known})`, shown(environment))
  }
  const base: Tree = { ...root, value: new Map(Object.entries(rest)) }
  if (override.value === null) return base
  if (!(override.value instanceof Map))
    return fail(['environments', environment], 'a map of keys to override')
  return { ...base, value: merge(base, override).value }
}

/** What the schema expects, for the issues whose part of the schema does not say it in its own words. */
function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return { array: 'a list', record: 'a map', object: 'a map', string: 'text' }[issue.expected as string]
    case 'invalid_value':
      return issue.values.map(String).join(' or ')
    case 'invalid_key':
      return issue.issues[0]?.message
    case 'too_small':
      return `at least ${issue.minimum}`
    case 'too_big':
      return `at most ${issue.maximum}`
    default:
      return undefined
  }
}

function fromIssue(source: Source, merged: Tree, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'invalid_key') {
    const name = shown(issue.path.at(-1))
    return [problemAt(source, merged, issue.path, issue.message, name, 'key')]
  }
  if (issue.code === 'invalid_union') {
    const inside = issue.errors.find((each) => each.length > 0 && each.every(isInside))
    if (inside) return inside.flatMap((each) => fromIssue(source, merged, below(issue, each)))
  }
  if (issue.code !== 'unrecognized_keys') return [problemAt(source, merged, issue.path, issue.message)]
  const known = issue.message.split(' ')
  return issue.keys.map((key) => {
    const meant = nearest(key, known)
    const expected = meant ? `the key ${meant}` : `one of the keys ${known.join(', ')}`
    return problemAt(source, merged, [...issue.path, key], expected, `the unknown key ${shown(key)}`, 'key')
  })
}

/** The value is of that kind, but something inside of it does not fit. */
const isInside = ({ path, code }: z.core.$ZodIssue) => path.length > 0 || code === 'unrecognized_keys'

const below = ({ path }: z.core.$ZodIssue, issue: z.core.$ZodIssue): z.core.$ZodIssue => ({
  ...issue,
  path: [...path, ...issue.path],
})

function problemAt(
  source: Source,
  root: Tree,
  path: readonly PropertyKey[],
  expected: string,
  found?: string,
  pointAt: 'key' | 'value' = 'value',
): Problem {
  const { tree, missing } = find(root, path)
  const offset = missing !== undefined || pointAt === 'key' ? tree.keyAt : tree.at
  const key = [tree.path, ...(missing === undefined ? [] : [shownKey(missing)])].filter(Boolean).join('.')
  return { ...source.position(offset), key, expected, found: found ?? kind(tree, missing) }
}

function kind({ value }: Tree, missing: string | undefined): string {
  if (missing !== undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return value instanceof Map ? 'a map' : shown(value)
}
