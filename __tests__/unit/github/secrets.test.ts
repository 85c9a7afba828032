import fc from 'fast-check'
import { Secrets } from '../../../src/github/secrets'

function masksOf(...values: string[]): string[] {
  const masks: string[] = []
  const secrets = new Secrets((value) => masks.push(value))
  for (const value of values) secrets.add(value)
  return masks
}

test('the whole, every line, and the forms it may be printed in', () => {
  const masks = masksOf('first line\r\n  second "line"  \nabc')
  expect(masks).toContain('first line')
  expect(masks).toContain('second "line"')
  expect(masks).toContain('second \\"line\\"')
  expect(masks).toContain('second%20%22line%22')
  expect(masks).toContain(Buffer.from('first line').toString('base64').replace(/=+$/, ''))
  expect(masks).not.toContain('abc')
})

test('settings are not secrets: a mask on them would blot out the log', () => {
  expect(masksOf('', '   ', 'true', 'False', '3000', '65535', 'abc', 'off')).toEqual([])
  expect(masksOf('123456')).toContain('123456')
})

test('nothing is masked twice', () => {
  const masks = masksOf('same-value', 'same-value\nsame-value')
  expect(new Set(masks).size).toBe(masks.length)
})

test('finds a secret in any of its forms', () => {
  const secrets = new Secrets(() => {})
  secrets.add('p4ss"w0rd!')
  expect(secrets.foundIn('see p4ss"w0rd! there')).toBe(true)
  expect(secrets.foundIn(JSON.stringify({ x: 'p4ss"w0rd!' }))).toBe(true)
  expect(secrets.foundIn(`Basic ${Buffer.from('p4ss"w0rd!').toString('base64')}`)).toBe(true)
  expect(secrets.foundIn(`?x=${encodeURIComponent('p4ss"w0rd!')}`)).toBe(true)
  expect(secrets.foundIn('p4ss')).toBe(false)
})

test('a short value that happens to be in a digest is no finding', () => {
  const secrets = new Secrets(() => {})
  secrets.add('beef')
  expect(secrets.foundIn('sha256:deadbeef')).toBe(false)
})

test('no value long enough escapes, and none breaks the masking', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 8 }), (value) => {
      fc.pre(value.trim().length >= 8 && !/[\r\n]/.test(value))
      const secrets = new Secrets(() => {})
      secrets.add(value)
      expect(secrets.foundIn(`before ${value} after`)).toBe(true)
    }),
  )
})

test('hides what it would find, the longest first, and nothing else', () => {
  const secrets = new Secrets(() => {})
  secrets.add('p4ssw0rd-long')
  secrets.add('p4ssw0rd')
  secrets.add('beef')
  expect(secrets.hide('p4ssw0rd-long and p4ssw0rd, beef')).toBe('*** and ***, beef')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 8 }), (value) => {
      const other = new Secrets(() => {})
      other.add(value)
      expect(other.foundIn(other.hide(`-${value}-`))).toBe(false)
    }),
  )
})
