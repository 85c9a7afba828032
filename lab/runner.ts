import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface ActionRun {
  /** The name of an entry in dist/. */
  action: string
  inputs: Record<string, string>
  /** The product's checkout. */
  workspace: string
  /** What makes two runs different: GITHUB_RUN_ID, and the attempt of it. */
  run: number
  attempt?: number
  /** State that the main step saved, for `post`. */
  state?: Record<string, string>
  /** More of the runner's environment, or other values of what is set here. */
  env?: Record<string, string>
  /** Gets each line as it comes. */
  onLine?: (line: string) => void
  /** Where the whole log goes as well. */
  logFile?: string
}

export interface ActionResult {
  code: number | null
  signal: NodeJS.Signals | null
  /** Everything it printed. */
  log: string
  /** Its `::error` annotations, their properties left out. */
  errors: string[]
  warnings: string[]
  outputs: Record<string, string>
  state: Record<string, string>
  summary: string
  ms: number
}

export interface RunningAction {
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  readonly done: Promise<ActionResult>
}

const root = resolve(__dirname, '..')
const node = join(root, 'node_modules', '.bin', 'node')

/** Starts an action of the built `dist/` as a runner would: inputs and context by environment, answers in files. */
export function startAction(run: ActionRun): RunningAction {
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-run-'))
  const file = (name: string) => join(folder, name)
  for (const name of ['output', 'state', 'summary']) writeFileSync(file(name), '')
  const began = performance.now()
  const child = spawn(node, [join(root, 'dist', `${run.action}.js`)], {
    cwd: run.workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...passedOn(['PATH', 'HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'XDG_RUNTIME_DIR', 'TMPDIR']),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: run.workspace,
      GITHUB_REPOSITORY: 'example/product',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_RUN_ID: String(run.run),
      GITHUB_RUN_ATTEMPT: String(run.attempt ?? 1),
      GITHUB_JOB: 'deploy',
      GITHUB_SHA: run.run.toString(16).padStart(40, '0'),
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REF_NAME: 'main',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_ACTOR: 'someone',
      GITHUB_OUTPUT: file('output'),
      GITHUB_STATE: file('state'),
      GITHUB_STEP_SUMMARY: file('summary'),
      RUNNER_TEMP: folder,
      ...Object.fromEntries(
        Object.entries(run.inputs).map(([name, value]) => [
          `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
          value,
        ]),
      ),
      ...Object.fromEntries(Object.entries(run.state ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
      ...run.env,
    },
  })
  const lines: string[] = []
  const copy = run.logFile ? createWriteStream(run.logFile) : undefined
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      copy?.write(`${line}\n`)
      run.onLine?.(line)
    })
  }
  const done = new Promise<ActionResult>((end, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) => {
      copy?.end()
      const annotations = (kind: string) =>
        lines.flatMap((line) => (line.startsWith(`::${kind}`) ? [line.slice(line.indexOf('::', 2) + 2)] : []))
      const result: ActionResult = {
        code,
        signal,
        log: lines.join('\n'),
        errors: annotations('error'),
        warnings: annotations('warning'),
        outputs: readAnswers(file('output')),
        state: readAnswers(file('state')),
        summary: readFileSync(file('summary'), 'utf8'),
        ms: performance.now() - began,
      }
      rmSync(folder, { recursive: true, force: true })
      end(result)
    })
  })
  return { pid: child.pid ?? 0, kill: (signal) => child.kill(signal), done }
}

export function runAction(run: ActionRun): Promise<ActionResult> {
  return startAction(run).done
}

function passedOn(names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

/** The file format of GITHUB_OUTPUT and GITHUB_STATE: `name<<mark`, the value's lines, the mark. */
function readAnswers(path: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = readFileSync(path, 'utf8').split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, mark] = /^([^<]+)<<(.+)$/.exec(lines[at] ?? '') ?? []
    if (name === undefined || mark === undefined) continue
    const end = lines.indexOf(mark, at + 1)
    values[name] = lines.slice(at + 1, end).join('\n')
    at = end
  }
  return values
}
