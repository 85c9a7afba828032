import type { Product } from '../../lab/product'
import { until } from '../../lab/run'
import type { ActionResult, RunningAction } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { checkOutTiny, tinyImages } from './products/tiny'

jest.setTimeout(300_000)

let server: LabServer
let product: Product

beforeAll(async () => {
  server = await startServer({ name: 'lease', images: tinyImages })
  product = checkOutTiny({ server, settings: { 'bake.duration': '1s' } })
  await product.setUp()
  await green(product.run('deploy', 100, { inputs: { version: 'v100' } }))
}, 300_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
}, 60_000)

interface Part {
  run: number
  attempt?: number
  /** What the product's containers get, as knobs. */
  env?: Record<string, string>
  /** Called once, when the log first matches. */
  on?: [RegExp, (action: RunningAction) => unknown]
}

/** A deploy of version vRUN, with something done to it on the way. */
function deploy({ run, attempt = 1, env = {}, on }: Part): RunningAction {
  let waiting = on
  const action: RunningAction = product.start('deploy', run, {
    attempt,
    inputs: { version: `v${run}`, env: JSON.stringify(env) },
    onLine: (line) => {
      if (!waiting?.[0].test(line)) return
      const [, act] = waiting
      waiting = undefined
      act(action)
    },
  })
  return action
}

/** In the log when a stage's program, or the stage, has begun. */
const inStage = (name: string) => new RegExp(`^::group::${name}$`)
const inStep = (name: string) => new RegExp(`: ${name} …$`)

async function green(result: Promise<ActionResult>): Promise<ActionResult> {
  const ended = await result
  if (ended.code !== 0) throw new Error(ended.log)
  return ended
}

async function red(result: Promise<ActionResult>): Promise<string> {
  const { code, errors, log } = await result
  if (code === 0) throw new Error(log)
  expect(errors).toHaveLength(1)
  return errors[0]!
}

interface Line {
  event: string
  release: string
  token: number
  owner: string
}

async function ledger(): Promise<Line[]> {
  const { stdout } = await server.exec('cat /srv/tiny/ledger.jsonl')
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

const times = async (event: string, run: number) =>
  (await ledger()).filter((line) => line.event === event && line.release === `v${run}-${run}`).length

async function live(): Promise<string> {
  const { stdout } = await server.exec('basename "$(readlink -f /srv/tiny/live/release)"')
  return stdout.trim()
}

interface Lease {
  token: number
  expires: number
  owner: string
}

async function lease(): Promise<Lease & { left: number }> {
  const { stdout } = await server.exec('date +%s; cat /srv/tiny/lease.json')
  const [now, text] = stdout.split('\n')
  const read = JSON.parse(text!) as Lease
  return { ...read, left: Math.max(0, read.expires - Number(now)) }
}

/** As if so much time had passed that the lease ends in some seconds. */
const age = (seconds: number) =>
  server.exec(
    `sed -i "s/\\"expires\\":[0-9]*/\\"expires\\":$(($(date +%s) + ${seconds}))/" /srv/tiny/lease.json`,
    { user: 'deploy' },
  )

/** Ends the deploy user's connections as a network does: without a word to either side's programs. */
const cut = () => server.exec('pkill -KILL -u deploy sshd')

test('the second of two runs at once waits whether the first one lives, and is refused', async () => {
  let second: Promise<ActionResult> | undefined
  const first = await green(
    deploy({
      run: 110,
      on: [
        inStage('ship'),
        () => {
          second = deploy({ run: 111 }).done
        },
      ],
    }).done,
  )
  expect(first.warnings).toEqual([])
  const said = await red(second!)
  expect(said).toContain('110/1/deploy')
  expect(said).toContain('https://github.example/example/product/actions/runs/110')
  expect(await live()).toBe('v110-110')
  expect(await times('shipped', 111)).toBe(0)
})

test('a run that was killed goes on in its next attempt at once, and its migration is not run twice', async () => {
  const env = { TINY_MIGRATION_SECONDS: '4' }
  const { signal } = await deploy({
    run: 120,
    env,
    on: [inStep('migrate'), (action) => action.kill('SIGKILL')],
  }).done
  expect(signal).toBe('SIGKILL')
  expect((await lease()).left).toBeGreaterThan(20)
  const { log } = await green(deploy({ run: 120, attempt: 2, env }).done)
  expect(log).toContain('waiting for stage migrate of run 120/1/deploy')
  expect(log).not.toContain('waiting whether')
  expect(await times('migrating', 120)).toBe(1)
  expect(await times('shipped', 120)).toBe(1)
  expect(await live()).toBe('v120-120')
  expect((await lease()).left).toBe(0)
})

test('another run takes over from a killed one when its lease has run out', async () => {
  await deploy({
    run: 130,
    env: { TINY_HEALTHY_AFTER: '60' },
    on: [inStage('gate'), (action) => action.kill('SIGKILL')],
  }).done
  const before = await lease()
  expect(before.left).toBeGreaterThan(20)
  await age(6)
  const { log } = await green(deploy({ run: 131 }).done)
  expect(log).toMatch(/the lease is held by 130\/1\/deploy .* waiting whether it renews it/)
  expect((await lease()).token).toBeGreaterThan(before.token)
  expect(await live()).toBe('v131-131')
})

test('a run that slept while another one took over changes nothing any more', async () => {
  let action: RunningAction | undefined
  const asleep = new Promise<void>((resolve) => {
    action = deploy({
      run: 140,
      env: { TINY_HEALTHY_AFTER: '5' },
      on: [
        inStage('gate'),
        ({ kill }) => {
          kill('SIGSTOP')
          resolve()
        },
      ],
    })
  })
  await asleep
  await age(0)
  await green(deploy({ run: 141 }).done)
  action!.kill('SIGCONT')
  const said = await red(action!.done)
  expect(said).toContain('the lease passed on')
  const lines = await ledger()
  const tokens = lines.map(({ token }) => token)
  expect(tokens).toEqual([...tokens].sort((one, other) => one - other))
  expect(await live()).toBe('v141-141')
})

test('an older run may not go over a newer one', async () => {
  const said = await red(deploy({ run: 140, attempt: 2 }).done)
  expect(said).toContain('older than what is live')
  expect(await live()).toBe('v141-141')
})

test('a re-run brings a setting that was wrong before', async () => {
  await red(deploy({ run: 145, env: { TINY_HEALTHY_AFTER: '600' } }).done)
  const { log } = await green(deploy({ run: 145, attempt: 2 }).done)
  expect(log).not.toContain('by an earlier attempt')
  // The first backup could be of another database.
  for (const event of ['shipped', 'backed-up', 'migrated']) expect(await times(event, 145)).toBe(2)
  expect(await live()).toBe('v145-145')
})

test('a rollback waits for a deploy that is at work, and then goes back from it', async () => {
  let back: Promise<ActionResult> | undefined
  const goBack = () => {
    back = product.run('rollback', 147, { inputs: { to: 'v145' } })
  }
  await green(deploy({ run: 146, on: [inStage('ship'), goBack] }).done)
  const { warnings } = await green(back!)
  expect(warnings[0]).toMatch(/for another run that is at work there\. .*\/actions\/runs\/146$/)
  expect(await live()).toBe('v145-145')
})

test('a connection that is cut in every stage is made again, and the run ends green', async () => {
  // Before a stage's program arrived, or in its midst.
  const places = [
    ...['ship', 'start', 'gate', 'switch', 'drain'].map(inStage),
    ...['dump', 'migrate', 'workers', 'watch', 'prune'].map(inStep),
  ]
  const left = new Set(places)
  const action = product.start('deploy', 160, {
    inputs: { version: 'v160', env: JSON.stringify({ TINY_MIGRATION_SECONDS: '2' }) },
    onLine: (line) => {
      const place = [...left].find((each) => each.test(line))
      if (place && left.delete(place)) void cut()
    },
  })
  const { warnings, log } = await green(action.done)
  expect([...left]).toEqual([])
  expect(warnings).toEqual([expect.stringContaining('the connection was lost')])
  expect(log.match(/the connection was lost/g)?.length).toBeGreaterThan(5)
  for (const event of ['shipped', 'migrating', 'switched', 'finished'])
    expect(await times(event, 160)).toBe(1)
  expect(await live()).toBe('v160-160')
  await until(
    async () => (await lease()).left === 0,
    5,
    () => 'the lease is still held',
  )
})
