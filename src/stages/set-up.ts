import type { Config } from '../config/schema'
import { type Connection, connect } from '../host/connection'
import { type Errand, type ErrandOutcome, runErrand } from '../host/errand'
import { textOf } from '../host/fact'
import { loginOf, type SshSecrets, waysTo } from '../host/jump'
import { readResources } from '../host/resources'
import { HostFailure } from '../host/session'
import { certifiedSite } from '../proxies/certificates'
import { proxyInPlace } from '../proxies/kinds'
import { type Checked, defaultLimits, nameOf, troublesIn } from '../release/check-up'
import type { DeployReport, HostChanges } from '../release/deploy-report'
import type { Reporter } from '../release/report'
import { Trouble } from '../release/trouble'
import { allOf, openAll } from './deploy'
import { keepFirewall, oldFirewall } from './setup-firewall'
import { type SetupOptions, setupErrands } from './setup-host'
import { judgeResources, lookAtCertificates, lookAtDomains } from './surroundings'

export interface SetUpRequest {
  readonly config: Config
  readonly mode: 'plan' | 'apply'
  /** As whom to come in on every host: root, or a user who may use sudo without a password. */
  readonly admin: string
  readonly ssh: SshSecrets
  readonly options: SetupOptions
  readonly reporter: Reporter
  readonly report: DeployReport
  readonly signal: AbortSignal
}

/**
 * Prepares every host of the environment. All of them are planned before one is changed, so what cannot be done on one
 * of them leaves all as they were.
 *
 * @throws {Trouble} naming the host, what stands in the way, and whether something was changed there.
 */
export async function setUp(request: SetUpRequest): Promise<HostChanges[]> {
  const { config, mode, options, reporter, report } = request
  const errands = setupErrands(config, options)
  report.app = config.app
  report.environment = config.environment
  if (mode === 'plan') report.plan = true
  const connections = await connectAll(request)
  report.hosts = connections.map(({ name }) => name)
  try {
    const plans = await everywhere(connections, (each) => plan(each, reporter, errands.plan))
    const planned = plans.map(({ host, changes }) => ({ host, changes }))
    // An authority gives no certificate for a domain that leads elsewhere.
    const domains = certifiedSite(config, proxyInPlace(config)) ? await lookAtDomains(config) : []
    tell(reporter, [...domains, ...plans.flatMap(({ checks }) => checks)])
    if (mode === 'plan') {
      report.changes = planned
      return planned
    }
    const done = await everywhere(connections, (each, index) =>
      planned[index]!.changes.length === 0 ? planned[index]! : apply(request, each, index, errands.apply),
    )
    report.changes = done
    tell(reporter, (await allOf(connections.map((each) => certificatesNow(config, each)))).flat())
    return done
  } finally {
    await Promise.all(connections.map((each) => each.close().catch(() => undefined)))
  }
}

function connectAll(request: SetUpRequest): Promise<Connection[]> {
  const connecting = waysTo(asAdmin(request), loginOf(request.ssh, request.signal)).map(connect)
  return openAll(connecting)
}

/** A way of its own, also where there is a jump host. */
function connectAgain(request: SetUpRequest, index: number): Promise<Connection> {
  const [way] = waysTo([asAdmin(request)[index]!], loginOf(request.ssh, request.signal))
  return connect(way!)
}

function asAdmin({ config, admin }: SetUpRequest): Config['hosts'] {
  return config.hosts.map((host) => ({ ...host, user: admin }))
}

/** Waits for all of them even where one fails: what goes on on a host is seen to its end. */
function everywhere<Result>(
  connections: readonly Connection[],
  work: (connection: Connection, index: number) => Result | Promise<Result>,
): Promise<Result[]> {
  return allOf(connections.map(async (each, index) => work(each, index)))
}

async function plan(
  connection: Connection,
  reporter: Reporter,
  errand: Errand,
): Promise<HostChanges & { checks: Checked[] }> {
  const host = connection.name
  const asked = Date.now()
  const outcome = await run(connection, reporter, errand)
  const resources = readResources(outcome.facts, asked, Date.now())
  return { host, changes: changesOf(outcome), checks: judgeResources(host, resources, defaultLimits) }
}

/** A server may be as it is on purpose, so none of it stops a set-up. */
function tell(reporter: Reporter, checks: readonly Checked[]): void {
  for (const { found, fix, ...of } of checks) {
    const said = `${nameOf({ found, ...of })}: ${found}`
    if (fix === undefined) reporter.info(said)
    else reporter.warning(`${said}. ${fix}`)
  }
}

/** What the site shows once it is there. A reload is an order: for a moment the web server answers as before. */
async function certificatesNow(config: Config, connection: Connection): Promise<Checked[]> {
  // A web server in a container comes with the first deploy.
  if (!config.proxy?.tls || config.proxy.service !== undefined) return []
  for (let left = 4; ; left -= 1) {
    const checks = await lookAtCertificates(config, connection, defaultLimits, Date.now())
    if (left === 0 || troublesIn(checks).length === 0) return checks
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function apply(
  request: SetUpRequest,
  connection: Connection,
  index: number,
  errands: readonly Errand[],
): Promise<HostChanges> {
  // What is to be said was said with the plan.
  const reporter = { ...request.reporter, warning: () => undefined }
  const changes: string[] = []
  for (const errand of errands) {
    const outcome = await run(connection, reporter, errand, changes.length > 0)
    changes.push(...changesOf(outcome))
    if (outcome.facts.has('firewall')) await tryFirewall(request, connection, index)
  }
  return { host: connection.name, changes }
}

/** New rules count once a new connection has come through; until then the host stands ready to take them back. */
async function tryFirewall(request: SetUpRequest, connection: Connection, index: number): Promise<void> {
  let fresh: Connection
  try {
    fresh = await connectAgain(request, index)
  } catch (error) {
    const now = await run(connection, request.reporter, oldFirewall).then(
      () => 'The firewall is again what it was.',
      () => 'The server takes the new rules back by itself, within a minute.',
    )
    throw new Trouble(
      connection.name,
      `no new connection comes in with the firewall on (${error instanceof Error ? error.message : error})`,
      `${now} Look for what else filters on that server, such as /etc/ufw/before.rules.`,
    )
  }
  try {
    await run(fresh, request.reporter, keepFirewall)
  } finally {
    await fresh.close()
  }
}

async function run(
  connection: Connection,
  reporter: Reporter,
  errand: Errand,
  changed = false,
): Promise<ErrandOutcome> {
  try {
    return await runErrand(connection, reporter, errand)
  } catch (error) {
    throw error instanceof HostFailure ? troubleOf(error, changed) : error
  }
}

function changesOf({ told }: ErrandOutcome): string[] {
  return told.flatMap(({ name, value }) => (name === 'change' ? [textOf(value)] : []))
}

function troubleOf({ host, code, message, outcome }: HostFailure, changed: boolean): Trouble {
  const cause = /[.!?]$/.test(message) ? message : `${message}.`
  if (code === 'no-sudo') {
    return new Trouble(
      host,
      cause,
      'Let `admin` be root, or a user with a line such as `ops ALL=(ALL) NOPASSWD:ALL` in a file of /etc/sudoers.d. Nothing was changed.',
    )
  }
  const fix =
    changed || outcome.facts.has('change')
      ? 'Mend that and run it again: it goes on with what is missing.'
      : 'Mend that and run it again. Nothing was changed on this server.'
  return new Trouble(host, cause, fix, outcome.printed)
}
