import { call } from '../host/program'
import type { HostSession } from '../host/session'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { planRollback } from '../release/rollback'
import { otherSlot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { startAndGate } from './chain'
import { type Deploy, onHosts, runStage, skip, stage } from './deploy'
import { drain } from './drain'
import { isWarm } from './gate'
import { slotLibrary } from './start'
import { type Switched, switchTo } from './switch'

/**
 * Goes back to an earlier release: at once where it still runs in the other slot, else it is started and gated first.
 *
 * @throws {Trouble} when there is nothing to go back to.
 */
export async function rollback(
  deploy: Deploy,
  options: { to: string | undefined; reason: string | undefined },
): Promise<{ release: Release; switched: Switched }> {
  const { reporter, report, config } = deploy
  const host = deploy.hosts[0]!
  const { live, releases, history, present } = host.facts
  if (!live) throw new Trouble(host.name, 'nothing is live there.', 'Deploy a version first.')
  const { target, schemaChangedBy } = planRollback(history, releases[live], present, options.to)
  const release = { ...target, slot: otherSlot(live) }
  report.to = release.version
  report.release = release.id
  if (schemaChangedBy.length > 0) {
    reporter.warning(
      `${release.version} will meet a database schema that it does not know: ${schemaChangedBy.join(', ')} migrated it since. A database is never restored by itself; the backups are in ${config.base}/backups.`,
    )
  }
  await bringUp(deploy, host, release)
  const rolledBack = call(
    'ledger',
    eventFields('rolled-back', releases[live], { to: release.id, reason: options.reason ?? '' }),
  )
  const switched = await stage(deploy, 'switch', () =>
    switchTo(deploy, release, { bake: false, also: [rolledBack] }),
  )
  if (switched.from) await stage(deploy, 'drain', () => drain(deploy, switched.from!))
  return { release, switched }
}

async function bringUp(deploy: Deploy, host: HostSession, release: Release): Promise<void> {
  const { facts } = host
  if (facts.releases[release.slot] === release.id && (await isWarm(deploy, host, release.slot))) {
    skip(deploy, 'start', 'still running')
    skip(deploy, 'gate', 'one healthy answer of each service')
    return
  }
  await onHosts(deploy, (each) =>
    runStage(
      each,
      {
        stage: 'point',
        libraries: [deploy.runtime.library, slotLibrary],
        calls: [
          ...deploy.runtime.checkImages(deploy.config.app, release),
          call('slot_point', release.slot, release.id),
          call('ledger', eventFields('started', release.id, { slot: release.slot })),
        ],
      },
      'Deploy its version again.',
    ),
  )
  await startAndGate(deploy, release)
}
