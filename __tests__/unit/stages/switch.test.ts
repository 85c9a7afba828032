import type { HostFacts } from '../../../src/host/facts'
import type { LedgerEvent } from '../../../src/release/ledger'
import type { Release } from '../../../src/release/release'
import { Trouble } from '../../../src/release/trouble'
import { composeRuntime } from '../../../src/runtimes/compose'
import type { Deploy } from '../../../src/stages/deploy'
import { switchTo } from '../../../src/stages/switch'
import { verify } from '../../../src/stages/verify'
import { exampleConfig } from '../proxies/config'

jest.mock('../../../src/stages/verify')

const release: Release = {
  id: 'v2-2',
  version: 'v2',
  run: 2,
  commit: '',
  slot: 'green',
  images: {},
  config: '0123456789abcdef',
}

const common = { at: '2026-11-22T00:00:00Z', owner: '2/1/deploy', release: release.id }

/**
 * A host whose blue slot is live; programs succeed. `after` is what its ledger has gained once one has run: where it is
 * not empty, the watcher has put the blue slot back.
 */
function deployTo(after: LedgerEvent[]): { deploy: Deploy; stages: string[] } {
  const stages: string[] = []
  const before: LedgerEvent[] = [
    { ...common, event: 'shipped', details: release },
    { ...common, event: 'gated' },
  ]
  const facts = () =>
    ({
      live: stages.includes('switch') && after.length === 0 ? 'green' : 'blue',
      releases: { blue: 'v1-1', green: 'v2-2' },
      history: stages.length > 0 ? [...before, ...after] : before,
    }) as unknown as HostFacts
  const host = {
    name: 'deploy@203.0.113.7',
    facts: facts(),
    refresh: async () => facts(),
    companion: () => ({ run: 'bake-run', call: { name: 'detach', args: [] } }),
    run: async ({ calls }: { calls: { name: string; args: readonly string[] }[] }) => {
      stages.push(calls.find(({ name }) => name === 'begin')!.args[0]!)
      return { facts: new Map([['switch-ms', 7]]), printed: [] }
    },
  }
  const deploy = { config: exampleConfig(), hosts: [host], runtime: composeRuntime, report: {} }
  return { deploy: deploy as unknown as Deploy, stages }
}

const refused = new Trouble('The proxy', 'does not answer with v2-2.', 'Run setup-host again.')

describe('when the proxy does not answer with the new release', () => {
  beforeEach(() => jest.mocked(verify).mockRejectedValue(refused))

  test('switches back and says that it was the proxy', async () => {
    const { deploy, stages } = deployTo([])
    await expect(switchTo(deploy, release, { bake: true, also: [] })).rejects.toBe(refused)
    expect(stages).toEqual(['switch', 'switch back'])
  })

  test('leaves it to the bake where its watcher took the release back meanwhile', async () => {
    const { deploy, stages } = deployTo([{ ...common, event: 'bake-failed' }])
    const switches = await switchTo(deploy, release, { bake: true, also: [] })
    expect(switches).toMatchObject([{ from: { slot: 'blue', release: 'v1-1' }, ms: 7, watcher: 'bake-run' }])
    expect(stages).toEqual(['switch'])
  })
})
