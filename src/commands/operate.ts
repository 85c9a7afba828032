import type { Config, HostAddress } from '../config/schema'
import { githubApi } from '../github/api'
import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { type IssueOf, type KeptIssue, keepIssue } from '../github/issue'
import { messageFor, postMessage } from '../github/webhook'
import { type Checked, nameOf, troublesIn } from '../release/check-up'
import { Trouble } from '../release/trouble'
import type { Deploy } from '../stages/deploy'
import { liveRelease, reportLive } from '../stages/live'
import { close, release } from '../stages/open'
import { asChecks, compareHosts, keepUp, lookAtDomains, lookAtHost, type Watch } from '../stages/operate'
import { openHosts, readConfig } from './environment'

type Context = CommandContext<InputsOf<'operate'>>

/** Looks at a running app, keeps it up, and tells people what needs them. Red when something does. */
export async function run(context: Context): Promise<void> {
  const { inputs, outputs, report, run, reporter } = context
  const config = await readConfig(inputs)
  report.app = config.app
  const checks = await findAll(context, config)
  report.checks = checks
  const troubles = troublesIn(checks)
  for (const { found, ...of } of checks) reporter.info(`${nameOf({ found, ...of })}: ${found}`)
  outputs.set('troubles', JSON.stringify(troubles.map(nameOf)))
  const of = { repository: run.repository, app: config.app, environment: config.environment, runUrl: run.url }
  const issue = await tell(context, of, checks)
  outputs.set('issue-url', issue?.url ?? '')
  if (troubles.length === 0) return
  throw new Trouble(
    `${config.environment} of ${config.app}`,
    `needs a person: ${troubles.map(nameOf).join(', ')}.`,
    issue?.url
      ? `What to do about each is in ${issue.url}.`
      : 'What to do about each is in the summary of this run.',
  )
}

/** Each host by itself: one that is down must not hide how the others are. */
async function findAll(context: Context, config: Config): Promise<Checked[]> {
  const { inputs, report, state } = context
  const watch: Watch = { limits: inputs.limits, skip: new Set(inputs.skip), now: Date.now() }
  const domains = lookAtDomains(config, watch)
  domains.catch(() => undefined)
  state.save('lease', 'held')
  const opened: Deploy[] = []
  try {
    const each = await Promise.all(
      config.hosts.map((host, at) => findOn(context, config, host, at === 0, watch, opened)),
    )
    report.hosts = config.hosts.map(({ name }) => name)
    const [first] = opened
    if (first) reportLive({ ...first, hosts: opened.flatMap(({ hosts }) => hosts) })
    const lives = opened.flatMap(({ hosts }) =>
      hosts.map((host) => ({ name: host.name, live: liveRelease(host) })),
    )
    return [...each.flat(), ...compareHosts(config.app, lives), ...(await domains)]
  } finally {
    await Promise.all(opened.map((deploy) => release(deploy).finally(() => close(deploy))))
  }
}

async function findOn(
  context: Context,
  config: Config,
  host: HostAddress,
  first: boolean,
  watch: Watch,
  opened: Deploy[],
): Promise<Checked[]> {
  const name = `${host.user}@${host.name}`
  return asChecks(context, 'host', name, async () => {
    const deploy = await openHosts(context, { ...config, hosts: [host] })
    opened.push(deploy)
    const seen = await lookAtHost(deploy, watch)
    const kept = await asChecks(context, 'host', name, () => keepUp(deploy, watch, first))
    return [...seen, ...kept]
  })
}

/** Trouble with telling is a warning: the run itself is red already, or all is well. */
async function tell(
  context: Context,
  of: IssueOf,
  checks: readonly Checked[],
): Promise<KeptIssue | undefined> {
  const { inputs, run, reporter } = context
  const troubles = troublesIn(checks)
  const warn = (what: string) => (error: unknown) => {
    reporter.warning(`${what}: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
  const { githubToken, webhook } = inputs
  const issue =
    githubToken === undefined
      ? undefined
      : await keepIssue(githubApi({ url: run.apiUrl, token: githubToken }), of, checks).catch(
          warn('The issue could not be kept (the job needs `permissions: issues: write`)'),
        )
  // Without an issue nobody knows what was told before.
  const isNews = issue ? !['none', 'same'].includes(issue.change) : troubles.length > 0
  if (webhook !== undefined && isNews)
    await postMessage(webhook, messageFor(of, troubles, issue ?? { url: '' })).catch(
      warn('The webhook could not be told'),
    )
  return issue
}
