import {
  eventsOf,
  query,
  readAccessLog,
  readLease,
  readLiveLink,
  readSlot,
  storedSeeds,
} from '../support/evidence'
import { good, makeSite, type Site, type Version } from '../support/product'
import { withSlowRequests } from '../support/slow-requests'
import { expectGreen, expectNoneFailed, expectOldAssets, expectRed, tell } from '../support/verdict'
import { askSlowly, generate, startVisitors, type Visitors } from '../support/visitors'

/*
 * The life of a product, told in order, under load from the first switch to the last: each test goes on where the one
 * before it stopped.
 */

jest.setTimeout(5 * 60_000)

let site: Site
let visitors: Visitors
const seeds: string[] = []
let failedInBake = 0
const began = performance.now()

beforeAll(async () => {
  site = await makeSite('story', { 'gate.deadline': '8s', 'bake.duration': '5s' })
}, 15 * 60_000)

afterAll(async () => {
  await visitors?.stop()
  await site?.remove()
})

/** A row that has to be there from now on, whatever happens. */
async function storeRow(): Promise<void> {
  const seed = `row-${seeds.length + 1}`
  await generate(site.server, seed)
  seeds.push(seed)
}

/**
 * Runs an action under load, between a page that was opened and a row that was stored before it; a request of five seconds
 * is in flight all the time.
 */
async function underLoad(
  action: string,
  run: number,
  version?: Version,
  inputs: Record<string, string> = {},
) {
  const { server } = site
  const page = await visitors.openPage()
  await storeRow()
  const live = await readLiveLink(server)
  const work = () => site.run(action, run, version, { inputs })
  // Whoever waits for a version that dies is not answered.
  const dies = version?.fault === 'die'
  const phase = await visitors.during(
    dies ? work : async () => (await withSlowRequests(() => askSlowly(server), work)).result,
  )
  const title = version?.name ?? [action, ...Object.values(inputs)].join(' ')
  tell(title, phase)
  expect(await storedSeeds(server, 'row-')).toEqual([...seeds].sort())
  expect(await readLease(server)).toMatchObject({ held: false })
  return { page, phase, result: phase.result, live }
}

test('the first version takes traffic', async () => {
  const result = await site.run('deploy', 101, good(1))
  console.log(`v1: ${(result.ms / 1000).toFixed(1)} s, first deploy`)
  expectGreen(result)
  expect(result.outputs).toMatchObject({ 'live-slot': 'blue', 'previous-release': '', ran: 'true' })
  visitors = await startVisitors(site.server)
  expect(await visitors.whoAnswers()).toEqual(['v1'])
})

test('the second takes over without a failed request', async () => {
  const { page, phase, result } = await underLoad('deploy', 102, good(2))
  expectGreen(result)
  expectNoneFailed(phase)
  // The old release stays warm, so whoever hangs on it is not cut off.
  expect(phase.cuts).toBe(0)
  expect(phase.versions).toEqual(['v1', 'v2'])
  expect(await visitors.whoAnswers()).toEqual(['v2'])
  expect(result.outputs).toMatchObject({
    release: 'v2-102',
    'live-slot': 'green',
    'previous-release': 'v1-101',
  })
  expect(page.version).toBe('v1')
  await expectOldAssets(site.server, visitors, page)
})

interface Drill {
  run: number
  fault: NonNullable<Version['fault']>
  cause: RegExp
  /** What the ledger says of the run. */
  events: string[]
  cuts: number
}
const untilMigrating = ['shipped', 'backed-up', 'migrating']

test.each<Drill>([
  {
    run: 103,
    fault: 'health',
    cause: /backend: .*500/,
    events: [...untilMigrating, 'migrated', 'started', 'gate-failed'],
    // The stream hung on version 1, whose slot this version got.
    cuts: 1,
  },
  {
    run: 104,
    fault: 'listen',
    cause: /backend: .*(refused|closed|reset|nothing listens)/i,
    events: [...untilMigrating, 'migrated', 'started', 'gate-failed'],
    cuts: 0,
  },
  {
    run: 105,
    fault: 'migration',
    cause: /node dist\/migrate\.js.* ended with status 1.* Traffic was not touched\. The schema is as it was/,
    events: [...untilMigrating, 'migration-failed'],
    cuts: 0,
  },
])('a version with the fault “$fault” meets no visitor', async ({ run, fault, cause, events, cuts }) => {
  const version = { name: `v3-${fault}`, build: '3.0.0', fault }
  const { phase, result, live } = await underLoad('deploy', run, version)
  expectRed(result, cause)
  expectNoneFailed(phase)
  expect(phase.versions).toEqual(['v2'])
  expect(phase.cuts).toBe(cuts)
  expect(await readLiveLink(site.server)).toBe(live)
  expect(await eventsOf(site.server, run)).toEqual(events)
  expect(await readSlot(site.server, 'blue')).toEqual([])
})

test('a version that dies after the switch is taken back', async () => {
  const before = (await readAccessLog(site.server)).length
  const version: Version = { name: 'v3-die', build: '3.0.0', fault: 'die' }
  const { phase, result, live } = await underLoad('deploy', 106, version)
  failedInBake = phase.failed
  // Whoever looks first says what it saw: the host at the containers and at its log, the runner by probes.
  expectRed(
    result,
    /((backend|frontend).*(died|restarting|exited|closed|refused)|answered with 5xx).*Traffic is back on v2-102/,
  )
  expect(await readLiveLink(site.server)).toBe(live)
  const ledger = await eventsOf(site.server, 106)
  expect(ledger.slice(-4)).toEqual(['switching', 'switched', 'bake-failed', 'switched-back'])
  expect(await readSlot(site.server, 'blue')).toEqual([])

  const bad = (await readAccessLog(site.server)).slice(before).filter(({ status }) => status >= 500)
  // Only whoever came between the switch and the switch back met a failure.
  expect([...new Set(bad.map(({ slot }) => slot))]).toEqual(bad.length > 0 ? ['blue'] : [])
  expect(phase.serverErrors).toBe(bad.length)
  expect(phase.versions).toEqual(['v2', 'v3-die'])
  expect(await visitors.whoAnswers()).toEqual(['v2'])
  const ms = bad.length > 0 ? Math.round((bad.at(-1)!.ended - bad[0]!.ended) * 1000) : 0
  console.log(`v3-die: ${phase.failed} of ${phase.requests} requests failed, all within ${ms} ms`)
})

test('the next good version needs no cleaning up', async () => {
  const { page, phase, result } = await underLoad('deploy', 107, good(4))
  expectGreen(result)
  expectNoneFailed(phase)
  expect(phase.cuts).toBe(0)
  expect(phase.versions).toEqual(['v2', 'v4'])
  expect(result.outputs).toMatchObject({ 'live-slot': 'blue', 'previous-release': 'v2-102' })
  await expectOldAssets(site.server, visitors, page)
})

test('a rollback goes back at once to the release that is still warm', async () => {
  const { page, phase, result } = await underLoad('rollback', 108)
  expectGreen(result)
  expectNoneFailed(phase)
  expect(phase.cuts).toBe(0)
  expect(result.outputs).toMatchObject({ release: 'v2-102', slot: 'green' })
  expect(await eventsOf(site.server, 108)).toEqual(['switching', 'switched', 'rolled-back', 'drained'])
  expect(await visitors.whoAnswers()).toEqual(['v2'])
  await expectOldAssets(site.server, visitors, page)
})

test('a rollback to an older version starts it again in the slot that another release has used', async () => {
  const { page, phase, result } = await underLoad('rollback', 109, undefined, { to: 'v1' })
  expectGreen(result)
  expectNoneFailed(phase)
  expect(phase.cuts).toBe(0)
  expect(result.outputs).toMatchObject({ release: 'v1-101', slot: 'blue' })
  expect(await eventsOf(site.server, 109)).toEqual(
    expect.arrayContaining(['started', 'gated', 'switched', 'rolled-back']),
  )
  expect(await visitors.whoAnswers()).toEqual(['v1'])
  await expectOldAssets(site.server, visitors, page)
})

test('in all of it no visitor met a failure outside that bake, and nothing that was stored is lost', async () => {
  const { requests, failed, wrongSlot, stream, latency } = await visitors.stop()
  console.log(
    `story: ${requests} requests, ${failed} failed, ${stream?.cuts} streams cut, median ${latency.median} ms, p99 ${latency.p99} ms, max ${latency.max} ms, ${Math.round((performance.now() - began) / 1000)} s`,
  )
  expect({ failed, wrongSlot }).toEqual({ failed: failedInBake, wrongSlot: 0 })
  const sql = `SELECT count(*) FROM generation_history WHERE parameters->>'seed' = 'load';`
  const stored = Number(await query(site.server, sql))
  // Of a request that failed nobody knows whether it was stored.
  expect(stored).toBeGreaterThanOrEqual(visitors.stored)
  expect(stored).toBeLessThanOrEqual(visitors.stored + failed)
})
