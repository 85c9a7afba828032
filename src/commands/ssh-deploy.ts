import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { deliver, preflight } from '../stages/deliver'
import { identityOf } from '../stages/identity'
import { liveRelease } from '../stages/live'
import { take } from '../stages/open'
import { readBuilt } from '../stages/project'
import { inWorkspace, readCheckout, readConfig, withHosts } from './environment'

export async function run(context: CommandContext<InputsOf<'ssh-deploy'>>): Promise<void> {
  const { inputs, outputs, report } = context
  const identity = identityOf(context.run, inputs.version ?? context.run.defaultVersion)
  report.to = identity.version
  report.toCommit = identity.commit
  report.release = identity.id
  const config = await readConfig(inputs)
  const project = await readCheckout(config, inputs)
  const layout = config.systemd ? undefined : await readBuilt(inWorkspace(inputs.layout), inputs.digests)
  const { pullFrom } = inputs
  const request = { identity, layout, ...(pullFrom && { pullFrom }) }
  await withHosts(context, config, true, async (deploy) => {
    preflight(deploy, request)
    await take(deploy)
    preflight(deploy, request)
    const before = liveRelease(deploy.hosts[0]!)?.id ?? ''
    const release = await deliver(deploy, project, request)
    outputs.set('release', release.id)
    outputs.set('slot', release.slot)
    outputs.set('previous-release', before === release.id ? '' : before)
  })
}
