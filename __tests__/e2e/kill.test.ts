import { until } from '../../lab/run'
import { makeTinySite, type TinySite } from './support/tiny-site'

jest.setTimeout(30 * 60_000)

/*
 * The action is killed at every record line of a deploy, under load. Whatever its programs on the host do then, the site
 * answers from the slot that `live` names, and the next deploy ends green without anything done by hand.
 */

let site: TinySite
/** The last run that ended green. */
let run = 2
let slot = 'green'

beforeAll(async () => {
  site = await makeTinySite('kill', { 'bake.duration': '1s', 'drain.timeout': '1s' })
})
afterAll(() => site?.remove())

const other = () => (slot === 'green' ? 'blue' : 'green')

/** Runs an attempt that is killed at a line. */
async function killAt(line: string, id: number, attempt: number): Promise<void> {
  const { signal, log } = await site.deploy(id, attempt, (now, kill) => {
    if (now === 'switch') site.visitors.alsoExpect(`${other()}/v${id}`)
    if (now === line) kill()
  })
  if (signal !== 'SIGKILL') throw new Error(`attempt ${attempt} of run ${id} never said \`${line}\`:\n${log}`)
}

/** A deploy that has to end green, after which its release, and no other, is what answers. */
async function converge(id: number, attempt: number): Promise<string> {
  const result = await site.deploy(id, attempt, (now) => {
    if (now !== 'switch') return
    for (const each of ['blue', 'green']) site.visitors.alsoExpect(`${each}/v${id}`)
  })
  if (result.code !== 0) throw new Error(`attempt ${attempt} of run ${id} failed:\n${result.log}`)
  const live = await site.live()
  expect(live).toEqual({ slot: result.outputs['live-slot'] ?? live.slot, release: `v${id}-${id}` })
  expect(await site.events(live.release)).toContain('finished')
  // Nobody who deploys next has to wait for what a dead attempt held.
  const isFree = async () => (await site.must('cat /srv/tiny/lease.json')).includes('"expires":0,')
  await until(isFree, 10, () => 'the lease is still held')
  run = id
  slot = live.slot
  site.visitors.expect([`${slot}/v${id}`])
  await site.visitors.round()
  expect(site.visitors.report().failures).toEqual([])
  return result.log
}

/** The record lines of a deploy, by the stage they belong to, in their order. */
async function recordLines(): Promise<string[][]> {
  const stages = new Map<string, string[]>()
  const id = run + 1
  const { errors } = await site.deploy(id, 1, (line) => {
    const stage = line.replace(/[: ].*/, '')
    stages.set(stage, [...(stages.get(stage) ?? []), line])
    if (line === 'switch') site.visitors.alsoExpect(`${other()}/v${id}`)
  })
  expect(errors).toEqual([])
  run = id
  slot = other()
  site.visitors.expect([`${slot}/v${id}`])
  return [...stages.values()]
}

/**
 * The host ends a stage that the runner does not see the end of, so one run can be killed once in each stage, and each
 * attempt has to go on where the one before it was killed. As many runs as the longest stage has lines see them all.
 */
function planKills(stages: readonly (readonly string[])[]): string[][] {
  const [switches] = stages.filter(([stage]) => stage === 'switch')
  // A run that is killed in its switch is baked by the host alone, so a bake's lines come in runs that are not.
  const first = (lines: readonly string[]) => (lines[0] === 'bake' ? switches!.length : 0)
  const runs = Math.max(...stages.map((lines) => first(lines) + lines.length))
  return Array.from({ length: runs }, (_, at) => stages.flatMap((lines) => lines[at - first(lines)] ?? []))
}

test('killed at every record line, the site answers and the next deploy converges', async () => {
  const stages = await recordLines()
  expect(stages.length).toBe(9)
  const table: string[] = []
  const began = performance.now()
  let kills = 0
  for (const [at, lines] of planKills(stages).entries()) {
    const id = run + 1
    const told: string[] = []
    for (const [attempt, line] of lines.entries()) {
      const from = performance.now()
      await killAt(line, id, attempt + 1)
      told.push(`${line} ${seconds(performance.now() - from)}`)
    }
    kills += lines.length
    // Now and then somebody pushes instead of running the job again.
    const pushed = at % 4 === 3
    if (pushed) await outliveLease()
    const between = performance.now()
    await converge(pushed ? id + 1 : id, pushed ? 1 : lines.length + 1)
    table.push(
      `${told.join(' · ')} · green ${pushed ? 'in a new run ' : ''}${seconds(performance.now() - between)}`,
    )
  }
  const report = site.visitors.report()
  console.log(
    [
      `${kills} kills at ${stages.flat().length} record lines, ${seconds((performance.now() - began) / kills)} s for each; ${report.requests} requests, ${report.failed} failed`,
      ...table,
    ].join('\n'),
  )
  expect(kills).toBe(stages.flat().length)
  expect(report.failed).toBe(0)
})

/** A minute passes: the host's own programs end, and the lease of a run that is dead expires. */
async function outliveLease(): Promise<void> {
  await site.must(
    `cd /srv/tiny && flock -w 60 watch.lock flock -w 60 lease.lock sed -i 's/"expires":[0-9]*/"expires":1/' lease.json && chown deploy: lease.json`,
  )
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
