import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { take } from '../stages/open'
import { planFor, rollback } from '../stages/rollback'
import { readConfig, siteUrl, withHosts } from './environment'
import { withRecord } from './record'

export async function run(context: CommandContext<InputsOf<'rollback'>>): Promise<void> {
  const { inputs, outputs, report, reporter } = context
  const config = await readConfig(inputs)
  await withHosts(context, config, false, async (deploy) => {
    outputs.set('url', siteUrl(config))
    if (inputs.mode === 'plan') {
      report.plan = true
      const { target, schemaChangedBy } = planFor(deploy, inputs.to)
      outputs.set('release', target.id)
      outputs.set('schema-changed-by', JSON.stringify(schemaChangedBy))
      reporter.info(`A rollback would go from ${report.from} to ${target.id}`)
      return
    }
    const undone = await take(deploy)
    const release = await rollback(deploy, {
      to: inputs.to,
      reason: inputs.reason,
      undone,
      record: (target, work) => withRecord(context, config, 'rollback', target, work),
    })
    outputs.set('release', release.id)
    outputs.set('slot', release.slot)
  })
}
