/**
 * Text of others inside our Markdown. Whatever it says, it stays text: it opens no tag, no link, no table cell and
 * no block, and it ends none of ours.
 */

/** Text within a line, cut to `longest` characters. Pairs of backticks stay what they mean: code. */
export function inline(text: string, longest = 1000): string {
  return cut(oneLine(text), longest)
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : escaped(part)))
    .join('')
}

/** A name or value shown as code. A bar would end a table's cell even there, and has no escape that always holds. */
export function code(text: string, longest = 200): string {
  const plain = cut(oneLine(text).replaceAll('`', "'").replaceAll('|', '¦'), longest).trim()
  return plain === '' ? '' : `\`${plain}\``
}

/** The last lines of a log as a block of code, within a number of lines and characters. */
export function codeBlock(lines: readonly string[], most = { lines: 60, characters: 12_000 }): string {
  const all = lines.flatMap((line) => line.split(/\r\n|\n|\r/)).map((line) => cut(printable(line), 500))
  const kept: string[] = []
  let characters = 0
  for (const line of all.toReversed().slice(0, most.lines)) {
    characters += line.length + 1
    if (characters > most.characters) break
    kept.unshift(line)
  }
  const longestRun = Math.max(
    2,
    ...kept.map((line) => Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length))),
  )
  const fence = '`'.repeat(longestRun + 1)
  const left = all.length - kept.length
  return [fence, ...(left > 0 ? [`… ${left} lines before these`] : []), ...kept, fence].join('\n')
}

function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|~&$@#]/g, '\\$&').replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
}

function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '))
}

/** Without control characters, colour codes, and the characters that turn the direction of text. */
function printable(text: string): string {
  return text
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '')
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
