import type { HostFacts } from '../../../src/host/facts'
import type { Call } from '../../../src/host/program'
import { readEvent } from '../../../src/release/ledger'
import type { Release } from '../../../src/release/release'
import { type Slot, slots } from '../../../src/release/slot'
import { Trouble } from '../../../src/release/trouble'
import { composeRuntime } from '../../../src/runtimes/compose'
import type { Deploy } from '../../../src/stages/deploy'
import { exampleConfig } from '../proxies/config'

/** A release of some run: `v2-2` is run 2's. */
export function releaseOf(id: string, slot: Slot): Release {
  const [version = '', run] = id.split('-')
  return { id, version, run: Number(run), commit: '', slot, images: {}, config: '0123456789abcdef' }
}

/** A host that does to its ledger, slots and live link what the calls of a program say. */
export class FakeHost {
  readonly base = '/srv/shop'
  readonly owner = '9/1/deploy'
  token = 1
  /** The first calls of the programs it was given. */
  readonly did: string[] = []
  /** All the calls of these. */
  readonly calls: Call[] = []
  /** Thrown at a call of that name; what came before it in the program has happened. */
  failAt: string | undefined
  lost = false
  /** Sums of the files of the release that is asked for, as the host tells them. */
  files = ''
  facts: HostFacts

  constructor(
    readonly name: string,
    holds: Partial<Record<Slot, string>>,
    live?: Slot,
  ) {
    this.facts = {
      live,
      releases: { blue: '', green: '', ...holds },
      present: Object.values(holds),
      history: [],
      disks: [],
      runtime: new Map(),
    } as unknown as HostFacts
    for (const slot of slots) {
      const id = holds[slot]
      if (id !== undefined)
        this.enter({ event: 'shipped', release: id, details: releaseOf(id, slot) }, '1/1/deploy')
    }
  }

  /** A line of its ledger. */
  enter(fields: Record<string, unknown>, owner = this.owner): this {
    const event = readEvent({ at: '2026-11-22T00:00:00Z', owner, ...fields })
    if (!event) throw new Error(`no event: ${JSON.stringify(fields)}`)
    this.facts = { ...this.facts, history: [...this.facts.history, event] }
    return this
  }

  get events(): string[] {
    return this.facts.history.map(({ event, release }) => `${event} ${release}`)
  }

  get serves(): string {
    return this.facts.live ? this.facts.releases[this.facts.live] : 'nothing'
  }

  async refresh(): Promise<HostFacts> {
    if (this.lost) throw new Trouble(this.name, 'does not answer.', 'Wait.')
    return this.facts
  }

  async ask() {
    return { facts: new Map([['files', this.files]]), printed: [] }
  }

  companion() {
    return { run: 'bake-run', call: { name: 'detach', args: [] } }
  }

  async run({ calls }: { calls: readonly Call[] }) {
    if (this.lost) throw new Trouble(this.name, 'does not answer.', 'Wait.')
    const begin = calls.find(({ name }) => name === 'begin') ?? calls[0]!
    this.did.push(String(begin.args[0] ?? begin.name))
    this.calls.push(...calls)
    const facts = new Map<string, unknown>([['switch-ms', 7]])
    for (const { name, args } of calls) {
      if (name === 'still_live' && this.serves !== args[1]) break
      if (name === 'fact') facts.set(args[0]!, args[1])
      if (name === this.failAt) throw new Trouble(this.name, `${name} failed.`, 'Mend it.')
      this.perform(name, args)
    }
    return { facts, printed: [] }
  }

  private perform(name: string, args: readonly string[]): void {
    const [slot, id] = args as [Slot, string]
    if (name === 'ledger') this.enter(JSON.parse(`{${args[0]}}`))
    if (name === 'timed_switch' || name === 'switch_live') this.facts = { ...this.facts, live: slot }
    if (name === 'take_off') this.facts = { ...this.facts, live: undefined }
    if (name === 'slot_point')
      this.facts = { ...this.facts, releases: { ...this.facts.releases, [slot]: id } }
  }
}

export interface FakeDeploy {
  readonly deploy: Deploy
  readonly warnings: string[]
}

export function deployTo(...hosts: FakeHost[]): FakeDeploy {
  const warnings: string[] = []
  const ignore = () => undefined
  const reporter = {
    stageBegin: ignore,
    stageEnd: ignore,
    info: ignore,
    warning: (message: string) => warnings.push(message),
  }
  const deploy = {
    config: exampleConfig(),
    hosts,
    runtime: composeRuntime,
    reporter,
    report: {},
    signal: new AbortController().signal,
    clock: { now: () => 0, wait: async () => undefined },
  }
  return { deploy: deploy as unknown as Deploy, warnings }
}
