import { type Bar, type Block, type Inline, parseMarkdown } from './markdown'

/** Job summaries as a page that looks like GitHub's. */
export function summaryPage(title: string, summaries: readonly { step: string; markdown: string }[]): string {
  const cards = summaries.map(
    ({ step, markdown }) =>
      `<section><h3>${escapeHtml(step)}</h3>\n<div class="card">\n${summaryHtml(markdown)}\n</div></section>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${cards.join('\n')}
</main>
</html>
`
}

export function summaryHtml(markdown: string): string {
  return parseMarkdown(markdown).map(blockHtml).join('\n')
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${inlineHtml(block.parts)}</h2>`
    case 'paragraph':
      return `<p class="small">${inlineHtml(block.parts)}</p>`
    case 'item':
      return `<p>• ${inlineHtml(block.parts)}</p>`
    case 'alert':
      return `<div class="alert"><p class="kind">⛔ Caution</p>${block.lines.map((line) => `<p>${inlineHtml(line)}</p>`).join('')}</div>`
    case 'table': {
      const row = (cells: Inline[][], tag: string) =>
        `<tr>${cells.map((cell, at) => `<${tag} class="${block.align[at]}">${inlineHtml(cell)}</${tag}>`).join('')}</tr>`
      return `<table><thead>${row(block.head, 'th')}</thead><tbody>\n${block.rows.map((cells) => row(cells, 'td')).join('\n')}</tbody></table>`
    }
    case 'timeline': {
      const share = (ms: number) => ((100 * ms) / block.bars.at(-1)!.to).toFixed(2)
      const bar = ({ label, from, to, failed }: Bar) =>
        `<span>${escapeHtml(label)}</span><div><i class="${failed ? 'failed' : ''}" style="margin-left: ${share(from)}%; width: ${share(to - from)}%"></i></div>`
      return `<div class="timeline">${block.bars.map(bar).join('\n')}</div>`
    }
    case 'details':
      return `<details open><summary>${escapeHtml(block.title)}</summary><pre>${escapeHtml(block.code.join('\n'))}</pre></details>`
  }
}

function inlineHtml(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'strong') return `<strong>${inlineHtml(part.parts)}</strong>`
      if (part.kind === 'code') return `<code>${escapeHtml(part.text)}</code>`
      if (part.kind === 'link') return `<a href="${escapeHtml(part.href)}">${escapeHtml(part.text)}</a>`
      return escapeHtml(part.text)
    })
    .join('')
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const style = `
body { margin: 0; background: #f6f8fa; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
main { max-width: 920px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 22px; font-weight: 600; }
h2 { font-size: 21px; font-weight: 600; border-bottom: 1px solid #d1d9e0b3; padding-bottom: 6px; margin: 0 0 16px; }
h3 { font-size: 14px; font-weight: 600; color: #59636e; margin: 28px 0 8px; }
.card { background: #fff; border: 1px solid #d1d9e0; border-radius: 6px; padding: 20px 24px; overflow-x: auto; }
table { border-collapse: collapse; margin: 0 0 16px; }
th, td { border: 1px solid #d1d9e0; padding: 5px 13px; font-weight: 400; }
tbody tr:nth-child(2n) { background: #f6f8fa; }
.left { text-align: left; } .right { text-align: right; } .center { text-align: center; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; }
code, pre { font: 12px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
pre { background: #f6f8fa; border-radius: 6px; padding: 14px; overflow-x: auto; margin: 8px 0 16px; }
.alert { border-left: 4px solid #cf222e; padding: 4px 16px; margin: 0 0 16px; }
.alert p { margin: 6px 0; } .alert .kind { color: #d1242f; font-weight: 500; }
.small { font-size: 12px; color: #59636e; margin: 0; } a { color: #0969da; text-decoration: none; }
summary { cursor: pointer; }
.timeline { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 0 0 16px; font-size: 12px; color: #59636e; }
.timeline div { display: flex; align-items: center; }
.timeline i { height: 12px; min-width: 2px; background: #54aeff; border-radius: 2px; } .timeline .failed { background: #cf222e; }
`
