/** A table of Markdown. The cells are ours, or escaped. */
export function table(
  head: readonly string[],
  align: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, align, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
