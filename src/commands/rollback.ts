import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { take } from '../stages/open'
import { rollback } from '../stages/rollback'
import { readConfig, withHosts } from './environment'

export async function run(context: CommandContext<InputsOf<'rollback'>>): Promise<void> {
  const { inputs, outputs } = context
  const config = await readConfig(inputs)
  await withHosts(context, config, false, async (deploy) => {
    const undone = await take(deploy)
    const release = await rollback(deploy, { to: inputs.to, reason: inputs.reason, undone })
    outputs.set('release', release.id)
    outputs.set('slot', release.slot)
  })
}
