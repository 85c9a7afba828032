import type { Config, HostAddress } from '../config/schema'
import { githubApi } from '../github/api'
import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { type IssueOf, type KeptIssue, keepIssue } from '../github/issue'
import { messageFor, postMessage } from '../github/webhook'
import { type Checked, nameOf, troublesIn } from '../release/check-up'
import { Trouble } from '../release/trouble'
import { allOf, type Deploy } from '../stages/deploy'
import { liveRelease, reportLive } from '../stages/live'
import { close, release } from '../stages/open'
import { asChecks, compareHosts, keepUp, lookAtHost, type Watch } from '../stages/operate'
import { lookAtDomains } from '../stages/surroundings'
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
  state.save('lease', 'held')
  const [domains, ways] = await Promise.all([
    watch.skip.has('dns') ? [] : lookAtDomains(config),
    allOf(config.hosts.map((host) => reach(context, config, host))),
  ])
  const deploys = ways.filter((way): way is Deploy => 'hosts' in way)
  const unreached = ways.flatMap((way) => ('hosts' in way ? [] : way))
  try {
    const looks = await allOf(deploys.map((deploy) => lookAfter(deploy, watch, deploy === ways[0])))
    report.hosts = config.hosts.map(({ name }) => name)
    const hosts = deploys.flatMap((deploy) => deploy.hosts)
    if (deploys[0]) reportLive({ ...deploys[0], hosts })
    const lives = hosts.map((host) => ({ name: host.name, live: liveRelease(host) }))
    return [...unreached, ...looks.flat(), ...compareHosts(config.app, lives), ...domains]
  } finally {
    await Promise.all(deploys.map((deploy) => release(deploy).finally(() => close(deploy))))
  }
}

async function reach(context: Context, config: Config, host: HostAddress): Promise<Deploy | Checked[]> {
  let deploy: Deploy | undefined
  const trouble = await asChecks(context, 'host', `${host.user}@${host.name}`, async () => {
    deploy = await openHosts(context, { ...config, hosts: [host] })
    return []
  })
  return deploy ?? trouble
}

async function lookAfter(deploy: Deploy, watch: Watch, first: boolean): Promise<Checked[]> {
  const seen = await lookAtHost(deploy, watch)
  const kept = await asChecks(deploy, 'host', deploy.hosts[0]!.name, () => keepUp(deploy, watch, first))
  return [...seen, ...kept]
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
