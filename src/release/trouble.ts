/**
 * Something a person can mend. It names the thing, the cause and the fix, and is shown without a stack trace.
 * Whatever else is thrown is a bug of ours and is shown as one.
 */
export class Trouble extends Error {
  constructor(
    readonly thing: string,
    readonly cause_: string,
    readonly fix: string,
    /** Lines that help to see why (an application's log, the last answers); printed in a group, never in the annotation. */
    readonly details: readonly string[] = [],
  ) {
    super(`${thing}: ${cause_} ${fix}`.trim())
    this.name = 'Trouble'
  }
}
