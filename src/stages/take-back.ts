import { call } from '../host/program'
import type { HostSession } from '../host/session'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import { type Deploy, runStage } from './deploy'
import { reportLive } from './live'
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

/** As the ledger says it: the release was found bad; or its switch came to no end, which says nothing against it. */
export type Verdict = 'bake-failed' | 'taken-back'

/**
 * Puts the old slot back on every host where the release takes traffic. What was tried stays in its slot, stopped, for
 * whoever wants to look.
 *
 * Never throws: a host that cannot be taken back is a warning, since the others have to be; the next run brings it to
 * where they are.
 *
 * @returns whether on one of them the release took no traffic any more: somebody else was faster.
 */
export async function takeBack(
  deploy: Deploy,
  undos: readonly Undo[],
  verdict: Verdict,
  why: string,
): Promise<boolean> {
  const keepsFirst = mayKeepFirst(deploy, undos, verdict)
  const ends = await Promise.allSettled(
    undos.map(async (undo) => {
      const { host, release, from } = undo
      const { live, releases } = await host.refresh()
      let faster = live === undefined || releases[live] !== release.id
      if (!faster && (from || !keepsFirst)) faster = !(await takeBackHost(deploy, undo, verdict, why))
      else if (faster && verdict === 'taken-back') await putDown(deploy, undo, why)
      await host.refresh()
      return faster
    }),
  )
  const lost = new Set<HostSession>()
  for (const [at, end] of ends.entries()) {
    if (end.status === 'fulfilled') continue
    const { host, release } = undos[at]!
    lost.add(host)
    deploy.reporter.warning(
      `${host.name} could not be taken back, so it may still serve ${release.id}: ${end.reason.message} The next deploy or rollback brings the hosts together.`,
    )
  }
  reportLive(deploy, lost)
  return ends.some((end) => end.status === 'fulfilled' && end.value)
}

/** Where nothing was there before, something bad is better than nothing; but not on some hosts only. */
function mayKeepFirst({ hosts }: Deploy, undos: readonly Undo[], verdict: Verdict): boolean {
  return (hosts.length === 1 || verdict === 'bake-failed') && undos.every(({ from }) => !from)
}

/** @returns whether it was still to be done */
async function takeBackHost(
  { runtime }: Deploy,
  { host, release, from }: Undo,
  verdict: Verdict,
  why: string,
): Promise<boolean> {
  const undone = call('ledger', eventFields(verdict, release.id, { slot: release.slot, why }))
  const { facts } = await runStage(
    host,
    {
      stage: 'take-back',
      libraries: [runtime.library, slotLibrary],
      calls: [
        call('still_live', release.slot, release.id),
        call('begin', 'switch back'),
        ...(from
          ? [
              call('switch_live', from.slot, from.release),
              undone,
              call(
                'ledger',
                eventFields('switched-back', from.release, { slot: from.slot, from: release.id }),
              ),
            ]
          : [call('take_off'), undone]),
        call('end'),
        call('fact', 'taken-back', 'true'),
        ...runtime.logs(release.slot, 60),
        ...runtime.stop(release.slot),
        ...(from ? runtime.startWorkers(from.slot) : []),
      ],
    },
    'Run the rollback action, or switch back by hand as docs/by-hand.md says.',
  )
  return facts.has('taken-back')
}

/** A host that did not get as far as the switch: what waited for it there stops, or a reboot would bring it up. */
async function putDown({ runtime }: Deploy, { host, release }: Undo, why: string): Promise<void> {
  if (host.facts.releases[release.slot] !== release.id) return
  await runStage(
    host,
    {
      stage: 'put-down',
      libraries: [runtime.library],
      calls: [
        call('begin', 'stop'),
        ...runtime.stop(release.slot),
        call('ledger', eventFields('taken-back', release.id, { slot: release.slot, why })),
        call('end'),
      ],
    },
    'The live slot was not touched. The next deploy stops what is left there.',
  )
}
