import type { HostSession } from '../host/session'
import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import { otherSlot, type Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'
import { isWarm } from './gate'
import { liveId } from './live'
import { takeBack, type Undo } from './take-back'

/**
 * Brings the hosts together again when a run died between the switches of two of them: those that have the new release
 * go back, by the intent that is in the ledger of all. A host without that intent is new, and disagrees with nobody
 * while nothing is live there.
 *
 * @returns the release that was taken back, where one was.
 * @throws {Trouble} when they disagree and no intent says why, or what they would go back to does not run any more.
 */
export async function converge(deploy: Deploy): Promise<Release | undefined> {
  const { hosts, reporter } = deploy
  const undos = hosts.filter((host) => isAhead(host, hosts)).flatMap(undoOf)
  if (undos.length > 0) {
    await requireOld(deploy, undos)
    const names = undos.map(({ host }) => host.name).join(', ')
    reporter.warning(
      `An earlier run ended while it switched to ${undos[0]!.release.id}; taking it back on ${names}.`,
    )
    await takeBack(deploy, undos, 'taken-back', 'the run that switched it ended before every host had')
  }
  const live = liveIds(hosts)
  if (new Set(live.map(({ id }) => id)).size > 1) {
    throw disagreement(live, 'no run that died says which is right')
  }
  return undos[0]?.release
}

function disagreement(live: readonly Serving[], why: string): Trouble {
  const each = live.map(({ name, id }) => `${name}: ${id}`).join(', ')
  return new Trouble(
    'The hosts',
    `serve different releases (${each}), and ${why}.`,
    "On those that are wrong switch by hand as docs/by-hand.md says; a rollback is done when all serve what you want. Or remove `live` in the app's folder there (503 until the next deploy), and run this again.",
  )
}

/** The old release was left running; but since then the host may have been started anew, or somebody stopped it. */
async function requireOld(deploy: Deploy, undos: readonly Undo[]): Promise<void> {
  const warm = await Promise.all(
    undos.map(({ host, from }) => from === undefined || isWarm(deploy, host, from.slot)),
  )
  const cold = undos.filter((_, at) => !warm[at])
  if (cold.length === 0) return
  const each = cold.map(({ host, from }) => `${from!.release} is not healthy on ${host.name}`).join(', ')
  throw disagreement(liveIds(deploy.hosts), `${each}, which a run that died came from`)
}

interface Intent {
  readonly release: string
  readonly slot: Slot
  readonly from: string
}

/**
 * The last switch that was meant to happen on the host, while it may be taken back: not any more once the old release
 * drained or the deploy was finished there, since that comes after the switch of all hosts, and the old slot may be stopped.
 */
function intentOf({ facts: { history } }: HostSession): Intent | undefined {
  const at = history.findLastIndex(({ event }) => event === 'switching')
  const last = history[at]
  if (last?.event !== 'switching') return undefined
  const isOver = history
    .slice(at)
    .some(
      ({ event, release }) =>
        (event === 'finished' && release === last.release) || (event === 'drained' && release === last.from),
    )
  return isOver ? undefined : last
}

interface Serving {
  readonly name: string
  readonly id: string
}

function liveIds(hosts: readonly HostSession[]): Serving[] {
  return hosts.flatMap((host) => {
    const id = liveId(host)
    return id === undefined ? [] : [{ name: host.name, id }]
  })
}

/** It switched as was meant, and another one that was meant to did not. */
function isAhead(host: HostSession, hosts: readonly HostSession[]): boolean {
  const id = intentOf(host)?.release
  return id !== undefined && liveId(host) === id && hosts.some((other) => isBehind(other, id))
}

/** Where somebody removed `live` it counts as new; one that had nothing before was to get its first release. */
function isBehind(host: HostSession, id: string): boolean {
  const intent = intentOf(host)
  if (intent?.release !== id) return false
  const live = liveId(host)
  return live === undefined ? intent.from === '' : live !== id
}

function undoOf(host: HostSession): Undo[] {
  const { slot, release: id, from } = intentOf(host)!
  const { history, releases } = host.facts
  const release = findRelease(history, id)
  const old = otherSlot(slot)
  if (!release || (from !== '' && releases[old] !== from)) return []
  return [
    { host, release: { ...release, slot }, from: from === '' ? undefined : { slot: old, release: from } },
  ]
}
