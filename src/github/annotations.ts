import { Trouble } from '../release/trouble'

/** How an error is told: one annotation, and lines for a group in the log. */
export interface Explanation {
  readonly title: string
  readonly cause: string
  readonly fix: string
  readonly details: readonly string[]
  /** Where in the repository it is, when it is there. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number }
}

/** What src/config throws. Known by its shape, since nothing here depends on the configuration. */
interface ConfigProblems extends Error {
  readonly problems: readonly {
    readonly file: string
    readonly line: number
    readonly column: number
    readonly message: string
  }[]
}

/** @param issuesUrl where to report a bug of ours */
export function explain(error: unknown, issuesUrl: string): Explanation {
  if (error instanceof Trouble) {
    return { title: error.thing, cause: error.cause_, fix: error.fix, details: error.details }
  }
  if (isConfigError(error)) return explainConfig(error)
  return {
    title: 'This is a bug in Kawasemi',
    cause: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    fix: `Please report it at ${issuesUrl} with the stack from the log.`,
    details: stackOf(error),
  }
}

function isConfigError(error: unknown): error is ConfigProblems {
  return (
    error instanceof Error &&
    error.name === 'ConfigError' &&
    Array.isArray((error as ConfigProblems).problems)
  )
}

/** One file, one annotation: at the first problem, with the others named in its text. */
function explainConfig({ problems, message }: ConfigProblems): Explanation {
  const [first, ...others] = problems
  if (!first) return { title: 'Configuration', cause: message, fix: '', details: [] }
  const rest = others.map((other) => `${other.file}:${other.line}:${other.column}: ${other.message}`)
  return {
    title: first.file,
    cause: [first.message, ...(rest.length === 0 ? [] : [`And ${rest.length} more:`, ...rest])].join('\n'),
    fix: '',
    details: [],
    place: { file: first.file, line: first.line, column: first.column },
  }
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const causes = error.cause === undefined ? [] : ['caused by:', ...stackOf(error.cause)]
  return [...(error.stack ?? '').split('\n'), ...causes]
}
