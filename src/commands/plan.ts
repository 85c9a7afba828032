import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { ConfigError, configKeys } from '../config/load'
import { ApiError, githubApi } from '../github/api'
import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { adviceOn, keepComment } from '../github/plan-comment'
import { readPullRequest } from '../github/pull-request'
import { changedFiles, fileAt } from '../github/repository'
import { renderSummary } from '../github/summary'
import { type Changed, compare, planOutput } from '../release/deploy-plan'
import { identityOf } from '../stages/identity'
import { close } from '../stages/open'
import { planDeploy, type Since } from '../stages/plan'
import { planFiles, readBuilt } from '../stages/project'
import { inWorkspace, openHosts, readCheckout, readConfig, siteUrl } from './environment'

type Context = CommandContext<InputsOf<'deploy'>>

/** Says what a deploy would do: in the summary, in an output, and on the pull request where the run is for one. */
export async function plan(context: Context): Promise<void> {
  const { inputs, outputs, report, run } = context
  const pull = readPullRequest(process.env)
  const commit = pull?.head ?? run.sha
  const version = inputs.version ?? pull?.head.slice(0, 12) ?? run.defaultVersion
  const identity = identityOf({ id: run.id, sha: commit }, version)
  report.plan = true
  report.to = version
  report.toCommit = commit
  const config = await readConfig(inputs)
  const project = await readCheckout(config, inputs)
  // Refuses a product that cannot run in two slots before a host is asked.
  planFiles(project, identity)
  const layout =
    inputs.layout !== undefined && !config.systemd
      ? await readBuilt(inWorkspace(inputs.layout), inputs.digests)
      : undefined
  const deploy = await openHosts(context, config)
  try {
    report.planned = await planDeploy(deploy, project, {
      identity,
      layout,
      repository: inWorkspace('.'),
      since: (live) => since(context, live),
    })
  } finally {
    await close(deploy)
  }
  outputs.set('version', version)
  outputs.set('slot', report.planned.hosts[0]!.slot)
  outputs.set('url', siteUrl(config))
  outputs.set('plan', planOutput(report.planned))
  if (pull) await comment(context, pull.number, config.app)
}

/** As far as GitHub tells, which is asked only where there is a token. */
async function since({ inputs, run }: Context, live: string): Promise<Since> {
  if (inputs.githubToken === undefined) return {}
  const api = githubApi({ url: run.apiUrl, token: inputs.githubToken })
  const path = relative(inWorkspace('.'), inWorkspace(inputs.config))
  const [files, before] = await Promise.all([
    changedFiles(api, run.repository, live, run.sha),
    fileAt(api, run.repository, path, live),
  ])
  const after = await readFile(inWorkspace(inputs.config), 'utf8')
  return { files, config: before === undefined ? undefined : keysBetween(before, after, path, inputs) }
}

function keysBetween(
  before: string,
  after: string,
  path: string,
  { environment }: Context['inputs'],
): Changed | undefined {
  const keys = (text: string) => configKeys(text, path, environment)
  try {
    return compare(keys(after), keys(before))
  } catch (error) {
    // It need not have had this environment then.
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

/** The plan is made; that it cannot be shown there is a warning. */
async function comment(
  { inputs, run, report, outputs, reporter, hide }: Context,
  number: number,
  app: string,
): Promise<void> {
  if (inputs.githubToken === undefined) return
  const { environment, githubToken: token } = inputs
  const of = { repository: run.repository, number, app, environment, runUrl: run.url }
  try {
    const text = renderSummary(hideIn(report, hide))
    outputs.set('comment-url', await keepComment(githubApi({ url: run.apiUrl, token }), of, text))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    reporter.warning(`The plan could not be written on the pull request: ${error.message}.${adviceOn(error)}`)
  }
}

/** GitHub masks secrets in logs and summaries, and nowhere else. Before the text is rendered: escaped, one would not be found. */
function hideIn<Value>(value: Value, hide: (text: string) => string): Value {
  return JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'string' ? hide(each) : each))
}
