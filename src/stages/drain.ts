import { call } from '../host/program'
import { eventFields } from '../release/ledger'
import type { Slot } from '../release/slot'
import { type Deploy, onHosts, runStage } from './deploy'
import { slotLibrary } from './start'

/** Waits until nobody is connected to the old slot, or the limit is over: then it says how many still are. */
export async function drain(deploy: Deploy, old: { slot: Slot; release: string }): Promise<void> {
  const { config, runtime, reporter } = deploy
  const ports = Object.values(config.services).flatMap((service) =>
    service.role === 'web' ? [String(service.slots[old.slot])] : [],
  )
  await onHosts(deploy, async (host) => {
    const outcome = await runStage(
      host,
      {
        stage: 'drain',
        libraries: [runtime.library, slotLibrary],
        calls: [
          call('begin', 'drain'),
          call('drain', String(Math.ceil(config.drain.timeout / 1000)), ...ports),
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
  })
}
