import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { Trouble } from '../release/trouble'

export async function run(context: CommandContext<InputsOf<'rollback'>>): Promise<void> {
  void context.inputs
  throw new Trouble('rollback', 'is not written yet.', 'Wait for it.')
}
