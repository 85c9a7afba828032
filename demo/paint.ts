/** Colours for a terminal; text as it is where there is none, or where NO_COLOR is set. */
export const colours = process.stdout.isTTY === true && !process.env.NO_COLOR

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const
export type Colour = keyof typeof codes

export function paint(text: string, ...wanted: Colour[]): string {
  if (!colours || text === '') return text
  return `${wanted.map((each) => `\x1b[${codes[each]}m`).join('')}${text}\x1b[0m`
}

/** How many columns a text takes, its colours left out. Emoji take two. */
export function width(text: string): number {
  let columns = 0
  for (const character of text.replace(/\x1b\[\d+m/g, '')) {
    if (/\ufe0f/.test(character)) continue
    columns += /\p{Emoji_Presentation}/u.test(character) ? 2 : 1
  }
  return columns
}

export function pad(text: string, columns: number, align: 'left' | 'right' | 'center' = 'left'): string {
  const missing = Math.max(0, columns - width(text))
  if (align === 'center') return ' '.repeat(missing >> 1) + text + ' '.repeat(missing - (missing >> 1))
  return align === 'left' ? text + ' '.repeat(missing) : ' '.repeat(missing) + text
}

/** Lines of at most so many columns, broken between words; a longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && width(line) + 1 + width(word) > columns) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

/** At most so many columns of text that has no colours. */
export function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text
}

/** A table of text: columns by two spaces apart, a line under the head. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right' | 'center')[],
): string[] {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => width(row[at] ?? ''))))
  const line = (row: readonly string[]) =>
    widths
      .map((columns, at) => pad(row[at] ?? '', columns, align[at]))
      .join('  ')
      .trimEnd()
  return [
    paint(line(head), 'bold'),
    paint(widths.map((columns) => '─'.repeat(columns)).join('──'), 'dim'),
    ...rows.map(line),
  ]
}
