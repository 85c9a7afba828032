import type { Config } from '../config/schema'
import { HostFailure, type HostSession, type Outcome, type StageProgram } from '../host/session'
import type { DeployReport } from '../release/deploy-report'
import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import type { Reporter, StageName } from '../release/report'
import { Trouble } from '../release/trouble'
import type { Runtime } from '../runtimes/runtime'

/** What every stage works on: one app in one environment, on its hosts. */
export interface Deploy {
  readonly config: Config
  readonly hosts: readonly HostSession[]
  readonly runtime: Runtime
  readonly reporter: Reporter
  readonly report: DeployReport
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** Time, so that tests need not wait for it. Milliseconds. */
export interface Clock {
  now(): number
  wait(ms: number): Promise<void>
}

/** Runs one stage and tells how long it took and how it ended. */
export async function stage<Result>(
  { reporter, clock, signal }: Deploy,
  name: StageName,
  work: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  reporter.stageBegin(name)
  const began = clock.now()
  try {
    const result = await work()
    reporter.stageEnd(name, clock.now() - began, 'done')
    return result
  } catch (error) {
    reporter.stageEnd(name, clock.now() - began, 'failed')
    throw error
  }
}

/** Says that a stage had nothing to do. */
export function skip({ reporter }: Deploy, name: StageName, why: string): void {
  reporter.stageBegin(name)
  reporter.stageEnd(name, 0, 'skipped', why)
}

/** The same work on every host at once. */
export function onHosts<Result>(
  deploy: Deploy,
  work: (host: HostSession) => Promise<Result>,
): Promise<Result[]> {
  return allOf(deploy.hosts.map(work))
}

/** Waits for all of them: what is under way on one host is not left alone because of another. The first trouble is thrown. */
export async function allOf<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  const ends = await Promise.allSettled(works)
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  return ends.map((end) => (end as PromiseFulfilledResult<Result>).value)
}

/** The release with the slot it has on this host: they need not be the same on all, since a host may have joined later. */
export function on(host: HostSession, release: Release): Release {
  const slot = findRelease(host.facts.history, release.id)?.slot
  return slot === undefined ? release : { ...release, slot }
}

/** Opens all of them or none: where one fails, those that did open are closed. The first trouble is thrown. */
export async function openAll<Opened extends { close(): Promise<unknown> }>(
  opening: readonly Promise<Opened>[],
): Promise<Opened[]> {
  const ends = await Promise.allSettled(opening)
  const opened = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
  const failed = ends.find((end) => end.status === 'rejected')
  if (!failed) return opened
  await Promise.all(opened.map((each) => each.close()))
  throw failed.reason
}

/** Runs a program and turns what it says into trouble with the fix that belongs to the stage. */
export async function runStage(host: HostSession, program: StageProgram, fix: string): Promise<Outcome> {
  try {
    return await host.run(program)
  } catch (error) {
    throw error instanceof HostFailure ? explain(error, fix) : error
  }
}

export function explain(failure: HostFailure, fix: string): Trouble {
  const general = generalFixes[failure.code]
  return new Trouble(failure.host, `${failure.message}.`, general ?? fix, failure.outcome.printed)
}

/** Failures that any stage can meet. */
const generalFixes: Readonly<Record<string, string>> = {
  'lease-lost': 'Another run took this host over; see its log. Run this again when it has ended.',
  'lock-busy':
    'Wait for its end, then run this again; `lslocks` on the server shows whose process has its lease.lock.',
  'slot-is-live': 'Run the deploy again: it will choose the other slot.',
  'not-set-up': 'Run setup-host for this environment; see docs/setup-host.md.',
  program: 'See what the program printed; then run this again: it goes on where the ledger says it stopped.',
}

/** The release's version, for people. */
export function named(release: Release): string {
  return release.version
}
