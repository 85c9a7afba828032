import { Resolver } from 'node:dns/promises'
import { BlockList, isIP, isIPv6, SocketAddress } from 'node:net'
import type { Checked } from '../release/check-up'

/** What the name servers say of a domain. */
export type Records =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'none'; readonly reason: string }

type Asked = Pick<Resolver, 'resolve4' | 'resolve6'>

/** The addresses of a name, of both kinds; an address is its own. */
export async function askRecords(
  name: string,
  resolver: Asked = new Resolver({ timeout: 3000, tries: 2 }),
): Promise<Records> {
  if (isIP(name)) return { kind: 'addresses', addresses: [name] }
  const asked = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  const addresses = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  if (addresses.length > 0) return { kind: 'addresses', addresses: addresses.map(canonical) }
  const codes = asked.map((each) => (each.status === 'rejected' ? String(each.reason?.code) : 'ENODATA'))
  const silent = codes.find((code) => code !== 'ENOTFOUND' && code !== 'ENODATA')
  return {
    kind: 'none',
    reason: silent === undefined ? 'has no A or AAAA record' : `the name servers did not answer (${silent})`,
  }
}

/** One way to write an IPv6 address. */
function canonical(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address
}

/** Addresses that no visitor comes to: of a private network, of the machine itself. */
const inner = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inner.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inner.addSubnet(network, bits, 'ipv6')

/** @param hosts the addresses under which the runner reaches the hosts */
export function judgeRecords(domain: string, records: Records, hosts: readonly string[]): Checked {
  const check = 'dns'
  if (records.kind === 'none')
    return {
      check,
      of: domain,
      found: records.reason,
      fix: `Give it records that lead to ${hosts.join(', ') || 'the servers'}, or take it out of \`proxy.domains\`.`,
    }
  const { addresses } = records
  const leadsTo = `leads to ${addresses.join(', ')}`
  const reachable = hosts.map(canonical).filter((each) => !inner.check(each, isIPv6(each) ? 'ipv6' : 'ipv4'))
  if (reachable.length === 0)
    return { check, of: domain, found: `${leadsTo}; the runner knows the servers by private addresses only` }
  const strangers = addresses.filter((each) => !reachable.includes(each))
  if (strangers.length === 0) return { check, of: domain, found: leadsTo }
  const all = strangers.length === addresses.length
  return {
    check,
    of: domain,
    found: all
      ? `${leadsTo}, which is none of the servers`
      : `also leads to ${strangers.join(', ')}, which is none of the servers`,
    fix: `Correct its records; the servers are ${reachable.join(', ')}. Where something of yours stands in front of them, that is as it should be; leave this check out of \`operate\` (\`skip: dns\`).`,
  }
}
