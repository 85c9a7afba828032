import fc from 'fast-check'
import { readResources } from '../../../src/host/resources'
import { judgeClock } from '../../../src/probes/clock'
import { judgeDisks } from '../../../src/probes/disk'
import { readHostState } from '../../../src/probes/host-state'
import { judgeMemory } from '../../../src/probes/memory'
import { judgeCertificate, type Shown } from '../../../src/probes/tls'
import { judgeUnits } from '../../../src/probes/units'
import { troublesIn } from '../../../src/release/check-up'

/** What was found, with a mark before trouble. */
const said = ({ found, fix }: { found: string; fix?: string }) => (fix === undefined ? found : `! ${found}`)

describe('a certificate', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const until = (days: number) => new Date(now + days * 24 * 3600 * 1000 + 1000)
  const good: Shown = { kind: 'certificate', until: until(60), fits: true }
  const judge = (shown: Shown, expected = true) =>
    said(judgeCertificate('shop.example', 'web1', shown, { now, days: 14, expected }))

  test.each<[string, Shown, string]>([
    ['that holds', good, 'good for 60 days, until 2027-01-21'],
    ['on its last good day', { ...good, until: until(14) }, 'good for 14 days, until 2026-12-06'],
    ['near its end', { ...good, until: until(13) }, '! ends in 13 days, on 2026-12-05'],
    ['that has ended', { ...good, until: until(-1) }, '! ended on 2026-11-21'],
    ['for others', { ...good, fits: false }, '! the certificate there is for other domains'],
    [
      'of nobody known',
      { ...good, distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      '! browsers would not trust it (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    ['that is missing', { kind: 'none', reason: 'nothing listens' }, '! no certificate: nothing listens'],
  ])('%s', (_, shown, expected) => expect(judge(shown)).toBe(expected))

  test('is not asked for where TLS ends in front of the server, but judged where there is one', () => {
    const elsewhere = 'no certificate for it there: TLS ends somewhere else'
    expect(judge({ kind: 'none', reason: 'nothing listens' }, false)).toBe(elsewhere)
    expect(judge({ ...good, fits: false }, false)).toBe(elsewhere)
    expect(judge({ ...good, until: until(3) }, false)).toBe('! ends in 3 days, on 2026-11-25')
  })
})

describe('disks', () => {
  const disk = { folder: '/srv/shop', device: '7', used: 80e9, free: 20e9, usedInodes: 10, freeInodes: 90 }
  const judge = (...changes: object[]) =>
    judgeDisks(
      'web1',
      changes.flatMap((change) => readResources(new Map([['disk /', { ...disk, ...change }]]), 0, 0).disks),
      85,
    ).map(said)

  test('one with room', () => expect(judge({})).toEqual(['80 % used, 20.0 GB free']))
  test('a full one', () =>
    expect(judge({ used: 85.1e9, free: 14.9e9 })).toEqual(['! 86 % used, at most 85 % may be; 14.9 GB free']))
  test('one without inodes', () =>
    expect(judge({ usedInodes: 99, freeInodes: 1 })).toEqual([
      '! 99 % of its inodes are used, at most 85 % may be',
    ]))
  test('one that counts no inodes', () =>
    expect(judge({ usedInodes: 0, freeInodes: 0 })).toEqual(['80 % used, 20.0 GB free']))
  test('is told once where two folders are on the same', () =>
    expect(
      judge({}, { folder: '/srv/shop/backups' }, { folder: '/var/lib/docker', device: '8' }),
    ).toHaveLength(2))
})

test('memory', () => {
  const judge = (available: number) =>
    said(
      judgeMemory(
        'web1',
        readResources(new Map([['memory', { total: 2 ** 30, available }]]), 0, 0).memory!,
        95,
      ),
    )
  expect(judge(2 ** 29)).toBe('50 % used, 512 of 1024 MB left')
  expect(judge(2 ** 24)).toBe('! 99 % used, at most 95 % may be; 16 of 1024 MB left')
})

test("a clock is off by what the question's own time cannot explain", () => {
  const judge = (host: number) => said(judgeClock('web1', { asked: 100_000, host, answered: 104_000 }, 30))
  expect(judge(70_000)).toBe("within 30 s of the runner's")
  expect(judge(134_000)).toBe("within 30 s of the runner's")
  expect(judge(60_000)).toBe("! 40 s behind the runner's, at most 30 s may be")
  expect(judge(204_000)).toBe("! 100 s ahead of the runner's, at most 30 s may be")
})

test('units that have failed, the first of many', () => {
  expect(said(judgeUnits('web1', []))).toBe('none has failed')
  expect(said(judgeUnits('web1', ['certbot.service']))).toBe('! certbot.service failed')
  expect(said(judgeUnits('web1', 'abcdefg'.split('')))).toBe('! a, b, c, d, e and 2 more failed')
})

test('whatever a host tells of itself, nothing of it is taken that cannot be so', () => {
  const names = fc.constantFrom('clock', 'memory', 'disk /srv', 'failed-units', 'services', 'accessory redis')
  fc.assert(
    fc.property(fc.dictionary(names, fc.jsonValue()), (facts) => {
      const state = readHostState(new Map(Object.entries(facts)), 0, 1)
      const { clock, memory } = state
      const checks = [
        ...judgeDisks('web1', state.disks, 85),
        ...(memory ? [judgeMemory('web1', memory, 95)] : []),
        ...(clock ? [judgeClock('web1', clock, 30)] : []),
      ]
      for (const { found } of troublesIn(checks)) expect(found).not.toMatch(/NaN|Infinity|undefined/)
    }),
    { examples: [[{ 'accessory redis': { toString: 0 } }]] },
  )
})
