import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { Trouble } from '../release/trouble'

export async function run(context: CommandContext<InputsOf<'run-migrations'>>): Promise<void> {
  void context.inputs
  throw new Trouble('run-migrations', 'is not written yet.', 'Wait for it.')
}
