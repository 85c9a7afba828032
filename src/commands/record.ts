import type { Config } from '../config/schema'
import { githubApi } from '../github/api'
import type { CommandContext } from '../github/command'
import { closeLeftOpen, type Keeper, withDeployment } from '../github/deployments'
import type { CommonInputs } from '../github/inputs'
import type { Release } from '../release/release'
import { siteUrl } from './environment'

type Context = CommandContext<CommonInputs>

/** Does the work with a record of it on GitHub, where the action has a token to keep one. */
export async function withRecord<Result>(
  context: Context,
  config: Config,
  task: 'deploy' | 'rollback',
  { commit, version }: Pick<Release, 'commit' | 'version'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const { run, signal } = context
  const keeper = keeperOf(context)
  if (!keeper) return work()
  const { environment } = config
  const { repository, url: runUrl } = run
  const request = { repository, environment, commit, version, task, siteUrl: siteUrl(config), runUrl }
  return withDeployment(keeper, request, () => signal.aborted, work)
}

/** For the post step. */
export async function closeRecord(context: Context): Promise<void> {
  const { repository, url: runUrl } = context.run
  const keeper = keeperOf(context)
  if (keeper) await closeLeftOpen(keeper, { repository, runUrl })
}

function keeperOf({ inputs, run, reporter, state }: Context): Keeper | undefined {
  if (inputs.githubToken === undefined) return undefined
  const api = githubApi({ url: run.apiUrl, token: inputs.githubToken })
  return { api, state, warn: (message) => reporter.warning(message) }
}
