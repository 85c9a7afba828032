import { type History, withoutRestored } from '../release/history'
import { type LedgerEvent, readEvent } from '../release/ledger'
import { isSlot, type Slot } from '../release/slot'
import { textOf } from './fact'
import { type Resources, readResources } from './resources'

/** What a deploy itself changes on a host. */
export interface HostState {
  readonly live: Slot | undefined
  readonly releases: Readonly<Record<Slot, string>>
  /** Ids of the releases whose files are there. */
  readonly present: readonly string[]
  readonly history: History
}

/** What a host says of itself before anything is planned. Its disks are the one of the base folder and those of the runtime. */
export interface HostFacts extends HostState, Resources {
  readonly machine: string
  /** What the runtime on the host told, by the names on its record lines; unchecked. */
  readonly runtime: ReadonlyMap<string, unknown>
}

/**
 * Turns the fact records of a host into facts. Everything a host says is data: checked, or left out.
 *
 * @param asked and `answered`: when, in milliseconds of our own clock
 */
export function readFacts(
  records: readonly { name: string; value: unknown }[],
  asked: number,
  answered: number,
): HostFacts {
  const values = new Map<string, unknown>()
  const history: LedgerEvent[] = []
  const present: string[] = []
  for (const { name, value } of records) {
    const event = name === 'ledger' ? readEvent(value) : undefined
    if (event) history.push(event)
    else if (name === 'present') present.push(textOf(value))
    else if (name !== 'ledger') values.set(name, value)
  }
  const text = (name: string) => textOf(values.get(name))
  const live = values.get('live')
  return {
    machine: text('machine'),
    ...readResources(values, asked, answered),
    live: isSlot(live) ? live : undefined,
    releases: { blue: text('slot-blue'), green: text('slot-green') },
    present,
    history: withoutRestored(history),
    runtime: values,
  }
}
