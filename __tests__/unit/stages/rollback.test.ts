import { rollback } from '../../../src/stages/rollback'
import { deployTo, FakeHost } from './fleet'

jest.mock('../../../src/stages/verify')

const nothing = { to: undefined, reason: undefined, undone: undefined }

test('attempts after one that went back go no further, however many of them are cut off', async () => {
  const host = new FakeHost('one', { blue: 'v3-3', green: 'v2-2' }, 'green')
  for (const release of ['v1-1', 'v2-2', 'v3-3']) host.enter({ event: 'finished', release })
  for (const release of ['v2-2', 'v3-3']) host.enter({ event: 'gated', release, slot: 'green' })
  // As the first attempt left it.
  host
    .enter({ event: 'switching', release: 'v2-2', slot: 'green', from: 'v3-3' })
    .enter({ event: 'switched', release: 'v2-2', slot: 'green', from: 'v3-3' })
    .enter({ event: 'rolled-back', release: 'v3-3' })
  for (const attempt of [2, 3, 4]) {
    Object.assign(host, { owner: `9/${attempt}/deploy` })
    expect(await rollback(deployTo(host).deploy, nothing)).toMatchObject({ id: 'v2-2' })
    expect(host.serves).toBe('v2-2')
    expect(host.events.at(-2)).toBe('rolled-back v3-3')
  }
})
