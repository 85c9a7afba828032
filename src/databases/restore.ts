import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../config/schema'
import { prelude } from '../host/libraries'
import { call, renderScript } from '../host/program'
import { quote } from '../host/quote'
import { type DatabaseKind, databaseAt, databaseLibrary, databaseReady, type Place } from './database'

const library = readFileSync(join(__dirname, 'database-restore.sh'), 'utf8')
const readySeconds = 10

/** Beside the dump: what a person on the host runs to put it back. */
export function restoreFile(dump: string, { extension }: Pick<DatabaseKind, 'extension'>): string {
  return `${dump.slice(0, -extension.length)}restore`
}

export function restoreCommand(dump: string, kind: Pick<DatabaseKind, 'extension'>): string {
  return `sh ${quote(restoreFile(dump, kind))}`
}

/**
 * The script in that file. It needs nothing of ours but what lies on the host, and holds no secret.
 *
 * @param when for people, as in `before v2.0-7`
 */
export function restoreScript(
  kind: DatabaseKind,
  database: Database,
  place: Place,
  dump: string,
  runtimeLibrary: string,
  when = `before ${place.release}`,
): string {
  const head = [
    `# Puts the database of ${place.app} back as it was ${when}, from the dump beside this file.`,
    '# Everything written since is lost. Run it with sh; nothing is asked.',
  ]
  return renderScript(
    [...head, prelude, runtimeLibrary, databaseLibrary, library],
    [
      call('restore_begin', place.base, place.app),
      databaseAt(kind, database, place),
      databaseReady(readySeconds),
      call('database_restore', dump, place.release),
    ],
  )
}
