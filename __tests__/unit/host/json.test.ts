import fc from 'fast-check'
import { call } from '../../../src/host/program'
import { type Folder, makeFolder } from './shell'

let folder: Folder
beforeAll(() => {
  folder = makeFolder()
})
afterAll(() => folder.remove())

/** What the shell's `json` makes of texts, read as JSON. */
function throughJson(texts: readonly string[]): unknown[] {
  const each = 'each() { for kw_text in "$@"; do json "$kw_text"; printf "\\036"; done; }'
  const { output } = folder.run([each], [call('each', ...texts)])
  return output
    .split('\x1e')
    .slice(0, -1)
    .map((text) => JSON.parse(text))
}

/** Control characters are left out, but for a tab and the end of a line. */
function expected(text: string): string {
  return text.replace(/[\x01-\x08\x0b-\x1f\x7f]/g, '')
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'aZ09 .,:;/@_+=()-]["\'\\$`%&!*?^{}é\t\n\r\x1e\x7f'), maxLength: 20 }),
)

test('every text is told as it is', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 100, maxLength: 150 }), (texts) => {
      expect(throughJson(texts)).toEqual(texts.map(expected))
    }),
    { numRuns: 5 },
  )
})

test.each(['', 'plain words, of v1.2-3 (50 s): a/b@c_d+e=f;', 'ends\n', '\n', '"', '\\', '-', ']', '%s'])(
  '%j',
  (each) => {
    expect(throughJson([each])).toEqual([each])
  },
)
