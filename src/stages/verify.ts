import type { Config } from '../config/schema'
import type { HostSession } from '../host/session'
import { describeAnswer } from '../probes/answer'
import { probe } from '../probes/http'
import { type Look, pollUntil } from '../probes/poll'
import { releasePath } from '../proxies/proxy'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'

/** The proxy looks at the link on every request, so the first answer should be right; the rest is for a busy host. */
const plan = { deadline: 5_000, interval: 200, successes: 1 }

/** Asks through the host's proxy which release answers. @throws {Trouble} when it is not this one. */
export async function verify({ config }: Deploy, host: HostSession, release: Release): Promise<void> {
  const unmet = await unmetByProxy(config, host, release)
  if (unmet === undefined) return
  throw new Trouble(
    `The proxy on ${host.name}`,
    `does not answer with ${release.id} after the switch: ${unmet}. The switch was taken back.`,
    siteFix,
  )
}

/** What to do where the proxy does not follow the live link. */
export const siteFix =
  "Run setup-host again: the site file must be the one it writes, and the web server must be able to enter the app's folder."

/** What the host's proxy answers instead of the release; undefined where it is the release, or there is no proxy. */
export async function unmetByProxy(
  { proxy }: Pick<Config, 'proxy'>,
  host: HostSession,
  release: Release,
): Promise<string | undefined> {
  if (!proxy) return undefined
  const outcome = await pollUntil(async (left): Promise<Look> => {
    const answer = await probe({ host: proxy.domains[0]!, path: releasePath, timeout: left }, () =>
      host.dial(proxy.listen),
    )
    return {
      answer,
      unmet: answer.kind === 'answered' && names(answer.body, release) ? undefined : describeAnswer(answer),
    }
  }, plan)
  return outcome.healthy ? undefined : (outcome.lastAnswers.at(-1)?.unmet ?? 'no answer')
}

function names(body: string, release: Release): boolean {
  try {
    return (JSON.parse(body) as { release?: unknown } | null)?.release === release.id
  } catch {
    return false
  }
}
