import { findRelease, goodReleases, type History, lastKnownGood, schemaChangesSince } from './history'
import type { Release } from './release'
import { Trouble } from './trouble'

export interface RollbackPlan {
  readonly target: Release
  /** Releases whose migrations the target has never seen: its code will meet their schema. */
  readonly schemaChangedBy: readonly string[]
}

/**
 * Which release a rollback goes to. `to` is a release's id, a version (the newest release of it), or how many good
 * releases to go back; without it, the newest good one before what is live.
 *
 * @param present ids of the releases whose files are still on the host.
 * @throws {Trouble} when there is no such release, naming those there are.
 */
export function planRollback(
  history: History,
  live: string,
  present: readonly string[],
  to?: string,
): RollbackPlan {
  const id = to === undefined ? lastKnownGood(history, live) : findTarget(history, live, to)
  const target = id === undefined ? undefined : findRelease(history, id)
  const known = goodReleases(history).filter((each) => each !== live && present.includes(each))
  const choices =
    known.length > 0
      ? `Known good and still there: ${known.toReversed().join(', ')}.`
      : 'No earlier good release is on the host.'
  if (!target)
    throw new Trouble(
      'Rollback',
      to === undefined ? 'there is no earlier good release.' : `nothing is known of \`${to}\`.`,
      choices,
    )
  if (target.id === live) throw new Trouble('Rollback', `${target.id} is live already.`, choices)
  if (!present.includes(target.id))
    throw new Trouble(
      'Rollback',
      `${target.id} was pruned from the host.`,
      `${choices} Or deploy its version again.`,
    )
  return { target, schemaChangedBy: schemaChangesSince(history, target.id) }
}

function findTarget(history: History, live: string, to: string): string | undefined {
  if (findRelease(history, to)) return to
  const ofVersion = history.findLast((event) => event.event === 'shipped' && event.details.version === to)
  if (ofVersion) return ofVersion.release
  if (!/^[1-9]\d?$/.test(to)) return undefined
  const before = goodReleases(history)
  const position = before.indexOf(live)
  return before[(position < 0 ? before.length : position) - Number(to)]
}
