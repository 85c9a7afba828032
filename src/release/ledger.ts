import type { ImageIdentity, Release } from './release'
import { isSlot, type Slot } from './slot'

/** What the ledger records. `schema` is a hash of the database's schema after the event. */
export type LedgerEvent = { readonly at: string; readonly owner: string } & (
  | { readonly event: 'shipped'; readonly release: string; readonly details: Release }
  | { readonly event: 'backed-up'; readonly release: string; readonly file: string; readonly bytes: number }
  | { readonly event: 'backup-off' | 'migrating'; readonly release: string }
  | {
      readonly event: 'migrated'
      readonly release: string
      readonly schemaBefore: string
      readonly schema: string
    }
  | { readonly event: 'migration-failed'; readonly release: string; readonly schemaChanged: boolean }
  | {
      readonly event:
        | 'started'
        | 'gated'
        | 'gate-failed'
        | 'baked'
        | 'bake-failed'
        | 'taken-back'
        | 'drained'
        | 'finished'
        | 'rolled-back'
      readonly release: string
    }
  | { readonly event: 'restored'; readonly release: string; readonly file: string }
  | {
      readonly event: 'switching' | 'switched' | 'switched-back'
      readonly release: string
      readonly slot: Slot
      readonly from: string
    }
)

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const digestPattern = /^sha256:[0-9a-f]{64}$/
const backupPattern = /^\/[\w./-]{1,400}$/
const hashPattern = /^[0-9a-f]{8,64}$/

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}

function readImages(value: unknown): Record<string, ImageIdentity> | undefined {
  if (!isFields(value)) return undefined
  const images: Record<string, ImageIdentity> = Object.create(null)
  for (const [service, identity] of Object.entries(value)) {
    if (!isFields(identity)) return undefined
    const manifest = text(identity.manifest, digestPattern)
    const config = text(identity.config, digestPattern)
    if (!manifest || !config || !idPattern.test(service)) return undefined
    images[service] = { manifest, config }
  }
  return { ...images }
}

function readRelease(value: unknown): Release | undefined {
  if (!isFields(value)) return undefined
  const id = text(value.id, idPattern)
  const version = text(value.version, /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/)
  const config = text(value.config, hashPattern)
  const images = readImages(value.images)
  if (!id || !version || !config || !images) return undefined
  if (!Number.isSafeInteger(value.run) || !isSlot(value.slot)) return undefined
  const commit = text(value.commit, /^[0-9a-f]{0,64}$/) ?? ''
  return { id, version, run: value.run as number, commit, slot: value.slot, images, config }
}

/** One ledger line as the host sent it, or nothing where it is not an event we know: a newer version may have written it. */
export function readEvent(value: unknown): LedgerEvent | undefined {
  if (!isFields(value)) return undefined
  const at = text(value.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const owner = text(value.owner, /^[\w./-]{1,200}$/)
  const release = text(value.release, idPattern)
  if (!at || !owner || !release) return undefined
  const common = { at, owner, release }
  switch (value.event) {
    case 'shipped': {
      const details = readRelease(value.details)
      return details && details.id === release ? { ...common, event: 'shipped', details } : undefined
    }
    case 'backed-up': {
      const file = text(value.file, backupPattern)
      return file && typeof value.bytes === 'number'
        ? { ...common, event: 'backed-up', file, bytes: value.bytes }
        : undefined
    }
    case 'restored':
      return { ...common, event: 'restored', file: text(value.file, backupPattern) ?? '' }
    case 'migrated':
      return {
        ...common,
        event: 'migrated',
        schemaBefore: text(value.schemaBefore, hashPattern) ?? '',
        schema: text(value.schema, hashPattern) ?? '',
      }
    case 'migration-failed':
      return { ...common, event: 'migration-failed', schemaChanged: value.schemaChanged !== false }
    case 'switching':
    case 'switched':
    case 'switched-back':
      return isSlot(value.slot)
        ? { ...common, event: value.event, slot: value.slot, from: text(value.from, idPattern) ?? '' }
        : undefined
    case 'backup-off':
    case 'migrating':
    case 'started':
    case 'gated':
    case 'gate-failed':
    case 'baked':
    case 'bake-failed':
    case 'taken-back':
    case 'drained':
    case 'finished':
    case 'rolled-back':
      return { ...common, event: value.event }
    default:
      return undefined
  }
}

export type EventName = LedgerEvent['event']

/** The fields of a ledger line as the host's `ledger` function takes them: JSON without its braces. */
export function eventFields(event: EventName, release: string, more: Fields = {}): string {
  return JSON.stringify({ event, release, ...more }).slice(1, -1)
}
