import type { Call } from '../host/program'

/** A kind of database: backup, check and schema, as shell functions that every kind names alike. */
export interface DatabaseKind {
  /** `database_ready`, `database_dump`, `database_check`, `database_schema`. */
  readonly library: string
  /** Waits until the server takes connections. `seconds` is the host's own time. */
  ready(accessory: string, seconds: number): Call
  /** Dumps beside `file`; not yet a backup. */
  dump(accessory: string, file: string): Call
  /** Reads the dump whole; only then it is `file`, and in the ledger as the release's backup. */
  check(accessory: string, file: string, release: string): Call
  /** The end of a backup's file name. */
  readonly extension: string
  /** Environment that makes a client's statements give up on a lock after so many ms. */
  lockTimeout(ms: number): Readonly<Record<string, string>>
  /** What a person on the host types to put the backup back. */
  restoreCommand(app: string, accessory: string, file: string): string
}
