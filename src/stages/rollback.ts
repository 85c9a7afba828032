import { type Call, call } from '../host/program'
import type { HostSession } from '../host/session'
import { findRelease, hasHappened, lastKnownGood, leftBy, wentBack } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { planRollback, type RollbackPlan } from '../release/rollback'
import { Trouble } from '../release/trouble'
import { startAndGate } from './chain'
import { type Deploy, onHosts, runStage, skip, stage } from './deploy'
import { drain } from './drain'
import { isWarm } from './gate'
import { liveId, liveRelease } from './live'
import { idleSlot } from './preflight'
import { slotLibrary } from './start'
import { switchTo } from './switch'

export interface RollbackOptions {
  readonly to: string | undefined
  readonly reason: string | undefined
  /** What was live when it was asked for, before it waited for the lease. */
  readonly left: string | undefined
  /** What an earlier run had switched only some hosts to, and was just taken back from them. */
  readonly undone: Release | undefined
  /** Whoever keeps account of rollbacks wraps the work of one. */
  readonly record?: (target: Release, work: () => Promise<Release>) => Promise<Release>
}

/**
 * Goes back to an earlier release on every host: at once where it still runs in the other slot, else it is started and
 * gated first.
 *
 * @throws {Trouble} when there is nothing to go back to.
 */
export async function rollback(deploy: Deploy, options: RollbackOptions): Promise<Release> {
  if (hasGoneBack(deploy)) return finish(deploy, requireLive(deploy), options)
  const before = liveRelease(serving(deploy))
  if (before && options.to === undefined && options.undone && options.undone.run > before.run) {
    // Whoever saw the hosts half way to a newer release wanted this one, and not the one before it.
    return settle(deploy, before, `${options.undone.id} was taken back from the hosts that had it`)
  }
  if (
    before &&
    options.to === undefined &&
    !options.undone &&
    options.left !== undefined &&
    before.id !== options.left
  )
    return settleOther(deploy, before, options.left)
  const { target } = planFor(deploy, options.to)
  const { reason = '', record = unrecorded } = options
  return record(target, () => goBack(deploy, target, reason))
}

const unrecorded: NonNullable<RollbackOptions['record']> = (_, work) => work()

async function goBack(deploy: Deploy, target: Release, reason: string): Promise<Release> {
  // Also for the ledger of a host where nothing was live.
  const left = requireLive(deploy)
  await bringUp(deploy, target)
  const also = [rolledBack(left, target, reason)]
  const switches = await stage(deploy, 'switch', () => switchTo(deploy, target, { bake: false, also }))
  await stage(deploy, 'drain', () => drain(deploy, switches))
  return switches[0]!.release
}

function rolledBack(from: string, to: Release, reason: string): Call {
  return call('ledger', eventFields('rolled-back', from, { to: to.id, reason }))
}

/**
 * While the rollback waited, a run switched. Where its bake took it back, all is as was wanted.
 *
 * @throws {Trouble} where it is another release that would be left now.
 */
function settleOther(deploy: Deploy, now: Release, left: string): Release {
  const { name, facts } = serving(deploy)
  if (lastKnownGood(facts.history, left) === now.id)
    return settle(deploy, now, `${left} was taken back by its own run`)
  throw new Trouble(
    name,
    `${now.id} went live while this rollback waited to go back from ${left}. Nothing was changed.`,
    'Look whether it does well. To go back from it too, run this again.',
  )
}

/** What a rollback would leave. */
export function leaving(deploy: Deploy): string | undefined {
  return liveId(serving(deploy))
}

/** An earlier attempt of this job went back already. Going back further would be wrong. */
function hasGoneBack({ hosts }: Deploy): boolean {
  return hosts.every((host) => wentBack(host.facts.history, host.owner, liveId(host)))
}

/**
 * Says where a rollback would go to and what schema it would meet there. Changes nothing.
 *
 * @returns the plan; none when an earlier attempt of this job went back already
 * @throws {Trouble} when there is nothing to go back to.
 */
export function foresee(deploy: Deploy, to: string | undefined): RollbackPlan | undefined {
  return hasGoneBack(deploy) ? undefined : planFor(deploy, to)
}

function planFor(deploy: Deploy, to: string | undefined): RollbackPlan {
  const { reporter, report, config, hosts } = deploy
  const [first] = hosts
  const present = first!.facts.present.filter((id) => hosts.every(({ facts }) => facts.present.includes(id)))
  const plan = planRollback(first!.facts.history, requireLive(deploy), present, to)
  const { target, schemaChangedBy } = plan
  report.to = target.version
  report.toCommit = target.commit
  report.release = target.id
  if (schemaChangedBy.length > 0) {
    reporter.warning(
      `${target.version} will meet a database schema that it does not know: ${schemaChangedBy.join(', ')} migrated it since. A database is never restored by itself; the backups are in ${config.base}/backups.`,
    )
  }
  return plan
}

/** The first host that takes traffic: those of the others that take any serve the same. */
function serving({ hosts }: Deploy): HostSession {
  return hosts.find(({ facts }) => facts.live !== undefined) ?? hosts[0]!
}

function requireLive(deploy: Deploy): string {
  const host = serving(deploy)
  const id = liveId(host)
  if (id === undefined) throw new Trouble(host.name, 'nothing is live there.', 'Deploy a version first.')
  return id
}

/** An earlier attempt went back, and was perhaps ended before it was done. */
async function finish(
  deploy: Deploy,
  id: string,
  { reason = '', record = unrecorded }: RollbackOptions,
): Promise<Release> {
  const { hosts } = deploy
  const { history } = hosts[0]!.facts
  const release = findRelease(history, id)
  if (!release)
    throw new Trouble(hosts[0]!.name, `the ledger knows no release ${id}.`, 'Deploy a version anew.')
  settle(deploy, release, `${id} was put back by an earlier attempt`)
  // Entered once more, since the attempt may have been cut off before it was.
  const left = hosts
    .map(({ facts, owner }) => leftBy(facts.history, owner, id))
    .find((each) => each !== undefined)
  const also = left === undefined ? [] : [rolledBack(left, release, reason)]
  return record(release, async () => {
    const switches = await stage(deploy, 'switch', () => switchTo(deploy, release, { bake: false, also }))
    await stage(deploy, 'drain', () => drain(deploy, switches))
    return switches[0]!.release
  })
}

function settle({ report, reporter }: Deploy, release: Release, how: string): Release {
  report.to = release.version
  report.toCommit = release.commit
  report.release = release.id
  reporter.info(how)
  return release
}

async function bringUp(deploy: Deploy, target: Release): Promise<void> {
  const warm = await Promise.all(deploy.hosts.map((host) => holdsWarm(deploy, host, target)))
  if (warm.every((each) => each)) {
    skip(deploy, 'start', 'still running')
    skip(deploy, 'gate', 'one healthy answer of each service')
    return
  }
  await onHosts(deploy, (host) => place(deploy, host, target))
  await Promise.all(deploy.hosts.map((host) => host.refresh()))
  await startAndGate(deploy, target)
}

async function holdsWarm(deploy: Deploy, host: HostSession, { id }: Release): Promise<boolean> {
  const slot = idleSlot(host.facts)
  const { releases, history } = host.facts
  // Where it was only put into the slot and its start cut off, what still runs there is another release.
  return releases[slot] === id && hasHappened(history, id, 'gated') && (await isWarm(deploy, host, slot))
}

/** Puts a release that is on the host into its idle slot, as shipping it would. */
async function place(deploy: Deploy, host: HostSession, target: Release): Promise<void> {
  const release = { ...target, slot: idleSlot(host.facts) }
  await runStage(
    host,
    {
      stage: 'place',
      libraries: [deploy.runtime.library, slotLibrary],
      calls: [
        ...deploy.runtime.checkImages(deploy.config.app, release),
        call('slot_point', release.slot, release.id),
        call('ledger', eventFields('shipped', release.id, { details: release })),
      ],
    },
    'Deploy its version again.',
  )
}
