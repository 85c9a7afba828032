import { type History, withoutRestored } from '../release/history'
import { type LedgerEvent, readEvent } from '../release/ledger'
import { isSlot, type Slot } from '../release/slot'

/** What a deploy itself changes on a host. */
export interface HostState {
  readonly live: Slot | undefined
  readonly releases: Readonly<Record<Slot, string>>
  /** Ids of the releases whose files are there. */
  readonly present: readonly string[]
  readonly history: History
}

/** What a host says of itself before anything is planned. Sizes in bytes; 0 where the host could not tell. */
export interface HostFacts extends HostState {
  readonly machine: string
  readonly diskFree: number
  readonly memoryAvailable: number
  /** What the runtime on the host told, by the names on its record lines; unchecked. */
  readonly runtime: ReadonlyMap<string, unknown>
}

/** Turns the fact records of a host into facts. Everything a host says is data: checked, or left out. */
export function readFacts(records: readonly { name: string; value: unknown }[]): HostFacts {
  const values = new Map<string, unknown>()
  const history: LedgerEvent[] = []
  const present: string[] = []
  for (const { name, value } of records) {
    const event = name === 'ledger' ? readEvent(value) : undefined
    if (event) history.push(event)
    else if (name === 'present') present.push(String(value))
    else if (name !== 'ledger') values.set(name, value)
  }
  const size = (name: string) => Number(values.get(name)) || 0
  const text = (name: string) => String(values.get(name) ?? '')
  const live = values.get('live')
  return {
    machine: text('machine'),
    diskFree: size('disk-free'),
    memoryAvailable: size('memory-available'),
    live: isSlot(live) ? live : undefined,
    releases: { blue: text('slot-blue'), green: text('slot-green') },
    present,
    history: withoutRestored(history),
    runtime: values,
  }
}
