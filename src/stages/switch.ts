import { countOf } from '../host/fact'
import { type Call, call } from '../host/program'
import type { HostSession } from '../host/session'
import { hasHappened } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { otherSlot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { bakeProgram } from './bake-program'
import { allOf, type Deploy, on, onHosts, runStage } from './deploy'
import { tellRows } from './live'
import { slotLibrary } from './start'
import { type Place, takeBack } from './take-back'
import { verify } from './verify'

/** The switch of one host. */
export interface HostSwitch {
  readonly host: HostSession
  /** With the slot it has there. */
  readonly release: Release
  /** What took traffic before, where anything did. */
  readonly from: Place | undefined
  /** The host's own time for the rename and its sync. */
  readonly ms: number
  /** The watcher's run; none without a bake. */
  readonly watcher: string | undefined
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
 * No host switches before every host was gated, and before the intent is in the ledger of all of them: by it the next
 * run brings them together when this one dies in between.
 *
 * @throws {Trouble} after all hosts were taken back, when one of them did not switch or its proxy does not follow.
 */
export async function switchTo(
  deploy: Deploy,
  release: Release,
  options: SwitchOptions,
): Promise<readonly HostSwitch[]> {
  const planned = await onHosts(deploy, (host) => plan(deploy, host, on(host, release), options))
  // One host writes its intent in the program that switches.
  if (planned.length > 1) await allOf(planned.map((each) => announce(deploy, each)))

  const ends = await Promise.allSettled(planned.map((each) => perform(deploy, each, options)))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) {
    await takeBack(deploy, planned, 'taken-back', 'not every host switched')
    throw failed.reason
  }
  const switches = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
  tellSwitches(deploy, switches)
  try {
    await allOf(switches.map((each) => verify(deploy, each.host, each.release)))
  } catch (error) {
    // A watcher was faster: its bake says why.
    if (options.bake && (await wasTakenBack(deploy, release))) return switches
    await takeBack(deploy, switches, 'taken-back', 'the proxy did not follow the live link')
    throw error
  }
  return switches
}

function tellSwitches({ report, reporter }: Deploy, switches: readonly HostSwitch[]): void {
  const rows = switches.map(({ host, release: { slot, version }, ms }) => ({
    host: host.name,
    live: { slot, version },
    switchMs: ms,
  }))
  report.switchMs = Math.max(...rows.map(({ switchMs }) => switchMs))
  report.live = rows[0]!.live
  tellRows(report, rows)
  if (rows.length < 2) return
  for (const { host, live, switchMs } of rows)
    reporter.info(`  ${host}: ${live.slot} takes traffic, ${live.version}, switched in ${switchMs} ms`)
}

async function wasTakenBack({ hosts }: Deploy, release: Release): Promise<boolean> {
  const facts = await Promise.all(hosts.map((host) => host.refresh()))
  return facts.some(({ history }) => hasHappened(history, release.id, 'bake-failed'))
}

type PlannedSwitch = Omit<HostSwitch, 'ms' | 'watcher'> & {
  readonly watcher: { readonly run: string; readonly call: Call } | undefined
}

async function plan(
  deploy: Deploy,
  host: HostSession,
  release: Release,
  options: SwitchOptions,
): Promise<PlannedSwitch> {
  await host.refresh()
  if (!hasHappened(host.facts.history, release.id, 'gated')) {
    throw new Trouble(host.name, `${release.id} has not passed its gate there.`, 'Run health-gate first.')
  }
  const from = previous(host, release)
  const watched = options.bake && deploy.config.bake.duration > 0
  const watcher = watched
    ? host.companion('bake', 'bake_begin', bakeProgram(deploy, release, from))
    : undefined
  return { host, release, from, watcher }
}

/** What the slot that is not the release's held when the switch began, also when this is a second try. */
function previous(host: HostSession, release: Release): Place | undefined {
  const { live, releases, history } = host.facts
  const slot = otherSlot(release.slot)
  if (live === slot) return { slot, release: releases[slot] }
  const intent = history.findLast((event) => event.event === 'switching' && event.release === release.id)
  return intent?.event === 'switching' && intent.from !== '' && intent.from === releases[slot]
    ? { slot, release: intent.from }
    : undefined
}

function intentOf({ release, from }: PlannedSwitch): Call {
  return call(
    'ledger',
    eventFields('switching', release.id, { slot: release.slot, from: from?.release ?? '' }),
  )
}

async function announce({ runtime }: Deploy, planned: PlannedSwitch): Promise<void> {
  await runStage(
    planned.host,
    {
      stage: 'intent',
      libraries: [runtime.library],
      calls: [call('begin', 'intent'), intentOf(planned), call('end')],
    },
    'Nothing was switched on any host. Run this again.',
  )
}

async function perform(deploy: Deploy, planned: PlannedSwitch, options: SwitchOptions): Promise<HostSwitch> {
  const { runtime } = deploy
  const { host, release, from, watcher } = planned
  const outcome = await runStage(
    host,
    {
      stage: 'switch',
      libraries: [runtime.library, slotLibrary],
      calls: [
        call('begin', 'switch'),
        ...runtime.arm(release.slot),
        ...(watcher ? [call('watch_lock')] : []),
        ...(deploy.hosts.length > 1 ? [] : [intentOf(planned)]),
        call('timed_switch', release.slot, release.id),
        call(
          'ledger',
          eventFields('switched', release.id, { slot: release.slot, from: from?.release ?? '' }),
        ),
        ...options.also,
        call('end'),
        ...(watcher ? [watcher.call, call('watch_unlock')] : []),
        ...workerCalls(deploy, release),
      ],
    },
    'Where a host had switched it was taken back. Run this again.',
  )
  return { host, release, from, ms: countOf(outcome.facts.get('switch-ms')) ?? 0, watcher: watcher?.run }
}

/** Workers of the other slot end also where nothing was live: they run on when somebody removed `live`. */
function workerCalls({ config, runtime }: Deploy, { slot }: Release): Call[] {
  if (!Object.values(config.services).some(({ role }) => role === 'worker')) return []
  return [call('begin', 'workers'), ...runtime.moveWorkers(otherSlot(slot), slot), call('end')]
}
