import { nearest } from '../../../src/config/nearest'

const known = ['stop-timeout', 'slots', 'role', 'port']

test.each([
  ['stopTimeout', 'stop-timeout'],
  ['STOP_TIMEOUT', 'stop-timeout'],
  ['stop-timout', 'stop-timeout'],
  ['slot', 'slots'],
  ['rol', 'role'],
  ['prot', 'port'],
  ['colour', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s is near %s', (word, expected) => {
  expect(nearest(word, known)).toBe(expected)
})

test('nothing is near when nothing is known', () => {
  expect(nearest('role', [])).toBeUndefined()
})
