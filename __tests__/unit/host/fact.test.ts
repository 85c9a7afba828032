import fc from 'fast-check'
import { countOf, fieldsOf, textOf } from '../../../src/host/fact'
import { readFacts } from '../../../src/host/facts'

const keys = fc.constantFrom('toString', 'valueOf', 'toJSON', 'bytes', '__proto__')
const told = fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue()))

test('whatever a fact is, it is read as text, as a count and as fields', () => {
  fc.assert(
    fc.property(told, (fact) => {
      expect(textOf(fact)).toBe(typeof fact === 'string' ? fact : '')
      const count = countOf(fact)
      expect(count === undefined || (Number.isSafeInteger(count) && count >= 0)).toBe(true)
      expect(typeof fieldsOf(fact)).toBe('object')
    }),
  )
})

test('an object that cannot be made text is none', () => {
  const odd = JSON.parse('{"toString":0,"valueOf":0}')
  expect(textOf(odd)).toBe('')
  expect(countOf(odd)).toBeUndefined()
})

test('whatever a host tells under the names of its facts, it is read', () => {
  const names = fc.constantFrom(
    ...['machine', 'slot-blue', 'slot-green', 'present', 'live', 'ledger', 'clock', 'memory', 'disk /srv'],
  )
  const records = fc.array(fc.record({ name: names, value: told }))
  fc.assert(
    fc.property(records, (seen) => {
      const { machine, releases, present } = readFacts(seen, 0, 1)
      for (const text of [machine, releases.blue, releases.green, ...present])
        expect(typeof text).toBe('string')
    }),
  )
})
