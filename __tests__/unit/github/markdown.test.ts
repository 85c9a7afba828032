import fc from 'fast-check'
import { code, codeBlock, inline } from '../../../src/github/markdown'

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '`',
        '``',
        '```',
        '~~~',
        '<b>',
        '</details>',
        '|',
        '[x](y)',
        '\n',
        '\r',
        '# ',
        '\\',
        '$$',
        'https://',
        '!',
        'a',
      ),
    )
    .map((parts) => parts.join('')),
)

test('text stays text', () => {
  expect(inline('<img src=x> [a](b) *c* | #1 @me')).toBe('\\<img src=x\\> \\[a\\](b) \\*c\\* \\| \\#1 \\@me')
  expect(inline('see https://a.example and www.b.example')).toBe(
    'see https\\://a.example and www\\.b.example',
  )
  expect(inline('a\nb\r\n# c')).toBe('a b \\# c')
  expect(inline('\x1b[31mred\x1b[0m \u202egnp')).toBe('red gnp')
})

test('backticks in our own sentences are code', () => {
  expect(inline('Give `version` under `with:`.')).toBe('Give `version` under `with:`.')
  expect(inline('one ` alone')).toBe('one \\` alone')
})

test('code keeps to its span and its cell', () => {
  expect(code('a`b|c')).toBe("`a'b¦c`")
  expect(code('')).toBe('')
})

test('the last lines are kept, within bounds, and what was left out is said', () => {
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`)
  const block = codeBlock(lines, { lines: 3, characters: 1000 }).split('\n')
  expect(block).toEqual(['```', '… 97 lines before these', 'line 97', 'line 98', 'line 99', '```'])
  expect(codeBlock(['x'.repeat(100_000)]).length).toBeLessThan(600)
  expect(codeBlock(Array(1000).fill('x'.repeat(400))).length).toBeLessThan(13_000)
})

test('nothing inside a block of code ends it', () => {
  fc.assert(
    fc.property(fc.array(hostile), (lines) => {
      const [open, ...rest] = codeBlock(lines).split('\n')
      const close = rest.pop()
      expect(open).toMatch(/^`{3,}$/)
      expect(close).toBe(open)
      // CommonMark: a fence is closed by a line of at least as many backticks, indented by at most three blanks.
      for (const line of rest)
        expect(/^ {0,3}(`+)\s*$/.exec(line)?.[1]?.length ?? 0).toBeLessThan(open!.length)
      for (const line of rest) expect(line).not.toMatch(/[\r\x00]/)
    }),
  )
})

test('nothing inline opens a tag, a cell, a line or a link', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = inline(text)
      expect(shown).not.toMatch(/[\r\n]/)
      // Read from the left, as Markdown is: a backslash takes the character after it, be it a backtick or a backslash.
      expect(shown.replace(/\\.|`[^`]*`/gu, '')).not.toMatch(/[<>|[\]*_`]/)
    }),
  )
})
