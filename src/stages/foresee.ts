import type { Config, Hook } from '../config/schema'
import { databaseKinds } from '../databases/kinds'
import type { HostFacts } from '../host/facts'
import type { StagePlan } from '../release/deploy-plan'
import { type History, releasesToKeep } from '../release/history'
import type { Release } from '../release/release'
import type { StageName } from '../release/report'
import { webServices } from './gate'
import type { Identity } from './identity'
import { idleSlot } from './preflight'

/** What is known of one host before a deploy. */
export interface Foreseen {
  readonly config: Config
  readonly facts: HostFacts
  /** What is live; absent on a first deploy. */
  readonly live: Release | undefined
  /** The release that would come. */
  readonly identity: Identity
  /** What shipping it would do. */
  readonly ship: readonly string[]
}

/** What each stage of a deploy would do, in the order of the stages. Pure. */
export function foreseeStages(foreseen: Foreseen): StagePlan[] {
  const { config, ship } = foreseen
  const { afterShip, beforeSwitch, afterSwitch } = config.hooks
  return [
    does('ship', [...ship, ...prepare(config), ...hooks(afterShip)]),
    backup(config),
    migrate(config),
    does('start', start(config)),
    does('gate', [...gate(config), ...hooks(beforeSwitch)]),
    does('switch', [...switchOver(foreseen), ...hooks(afterSwitch)]),
    bake(foreseen),
    drain(foreseen),
    does('retire', retire(foreseen)),
  ]
}

function does(stage: StageName, lines: readonly string[]): StagePlan {
  return { stage, does: lines }
}

function nothing(stage: StageName, why: string): StagePlan {
  return { stage, does: [why], skipped: true }
}

function hooks(commands: readonly Hook[]): string[] {
  return commands.map(
    ({ service, command, timeout }) =>
      `then \`${command.join(' ')}\` in \`${service}\`, at most ${span(timeout)}`,
  )
}

/** What is made on the host of the files that were shipped. */
function prepare({ systemd }: Config): string[] {
  if (!systemd) return []
  const { python, node, build } = systemd
  return [
    ...(python ? [`a virtual environment by \`${python.requirements}\`, where that is not there yet`] : []),
    ...(node ? [`node_modules by \`${node.lock}\`, where they are not there yet`] : []),
    ...build.map((words) => `then \`${words.join(' ')}\` there`),
  ]
}

function backup({ migrations, database, backup: wanted }: Config): StagePlan {
  if (!migrations) return nothing('backup', 'no migrations in kawasemi.yml')
  if (!database) return nothing('backup', 'no database in kawasemi.yml')
  if (wanted === 'off') return nothing('backup', '`backup: off` in kawasemi.yml')
  return does('backup', [
    `a dump of the ${databaseKinds[database.kind].title} database, read back before anything is migrated`,
  ])
}

function migrate({ migrations }: Config): StagePlan {
  if (!migrations) return nothing('migrate', 'no migrations in kawasemi.yml')
  const { command, service, timeout } = migrations
  return does('migrate', [`\`${command.join(' ')}\` in \`${service}\`, at most ${span(timeout)}`])
}

function start(config: Config): string[] {
  const workers = workersOf(config)
  return [
    ...(config.accessories.length > 0
      ? [`${names(config.accessories)}: started where it does not run, else left as it is`]
      : []),
    `${names(webServices(config).map(([name]) => name))} in the new slot`,
    ...(workers.length > 0 ? [`${names(workers)} waits for the switch`] : []),
  ]
}

function workersOf({ services }: Config): string[] {
  return Object.keys(services).filter((name) => services[name]!.role === 'worker')
}

function gate(config: Config): string[] {
  const { deadline, successes } = config.gate
  return webServices(config).map(
    ([name, { health }]) =>
      `\`${name}\` has to answer \`${health.path}\` well${successes > 1 ? ` ${successes} times in a row` : ''} within ${span(deadline)}; else it is taken down, and traffic is not touched`,
  )
}

function switchOver({ config, live }: Foreseen): string[] {
  const workers = workersOf(config)
  return [
    live ? `traffic goes from \`${live.version}\` to the new release` : 'the release gets the first traffic',
    ...(workers.length > 0 ? [`${names(workers)} ${live ? 'takes over' : 'starts'}`] : []),
  ]
}

function bake({ config, live }: Foreseen): StagePlan {
  const { duration, maxErrorPercent, maxP95, minRequests } = config.bake
  if (duration === 0) return nothing('bake', 'its duration is 0')
  const back = live ? `traffic goes back to \`${live.version}\`` : 'the deploy fails'
  const slow = maxP95 === undefined ? '' : `, or a 95th percentile over ${span(maxP95)}`
  return does('bake', [
    `watched for ${span(duration)}; ${back} for more than ${maxErrorPercent} % of answers with a 5xx status${slow} (of ${minRequests} requests or more), a restart, or a health check that fails`,
  ])
}

function drain({ config, live }: Foreseen): StagePlan {
  if (!live) return nothing('drain', 'the first release')
  return does('drain', [`connections to \`${live.version}\` may take ${span(config.drain.timeout)} to end`])
}

function retire({ config, facts, live, identity }: Foreseen): string[] {
  const { previous, keep } = config.retire
  const kept = keptAfter(facts, identity, keep)
  const removed = facts.present.filter((id) => !kept.includes(id))
  const stay = `the newest ${keep} good releases stay`
  return [
    ...(live
      ? [
          previous === 'stopped'
            ? `\`${live.version}\` is stopped`
            : `\`${live.version}\` stays warm, for a rollback at once`,
        ]
      : []),
    removed.length > 0 ? `${names(removed)} removed; ${stay}` : `nothing is removed; ${stay}`,
  ]
}

/** Ids of the releases that stay, by the ledger as it would be then. */
function keptAfter(facts: HostFacts, identity: Identity, keep: number): readonly string[] {
  const { history, live, releases } = facts
  const common = { at: '', owner: '', release: identity.id }
  const details = { ...identity, slot: idleSlot(facts), images: {}, config: '' }
  const after: History = [
    ...history,
    { ...common, event: 'shipped', details },
    { ...common, event: 'finished' },
  ]
  return releasesToKeep(after, live ? [releases[live], identity.id] : [identity.id], keep)
}

function names(all: readonly string[]): string {
  return all.map((name) => `\`${name}\``).join(', ')
}

/** `500 ms`, `30 s`, `10 min`, `2 h`. */
function span(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 120_000) return `${ms / 1000} s`
  return ms < 7_200_000 ? `${Math.round(ms / 6000) / 10} min` : `${Math.round(ms / 360_000) / 10} h`
}
