import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { switchAndFinish } from '../stages/chain'
import { requireWarm } from '../stages/gate'
import { isFinished, isLive, liveRelease } from '../stages/live'
import { siteUrl } from './environment'
import { withRecord } from './record'
import { withRelease } from './with-release'

export async function run(context: CommandContext<InputsOf<'blue-green'>>): Promise<void> {
  const { outputs, reporter } = context
  await withRelease(context, false, async (deploy, release) => {
    const before = liveRelease(deploy.hosts[0]!)?.id ?? ''
    outputs.set('previous-release', before === release.id ? '' : before)
    if (isFinished(deploy, release.id)) reporter.info(`${release.id} is live already; nothing is left to do`)
    else {
      await withRecord(context, deploy.config, 'deploy', release, async () => {
        if (!isLive(deploy, release.id)) await requireWarm(deploy, release)
        outputs.set('switch-ms', String((await switchAndFinish(deploy, release)).switchMs))
      })
    }
    outputs.set('live-slot', release.slot)
    outputs.set('url', siteUrl(deploy.config))
  })
}
