import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { must } from './run'

/*
 * Runs a product's workflow through act, as GitHub would through its runner: the caller, the workflow of ours that it
 * calls, and the actions of dist/. What act 0.2.87 does not know of GitHub is taken out of a copy of our workflows:
 *
 * - `$/`: act gets the name of the repository instead, mapped to the copy
 * - `queue:` of concurrency and `deployment:` of environment; act has neither concurrency nor environments
 * - GitHub's artifact actions, which it cannot fetch where there is no network: stand-ins copy a folder; and the one that
 *   attests, whose stand-in does as GitHub does for a private repository: it fails
 */

const root = resolve(__dirname, '..')
const repository = 'OWNER/kawasemi'

export interface WorkflowRun {
  readonly act: string
  /** A git checkout with its workflows; act runs the one of this name. */
  readonly checkout: string
  readonly workflow: string
  readonly event: 'push' | 'workflow_dispatch' | 'pull_request'
  /** Of a dispatch. */
  readonly inputs?: Readonly<Record<string, string>>
  /** GITHUB_RUN_ID, which grows from run to run. */
  readonly run: number
  readonly secrets: Readonly<Record<string, string>>
  readonly vars: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** The folder that jobs find as RUNNER_TOOL_CACHE. */
  readonly tools: string
}

export interface WorkflowResult {
  readonly code: number | null
  readonly log: string
  /** Jobs that were run, in the order in which they ended, and how. */
  readonly jobs: Readonly<Record<string, 'succeeded' | 'failed'>>
}

export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const work = mkdtempSync(join(tmpdir(), 'kawasemi-act-'))
  try {
    return await runAct(run, work, stage(work))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The copy of our repository that act takes, and which actions of others are replaced by what. */
function stage(work: string): string[] {
  const copy = join(work, 'kawasemi')
  for (const name of ['action.yml', 'actions', 'dist', '.github'])
    cpSync(join(root, name), join(copy, name), { recursive: true })
  const mapped = new Set([`${repository}@v0=${copy}`])
  for (const file of readdirSync(join(copy, '.github/workflows'))) {
    const path = join(copy, '.github/workflows', file)
    const text = readFileSync(path, 'utf8')
      .replace(
        /uses: \$\/(\S*)/g,
        (_, folder: string) => `uses: ${join(repository, folder).replace(/\/$/, '')}@v0`,
      )
      .replace(/^ *(queue: max|deployment: false)\n/gm, '')
    writeFileSync(path, text)
    for (const [, action = '', kind = ''] of text.matchAll(
      /uses: (actions\/(upload|download)-artifact@\S+)/g,
    ))
      mapped.add(`${action}=${artifactStandIn(join(work, kind), kind)}`)
    for (const [, action = ''] of text.matchAll(/uses: (actions\/attest@\S+)/g))
      mapped.add(`${action}=${attestStandIn(join(work, 'attest'))}`)
  }
  return [...mapped].flatMap((each) => ['--local-repository', each])
}

/** Keeps a folder, or brings it back, under the number that the upload gave it. */
function artifactStandIn(folder: string, kind: string): string {
  mkdirSync(folder, { recursive: true })
  const inputs = ['name', 'path', 'artifact-ids', 'compression-level', 'retention-days', 'if-no-files-found']
  writeFileSync(
    join(folder, 'action.yml'),
    `name: ${kind}\ndescription: stand-in\ninputs: {${inputs.map((name) => `${name}: {description: x, required: false}`).join(', ')}}\noutputs: {artifact-id: {description: x}}\nruns: {using: node24, main: index.js}\n`,
  )
  const work =
    kind === 'upload'
      ? "fs.mkdirSync(kept, {recursive: true}); const id = fs.readdirSync(kept).length + 1; fs.cpSync(input('PATH'), kept + '/' + id, {recursive: true}); fs.appendFileSync(process.env.GITHUB_OUTPUT, 'artifact-id=' + id + '\\n')"
      : "fs.cpSync(kept + '/' + input('ARTIFACT-IDS'), input('PATH'), {recursive: true})"
  writeFileSync(
    join(folder, 'index.js'),
    `const fs = require('node:fs'); const kept = process.env.KEPT_ARTIFACTS; const input = (name) => process.env['INPUT_' + name];\n${work}\n`,
  )
  return folder
}

/** Shows what it was to attest. */
function attestStandIn(folder: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'action.yml'),
    'name: attest\ndescription: stand-in\ninputs: {subject-checksums: {description: x, required: true}}\nruns: {using: node24, main: index.js}\n',
  )
  writeFileSync(
    join(folder, 'index.js'),
    "console.log(require('node:fs').readFileSync(process.env['INPUT_SUBJECT-CHECKSUMS'], 'utf8'))\nconsole.log('::error::Failed to persist attestation: Feature not available')\nprocess.exit(1)\n",
  )
  return folder
}

async function runAct(run: WorkflowRun, work: string, mapped: string[]): Promise<WorkflowResult> {
  const { checkout, workflow, event, inputs = {}, secrets, vars, env = {} } = run
  const cache = join(work, 'cache')
  mkdirSync(cache)
  // Whatever the environment says, act has jobs look here.
  symlinkSync(run.tools, join(cache, 'tool_cache'))
  const eventFile = join(work, 'event.json')
  writeFileSync(eventFile, JSON.stringify(event === 'pull_request' ? await pullRequest(checkout) : {}))
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const args = [
    ...[
      event,
      '--workflows',
      `.github/workflows/${workflow}.yml`,
      '--platform',
      'ubuntu-latest=-self-hosted',
    ],
    ...['--actor', 'someone', '--use-new-action-cache', '--action-offline-mode', '--no-cache-server'],
    ...['--action-cache-path', cache, ...mapped],
    ...(event === 'pull_request' ? ['--eventpath', eventFile] : []),
    ...pairs('--input', inputs),
    ...pairs('--var', vars),
    ...pairs('--env', { GITHUB_RUN_ID: String(run.run), KEPT_ARTIFACTS: join(work, 'kept'), ...env }),
    // Without a value: act takes it from its environment.
    ...Object.keys(secrets).flatMap((name) => ['--secret', name]),
  ]
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const child = spawn(run.act, args, { cwd: checkout, env: { ...process.env, PATH: path, ...secrets } })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  const code = await new Promise<number | null>((end, fail) => child.on('error', fail).on('close', end))
  const jobs = Object.fromEntries(
    [...log.matchAll(/^\[.*\/([\w-]+)\s*\] 🏁 {2}Job (succeeded|failed)/gm)].map(([, job, end]) => [
      job,
      end,
    ]),
  )
  return { code, log, jobs }
}

/** The event of the checkout's last commit as a pull request, numbered 12, of the repository itself. */
async function pullRequest(checkout: string): Promise<object> {
  const repo = { full_name: 'example/tiny' }
  const sha = (await must('git', ['rev-parse', 'HEAD'], { cwd: checkout })).trim()
  return { pull_request: { number: 12, head: { sha, ref: 'change', repo }, base: { ref: 'main', repo } } }
}

/** Makes a git checkout of a folder, as act needs one: its origin and its commit are what the workflow is told. */
export async function makeCheckout(folder: string): Promise<void> {
  await must('git', ['init', '-q', '-b', 'main'], { cwd: folder })
  await must('git', ['remote', 'add', 'origin', 'https://github.com/example/tiny'], { cwd: folder })
}

/**
 * Commits all there is; with a tag, that is what a push is about.
 *
 * @returns the version that a run for it deploys
 */
export async function commit(folder: string, tag?: string): Promise<string> {
  const git = (...args: string[]) =>
    must('git', ['-c', 'user.name=someone', '-c', 'user.email=someone@example.com', ...args], { cwd: folder })
  await git('add', '-A')
  await git('commit', '-q', '--allow-empty', '-m', tag ?? 'change')
  if (tag === undefined) return (await git('rev-parse', 'HEAD')).slice(0, 12)
  await git('tag', tag)
  return tag
}
