import {
  type Changed,
  type DeployPlan,
  type ReleaseChanges,
  type StagePlan,
  unchanged,
} from '../release/deploy-plan'
import { code, inline } from './markdown'
import { table } from './table'

/** What would be other than now and what a deploy would do, as Markdown. */
export function planText({ stages, config = unchanged, changes }: DeployPlan): string[] {
  const ofConfig: Row[] = [['Keys of kawasemi.yml', config]]
  const [first, ...others] = changes.map(rowsOf)
  if (first && others.length === 0) return [changesTable([...ofConfig, ...first]), stagesTable(stages)]
  return [
    isSame(ofConfig) ? '' : changesTable(ofConfig),
    ...changes.map(
      (each) => `On ${each.hosts.map((host) => code(host)).join(', ')}:\n\n${changesTable(rowsOf(each))}`,
    ),
    stagesTable(stages),
  ]
}

type Row = readonly [what: string, changed: Changed]

function rowsOf({ env, settings, files }: ReleaseChanges): Row[] {
  return [
    ['Environment variables', env],
    ['Settings', settings],
    ['Files', files],
  ]
}

function isSame(rows: readonly Row[]): boolean {
  return rows.every(([, { added, changed, removed }]) => added.length + changed.length + removed.length === 0)
}

function stagesTable(stages: readonly StagePlan[]): string {
  const rows = stages.map(({ stage, does, skipped }) => [
    stage,
    (skipped ? '➖ ' : '') + does.map((line) => inline(line, 400)).join('<br>'),
  ])
  return table(['Stage', 'Would do'], [':--', ':--'], rows)
}

function changesTable(rows: readonly Row[]): string {
  if (isSame(rows)) return 'Environment variables and settings are those of the live release.'
  return table(
    ['Other than live', 'Added', 'Changed', 'Removed'],
    [':--', ':--', ':--', ':--'],
    rows
      .filter((row) => !isSame([row]))
      .map(([what, changed]) => [what, ...kinds.map((kind) => names(changed[kind]))]),
  )
}

const kinds = ['added', 'changed', 'removed'] as const satisfies (keyof Changed)[]

const mostNames = 40

function names(all: readonly string[]): string {
  const shown = all.slice(0, mostNames).map((name) => code(name, 100))
  return [...shown, ...(all.length > mostNames ? [`and ${all.length - mostNames} more`] : [])].join(', ')
}
