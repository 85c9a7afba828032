import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'

/**
 * The release that an action goes on with: the one that was named, else the one this run shipped.
 *
 * @throws {Trouble} when the ledger knows none.
 */
export function findShipped({ hosts }: Deploy, run: number, id: string | undefined): Release {
  const { name, facts } = hosts[0]!
  const wanted =
    id ?? facts.history.findLast((event) => event.event === 'shipped' && event.details.run === run)?.release
  const release = wanted === undefined ? undefined : findRelease(facts.history, wanted)
  if (release) return release
  throw new Trouble(
    name,
    id === undefined ? `nothing was shipped there by run ${run}.` : `the ledger knows no release ${id}.`,
    'Run ssh-deploy first, or give its output `release`.',
  )
}
