import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from './answer'

/** One probe and what was thought of it; `unmet` is the reason it was not good enough. */
export interface Look {
  answer: Answer
  unmet: string | undefined
}

export interface PollOutcome {
  healthy: boolean
  attempts: number
  /** The last five, oldest first; `after` is milliseconds since the polling began. */
  lastAnswers: (Look & { after: number })[]
  /** Milliseconds. */
  waited: number
}

export interface PollPlan {
  /** Milliseconds for all attempts together. */
  deadline: number
  /** Milliseconds between the end of one attempt and the next. */
  interval: number
  /** Good answers in a row that are needed. */
  successes: number
}

export interface Clock {
  /** Milliseconds since some moment. */
  now(): number
  /** Ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
}

/** Milliseconds that a timer may end too early. */
const timerSlack = 5

/**
 * Probes until enough answers in a row were good, or the deadline is there, which no attempt outlasts.
 *
 * @param probeOnce is told the milliseconds that are left
 */
export async function pollUntil(
  probeOnce: (left: number) => Promise<Look>,
  { deadline, interval, successes }: PollPlan,
  clock: Clock = systemClock,
): Promise<PollOutcome> {
  const began = clock.now()
  const waited = () => clock.now() - began
  const lastAnswers: PollOutcome['lastAnswers'] = []
  let attempts = 0
  let inARow = 0
  while (inARow < successes && waited() < deadline) {
    if (attempts > 0) await clock.sleep(Math.min(interval, deadline - waited()))
    const left = deadline - waited()
    if (left <= 0) break
    const look = await within(left, () => probeOnce(left), clock)
    attempts++
    inARow = look.unmet === undefined ? inARow + 1 : 0
    // One that the deadline cut off says less than the answers before it.
    if (look.unmet !== undefined && lastAnswers.length > 0 && deadline - waited() < timerSlack) break
    lastAnswers.push({ ...look, after: waited() })
    if (lastAnswers.length > 5) lastAnswers.shift()
  }
  return { healthy: inARow >= successes, attempts, lastAnswers, waited: waited() }
}

/** The look, or when it takes longer, that there was none. */
async function within(left: number, look: () => Promise<Look>, clock: Clock): Promise<Look> {
  const done = new AbortController()
  const late = clock.sleep(left, done.signal).then((): Look => {
    const reason = 'no answer before the deadline'
    return { answer: { kind: 'unanswered', reason, ms: left }, unmet: reason }
  })
  try {
    return await Promise.race([look(), late])
  } finally {
    done.abort()
  }
}
