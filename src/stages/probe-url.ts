import type { Health } from '../config/schema'
import { describeAnswer } from '../probes/answer'
import { judge } from '../probes/expectation'
import { probeUrl } from '../probes/http'
import { type PollPlan, pollUntil } from '../probes/poll'
import { Trouble } from '../release/trouble'

/**
 * Probes an address from the runner until it is healthy.
 *
 * @param gate times in milliseconds
 * @returns the last answers, one a line
 * @throws {Trouble} when it is not healthy in time.
 */
export async function gateUrl(
  url: string,
  health: Omit<Health, 'path'>,
  gate: PollPlan & { timeout: number },
): Promise<string[]> {
  const outcome = await pollUntil(async (left) => {
    const answer = await probeUrl(url, Math.min(left, gate.timeout))
    return { answer, unmet: judge(answer, health) }
  }, gate)
  const answers = outcome.lastAnswers.map(
    ({ answer, after }) => `after ${(after / 1000).toFixed(1)} s: ${describeAnswer(answer)}`,
  )
  if (outcome.healthy) return answers
  throw new Trouble(
    url,
    `${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'} (${outcome.attempts} probes in ${Math.round(outcome.waited / 1000)} s).`,
    'See the last answers in the log. If it only needs longer, raise the input `deadline`.',
    answers,
  )
}
