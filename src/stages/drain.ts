import { call } from '../host/program'
import type { HostSession } from '../host/session'
import { eventFields } from '../release/ledger'
import { type Deploy, runStage } from './deploy'
import { slotLibrary } from './start'
import type { HostSwitch } from './switch'
import type { Place } from './take-back'

/** Waits until nobody is connected to the old slot, or the limit is over: then it says how many still are. */
export async function drain(deploy: Deploy, switches: readonly HostSwitch[]): Promise<void> {
  await Promise.all(switches.map(({ host, from }) => from && drainHost(deploy, host, from)))
}

async function drainHost(
  { config, runtime, reporter }: Deploy,
  host: HostSession,
  old: Place,
): Promise<void> {
  const ports = Object.values(config.services).flatMap((service) =>
    service.role === 'web' ? [String(service.slots[old.slot])] : [],
  )
  const outcome = await runStage(
    host,
    {
      stage: 'drain',
      libraries: [runtime.library, slotLibrary],
      calls: [
        call('begin', 'drain'),
        call('drain', String(Math.ceil(config.drain.timeout / 1000)), ...ports),
        ...runtime.disarm(old.slot),
        call('ledger', eventFields('drained', old.release, { slot: old.slot })),
        call('end'),
      ],
    },
    'The new release is live and stays so. Run this again to end the deploy.',
  )
  const open = Number(outcome.facts.get('still-open')) || 0
  if (open > 0)
    reporter.info(
      `${host.name}: ${open} connections to the old release were still open after ${config.drain.timeout / 1000} s`,
    )
}
