import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../host/program'
import { releasesToKeep } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import { type Deploy, onHosts, runStage } from './deploy'

const library = readFileSync(join(__dirname, 'retire.sh'), 'utf8')
const keptRuns = 40

/**
 * Ends a deploy: the old release stays warm or stops, and what nobody can want back is removed. The deploy is over
 * whatever happens here, so trouble is a warning.
 */
export async function retire(
  deploy: Deploy,
  release: Release,
  old: { slot: Slot; release: string } | undefined,
): Promise<void> {
  const { config, runtime, reporter } = deploy
  await onHosts(deploy, async (host) => {
    const { history, releases } = await host.refresh()
    const keep = releasesToKeep(history, [releases.blue, releases.green, release.id], config.retire.keep)
    try {
      await runStage(
        host,
        {
          stage: 'retire',
          libraries: [runtime.library, library],
          calls: [
            call('ledger', eventFields('finished', release.id)),
            ...(old && config.retire.previous === 'stopped'
              ? [call('begin', 'stop old'), ...runtime.stop(old.slot), call('end')]
              : []),
            call('begin', 'prune'),
            call('prune_releases', ...keep),
            call('prune_runs', String(keptRuns)),
            call('end'),
          ],
        },
        'Nothing has to be done; the next deploy tries again.',
      )
    } catch (error) {
      reporter.warning(
        `${host.name}: the deploy is complete, but tidying up failed: ${error instanceof Error ? error.message : error}`,
      )
    }
  })
}
