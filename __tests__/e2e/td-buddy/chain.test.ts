import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { startLoad } from '../../../bench/load'
import type { ActionResult } from '../../../lab/runner'
import { commit } from '../../../lab/workflow'
import { workflowTest } from '../support/callers'
import { eventsOf, readLease, readLiveLink, readSlot, storedSeeds } from '../support/evidence'
import { env, good, makeSite, type Site, type Version } from '../support/product'
import { tellCallers } from '../support/tell-callers'
import { expectGreen, expectNoneFailed, expectOldAssets, tell } from '../support/verdict'
import { generate, startVisitors, type Visitors } from '../support/visitors'

/*
 * The actions one by one, as steps of a job that hand their outputs on; told in order. The old release is stopped at the
 * end of a deploy here, so a rollback has to start it again.
 */

jest.setTimeout(5 * 60_000)

let site: Site
let visitors: Visitors

beforeAll(async () => {
  site = await makeSite('chain', {
    'retire.previous': 'stopped',
    'environments.staging.services': {
      frontend: { slots: { blue: 15000, green: 15100 } },
      backend: { slots: { blue: 15001, green: 15101 } },
    },
  })
}, 15 * 60_000)

afterAll(async () => {
  await visitors?.stop()
  await site?.remove()
})

type Step = (action: string, inputs?: Record<string, string>) => Promise<Record<string, string>>

/** Runs the steps of a job, then their `post` steps, the last one first, as a runner does however the job ended. */
async function runJob(
  run: number,
  version: Version,
  steps: (step: Step) => Promise<void>,
  attempt = 1,
): Promise<void> {
  const done: { action: string; inputs: Record<string, string>; result: ActionResult }[] = []
  const step: Step = async (action, inputs = {}) => {
    const result = await site.run(action, run, version, { inputs, attempt })
    done.push({ action, inputs, result })
    expectGreen(result)
    return result.outputs
  }
  try {
    await steps(step)
  } finally {
    console.log(
      `job of ${version.name}: ${done.map(({ action, result }) => `${action} ${(result.ms / 1000).toFixed(1)} s`).join(', ')}`,
    )
    for (const { action, inputs, result } of done.reverse()) {
      if (action === 'build-image') continue
      const { errors, warnings } = await site.run('post', run, version, {
        inputs,
        attempt,
        state: result.state,
      })
      expect([...errors, ...warnings]).toEqual([])
    }
  }
}

async function shipBuilt(step: Step): Promise<Record<string, string>> {
  const { digests, version, layout } = await step('build-image')
  expect(Object.keys(JSON.parse(digests!)).sort()).toEqual(['backend', 'frontend', 'worker'])
  return step('ssh-deploy', { digests: digests!, version: version!, layout: layout! })
}

async function wholeChain(step: Step, run: number): Promise<Record<string, string>> {
  const held = () => expect(readLease(site.server)).resolves.toEqual({ owner: `${run}/1/deploy`, held: true })
  const shipped = await shipBuilt(step)
  await held()
  const release = shipped.release!
  const migrated = await step('run-migrations', { release })
  expect(migrated).toEqual({ backup: expect.stringMatching(`/backups/${release}\\.`), ran: 'true' })
  await held()
  const gated = await step('health-gate', { release })
  expect(gated).toMatchObject({ healthy: 'true', report: expect.stringContaining(release) })
  await held()
  return { ...shipped, ...(await step('blue-green', { release })) }
}

const events = [
  ...['shipped', 'backed-up', 'migrating', 'migrated', 'started', 'gated'],
  ...['switching', 'switched', 'baked', 'drained', 'finished'],
]

test('the six actions deploy the first version', async () => {
  await runJob(201, good(1), async (step) => {
    expect(await wholeChain(step, 201)).toMatchObject({
      release: 'v1-201',
      slot: 'blue',
      'live-slot': 'blue',
      'previous-release': '',
    })
  })
  expect(await eventsOf(site.server, 201)).toEqual(events.filter((event) => event !== 'drained'))
  expect(await readLease(site.server)).toMatchObject({ held: false })
  visitors = await startVisitors(site.server)
})

test('and the next one without a failed request', async () => {
  const page = await visitors.openPage()
  await generate(site.server, 'row-1')
  const phase = await visitors.during(() =>
    runJob(202, good(2), async (step) => {
      expect(await wholeChain(step, 202)).toMatchObject({
        release: 'v2-202',
        slot: 'green',
        'live-slot': 'green',
        'previous-release': 'v1-201',
        'switch-ms': expect.stringMatching(/^\d+$/),
      })
    }),
  )
  console.log(`chain to v2: ${phase.requests} requests, ${phase.failed} failed, ${phase.cuts} streams cut`)
  expectNoneFailed(phase)
  // The stream hung on the slot that was stopped.
  expect(phase.cuts).toBe(1)
  expect(phase.versions).toEqual(['v1', 'v2'])
  expect(await visitors.whoAnswers()).toEqual(['v2'])
  expect(await eventsOf(site.server, 202)).toEqual(events)
  expect(await readLease(site.server)).toEqual({ owner: '202/1/deploy', held: false })
  expect(await readSlot(site.server, 'blue')).toEqual([])
  expect(await storedSeeds(site.server, 'row-')).toEqual(['row-1'])
  await expectOldAssets(site.server, visitors, page)
})

test('all six once more find the release live, and touch nothing', async () => {
  const before = await eventsOf(site.server, 202)
  const again = async (step: Step) => {
    const { release = '', ...shipped } = await shipBuilt(step)
    expect(shipped).toEqual({ slot: 'green', 'previous-release': '' })
    expect(await step('run-migrations', { release })).toEqual({ backup: '', ran: 'false' })
    expect(await step('health-gate', { release })).toMatchObject({ healthy: 'true' })
    expect(await step('blue-green', { release })).toMatchObject({ 'live-slot': 'green' })
  }
  const phase = await visitors.during(() => runJob(202, good(2), again, 2))
  expectNoneFailed(phase)
  expect(phase.cuts).toBe(0)
  expect(await eventsOf(site.server, 202)).toEqual(before)
})

test('a job that ended after shipping gives the lease back and has touched no traffic', async () => {
  const live = await readLiveLink(site.server)
  const phase = await visitors.during(() =>
    runJob(203, good(2), async (step) => {
      await shipBuilt(step)
      expect(await readLease(site.server)).toEqual({ owner: '203/1/deploy', held: true })
    }),
  )
  expectNoneFailed(phase)
  expect(phase.cuts).toBe(0)
  expect(await readLease(site.server)).toEqual({ owner: '203/1/deploy', held: false })
  expect(await readLiveLink(site.server)).toBe(live)
})

test('a rollback starts the release that was stopped', async () => {
  const page = await visitors.openPage()
  const phase = await visitors.during(() => site.run('rollback', 204))
  tell('rollback to a stopped release', phase)
  expectGreen(phase.result)
  expectNoneFailed(phase)
  expect(phase.cuts).toBe(0)
  const url = 'https://td-buddy.example/'
  expect(phase.result.outputs).toEqual({ release: 'v1-201', slot: 'blue', url })
  expect(await eventsOf(site.server, 204)).toEqual(expect.arrayContaining(['started', 'gated', 'switched']))
  expect(await visitors.whoAnswers()).toEqual(['v1'])
  expect(await readLease(site.server)).toMatchObject({ held: false })
  expect(await storedSeeds(site.server, 'row-')).toEqual(['row-1'])
  await expectOldAssets(site.server, visitors, page)
  const { requests, failed } = await visitors.stop()
  console.log(`chain: ${requests} requests, ${failed} failed`)
  expect(failed).toBe(0)
})

describe('its workflows', () => {
  const staging = 'staging.td-buddy.example'
  // It is on the same server, beside production.
  beforeAll(async () => {
    const { product, server } = site
    const file = join(product.workspace, 'kawasemi.yml')
    const host = `deploy@${server.sshHost}:${server.sshPort}`
    writeFileSync(file, readFileSync(file, 'utf8').replace('deploy@203.0.113.31', host))
    await product.setUp('staging')
  })

  const callers = tellCallers(() => ({
    product: site.product,
    example: 'td-buddy',
    domain: 'td-buddy.example',
    health: '/health',
    // The version of the tests before, which is built already.
    env: { ...env, APP_VERSION: good(2).build },
    edit: () => undefined,
    pushedTo: { environment: 'staging', domain: staging },
    commands: {
      test: 'test -f kawasemi.yml',
      integrationTest: `curl --fail --silent --header Host:${staging} http://127.0.0.1:${site.server.httpPort}/health | grep healthy`,
    },
  }))

  workflowTest('a tag whose integration tests fail leaves production alone', async () => {
    const { product, server } = site
    const file = join(product.workspace, '.github/workflows/release.yml')
    const text = readFileSync(file, 'utf8')
    const ask = (path: string) =>
      `curl --fail --silent --header Host:${staging} http://127.0.0.1:${server.httpPort}${path}`
    // A visit, and then a look whether the app lives on.
    const visit = `${ask('/api/version')} && for n in $(seq 60); do ${ask('/health')} && sleep 0.1 || exit 1; done`
    writeFileSync(
      file,
      text.replace(/integration-test: .*/, () => `integration-test: ${visit}`),
    )
    await commit(product.workspace, 'w3')
    callers().setEnv({ ...env, APP_VERSION: good(2).build, TD_FAULT: 'die' })
    const result = await callers().run(305, 'release')
    writeFileSync(file, text)
    expect(result.code).toBe(1)
    expect(result.jobs).toEqual({ test: 'succeeded', build: 'succeeded', staging: 'failed' })
    expect(callers().records()).toEqual(['deploy to staging', 'in_progress', 'success'])
    expect(await eventsOf(server, 305)).toEqual([])
  })

  workflowTest(
    'a tag that dies once visitors come to it fails in production only, and goes back there',
    async () => {
      const { product, server } = site
      const file = join(product.workspace, 'kawasemi.yml')
      const document = parseDocument(readFileSync(file, 'utf8'))
      // Long enough for it to die in it; staging, where nobody comes, waits no longer than before.
      document.setIn(['environments', 'production'], { bake: { duration: '60s' } })
      writeFileSync(file, document.toString())
      await commit(product.workspace, 'w4')
      callers().setEnv({ ...env, APP_VERSION: good(2).build, TD_FAULT: 'die' })
      const load = startLoad({
        origins: [`http://127.0.0.1:${server.httpPort}`],
        hostHeader: 'td-buddy.example',
        requests: [{ method: 'GET', path: '/api/version' }],
        connections: 2,
        perSecond: 10,
      })
      const result = await callers().run(306, 'release')
      const { requests, failed } = await load.stop()
      console.log(`a release that dies: ${requests} requests, ${failed} failed`)
      expect(result.code).toBe(1)
      expect(result.jobs).toMatchObject({ build: 'succeeded', staging: 'succeeded', production: 'failed' })
      expect(result.jobs).not.toHaveProperty('notes')
      expect(result.log).toMatch(/Traffic is back on w2-302/)
      expect(callers().records()).toEqual([
        ...['deploy to staging', 'in_progress', 'success'],
        ...['deploy to production', 'in_progress', 'failure'],
      ])
      expect(callers().github.calls.filter(({ path }) => path.endsWith('/releases'))).toHaveLength(1)
      expect((await eventsOf(server, 306)).slice(-2)).toEqual(['bake-failed', 'switched-back'])
      expect(await readLease(server)).toMatchObject({ held: false })
    },
  )
})
