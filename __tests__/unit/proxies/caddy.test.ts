import fc from 'fast-check'
import { caddy } from '../../../src/proxies/caddy'
import { exampleConfig } from './config'

describe('the site for Caddy', () => {
  const site = caddy.renderSite(exampleConfig({}, { kind: 'caddy' }))

  test('looks for `up` before it chooses a slot, and never at blue', () => {
    const looks = site.indexOf('error @down 503')
    expect(looks).toBeGreaterThan(0)
    expect(site.indexOf('vars kawasemi_slot blue')).toBeGreaterThan(looks)
    expect(site).not.toContain('live/blue')
  })

  test('knows by its digits that a body is too large', () => {
    const pattern = (bodySize: number) =>
      new RegExp(/Content-Length (\S+)/.exec(caddy.renderSite(exampleConfig({}, { bodySize })))![1]!)
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: 0, max: 2 ** 41 }),
        (most, near, any) => {
          for (const length of [most + near, any]) {
            if (length >= 0) expect(pattern(most).test(String(length))).toBe(length > most)
          }
        },
      ),
    )
  })
})
