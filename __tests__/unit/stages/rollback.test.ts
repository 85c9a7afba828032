import { goodReleases } from '../../../src/release/history'
import { isWarm } from '../../../src/stages/gate'
import { rollback } from '../../../src/stages/rollback'
import { deployTo, FakeHost, releaseOf } from './fleet'

jest.mock('../../../src/stages/gate')
jest.mock('../../../src/stages/verify')

const nothing = { to: undefined, reason: undefined, undone: undefined, left: undefined }

/** Was deployed three times; v2 is warm in green. */
function thrice(name: string): FakeHost {
  const host = new FakeHost(name, { blue: 'v3-3', green: 'v2-2' }, 'green')
  host.enter({ event: 'shipped', release: 'v1-1', details: releaseOf('v1-1', 'green') }, '1/1/deploy')
  host.facts = { ...host.facts, present: ['v1-1', 'v2-2', 'v3-3'] }
  for (const release of ['v1-1', 'v2-2', 'v3-3']) host.enter({ event: 'finished', release })
  for (const release of ['v2-2', 'v3-3']) host.enter({ event: 'gated', release, slot: 'green' })
  return host
}

/** What the first attempt of a rollback from v3 writes, in its order. The traffic moves after the first line. */
const lines = [
  { event: 'switching', release: 'v2-2', slot: 'green', from: 'v3-3' },
  { event: 'switched', release: 'v2-2', slot: 'green', from: 'v3-3' },
  { event: 'rolled-back', release: 'v3-3' },
]

const attempt = async (number: number, ...hosts: FakeHost[]) => {
  for (const host of hosts) Object.assign(host, { owner: `9/${number}/deploy` })
  return rollback(deployTo(...hosts).deploy, nothing)
}

test.each([1, 2, 3])(
  'attempts after one that went back go no further, however many of them are cut off, with %i lines of the first',
  async (written) => {
    const host = thrice('one')
    for (const line of lines.slice(0, written)) host.enter(line)
    for (const number of [2, 3, 4]) {
      expect(await attempt(number, host)).toMatchObject({ id: 'v2-2' })
      expect(host.serves).toBe('v2-2')
      expect(host.events.slice(-2)).toEqual(['rolled-back v3-3', 'drained v3-3'])
      expect(goodReleases(host.facts.history)).toEqual(['v1-1', 'v2-2'])
    }
  },
)

test('of several servers one may have written less than the others, and one may be new', async () => {
  const [one, two, late] = [thrice('one'), thrice('two'), thrice('late')]
  late.enter({ ...lines[0], from: '' }).enter({ ...lines[1], from: '' })
  for (const line of lines) one.enter(line)
  two.enter(lines[0]!)
  await attempt(2, late, one, two)
  for (const host of [late, one, two]) {
    expect(host.serves).toBe('v2-2')
    expect(goodReleases(host.facts.history)).toEqual(['v1-1', 'v2-2'])
  }
})

test('one that was cut off before it moved the traffic begins anew', async () => {
  const host = thrice('one')
  host.facts = { ...host.facts, live: 'blue' }
  host.enter(lines[0]!)
  jest.mocked(isWarm).mockResolvedValue(true)
  expect(await attempt(2, host)).toMatchObject({ id: 'v2-2' })
  expect(goodReleases(host.facts.history)).toEqual(['v1-1', 'v2-2'])
})

describe('a rollback that waited for a run that was at work', () => {
  const from = (left: string, host: FakeHost, to?: string) =>
    rollback(deployTo(host).deploy, { ...nothing, left, to })

  test('goes no further where the bake of that run went back', async () => {
    const host = thrice('one').enter({ event: 'bake-failed', release: 'v3-3' })
    expect(await from('v3-3', host)).toMatchObject({ id: 'v2-2' })
    expect(host.did).toEqual([])
  })

  test('is refused where the run put another release live, unless it was told where to go', async () => {
    const host = thrice('one')
    await expect(from('v1-1', host)).rejects.toThrow(
      'v2-2 went live while this rollback waited to go back from v1-1. Nothing was changed.',
    )
    expect(host.did).toEqual([])
    expect(await from('v1-1', host, 'v3-3')).toMatchObject({ id: 'v3-3' })
  })
})
