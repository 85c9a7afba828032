import { type Checked, nameOf, troublesIn } from '../release/check-up'
import type { GitHubApi } from './api'
import { checksTable } from './checks-table'
import { inline } from './markdown'

/** Whose trouble an issue is about. */
export interface IssueOf {
  readonly repository: string
  /** Both names as the configuration has them: lower-case letters, digits and hyphens. */
  readonly app: string
  readonly environment: string
  readonly runUrl: string
}

/** What became of the issue. `same`: what is wrong is what was wrong before. */
export type IssueChange = 'none' | 'opened' | 'changed' | 'same' | 'closed'

export interface KeptIssue {
  readonly change: IssueChange
  /** Empty where there is none. */
  readonly url: string
}

interface Issue {
  readonly number: number
  readonly body: string
  readonly url: string
}

/**
 * Keeps one issue for an app and an environment: opened when trouble comes, its text rewritten when a figure is another
 * one, commented when trouble came or went, closed when all is well.
 *
 * @throws {ApiError}
 */
export async function keepIssue(api: GitHubApi, of: IssueOf, checks: readonly Checked[]): Promise<KeptIssue> {
  const issues = `/repos/${of.repository}/issues`
  const troubles = troublesIn(checks)
  const found = await findIssue(api, issues, markOf(of))
  if (!found) {
    if (troubles.length === 0) return { change: 'none', url: '' }
    const answer = await api.request('POST', issues, { title: titleOf(of), body: bodyOf(of, troubles) })
    return { change: 'opened', url: readIssue(answer)?.url ?? '' }
  }
  const { number, url } = found
  if (troubles.length === 0) {
    await comment(api, issues, number, `All is well again, found by [this run](${of.runUrl}).`)
    await api.request('PATCH', `${issues}/${number}`, { state: 'closed', state_reason: 'completed' }, 3)
    return { change: 'closed', url }
  }
  const news = newsOf(namesIn(found.body), troubles.map(nameOf))
  if (news !== '') await comment(api, issues, number, `${news}\n\nFound by [this run](${of.runUrl}).`)
  const body = bodyOf(of, troubles)
  if (withoutRun(body) !== withoutRun(found.body))
    await api.request('PATCH', `${issues}/${number}`, { body }, 3)
  return { change: news === '' ? 'same' : 'changed', url }
}

function comment(api: GitHubApi, issues: string, number: number, body: string): Promise<unknown> {
  return api.request('POST', `${issues}/${number}/comments`, { body })
}

function titleOf({ app, environment }: IssueOf): string {
  return `Trouble in ${environment} of ${app}`
}

/** By which the issue is found again, whatever people make of its title. */
function markOf({ app, environment }: IssueOf): string {
  return `<!-- kawasemi operate: ${app} ${environment} -->`
}

const namesPattern = /^<!-- kawasemi troubles: ([\w%. !~*'()-]*) -->$/m

function bodyOf({ app, environment, runUrl, ...of }: IssueOf, troubles: readonly Checked[]): string {
  return [
    markOf({ app, environment, runUrl, ...of }),
    `<!-- kawasemi troubles: ${troubles.map((each) => encodeURIComponent(nameOf(each).replace(/\p{Surrogate}/gu, '?'))).join(' ')} -->`,
    `Something needs a person in **${environment}** of **${app}**:`,
    '',
    checksTable(troubles),
    '',
    `As [this run](${runUrl}) found it. The text is kept up to date, and the issue is closed when all is well.`,
  ].join('\n')
}

function withoutRun(body: string): string {
  return body.replaceAll('\r\n', '\n').replace(/\[this run\]\([^)]*\)/g, '')
}

/** The troubles that an issue's text was written about. */
function namesIn(body: string): string[] {
  const [, names = ''] = namesPattern.exec(body.replaceAll('\r\n', '\n')) ?? []
  return names
    .split(' ')
    .filter((name) => name !== '')
    .map(decoded)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function newsOf(before: readonly string[], now: readonly string[]): string {
  const line = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${title}: ${names.map((name) => inline(name, 200)).join(', ')}.`]
  return [
    ...line(
      'New',
      now.filter((name) => !before.includes(name)),
    ),
    ...line(
      'Well again',
      before.filter((name) => !now.includes(name)),
    ),
  ].join('\n')
}

const perPage = 100
/** A repository with more open issues than these would take minutes to look through. */
const mostPages = 20

/** The newest open one with the mark. A stranger can write the mark too, so it must be of a bot or of somebody of the project. */
async function findIssue(api: GitHubApi, issues: string, mark: string): Promise<Issue | undefined> {
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await api.request(
      'GET',
      `${issues}?state=open&per_page=${perPage}&page=${page}`,
      undefined,
      3,
    )
    const listed = Array.isArray(answer) ? answer : []
    const found = listed
      .filter(isOurs)
      .map(readIssue)
      .find((issue) => issue?.body.includes(mark))
    if (found) return found
    if (listed.length < perPage) return undefined
  }
  return undefined
}

function isOurs(listed: {
  user?: { type?: unknown }
  author_association?: unknown
  pull_request?: unknown
}): boolean {
  if (listed?.pull_request !== undefined) return false
  const { user, author_association: association } = listed ?? {}
  return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(String(association))
}

function readIssue(answer: unknown): Issue | undefined {
  const { number, body, html_url: url } = (answer ?? {}) as Record<string, unknown>
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number <= 0) return undefined
  return {
    number,
    body: typeof body === 'string' ? body : '',
    url: typeof url === 'string' && /^https?:\/\/[\w.:/-]{1,500}$/.test(url) ? url : '',
  }
}
