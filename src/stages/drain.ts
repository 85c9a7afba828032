import { countOf } from '../host/fact'
import { type Call, call } from '../host/program'
import type { HostSession } from '../host/session'
import { eventFields } from '../release/ledger'
import type { Slot } from '../release/slot'
import { allOf, type Deploy, runStage } from './deploy'
import { slotLibrary } from './start'
import type { HostSwitch } from './switch'
import type { Place } from './take-back'

/** Waits until nobody is connected to the old slot, or the limit is over: then it says how many still are. */
export async function drain(deploy: Deploy, switches: readonly HostSwitch[]): Promise<void> {
  await allOf(switches.map(async ({ host, from }) => from && drainHost(deploy, host, from)))
}

/** The calls that wait until nobody is connected to a slot any more, within the config's limit. */
export function drainCalls({ config }: Deploy, slot: Slot): Call[] {
  const ports = Object.values(config.services).flatMap((service) =>
    service.role === 'web' ? [String(service.slots[slot])] : [],
  )
  return [call('drain', String(Math.ceil(config.drain.timeout / 1000)), ...ports)]
}

async function drainHost(deploy: Deploy, host: HostSession, old: Place): Promise<void> {
  const { config, runtime, reporter } = deploy
  const outcome = await runStage(
    host,
    {
      stage: 'drain',
      libraries: [runtime.library, slotLibrary],
      calls: [
        call('begin', 'drain'),
        ...drainCalls(deploy, old.slot),
        ...runtime.disarm(old.slot),
        call('ledger', eventFields('drained', old.release, { slot: old.slot })),
        call('end'),
      ],
    },
    'The new release is live and stays so. Run this again to end the deploy.',
  )
  const open = countOf(outcome.facts.get('still-open')) ?? 0
  if (open > 0)
    reporter.info(
      `${host.name}: ${open} connections to the old release were still open after ${config.drain.timeout / 1000} s`,
    )
}
