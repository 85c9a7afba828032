import fc from 'fast-check'
import { type Answer, describeAnswer, oneLine } from '../../../src/probes/answer'
import { type Expectation, judge } from '../../../src/probes/expectation'

const anything: Expectation = { status: [], headers: {}, json: {} }

function answer(more: Partial<Extract<Answer, { kind: 'answered' }>> = {}): Answer {
  return { kind: 'answered', status: 200, headers: {}, body: '', cut: false, ms: 12.4, ...more }
}

describe('status', () => {
  test.each([
    [200, [], undefined],
    [204, [], undefined],
    [299, [], undefined],
    [199, [], 'status 199, expected 2xx'],
    [302, [], 'status 302, expected 2xx'],
    [500, [200], 'status 500, expected 200'],
    [204, [200], 'status 204, expected 200'],
    [304, [200, 304], undefined],
    [404, [200, 304], 'status 404, expected 200 or 304'],
  ])('%i for %j: %s', (status, expected, reason) => {
    expect(judge(answer({ status }), { ...anything, status: expected })).toBe(reason)
  })

  test('of a redirect says where to', () => {
    const redirect = answer({ status: 301, headers: { location: 'https://shop.example/\n::error::' } })
    expect(judge(redirect, { ...anything, status: [200] })).toBe(
      'status 301 to https://shop.example/ ::error::, expected 200',
    )
  })
})

test('no answer is its own reason', () => {
  const refused: Answer = { kind: 'unanswered', reason: 'connection refused', ms: 1 }
  expect(judge(refused, anything)).toBe('connection refused')
})

describe('headers', () => {
  test.each([
    [{ 'content-type': 'application/json; charset=utf-8' }, undefined],
    [
      { 'content-type': 'text/html' },
      'header Content-Type is "text/html", expected one with "application/json"',
    ],
    [{}, 'no header Content-Type, expected one with "application/json"'],
  ])('%j: %s', (headers, reason) => {
    const expected = { ...anything, headers: { 'Content-Type': 'application/json' } }
    expect(judge(answer({ headers: headers as Record<string, string> }), expected)).toBe(reason)
  })
})

describe('fields of JSON', () => {
  const expected = { ...anything, json: { status: 'healthy', 'checks.database': true, 'nodes.0.up': null } }
  const good = { status: 'healthy', checks: { database: true }, nodes: [{ up: null }], more: 1 }

  test.each([
    [JSON.stringify(good), undefined],
    [JSON.stringify({ ...good, status: 'sick' }), 'field status is "sick", expected "healthy"'],
    [
      JSON.stringify({ ...good, checks: { database: 'true' } }),
      'field checks.database is "true", expected true',
    ],
    [JSON.stringify({ ...good, checks: 'x' }), 'no field checks.database, expected true'],
    [JSON.stringify({ ...good, nodes: [] }), 'no field nodes.0.up, expected null'],
    ['<h1>hello</h1>', 'body is not JSON: <h1>hello</h1>'],
    ['', 'body is not JSON: empty'],
    ['null', 'no field status, expected "healthy"'],
  ])('%s: %s', (body, reason) => {
    expect(judge(answer({ body }), expected)).toBe(reason)
  })

  test('inherited from nowhere', () => {
    for (const path of ['constructor', '__proto__', 'constructor.name', 'a.length']) {
      const reason = judge(answer({ body: '{"a":"x"}' }), { ...anything, json: { [path]: 'Object' } })
      expect(reason).toContain('no field')
    }
  })

  test('in a body that is too long', () => {
    expect(judge(answer({ body: '{', cut: true }), expected)).toBe(
      'body is longer than 64 KB, expected JSON that is not',
    )
  })
})

describe('body', () => {
  test.each([
    ['^ok$', 'ok', undefined],
    ['ready|healthy', 'all healthy', undefined],
    ['^ok$', 'not ok', 'body does not match "^ok$": not ok'],
    ['x', '', 'body does not match "x": empty'],
    ['(', 'x', 'pattern "(" is not a regular expression'],
  ])('%s on %j: %s', (body, text, reason) => {
    expect(judge(answer({ body: text }), { ...anything, body })).toBe(reason)
  })

  test('a pattern that would take for ever is stopped', () => {
    const reason = judge(answer({ body: `${'a'.repeat(60_000)}b` }), { ...anything, body: '^(a+)+$' })
    expect(reason).toBe('pattern "^(a+)+$" took longer than 200 ms on the body')
  })
})

test('whatever comes, a judgement is one short line', () => {
  const body = fc.oneof(fc.json(), fc.string({ unit: 'binary' }))
  const headers = fc.dictionary(fc.constantFrom('location', 'a'), fc.string({ unit: 'binary' }))
  const status = fc.integer({ min: 100, max: 599 })
  const expected = { status: [200], headers: { a: 'b' }, json: { 'a.b': 1 }, body: 'c' }
  fc.assert(
    fc.property(status, headers, body, (status, headers, body) => {
      const came = answer({ status, headers, body })
      for (const line of [judge(came, expected) ?? '', describeAnswer(came)]) {
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(line.length).toBeLessThan(700)
      }
    }),
    { numRuns: 300 },
  )
})

test('an answer is described on one line', () => {
  expect(describeAnswer(answer({ body: '{\n  "a": 1\n}' }))).toBe('status 200 in 12 ms, body { "a": 1 }')
  expect(describeAnswer(answer({ status: 204 }))).toBe('status 204 in 12 ms, no body')
  expect(describeAnswer({ kind: 'unanswered', reason: 'connection refused', ms: 1 })).toBe(
    'connection refused after 1 ms',
  )
  expect(oneLine('\u001b[31mred\r\n::error::x', 8)).toBe('[31mred…')
})
