import type { Answer, ApiCall } from './github-api'

/** One issue as GitHub tells of it. */
export interface KeptIssue {
  number: number
  title: string
  body: string
  state: string
  html_url: string
  user: { type: string }
  author_association: string
  pull_request?: object
}

export interface KeptIssues {
  /** The newest last. */
  all: KeptIssue[]
  readonly comments: string[]
  add(change: Partial<KeptIssue>): KeptIssue
  /** What GitHub answers to requests about issues; nothing for others. */
  answer(call: ApiCall): Answer | undefined
}

/** The issues of a repository, for the stand-in of GitHub's API. Those that are made by it are of a bot. */
export function keepIssues(): KeptIssues {
  const kept: KeptIssues = {
    all: [],
    comments: [],
    add(change) {
      const number = kept.all.length + 1
      const issue = {
        number,
        title: '',
        body: '',
        state: 'open',
        html_url: `https://github.com/example/shop/issues/${number}`,
        user: { type: 'Bot' },
        author_association: 'NONE',
        ...change,
      }
      kept.all.push(issue)
      return issue
    },
    answer({ method, path, body = {} }) {
      const [, rest] = /^\/repos\/[^/]+\/[^/]+\/issues(.*)$/.exec(path) ?? []
      if (rest === undefined) return undefined
      if (method === 'GET')
        return { status: 200, body: kept.all.filter(({ state }) => state === 'open').toReversed() }
      if (rest.endsWith('/comments')) kept.comments.push(String(body.body))
      else if (method === 'POST') return { status: 201, body: kept.add(body) }
      else Object.assign(kept.all[Number(rest.slice(1)) - 1]!, body)
      return { status: method === 'POST' ? 201 : 200, body: {} }
    },
  }
  return kept
}
