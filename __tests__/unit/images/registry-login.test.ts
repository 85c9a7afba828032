import fc from 'fast-check'
import { settingsWith } from '../../../src/images/registry-login'
import { isLoopback, skopeoSaid } from '../../../src/images/skopeo'

const registry = { host: 'r.example', at: 'r.example/shop', user: 'me', password: 'pw', cache: true }
const auth = { 'r.example': { auth: Buffer.from('me:pw').toString('base64') } }

describe('settingsWith', () => {
  it('adds the login to what the runner has', () => {
    const own = { auths: { 'other.example': { auth: 'x' } }, proxies: { default: {} } }
    expect(JSON.parse(settingsWith(JSON.stringify(own), registry))).toEqual({
      auths: { ...own.auths, ...auth },
      proxies: { default: {} },
    })
  })

  it('goes before a program that keeps passwords, for this registry only', () => {
    const own = { credsStore: 'pass', credHelpers: { 'ecr.example': 'ecr' } }
    expect(JSON.parse(settingsWith(JSON.stringify(own), registry))).toEqual({
      credsStore: 'pass',
      credHelpers: { 'ecr.example': 'ecr', 'r.example': '' },
      auths: auth,
    })
  })

  it('lets in whatever the runner has', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.string(), fc.string(), (text, user, password) => {
        const made = JSON.parse(settingsWith(text, { ...registry, user, password }))
        expect(Buffer.from(made.auths['r.example'].auth, 'base64').toString()).toBe(
          Buffer.from(`${user}:${password}`).toString(),
        )
      }),
    )
  })
})

describe('skopeoSaid', () => {
  it('takes the message out of the line', () => {
    const line = 'time="2026-11-22T15:00:00Z" level=fatal msg="reading \\"x\\": denied"\n'
    expect(skopeoSaid(`Getting image source signatures\n${line}`)).toBe('reading "x": denied')
    expect(skopeoSaid('Error: no such flag\n')).toBe('Error: no such flag')
  })

  it('is one line of bounded length, whatever was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const said = skopeoSaid(text)
        expect(said.length).toBeGreaterThan(0)
        expect(said.length).toBeLessThanOrEqual(500)
        expect(said).not.toContain('\n')
      }),
    )
  })
})

test.each([
  ['localhost', true],
  ['127.0.0.1:5000', true],
  ['[::1]:5000', true],
  ['localhost.example', false],
  ['127.0.0.1.example:5000', false],
  ['ghcr.io', false],
])('%s is on the loopback: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is)
})
