import { detachLibrary } from '../host/libraries'
import { type Call, call } from '../host/program'
import type { HostSession } from '../host/session'
import { hasHappened } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { otherSlot, type Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { bakeProgram } from './bake'
import { type Deploy, onHosts, runStage } from './deploy'
import { slotLibrary } from './start'
import { verify } from './verify'

export interface Switched {
  /** What took traffic before, where anything did. */
  readonly from: { readonly slot: Slot; readonly release: string } | undefined
  /** The host's own time for the intent, the rename and its sync. */
  readonly ms: number
  /** The watcher's run on each host, in the order of the hosts; none without a bake. */
  readonly watchers: readonly string[]
}

export interface SwitchOptions {
  /** Whether a watcher begins together with the switch. */
  readonly bake: boolean
  /** Entered into the ledger right after the switch. */
  readonly also: readonly Call[]
}

/**
 * Puts the release live on every host and starts its workers, then asks through the proxy whether it is what answers.
 * With `bake`, the watcher starts on the host together with the switch, so that nobody has to be there for it.
 *
 * @throws {Trouble} after it has switched back, when the proxy does not follow.
 */
export async function switchTo(deploy: Deploy, release: Release, options: SwitchOptions): Promise<Switched> {
  const ends = await onHosts(deploy, (host) => switchHost(deploy, host, release, options))
  const switched = {
    from: ends[0]!.from,
    ms: Math.max(...ends.map(({ ms }) => ms)),
    watchers: ends.flatMap(({ watcher }) => (watcher ? [watcher] : [])),
  }
  deploy.report.switchMs = switched.ms
  deploy.report.live = { slot: release.slot, version: release.version }
  try {
    await onHosts(deploy, (host) => verify(deploy, host, release))
  } catch (error) {
    // The watcher was faster: its bake says why.
    if (switched.watchers.length > 0 && (await wasTakenBack(deploy, release))) return switched
    if (switched.from)
      await switchBack(deploy, release, switched.from, 'the proxy did not follow the live link')
    throw error
  }
  return switched
}

async function wasTakenBack({ hosts }: Deploy, release: Release): Promise<boolean> {
  const facts = await Promise.all(hosts.map((host) => host.refresh()))
  return facts.some(({ history }) => hasHappened(history, release.id, 'bake-failed'))
}

/** What the slot that is not the release's held when the switch began, also when this is a second try. */
function previous(host: HostSession, release: Release): Switched['from'] {
  const { live, releases, history } = host.facts
  const slot = otherSlot(release.slot)
  if (live === slot) return { slot, release: releases[slot] }
  const intent = history.findLast((event) => event.event === 'switching' && event.release === release.id)
  return intent?.event === 'switching' && intent.from !== '' && intent.from === releases[slot]
    ? { slot, release: intent.from }
    : undefined
}

async function switchHost(
  deploy: Deploy,
  host: HostSession,
  release: Release,
  options: SwitchOptions,
): Promise<{ from: Switched['from']; ms: number; watcher: string | undefined }> {
  const { config, runtime } = deploy
  await host.refresh()
  if (!hasHappened(host.facts.history, release.id, 'gated')) {
    throw new Trouble(host.name, `${release.id} has not passed its gate there.`, 'Run health-gate first.')
  }
  const from = previous(host, release)
  const event = { slot: release.slot, from: from?.release ?? '' }
  const watcher =
    options.bake && config.bake.duration > 0
      ? host.companion('bake', 'bake_begin', bakeProgram(deploy, release, from))
      : undefined
  const outcome = await runStage(
    host,
    {
      stage: 'switch',
      libraries: [runtime.library, slotLibrary, detachLibrary],
      calls: [
        call('begin', 'switch'),
        call('ledger', eventFields('switching', release.id, event)),
        call('timed_switch', release.slot, release.id),
        call('ledger', eventFields('switched', release.id, event)),
        ...options.also,
        call('end'),
        ...(watcher ? [watcher.call] : []),
        ...workerCalls(deploy, release, from),
      ],
    },
    'Traffic is where the live link says. Run this again: it goes on from there.',
  )
  return { from, ms: Number(outcome.facts.get('switch-ms')) || 0, watcher: watcher?.run }
}

function workerCalls(
  { config, runtime }: Deploy,
  release: Release,
  from: Switched['from'],
): ReturnType<typeof call>[] {
  if (!Object.values(config.services).some(({ role }) => role === 'worker')) return []
  return [
    call('begin', 'workers'),
    ...(from ? runtime.stopWorkers(from.slot) : []),
    ...runtime.startWorkers(release.slot),
    call('end'),
  ]
}

/** Puts the old slot back. What was tried stays in its slot, stopped, for whoever wants to look. */
export async function switchBack(
  deploy: Deploy,
  release: Release,
  to: { slot: Slot; release: string },
  why: string,
): Promise<void> {
  const { runtime } = deploy
  await onHosts(deploy, (host) =>
    runStage(
      host,
      {
        stage: 'switch',
        libraries: [runtime.library, slotLibrary],
        calls: [
          call('begin', 'switch back'),
          call('ledger', eventFields('bake-failed', release.id, { slot: release.slot, why })),
          call('switch_live', to.slot, to.release),
          call('ledger', eventFields('switched-back', to.release, { slot: to.slot, from: release.id })),
          call('end'),
          ...runtime.logs(release.slot, 60),
          ...runtime.stop(release.slot),
          ...runtime.startWorkers(to.slot),
        ],
      },
      'Run the rollback action, or switch back by hand as docs/by-hand.md says.',
    ),
  )
  const version = deploy.hosts[0]!.facts.history.findLast(
    (event) => event.event === 'shipped' && event.release === to.release,
  )
  deploy.report.live = {
    slot: to.slot,
    version: version?.event === 'shipped' ? version.details.version : to.release,
  }
}
