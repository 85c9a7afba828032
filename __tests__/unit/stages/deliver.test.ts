import { deliver } from '../../../src/stages/deliver'
import { refuseOlderRun } from '../../../src/stages/preflight'
import { type Project, planFiles, readReleaseFiles } from '../../../src/stages/project'
import { ship } from '../../../src/stages/ship'
import { deployTo, FakeHost, releaseOf } from './fleet'

jest.mock('../../../src/stages/project', () => ({
  ...jest.requireActual('../../../src/stages/project'),
  planFiles: jest.fn(),
  readReleaseFiles: jest.fn(),
}))
jest.mock('../../../src/stages/ship')

const identity = { id: 'v2-2', version: 'v2', run: 2, commit: '' }
const request = { identity, layout: undefined }

beforeEach(() => {
  jest.mocked(ship).mockClear()
  jest.mocked(planFiles).mockReturnValue({
    files: [],
    prepare: [],
    takenImages: [],
    accessoryImages: [],
    notices: [],
    warnings: [],
  })
  jest.mocked(readReleaseFiles).mockResolvedValue(undefined)
  jest.mocked(ship).mockImplementation(async (_deploy, { to }) => {
    for (const { host, release } of to)
      (host as unknown as FakeHost).enter({ event: 'shipped', release: release.id, details: release })
  })
})

test('a clock that is far off is a warning', async () => {
  const host = new FakeHost('one', {})
  host.facts = { ...host.facts, clock: { asked: 90_000, host: 30_000, answered: 91_000 } }
  const { deploy, warnings } = deployTo(host)
  await deliver(deploy, {} as Project, request)
  expect(warnings).toEqual([expect.stringMatching(/^clock of one: 60 s behind .*timedatectl/)])
})

test('no run switches over what a person did by hand after it', () => {
  const host = new FakeHost('one', { blue: 'v3-3', green: 'v2-2' }, 'green')
    .enter({ event: 'switched', release: 'v3-3', slot: 'blue', from: 'v2-2' }, '3/1/deploy')
    .enter({ event: 'switched-back', release: 'v2-2', slot: 'green', from: 'v3-3' }, 'by-hand')
  const { deploy } = deployTo(host)
  expect(() => refuseOlderRun(deploy, 3)).toThrow('a person switched this host after run 3 began')
  expect(() => refuseOlderRun(deploy, 4)).not.toThrow()
})

test('what an earlier attempt shipped is not shipped again', async () => {
  const host = new FakeHost('one', { blue: 'v2-2', green: 'v1-1' }, 'green')
  await deliver(deployTo(host).deploy, {} as Project, request)
  expect(ship).not.toHaveBeenCalled()
})

test('it is where its settings are others now, such as a secret that was wrong', async () => {
  const host = new FakeHost('one', { blue: 'v2-2', green: 'v1-1' }, 'green')
  host.files = 'a-sum-of-other-settings'
  const release = await deliver(deployTo(host).deploy, {} as Project, request)
  expect(ship).toHaveBeenCalledTimes(1)
  expect(release).toMatchObject({ id: 'v2-2', slot: 'blue' })
})

test('it is where that was cut off before all of it was laid down', async () => {
  const host = new FakeHost('one', { blue: 'v2-2', green: 'v1-1' }, 'green')
  host.facts = { ...host.facts, present: ['v1-1'] }
  await deliver(deployTo(host).deploy, {} as Project, request)
  expect(ship).toHaveBeenCalledTimes(1)
})

test('never where it takes traffic', async () => {
  const host = new FakeHost('one', { blue: 'v2-2', green: 'v1-1' }, 'blue')
  host.files = 'a-sum-of-other-settings'
  expect(await deliver(deployTo(host).deploy, {} as Project, request)).toMatchObject({ slot: 'blue' })
  expect(ship).not.toHaveBeenCalled()
})

/** Each host has another slot free, and only the second lacks the release. */
test('the release comes back in the slot of the first host, which migrates, whichever host it was shipped to', async () => {
  const one = new FakeHost('one', { blue: 'v2-2', green: 'v1-1' }, 'green')
  const two = new FakeHost('two', { blue: 'v1-1' }, 'blue')
  const release = await deliver(deployTo(one, two).deploy, {} as Project, request)
  const [, { to }] = jest.mocked(ship).mock.lastCall!
  expect(to).toMatchObject([{ host: { name: 'two' }, release: { slot: 'green' } }])
  expect(release).toMatchObject({ ...releaseOf('v2-2', 'blue'), config: expect.anything() })
})
