import type { DeployReport } from '../release/deploy-report'
import type { Reporter } from '../release/report'
import type { Outputs } from './outputs'
import type { RunIdentity } from './run'
import type { State } from './state'

/** All that a command gets. `Inputs` is what the action's reader in `inputs.ts` returns: typed, checked, masked. */
export interface CommandContext<Inputs> {
  readonly inputs: Inputs
  readonly run: RunIdentity
  readonly reporter: Reporter
  readonly outputs: Outputs
  /** Without what must not be seen, for text that goes where GitHub masks nothing. */
  hide(text: string): string
  /** Filled in as the command learns; `main` writes the job summary from it on every way out. */
  readonly report: DeployReport
  /** Kept for the `post` step. */
  readonly state: State
  /** Aborted when the run is cancelled; its reason is a `Trouble`. */
  readonly signal: AbortSignal
}

/** What each file in `src/commands/` exports. It throws `Trouble`, or what `main` shows as a bug. */
export interface Command<Inputs> {
  run(context: CommandContext<Inputs>): Promise<void>
}
