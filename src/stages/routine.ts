import { databaseLibrary } from '../databases/database'
import { countOf, fieldsOf } from '../host/fact'
import { call } from '../host/program'
import type { HostSession } from '../host/session'
import type { Checked, Limits } from '../release/check-up'
import { type History, releasesToKeep } from '../release/history'
import type { LedgerEvent } from '../release/ledger'
import type { Release } from '../release/release'
import { type Deploy, runStage } from './deploy'
import { databaseOf, dumpCalls, readyCalls } from './migrate'
import { pruneCalls, pruneLibrary } from './retire'

/* What is done with a running app from time to time, apart from deploys. The lease is held meanwhile. */

/** Seconds a database that runs may take to let us in. */
const readySeconds = 15
const hour = 60 * 60 * 1000

type BackedUp = Extract<LedgerEvent, { event: 'backed-up' }>

/**
 * A checked backup as deploys make them, when the last one of these is old enough.
 *
 * @param now milliseconds since 1970
 * @returns nothing where the app has no database that is backed up
 */
export async function backUp(
  deploy: Deploy,
  host: HostSession,
  live: Release,
  { backupHours }: Limits,
  now: number,
): Promise<Checked | undefined> {
  const { config, runtime } = deploy
  const found = databaseOf(deploy, live)
  if (!found || config.backup === 'off') return undefined
  const checked = { check: 'backup', of: host.name } as const
  const last = lastScheduled(host.facts.history, host.base)
  const age = last && now - Date.parse(last.at)
  if (last && age! < backupHours * hour)
    return { ...checked, found: `made ${hoursOf(age!)} ago, ${megabytes(last.bytes)}` }
  const file = `${scheduledIn(host.base)}${host.token}.${found.kind.extension}`
  // Releases go and these backups stay: their scripts find the database by whatever is live then.
  const lasting = { ...found, place: { ...found.place, folder: 'live/release' } }
  const when = `on ${new Date(now).toISOString().slice(0, 16).replace('T', ' at ')} UTC`
  const { facts } = await runStage(
    host,
    {
      stage: 'backup',
      libraries: [runtime.library, databaseLibrary],
      calls: [...readyCalls(lasting, readySeconds), ...dumpCalls(lasting, file, runtime.library, when)],
    },
    'Mend the database or its disk; the next run tries again.',
  )
  return {
    ...checked,
    found: `made now and read back, ${megabytes(countOf(fieldsOf(facts.get('backup')).bytes) ?? 0)}: ${file}`,
  }
}

function scheduledIn(base: string): string {
  return `${base}/backups/scheduled.`
}

function lastScheduled(history: History, base: string): BackedUp | undefined {
  return history.findLast(
    (event): event is BackedUp => event.event === 'backed-up' && event.file.startsWith(scheduledIn(base)),
  )
}

/** Removes what nobody can want back. */
export async function prune(deploy: Deploy, host: HostSession, { keepBackups }: Limits): Promise<Checked> {
  const { config, runtime } = deploy
  const { history, releases, present } = host.facts
  const keep = releasesToKeep(history, Object.values(releases), config.retire.keep)
  await runStage(
    host,
    {
      stage: 'retire',
      libraries: [runtime.library, pruneLibrary],
      calls: [...pruneCalls(runtime, keep), call('prune_scheduled', String(keepBackups))],
    },
    'Nothing has to be done; the next run tries again.',
  )
  const removed = present.filter((id) => !keep.includes(id)).length
  const stay = present.length - removed
  return { check: 'prune', of: host.name, found: `releases: ${stay} kept, ${removed} removed` }
}

function hoursOf(ms: number): string {
  const hours = Math.max(0, ms) / hour
  return hours < 1 ? 'less than an hour' : `${Math.floor(hours)} h`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
