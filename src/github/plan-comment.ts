import type { ApiError, GitHubApi } from './api'

/** Whose plan a comment shows, and where it is. */
export interface CommentOf {
  readonly repository: string
  /** Of the pull request. */
  readonly number: number
  /** Both names as the configuration has them: lower-case letters, digits and hyphens. */
  readonly app: string
  readonly environment: string
  readonly runUrl: string
}

/**
 * Keeps one comment for an app and an environment on a pull request: written once, and rewritten from then on.
 *
 * @returns its address; empty where GitHub did not say
 * @throws {ApiError}
 */
export async function keepComment(api: GitHubApi, of: CommentOf, text: string): Promise<string> {
  const issues = `/repos/${of.repository}/issues`
  const comments = `${issues}/${of.number}/comments`
  const mark = markOf(of)
  const body = `${mark}\n${shortened(text, of.runUrl)}`
  const found = await findComment(api, comments, mark)
  const answer =
    found === undefined
      ? await api.request('POST', comments, { body })
      : await api.request('PATCH', `${issues}/comments/${found}`, { body }, 3)
  const { html_url: url } = (answer ?? {}) as { html_url?: unknown }
  return typeof url === 'string' && /^https?:\/\/[\w.:/#-]{1,500}$/.test(url) ? url : ''
}

/** What a person can do about a comment that GitHub did not take. */
export function adviceOn(error: ApiError): string {
  if (error.status !== 403 && error.status !== 404) return ''
  return ' Give the job `permissions: pull-requests: write`, or the input `github-token` an empty value to do without.'
}

/** By which the comment is found again. It stands at the beginning, where no quotation has it. */
function markOf({ app, environment }: CommentOf): string {
  return `<!-- kawasemi plan: ${app} ${environment} -->`
}

/** GitHub takes 65,536 characters. */
const longest = 65_000

/** Cut at the end of a line, so that a table stays one. */
export function shortened(text: string, runUrl: string): string {
  if (text.length <= longest) return text
  const whole = text.slice(0, text.lastIndexOf('\n', longest))
  return `${whole}\n\n… and more, which is in the summary of [this run](${runUrl}).\n`
}

const perPage = 100
/** A pull request with more comments than these would take minutes to look through. */
const mostPages = 20

/** A stranger can write the mark too, so it must be of a bot or of somebody of the project. */
async function findComment(api: GitHubApi, comments: string, mark: string): Promise<number | undefined> {
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await api.request('GET', `${comments}?per_page=${perPage}&page=${page}`, undefined, 3)
    const listed = Array.isArray(answer) ? answer : []
    const found = listed.find((each) => isOurs(each, mark))
    if (found) return found.id
    if (listed.length < perPage) return undefined
  }
  return undefined
}

interface Listed {
  readonly id?: unknown
  readonly body?: unknown
  readonly user?: { readonly type?: unknown } | null
  readonly author_association?: unknown
}

function isOurs({ id, body, user, author_association: association }: Listed, mark: string): boolean {
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) return false
  if (typeof body !== 'string' || !body.startsWith(mark)) return false
  return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(String(association))
}
