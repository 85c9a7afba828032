import type { Checked } from '../release/check-up'
import type { IssueOf, KeptIssue } from './issue'
import { plainText } from './log'

/** Milliseconds. */
const timeout = 10_000
const shownTroubles = 20

/** A message as Slack, Mattermost and others take it; what others wrote is only text in it. */
export function messageFor(
  { app, environment, runUrl }: IssueOf,
  troubles: readonly Checked[],
  issue: Pick<KeptIssue, 'url'>,
): string {
  const links = [...(issue.url === '' ? [] : [`<${issue.url}|issue>`]), `<${runUrl}|run>`].join(', ')
  const where = `*${environment}* of *${app}*`
  if (troubles.length === 0) return `:white_check_mark: All is well again in ${where} (${links})`
  const more = troubles.length > shownTroubles ? [`… and ${troubles.length - shownTroubles} more`] : []
  return [
    `:warning: Trouble in ${where} (${links})`,
    ...troubles
      .slice(0, shownTroubles)
      .map(({ check, of, found }) => `• ${check} of ${text(of)}: ${text(found)}`),
    ...more,
  ].join('\n')
}

function text(value: string): string {
  const short = plainText(value).slice(0, 300)
  return short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Posts to an incoming webhook, once; proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are used. Its address is a
 * secret, so no error holds it.
 *
 * @throws {Error}
 */
export async function postMessage(webhook: string, message: string): Promise<void> {
  const { HttpClient } = await import('@actions/http-client')
  const client = new HttpClient('kawasemi', [], {
    allowRedirects: false,
    allowRetries: false,
    keepAlive: false,
    socketTimeout: timeout,
  })
  let status: number | undefined
  try {
    const answer = await client.post(webhook, JSON.stringify({ text: message }), {
      'content-type': 'application/json',
    })
    answer.message.resume()
    status = answer.message.statusCode
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    throw new Error(`no answer (${code ?? name})`)
  } finally {
    client.dispose()
  }
  if (status === undefined || status < 200 || status >= 300) throw new Error(`status ${status}`)
}
