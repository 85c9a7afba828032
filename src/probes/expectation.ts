import { runInNewContext } from 'node:vm'
import type { Health } from '../config/schema'
import { type Answer, type Answered, describeStatus, mostBody, oneLine } from './answer'

/** What an answer has to be like; where nothing is said of the status, any 2xx. */
export type Expectation = Omit<Health, 'path'>

/** Milliseconds a body pattern may take. */
const patternTime = 200

/** Why the answer is not what was expected, such as `status 500, expected 200`; undefined when it is. */
export function judge(answer: Answer, expected: Expectation): string | undefined {
  if (answer.kind === 'unanswered') return answer.reason
  return (
    judgeStatus(answer, expected.status) ??
    judgeHeaders(answer, expected.headers) ??
    judgeJson(answer, expected.json) ??
    judgeBody(answer, expected.body)
  )
}

function judgeStatus(answer: Answered, statuses: readonly number[]): string | undefined {
  const { status } = answer
  const met = statuses.length === 0 ? status >= 200 && status < 300 : statuses.includes(status)
  return met ? undefined : `${describeStatus(answer)}, expected ${statuses.join(' or ') || '2xx'}`
}

function judgeHeaders({ headers }: Answered, expected: Expectation['headers']): string | undefined {
  for (const [name, part] of Object.entries(expected)) {
    const value = headers[name.toLowerCase()]
    if (value === undefined) return `no header ${name}, expected one with ${shown(part)}`
    if (!value.includes(part)) return `header ${name} is ${shown(value)}, expected one with ${shown(part)}`
  }
  return undefined
}

function judgeJson({ body, cut }: Answered, expected: Expectation['json']): string | undefined {
  const fields = Object.entries(expected)
  if (fields.length === 0) return undefined
  if (cut) return `body is longer than ${mostBody / 1024} KB, expected JSON that is not`
  const document = parse(body)
  if (document === undefined) return `body is not JSON: ${oneLine(body, 100) || 'empty'}`
  for (const [path, value] of fields) {
    const found = field(document.value, path)
    if (found === undefined) return `no field ${path}, expected ${shown(value)}`
    if (found !== value) return `field ${path} is ${shown(found)}, expected ${shown(value)}`
  }
  return undefined
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function field(document: unknown, path: string): unknown {
  let value = document
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function judgeBody({ body }: Answered, pattern: string | undefined): string | undefined {
  if (pattern === undefined) return undefined
  try {
    return matches(pattern, body)
      ? undefined
      : `body does not match ${shown(pattern)}: ${oneLine(body, 100) || 'empty'}`
  } catch (error) {
    const late = (error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    return late
      ? `pattern ${shown(pattern)} took longer than ${patternTime} ms on the body`
      : `pattern ${shown(pattern)} is not a regular expression`
  }
}

/**
 * Some patterns take time that doubles with every letter of the body, and a regular expression cannot be stopped
 * from the thread it runs in. A script in a context of its own can, so that is where it runs.
 */
function matches(pattern: string, body: string): boolean {
  return runInNewContext('new RegExp(pattern).test(body)', { pattern, body }, { timeout: patternTime })
}

function shown(value: unknown): string {
  return oneLine(JSON.stringify(value) ?? String(value), 100)
}
