export interface ExecOptions {
  readonly cwd?: string
  /** The child's whole environment. Without it the child gets ours. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Called with each line of stdout and stderr as it comes, without its line end. Without it nothing is shown. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program of the runner to its end. Whoever starts us decides how (the actions through @actions/exec), so
 * that nothing here depends on it. Any exit code is an answer; only a program that cannot be started throws.
 */
export type Exec = (
  command: string,
  args: readonly string[],
  options?: ExecOptions,
) => Promise<{ code: number; stdout: string; stderr: string }>
