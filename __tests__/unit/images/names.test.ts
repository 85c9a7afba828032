import fc from 'fast-check'
import { imageName, imageTag } from '../../../src/images/names'

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
