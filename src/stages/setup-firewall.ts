import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/schema'
import type { Errand } from '../host/errand'
import { type Call, call } from '../host/program'

export const firewallLibrary = readFileSync(join(__dirname, 'setup-firewall.sh'), 'utf8')

/** SSH is let in by the port that is really in use, which only the host knows. */
export function firewallCalls({ setup, proxy }: Config): Call[] {
  if (setup.firewall === 'off') return []
  const site = proxy ? [proxy.listen, proxy.tls?.listen ?? 443] : []
  return [call('firewall', [...site, ...setup.openPorts].join(' '))]
}

/** For a connection that was made with the new rules: they stay. */
export const keepFirewall: Errand = { libraries: [firewallLibrary], calls: [call('firewall_keep')] }

/** For the connection that was there before, where no new one comes through. */
export const oldFirewall: Errand = { libraries: [firewallLibrary], calls: [call('firewall_back')] }
