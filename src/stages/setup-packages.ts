import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Database, ProxyConfig } from '../config/schema'
import { type Call, call } from '../host/program'

export const packagesLibrary = readFileSync(join(__dirname, 'setup-packages.sh'), 'utf8')

/** The command by which each web server is known to be there, and Debian's and Ubuntu's package of it. */
const webServers: Readonly<Record<ProxyConfig['kind'], { command: string; package: string }>> = {
  nginx: { command: 'nginx', package: 'nginx' },
  apache: { command: 'apache2ctl', package: 'apache2' },
  caddy: { command: 'caddy', package: 'caddy' },
}

/** What backups and migrations use on the host, and the server where `setup` says that it is there. */
const databases: Readonly<Record<Database['kind'], { client: [string, string]; server?: [string, string] }>> =
  {
    postgres: { client: ['pg_dump', 'postgresql-client'], server: ['pg_ctlcluster', 'postgresql'] },
    mysql: { client: ['mysqldump', 'default-mysql-client'], server: ['mysqld_safe', 'default-mysql-server'] },
    sqlite: { client: ['sqlite3', 'sqlite3'] },
  }

/** The command of the app's web server: Docker's where a container runs it. */
export function webCommand({ proxy }: Config): string {
  return proxy?.service === undefined ? webServers[proxy?.kind ?? 'nginx'].command : 'docker'
}

/** All that the app needs of the distribution. Each is installed only where it is missing. */
export function packageCalls(config: Config, docker: boolean): Call[] {
  const { proxy, systemd, database, setup } = config
  const inside = proxy?.service !== undefined
  const web = webServers[proxy?.kind ?? 'nginx']
  return [
    ...(inside ? [] : [call('need_command', web.command, web.package)]),
    ...(proxy ? [call('need_command', 'logrotate', 'logrotate')] : []),
    ...(proxy?.tls?.acme ? certificateCalls(proxy.kind) : []),
    ...(docker || inside ? [call('need_docker')] : []),
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
  const { client, server } = databases[database.kind]
  return [...(onHost && server ? [server] : []), client].map((each) => call('need_command', ...each))
}
