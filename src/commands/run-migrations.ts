import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { backupAndMigrate } from '../stages/chain'
import { findShipped } from '../stages/find'
import { take } from '../stages/open'
import { refuseOlderRun } from '../stages/preflight'
import { readConfig, withHosts } from './environment'

export async function run(context: CommandContext<InputsOf<'run-migrations'>>): Promise<void> {
  const { inputs, outputs, report } = context
  const config = await readConfig(inputs)
  await withHosts(context, config, true, async (deploy) => {
    await take(deploy)
    refuseOlderRun(deploy, context.run.id)
    const release = findShipped(deploy, context.run.id, inputs.release)
    report.release = release.id
    report.to = release.version
    const { backup, ran } = await backupAndMigrate(deploy, release)
    outputs.set('backup', backup)
    outputs.set('ran', String(ran))
  })
}
