import fc from 'fast-check'
import { type Clock, type Look, pollUntil, systemClock } from '../../../src/probes/poll'

/** Time that passes only when somebody sleeps, and then at once. */
class FakeClock implements Clock {
  private time = 1_000_000
  private readonly sleepers: { at: number; wake: () => void }[] = []

  now(): number {
    return this.time
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      const sleeper = { at: this.time + ms, wake }
      this.sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1)
        wake()
      })
    })
  }

  /** Wakes the sleepers in their order until the work is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let running = true
    const end = () => {
      running = false
    }
    work.then(end, end)
    while (running) {
      await new Promise(setImmediate)
      const next = this.sleepers.sort((a, b) => a.at - b.at).shift()
      if (!next || !running) continue
      this.time = Math.max(this.time, next.at)
      next.wake()
    }
    return work
  }
}

const good: Look = { answer: { kind: 'unanswered', reason: 'stands for any', ms: 0 }, unmet: undefined }
const bad = (unmet: string): Look => ({ ...good, unmet })

const plan = { deadline: 10_000, interval: 1000, successes: 2 }

/** Polls what answers as the list says, each taking `took` ms, the last one for ever. */
async function poll(looks: readonly Look[], more: Partial<typeof plan> = {}, took = 10) {
  const clock = new FakeClock()
  let asked = 0
  const once = async () => {
    await clock.sleep(took)
    return looks[Math.min(asked++, looks.length - 1)]!
  }
  return clock.run(pollUntil(once, { ...plan, ...more }, clock))
}

test('is healthy after enough good answers in a row', async () => {
  expect(await poll([good])).toMatchObject({ healthy: true, attempts: 2, waited: 1020 })
  expect(await poll([good], { successes: 1 })).toMatchObject({ healthy: true, attempts: 1, waited: 10 })
})

test('a bad answer in between starts the row anew', async () => {
  const outcome = await poll([bad('a'), good, bad('b'), good, good])
  expect(outcome).toMatchObject({ healthy: true, attempts: 5 })
  expect(outcome.lastAnswers.map(({ unmet }) => unmet)).toEqual(['a', undefined, 'b', undefined, undefined])
})

test('gives up at the deadline and keeps the last five answers with their times', async () => {
  const outcome = await poll(Array.from({ length: 20 }, (_, index) => bad(`${index}`)))
  expect(outcome).toMatchObject({ healthy: false, attempts: 10, waited: 10_000 })
  expect(outcome.lastAnswers.map(({ unmet, after }) => [unmet, after])).toEqual([
    ['5', 5060],
    ['6', 6070],
    ['7', 7080],
    ['8', 8090],
    ['9', 9100],
  ])
})

test('an attempt that hangs does not outlast the deadline', async () => {
  const clock = new FakeClock()
  const hanging = () => new Promise<Look>(() => {})
  const outcome = await clock.run(pollUntil(hanging, plan, clock))
  expect(outcome).toMatchObject({ healthy: false, attempts: 1, waited: 10_000 })
  expect(outcome.lastAnswers[0]?.unmet).toBe('no answer before the deadline')
})

test('an attempt that the deadline cuts off does not hide the answers before it', async () => {
  const clock = new FakeClock()
  let asked = 0
  const stuck = () => (asked++ < 2 ? Promise.resolve(bad('status 500')) : new Promise<Look>(() => {}))
  const outcome = await clock.run(pollUntil(stuck, plan, clock))
  expect(outcome).toMatchObject({ healthy: false, attempts: 3, waited: 10_000 })
  expect(outcome.lastAnswers.map(({ unmet }) => unmet)).toEqual(['status 500', 'status 500'])
})

test('an attempt is told how much time is left', async () => {
  const clock = new FakeClock()
  const left: number[] = []
  const once = async (ms: number) => {
    left.push(ms)
    return bad('x')
  }
  await clock.run(pollUntil(once, { ...plan, interval: 4000 }, clock))
  expect(left).toEqual([10_000, 6000, 2000])
})

test('what a probe throws is thrown on', async () => {
  const clock = new FakeClock()
  const broken = () => Promise.reject(new Error('a bug'))
  await expect(clock.run(pollUntil(broken, plan, clock))).rejects.toThrow('a bug')
})

test('is healthy exactly when the row was reached in time, and never waits longer than the deadline', async () => {
  const answers = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 })
  const plans = fc.record({
    deadline: fc.integer({ min: 1, max: 20_000 }),
    interval: fc.integer({ min: 1, max: 5000 }),
    successes: fc.integer({ min: 1, max: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(answers, plans, fc.integer({ min: 0, max: 3000 }), async (pattern, plan, took) => {
      const outcome = await poll(
        pattern.map((each) => (each ? good : bad('x'))),
        plan,
        took,
      )
      expect(outcome.waited).toBeLessThanOrEqual(plan.deadline)
      const row = outcome.lastAnswers.slice(-plan.successes)
      expect(outcome.healthy).toBe(
        row.length === plan.successes && row.every(({ unmet }) => unmet === undefined),
      )
    }),
    { numRuns: 60 },
  )
})

test('the real clock moves and can be woken', async () => {
  const began = systemClock.now()
  await systemClock.sleep(2)
  expect(systemClock.now()).toBeGreaterThan(began)
  const wake = new AbortController()
  const sleeping = systemClock.sleep(3_600_000, wake.signal)
  wake.abort()
  await sleeping
})
