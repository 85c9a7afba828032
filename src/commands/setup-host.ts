import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { renderSetup } from '../stages/setup-host'
import { readConfig } from './environment'

/** Prints the program that prepares a host, to be run there as root. */
export async function run({ inputs }: CommandContext<InputsOf<'setup-host'>>): Promise<void> {
  const { deployKey } = inputs
  process.stdout.write(renderSetup(await readConfig(inputs), { ...(deployKey && { deployKey }) }))
}
