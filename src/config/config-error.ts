/** One thing wrong in kawasemi.yml, and where. */
export interface Problem {
  /** From 1. */
  line: number
  /** From 1. */
  column: number
  /** Path of the key, such as `services.web.port`; empty for the file as a whole. */
  key: string
  expected: string
  found: string
}

const mostShown = 10

/** kawasemi.yml is not as it should be: the user's to mend. Holds every problem that was found, the first ten at most. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[]

  constructor(
    readonly file: string,
    problems: readonly Problem[],
  ) {
    const lines = problems.slice(0, mostShown).map((problem) => sentence(file, problem))
    if (problems.length > mostShown) lines.push(`and ${problems.length - mostShown} more`)
    super(lines.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems.slice(0, mostShown)
  }
}

function sentence(file: string, { line, column, key, expected, found }: Problem): string {
  const where = `${file}:${line}:${column}`
  return `${where}: ${key === '' ? '' : `${key}: `}expected ${expected}, found ${found}`
}

/** A value from the file as a message may show it: short, on one line, without control characters. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** The same for a key: bare when it is harmless. */
export function shownKey(key: string): string {
  return /^[A-Za-z0-9_.-]{1,60}$/.test(key) ? key : shown(key)
}
