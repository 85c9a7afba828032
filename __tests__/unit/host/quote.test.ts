import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { quote } from '../../../src/host/quote'

/** What sh makes of words: each between two zero bytes that no word can hold. */
function throughShell(words: readonly string[]): string[] {
  const program = words.map((word) => `printf '%s\\0' ${quote(word)}\n`).join('')
  const printed = execFileSync('sh', { input: program, maxBuffer: 64 * 1024 * 1024 }).toString('utf8')
  return printed.split('\0').slice(0, -1)
}

const word = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        '\\',
        '$',
        '`',
        '\n',
        '\r',
        '\t',
        ' ',
        '!',
        '*',
        '~',
        '#',
        '&',
        ';',
        '-',
        'a',
        '(',
        '\x1e',
      ),
      maxLength: 40,
    }),
  )
  .map((value) => value.replaceAll('\0', ''))

test('sh gives every value back', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 200, maxLength: 300 }), (words) => {
      expect(throughShell(words)).toEqual(words)
    }),
    { numRuns: 20 },
  )
})

test.each(["it's", "'", "''", '', '$(touch x)', '`id`', 'a\nb', "\\'", '-n', '%s', '\u{1f426}'])(
  '%j',
  (value) => {
    expect(throughShell([value])).toEqual([value])
  },
)

test('a zero byte is refused', () => {
  expect(() => quote('a\0b')).toThrow(RangeError)
})
