import { resolve } from 'node:path'
import { Trouble } from '../release/trouble'
import type { ComposeSection } from './compose-config'
import { cacheTag, imageTag } from './names'

/** One image to build. Services that describe the same image share a target and each have a tag on it. */
export interface BuildTarget {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly context: string
  readonly dockerfile: string
  readonly args: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  readonly target?: string
  readonly platform?: string
  readonly network?: string
  readonly contexts: Readonly<Record<string, string>>
  readonly cacheFrom: readonly string[]
  readonly cacheTo: readonly string[]
  readonly noCache: boolean
  readonly pull: boolean
}

export interface BuildPlanInput {
  readonly app: string
  readonly release: string
  readonly version: string
  readonly revision: string
  /** Services of a resolved compose model; those without a `build` are left alone. */
  readonly services: Readonly<Record<string, ComposeSection>>
  /** Build secrets: id → path of the file that holds it. */
  readonly secretFiles: Readonly<Record<string, string>>
  /** Of the images whose services name none; the runner's own when absent. */
  readonly platform?: string
}

// biome-ignore format: a list of words
const understood = [
  'context', 'dockerfile', 'args', 'labels', 'target', 'secrets', 'network', 'additional_contexts', 'cache_from',
  'cache_to', 'no_cache', 'pull', 'platforms', 'tags',
]

/**
 * What there is to build, one target per different image, in the order of the services.
 *
 * @throws {Trouble} for a build setting that would silently be left out.
 */
export function planBuild(input: BuildPlanInput): BuildTarget[] {
  const targets = new Map<string, BuildTarget>()
  for (const [service, section] of Object.entries(input.services)) {
    if (section.build === undefined || section.build === null) continue
    const plan = planTarget(input, service, section)
    const key = JSON.stringify(plan)
    const known = targets.get(key)
    const name = known?.name ?? `${targetName(service)}-${targets.size + 1}`
    const tags = { ...known?.tags, [service]: imageTag(input.app, service, input.release) }
    targets.set(key, { ...plan, name, tags })
  }
  return [...targets.values()]
}

function planTarget(
  input: BuildPlanInput,
  service: string,
  section: ComposeSection,
): Omit<BuildTarget, 'name' | 'tags'> {
  const build = literal(section.build) as ComposeSection
  const unknown = Object.keys(build).find((key) => !understood.includes(key) && build[key] !== null)
  if (unknown !== undefined) {
    throw new Trouble(
      `services.${service}.build.${unknown}`,
      'Kawasemi does not build with this setting.',
      'Take it out, or build the image elsewhere and name it with `image:`.',
    )
  }
  const context = String(build.context)
  const remote = /^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(context)
  const dockerfile = String(build.dockerfile ?? 'Dockerfile')
  const platform = platformOf(service, build, section, input.platform)
  return {
    context,
    dockerfile: remote ? dockerfile : resolve(context, dockerfile),
    args: strings(build.args),
    labels: {
      ...strings(build.labels),
      'org.opencontainers.image.revision': input.revision,
      'org.opencontainers.image.version': input.version,
    },
    secrets: wantedSecrets(service, build, input.secretFiles),
    ...(typeof build.target === 'string' ? { target: build.target } : {}),
    ...(platform === undefined ? {} : { platform }),
    ...(typeof build.network === 'string' ? { network: build.network } : {}),
    contexts: strings(build.additional_contexts),
    cacheFrom: list(build.cache_from),
    cacheTo: list(build.cache_to),
    noCache: build.no_cache === true,
    pull: build.pull === true,
  }
}

function platformOf(
  service: string,
  build: ComposeSection,
  section: ComposeSection,
  preset: string | undefined,
): string | undefined {
  const platforms = list(build.platforms)
  if (platforms.length > 1) {
    throw new Trouble(
      `services.${service}.build.platforms`,
      `a host runs one platform, and this names ${platforms.length}.`,
      'Name the one of the hosts.',
    )
  }
  return platforms[0] ?? (typeof section.platform === 'string' ? section.platform : preset)
}

/** Every given secret is at hand in every build; one that the compose file asks for must be among them. */
function wantedSecrets(
  service: string,
  build: ComposeSection,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const secrets = { ...files }
  for (const wanted of Array.isArray(build.secrets) ? (build.secrets as ComposeSection[]) : []) {
    const source = String(wanted.source)
    const file = Object.hasOwn(files, source) ? files[source] : undefined
    if (file === undefined) {
      throw new Trouble(
        `services.${service}.build.secrets`,
        `the secret ${source} has no value.`,
        'Give it in the input `build-secrets`, or as a top-level secret with `file:` or `environment:`.',
      )
    }
    secrets[String(wanted.target ?? source)] = file
  }
  return secrets
}

/**
 * The targets with a cache at a registry, one for each image: of all stages, not only of what the image holds. A cache
 * that is not there, or cannot be written, costs time only.
 *
 * @param at as in {@link cacheTag}
 */
export function withCache(targets: readonly BuildTarget[], at: string): BuildTarget[] {
  return targets.map((target) => {
    const ref = `type=registry,ref=${cacheTag(at, Object.keys(target.tags)[0]!)}`
    return {
      ...target,
      cacheFrom: [...target.cacheFrom, ref],
      cacheTo: [...target.cacheTo, `${ref},mode=max,image-manifest=true,ignore-error=true`],
    }
  })
}

/** The bake file for `docker buildx bake`, as JSON. */
export function renderBakeFile(targets: readonly BuildTarget[]): string {
  const entries = targets.map((target) => [target.name, escapeTemplates(bakeTarget(target))])
  const group = { default: { targets: targets.map((target) => target.name) } }
  return JSON.stringify({ group, target: Object.fromEntries(entries) })
}

function bakeTarget(target: BuildTarget): ComposeSection {
  return {
    context: target.context,
    dockerfile: target.dockerfile,
    args: target.args,
    labels: target.labels,
    tags: Object.values(target.tags),
    secret: secretSpecs(target),
    contexts: target.contexts,
    'cache-from': target.cacheFrom,
    'cache-to': target.cacheTo,
    'no-cache': target.noCache,
    pull: target.pull,
    ...(target.target === undefined ? {} : { target: target.target }),
    ...(target.platform === undefined ? {} : { platforms: [target.platform] }),
    ...(target.network === undefined ? {} : { network: target.network }),
  }
}

/** The arguments of `docker build` for one target. The values of build args stay in the environment, out of argv. */
export function buildArguments(target: BuildTarget): string[] {
  const flag = (name: string, values: readonly string[]) => values.flatMap((value) => [name, value])
  return [
    'build',
    '--progress=plain',
    ...flag('--file', [target.dockerfile]),
    ...flag('--tag', Object.values(target.tags)),
    ...flag('--build-arg', Object.keys(target.args)),
    ...flag('--label', pairs(target.labels)),
    ...flag('--secret', secretSpecs(target)),
    ...flag('--build-context', pairs(target.contexts)),
    ...flag('--cache-from', target.cacheFrom),
    ...flag('--target', target.target === undefined ? [] : [target.target]),
    ...flag('--platform', target.platform === undefined ? [] : [target.platform]),
    ...flag('--network', target.network === undefined ? [] : [target.network]),
    ...(target.noCache ? ['--no-cache'] : []),
    ...(target.pull ? ['--pull'] : []),
    '--',
    target.context,
  ]
}

/** BuildKit reads these as lines of CSV, so a path with a comma has to be quoted. */
function secretSpecs(target: BuildTarget): string[] {
  return Object.entries(target.secrets).map(([id, file]) => `id=${id},"src=${file.replaceAll('"', '""')}"`)
}

/** Compose writes a dollar that means itself as two. */
function literal(value: unknown): unknown {
  return mapStrings(value, (text) => text.replaceAll('$$', '$'))
}

/** Bake evaluates `${…}` and `%{…}` in a JSON file's strings. This is the escape that holds for every text. */
function escapeTemplates(value: unknown): unknown {
  return mapStrings(value, (text) => text.replace(/[$%]/g, (sign) => `\${"${sign}"}`))
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]))
}

/** Names of bake's targets have no dots. */
function targetName(service: string): string {
  return service.replace(/[^A-Za-z0-9_-]/g, '-')
}

function strings(value: unknown): Record<string, string> {
  const entries = Object.entries((value ?? {}) as ComposeSection)
  return Object.fromEntries(entries.flatMap(([key, item]) => (item === null ? [] : [[key, String(item)]])))
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function pairs(map: Readonly<Record<string, string>>): string[] {
  return Object.entries(map).map(([key, value]) => `${key}=${value}`)
}
