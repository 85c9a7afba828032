import type { Answer, ApiCall } from './github-api'

/** One comment as GitHub tells of it. */
export interface KeptComment {
  id: number
  body: string
  html_url: string
  user: { type: string } | null
  author_association: string
}

export interface KeptComments {
  /** The oldest first, as GitHub lists them. */
  readonly all: KeptComment[]
  add(change: Partial<KeptComment>): KeptComment
  /** What GitHub answers to requests about comments; nothing for others. */
  answer(call: ApiCall): Answer | undefined
}

/** The comments of a pull request, for the stand-in of GitHub's API. Those that are made by it are of a bot. */
export function keepComments(): KeptComments {
  const kept: KeptComments = {
    all: [],
    add(change) {
      const id = kept.all.length + 1
      const comment = {
        id,
        body: '',
        html_url: `https://github.com/example/shop/pull/12#issuecomment-${id}`,
        user: { type: 'Bot' },
        author_association: 'NONE',
        ...change,
      }
      kept.all.push(comment)
      return comment
    },
    answer({ method, path, body = {} }) {
      const [, one] = /^\/repos\/[^/]+\/[^/]+\/issues\/comments\/(\d+)$/.exec(path) ?? []
      if (one !== undefined) return { status: 200, body: Object.assign(kept.all[Number(one) - 1]!, body) }
      if (!/^\/repos\/[^/]+\/[^/]+\/issues\/\d+\/comments$/.test(path)) return undefined
      return method === 'GET' ? { status: 200, body: kept.all } : { status: 201, body: kept.add(body) }
    },
  }
  return kept
}
