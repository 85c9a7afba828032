import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, call } from '../host/program'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { type Deploy, on, onHosts, runStage } from './deploy'

export const slotLibrary = readFileSync(join(__dirname, 'slot.sh'), 'utf8')

/** How long accessories may take to be ready, in ms. */
const accessoriesTimeout = 2 * 60 * 1000

/** The calls that bring up what is never switched; nothing where the app has none. */
export function accessories({ config, runtime }: Deploy, release: Release): Call[] {
  if (config.accessories.length === 0) return []
  return [
    call('begin', 'accessories'),
    ...runtime.accessoriesUp(release.slot, accessoriesTimeout),
    call('end'),
  ]
}

/** Starts the release's web services in its slot. Workers wait for the switch. */
export async function start(deploy: Deploy, release: Release): Promise<void> {
  const { config, runtime } = deploy
  await onHosts(deploy, (host) => {
    const placed = on(host, release)
    return runStage(
      host,
      {
        stage: 'start',
        libraries: [runtime.library, slotLibrary],
        calls: [
          call('refuse_live', placed.slot),
          call('slot_holds', placed.slot, placed.id),
          ...accessories(deploy, placed),
          call('begin', 'services'),
          ...runtime.checkImages(config.app, placed),
          ...runtime.start(placed.slot),
          call('ledger', eventFields('started', placed.id, { slot: placed.slot })),
          call('end'),
        ],
      },
      'See the lines above; the live slot was not touched. Mend it and deploy again.',
    )
  })
}
