import type { CommandContext } from '../github/command'
import type { ReleaseInputs } from '../github/inputs'
import type { Deploy } from '../stages/deploy'
import { findShipped } from '../stages/find'
import { take } from '../stages/open'
import { refuseOlderRun } from '../stages/preflight'
import { readConfig, withHosts } from './environment'

/** Takes the lease and goes on with the release that an earlier step or job of this run shipped. */
export async function withRelease(
  context: CommandContext<ReleaseInputs>,
  keepLease: boolean,
  work: (deploy: Deploy, shipped: ReturnType<typeof findShipped>) => Promise<void>,
): Promise<void> {
  const { inputs, report, run } = context
  await withHosts(context, await readConfig(inputs), keepLease, async (deploy) => {
    await take(deploy)
    refuseOlderRun(deploy, run.id)
    const shipped = findShipped(deploy, run.id, inputs.release)
    report.release = shipped.id
    report.to = shipped.version
    report.toCommit = shipped.commit
    await work(deploy, shipped)
  })
}
