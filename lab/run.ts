import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** What a command left behind. `code` is 137 when it was killed. */
export interface Outcome {
  stdout: string
  stderr: string
  code: number
}

export interface RunOptions {
  /** Given to the command on stdin; nothing is given otherwise. */
  input?: string | Buffer | Readable
  cwd?: string
  /** Milliseconds until the command is killed. */
  timeout?: number
  /** Milliseconds the command may take until its first output; then it is killed. */
  firstOutputWithin?: number
}

/** Tells a person what is being done; the lab is silent unless given one. */
export type Log = (line: string) => void

/** Runs a command to its end, whatever its exit code. A command that cannot be started has code 127. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd, stdio: 'pipe' })
    const out: Buffer[] = []
    const err: Buffer[] = []
    const kill = () => child.kill('SIGKILL')
    const whole = options.timeout === undefined ? undefined : setTimeout(kill, options.timeout)
    const first =
      options.firstOutputWithin === undefined ? undefined : setTimeout(kill, options.firstOutputWithin)
    child.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(first)
      out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    let ended = false
    const end = (code: number, extra = '') => {
      if (ended) return
      ended = true
      clearTimeout(whole)
      clearTimeout(first)
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() + extra, code })
    }
    child.on('error', (error) => end(127, error.message))
    child.on('close', (code) => end(code ?? 137))
    // A command may leave without reading all of its input; its exit code says whether that was wrong.
    child.stdin.on('error', () => {})
    if (options.input === undefined) child.stdin.end()
    else if (typeof options.input === 'string' || Buffer.isBuffer(options.input))
      child.stdin.end(options.input)
    else options.input.pipe(child.stdin)
  })
}

/** Runs a command that must succeed and gives its stdout, trimmed. Throws with the end of its output. */
export async function must(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const outcome = await run(command, args, options)
  if (outcome.code !== 0) {
    const tail = `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').slice(-20).join('\n')
    throw new Error(`"${command} ${args.join(' ')}" ended with ${outcome.code}:\n${tail}`)
  }
  return outcome.stdout.trim()
}

/** The same as root: directly when we are, else through sudo without a password prompt. */
export function mustAsRoot(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  return isRoot() ? must(command, args, options) : must('sudo', ['-n', command, ...args], options)
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** Whether this user may become root without being asked for a password. */
export async function mayBeRoot(): Promise<boolean> {
  return isRoot() || (await run('sudo', ['-n', 'true'])).code === 0
}

export async function isInstalled(command: string): Promise<boolean> {
  return (await run('sh', ['-c', 'command -v "$1"', 'sh', command])).code === 0
}

/** Asks until the answer is true. Throws what `trouble` says when `seconds` have passed. */
export async function until(
  condition: () => Promise<boolean>,
  seconds: number,
  trouble: () => string | Promise<string>,
): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(await trouble())
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
