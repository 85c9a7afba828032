import type { CommandContext } from '../github/command'
import type { HealthGateInputs, ProbeInputs, ReleaseInputs } from '../github/inputs'
import { startAndGate } from '../stages/chain'
import { findShipped } from '../stages/find'
import { take } from '../stages/open'
import { refuseOlderRun } from '../stages/preflight'
import { gateUrl } from '../stages/probe-url'
import { readConfig, withHosts } from './environment'

export async function run(context: CommandContext<HealthGateInputs>): Promise<void> {
  const { inputs, outputs } = context
  outputs.set('healthy', 'false')
  if (inputs.kind === 'url') await gateAddress(context, inputs)
  else await gateRelease({ ...context, inputs })
  outputs.set('healthy', 'true')
}

async function gateAddress(
  { outputs, report }: CommandContext<HealthGateInputs>,
  { url, health, gate }: ProbeInputs,
): Promise<void> {
  report.to = url
  outputs.set('report', (await gateUrl(url, health, gate)).join('\n'))
}

async function gateRelease(context: CommandContext<ReleaseInputs>): Promise<void> {
  const { inputs, outputs, report } = context
  const config = await readConfig(inputs)
  await withHosts(context, config, true, async (deploy) => {
    await take(deploy)
    refuseOlderRun(deploy, context.run.id)
    const release = findShipped(deploy, context.run.id, inputs.release)
    report.release = release.id
    report.to = release.version
    await startAndGate(deploy, release)
    outputs.set('report', `${release.id} is healthy in slot ${release.slot}`)
  })
}
