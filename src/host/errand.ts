import { randomBytes } from 'node:crypto'
import type { Reporter } from '../release/report'
import type { Connection } from './connection'
import { detachLibrary, errandLibrary, prelude } from './libraries'
import { type Call, call, renderProgram } from './program'
import { type Outcome, Reading } from './reading'

/** What root does on a host, outside of any app's lease. */
export interface Errand {
  /** Shell functions of the calls. Which sets a trap of its own for the end has it call `errand_exit STATUS`. */
  readonly libraries: readonly string[]
  readonly calls: readonly Call[]
}

export interface ErrandOutcome extends Outcome {
  /** All that it told, in order: a name may come many times. */
  readonly told: readonly { readonly name: string; readonly value: unknown }[]
}

/**
 * Runs a program as root, in one channel: directly, or through sudo without a password. It goes on when the connection is
 * lost.
 *
 * @throws {HostFailure} when the program says why it failed; its code is `no-sudo` where it did not even begin.
 */
export async function runErrand(
  connection: Connection,
  reporter: Reporter,
  errand: Errand,
): Promise<ErrandOutcome> {
  const nonce = randomBytes(12).toString('hex')
  const reading = new Reading(connection.name, nonce, reporter)
  const told: { name: string; value: unknown }[] = []
  const { code } = await connection.run(renderErrand(nonce, errand), (line, stream) => {
    const fact = reading.take(line, stream)
    if (fact) told.push({ name: fact.name, value: fact.value })
  })
  return { ...reading.end(code), told }
}

/** The program for the user who comes in; in it the one for root; in that the one that runs apart. */
export function renderErrand(nonce: string, { libraries, calls }: Errand): string {
  const folder = `/run/kawasemi-errands/${nonce}`
  const apart = renderProgram(
    [prelude, detachLibrary, errandLibrary, ...libraries],
    [call('errand_begin', nonce, folder), ...calls],
  )
  const asRoot = renderProgram([detachLibrary, errandLibrary], [call('run_errand', folder, apart)])
  return renderProgram([prelude, errandLibrary], [call('send_errand', nonce, folder, asRoot)])
}
