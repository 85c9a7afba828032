import { setSecret } from '@actions/core'

/** Below this a mask would blot out half the log and protect nothing. */
const shortestMask = 4
/** Below this a hit is more likely an accident (four hex digits inside a digest) than the secret. */
const shortestFind = 8

/** Words and small numbers that every log is full of. They are settings, not secrets. */
const plain = new RegExp(
  `^(?:${[
    'true|false|yes|no|on|off|null|none|undefined|auto|default',
    'debug|info|warn|warning|error|silent|verbose',
    'test|development|staging|production|localhost|utf-?8|utc',
    '\\d{1,5}',
  ].join('|')})$`,
  'i',
)

/** What must not be seen. Values are masked the moment they are added, which is before anything else is printed. */
export class Secrets {
  private readonly values = new Set<string>()

  constructor(private readonly mask: (value: string) => void = setSecret) {}

  /** Masks the value, each of its lines, and the forms in which programs like to print it. */
  add(value: string): void {
    const lines = value.split(/\r\n|\n|\r/)
    for (const part of new Set([value, ...lines, ...lines.map((line) => line.trim())])) this.addPart(part)
  }

  /** Whether the text holds a secret, in any of the masked forms. */
  foundIn(text: string): boolean {
    for (const value of this.values) if (value.length >= shortestFind && text.includes(value)) return true
    return false
  }

  /** The text with `***` in place of every secret that `foundIn` would find. */
  hide(text: string): string {
    // The longest first: one may be part of another.
    const found = [...this.values].filter((value) => value.length >= shortestFind && text.includes(value))
    return found
      .sort((a, b) => b.length - a.length)
      .reduce((hidden, value) => hidden.replaceAll(value, '***'), text)
  }

  private addPart(part: string): void {
    if (part.trim().length < shortestMask || plain.test(part)) return
    for (const form of [part, ...derived(part)]) {
      if (form.trim().length < shortestMask || this.values.has(form)) continue
      this.values.add(form)
      this.mask(form)
    }
  }
}

function derived(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const base64 = bytes.toString('base64')
  return [
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    encodeURIComponent(bytes.toString('utf8')),
    JSON.stringify(value).slice(1, -1),
  ]
}
