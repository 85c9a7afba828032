import { type Finding, rank, type Severity } from '../release/findings'

const most = 10000

/**
 * What a report of osv-scanner says, each vulnerability of a package once, the worst first.
 *
 * @throws {RangeError} when it is no such report.
 */
export function readFindings(where: (source: string) => string, report: string): readonly Finding[] {
  const found: Finding[] = []
  for (const result of list(parse(report), 'results')) {
    const source = text(object(result.source), 'path')
    for (const entry of list(result, 'packages')) {
      const { name, version } = namesOf(object(entry.package))
      for (const group of list(entry, 'groups')) {
        const id = idOf(group)
        const severity = severityOf(text(group, 'max_severity'))
        if (id !== '') found.push({ where: where(source), name, version, id, severity })
        if (found.length > most) throw new RangeError(`more than ${most} findings`)
      }
    }
  }
  const seen = new Set<string>()
  return found
    .filter(({ where, name, version, id }) => {
      const key = [where, name, version, id].join('\0')
      return !seen.has(key) && seen.add(key)
    })
    .toSorted((a, b) => rank(a) - rank(b))
}

/** By CVSS's own names for its scores. */
function severityOf(score: string): Severity {
  const value = score === '' ? Number.NaN : Number(score)
  if (!(value > 0)) return 'unknown'
  if (value >= 9) return 'critical'
  if (value >= 7) return 'high'
  return value >= 4 ? 'medium' : 'low'
}

/** A CVE number where there is one: it is what people know. */
function idOf(group: Json): string {
  const ids = [...strings(group.aliases), ...strings(group.ids)]
  return ids.find((id) => id.startsWith('CVE-')) ?? ids[0] ?? ''
}

function namesOf(entry: Json): { name: string; version: string } {
  return { name: text(entry, 'name'), version: text(entry, 'version') }
}

type Json = Record<string, unknown>

function parse(report: string): Json {
  let parsed: unknown
  try {
    parsed = JSON.parse(report)
  } catch {
    throw new RangeError('a report that is not JSON')
  }
  const read = object(parsed)
  if (!('results' in read)) throw new RangeError('a report without results')
  return read
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function list(of: Json, name: string): Json[] {
  const value = of[name]
  return Array.isArray(value) ? value.map(object) : []
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

function text(of: Json, name: string): string {
  const value = of[name]
  return typeof value === 'string' ? value.slice(0, 300) : ''
}
