import { Trouble } from '../release/trouble'
import { matching, type Reader } from './input-reader'
import { type KeyRule, parseKeyValues } from './key-values'

/** Probes any address from the runner; needs no server. The same words as in the configuration. */
export interface ProbeInputs {
  readonly url: string
  readonly health: {
    /** None means any 2xx. */
    readonly status: number[]
    /** Header → text its value has to contain. */
    readonly headers: Record<string, string>
    /** Dotted path of a field (`checks.database`) → the value it must have. */
    readonly json: Record<string, string | number | boolean | null>
    /** The text of a regular expression that must match somewhere in the body; it compiles. */
    readonly body?: string
  }
  /** Times in milliseconds. */
  readonly gate: {
    readonly deadline: number
    readonly interval: number
    readonly timeout: number
    readonly successes: number
  }
}

const headersRule: KeyRule = {
  input: 'headers',
  key: /^[A-Za-z0-9-]{1,64}$/,
  keyIs: 'the name of a header',
}

export function probe(read: Reader): ProbeInputs {
  const codes = read
    .text('status')
    .split(',')
    .map((code) => code.trim())
  return {
    url: address(read.text('url')),
    health: {
      status: codes
        .filter((code) => code !== '')
        .map((code) =>
          Number(matching('status', code, /^[1-5]\d\d$/, 'one or more HTTP status codes, as in `200, 204`')),
        ),
      headers: parseKeyValues(read.text('headers'), headersRule),
      json: jsonFields(read.text('json')),
      ...body(read.text('body')),
    },
    gate: {
      deadline: duration('deadline', read.text('deadline')),
      interval: duration('interval', read.text('interval')),
      timeout: duration('timeout', read.text('timeout')),
      successes: Number(matching('successes', read.text('successes'), /^[1-9]\d?$/, 'a number from 1 to 99')),
    },
  }
}

function address(text: string): string {
  const url = URL.canParse(text) && text.length <= 2000 ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url.href
  throw new Trouble(
    'Input url',
    'is not an http or https address without a user name and password.',
    'Give an address such as https://shop.example/health.',
  )
}

function jsonFields(text: string): ProbeInputs['health']['json'] {
  if (text === '') return {}
  const wrong = new Trouble(
    'Input json',
    'is not a JSON object of fields and plain values.',
    'Give an object such as {"status": "ok", "checks.database": true}.',
  )
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw wrong
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw wrong
  if (Object.values(parsed).some((value) => typeof value === 'object' && value !== null)) throw wrong
  return parsed as ProbeInputs['health']['json']
}

function body(text: string): { body?: string } {
  if (text === '') return {}
  try {
    new RegExp(text)
  } catch {
    throw new Trouble(
      'Input body',
      'is not a regular expression.',
      'Write special characters such as ( and [ with a \\ before them.',
    )
  }
  return { body: text }
}

/** @returns milliseconds */
function duration(name: string, text: string): number {
  const [, amount, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  if (amount === undefined || Number(amount) === 0) {
    throw new Trouble(`Input ${name}`, 'is not a time.', 'Give a number and a unit: 500ms, 30s or 2m.')
  }
  return Number(amount) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000)
}
