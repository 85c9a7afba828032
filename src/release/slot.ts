/** The two places on a host where a release of the app can run. */
export const slots = ['blue', 'green'] as const
export type Slot = (typeof slots)[number]

export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue'
}

export function isSlot(value: unknown): value is Slot {
  return value === 'blue' || value === 'green'
}
