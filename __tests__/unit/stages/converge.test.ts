import type { HostSession } from '../../../src/host/session'
import type { LedgerEvent } from '../../../src/release/ledger'
import { otherSlot, type Slot } from '../../../src/release/slot'
import { composeRuntime } from '../../../src/runtimes/compose'
import { converge } from '../../../src/stages/converge'
import type { Deploy } from '../../../src/stages/deploy'
import { exampleConfig } from '../proxies/config'

/** A host that serves one of two releases; `intent` is in its ledger when a run began to switch it to v2. */
function hostOf(name: string, live: 'v1-1' | 'v2-2', blueHolds: 'v1-1' | 'v2-2', intent: boolean) {
  const other = blueHolds === 'v1-1' ? 'v2-2' : 'v1-1'
  const releases: Record<Slot, string> = { blue: blueHolds, green: other }
  const slotOf = (id: string): Slot => (releases.blue === id ? 'blue' : 'green')
  const common = { at: '2026-11-22T00:00:00Z', owner: '2/1/deploy', release: 'v2-2' }
  const details = {
    id: 'v2-2',
    version: 'v2',
    run: 2,
    commit: '',
    slot: slotOf('v2-2'),
    images: {},
    config: 'aaaaaaaa',
  }
  const history: LedgerEvent[] = [
    { ...common, event: 'shipped', details },
    ...(intent ? [{ ...common, event: 'switching' as const, slot: slotOf('v2-2'), from: 'v1-1' }] : []),
  ]
  const host = {
    name,
    switches: [] as string[],
    facts: { live: slotOf(live), releases, history },
    refresh: async () => host.facts,
    run: async ({ calls }: { calls: { name: string; args: readonly string[] }[] }) => {
      const to = calls.find((each) => each.name === 'switch_live')
      if (to) {
        host.switches.push(to.args[1]!)
        host.facts = { ...host.facts, live: otherSlot(host.facts.live) }
      }
      return { facts: new Map(), printed: [] }
    },
  }
  return host
}

type FakeHost = ReturnType<typeof hostOf>

function deployTo(hosts: FakeHost[]): Deploy {
  const reporter = { warning: () => undefined }
  return {
    config: exampleConfig(),
    hosts: hosts as unknown as HostSession[],
    runtime: composeRuntime,
    report: {},
    reporter,
  } as unknown as Deploy
}

describe('when a run died between the switches of two hosts', () => {
  test('the host that had switched goes back, in whichever slots it has them', async () => {
    const hosts = [
      hostOf('one', 'v2-2', 'v1-1', true),
      hostOf('two', 'v1-1', 'v2-2', true),
      hostOf('three', 'v2-2', 'v2-2', true),
    ]
    await converge(deployTo(hosts))
    expect(hosts.map(({ switches }) => switches)).toEqual([['v1-1'], [], ['v1-1']])
  })

  test('hosts that agree are left alone, with an intent or without', async () => {
    const hosts = [hostOf('one', 'v2-2', 'v1-1', true), hostOf('two', 'v2-2', 'v2-2', false)]
    await converge(deployTo(hosts))
    expect(hosts.flatMap(({ switches }) => switches)).toEqual([])
  })

  test('without an intent nobody guesses', async () => {
    const hosts = [hostOf('one', 'v2-2', 'v1-1', false), hostOf('two', 'v1-1', 'v1-1', false)]
    await expect(converge(deployTo(hosts))).rejects.toThrow(/one: v2-2, two: v1-1/)
  })
})
