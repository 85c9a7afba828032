import type { Config } from '../config/schema'
import type { Connection } from '../host/connection'
import type { Resources } from '../host/resources'
import { judgeClock } from '../probes/clock'
import { judgeDisks } from '../probes/disk'
import { askRecords, judgeRecords } from '../probes/dns'
import { judgeMemory } from '../probes/memory'
import { askCertificate, judgeCertificate } from '../probes/tls'
import type { Checked, Limits } from '../release/check-up'

/* What an app stands on and is reached by, which a set-up and each check-up look at. */

/** Milliseconds for a handshake. */
const handshakeTime = 10_000

/** Where the domains lead: asked from here, without a host. */
export async function lookAtDomains({ proxy, hosts }: Config): Promise<Checked[]> {
  if (!proxy) return []
  const asked = await Promise.all(hosts.map(({ address }) => askRecords(address)))
  const addresses = asked.flatMap((each) => (each.kind === 'addresses' ? each.addresses : []))
  return Promise.all(
    proxy.domains.map(async (domain) => judgeRecords(domain, await askRecords(domain), addresses)),
  )
}

/**
 * As the host itself serves it: so each of several hosts is asked, and one that the internet cannot reach yet; what stands
 * in front of them is not.
 *
 * @param now milliseconds since 1970
 */
export function lookAtCertificates(
  { proxy }: Config,
  host: Pick<Connection, 'name' | 'dial'>,
  limits: Limits,
  now: number,
): Promise<Checked[]> {
  const expected = proxy?.tls !== undefined
  const dial = () => host.dial(proxy?.tls?.listen ?? 443)
  return Promise.all(
    (proxy?.domains ?? []).map(async (domain) => {
      const shown = await askCertificate(domain, dial, handshakeTime)
      return judgeCertificate(domain, host.name, shown, { now, days: limits.certificateDays, expected })
    }),
  )
}

export function judgeResources(of: string, { disks, memory, clock }: Resources, limits: Limits): Checked[] {
  return [
    ...judgeDisks(of, disks, limits.diskPercent),
    ...(memory ? [judgeMemory(of, memory, limits.memoryPercent)] : []),
    ...(clock ? [judgeClock(of, clock, limits.clockSeconds)] : []),
  ]
}
