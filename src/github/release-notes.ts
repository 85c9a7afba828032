import { ApiError, type GitHubApi } from './api'
import { code, inline } from './markdown'

export interface Notes {
  readonly environment: string
  readonly version: string
  /** Empty where the app has no address. */
  readonly url: string
  /** Service → digest of its image; empty for an app that is deployed as files. */
  readonly digests: Readonly<Record<string, string>>
  readonly commit: string
  readonly runUrl: string
}

const begin = '<!-- kawasemi -->'
const end = '<!-- /kawasemi -->'

/** Our part of a release's notes. Marks around it let a later run replace it and leave the rest alone. */
export function renderNotes({ environment, version, url, digests, commit, runUrl }: Notes): string {
  const where = url === '' ? '' : ` at ${url}`
  const lines = [
    `Deployed to ${inline(environment)}${where} as ${code(version)}, commit ${code(commit)}, by [this run](${runUrl}).`,
  ]
  const rows = Object.entries(digests).map(([service, digest]) => `| ${inline(service)} | ${code(digest)} |`)
  if (rows.length > 0) lines.push('', '| image of | digest |', '|---|---|', ...rows)
  return [begin, ...lines, end].join('\n')
}

/**
 * Writes the notes into the release of a tag, which is made where there is none yet, with GitHub's own list of changes.
 *
 * @param tag checked by whoever calls
 * @returns the release's address on GitHub
 * @throws {ApiError}
 */
export async function publishNotes(
  api: GitHubApi,
  repository: string,
  tag: string,
  notes: string,
): Promise<string> {
  const releases = `/repos/${repository}/releases`
  const found = await findRelease(api, `${releases}/tags/${encodeURIComponent(tag)}`)
  const answer = found
    ? await api.request('PATCH', `${releases}/${found.id}`, { body: withNotes(found.body, notes) }, 3)
    : await api.request('POST', releases, {
        tag_name: tag,
        name: tag,
        body: notes,
        generate_release_notes: true,
      })
  const { html_url: address } = (answer ?? {}) as { html_url?: unknown }
  return typeof address === 'string' ? address : ''
}

async function findRelease(api: GitHubApi, path: string): Promise<{ id: number; body: string } | undefined> {
  try {
    const { id, body } = ((await api.request('GET', path, undefined, 3)) ?? {}) as {
      id?: unknown
      body?: unknown
    }
    if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new ApiError(0, 'an answer without an id')
    return { id, body: typeof body === 'string' ? body : '' }
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** What people wrote stays as it is; what an earlier run wrote is replaced. */
function withNotes(body: string, notes: string): string {
  const from = body.indexOf(begin)
  const to = body.indexOf(end, from)
  if (from >= 0 && to >= 0) return body.slice(0, from) + notes + body.slice(to + end.length)
  return body === '' ? notes : `${notes}\n\n${body}`
}
