import type { Checked } from '../release/check-up'
import { inline } from './markdown'

/** What was found, as a table; trouble first. */
export function checksTable(checks: readonly Checked[]): string {
  const sorted = checks.toSorted((a, b) => Number(a.fix === undefined) - Number(b.fix === undefined))
  const rows = sorted.map(({ check, of, found, fix }) => [
    fix === undefined ? '✅' : '❌',
    check,
    inline(of, 200),
    fix === undefined ? inline(found, 500) : `${inline(found, 500)}<br>➜ ${inline(fix, 500)}`,
  ])
  return [['', 'Check', 'Of', 'Found'], [':-:', ':--', ':--', ':--'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}
