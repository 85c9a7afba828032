/**
 * A real product on a real server: a good deploy, a version the gate refuses, one the bake takes back, and a rollback,
 * all while people use it. Ends with 1 when anything went otherwise than `story.ts` says.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { LoadReport } from '../bench/load'
import { checkOut, type Product } from '../lab/product'
import type { ActionResult } from '../lab/runner'
import { type LabServer, startServer } from '../lab/server'
import { ACCESSORY_IMAGES, prepareLab } from '../lab/up'
import { Following } from './following'
import { paint, table, wrap } from './paint'
import { Screen, type Step, seconds } from './screen'
import { partsOf } from './stages'
import { type Chapter, productEnv, settings, story } from './story'
import { summaryPage } from './summary-html'
import { summaryText } from './summary-text'
import { connections, liveVersion, startUsers, type Users } from './users'

/** What came out of one chapter. */
interface Told {
  chapter: Chapter
  result: ActionResult
  requests: number
  failed: number
  deviations: string[]
}

let users: Users | undefined
let server: LabServer | undefined
/** What the product answers. */
let liveNow = ''

async function main(): Promise<number> {
  const screen = new Screen('Kawasemi · td-buddy, deployed blue-green under load', status)
  const lab = screen.add('the lab: Docker, its images, Compose and buildx')
  const up = screen.add('a server: systemd, sshd, nginx, a Docker of its own')
  const setUp = screen.add('setup-host: folders, log and nginx site')
  const chapters = story.map((chapter) => ({
    chapter,
    step: screen.add(`${chapter.name}, ${chapter.about}`, partsOf[chapter.action]),
  }))
  const told: Told[] = []
  screen.start()
  try {
    await during(screen, lab, () => prepareLab((line) => screen.say(`  ${line}`)))
    server = await during(screen, up, () => startServer({ name: 'demo', images: ACCESSORY_IMAGES }))
    const product = checkOut({ example: 'td-buddy', server, settings })
    try {
      await during(screen, setUp, () => product.setUp())
      for (const { chapter, step } of chapters)
        told.push(await tell(screen, step, product, chapter, told.length + 1))
    } finally {
      product.remove()
    }
  } finally {
    await users?.load.stop()
    screen.stop()
    await server?.stop()
  }
  return conclude(told)
}

async function during<T>(screen: Screen, step: Step, work: () => Promise<T>): Promise<T> {
  screen.begin(step)
  try {
    const result = await work()
    screen.end(step, true)
    return result
  } catch (error) {
    screen.end(step, false)
    throw error
  }
}

async function tell(
  screen: Screen,
  step: Step,
  product: Product,
  chapter: Chapter,
  number: number,
): Promise<Told> {
  const load = users?.load
  const before = load?.snapshot()
  screen.begin(step)
  const following = new Following(screen, step, chapter, load, liveNow)
  const result = await product.run(chapter.action, number, {
    onLine: (line) => following.take(line),
    inputs: {
      ...(chapter.version && { version: chapter.version }),
      env: JSON.stringify({
        ...productEnv,
        APP_VERSION: chapter.answers,
        ...(chapter.fault && { TD_FAULT: chapter.fault }),
      }),
    },
  })
  liveNow = await liveVersion(product.server)
  load?.setLive([liveNow])
  const after = load?.snapshot()
  const since = (count: 'requests' | 'failed') => (after?.[count] ?? 0) - (before?.[count] ?? 0)
  const deviations = deviationsOf(chapter, result, liveNow)
  const unexcused =
    chapter.expect.failures && after
      ? (following.failedAtSwitch ?? after.failed) - (before?.failed ?? 0)
      : since('failed')
  if (unexcused > 0) deviations.push(`${unexcused} requests failed`)
  screen.end(step, deviations.length === 0, deviations[0] ?? result.errors[0] ?? chapter.outcome)
  if (!users) users = await startUsers(product.server, liveNow)
  else if (result.code === 0) await users.openPage()
  return { chapter, result, deviations, requests: since('requests'), failed: since('failed') }
}

function deviationsOf({ expect }: Chapter, { code, errors }: ActionResult, live: string): string[] {
  const found: string[] = []
  if (expect.error === undefined && code !== 0) found.push(`it failed: ${errors[0] ?? `exit code ${code}`}`)
  if (expect.error && code === 0) found.push('it went well, but should have failed')
  if (expect.error && code !== 0 && !(errors.length === 1 && expect.error.test(errors[0]!)))
    found.push(`it failed for another reason: ${errors.join(' ')}`)
  if (live !== expect.live) found.push(`version ${live} is live, not ${expect.live}`)
  return found
}

function status(): string {
  if (!users) return paint('no users yet', 'dim')
  const { requests, failed, wrongSlot } = users.load.snapshot()
  const bad = failed + wrongSlot
  return [
    `${connections} connections and an event stream`,
    `${requests.toLocaleString('en-US')} requests`,
    paint(`${bad} failed`, bad === 0 ? 'green' : 'yellow'),
  ].join(paint(' · ', 'dim'))
}

function conclude(told: readonly Told[]): number {
  const report = users?.load.snapshot()
  const deviations = told.flatMap((each) => each.deviations.map((text) => `${each.chapter.name}: ${text}`))
  if (told.length < story.length) deviations.push('the story was not told to its end')
  if (report && report.wrongSlot > 0)
    deviations.push(`${report.wrongSlot} answers came from a version that was not live`)

  console.log(`${resultTable(told).join('\n')}\n`)
  for (const line of notes(told, report).flatMap((note) => wrap(note, 100))) console.log(paint(line, 'dim'))
  for (const each of told.slice(1, 3)) {
    console.log(
      `\n${paint(`── the job summary of “${each.chapter.name}”, as text `.padEnd(100, '─'), 'dim')}\n`,
    )
    console.log(summaryText(each.result.summary, 100).join('\n'))
  }
  console.log(`\nAll ${told.length} job summaries, as GitHub shows them: ${writePage(told)}\n`)
  if (deviations.length === 0) console.log(paint('All was as the story says.', 'green', 'bold'))
  for (const text of deviations) console.log(paint(`✗ ${text}`, 'red'))
  return deviations.length === 0 ? 0 : 1
}

function notes(told: readonly Told[], report: LoadReport | undefined): string[] {
  const lines: string[] = []
  const noticed = told.find(({ chapter, failed }) => chapter.expect.failures && failed > 0)
  if (noticed)
    lines.push(
      `${noticed.chapter.name} was healthy at its gate; the failed requests met it from its death until it was taken back.`,
    )
  if (report?.stream) {
    const { messages, cuts, longestGap } = report.stream
    const ended =
      cuts === 0 ? 'it was never ended.' : `ended ${cuts} × by a slot that was taken over, and opened again.`
    lines.push(
      `The event stream brought ${messages} messages, at most ${seconds(longestGap)} s apart; ${ended}`,
    )
  }
  return lines
}

function resultTable(told: readonly Told[]): string[] {
  const rows = told.map(({ chapter, result, requests, failed, deviations }) => [
    chapter.name,
    deviations.length === 0 ? chapter.outcome : paint('not as the story says', 'red'),
    seconds(result.ms),
    requests === 0 ? '' : requests.toLocaleString('en-US'),
    requests === 0 ? '' : paint(String(failed), failed === 0 ? 'green' : 'yellow'),
    result.outputs['switch-ms'] ?? /\*\*Switch\*\* \| (\d+) ms/.exec(result.summary)?.[1] ?? '',
  ])
  return table(['step', 'what happened', 'seconds', 'requests', 'failed', 'switch ms'], rows, [
    'left',
    'left',
    'right',
    'right',
    'right',
    'right',
  ])
}

function writePage(told: readonly Told[]): string {
  const folder = join(__dirname, '..', 'bench-out')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'demo-summaries.html')
  const summaries = told.map(({ chapter, result }) => ({
    step: `${chapter.name}, ${chapter.about}`,
    markdown: result.summary,
  }))
  writeFileSync(file, summaryPage('Kawasemi demo: the job summaries', summaries))
  return relative(process.cwd(), file)
}

/** A demo that is ended takes its server along. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stdout.write('\x1b[?25h\nremoving the server …\n')
    void Promise.resolve(server?.stop()).finally(() => process.exit(130))
  })
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    console.error(error)
    process.exitCode = 1
  },
)
