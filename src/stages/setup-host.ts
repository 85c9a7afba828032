import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { acmeFolder } from '../config/places'
import type { Config } from '../config/schema'
import { databaseSetup } from '../databases/setup'
import type { Errand } from '../host/errand'
import { resourcesLibrary } from '../host/libraries'
import { type Call, call, renderScript } from '../host/program'
import { certifiedSite } from '../proxies/certificates'
import { proxyInPlace } from '../proxies/kinds'
import { accessLogPath, type ProxyKind } from '../proxies/proxy'
import { slots } from '../release/slot'
import { Trouble } from '../release/trouble'
import { runtimeOf } from '../runtimes/kinds'
import { firewallCalls, firewallLibrary } from './setup-firewall'
import { packageCalls, packagesLibrary, webCommand } from './setup-packages'
import { portCalls, portsLibrary } from './setup-ports'

const library = readFileSync(join(__dirname, 'setup-host.sh'), 'utf8')
const dockerLibrary = readFileSync(join(__dirname, 'setup-docker.sh'), 'utf8')
const sshdLibrary = readFileSync(join(__dirname, 'setup-sshd.sh'), 'utf8')

export interface SetupOptions {
  /** A line for authorized_keys. Left out where the deploy user can already come in. */
  deployKey?: string
  /** As whom the web server answers, where that is not Debian's user for it. */
  webUser?: string
  /** The app's variables, for the database that is made on the host. */
  env?: Readonly<Record<string, string>>
}

/**
 * A POSIX sh program that prepares a host once, for a person to run there as root.
 *
 * @throws {Trouble} when the config's hosts name several users, or a value must not reach the site.
 */
export function renderSetup(config: Config, options: SetupOptions = {}): string {
  const { libraries, calls } = errand(config, options, 'apply', ownCalls(config, options))
  return renderScript(libraries, calls)
}

/**
 * The same over a connection, with the packages and what else the host itself needs before: one errand that says what
 * the host has and what would change, and those that change it, one after the other. Where there is a firewall it comes before the site, whose
 * certificate an authority may give only to who answers, and in an errand of its own, since its rules wait for a new
 * connection.
 *
 * @throws {Trouble} as `renderSetup`.
 */
export function setupErrands(
  config: Config,
  options: SetupOptions = {},
): { plan: Errand; apply: readonly Errand[] } {
  const host = hostCalls(config, options)
  const firewall = firewallCalls(config)
  const own = ownCalls(config, options)
  const apply = firewall.length > 0 ? [[...host, ...firewall], own] : [[...host, ...own]]
  const resources = [
    call('host_clock'),
    call('host_memory'),
    call('host_disk', '/'),
    call('host_disk', config.base),
  ]
  return {
    plan: errand(config, options, 'plan', [...resources, ...host, ...firewall, ...own]),
    apply: apply.map((calls) => errand(config, options, 'apply', calls)),
  }
}

function errand(
  config: Config,
  { webUser, env = {} }: SetupOptions,
  mode: 'plan' | 'apply',
  calls: readonly Call[],
): Errand {
  const proxy = proxyInPlace(config)
  const user = deployUser(config)
  const names = new Set(calls.map(({ name }) => name))
  return {
    libraries: [
      library,
      dockerLibrary,
      proxy.setup,
      ...(certifiedSite(config, proxy)?.libraries ?? []),
      runtimeOf(config).setup(config, user).library,
      ...(names.has('host_clock') ? [resourcesLibrary] : []),
      ...(names.has('distribution') ? [packagesLibrary, portsLibrary, sshdLibrary, firewallLibrary] : []),
      ...(names.has('database_server') ? databaseOnHost(config, env).libraries : []),
    ],
    calls: [
      call('setup_begin', mode, config.base, user, proxy.kind, webUser ?? proxy.webUser),
      ...calls,
      call('setup_end'),
    ],
  }
}

/** What the host itself needs. What would stand in the way is found before it takes time. */
function hostCalls(config: Config, { deployKey = '', env = {} }: SetupOptions): Call[] {
  const { docker } = runtimeOf(config).setup(config, deployUser(config))
  return [
    call('distribution'),
    call('way_in', deployKey),
    ...portCalls(config),
    ...packageCalls(config, docker),
    ...databaseOnHost(config, env).calls,
  ]
}

function databaseOnHost({ database, setup }: Config, env: Readonly<Record<string, string>>) {
  return setup.database && database && database.kind !== 'sqlite'
    ? databaseSetup(database, env)
    : { libraries: [], calls: [] }
}

/** What is the app's own: its user, folders, units and site. */
function ownCalls(config: Config, options: SetupOptions): Call[] {
  const proxy = proxyInPlace(config)
  const { deployKey, webUser = proxy.webUser } = options
  const runtime = runtimeOf(config).setup(config, deployUser(config))
  return [
    call('web_server', webCommand(config)),
    call('deploy_user'),
    ...(runtime.docker ? [call(config.setup.docker === 'rootless' ? 'own_docker' : 'host_docker')] : []),
    ...(deployKey === undefined ? [] : [call('deploy_key', checkedKey(deployKey))]),
    call('base_folder', config.app),
    call('folder', '2750', 'slots'),
    ...slots.map((slot) => call('slot', slot)),
    call('folder', '2750', 'releases'),
    call('folder', '2750', 'shared'),
    call('folder', '2750', 'shared/logs'),
    call('folder', '700', 'backups'),
    call('folder', '700', 'runs'),
    ...runtime.calls,
    ...(config.proxy ? siteCalls(config, proxy, webUser) : []),
  ]
}

function siteCalls(config: Config, proxy: ProxyKind, webUser: string) {
  const log = accessLogPath(config)
  return [
    call('access_log', log),
    call('system_file', `/etc/logrotate.d/kawasemi-${config.app}`, renderLogrotate(log, proxy, webUser)),
    ...(config.proxy?.tls || config.proxy?.redirectWww ? [call('open_folder', acmeFolder)] : []),
    ...theSite(config, proxy),
  ]
}

function theSite(config: Config, proxy: ProxyKind): readonly Call[] {
  if (config.proxy?.ownSite) return [call('own_site', proxy.renderLines(config).trimEnd())]
  return (
    certifiedSite(config, proxy)?.calls ?? [
      call('site', proxy.sitePath(config), proxy.renderSite(config).trimEnd()),
    ]
  )
}

function renderLogrotate(log: string, { kind, rotate }: ProxyKind, webUser: string): string {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(webUser)) {
    throw new Trouble('web user', `${JSON.stringify(webUser)} is no user name.`, `Give the user of ${kind}.`)
  }
  const lines = [
    'daily',
    'rotate 14',
    'maxsize 200M',
    'missingok',
    'notifempty',
    'compress',
    'delaycompress',
    ...rotate,
  ]
  return `${log} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`
}

function deployUser({ hosts }: Config): string {
  const users = [...new Set(hosts.map(({ user }) => user))]
  if (users.length === 1) return users[0]!
  throw new Trouble(
    'hosts',
    `name several users (${users.join(', ')}), but one owns the app on all of them.`,
    'Write the same user for all hosts, such as deploy@203.0.113.7.',
  )
}

function checkedKey(line: string): string {
  const key = line.trim()
  if (
    !/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( [^\x00-\x1f\x7f]*)?$/.test(key)
  ) {
    throw new Trouble(
      'deploy key',
      'is no public key.',
      'Give the line of its .pub file, such as ssh-ed25519 AAAA….',
    )
  }
  return key
}
