/** What came back from a probe. */
export interface Answered {
  kind: 'answered'
  status: number
  /** Names in lower case; a header sent twice is joined by a comma. */
  headers: Record<string, string>
  /** The first `mostBody` bytes, as UTF-8. */
  body: string
  /** Whether there was more than that. */
  cut: boolean
  ms: number
}

/** Nothing that is an answer: refused, closed, too slow, not HTTP. */
export interface Unanswered {
  kind: 'unanswered'
  /** Such as `connection refused`. */
  reason: string
  ms: number
}

export type Answer = Answered | Unanswered

/** Bytes of a body that are kept. */
export const mostBody = 64 * 1024

/** An answer on one line, for people: `status 500 in 12 ms, body {"status":"unhealthy"}`. */
export function describeAnswer(answer: Answer): string {
  const ms = `${Math.round(answer.ms)} ms`
  if (answer.kind === 'unanswered') return `${answer.reason} after ${ms}`
  const body = answer.body === '' ? 'no body' : `body ${oneLine(answer.body, 200)}`
  return `${describeStatus(answer)} in ${ms}, ${body}`
}

/** Redirects are not followed, so the place one points to is part of what came back. */
export function describeStatus({ status, headers }: Answered): string {
  const location = headers.location
  return location === undefined ? `status ${status}` : `status ${status} to ${oneLine(location, 200)}`
}

/** Text from outside, made harmless for a log: short and without control characters. */
export function oneLine(text: string, longest: number): string {
  const flat = text
    .slice(0, longest + 1)
    .replace(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
  return text.length > longest ? `${flat.slice(0, longest)}…` : flat
}
