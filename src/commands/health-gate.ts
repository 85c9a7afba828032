import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { Trouble } from '../release/trouble'

export async function run(context: CommandContext<InputsOf<'health-gate'>>): Promise<void> {
  void context.inputs
  throw new Trouble('health-gate', 'is not written yet.', 'Wait for it.')
}
