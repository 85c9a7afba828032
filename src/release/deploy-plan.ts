import type { StageName } from './report'
import type { Slot } from './slot'

/** What a deploy would do. Nothing was changed to find it out. */
export interface DeployPlan {
  readonly hosts: readonly HostPlan[]
  /** All of them, in their order. */
  readonly stages: readonly StagePlan[]
  /** Keys of kawasemi.yml, where it is known what it was when the live release was made. */
  readonly config?: Changed
  /** What would be other than in the release that is live. Hosts of which the same is true are together. */
  readonly changes: readonly ReleaseChanges[]
}

export interface HostPlan {
  readonly host: string
  /** What takes traffic there; absent where nothing does. */
  readonly live?: { readonly slot: Slot; readonly version: string }
  /** Where the release would come to. */
  readonly slot: Slot
}

export interface StagePlan {
  readonly stage: StageName
  /** A line each; the only one says why, where there would be nothing to do. */
  readonly does: readonly string[]
  readonly skipped?: true
}

export interface ReleaseChanges {
  readonly hosts: readonly string[]
  /** Names of environment variables; never their values. */
  readonly env: Changed
  /** Services, accessories, networks and volumes, as the compose file or the units describe them. */
  readonly settings: Changed
  /** By their path in the checkout. */
  readonly files: Changed
}

/** Names, sorted. */
export interface Changed {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

export const unchanged: Changed = { added: [], changed: [], removed: [] }

/** By name: what would be there, and what is. Only whether two texts are the same is looked at. */
export function compare(next: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Changed {
  const names = (all: Iterable<string>, take: (name: string) => boolean) => [...all].filter(take).sort()
  return {
    added: names(next.keys(), (name) => !now.has(name)),
    changed: names(next.keys(), (name) => now.has(name) && now.get(name) !== next.get(name)),
    removed: names(now.keys(), (name) => !next.has(name)),
  }
}

/** Puts hosts of which the same is true together. */
export function together(all: readonly ReleaseChanges[]): ReleaseChanges[] {
  const groups = new Map<string, ReleaseChanges>()
  for (const { hosts, ...rest } of all) {
    const key = JSON.stringify(rest)
    groups.set(key, { ...rest, hosts: [...(groups.get(key)?.hosts ?? []), ...hosts] })
  }
  return [...groups.values()]
}

/** Names of a kind that the output of an action holds. */
const mostNames = 100

/** As an output: long lists are cut. */
export function planOutput({ hosts, stages, config, changes }: DeployPlan): string {
  const cut = ({ added, changed, removed }: Changed): Changed => ({
    added: added.slice(0, mostNames),
    changed: changed.slice(0, mostNames),
    removed: removed.slice(0, mostNames),
  })
  const shown = changes.map((each) => ({
    hosts: each.hosts,
    env: cut(each.env),
    settings: cut(each.settings),
    files: cut(each.files),
  }))
  return JSON.stringify({ hosts, stages, ...(config && { config: cut(config) }), changes: shown })
}
