import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseKinds } from '../databases/kinds'
import { call } from '../host/program'
import { HostFailure } from '../host/session'
import { backupOf, interruptedMigration } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { type Deploy, explain, runStage } from './deploy'
import { accessories } from './start'

const library = readFileSync(join(__dirname, 'migrate.sh'), 'utf8')

/** Seconds a database gets to take connections, right after its server was started. */
const readySeconds = 60

export interface Backup {
  readonly file: string
  readonly bytes: number
}

/** The accessories are started, the database is dumped and the dump read back. Nothing of the app is touched. */
export async function backup(deploy: Deploy, release: Release): Promise<Backup | undefined> {
  const { config, runtime } = deploy
  const host = deploy.hosts[0]!
  const wanted = config.database && config.backup === 'on' ? config.database : undefined
  const kind = config.database && databaseKinds[config.database.kind]
  const ready =
    config.database && kind
      ? [call('begin', 'database'), kind.ready(config.database.accessory, readySeconds), call('end')]
      : []
  // The token keeps a second backup of the same release from replacing the first.
  const file = `${host.base}/backups/${release.id}.${host.token}.${kind?.extension}`
  const dump =
    wanted && kind
      ? [
          call('begin', 'dump'),
          kind.dump(wanted.accessory, file),
          call('end'),
          call('begin', 'check'),
          kind.check(wanted.accessory, file, release.id),
          call('end'),
        ]
      : [call('ledger', eventFields('backup-off', release.id))]
  const outcome = await runStage(
    host,
    {
      stage: 'backup',
      libraries: [runtime.library, kind?.library ?? '', library],
      calls: [...accessories(deploy, release), ...ready, ...dump],
    },
    'Without a checked backup no migration runs. Mend the database or its disk, then run this again.',
  )
  if (!wanted) return undefined
  const made = outcome.facts.get('backup') as { bytes?: unknown } | undefined
  deploy.report.backup = file
  return { file, bytes: Number(made?.bytes) || 0 }
}

/** Runs the migration command once, in the new release's image. Traffic is not touched, however it ends. */
export async function migrate(deploy: Deploy, release: Release): Promise<{ changed: boolean }> {
  const { config, runtime, reporter } = deploy
  const host = deploy.hosts[0]!
  const { migrations, database } = config
  if (!migrations) return { changed: false }
  const { history } = await host.refresh()
  requireBackup(deploy, release)
  const halfDone = interruptedMigration(history)
  if (halfDone)
    reporter.warning(
      `The migration of ${halfDone} was cut off before it ended; the schema may be half changed. The command runs again now.`,
    )
  const kind = database && databaseKinds[database.kind]
  const [oneOff] = runtime.oneOff(release.slot, {
    service: migrations.service,
    name: 'migrate',
    command: migrations.command,
    timeout: migrations.timeout,
    env: kind ? kind.lockTimeout(migrations.lockTimeout) : {},
  })
  try {
    const outcome = await host.run({
      stage: 'migrate',
      libraries: [runtime.library, kind?.library ?? '', library],
      calls: [
        call('begin', 'migrate'),
        call('migration', release.id, database?.accessory ?? '', oneOff!.name, ...oneOff!.args),
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
  const { migrations, database } = config
  const changed = failure.outcome.facts.get('schema-changed') !== false
  const state = !database
    ? ''
    : changed
      ? ' The schema was changed in part and stays so.'
      : ' The schema is as it was: the database took the change back.'
  const made = backupOf(hosts[0]!.facts.history, release.id)
  const restore =
    changed && made && database
      ? ` To put the database back as it was before, on ${failure.host}: ${databaseKinds[database.kind].restoreCommand(config.app, database.accessory, made.file)}`
      : ''
  return new Trouble(
    `Migration of ${release.version}`,
    `\`${migrations?.command.join(' ')}\` ${failure.message}. Traffic was not touched.${state}`,
    `Mend the migration and deploy again.${restore}`,
    failure.outcome.printed,
  )
}
