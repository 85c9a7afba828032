import { call } from '../host/program'
import type { HostSession } from '../host/session'
import { findRelease } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import { type Deploy, runStage } from './deploy'
import { slotLibrary } from './start'

/** A release in a slot. */
export interface Place {
  readonly slot: Slot
  readonly release: string
}

/** What has to be undone on one host. */
export interface Undo {
  readonly host: HostSession
  readonly release: Release
  readonly from: Place | undefined
}

/**
 * Puts the old slot back on every host where the release takes traffic. What was tried stays in its slot, stopped, for
 * whoever wants to look. A host that had nothing before keeps what it has: something is better than nothing.
 */
export async function takeBack(deploy: Deploy, undos: readonly Undo[], why: string): Promise<void> {
  await Promise.all(
    undos.map(async ({ host, release, from }) => {
      const { live, releases } = await host.refresh()
      if (from && live !== undefined && releases[live] === release.id)
        await takeBackHost(deploy, host, release, from, why)
    }),
  )
  const [first] = undos
  if (first?.from) {
    const version = findRelease(first.host.facts.history, first.from.release)?.version
    deploy.report.live = { slot: first.from.slot, version: version ?? first.from.release }
  }
}

async function takeBackHost(
  { runtime }: Deploy,
  host: HostSession,
  release: Release,
  from: Place,
  why: string,
): Promise<void> {
  await runStage(
    host,
    {
      stage: 'take-back',
      libraries: [runtime.library, slotLibrary],
      calls: [
        call('begin', 'switch back'),
        call('switch_live', from.slot, from.release),
        call('ledger', eventFields('bake-failed', release.id, { slot: release.slot, why })),
        call('ledger', eventFields('switched-back', from.release, { slot: from.slot, from: release.id })),
        call('end'),
        ...runtime.logs(release.slot, 60),
        ...runtime.stop(release.slot),
        ...runtime.startWorkers(from.slot),
      ],
    },
    'Run the rollback action, or switch back by hand as docs/by-hand.md says.',
  )
}
