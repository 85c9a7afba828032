import type { Changed, DeployPlan, ReleaseChanges, StagePlan } from '../release/deploy-plan'
import { code, inline } from './markdown'
import { table } from './table'

/** What would be other than now and what a deploy would do, as Markdown. */
export function planText({ stages, changes }: DeployPlan): string[] {
  return [
    ...changes.map((each) => {
      const where = changes.length > 1 ? `On ${each.hosts.map((host) => code(host)).join(', ')}:\n\n` : ''
      return where + changesTable(each)
    }),
    stagesTable(stages),
  ]
}

function stagesTable(stages: readonly StagePlan[]): string {
  const rows = stages.map(({ stage, does, skipped }) => [
    stage,
    (skipped ? '➖ ' : '') + does.map((line) => inline(line, 400)).join('<br>'),
  ])
  return table(['Stage', 'Would do'], [':--', ':--'], rows)
}

function changesTable({ env, settings, files }: ReleaseChanges): string {
  const rows = [
    ['Environment variables', env],
    ['Settings', settings],
    ['Files', files],
  ] as const
  const differing = rows.filter(
    ([, { added, changed, removed }]) => added.length + changed.length + removed.length > 0,
  )
  if (differing.length === 0) return 'Environment variables and settings are those of the live release.'
  return table(
    ['Other than live', 'Added', 'Changed', 'Removed'],
    [':--', ':--', ':--', ':--'],
    differing.map(([what, changed]) => [what, ...kinds.map((kind) => names(changed[kind]))]),
  )
}

const kinds = ['added', 'changed', 'removed'] as const satisfies (keyof Changed)[]

const mostNames = 40

function names(all: readonly string[]): string {
  const shown = all.slice(0, mostNames).map((name) => code(name, 100))
  return [...shown, ...(all.length > mostNames ? [`and ${all.length - mostNames} more`] : [])].join(', ')
}
