import type { EventName, LedgerEvent } from './ledger'
import type { Release } from './release'

/** What the ledger's events mean. All functions are pure; events come oldest first. */
export type History = readonly LedgerEvent[]

/** The release as it was last shipped. */
export function findRelease(history: History, id: string): Release | undefined {
  const shipped = history.findLast((event) => event.event === 'shipped' && event.release === id)
  return shipped?.event === 'shipped' ? shipped.details : undefined
}

/** What takes an event of the same release back: an answer of the gate holds for what it asked, not for what came after. */
const undoneBy: Partial<Record<EventName, readonly EventName[]>> = {
  gated: ['started', 'gate-failed', 'bake-failed', 'taken-back'],
  'bake-failed': ['switching'],
  baked: ['bake-failed', 'taken-back', 'rolled-back'],
}

/** Since the release was last shipped: did this happen to it, and was it not undone since? */
export function hasHappened(history: History, id: string, name: EventName): boolean {
  const undoes = undoneBy[name] ?? []
  const last = history.findLast(
    ({ event, release }) =>
      release === id && (event === 'shipped' || event === name || undoes.includes(event)),
  )
  return last !== undefined && last.event === name
}

/** Releases that stood their bake, or whose deploy had none, oldest first, each once, without those that somebody rolled back from. */
export function goodReleases(history: History): readonly string[] {
  let good: string[] = []
  let before: string[] = []
  let tried = ''
  for (const event of history) {
    if (event.event === 'switching') {
      before = good
      tried = event.release
    }
    // Its switch is as if it had never been: a release that was good before it still is, another is not good by it. Where
    // one failed before its intent there is nothing to undo.
    if (event.event === 'taken-back' && event.release === tried) good = before
    if (event.event === 'baked' || event.event === 'finished')
      good = [...good.filter((id) => id !== event.release), event.release]
    if (event.event === 'bake-failed') good = good.filter((id) => id !== event.release)
    if (event.event === 'rolled-back') good = good.filter((id) => id !== event.release)
  }
  return good
}

/** The newest good release before the live one: what a rollback goes back to when it is not told. */
export function lastKnownGood(history: History, live: string): string | undefined {
  const good = goodReleases(history)
  const position = good.indexOf(live)
  return position < 0 ? good.at(-1) : good[position - 1]
}

export interface LastSwitch {
  /** 0 where no run ever switched. Of a switch by hand, the newest run that had begun here by then. */
  readonly run: number
  /** Whether it was a person, who has no run. */
  readonly byHand: boolean
}

/**
 * The last switch, forward or back: an older run must not switch over it. Where the host went down right after the rename,
 * the intent of what is live says whose that was.
 */
export function lastSwitch(history: History, live?: string): LastSwitch {
  const switches = history.filter(
    ({ event, release }) =>
      event === 'switched' || event === 'switched-back' || (event === 'switching' && release === live),
  )
  const runOf = ({ owner }: LedgerEvent) => Number.parseInt(owner, 10) || 0
  const last = switches.at(-1)
  if (!last) return { run: 0, byHand: false }
  const run = runOf(last)
  if (run > 0) return { run, byHand: false }
  // Also of runs that were cut off before they switched: a person went back in spite of them.
  const before = history.slice(0, history.indexOf(last))
  return { run: before.reduce((newest, event) => Math.max(newest, runOf(event)), 0), byHand: true }
}

/**
 * Whether an earlier attempt of this very job (`owner` is RUN/ATTEMPT/JOB) went back to what is live now; also where it was
 * cut off right after the rename, and the ledger has no more than its intent.
 */
export function wentBack(history: History, owner: string, live: string | undefined): boolean {
  const last = history.findLast(
    ({ event, release }) =>
      ['switched', 'switched-back', 'rolled-back', 'finished'].includes(event) ||
      (event === 'switching' && release === live),
  )
  if (!last || !isEarlierAttempt(last.owner, owner)) return false
  if (last.event === 'rolled-back') return true
  if (last.event !== 'switching' && last.event !== 'switched') return false
  // A job may deploy and, where that turns out badly, go back: what its own run deployed is not what it went back to.
  const run = findRelease(history, last.release)?.run
  return last.release === live && run !== undefined && run !== Number.parseInt(owner, 10)
}

/** The release that an earlier attempt of this very job left, by the last of its switches to `live`. */
export function leftBy(history: History, owner: string, live: string): string | undefined {
  const away = history.findLast(
    (event) =>
      event.event === 'switching' &&
      event.release === live &&
      event.from !== '' &&
      isEarlierAttempt(event.owner, owner),
  )
  return away?.event === 'switching' ? away.from : undefined
}

function isEarlierAttempt(one: string, owner: string): boolean {
  const [run, attempt, job] = owner.split('/')
  const [oneRun, oneAttempt, oneJob] = one.split('/')
  return run === oneRun && job === oneJob && Number(oneAttempt) < Number(attempt)
}

/** Whether the release was live until somebody switched away from it who then did not wait for its connections to end. */
export function isDraining(history: History, id: string): boolean {
  const last = history.findLast(
    (event) =>
      (event.event === 'drained' && event.release === id) ||
      (event.event === 'switched' && (event.release === id || event.from === id)),
  )
  return last?.event === 'switched' && last.from === id
}

/** The checked backup of the release, if there is one. */
export function backupOf(history: History, id: string): { file: string; bytes: number } | undefined {
  const found = history.findLast((event) => event.event === 'backed-up' && event.release === id)
  return found?.event === 'backed-up' ? { file: found.file, bytes: found.bytes } : undefined
}

/** Releases whose migrations changed the schema since `id` last was live or was shipped: old code would meet new schema. */
export function schemaChangesSince(history: History, id: string): readonly string[] {
  // The first time: when it is shipped again to go back to it, it knows no more than before.
  const shipped = history.findIndex((event) => event.event === 'shipped' && event.release === id)
  const own = history.findLastIndex((event) => event.event === 'migrated' && event.release === id)
  const changes = history
    .slice(Math.max(shipped, own) + 1)
    .filter(
      (event) =>
        (event.event === 'migrated' && event.schema !== event.schemaBefore) ||
        (event.event === 'migration-failed' && event.schemaChanged),
    )
  return [...new Set(changes.map((event) => event.release))]
}

/** Without the migrations that somebody took back by hand: those since the backup was made that was put back. */
export function withoutRestored(history: History): History {
  let events: readonly LedgerEvent[] = []
  for (const event of history) {
    if (event.event === 'restored') {
      const made = events.findLastIndex(
        (each) =>
          each.event === 'backed-up' &&
          (event.file === '' ? each.release === event.release : each.file === event.file),
      )
      events = events.filter((each, index) => made < 0 || index < made || !migrationEvents.has(each.event))
    }
    events = [...events, event]
  }
  return events
}

const migrationEvents: ReadonlySet<EventName> = new Set(['migrating', 'migrated', 'migration-failed'])

/** A migration that began and of which no end is known: the schema may be half changed. */
export function interruptedMigration(history: History): string | undefined {
  const last = history.findLast(({ event }) => migrationEvents.has(event))
  return last?.event === 'migrating' ? last.release : undefined
}

/**
 * Releases that stay on a host: those in use, the newest `keep` good ones, the one that was shipped last, and those of
 * the same time whose migration ended half-way, since their backup is the last one of a whole database.
 */
export function releasesToKeep(history: History, inUse: readonly string[], keep: number): readonly string[] {
  const newest = history.findLast((event) => event.event === 'shipped')?.release
  const good = goodReleases(history).slice(-keep)
  const since = history.findIndex(({ event, release }) => event === 'shipped' && release === good[0])
  const halfDone = history
    .slice(Math.max(0, since))
    .filter((event) => event.event === 'migration-failed' && event.schemaChanged)
    .map(({ release }) => release)
  return [...new Set([...inUse, ...good, ...halfDone, ...(newest ? [newest] : [])])].filter((id) => id !== '')
}
