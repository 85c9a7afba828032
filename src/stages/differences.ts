import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { connectionFolder } from '../databases/database'
import { fieldsOf, textOf } from '../host/fact'
import { type Manifest, manifestLines } from '../host/files-manifest'
import { leaseLibrary } from '../host/libraries'
import { type Call, call } from '../host/program'
import type { HostSession } from '../host/session'
import { imageTag } from '../images/names'
import { type Changed, compare, type ReleaseChanges, unchanged } from '../release/deploy-plan'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import type { ReleaseFile } from '../runtimes/runtime'
import type { Deploy } from './deploy'
import { type Entries, fileSum, readEntries, sections, variables } from './entries'
import { liveRelease } from './live'
import { type Project, planFiles } from './project'

const library = readFileSync(join(__dirname, 'plan.sh'), 'utf8')

/** What a host tells for a plan. */
export interface Told {
  readonly changes: ReleaseChanges
  /** Who holds the lease, where somebody does. */
  readonly held?: { readonly owner: string; readonly url: string }
  /** Lines of the list of the files that the live release runs from: all but the path → by path. */
  readonly list?: Entries
  /** Digests of layers, uncompressed, that are on the host for sure. */
  readonly layers: ReadonlySet<string>
}

/**
 * Asks a host in what the release that is live differs from what is in the checkout. No value travels, neither there nor
 * back, but sums with a key that this run makes and forgets.
 */
export async function askDifferences(
  deploy: Deploy,
  project: Project,
  host: HostSession,
  manifest: Manifest | undefined,
): Promise<Told> {
  const key = randomBytes(32).toString('hex')
  const live = liveRelease(host)
  // Rendered under the name of the live release, so that only what is meant to differ does.
  const next = live && planFiles(project, live).files
  const { facts } = await host.ask(
    [leaseLibrary, deploy.runtime.library, library],
    [call('plan_lease'), ...(live && next ? asking(deploy, host, live, next, key) : [])],
  )
  const held = readHolder(facts.get('held'))
  const list = manifest && readList(facts)
  const shipped = manifest && list ? compare(listOf(manifestLines(manifest)), list) : unchanged
  const slot = host.facts.live
  const { variables } = deploy.runtime
  return {
    changes: {
      hosts: [host.name],
      ...(next && slot ? changesOf({ slot, next, facts, key, variables }, shipped) : allNew(project)),
    },
    layers: new Set(textOf(facts.get('layers')).match(/sha256:[0-9a-f]{64}/g)),
    ...(held && { held }),
    ...(list && { list }),
  }
}

/** Where nothing is live. */
function allNew({ env }: Project): Omit<ReleaseChanges, 'hosts'> {
  return {
    env: { ...unchanged, added: Object.keys(env).sort() },
    settings: unchanged,
    files: unchanged,
  }
}

function asking(
  { config, runtime }: Deploy,
  { base, facts }: HostSession,
  live: Release,
  next: readonly ReleaseFile[],
  key: string,
): Call[] {
  const folder = `${base}/releases/${live.id}`
  const images = Object.keys(live.images).map((service) => imageTag(config.app, service, live.id))
  return [
    call('plan_variables', key, `${folder}/${runtime.variables}`),
    call('plan_sections', 'slot', key, `${folder}/compose.${facts.live}.json`),
    call('plan_sections', 'accessories', key, `${folder}/compose.accessories.json`),
    call('plan_files', key, folder, ...whole(next).map(({ path }) => path)),
    call('plan_list', `${folder}/files.list`),
    ...(images.length > 0 ? [call('plan_layers', ...images)] : []),
  ]
}

/** Files that are compared as they are: not those of which entries are, and not what only follows from these. */
function whole(files: readonly ReleaseFile[]): ReleaseFile[] {
  return files.filter(
    ({ path }) =>
      !/^(?:compose\.\w+\.json|(?:compose|systemd)\.parts|env|environment)$/.test(path) &&
      !path.startsWith(`${connectionFolder}/`),
  )
}

/** What is there and what would be, of one host. */
interface Both {
  readonly slot: Slot
  readonly next: readonly ReleaseFile[]
  readonly facts: ReadonlyMap<string, unknown>
  readonly key: string
  /** The file of the release that holds its variables. */
  readonly variables: string
}

function changesOf(both: Both, shipped: Changed): Omit<ReleaseChanges, 'hosts'> {
  const { slot, key, facts } = both
  const planned = (path: string) => contentOf(both, path)
  const files = whole(both.next)
  const sums = textOf(facts.get('files')).split(' ')
  const there = new Map(
    files.flatMap(({ path }, at) => (/^[0-9a-f]{64}$/.test(sums[at] ?? '') ? [[path, sums[at]!]] : [])),
  )
  const next = new Map(files.map(({ path, content }) => [path, fileSum(key, content)]))
  return {
    env: compare(variables(key, planned(both.variables)), readEntries(facts.get('variables'))),
    settings: joined(
      compare(
        settingsOf(sections(key, planned(`compose.${slot}.json`)), slot),
        settingsOf(readEntries(facts.get('slot')), slot),
      ),
      compare(
        settingsOf(sections(key, planned('compose.accessories.json'))),
        settingsOf(readEntries(facts.get('accessories'))),
      ),
      compare(renamed(next, unitOf), renamed(there, unitOf)),
    ),
    files: joined(compare(renamed(next, fileOf), renamed(there, fileOf)), shipped),
  }
}

function contentOf({ next }: Both, path: string): string | Buffer {
  return next.find((file) => file.path === path)?.content ?? ''
}

/** A service's unit of systemd, or what that starts. */
function unitOf(path: string): string | undefined {
  const [, name] = /^(?:run|units)\/(.*)$/.exec(path) ?? []
  return name && `service ${name}`
}

/** All others, by what they are called in the checkout. */
function fileOf(path: string): string | undefined {
  if (unitOf(path)) return undefined
  return path === 'env.defaults' ? '.env' : path.replace(/^(?:files|accessories)\//, '')
}

const singular: Readonly<Record<string, string>> = {
  networks: 'network',
  volumes: 'volume',
  configs: 'config',
  secrets: 'secret',
}

/** `services/web-blue` → `service web`. */
function settingsOf(entries: Entries, slot?: Slot): Entries {
  return renamed(entries, (name) => {
    const [section = '', entry = ''] = name.split('/')
    if (section !== 'services') return `${singular[section] ?? section} ${entry}`
    return slot === undefined ? `accessory ${entry}` : `service ${entry.replace(new RegExp(`-${slot}$`), '')}`
  })
}

/** Entries that get the same name count as one; those that get none are left out. */
function renamed(entries: Entries, to: (name: string) => string | undefined): Entries {
  const found = new Map<string, string>()
  for (const [name, sum] of entries) {
    const other = to(name)
    if (other !== undefined) found.set(other, `${found.get(other) ?? ''}${sum}`)
  }
  return found
}

function joined(...all: readonly Changed[]): Changed {
  const names = (kind: keyof Changed) => [...new Set(all.flatMap((each) => each[kind]))].sort()
  return { added: names('added'), changed: names('changed'), removed: names('removed') }
}

/** A list of files is no larger than this, in bytes; a host that says so lies. */
const mostList = 64 * 1024 * 1024

function readList(facts: ReadonlyMap<string, unknown>): Entries | undefined {
  const parts: string[] = []
  for (let at = 0; facts.has(`list-${at}`); at += 1) parts.push(textOf(facts.get(`list-${at}`)))
  if (parts.length === 0) return undefined
  try {
    const text = gunzipSync(Buffer.from(parts.join(''), 'base64'), { maxOutputLength: mostList })
    return listOf(text.toString().split('\n'))
  } catch {
    return undefined
  }
}

/** Path → all else that its line says: the sum of its content and its mode, or where a link leads. */
export function listOf(lines: readonly string[]): Entries {
  const found = new Map<string, string>()
  for (const line of lines) {
    const [, what, path, target = ''] = /^(\S+ \S) \.\/([^\t]*)(\t.*)?$/.exec(line) ?? []
    if (what !== undefined) found.set(path!, what + target)
  }
  return found
}

function readHolder(value: unknown): Told['held'] {
  if (typeof value !== 'object' || value === null) return undefined
  const { owner, url } = fieldsOf(value)
  return { owner: textOf(owner), url: textOf(url) }
}
