import { type StageName, stageNames } from '../src/release/report'

export type PartName = StageName | 'build'

/** What comes before the first stage is the build; a rollback has none. */
export const partsOf: Readonly<Record<'deploy' | 'rollback', readonly PartName[]>> = {
  deploy: ['build', ...stageNames],
  rollback: ['start', 'gate', 'switch', 'drain'],
}

export interface StageEvent {
  stage: StageName
  kind: 'begin' | 'done' | 'skipped' | 'failed'
}

const marks: Readonly<Record<string, StageEvent['kind']>> = { '✓': 'done', '–': 'skipped', '✗': 'failed' }

/** What a line of an action's log says about its stages, if anything. */
export function readStageLine(line: string): StageEvent | undefined {
  const begin = /^::group::(\w+)$/.exec(line)
  const end = /^([✓–✗]) (\w+) +\d/.exec(line)
  const name = begin?.[1] ?? end?.[2]
  const stage = stageNames.find((each) => each === name)
  return stage && { stage, kind: begin ? 'begin' : marks[end![1]!]! }
}
