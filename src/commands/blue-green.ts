import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { isFinished, isLive, switchAndFinish } from '../stages/chain'
import { findShipped } from '../stages/find'
import { requireWarm } from '../stages/gate'
import { liveRelease } from '../stages/live'
import { take } from '../stages/open'
import { refuseOlderRun } from '../stages/preflight'
import { readConfig, siteUrl, withHosts } from './environment'

export async function run(context: CommandContext<InputsOf<'blue-green'>>): Promise<void> {
  const { inputs, outputs, report, reporter } = context
  const config = await readConfig(inputs)
  await withHosts(context, config, false, async (deploy) => {
    await take(deploy)
    refuseOlderRun(deploy, context.run.id)
    const release = findShipped(deploy, context.run.id, inputs.release)
    report.release = release.id
    report.to = release.version
    const before = liveRelease(deploy.hosts[0]!)?.id ?? ''
    outputs.set('previous-release', before === release.id ? '' : before)
    if (isFinished(deploy, release.id)) reporter.info(`${release.id} is live already; nothing is left to do`)
    else {
      if (!isLive(deploy, release.id)) await requireWarm(deploy, release)
      outputs.set('switch-ms', String((await switchAndFinish(deploy, release)).switchMs))
    }
    outputs.set('live-slot', release.slot)
    outputs.set('url', siteUrl(config))
  })
}
