import { goodReleases, hasHappened } from '../../../src/release/history'
import { Trouble } from '../../../src/release/trouble'
import { switchTo } from '../../../src/stages/switch'
import { verify } from '../../../src/stages/verify'
import { deployTo, FakeHost, releaseOf } from './fleet'

jest.mock('../../../src/stages/verify')

/** Three hosts that are about to switch from v1 in blue to v2 in green. */
function three(): [FakeHost, FakeHost, FakeHost] {
  return [ready('one'), ready('two'), ready('three')]
}

function ready(name: string): FakeHost {
  const host = new FakeHost(name, { blue: 'v1-1', green: 'v2-2' }, 'blue')
  host.enter({ event: 'finished', release: 'v1-1' })
  return host.enter({ event: 'gated', release: 'v2-2' })
}

/** A host that has v2, and had nothing before. */
function fresh(name: string): FakeHost {
  return new FakeHost(name, { green: 'v2-2' }).enter({ event: 'gated', release: 'v2-2' })
}

const v2 = releaseOf('v2-2', 'green')
const to = (hosts: FakeHost[]) => {
  const { deploy, warnings } = deployTo(...hosts)
  return { deploy, warnings, done: switchTo(deploy, v2, { bake: true, also: [] }) }
}

beforeEach(() => jest.mocked(verify).mockReset())

test('every host has the intent before any switches, and each has a row of its own', async () => {
  const hosts = three()
  const { deploy, done } = to(hosts)
  await done
  for (const host of hosts) {
    expect(host.did).toEqual(['intent', 'switch'])
    expect(host.serves).toBe('v2-2')
  }
  expect(deploy.report.perHost).toEqual(
    ['one', 'two', 'three'].map((host) => ({
      host,
      live: { slot: 'green', version: 'v2' },
      switchMs: 7,
    })),
  )
})

test('a host that has not passed its gate keeps all of them from switching', async () => {
  const hosts = three()
  hosts[1].enter({ event: 'gate-failed', release: 'v2-2' })
  await expect(to(hosts).done).rejects.toThrow(/two: v2-2 has not passed its gate/)
  expect(hosts.flatMap(({ did }) => did)).toEqual([])
})

test('where the intent cannot be written on one, none switches', async () => {
  const hosts = three()
  hosts[2].failAt = 'ledger'
  await expect(to(hosts).done).rejects.toThrow(/three: ledger failed/)
  expect(hosts.map(({ serves }) => serves)).toEqual(['v1-1', 'v1-1', 'v1-1'])
})

test('one that does not switch takes all back; what waited there is stopped, and nobody may switch to it ungated', async () => {
  const hosts = three()
  hosts[1].failAt = 'timed_switch'
  const { deploy, done, warnings } = to(hosts)
  await expect(done).rejects.toThrow(/two: timed_switch failed/)
  expect(hosts.map(({ serves }) => serves)).toEqual(['v1-1', 'v1-1', 'v1-1'])
  expect(hosts.map(({ did }) => did.at(-1))).toEqual(['switch back', 'stop', 'switch back'])
  for (const { facts } of hosts) {
    expect(hasHappened(facts.history, 'v2-2', 'gated')).toBe(false)
    expect(goodReleases(facts.history)).toEqual(['v1-1'])
  }
  expect(deploy.report.perHost?.map(({ live }) => live)).toEqual(
    Array(3).fill({ slot: 'blue', version: 'v1' }),
  )
  expect(warnings).toEqual([])
})

test('a host that is lost meanwhile does not keep the others from going back', async () => {
  const hosts = three()
  const [, two] = hosts
  const run = two.run.bind(two)
  two.run = async (program) => {
    const outcome = await run(program)
    if (two.did.at(-1) === 'switch') two.lost = true
    if (two.lost) throw new Trouble('two', 'was lost.', '')
    return outcome
  }
  const { deploy, done, warnings } = to(hosts)
  await expect(done).rejects.toThrow(/two: was lost/)
  expect(hosts.map(({ serves }) => serves)).toEqual(['v1-1', 'v2-2', 'v1-1'])
  expect(warnings).toEqual([
    expect.stringMatching(/^two could not be taken back, so it may still serve v2-2/),
  ])
  expect(deploy.report.perHost?.map(({ live }) => live)).toMatchObject([
    { version: 'v1' },
    'unknown',
    { version: 'v1' },
  ])
})

test('one whose proxy does not follow takes all back, after all were asked', async () => {
  jest.mocked(verify).mockImplementation(async (_deploy, { name }) => {
    if (name === 'three') throw new Trouble('The proxy on three', 'does not answer.', '')
  })
  const hosts = three()
  await expect(to(hosts).done).rejects.toThrow(/The proxy on three/)
  expect(hosts.map(({ serves }) => serves)).toEqual(['v1-1', 'v1-1', 'v1-1'])
})

test('a host that is new to the others goes back to nothing', async () => {
  const [one, two] = three()
  const late = fresh('late')
  two.failAt = 'timed_switch'
  await expect(to([one, two, late]).done).rejects.toThrow(/two/)
  expect([one, two, late].map(({ serves }) => serves)).toEqual(['v1-1', 'v1-1', 'nothing'])
})

test.each([
  ['the old one is live', 'blue'],
  ['somebody removed `live`', undefined],
] as const)('workers of the other slot end before those of the new one begin, where %s', async (_, live) => {
  const host = ready('one')
  host.facts = { ...host.facts, live }
  await to([host]).done
  const workers = host.calls.filter(({ name }) => name.endsWith('_workers'))
  expect(workers.map(({ name, args }) => [name, ...args])).toEqual([
    ['runtime_stop_workers', 'blue'],
    ['runtime_start_workers', 'green'],
  ])
})

test('nor does the first release stay on some hosts only', async () => {
  const hosts = [fresh('one'), fresh('two')]
  hosts[1]!.failAt = 'timed_switch'
  await expect(to(hosts).done).rejects.toThrow(/two/)
  expect(hosts.map(({ serves }) => serves)).toEqual(['nothing', 'nothing'])
})
