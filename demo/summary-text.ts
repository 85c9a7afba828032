import { type Bar, type Block, type Inline, parseMarkdown } from './markdown'
import { cut, paint, table, wrap } from './paint'

/** Lines of a log that are shown; GitHub shows all there are. */
const logLines = 6

/** A job summary for a terminal. */
export function summaryText(markdown: string, columns: number): string[] {
  return parseMarkdown(markdown).flatMap((block, at, blocks) => {
    const goesOn = at === 0 || (block.kind === 'item' && blocks[at - 1]!.kind === 'item')
    return [...(goesOn ? [] : ['']), ...blockText(block, columns)]
  })
}

function blockText(block: Block, columns: number): string[] {
  switch (block.kind) {
    case 'heading':
      return [paint(inlineText(block.parts), 'bold')]
    case 'paragraph':
      return [paint(inlineText(block.parts), 'dim')]
    case 'item':
      return [`• ${inlineText(block.parts)}`]
    case 'alert':
      return block.lines.flatMap((line) =>
        wrap(inlineText(line), columns - 2).map((each) => `${paint('┃', 'red')} ${each}`),
      )
    case 'table': {
      const [head = '', rule = '', ...rows] = table(
        block.head.map(inlineText),
        block.rows.map((row) => row.map(inlineText)),
        block.align,
      )
      // A table of facts has a fact for its head.
      return block.head[0]?.[0]?.kind === 'strong' ? [head, ...rows] : [head, rule, ...rows]
    }
    case 'timeline':
      return timelineText(block.bars, columns)
    case 'details': {
      const left = block.code.length - logLines
      return [
        paint(`▾ ${block.title}`, 'bold'),
        ...block.code.slice(0, logLines).map((line) => `  ${paint(cut(line, columns - 2), 'dim')}`),
        ...(left > 0 ? [`  ${paint(`… and ${left} lines more`, 'dim')}`] : []),
      ]
    }
  }
}

function timelineText(bars: readonly Bar[], columns: number): string[] {
  const wide = Math.max(...bars.map(({ label }) => label.length)) + 2
  const scale = (columns - wide) / bars.at(-1)!.to
  return bars.map(({ label, from, to, failed }) => {
    const begin = Math.min(Math.floor(from * scale), columns - wide - 1)
    const bar = '█'.repeat(Math.max(1, Math.floor(to * scale) - begin))
    return `${paint(label.padEnd(wide), 'dim')}${' '.repeat(begin)}${paint(bar, failed ? 'red' : 'cyan')}`
  })
}

function inlineText(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'strong') return paint(inlineText(part.parts), 'bold')
      if (part.kind === 'code') return paint(part.text, 'cyan')
      return part.text
    })
    .join('')
}
