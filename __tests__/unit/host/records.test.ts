import fc from 'fast-check'
import { MAX_TEXT, parseLine } from '../../../src/host/records'

const nonce = 'c0ffee'
const record = (json: string, by = nonce) => parseLine(nonce, `\x1e${by} ${json}`)

test.each([
  { k: 'begin', step: 'pull' },
  { k: 'end', step: 'pull', ms: 12.5 },
  { k: 'fact', name: 'arch', value: 'amd64' },
  { k: 'fact', name: 'cores', value: 2 },
  { k: 'fact', name: 'ok', value: false },
  { k: 'fact', name: 'slots', value: { blue: null } },
  { k: 'fail', code: 'disk', message: 'full' },
])('%j is a record', (value) => {
  expect(record(JSON.stringify(value))).toEqual({ kind: 'record', record: value })
})

test('fields that do not belong are left out', () => {
  expect(record('{"k":"begin","step":"a","extra":1}')).toEqual({
    kind: 'record',
    record: { k: 'begin', step: 'a' },
  })
})

test.each([
  'null',
  '[]',
  '1',
  '{',
  '',
  '{}',
  '{"k":"other"}',
  '{"k":"begin"}',
  '{"k":"begin","step":1}',
  '{"k":"end","step":"a"}',
  '{"k":"end","step":"a","ms":"1"}',
  '{"k":"end","step":"a","ms":-1}',
  '{"k":"end","step":"a","ms":1e999}',
  '{"k":"fact","name":"a"}',
  '{"k":"fact","name":"a","value":null}',
  '{"k":"fail","code":"a"}',
])('%s is text', (json) => expect(record(json).kind).toBe('text'))

test('a record of another run, or one not at the start of its line, is text', () => {
  const json = '{"k":"begin","step":"a"}'
  expect(record(json, 'c0ffef').kind).toBe('text')
  expect(record(json, 'c0ffee1').kind).toBe('text')
  expect(parseLine(nonce, ` \x1e${nonce} ${json}`).kind).toBe('text')
  expect(parseLine(nonce, `\x1e${nonce}${json}`).kind).toBe('text')
})

test('text loses colours and control characters and keeps tabs', () => {
  expect(parseLine(nonce, '\x1b[1;31mred\x1b[0m\tok\r\x07\x1b]0;title\x07!\x9b')).toEqual({
    kind: 'text',
    text: 'red\tok!',
  })
})

test('text is bounded', () => {
  const line = parseLine(nonce, 'x'.repeat(100_000))
  expect(line).toEqual({ kind: 'text', text: `${'x'.repeat(MAX_TEXT)}…` })
  expect(parseLine(nonce, 'x'.repeat(MAX_TEXT))).toEqual({ kind: 'text', text: 'x'.repeat(MAX_TEXT) })
})

test('no line throws, and none without the nonce is a record', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.json(), (text, json) => {
      for (const line of [text, `\x1e${text}`, `\x1e${text} ${json}`]) {
        const parsed = parseLine(nonce, line)
        if (!line.startsWith(`\x1e${nonce} `)) expect(parsed.kind).toBe('text')
        if (parsed.kind === 'text') expect(parsed.text).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/)
      }
      record(json)
    }),
  )
})
