import type { HostSession } from '../host/session'
import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import { otherSlot, type Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'
import { takeBack, type Undo } from './take-back'

/**
 * Brings the hosts together again when a run died between the switches of two of them: those that have the new release
 * go back, by the intent that is in the ledger of all. A host without that intent is new, and disagrees with nobody
 * while nothing is live there.
 *
 * @returns the release that was taken back, where one was.
 * @throws {Trouble} when they disagree and no intent says why.
 */
export async function converge(deploy: Deploy): Promise<Release | undefined> {
  const { hosts, reporter } = deploy
  const undos = hosts.filter((host) => isAhead(host, hosts)).flatMap(undoOf)
  if (undos.length > 0) {
    const names = undos.map(({ host }) => host.name).join(', ')
    reporter.warning(
      `An earlier run ended while it switched to ${undos[0]!.release.id}; taking it back on ${names}.`,
    )
    await takeBack(deploy, undos, 'taken-back', 'the run that switched it ended before every host had')
  }
  const live = hosts
    .map((host) => ({ name: host.name, id: liveId(host) }))
    .filter(({ id }) => id !== undefined)
  if (new Set(live.map(({ id }) => id)).size > 1) {
    const each = live.map(({ name, id }) => `${name}: ${id}`).join(', ')
    throw new Trouble(
      'The hosts',
      `serve different releases (${each}), and no run that died says which is right.`,
      "On those that are wrong switch by hand as docs/by-hand.md says, or remove `live` in the app's folder (503 until the next deploy); then run this again.",
    )
  }
  return undos[0]?.release
}

interface Intent {
  readonly release: string
  readonly slot: Slot
  readonly from: string
}

/** The last switch that was meant to happen on the host. */
function intentOf({ facts }: HostSession): Intent | undefined {
  const last = facts.history.findLast((event) => event.event === 'switching')
  return last?.event === 'switching' ? last : undefined
}

function liveId({ facts }: HostSession): string | undefined {
  return facts.live && facts.releases[facts.live]
}

/** It switched as was meant, and another one that was meant to did not. */
function isAhead(host: HostSession, hosts: readonly HostSession[]): boolean {
  const id = intentOf(host)?.release
  return (
    id !== undefined &&
    liveId(host) === id &&
    hosts.some((other) => intentOf(other)?.release === id && liveId(other) !== id)
  )
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
