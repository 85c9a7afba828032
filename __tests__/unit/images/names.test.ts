import fc from 'fast-check'
import { cacheTag, imageName, imageTag, pushedTag } from '../../../src/images/names'

/** Docker's own grammar of a repository and a tag. */
const reference = /^kawasemi\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

describe('imageTag', () => {
  it('leaves ordinary names as they are', () => {
    expect(imageTag('td-buddy', 'backend', '1.2.0-7')).toBe('kawasemi/td-buddy-backend:1.2.0-7')
  })

  it('is a name Docker takes, whatever the service is called', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9._-]{1,90}$/))
    fc.assert(
      fc.property(name, name, (service, release) => {
        expect(imageTag('app', service, release)).toMatch(reference)
      }),
    )
  })

  it('gives two services two names', () => {
    const name = fc.stringMatching(/^[A-Za-b._-]{1,6}$/)
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(imageName('app', one) === imageName('app', other)).toBe(one === other)
      }),
    )
  })
})

describe('pushedTag', () => {
  it('is below the name that was given', () => {
    expect(pushedTag('ghcr.io/team/shop', 'backend', 'v1.2.0')).toBe('ghcr.io/team/shop/backend:v1.2.0')
    expect(cacheTag('ghcr.io/team/shop', 'backend')).toBe('ghcr.io/team/shop/backend:buildcache')
  })

  it('is a name that registries take, whatever service and version are called', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9._+-]{1,90}$/))
    const pushed = /^r\.example\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
    fc.assert(
      fc.property(name, name, (service, version) => {
        expect(pushedTag('r.example', service, version)).toMatch(pushed)
        expect(cacheTag('r.example', service)).toMatch(pushed)
      }),
    )
  })
})
