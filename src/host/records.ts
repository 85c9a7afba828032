/** What a program on a host reports about itself, one record a line. */
export type HostRecord =
  | { readonly k: 'begin'; readonly step: string }
  | { readonly k: 'end'; readonly step: string; readonly ms: number }
  | { readonly k: 'fact'; readonly name: string; readonly value: FactValue }
  | { readonly k: 'fail'; readonly code: string; readonly message: string }

export type FactValue = string | number | boolean | object

export type ParsedLine =
  | { readonly kind: 'record'; readonly record: HostRecord }
  | { readonly kind: 'text'; readonly text: string }

/** Text is cut after this many characters; records are not, since a cut one is none. */
export const MAX_TEXT = 4096

/**
 * Tells the record lines of a program from whatever else it and its children print. A record begins with a control
 * character and the run's nonce, which no child knows; what looks like one but is none is text.
 */
export function parseLine(nonce: string, line: string): ParsedLine {
  const begin = `\x1e${nonce} `
  const record = line.startsWith(begin) ? readRecord(line.slice(begin.length)) : undefined
  return record ? { kind: 'record', record } : { kind: 'text', text: cleanText(line) }
}

function readRecord(json: string): HostRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Record<string, unknown>
  const { k, step, ms, name, code, message } = fields
  if (k === 'begin' && isText(step)) return { k, step }
  if (k === 'end' && isText(step) && isDuration(ms)) return { k, step, ms }
  if (k === 'fact' && isText(name) && isFactValue(fields.value)) return { k, name, value: fields.value }
  if (k === 'fail' && isText(code) && isText(message)) return { k, code, message }
  return undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isFactValue(value: unknown): value is FactValue {
  return value !== null && ['string', 'number', 'boolean', 'object'].includes(typeof value)
}

const CSI_SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]/g
const OSC_SEQUENCE = /\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g
const CONTROL_CHARACTERS = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g

/** Without colours and control characters, tabs kept, and bounded. */
function cleanText(line: string): string {
  const bounded = line.length > MAX_TEXT * 2 ? line.slice(0, MAX_TEXT * 2) : line
  const text = bounded.replace(OSC_SEQUENCE, '').replace(CSI_SEQUENCE, '').replace(CONTROL_CHARACTERS, '')
  return text.length > MAX_TEXT || bounded !== line ? `${text.slice(0, MAX_TEXT)}…` : text
}
