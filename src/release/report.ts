/** The stages of a deploy, in their order. */
export const stageNames = [
  'ship',
  'backup',
  'migrate',
  'start',
  'gate',
  'switch',
  'bake',
  'drain',
  'retire',
] as const
export type StageName = (typeof stageNames)[number]

/** What the stages tell whoever watches. The GitHub side prints it; tests and the demo collect it. */
export interface Reporter {
  /** A stage begins or ends on all hosts; `ms` is wall time on the runner. */
  stageBegin(stage: StageName): void
  stageEnd(stage: StageName, ms: number, outcome: 'done' | 'skipped' | 'failed', note?: string): void
  /** A step inside a stage's program on one host, from its record lines; `ms` is the host's own measure. */
  stepBegin(host: string, step: string): void
  stepEnd(host: string, step: string, ms: number): void
  /** A line of ours. */
  info(message: string): void
  /** Trouble that does not fail the run. One annotation each. */
  warning(message: string): void
  /** A line some program on the host or the runner printed: text, never a workflow command. */
  output(host: string, line: string): void
}
