import { readFileSync } from 'node:fs'

/** What a run for a pull request is about. */
export interface PullRequest {
  readonly number: number
  /** The last commit of its branch, 40 (or 64) hex digits. GITHUB_SHA is a merge of it that nobody will ever deploy. */
  readonly head: string
  /** GitHub gives a run for it no secrets: its branch is in another repository, or Dependabot's. */
  readonly withoutSecrets: boolean
}

/**
 * @param env the runner's environment (`GITHUB_*`)
 * @returns nothing where the run is for something else
 */
export function readPullRequest(env: Readonly<Record<string, string | undefined>>): PullRequest | undefined {
  const name = env.GITHUB_EVENT_NAME ?? ''
  if (!/^pull_request(?:_target)?$/.test(name)) return undefined
  const request = fieldsOf(readEvent(env.GITHUB_EVENT_PATH ?? '').pull_request)
  const head = fieldsOf(request.head)
  const number = request.number
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number <= 0) return undefined
  if (typeof head.sha !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(head.sha)) return undefined
  const from = fieldsOf(head.repo).full_name
  const to = fieldsOf(fieldsOf(request.base).repo).full_name
  const foreign = from !== to || env.GITHUB_ACTOR === 'dependabot[bot]'
  return { number, head: head.sha, withoutSecrets: name === 'pull_request' && foreign }
}

function readEvent(path: string): Fields {
  try {
    return fieldsOf(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** There is nothing that the run could do, and nobody did anything wrong: it ends well and says why. */
export class NothingToDo extends Error {}
