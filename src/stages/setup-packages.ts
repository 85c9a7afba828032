import type { Config, ProxyConfig } from '../config/schema'

/** The command by which each web server is known to be there, and Debian's and Ubuntu's package of it. */
const webServers: Readonly<Record<ProxyConfig['kind'], { command: string; package: string }>> = {
  nginx: { command: 'nginx', package: 'nginx' },
  apache: { command: 'apache2ctl', package: 'apache2' },
  caddy: { command: 'caddy', package: 'caddy' },
}

/** The command of the app's web server: Docker's where a container runs it. */
export function webCommand({ proxy }: Config): string {
  return proxy?.service === undefined ? webServers[proxy?.kind ?? 'nginx'].command : 'docker'
}
