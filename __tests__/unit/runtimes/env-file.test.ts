import fc from 'fast-check'
import { Trouble } from '../../../src/release/trouble'
import { renderEnvFile } from '../../../src/runtimes/env-file'

describe('an env file', () => {
  const nasty = fc.constantFrom('\\', '"', "'", '$', '{', '}', '\n', '\r', '#', '=', ' ', 'a')

  it('is refused for names that are none or that steer Docker', () => {
    for (const name of [
      '',
      '1A',
      'A B',
      'A=B',
      'A\nB',
      'Ä',
      'COMPOSE_PROJECT_NAME',
      'DOCKER_HOST',
      'KAWASEMI_SLOT',
    ]) {
      expect(() => renderEnvFile({ [name]: 'x' })).toThrow(Trouble)
    }
    expect(() => renderEnvFile({ A: 'nul\0' })).toThrow(/^env: A: holds a NUL byte/)
    expect(() => renderEnvFile({ A: 'the-secret\0' })).not.toThrow(/the-secret/)
  })

  it('has one quoted value for each name, in which nothing ends it early or is a variable', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: nasty })), (value) => {
        fc.pre(!value.includes('\0'))
        const [, inside] = /^A="((?:\\[\s\S]|[^"\\$])*)"\n$/.exec(renderEnvFile({ A: value })) ?? []
        expect(inside).toBeDefined()
        const escapes: Record<string, string> = { r: '\r' }
        expect(inside!.replace(/\\([\s\S])/g, (_, char: string) => escapes[char] ?? char)).toBe(value)
      }),
    )
  })
})
