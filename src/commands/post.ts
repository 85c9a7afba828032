import type { CommandContext } from '../github/command'
import type { CommonInputs } from '../github/inputs'
import { close, drop } from '../stages/open'
import { openHosts, readConfig } from './environment'
import { closeRecord } from './record'

/** The end of a job: closes the record and frees the lease, also when the run was cancelled. */
export async function run(context: CommandContext<CommonInputs>): Promise<void> {
  await closeRecord(context)
  if (context.state.get('lease') === '') return
  const deploy = await openHosts(context, await readConfig(context.inputs))
  try {
    await drop(deploy)
  } finally {
    await close(deploy)
  }
}
