import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DATA_TYPES, generateRows, parseGenerateRequest } from '../src/generate'

test('every type gives as many rows as asked for, none empty', () => {
  for (const type of DATA_TYPES) {
    const rows = generateRows({ type, count: 50 })
    assert.equal(rows.length, 50)
    assert.ok(
      rows.every((row) => row.length > 0 && !row.includes('undefined')),
      type,
    )
  }
})

test('the same seed gives the same rows, another seed others', () => {
  const rows = generateRows({ type: 'address', count: 20, seed: 'a' })
  assert.deepEqual(generateRows({ type: 'address', count: 20, seed: 'a' }), rows)
  assert.notDeepEqual(generateRows({ type: 'address', count: 20, seed: 'b' }), rows)
})

test('a request is checked', () => {
  assert.deepEqual(parseGenerateRequest({ type: 'name', count: 3, seed: 7 }), {
    type: 'name',
    count: 3,
    seed: '7',
  })
  for (const bad of [
    null,
    'name',
    { type: 'toString', count: 1 },
    { type: 'name', count: 0 },
    { type: 'name', count: 1001 },
    { type: 'name', count: 1.5 },
    { type: 'name', count: '5' },
    { type: 'name', count: 1, seed: {} },
    { type: 'name', count: 1, seed: 'x'.repeat(65) },
  ]) {
    assert.equal(typeof parseGenerateRequest(bad), 'string', JSON.stringify(bad))
  }
})
