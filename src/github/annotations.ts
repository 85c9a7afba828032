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
interface ConfigError extends Error {
  readonly file: string
  readonly problems: readonly { readonly line: number; readonly column: number }[]
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

function isConfigError(error: unknown): error is ConfigError {
  return (
    error instanceof Error && error.name === 'ConfigError' && Array.isArray((error as ConfigError).problems)
  )
}

/** One file, one annotation: at its first problem, with a line in the message for each. */
function explainConfig({ file, problems, message }: ConfigError): Explanation {
  const [first] = problems
  return {
    title: file,
    cause: message,
    fix: '',
    details: [],
    ...(first && { place: { file, line: first.line, column: first.column } }),
  }
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const causes = error.cause === undefined ? [] : ['caused by:', ...stackOf(error.cause)]
  return [...(error.stack ?? '').split('\n'), ...causes]
}
