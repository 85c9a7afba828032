import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { backupAndMigrate } from '../stages/chain'
import { withRelease } from './with-release'

export async function run(context: CommandContext<InputsOf<'run-migrations'>>): Promise<void> {
  await withRelease(context, true, async (deploy, release) => {
    const { backup, ran } = await backupAndMigrate(deploy, release)
    context.outputs.set('backup', backup)
    context.outputs.set('ran', String(ran))
  })
}
