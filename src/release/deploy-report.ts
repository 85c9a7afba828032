import type { Checked } from './check-up'
import type { DeployPlan } from './deploy-plan'
import type { Finding } from './findings'
import type { StageName } from './report'
import type { Slot } from './slot'

/** How one stage ended, over all hosts. */
export interface StageReport {
  readonly stage: StageName
  /** Wall time on the runner, in milliseconds. */
  readonly ms: number
  readonly outcome: 'done' | 'skipped' | 'failed'
  readonly note?: string
}

/** One of several hosts, as it was when the run last asked or changed it. */
export interface HostReport {
  readonly host: string
  /** What takes traffic there; absent where nothing does. */
  readonly live?: { readonly slot: Slot; readonly version: string } | 'unknown'
  /** How long its own switch took, in milliseconds. */
  readonly switchMs?: number
}

/** What was changed on a host, or in a plan what would be: one line each. */
export interface HostChanges {
  readonly host: string
  readonly changes: readonly string[]
}

/** Why a run failed, as its summary shows it: the parts of a `Trouble`. */
export interface FailureReport {
  readonly thing: string
  readonly cause: string
  readonly fix: string
  /** The last lines of the log that shows why; whoever renders them cuts and escapes them. */
  readonly log: readonly string[]
}

/**
 * What one run did, as far as it is known. It starts nearly empty, the command fills it in as it learns, and it is
 * written on every way out, so that a run that fails early has a summary too.
 */
export interface DeployReport {
  /** What was asked for, in a word or two: `Deploy`, `Rollback`, `Health gate`. */
  readonly title: string
  /** Nothing was changed: the run only says what it would do. */
  plan?: true
  /** Of a deploy. */
  planned?: DeployPlan
  app?: string
  environment?: string
  hosts: string[]
  /** Where there are several of them. */
  perHost?: readonly HostReport[]
  /** The version that was live before the run; absent on a first deploy. */
  from?: string
  /** The version this run is about. */
  to?: string
  /** Their commits: hex digits. */
  fromCommit?: string
  toCommit?: string
  release?: string
  /** What takes traffic when the run ends, as far as the run knows. */
  live?: { readonly slot: Slot; readonly version: string }
  /** Of a set-up: one for each host. */
  changes?: readonly HostChanges[]
  /** What was moved to all hosts together, and what the images weigh in all, in bytes. */
  moved?: { readonly bytes: number; readonly ofBytes?: number }
  /** How long the switch itself took, in milliseconds. */
  switchMs?: number
  backup?: string
  /** Of a look at the running app. */
  checks?: readonly Checked[]
  /** Known vulnerabilities, the worst first; empty when none was found. */
  findings?: readonly Finding[]
  /** Written by the reporter as stages end. */
  stages: StageReport[]
  /** Trouble that did not fail the run. */
  warnings: string[]
  failure?: FailureReport
  runUrl?: string
}
