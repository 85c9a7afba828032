import fc from 'fast-check'
import { type KeyRule, parseKeyValues } from '../../../src/github/key-values'
import { Trouble } from '../../../src/release/trouble'

const rule: KeyRule = { input: 'env', key: /^[A-Za-z_][A-Za-z0-9_]*$/, keyIs: 'a name' }
const parse = (text: string) => ({ ...parseKeyValues(text, rule) })

function refusal(text: string): string {
  try {
    parseKeyValues(text, rule)
  } catch (error) {
    if (error instanceof Trouble) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

test('lines as in a dotenv file', () => {
  const text = [
    '# comment',
    '',
    'PLAIN=value',
    'SPACED =  two words   # a comment',
    'HASH=pass#word',
    'EMPTY=',
    'COMMENTED= # nothing',
    'export EXPORTED=yes',
    'SINGLE=\'a $b \\n "c"\' # raw',
    'DOUBLE="line\\nbreak \\"quoted\\" back\\\\slash \\d"',
    "BACKTICK=`it's`",
    'EQUALS=a=b=c',
  ].join('\r\n')
  expect(parse(text)).toEqual({
    PLAIN: 'value',
    SPACED: 'two words',
    HASH: 'pass#word',
    EMPTY: '',
    COMMENTED: '',
    EXPORTED: 'yes',
    SINGLE: 'a $b \\n "c"',
    DOUBLE: 'line\nbreak "quoted" back\\slash \\d',
    BACKTICK: "it's",
    EQUALS: 'a=b=c',
  })
})

test('a quoted value over several lines', () => {
  const pem = '-----BEGIN KEY-----\nabc=\n# not a comment\n-----END KEY-----'
  expect(parse(`A=1\nPEM="${pem}"\nB='x\ny'`)).toEqual({ A: '1', PEM: pem, B: 'x\ny' })
})

test('a JSON object', () => {
  expect(parse(' {"A": "x\\ny", "N": 5, "T": true}')).toEqual({ A: 'x\ny', N: '5', T: 'true' })
})

test.each([
  ['A=1\nnot a pair', /line 2: is not KEY=VALUE/],
  ['A="never closed\nB=2', /line 1: opens a quote that is never closed/],
  ['A="x" y', /line 1: goes on after its closing quote/],
  ['1A=x', /line 1: has a key that is not a name/],
  ['A=1\nA=2', /line 2: gives A a second time/],
  ['{"A": ', /is not JSON/],
  ['{"A": {"B": 1}}', /neither text nor a number/],
  ['{"A": null}', /neither text nor a number/],
  ['{"A": "\\u0000"}', /NUL/],
])('refuses %j', (text, message) => {
  expect(refusal(text)).toMatch(message)
})

test('no message holds a value', () => {
  for (const text of [
    'hunter2 x',
    'A="hunter2',
    'A="x" hunter2',
    '{"A": hunter2',
    'hunter2=x\nhunter2 x',
    '"hunter2"=x',
  ]) {
    expect(refusal(text)).not.toContain('hunter2 ')
  }
})

test('a key that is a property of every object is only a key', () => {
  expect(Object.keys(parseKeyValues('toString=a\nconstructor=b', rule))).toEqual(['toString', 'constructor'])
  expect(Object.keys(parseKeyValues('__proto__=a', rule))).toEqual(['__proto__'])
})

test('what is written with quotes is read back, whatever it holds', () => {
  const values = fc.dictionary(
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/),
    fc.string({ unit: 'binary' }),
    {
      noNullPrototype: true,
    },
  )
  fc.assert(
    fc.property(values, (given) => {
      const wanted = Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key, value.replaceAll('\0', '')]),
      )
      const lines = Object.entries(wanted).map(([key, value]) => {
        const inside = value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
        return `${key}="${inside}"`
      })
      expect(parse(lines.join('\n'))).toEqual(wanted)
      expect(parse(JSON.stringify(wanted))).toEqual(wanted)
    }),
  )
})

test('any text is either read or refused with Trouble', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        for (const key of Object.keys(parseKeyValues(text, rule))) expect(key).toMatch(rule.key)
      } catch (error) {
        expect(error).toBeInstanceOf(Trouble)
      }
    }),
  )
})

test('characters that only JavaScript takes for line ends stay in their values', () => {
  expect(parse('A=x\u2028y\u2029z # not this\u2028nor this\nB="x\u2028" # nor\u2029this')).toEqual({
    A: 'x\u2028y\u2029z',
    B: 'x\u2028',
  })
})
