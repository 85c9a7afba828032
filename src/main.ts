import { randomUUID } from 'node:crypto'
import * as core from '@actions/core'
import { type Explanation, explain } from './github/annotations'
import type { Command, CommandContext } from './github/command'
import { readInputs, readPostInputs } from './github/inputs'
import { actionsReporter, plainText } from './github/log'
import { actionOutputs } from './github/outputs'
import { NothingToDo } from './github/pull-request'
import { readRun } from './github/run'
import { Secrets } from './github/secrets'
import { state, stateNames } from './github/state'
import { renderSummary } from './github/summary'
import type { DeployReport } from './release/deploy-report'
import { Trouble } from './release/trouble'

/** One entry per action. The inputs are read before the command's code is loaded: most of it is heavy. */
const entries = {
  deploy: entry('Deploy', readInputs.deploy, () => import('./commands/deploy')),
  'build-image': entry('Build', readInputs['build-image'], () => import('./commands/build-image')),
  'ssh-deploy': entry('Shipping', readInputs['ssh-deploy'], () => import('./commands/ssh-deploy')),
  'run-migrations': entry(
    'Migration',
    readInputs['run-migrations'],
    () => import('./commands/run-migrations'),
  ),
  'health-gate': entry('Health gate', readInputs['health-gate'], () => import('./commands/health-gate')),
  'blue-green': entry('Switch', readInputs['blue-green'], () => import('./commands/blue-green')),
  rollback: entry('Rollback', readInputs.rollback, () => import('./commands/rollback')),
  scan: entry('Scan', readInputs.scan, () => import('./commands/scan')),
  'setup-host': entry('Host set-up', readInputs['setup-host'], () => import('./commands/setup-host')),
  'release-notes': entry(
    'Release notes',
    readInputs['release-notes'],
    () => import('./commands/release-notes'),
  ),
  operate: entry('Check-up', readInputs.operate, () => import('./commands/operate')),
  post: entry('Clean-up', readPostInputs, () => import('./commands/post')),
}

/** A person runs setup-host at a terminal, where there is no workflow run; it makes nothing of one. */
const byHand = { GITHUB_RUN_ID: '1', GITHUB_SHA: '0'.repeat(40), GITHUB_REPOSITORY: 'by/hand' }

export type EntryName = keyof typeof entries

/** Runs one action to its end, and ends the process with its exit code. */
export async function main(name: EntryName): Promise<never> {
  const secrets = new Secrets()
  const report: DeployReport = { title: entries[name].title, hosts: [], stages: [], warnings: [] }
  const reporter = actionsReporter(report)
  const signal = abortOnSignals()

  // What the main step did not begin, the post step need not end.
  if (name === 'post' && stateNames.every((each) => state.get(each) === '')) process.exit(0)

  const fail = async (error: unknown): Promise<never> => {
    reporter.close()
    // A cancel ends the connections, so what goes wrong after it is its consequence.
    const explanation = explain(signal.aborted ? signal.reason : error, issuesUrl(process.env))
    show(explanation, name === 'post' ? core.warning : core.error)
    if (name === 'post') process.exit(0)
    const { title, cause, fix, details } = explanation
    report.failure = { thing: title, cause, fix, log: details }
    await writeSummary(report)
    process.exit(1)
  }
  process.once('uncaughtException', fail)

  try {
    const perform = entries[name].prepare(secrets, report)
    const run = readRun(name === 'setup-host' ? { ...byHand, ...process.env } : process.env)
    report.runUrl = run.url
    const hide = (text: string) => secrets.hide(text)
    await perform({ run, reporter, outputs: actionOutputs(secrets, reporter), hide, report, state, signal })
    reporter.close()
    if (name !== 'post') await writeSummary(report)
  } catch (error) {
    if (!(error instanceof NothingToDo)) return fail(error)
    core.notice(error.message)
  }
  process.exit(0)
}

function entry<Inputs extends object>(
  title: string,
  read: (secrets: Secrets) => Inputs,
  load: () => Promise<Command<Inputs>>,
) {
  return {
    title,
    prepare(secrets: Secrets, report: DeployReport) {
      const inputs = read(secrets)
      if ('environment' in inputs) report.environment = String(inputs.environment)
      return async (context: Omit<CommandContext<Inputs>, 'inputs'>) =>
        (await load()).run({ ...context, inputs })
    },
  }
}

/** The runner sends SIGINT on cancel and SIGTERM 7.5 seconds later: the first asks, the second ends. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort(
        new Trouble(
          'This run',
          'was cancelled.',
          'Run it again: it goes on where the ledger of the host says it stopped.',
        ),
      )
    })
  }
  return controller.signal
}

/** The log that shows why first, then the one annotation, so that it is the last thing in the log of the step. */
function show({ title, cause, fix, details, place }: Explanation, annotate: typeof core.error): void {
  if (details.length > 0) {
    const token = randomUUID()
    core.startGroup(`${title}: the log`)
    core.info(`::stop-commands::${token}`)
    for (const line of details) core.info(plainText(line))
    core.info(`::${token}::`)
    core.endGroup()
  }
  const where = place && { file: place.file, startLine: place.line, startColumn: place.column }
  annotate([cause, fix].filter((part) => part !== '').join(' '), { title, ...where })
}

/** A summary that cannot be written is no reason to fail a deploy that is done. */
async function writeSummary(report: DeployReport): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return
  try {
    await core.summary.addRaw(renderSummary(report)).write()
  } catch (error) {
    core.warning(`The job summary could not be written: ${error instanceof Error ? error.message : error}`)
  }
}

function issuesUrl(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server = 'https://github.com', GITHUB_ACTION_REPOSITORY: repository } = env
  return repository ? `${server}/${repository}/issues` : 'the repository of Kawasemi'
}
