import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { alone, cacheFolder } from './cache'
import { must } from './run'

/** The version of nektos/act that the tests were written with. */
const version = '0.2.87'

const folder = () => join(cacheFolder(), `act-${version}`)
const installed = () => join(folder(), 'act')
const starts = (command: string, ...args: string[]) => spawnSync(command, args).status === 0

/** Whether this machine can run workflows: act is there, or Go, which can make it. */
export function canRunWorkflows(): boolean {
  return existsSync(installed()) || starts('go', 'version')
}

/** The path of act, a workflow runner. Go makes it where it is missing, which takes minutes once. */
export function ensureAct(): Promise<string> {
  return alone('act', async () => {
    if (!existsSync(installed())) {
      mkdirSync(folder(), { recursive: true })
      await must('env', [`GOBIN=${folder()}`, 'go', 'install', `github.com/nektos/act@v${version}`])
    }
    return installed()
  })
}
