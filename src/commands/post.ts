import type { CommandContext } from '../github/command'
import type { CommonInputs } from '../github/inputs'

export async function run(context: CommandContext<CommonInputs>): Promise<void> {
  void context.inputs
}
