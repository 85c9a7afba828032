import type { CommandContext } from '../github/command'
import type { CommonInputs } from '../github/inputs'
import { systemClock } from '../stages/clock'
import { close, drop, open } from '../stages/open'
import { ownerOf, readConfig } from './environment'

/** The end of a job: frees the lease, also when the run was cancelled. */
export async function run({
  inputs,
  run,
  reporter,
  report,
  signal,
}: CommandContext<CommonInputs>): Promise<void> {
  const config = await readConfig(inputs)
  const deploy = await open({
    config,
    ssh: inputs.ssh,
    owner: ownerOf(run),
    reporter,
    report,
    signal,
    clock: systemClock,
  })
  try {
    await drop(deploy)
  } finally {
    await close(deploy)
  }
}
