import { HostFailure } from '../../../src/host/session'
import { bake } from '../../../src/stages/bake'
import { watchProbes } from '../../../src/stages/gate'
import type { HostSwitch } from '../../../src/stages/switch'
import { deployTo, FakeHost, releaseOf } from './fleet'

jest.mock('../../../src/stages/gate')

const v2 = releaseOf('v2-2', 'green')
const refused = 'web: connection refused, 3 times in a row'
const slow = '10 of 12 requests took longer than 100 ms'

beforeEach(() => {
  jest.mocked(watchProbes).mockReturnValue({ trouble: Promise.resolve(refused), stop: () => undefined })
})

/** A bake whose probes are refused, on a host whose own watcher ends by `watcher`. */
function bakeOn(host: FakeHost, watcher: Promise<never>) {
  const followed = Object.assign(host, { followAgain: () => watcher })
  const from = { slot: 'blue', release: 'v1-1' }
  const switched = { host: followed, release: v2, from, watcher: 'bake-run' } as unknown as HostSwitch
  return bake(deployTo(host).deploy, v2, [switched])
}

test('what the probes find takes the release back', async () => {
  const host = new FakeHost('one', { blue: 'v1-1', green: 'v2-2' }, 'green')
  const watching = new Promise<never>(() => undefined)
  await expect(bakeOn(host, watching)).rejects.toThrow(/^Bake of v2: web: connection refused.*back on v1-1/)
  expect(host.serves).toBe('v1-1')
})

/** A watcher that found the release slow; it stops the release before it ends itself. */
function slowWatcher(): Promise<never> {
  const failure = new HostFailure('one', 'bake', slow, { facts: new Map(), printed: [] })
  return new Promise((_, reject) => setImmediate(() => reject(failure)))
}

test('where the watcher was faster, what it found is why, and not that the stopped release does not answer', async () => {
  const host = new FakeHost('one', { blue: 'v1-1', green: 'v2-2' }, 'blue')
  await expect(bakeOn(host, slowWatcher())).rejects.toThrow(/^Bake of v2: 10 of 12 requests.*back on v1-1/)
  expect(host.did).toEqual([])
})

test('where it takes the release back while that is about to be done, it is done once', async () => {
  const host = new FakeHost('one', { blue: 'v1-1', green: 'v2-2' }, 'green')
  const run = host.run.bind(host)
  host.run = (program) => {
    host.facts = { ...host.facts, live: 'blue' }
    return run(program)
  }
  await expect(bakeOn(host, slowWatcher())).rejects.toThrow(/^Bake of v2: 10 of 12 requests.*back on v1-1/)
  expect(host.events.slice(-1)).toEqual(['shipped v2-2'])
})
