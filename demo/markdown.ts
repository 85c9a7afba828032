/** The Markdown of our own job summaries, taken apart: just what `src/github/summary.ts` writes. */

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong'; parts: Inline[] }
  | { kind: 'link'; text: string; href: string }

export type Align = 'left' | 'right' | 'center'

export type Block =
  | { kind: 'heading' | 'paragraph' | 'item'; parts: Inline[] }
  | { kind: 'alert'; lines: Inline[][] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][]; align: Align[] }
  | { kind: 'details'; title: string; code: string[] }
  | { kind: 'timeline'; bars: Bar[] }

/** One stage of the timeline; times in milliseconds from its start. */
export interface Bar {
  readonly label: string
  readonly from: number
  readonly to: number
  readonly failed: boolean
}

export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  while (lines.length > 0) {
    const block = readBlock(lines)
    if (block) blocks.push(block)
  }
  return blocks
}

/** Takes the lines of one block away. */
function readBlock(lines: string[]): Block | undefined {
  const line = lines[0]!
  if (line.startsWith('>')) return readAlert(takeWhile(lines, (each) => each.startsWith('>')))
  if (line.startsWith('|')) return readTable(takeWhile(lines, (each) => each.startsWith('|')))
  if (line.startsWith('<details')) {
    const inside = takeWhile(lines, (each) => each !== '</details>')
    lines.shift()
    return readDetails(inside)
  }
  lines.shift()
  if (line === '```mermaid') {
    const inside = takeWhile(lines, (each) => each !== '```')
    lines.shift()
    return { kind: 'timeline', bars: inside.flatMap(readBar) }
  }
  if (line.startsWith('## ')) return { kind: 'heading', parts: parseInline(line.slice(3)) }
  if (line.startsWith('- ')) return { kind: 'item', parts: parseInline(line.slice(2)) }
  if (line.trim() === '') return undefined
  return { kind: 'paragraph', parts: parseInline(line.replace(/<\/?sub>/g, '')) }
}

function takeWhile(lines: string[], belongs: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !belongs(line))
  return lines.splice(0, end < 0 ? lines.length : end)
}

function readAlert(lines: string[]): Block {
  const texts = lines.map((line) => line.replace(/^> ?/, '')).filter((line) => !/^(\[!\w+\])?$/.test(line))
  return { kind: 'alert', lines: texts.map(parseInline) }
}

function readTable([head = '', align = '', ...rows]: string[]): Block {
  return {
    kind: 'table',
    head: cellsOf(head).map(parseInline),
    align: cellsOf(align).map((cell) =>
      /^:-+:$/.test(cell) ? 'center' : /^-+:$/.test(cell) ? 'right' : 'left',
    ),
    rows: rows.map((row) => cellsOf(row).map(parseInline)),
  }
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\| ?/, '')
    .replace(/ ?\|$/, '')
    .split(/ ?(?<!\\)\| ?/)
}

function readBar(line: string): Bar[] {
  const [, label, crit, from, to] = /^ {2}(.+) :(crit, )?(\d+), (\d+)$/.exec(line) ?? []
  return label === undefined
    ? []
    : [{ label, from: Number(from), to: Number(to), failed: crit !== undefined }]
}

function readDetails(lines: string[]): Block {
  const title = /<summary>(.*)<\/summary>/.exec(lines.join('\n'))?.[1] ?? ''
  const fence = lines.findIndex((line) => line.startsWith('```'))
  return { kind: 'details', title, code: lines.slice(fence + 1, lines.lastIndexOf(lines[fence]!)) }
}

const marked = /`([^`]+)`|\*\*((?:[^*]|\\\*)+)\*\*|\[([^\]]+)\]\(([^)]+)\)|\\([!-/:-@[-`{-~])/g

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = []
  let from = 0
  const plain = (text: string) => {
    const last = parts.at(-1)
    if (last?.kind === 'text') last.text += text
    else if (text !== '') parts.push({ kind: 'text', text })
  }
  for (const match of text.matchAll(marked)) {
    const [whole, code, strong, link, href, escaped] = match
    plain(text.slice(from, match.index))
    if (code !== undefined) parts.push({ kind: 'code', text: code })
    else if (strong !== undefined) parts.push({ kind: 'strong', parts: parseInline(strong) })
    else if (link !== undefined) parts.push({ kind: 'link', text: link, href: href! })
    else plain(escaped!)
    from = match.index + whole.length
  }
  plain(text.slice(from))
  return parts
}

export function plainOf(parts: readonly Inline[]): string {
  return parts.map((part) => (part.kind === 'strong' ? plainOf(part.parts) : part.text)).join('')
}
