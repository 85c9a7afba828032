import type { Config, ProxyConfig, WebService } from '../config/schema'
import type { HostSession } from '../host/session'
import { judge } from '../probes/expectation'
import { probe } from '../probes/http'
import { pollUntil } from '../probes/poll'
import { secure } from '../probes/tls'
import type { Checked } from '../release/check-up'
import type { Slot } from '../release/slot'
import type { Deploy } from './deploy'
import { webServices } from './gate'

/**
 * Asks every web service of the live slot for its health: through the proxy where that leads to it, as visitors come, else
 * in its slot. One bad answer may be chance; the same again is not.
 */
export function liveHealth({ config }: Deploy, host: HostSession, slot: Slot): Promise<Checked[]> {
  return Promise.all(webServices(config).map((each) => healthOf(config, host, slot, each)))
}

async function healthOf(
  { gate, proxy }: Config,
  host: HostSession,
  slot: Slot,
  [name, service]: [string, WebService],
): Promise<Checked> {
  const { path } = service.health
  const domain = proxy?.domains[0] ?? 'localhost'
  const through = proxy && !proxy.ownSite && serviceAt(proxy, path) === name ? proxy : undefined
  const dial = () => (through ? dialSite(host, through, gate.timeout) : host.dial(service.slots[slot]))
  const plan = { deadline: 2 * gate.timeout + gate.interval, interval: gate.interval, successes: 1 }
  const outcome = await pollUntil(async (left) => {
    const answer = await probe({ host: domain, path, timeout: Math.min(left, gate.timeout) }, dial)
    return { answer, unmet: judge(answer, service.health) }
  }, plan)
  const checked = { check: 'health', of: `${name} on ${host.name}` } as const
  const where = through ? 'through the proxy' : `in slot ${slot}`
  if (outcome.healthy) return { ...checked, found: `healthy ${where}` }
  return {
    ...checked,
    found: `${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'} (${path}, ${where}, ${outcome.attempts} times)`,
    fix: `See its log and what it depends on; \`${path}\` says more. To go back to the release before: the rollback workflow.`,
  }
}

/** A connection as a visitor's, from the host's own loopback. */
async function dialSite(host: HostSession, { domains, listen, tls }: ProxyConfig, timeout: number) {
  return tls ? secure(await host.dial(tls.listen), domains[0]!, timeout) : host.dial(listen)
}

/** The service that the proxy hands a path to: the longest route that fits. */
export function serviceAt({ routes }: Pick<ProxyConfig, 'routes'>, path: string): string | undefined {
  const [plain = ''] = path.split('?')
  const fits = (start: string) =>
    start.endsWith('/') ? plain.startsWith(start) : plain === start || plain.startsWith(`${start}/`)
  return routes.filter((route) => fits(route.path)).sort((a, b) => b.path.length - a.path.length)[0]?.service
}
