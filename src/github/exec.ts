import { getExecOutput } from '@actions/exec'

export interface ExecOptions {
  readonly cwd?: string
  /** The child's whole environment. Without it the child gets ours, but for the inputs of the action. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Called with each line of stdout and stderr as it comes, without its line end. Without it nothing is shown. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program of the runner to its end, through `@actions/exec`. Any exit code is an answer.
 *
 * @throws when the program cannot be started
 */
export async function exec(
  command: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { cwd, env = withoutInputs(process.env), stdin = '', onLine } = options
  const { exitCode, stdout, stderr } = await getExecOutput(quoted(command), [...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...env },
    // Given even when it is empty: without it the child's stdin would stay open for ever.
    input: Buffer.from(stdin),
    // It would print the command, and output without `stop-commands` around it.
    silent: true,
    ignoreReturnCode: true,
    ...(onLine && { listeners: { stdline: onLine, errline: onLine } }),
  })
  return { code: exitCode, stdout, stderr }
}

/** The toolkit takes its first argument apart at blanks, but for those in double quotes. */
function quoted(command: string): string {
  return `"${command.replace(/[\\"]/g, '\\$&')}"`
}

/** The runner hands over inputs as `INPUT_*`, the SSH key among them: no child has business with those. */
function withoutInputs(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(
    ([name, value]) => value !== undefined && !name.startsWith('INPUT_'),
  )
  return Object.fromEntries(entries) as Record<string, string>
}
