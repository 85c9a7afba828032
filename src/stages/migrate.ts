import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../config/schema'
import {
  type DatabaseKind,
  databaseAt,
  databaseCheck,
  databaseDump,
  databaseLibrary,
  databaseReady,
  databaseRoom,
  type Place,
} from '../databases/database'
import { databaseKinds } from '../databases/kinds'
import { restoreCommand, restoreFile, restoreScript } from '../databases/restore'
import { countOf, fieldsOf } from '../host/fact'
import { type Call, call } from '../host/program'
import { HostFailure } from '../host/session'
import { imageTag } from '../images/names'
import { backupOf, interruptedMigration } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { type Deploy, explain, runStage } from './deploy'
import { accessories } from './start'

const library = readFileSync(join(__dirname, 'migrate.sh'), 'utf8')

/** Seconds a database gets to take connections, right after its server was started. */
const startSeconds = 60

export interface Backup {
  readonly file: string
  readonly bytes: number
}

/** The release's database, and where the programs of a stage find it. */
export interface Found {
  readonly database: Database
  readonly kind: DatabaseKind
  readonly place: Place
}

export function databaseOf({ config }: Deploy, release: Release): Found | undefined {
  const { app, base, database, migrations } = config
  if (!database) return undefined
  const place = { app, base, release: release.id }
  return {
    database,
    kind: databaseKinds[database.kind],
    // A file in a volume is read by the image that knows it.
    place: migrations ? { ...place, image: imageTag(app, migrations.service, release.id) } : place,
  }
}

/** @param seconds it has to take connections. */
export function readyCalls({ database, kind, place }: Found, seconds: number): Call[] {
  return [call('begin', 'database'), databaseAt(kind, database, place), databaseReady(seconds), call('end')]
}

/** The accessories are started, the database is dumped and the dump read back. Nothing of the app is touched. */
export async function backup(deploy: Deploy, release: Release): Promise<Backup | undefined> {
  const { config, runtime } = deploy
  const host = deploy.hosts[0]!
  const found = databaseOf(deploy, release)
  const wanted = config.backup === 'on' ? found : undefined
  // The token keeps a second backup of the same release from replacing the first.
  const file = `${host.base}/backups/${release.id}.${host.token}.${found?.kind.extension}`
  const outcome = await runStage(
    host,
    {
      stage: 'backup',
      libraries: [runtime.library, databaseLibrary, library],
      calls: [
        ...accessories(deploy, release),
        ...(found ? [...readyCalls(found, startSeconds), databaseRoom()] : []),
        ...(wanted
          ? dumpCalls(wanted, file, runtime.library)
          : [call('ledger', eventFields('backup-off', release.id))]),
      ],
    },
    'Without a checked backup no migration runs. Mend the database or its disk, then run this again.',
  )
  if (!wanted) return undefined
  deploy.report.backup = file
  return { file, bytes: countOf(fieldsOf(outcome.facts.get('backup')).bytes) ?? 0 }
}

/** @param when what the restore script says of the dump, where it is not the one before the release */
export function dumpCalls(
  { database, kind, place }: Found,
  file: string,
  runtimeLibrary: string,
  when?: string,
): Call[] {
  const script = restoreScript(kind, database, place, file, runtimeLibrary, when)
  return [
    call('begin', 'dump'),
    databaseDump(file),
    call('end'),
    call('begin', 'check'),
    // Before the ledger says that there is a backup, there is a way back to it.
    call('put', restoreFile(file, kind), '0600', script),
    databaseCheck(file, place.release),
    call('end'),
  ]
}

/** Runs the migration command once, in the new release's image. Traffic is not touched, however it ends. */
export async function migrate(deploy: Deploy, release: Release): Promise<{ changed: boolean }> {
  const { config, runtime, reporter } = deploy
  const host = deploy.hosts[0]!
  const { migrations } = config
  if (!migrations) return { changed: false }
  const { history } = await host.refresh()
  requireBackup(deploy, release)
  const halfDone = interruptedMigration(history)
  if (halfDone)
    reporter.warning(
      `The migration of ${halfDone} was cut off before it ended; the schema may be half changed. The command runs again now.`,
    )
  const found = databaseOf(deploy, release)
  const [oneOff] = runtime.oneOff(release.slot, {
    service: migrations.service,
    name: 'migrate',
    command: migrations.command,
    timeout: migrations.timeout,
    env: found ? found.kind.lockTimeout(migrations.lockTimeout) : {},
  })
  try {
    const outcome = await host.run({
      stage: 'migrate',
      libraries: [runtime.library, databaseLibrary, library],
      calls: [
        ...(found ? readyCalls(found, startSeconds) : []),
        call('begin', 'migrate'),
        call('migration', release.id, found?.kind.title ?? '', oneOff!.name, ...oneOff!.args),
        call('end'),
      ],
    })
    return { changed: outcome.facts.get('schema-changed') === true }
  } catch (error) {
    throw error instanceof HostFailure ? explainMigration(deploy, release, error) : error
  }
}

/** No migration before a checked backup is in the ledger, unless there is no database or the config says so. */
function requireBackup({ config, hosts }: Deploy, release: Release): void {
  if (!config.database || config.backup === 'off') return
  if (backupOf(hosts[0]!.facts.history, release.id)) return
  throw new Trouble(
    hosts[0]!.name,
    `the ledger knows no checked backup for ${release.id}.`,
    'Run run-migrations: it makes the backup first.',
  )
}

/** Failures after which the command has run, at least in part. */
const migrationEnds = new Set(['migration', 'timeout', 'once-failed'])

function explainMigration(deploy: Deploy, release: Release, failure: HostFailure): Trouble {
  if (!migrationEnds.has(failure.code)) return explain(failure, 'See the lines above.')
  const { config, hosts } = deploy
  const changed = failure.outcome.facts.get('schema-changed') !== false
  const kind = config.database && databaseKinds[config.database.kind]
  const made = backupOf(hosts[0]!.facts.history, release.id)
  const restore =
    kind && made && (changed || !kind.transactional)
      ? ` To put the database back as it was before (what was written since is lost), on ${failure.host}: ${restoreCommand(made.file, kind)}`
      : ''
  return new Trouble(
    `Migration of ${release.version}`,
    `\`${config.migrations?.command.join(' ')}\` ${failure.message}. Traffic was not touched.${kind ? stateOf(kind, changed) : ''}`,
    `Mend the migration and deploy again.${restore}`,
    failure.outcome.printed,
  )
}

/** What became of the schema, as far as it can be known. */
function stateOf({ transactional, title }: DatabaseKind, changed: boolean): string {
  if (changed) {
    const why = transactional ? '' : `: ${title} does not take a schema change back when a later one fails`
    return ` The schema was changed in part and stays so${why}.`
  }
  return transactional
    ? ' The schema is as it was: the database took the change back.'
    : ' The schema is as it was; rows that the migration changed before it failed may have stayed changed.'
}
