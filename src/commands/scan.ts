import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CommandContext } from '../github/command'
import { exec } from '../github/exec'
import type { InputsOf } from '../github/inputs'
import { readBuilt } from '../stages/project'
import { refuseFindings, scan } from '../stages/scan'
import { inWorkspace } from './environment'

const lists = 'kawasemi-packages'

export async function run(context: CommandContext<InputsOf<'scan'>>): Promise<void> {
  const { inputs, outputs, report } = context
  const { layout, limit, accepted } = inputs
  const findings = await scan(exec, {
    layout: layout === undefined ? undefined : await readBuilt(inWorkspace(layout), inputs.digests),
    projectDir: inWorkspace('.'),
    accepted,
    lists: inWorkspace(lists),
    tools: join(process.env.RUNNER_TOOL_CACHE ?? join(homedir(), '.cache'), 'kawasemi'),
  })
  report.findings = findings
  outputs.set('findings', String(findings.length))
  outputs.set('packages', layout === undefined ? '' : lists)
  refuseFindings(findings, limit, accepted)
}
