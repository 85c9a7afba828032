import type { CommandContext } from '../github/command'
import type { CommonInputs } from '../github/inputs'
import { close, drop } from '../stages/open'
import { openHosts, readConfig } from './environment'

/** The end of a job: frees the lease, also when the run was cancelled. */
export async function run(context: CommandContext<CommonInputs>): Promise<void> {
  const deploy = await openHosts(context, await readConfig(context.inputs))
  try {
    await drop(deploy)
  } finally {
    await close(deploy)
  }
}
