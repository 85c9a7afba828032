import type { HostSession } from '../host/session'
import { findRelease } from '../release/history'
import { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'
import { takeBack, type Undo } from './take-back'

/**
 * Brings the hosts together again when a run died between the switches of two of them: those that have the new release
 * go back, by the intent that is in the ledger of all. A host that has nothing live yet is new, and disagrees with nobody.
 *
 * @throws {Trouble} when they disagree and no intent says why.
 */
export async function converge(deploy: Deploy): Promise<void> {
  const live = new Map<HostSession, string>()
  for (const host of deploy.hosts) {
    const id = liveId(host)
    if (id !== undefined) live.set(host, id)
  }
  if (new Set(live.values()).size < 2) return
  const undos = [...live].flatMap(([host, id]) => undoOf(host, id, live))
  if (undos.length === 0) {
    const each = [...live].map(([host, id]) => `${host.name}: ${id}`).join(', ')
    throw new Trouble(
      'The hosts',
      `serve different releases (${each}), and no run that died says which is right.`,
      'Bring them to one release by hand, as docs/by-hand.md says, then run this again.',
    )
  }
  deploy.reporter.warning(
    `An earlier run ended while it switched; taking ${undos.map(({ host }) => host.name).join(', ')} back to ${undos[0]!.from!.release}.`,
  )
  await takeBack(deploy, undos, 'the run that switched it ended before every host had')
  await Promise.all(deploy.hosts.map((host) => host.refresh()))
}

function liveId({ facts }: HostSession): string | undefined {
  return facts.live === undefined ? undefined : facts.releases[facts.live]
}

/** The host goes back when its last intent came from what another host still serves. */
function undoOf(host: HostSession, id: string, live: ReadonlyMap<HostSession, string>): Undo[] {
  const { history, releases } = host.facts
  const intent = history.findLast((event) => event.event === 'switching')
  const release = findRelease(history, id)
  if (intent?.event !== 'switching' || intent.release !== id || !release) return []
  const others = [...live].some(([other, theirs]) => other !== host && theirs === intent.from)
  const slot = intent.slot === 'blue' ? 'green' : 'blue'
  if (!others || releases[slot] !== intent.from) return []
  return [{ host, release: { ...release, slot: intent.slot }, from: { slot, release: intent.from } }]
}
