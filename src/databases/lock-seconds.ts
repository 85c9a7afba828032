/**
 * No client of MySQL or SQLite reads its lock timeout from the environment, and nobody else can set it for a session
 * that the migration opens. So the migration is told, in whole seconds, and has to do it: `SET lock_wait_timeout` or
 * SQLite's busy timeout.
 */
export function lockSeconds(ms: number): Readonly<Record<string, string>> {
  return { KAWASEMI_LOCK_TIMEOUT: String(Math.max(1, Math.round(ms / 1000))) }
}
