import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { setUp } from '../stages/set-up'
import { renderSetup } from '../stages/setup-host'
import { readConfig } from './environment'

/** Prepares the hosts of an environment, says how it would, or prints the program for a person to do it. */
export async function run(context: CommandContext<InputsOf<'setup-host'>>): Promise<void> {
  const { inputs, outputs, report, reporter, signal } = context
  const { deployKey, mode, admin, env } = inputs
  const config = await readConfig(inputs)
  const options = { env, ...(deployKey !== undefined && { deployKey }) }
  if (mode === 'print') {
    process.stdout.write(renderSetup(config, options))
    return
  }
  const hosts = await setUp({ config, mode, admin, ssh: inputs.ssh, options, reporter, report, signal })
  for (const { host, changes } of hosts) {
    const count = changes.length === 0 ? 'nothing to change' : `${changes.length} changes`
    reporter.info(`${host}: ${count}${mode === 'plan' && changes.length > 0 ? ' to make' : ''}`)
    for (const change of changes) reporter.info(`  ${change}`)
  }
  outputs.set('changes', String(hosts.reduce((sum, { changes }) => sum + changes.length, 0)))
  outputs.set('report', JSON.stringify(hosts))
}
