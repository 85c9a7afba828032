import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textOf } from '../host/fact'
import { call } from '../host/program'
import type { HostSession } from '../host/session'
import type { RuntimePlan } from '../runtimes/runtime'
import { fileSum } from './entries'

const library = readFileSync(join(__dirname, 'plan.sh'), 'utf8')

/**
 * Whether the host has the files of a release as they are planned now. Its settings may be others than an earlier attempt
 * laid down. No content travels, but sums with a key that this run makes and forgets.
 */
export async function holdsFiles(host: HostSession, id: string, { files }: RuntimePlan): Promise<boolean> {
  const key = randomBytes(32).toString('hex')
  const paths = files.map(({ path }) => path)
  const { facts } = await host.ask(
    [library],
    [call('plan_files', key, `${host.base}/releases/${id}`, ...paths)],
  )
  return textOf(facts.get('files')) === files.map(({ content }) => fileSum(key, content)).join(' ')
}
