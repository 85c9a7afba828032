import { until } from '../../lab/run'
import { type FakeGitHub, startGitHub } from '../support/github-api'
import { commandsByHand, freeLease } from './support/by-hand'
import { cancel } from './support/cancel'
import { makeTinySite, type TinySite } from './support/tiny-site'

jest.setTimeout(30 * 60_000)

/*
 * The action is killed at every record line of a deploy, and cancelled in every stage, under load. Whatever its programs
 * on the host do then, the site answers from the slot that `live` names, and the next deploy ends green without anything
 * done by hand.
 */

let site: TinySite
let github: FakeGitHub
/** The last run that ended green. */
let run = 2
let slot = 'green'

beforeAll(async () => {
  site = await makeTinySite('kill', { 'bake.duration': '1s', 'drain.timeout': '1s' })
  github = await startGitHub()
})
afterAll(async () => {
  await site?.remove()
  await github?.close()
})

const other = () => (slot === 'green' ? 'blue' : 'green')

/** Runs an attempt that is killed at a line. */
async function killAt(line: string, id: number, attempt: number): Promise<void> {
  const { signal, log } = await site.deploy(id, attempt, (now, { kill }) => {
    if (now === 'switch') site.visitors.alsoExpect(`${other()}/v${id}`)
    if (now === line) kill('SIGKILL')
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
  await leaseIsFree()
  run = id
  slot = live.slot
  site.visitors.expect([`${slot}/v${id}`])
  await site.visitors.round()
  expect(site.visitors.report().failures).toEqual([])
  return result.log
}

async function leaseIsFree(): Promise<void> {
  const isFree = async () => (await site.must('cat /srv/tiny/lease.json')).includes('"expires":0,')
  await until(isFree, 30, () => 'the lease is still held')
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

/** A line in the midst of each stage. */
const midst: Readonly<Record<string, string>> = {
  ship: 'ship: files …',
  backup: 'backup: dump …',
  migrate: 'migrate: migrate …',
  start: 'start: services …',
  gate: 'gate',
  switch: 'switch: workers …',
  bake: 'bake: watch …',
  drain: 'drain: drain …',
  retire: 'retire: prune …',
}

/**
 * Cancels the attempts of a run, each in the stage that is named, then lets the last action have its way. An action ends
 * its attempt with its post step, as on GitHub.
 */
async function cancelIn(
  id: number,
  plan: readonly (readonly [action: string, stage?: string])[],
): Promise<void> {
  for (const [at, [action, stage]] of plan.entries()) {
    const more = {
      attempt: at + 1,
      inputs: {
        ...(action === 'deploy' && { version: `v${id}` }),
        'github-token': 'ghs_of_the_job',
        env: JSON.stringify({ TINY_MIGRATION_SECONDS: '1', TINY_HEALTHY_AFTER: '1' }),
      },
      env: { GITHUB_API_URL: github.url },
    }
    const told = github.calls.length
    let cancelled = false
    const main = await site.run(action, id, {
      ...more,
      onLine: (line, running) => {
        if (cancelled || stage === undefined || line !== midst[stage]) return
        cancelled = true
        void cancel(running)
      },
    })
    const post = await site.run('post', id, { ...more, state: main.state })
    const logs = `${main.log}\n${post.log}`
    // A drain is short, and what is left to do after it is no reason to fail a deploy.
    const mayEnd = stage === undefined || stage === 'drain' || stage === 'retire'
    const green = main.code === 0
    if (cancelled !== (stage !== undefined) || (green && !mayEnd) || (!green && !stage) || post.code !== 0)
      throw new Error(`${action}, to be cancelled in ${stage}:\n${logs}`)
    if (main.code === 1) expect(main.errors).toEqual([expect.stringContaining('was cancelled')])
    await leaseIsFree()
    expect(recordsSince(told)).toEqual(recordsOf(action, green))
    await site.visitors.round()
    expect(site.visitors.report().failures).toEqual([])
    // The cancel came too late: nothing is left to be cancelled.
    if (green && action !== 'health-gate') return
  }
}

/** What GitHub was told: the record, and its states with the app's address. */
function recordsSince(told: number): string[] {
  expect(github.wrong).toEqual([])
  return github.calls.slice(told).map(({ body = {} }) => {
    if (body.state === undefined) return `${body.task} to ${body.environment}`
    return `${body.state} of ${body.environment_url}`
  })
}

function recordsOf(action: string, green: boolean): string[] {
  if (action === 'health-gate') return []
  const task = action === 'rollback' ? action : 'deploy'
  const states = ['in_progress', green ? 'success' : 'error']
  return [`${task} to production`, ...states.map((state) => `${state} of https://tiny.example/`)]
}

const cancelledInDeploy = (...stages: string[]) => stages.map((stage) => ['deploy', stage] as const)

// The watcher of a bake goes on without the runner, so an attempt after a cancelled switch begins with what follows.
test.each<[string, ...(readonly [string, string?])[]]>([
  [
    'in every stage but the bake',
    ...cancelledInDeploy('ship', 'backup', 'migrate', 'start', 'gate', 'switch', 'drain'),
    ['deploy'],
  ],
  ['in its bake and at its end', ...cancelledInDeploy('bake', 'retire'), ['deploy']],
  [
    'in its gate, and then in the action that switches',
    ...cancelledInDeploy('gate'),
    ...([['health-gate'], ['blue-green', 'bake'], ['blue-green', 'drain'], ['blue-green']] as const),
  ],
])(
  'a run that is cancelled %s closes its record and frees the lease, and its next attempt goes on',
  async (_, ...plan) => {
    const id = run + 1
    const place = `${other()}/v${id}`
    site.visitors.alsoExpect(place)
    await cancelIn(id, plan)
    const events = await site.events(`v${id}-${id}`)
    for (const once of ['shipped', 'migrating', 'finished'])
      expect([once, events.filter((event) => event === once).length]).toEqual([once, 1])
    await expectLive(place, id)
  },
)

test('so does a rollback, which goes back once; and the next deploy is green', async () => {
  const id = run + 1
  const place = `${other()}/v${run - 1}`
  site.visitors.alsoExpect(place)
  await cancelIn(id, [['rollback', 'switch'], ['rollback', 'drain'], ['rollback']])
  await expectLive(place, id)
  await converge(id + 1, 1)
  expect(site.visitors.report()).toMatchObject({ failed: 0, failures: [] })
})

/** From now on, everybody gets that one. */
async function expectLive(place: string, id: number): Promise<void> {
  run = id
  slot = (await site.live()).slot
  site.visitors.expect([place])
  await site.visitors.round()
  expect(site.visitors.report().failures).toEqual([])
}

/** A minute passes: the host's own programs end, and the lease of a run that is dead expires. */
async function outliveLease(): Promise<void> {
  await site.must(
    `cd /srv/tiny && flock -w 60 watch.lock flock -w 60 lease.lock sed -i 's/"expires":[0-9]*/"expires":1/' lease.json && chown deploy: lease.json`,
  )
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}

test('a person goes back by the commands of docs/by-hand.md after a deploy was killed, and nobody notices', async () => {
  const good = run
  await converge(run + 1, 1)
  const cutOff = run + 1
  await killAt('gate', cutOff, 1)
  const to = other()
  site.visitors.alsoExpect(`${to}/v${good}`)
  const web = `docker port tiny-${to}-web-${to}-1 | sed 's/.*-> //'`
  const commands = commandsByHand('Docker', {
    'app=shop': 'app=tiny',
    'v1.4.0-88': `v${good}-${good}`,
    mailer: 'worker',
    'http://127.0.0.1:3000/health': `"http://$(${web})/"`,
    'https://shop.example/': "-H 'Host: tiny.example' http://127.0.0.1/",
  })
  const { stdout, stderr } = await site.server.exec('bash', { input: commands, user: 'deploy' })
  const told = `${stdout}${stderr}`
  expect(told).toContain('the lock is mine')
  expect(told.match(/HTTP\/1.1 200/g)).toHaveLength(2)
  expect(told).toContain('the lock is free')
  expect(await site.live()).toEqual({ slot: to, release: `v${good}-${good}` })
  slot = to
  site.visitors.expect([`${to}/v${good}`])
  await site.visitors.round()
  expect(site.visitors.report().failures).toEqual([])
  const workers = await site.must("docker ps --format '{{.Names}}' | grep worker")
  expect(workers).toBe(`tiny-${to}-worker-${to}-1`)

  const again = await site.deploy(cutOff, 2)
  expect(again.errors).toEqual([
    expect.stringContaining(`a person switched this host after run ${cutOff} began`),
  ])
  // The killed attempt's, which would be waited for.
  await site.server.exec(`cd /srv/tiny && ${freeLease}`, { user: 'deploy' })
  await leaseIsFree()
  await converge(cutOff + 1, 1)
})
