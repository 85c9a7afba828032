import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { take } from '../stages/open'
import { foresee, leaving, rollback } from '../stages/rollback'
import { readConfig, siteUrl, withHosts } from './environment'
import { withRecord } from './record'

/** A rollback is in a hurry: it waits for a deploy or a backup that is at work, instead of being asked for again. */
const patienceMs = 15 * 60_000

export async function run(context: CommandContext<InputsOf<'rollback'>>): Promise<void> {
  const { inputs, outputs, report, reporter } = context
  const config = await readConfig(inputs)
  await withHosts(context, config, false, async (deploy) => {
    outputs.set('url', siteUrl(config))
    if (inputs.mode === 'plan') {
      report.plan = true
      const plan = foresee(deploy, inputs.to)
      if (plan) {
        outputs.set('release', plan.target.id)
        reporter.info(`A rollback would go from ${report.from} to ${plan.target.id}`)
      } else reporter.info(`An earlier attempt of this run went back to ${report.from} already`)
      outputs.set('schema-changed-by', JSON.stringify(plan?.schemaChangedBy ?? []))
      return
    }
    const left = leaving(deploy)
    const undone = await take(deploy, patienceMs)
    const release = await rollback(deploy, {
      to: inputs.to,
      reason: inputs.reason,
      undone,
      left,
      record: (target, work) => withRecord(context, config, 'rollback', target, work),
    })
    outputs.set('release', release.id)
    outputs.set('slot', release.slot)
  })
}
