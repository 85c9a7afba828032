import { goodReleases } from '../../../src/release/history'
import { otherSlot, type Slot } from '../../../src/release/slot'
import { converge } from '../../../src/stages/converge'
import { rollback } from '../../../src/stages/rollback'
import { deployTo, FakeHost } from './fleet'

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
    const options = { to: undefined, reason: undefined, undone }
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
