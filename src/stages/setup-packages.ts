import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Database, ProxyConfig } from '../config/schema'
import { databaseKinds } from '../databases/kinds'
import { type Call, call } from '../host/program'
import { proxyOf } from '../proxies/kinds'
import type { ProxyKind } from '../proxies/proxy'

export const packagesLibrary = readFileSync(join(__dirname, 'setup-packages.sh'), 'utf8')

/** The command of the app's web server: Docker's where a container runs it. */
export function webCommand({ proxy }: Config): string {
  return proxy?.service === undefined ? webServerOf(proxy).command : 'docker'
}

/** An app without a site has its folders made for nginx all the same. */
function webServerOf(proxy: Config['proxy']): ProxyKind['program'] {
  return proxyOf(proxy ?? { kind: 'nginx' }).program
}

/** All that the app needs of the distribution. Each is installed only where it is missing. */
export function packageCalls(config: Config, docker: boolean): Call[] {
  const { proxy, systemd, database, setup } = config
  const inside = proxy?.service !== undefined
  const web = webServerOf(proxy)
  return [
    ...(inside ? [] : [call('need_command', web.command, web.package)]),
    ...(proxy ? [call('need_command', 'logrotate', 'logrotate')] : []),
    ...(proxy?.tls?.acme ? certificateCalls(proxy.kind) : []),
    ...(docker || inside ? [call('need_docker')] : []),
    ...(docker && setup.docker === 'rootless' ? [call('need_own_docker')] : []),
    ...(systemd ? systemdCalls(systemd) : []),
    ...(database ? databaseCalls(database, setup.database) : []),
    ...(setup.firewall === 'ufw' ? [call('need_command', 'ufw', 'ufw')] : []),
    ...setup.packages.map((name) => call('need_package', name)),
    call('packages'),
  ]
}

/** Caddy gets certificates by itself. */
function certificateCalls(kind: ProxyConfig['kind']): Call[] {
  return ['openssl', ...(kind === 'caddy' ? [] : ['certbot'])].map((name) => call('need_command', name, name))
}

function systemdCalls({ scope, python, node }: NonNullable<Config['systemd']>): Call[] {
  return [
    ...(scope === 'user'
      ? [call('need_package', 'libpam-systemd'), call('need_package', 'dbus-user-session')]
      : [call('need_command', 'visudo', 'sudo')]),
    ...(python ? [call('need_python', python.interpreter)] : []),
    ...(node ? [call('need_command', 'npm', 'nodejs', 'npm')] : []),
  ]
}

/** An accessory has its own tools. */
function databaseCalls(database: Database, onHost: boolean): Call[] {
  if (database.kind !== 'sqlite' && database.accessory !== undefined) return []
  const { client, server } = databaseKinds[database.kind].packages
  return [...(onHost && server ? [server] : []), client].map((each) => call('need_command', ...each))
}
