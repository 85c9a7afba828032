import type { CommandContext } from '../github/command'
import type { HealthGateInputs, ProbeInputs, ReleaseInputs } from '../github/inputs'
import { startAndGate } from '../stages/chain'
import { gateUrl } from '../stages/probe-url'
import { withRelease } from './with-release'

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
  await withRelease(context, true, async (deploy, release) => {
    await startAndGate(deploy, release)
    context.outputs.set('report', `${release.id} is healthy in slot ${release.slot}`)
  })
}
