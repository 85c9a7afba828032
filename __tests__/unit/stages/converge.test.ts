import { goodReleases } from '../../../src/release/history'
import { otherSlot, type Slot } from '../../../src/release/slot'
import { converge } from '../../../src/stages/converge'
import { isWarm } from '../../../src/stages/gate'
import { rollback } from '../../../src/stages/rollback'
import { deployTo, FakeHost } from './fleet'

jest.mock('../../../src/stages/gate')
jest.mock('../../../src/stages/verify')

/** Slots in which nothing answers any more, as `HOST SLOT`. */
const cold = new Set<string>()

beforeEach(() => {
  cold.clear()
  jest.mocked(isWarm).mockImplementation(async (_deploy, { name }, slot) => !cold.has(`${name} ${slot}`))
})

/** A host that serves one of two releases and was about to switch to the second. */
function hostOf(name: string, live: 'v1-1' | 'v2-2', blueHolds: 'v1-1' | 'v2-2'): FakeHost {
  const other = blueHolds === 'v1-1' ? 'v2-2' : 'v1-1'
  const slotOf = (id: string): Slot => (blueHolds === id ? 'blue' : 'green')
  const host = new FakeHost(name, { blue: blueHolds, green: other }, slotOf(live))
  host.enter({ event: 'finished', release: 'v1-1' })
  return intend(host, 'v2-2', slotOf('v2-2'), 'v1-1')
}

function intend(host: FakeHost, release: string, slot: Slot, from: string): FakeHost {
  return host.enter({ event: 'switching', release, slot, from })
}

const serve = (hosts: FakeHost[]) => hosts.map(({ serves }) => serves)

describe('when a run died between the switches of two hosts', () => {
  test('the hosts that had switched go back, in whichever slots they have them', async () => {
    const hosts = [
      hostOf('one', 'v2-2', 'v1-1'),
      hostOf('two', 'v1-1', 'v2-2'),
      hostOf('three', 'v2-2', 'v2-2'),
    ]
    const { deploy, warnings } = deployTo(...hosts)
    expect(await converge(deploy)).toMatchObject({ id: 'v2-2' })
    expect(serve(hosts)).toEqual(['v1-1', 'v1-1', 'v1-1'])
    expect(hosts.map(({ did }) => did.length)).toEqual([1, 0, 1])
    expect(warnings).toEqual([expect.stringMatching(/v2-2.*one, three\.$/)])
  })

  test('a rollback that died takes nothing from the name of the release it went to', async () => {
    const hosts = ['one', 'two'].map((name, at) => {
      const host = new FakeHost(name, { blue: 'v1-1', green: 'v2-2' }, at === 0 ? 'blue' : 'green')
      for (const release of ['v1-1', 'v2-2']) host.enter({ event: 'finished', release })
      return intend(host, 'v1-1', 'blue', 'v2-2')
    })
    hosts[0]!.enter({ event: 'rolled-back', release: 'v2-2' })
    const { deploy } = deployTo(...hosts)
    expect(await converge(deploy)).toMatchObject({ id: 'v1-1' })
    expect(serve(hosts)).toEqual(['v2-2', 'v2-2'])
    for (const { facts } of hosts) expect(goodReleases(facts.history)).toEqual(['v1-1', 'v2-2'])
  })

  test('a rollback after it stays at what all served before, and goes no further back', async () => {
    const hosts = [hostOf('one', 'v2-2', 'v1-1'), hostOf('two', 'v1-1', 'v1-1')]
    for (const host of hosts)
      host.enter({ event: 'finished', release: 'v0-0' }).enter({ event: 'finished', release: 'v1-1' })
    const { deploy } = deployTo(...hosts)
    const undone = await converge(deploy)
    const options = { to: undefined, reason: undefined, left: undefined, undone }
    expect(await rollback(deploy, options)).toMatchObject({ id: 'v1-1' })
    expect(serve(hosts)).toEqual(['v1-1', 'v1-1'])
    expect(deploy.report).toMatchObject({ to: 'v1', release: 'v1-1' })
  })

  test('a host that had nothing before goes back to nothing', async () => {
    const late = intend(new FakeHost('late', { blue: 'v2-2' }, 'blue'), 'v2-2', 'blue', '')
    const hosts = [hostOf('one', 'v1-1', 'v1-1'), late]
    await converge(deployTo(...hosts).deploy)
    expect(serve(hosts)).toEqual(['v1-1', 'nothing'])
  })

  test('the first release of all goes from the hosts that have it', async () => {
    const first = (name: string, live?: Slot) =>
      intend(new FakeHost(name, { blue: 'v1-1' }, live), 'v1-1', 'blue', '')
    const hosts = [first('one', 'blue'), first('two')]
    await converge(deployTo(...hosts).deploy)
    expect(serve(hosts)).toEqual(['nothing', 'nothing'])
  })
})

describe('when the old slot of a host that is ahead does not answer any more', () => {
  const hosts = () => [hostOf('one', 'v2-2', 'v1-1'), hostOf('two', 'v1-1', 'v1-1')] as const
  beforeEach(() => cold.add('one blue'))

  test('no traffic is moved there', async () => {
    const [one, two] = hosts()
    await expect(converge(deployTo(one, two).deploy)).rejects.toThrow(
      /one: v2-2, two: v1-1.*v1-1 is not healthy on one/,
    )
    expect(serve([one, two])).toEqual(['v2-2', 'v1-1'])
    expect([...one.did, ...two.did]).toEqual([])
  })

  test.each([
    ['it', ['nothing', 'v1-1']],
    ['the other one', ['v2-2', 'nothing']],
  ] as const)('and without `live` %s counts as new', async (which, serving) => {
    const [one, two] = hosts()
    removeLive(which === 'it' ? one : two)
    await converge(deployTo(one, two).deploy)
    expect(serve([one, two])).toEqual(serving)
  })
})

/** As `rm live` does, which docs/fleet.md tells. */
function removeLive(host: FakeHost): void {
  host.facts = { ...host.facts, live: undefined }
}

/** As docs/by-hand.md tells it. */
function backByHand(host: FakeHost): void {
  host.facts = { ...host.facts, live: 'blue' }
  host
    .enter({ event: 'switched-back', release: 'v1-1', slot: 'blue', from: 'v2-2' }, 'by-hand')
    .enter({ event: 'rolled-back', release: 'v2-2' }, 'by-hand')
}

/** The deploy of v2 came to its end on the host, or as far as its drain. */
function ended(host: FakeHost, last: 'drained' | 'finished' = 'finished'): FakeHost {
  host.enter({ event: 'switched', release: 'v2-2', slot: 'green', from: 'v1-1' })
  host.enter({ event: 'drained', release: 'v1-1' })
  return last === 'drained' ? host : host.enter({ event: 'finished', release: 'v2-2' })
}

describe('when a deploy was brought to its end, and only then a host came to serve another release', () => {
  const disagree = /one: v2-2, two: v1-1.*no run that died/
  const ready = (name: string, live: 'v1-1' | 'v2-2') =>
    hostOf(name, live, 'v1-1').enter({ event: 'gated', release: 'v1-1' })
  /** A person went back on the second one alone, or it was lost in the switch and comes back now. */
  const situations = {
    'a person switched it back': (last?: 'drained') => {
      const [one, two] = [ended(ready('one', 'v2-2'), last), ended(ready('two', 'v2-2'), last)]
      backByHand(two)
      return [one, two] as const
    },
    'it was lost in the switch': (last?: 'drained') =>
      [ended(ready('one', 'v2-2'), last), ready('two', 'v1-1')] as const,
  }
  const options = { to: undefined, reason: undefined, left: undefined, undone: undefined }

  describe.each(Object.entries(situations))('since %s', (_, make) => {
    test.each([undefined, 'drained'] as const)(
      'nobody goes back to a slot that may be stopped',
      async (last) => {
        const hosts = make(last)
        await expect(converge(deployTo(...hosts).deploy)).rejects.toThrow(disagree)
        expect(serve([...hosts])).toEqual(['v2-2', 'v1-1'])
        expect(hosts.flatMap(({ did }) => did)).toEqual([])
      },
    )

    test('the others may be switched by hand', async () => {
      const hosts = make()
      backByHand(hosts[0])
      expect(await converge(deployTo(...hosts).deploy)).toBeUndefined()
    })

    test.each([
      ['', (hosts: readonly FakeHost[]) => [...hosts]],
      [', also when that is the first one', (hosts: readonly FakeHost[]) => hosts.toReversed()],
    ])('it may be made new, and a rollback brings it along%s', async (_, order) => {
      const hosts = order(make())
      removeLive(hosts.find(({ name }) => name === 'two')!)
      const { deploy } = deployTo(...hosts)
      expect(await converge(deploy)).toBeUndefined()
      expect(await rollback(deploy, options)).toMatchObject({ id: 'v1-1' })
      expect(serve(hosts)).toEqual(['v1-1', 'v1-1'])
      for (const { facts } of hosts) expect(goodReleases(facts.history)).toEqual(['v1-1'])
    })
  })
})

test('hosts that agree are left alone', async () => {
  const hosts = [hostOf('one', 'v2-2', 'v1-1'), hostOf('two', 'v2-2', 'v2-2')]
  expect(await converge(deployTo(...hosts).deploy)).toBeUndefined()
  expect(hosts.flatMap(({ did }) => did)).toEqual([])
})

test('a host that is new and has nothing yet disagrees with nobody', async () => {
  const hosts = [hostOf('one', 'v2-2', 'v1-1'), new FakeHost('late', {})]
  expect(await converge(deployTo(...hosts).deploy)).toBeUndefined()
  expect(serve(hosts)).toEqual(['v2-2', 'nothing'])
})

test('without an intent nobody guesses', async () => {
  const hostWith = (name: string, live: Slot) => new FakeHost(name, { blue: 'v1-1', green: 'v2-2' }, live)
  const hosts = [hostWith('one', 'green'), hostWith('two', otherSlot('green'))]
  await expect(converge(deployTo(...hosts).deploy)).rejects.toThrow(/one: v2-2, two: v1-1/)
})
