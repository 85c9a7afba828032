import { createSocket, type Socket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import type { AddressInfo } from 'node:net'
import { askRecords, judgeRecords, type Records } from '../../../src/probes/dns'

describe('asking', () => {
  /** A name server that knows IPv4 addresses of a few names, and is silent about one. */
  let server: Socket
  let resolver: Resolver
  const known: Record<string, string[]> = { 'shop.example': ['203.0.113.7', '203.0.113.8'] }
  beforeAll(async () => {
    server = createSocket('udp4', (query, { port, address }) => {
      const answer = answerTo(query, known)
      if (answer) server.send(answer, port, address)
    })
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve))
    resolver = new Resolver({ timeout: 100, tries: 1 })
    resolver.setServers([`127.0.0.1:${(server.address() as AddressInfo).port}`])
  })
  afterAll(() => server.close())

  test.each<[string, Records]>([
    ['shop.example', { kind: 'addresses', addresses: ['203.0.113.7', '203.0.113.8'] }],
    ['missing.example', { kind: 'none', reason: 'has no A or AAAA record' }],
    ['silent.example', { kind: 'none', reason: 'the name servers did not answer (ETIMEOUT)' }],
    ['203.0.113.9', { kind: 'addresses', addresses: ['203.0.113.9'] }],
  ])('%s', async (name, records) => {
    const { addresses, ...rest } = (await askRecords(name, resolver)) as { addresses?: string[] }
    expect({ ...rest, ...(addresses && { addresses: addresses.toSorted() }) }).toEqual(records)
  })
})

/** One question, its answers or `no such name`. */
function answerTo(query: Buffer, known: Record<string, string[]>): Buffer | undefined {
  const labels: string[] = []
  let at = 12
  while (query[at]! > 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!))
    at += 1 + query[at]!
  }
  const question = query.subarray(12, at + 5)
  const name = labels.join('.')
  if (name === 'silent.example') return undefined
  const addresses = query.readUInt16BE(at + 1) === 1 ? (known[name] ?? []) : []
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(name in known ? 0x8180 : 0x8183, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(addresses.length, 6)
  const answers = addresses.map((each) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...each.split('.').map(Number)]),
  )
  return Buffer.concat([head, question, ...answers])
}

describe('judging', () => {
  const judge = (addresses: string[], hosts: string[]) => {
    const { found, fix } = judgeRecords('shop.example', { kind: 'addresses', addresses }, hosts)
    return fix === undefined ? found : `! ${found}`
  }
  const servers = ['203.0.113.7', '2001:db8:0:0::7']

  test.each<[string, string[], string[], string]>([
    ['leads to a server', ['203.0.113.7'], servers, 'leads to 203.0.113.7'],
    ['leads to it by IPv6', ['2001:db8::7'], servers, 'leads to 2001:db8::7'],
    ['leads elsewhere', ['198.51.100.1'], servers, '! leads to 198.51.100.1, which is none of the servers'],
    [
      'leads elsewhere too',
      ['203.0.113.7', '198.51.100.1'],
      servers,
      '! also leads to 198.51.100.1, which is none of the servers',
    ],
    [
      'cannot be compared',
      ['198.51.100.1'],
      ['10.1.2.3', 'fd00::1'],
      'leads to 198.51.100.1; the runner knows the servers by private addresses only',
    ],
  ])('one that %s', (_, addresses, hosts, expected) => expect(judge(addresses, hosts)).toBe(expected))

  test('one that leads nowhere', () => {
    const { found, fix } = judgeRecords('shop.example', { kind: 'none', reason: 'has no record' }, servers)
    expect([found, fix]).toEqual(['has no record', expect.stringContaining('203.0.113.7')])
  })
})
