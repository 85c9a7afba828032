/** One part of the bench: what it measured, as data for `--json` and as a table for people. */
export interface Part {
  name: string
  run(): Promise<{ data: unknown; table: string }>
}

/** A table in plain text: the first column to the left, the others to the right. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const text = [head, ...rows].map((row) =>
    row.map((cell) => (typeof cell === 'number' ? grouped(cell) : cell)),
  )
  const widths = head.map((_, column) => Math.max(...text.map((row) => row[column]!.length)))
  const line = (row: string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')
  const [first, ...others] = text.map(line)
  return [first, widths.map((width) => '-'.repeat(width)).join('  '), ...others].join('\n')
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
