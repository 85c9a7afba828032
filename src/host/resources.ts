import { countOf, fieldsOf, textOf } from './fact'

/* What a host has, as it told it in facts. All of it is checked, or left out. */

/** Milliseconds since 1970. The host read its clock at some moment between the other two. */
export interface ClockReading {
  readonly asked: number
  readonly host: number
  readonly answered: number
}

/** Bytes. `available` is what programs could have without swapping. */
export interface Memory {
  readonly total: number
  readonly available: number
}

/** The file system under a folder, as `df` tells of it. */
export interface Disk {
  readonly folder: string
  /** Two folders of the same one have the same device. */
  readonly device: string
  readonly usedBytes: number
  readonly freeBytes: number
  /** Both 0 where the file system does not count them. */
  readonly usedInodes: number
  readonly freeInodes: number
}

/** What the host could not tell is absent. */
export interface Resources {
  readonly clock?: ClockReading
  readonly memory?: Memory
  readonly disks: readonly Disk[]
}

/** @param asked and `answered`: when, by our own clock */
export function readResources(
  facts: ReadonlyMap<string, unknown>,
  asked: number,
  answered: number,
): Resources {
  const clock = countOf(facts.get('clock'))
  const memory = readMemory(facts.get('memory'))
  return {
    ...(clock !== undefined && { clock: { asked, host: clock, answered } }),
    ...(memory && { memory }),
    disks: [...facts].flatMap(([name, value]) => (name.startsWith('disk ') ? (readDisk(value) ?? []) : [])),
  }
}

function readMemory(value: unknown): Memory | undefined {
  const total = countOf(fieldsOf(value).total)
  const available = countOf(fieldsOf(value).available)
  return total !== undefined && total > 0 && available !== undefined ? { total, available } : undefined
}

function readDisk(value: unknown): Disk | undefined {
  const { folder, device, ...counts } = fieldsOf(value)
  const number = (name: string) => countOf(counts[name])
  const usedBytes = number('used')
  const freeBytes = number('free')
  if (typeof folder !== 'string' || usedBytes === undefined || freeBytes === undefined) return undefined
  return {
    folder,
    device: textOf(device),
    usedBytes,
    freeBytes,
    usedInodes: number('usedInodes') ?? 0,
    freeInodes: number('freeInodes') ?? 0,
  }
}
