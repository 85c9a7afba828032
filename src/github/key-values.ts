import { Trouble } from '../release/trouble'

export interface KeyRule {
  /** The input that is read, for messages. */
  readonly input: string
  readonly key: RegExp
  /** What the pattern allows, in words. */
  readonly keyIs: string
}

/** What a backslash means inside double quotes. Before any other character it stays what it is. */
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }

/**
 * Reads a JSON object, or lines of KEY=VALUE as dotenv files have them: comments, `export`, values in single quotes
 * or backticks (taken as they are), in double quotes (with `\n`, `\"`, …), and quoted values over several lines.
 * Nothing is expanded. A `#` starts a comment only after a blank, so that a password with a `#` in it stays whole.
 *
 * Messages name lines and keys, never values.
 *
 * @throws {Trouble} on a line or a key that is not understood, and on a key given twice.
 */
export function parseKeyValues(text: string, rule: KeyRule): Record<string, string> {
  const entries = text.trimStart().startsWith('{') ? readJson(text, rule) : readLines(text, rule)
  const result: Record<string, string> = Object.create(null)
  for (const { key, value, place } of entries) {
    if (!rule.key.test(key)) throw bad(rule, place, `has a key that is not ${rule.keyIs}.`, 'Rename the key.')
    if (key in result) throw bad(rule, place, `gives ${key} a second time.`, 'Keep one of the two.')
    if (value.includes('\0'))
      throw bad(rule, place, `has a NUL byte in ${key}.`, 'Encode binary values, as base64 for example.')
    result[key] = value
  }
  return result
}

interface Entry {
  readonly key: string
  readonly value: string
  /** `line 3`, or `the JSON object`. */
  readonly place: string
}

function readJson(text: string, rule: KeyRule): Entry[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which holds secrets.
    throw bad(
      rule,
      'the JSON object',
      'begins with `{` but is not JSON.',
      'Give a JSON object, or lines of KEY=VALUE.',
    )
  }
  const place = 'the JSON object'
  return Object.entries(parsed as object).map(([key, value]: [string, unknown]) => {
    if (typeof value === 'string') return { key, value, place }
    if (typeof value === 'number' || typeof value === 'boolean') return { key, value: String(value), place }
    throw bad(
      rule,
      place,
      'has a value that is neither text nor a number nor true or false.',
      'Give such a value as text.',
    )
  })
}

function readLines(text: string, rule: KeyRule): Entry[] {
  const lines = text.split(/\r\n|\n|\r/)
  const entries: Entry[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!
    if (/^\s*(?:#|$)/.test(line)) continue
    const place = `line ${index + 1}`
    const match = /^\s*(?:export\s+)?([^\s=]+)\s*=\s*(.*)$/s.exec(line)
    if (!match) throw bad(rule, place, 'is not KEY=VALUE.', 'Put values of several lines in quotes.')
    const key = match[1]!
    const rest = match[2]!
    const quote = rest[0]
    if (quote === '"' || quote === "'" || quote === '`') {
      const quoted = readQuoted(lines, index, rest.slice(1), quote)
      if (!quoted)
        throw bad(
          rule,
          place,
          `opens a quote that is never closed.`,
          'Close it, or quote the value in another kind of quotes.',
        )
      if (!/^\s*(?:#.*)?$/s.test(quoted.after)) {
        throw bad(
          rule,
          place,
          'goes on after its closing quote.',
          'Put the whole value in quotes of one kind that is not in it.',
        )
      }
      entries.push({ key, value: quoted.value, place })
      index = quoted.lastLine
    } else {
      entries.push({ key, value: rest.replace(/(?:^|\s+)#.*$/s, '').trimEnd(), place })
    }
  }
  return entries
}

function readQuoted(
  lines: readonly string[],
  firstLine: number,
  start: string,
  quote: string,
): { value: string; after: string; lastLine: number } | undefined {
  let value = ''
  for (let at = firstLine, line = start; ; line = lines[at]!) {
    for (let i = 0; i < line.length; i++) {
      const char = line[i]!
      if (char === quote) return { value, after: line.slice(i + 1), lastLine: at }
      const escaped = quote === '"' && char === '\\' ? escapes[line[i + 1] ?? ''] : undefined
      value += escaped ?? char
      if (escaped !== undefined) i++
    }
    at++
    if (at >= lines.length) return undefined
    value += '\n'
  }
}

function bad(rule: KeyRule, place: string, cause: string, fix: string): Trouble {
  return new Trouble(`Input ${rule.input}, ${place}`, cause, fix)
}
