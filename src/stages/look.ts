import { randomBytes } from 'node:crypto'
import type { ProxyConfig } from '../config/schema'
import { call } from '../host/program'
import type { HostSession } from '../host/session'
import { type Answer, describeAnswer } from '../probes/answer'
import { probe } from '../probes/http'
import { pollUntil } from '../probes/poll'
import { releasePath } from '../proxies/proxy'
import { Trouble } from '../release/trouble'
import { type Deploy, onHosts, runStage } from './deploy'

/** One is enough; the rest is for a busy host. Milliseconds. */
const plan = { deadline: 5_000, interval: 200, successes: 1 }

/** Every worker of a web server has a cache of its own. */
const looks = 8

/**
 * Before anything is started: whether a site file that is not ours follows the live link, so that the switch does not
 * have to find out. For the first release it has to answer 503, since nothing is live.
 *
 * @throws {Trouble} when its lines are missing or wrong, when it caches, or when the web server cannot enter the app's
 *   folder.
 */
export async function requireSite(deploy: Deploy): Promise<void> {
  const { proxy } = deploy.config
  if (!proxy?.ownSite) return
  await onHosts(deploy, async (host) => {
    const { live, releases } = host.facts
    const id = live && releases[live]
    const ask = (left: number) =>
      probe({ host: proxy.domains[0]!, path: releasePath, timeout: left }, () => host.dial(proxy.listen))
    await requireAnswer(host, proxy, id, ask)
    if (id !== undefined) await requireFresh(host, id, ask)
  })
}

type Ask = (left: number) => Promise<Answer>

async function requireAnswer(
  host: HostSession,
  proxy: ProxyConfig,
  id: string | undefined,
  ask: Ask,
): Promise<void> {
  const outcome = await pollUntil(async (left) => {
    const answer = await ask(left)
    return { answer, unmet: complaint(answer, id, proxy) }
  }, plan)
  if (!outcome.healthy) throw siteTrouble(host, outcome.lastAnswers.at(-1)?.unmet ?? 'does not answer')
}

function complaint(answer: Answer, id: string | undefined, { listen }: ProxyConfig): string | undefined {
  const said = describeAnswer(answer)
  if (answer.kind === 'unanswered') return `does not answer on port ${listen}: ${said}`
  const release = releaseIn(answer)
  if (release !== undefined && release === id) return undefined
  if (id === undefined)
    return answer.status === 503
      ? undefined
      : `does not look for what is live (${said}), where it has to answer 503`
  if (answer.status === 503)
    return `answers 503 though ${id} is live: the web server's user cannot enter the app's folder, or the lines name another one`
  if (release !== undefined) return `takes ${release} for live, though ${id} is`
  return `does not have the lines that tell which release is live (${said})`
}

/** The file is replaced by one with a new word in it: whoever still answers with the old one has it in a cache. */
async function requireFresh(host: HostSession, id: string, ask: Ask): Promise<void> {
  const word = randomBytes(6).toString('hex')
  for (let at = 0; at < looks; at++) await ask(plan.deadline)
  await runStage(
    host,
    {
      stage: 'look',
      libraries: [],
      calls: [
        call(
          'put',
          `${host.base}/releases/${id}/public.json`,
          '0644',
          `${JSON.stringify({ release: id, looked: word })}\n`,
        ),
      ],
    },
    'Nothing was started. Run this again.',
  )
  for (let at = 0; at < looks; at++) {
    const answer = await ask(plan.deadline)
    if (answer.kind === 'unanswered' || answer.body.includes(word)) continue
    throw siteTrouble(
      host,
      'answers from a cache: a switch would come late, or never (nginx: open_file_cache)',
    )
  }
}

function releaseIn(answer: Answer): string | undefined {
  if (answer.kind === 'unanswered') return undefined
  try {
    const { release } = JSON.parse(answer.body) as { release?: unknown }
    return typeof release === 'string' ? release : undefined
  } catch {
    return undefined
  }
}

function siteTrouble({ name }: HostSession, cause: string): Trouble {
  return new Trouble(
    `Your site on ${name}`,
    `${cause}. Nothing was started; traffic was not touched.`,
    'Run setup-host again: it prints the lines that the site needs.',
  )
}
