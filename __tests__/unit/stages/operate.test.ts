import { LeaseHeld } from '../../../src/host/session'
import { type CheckName, defaultLimits } from '../../../src/release/check-up'
import { Trouble } from '../../../src/release/trouble'
import { serviceAt } from '../../../src/stages/live-health'
import { asChecks, compareHosts, keepUp, lookAtHost, type Watch } from '../../../src/stages/operate'
import { backUp } from '../../../src/stages/routine'
import { deployTo, FakeHost, releaseOf } from './fleet'

const watch = (...skip: CheckName[]): Watch => ({
  limits: defaultLimits,
  skip: new Set(skip),
  now: Date.parse('2026-11-22T12:00:00Z'),
})
const signal = new AbortController().signal

describe('trouble on the way', () => {
  const look = (error: Error) => asChecks({ signal }, 'host', 'web1', () => Promise.reject(error))

  test('is one of the checks', async () => {
    expect(await look(new Trouble('web1', 'does not answer.', 'Start it.'))).toEqual([
      { check: 'host', of: 'web1', found: 'does not answer.', fix: 'Start it.' },
    ])
  })
  test('is not, where it is a bug', async () => {
    await expect(look(new TypeError('no function'))).rejects.toThrow('no function')
  })
  test('is not, where the run was cancelled', async () => {
    const cancelled = asChecks({ signal: AbortSignal.abort(new Error('cancelled')) }, 'host', 'web1', () =>
      Promise.reject(new Trouble('web1', 'was closed.', '')),
    )
    await expect(cancelled).rejects.toThrow('cancelled')
  })
})

test('hosts that serve different releases', () => {
  const on = (name: string, id?: string) => ({
    name,
    live: id === undefined ? undefined : releaseOf(id, 'blue'),
  })
  expect(compareHosts('shop', [on('a', 'v1-1'), on('b', 'v1-1'), on('c')])).toEqual([])
  expect(compareHosts('shop', [on('a', 'v1-1'), on('b', 'v2-2')])).toMatchObject([
    { check: 'live', of: 'shop', found: 'a serves v1-1, b serves v2-2' },
  ])
})

test('the longest route that fits has a path', () => {
  const routes = [
    { path: '/', service: 'front' },
    { path: '/api/', service: 'api' },
    { path: '/health', service: 'api' },
  ]
  const at = (path: string) => serviceAt({ routes }, path)
  expect(['/', '/api/x?y', '/health', '/health/db?a=/', '/healthy', '/api'].map(at)).toEqual([
    'front',
    'api',
    'api',
    'api',
    'front',
    'front',
  ])
  expect(serviceAt({ routes: [] }, '/')).toBeUndefined()
})

describe('keeping up', () => {
  test('is left to a run that is at work on the host', async () => {
    const host = new FakeHost('web1', { blue: 'v1-1' }, 'blue')
    const held = {
      kind: 'held',
      owner: '7/1/deploy',
      url: 'https://ci.example',
      since: 0,
      expires: 60,
      now: 60,
    } as const
    Object.assign(host, { take: () => Promise.reject(new LeaseHeld('web1', held)) })
    const { deploy, warnings } = deployTo(host)
    expect(await keepUp(deploy, watch(), true)).toEqual([])
    expect(warnings).toEqual([
      expect.stringMatching(/^web1: backup and prune were left out, since another run is at work/),
    ])
    expect(host.did).toEqual([])
  })

  test('takes no lease where there is nothing to do', async () => {
    const { deploy } = deployTo(new FakeHost('web1', { blue: 'v1-1' }, 'blue'))
    expect(await keepUp(deploy, watch('backup', 'prune'), true)).toEqual([])
  })

  test.each([
    ['2026-11-22T10:00:00Z', 'made 2 h ago, 5.0 MB', 0],
    ['2026-11-21T15:59:00Z', 'made now and read back, 0.0 MB: /srv/shop/backups/scheduled.1.dump', 1],
  ])('after a backup of %s: %s', async (at, found, programs) => {
    const host = new FakeHost('web1', { blue: 'v1-1' }, 'blue')
    host.enter({
      event: 'backed-up',
      release: 'v1-1',
      file: '/srv/shop/backups/scheduled.0.dump',
      bytes: 5e6,
      at,
    })
    host.enter({
      event: 'backed-up',
      release: 'v1-1',
      file: '/srv/shop/backups/v1-1.3.dump',
      bytes: 9e6,
      at: '2026-11-22T11:00:00Z',
    })
    const { deploy } = deployTo(host)
    Object.assign(deploy.config, { database: { kind: 'postgres', accessory: 'db' } })
    const checked = await backUp(
      deploy,
      deploy.hosts[0]!,
      releaseOf('v1-1', 'blue'),
      defaultLimits,
      watch().now,
    )
    expect(checked).toEqual({ check: 'backup', of: 'web1', found })
    expect(host.did).toHaveLength(programs)
  })
})

test('a host on which nothing is live', async () => {
  const host = new FakeHost('web1', {})
  const { deploy } = deployTo(host)
  const skipped = watch('certificate', 'services', 'disk', 'memory', 'clock', 'units')
  Object.assign(host, { ask: async () => ({ facts: new Map(), printed: [] }) })
  expect(await lookAtHost(deploy, skipped)).toEqual([
    { check: 'live', of: 'web1', found: 'nothing is live', fix: expect.any(String) },
  ])
})
