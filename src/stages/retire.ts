import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, call } from '../host/program'
import { releasesToKeep } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Runtime } from '../runtimes/runtime'
import { type Deploy, runStage } from './deploy'
import type { HostSwitch } from './switch'

export const pruneLibrary = readFileSync(join(__dirname, 'retire.sh'), 'utf8')
const keptRuns = 40

/**
 * Ends a deploy: the old release stays warm or stops, and what nobody can want back is removed. The deploy is over
 * whatever happens here, so trouble is a warning.
 */
export async function retire(deploy: Deploy, switches: readonly HostSwitch[]): Promise<void> {
  await Promise.all(
    switches.map(async (each) => {
      try {
        await retireOn(deploy, each)
      } catch (error) {
        const why = error instanceof Error ? error.message : error
        deploy.reporter.warning(`${each.host.name}: the deploy is complete, but tidying up failed: ${why}`)
      }
    }),
  )
}

async function retireOn({ config, runtime }: Deploy, { host, release, from }: HostSwitch): Promise<void> {
  const { history, releases } = await host.refresh()
  const keep = releasesToKeep(history, [releases.blue, releases.green, release.id], config.retire.keep)
  await runStage(
    host,
    {
      stage: 'retire',
      libraries: [runtime.library, pruneLibrary],
      calls: [
        call('ledger', eventFields('finished', release.id)),
        ...(from && config.retire.previous === 'stopped'
          ? [call('begin', 'stop old'), ...runtime.stop(from.slot), call('end')]
          : []),
        ...pruneCalls(runtime, keep),
      ],
    },
    'Nothing has to be done; the next deploy tries again.',
  )
}

/** @param keep ids of the releases that stay */
export function pruneCalls(runtime: Runtime, keep: readonly string[]): Call[] {
  return [
    call('begin', 'prune'),
    call('prune_releases', ...keep),
    call('prune_runs', String(keptRuns)),
    ...runtime.tidy(),
    call('end'),
  ]
}
