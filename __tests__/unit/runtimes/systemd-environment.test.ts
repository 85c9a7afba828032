import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Trouble } from '../../../src/release/trouble'
import { renderEnvironment } from '../../../src/runtimes/systemd-environment'
import { anyValue } from './systemd-values'

describe('the variables of a release', () => {
  test('reach a POSIX shell as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kawasemi-env-'))
    try {
      fc.assert(
        fc.property(fc.array(anyValue, { minLength: 1, maxLength: 20 }), (values) => {
          const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]))
          const file = join(folder, 'environment')
          writeFileSync(file, renderEnvironment(env))
          const said = execFileSync('env', ['-i', 'sh', '-c', 'set -a; . "$1"; exec env -0', 'sh', file])
          const read = Object.fromEntries(
            said
              .toString()
              .split('\0')
              .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
          )
          expect(read).toMatchObject(env)
        }),
        { numRuns: 60 },
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each([
    ['', 'x', /not the name/],
    ['1A', 'x', /not the name/],
    ['A=B', 'x', /not the name/],
    ['A\nB', 'x', /not the name/],
    ['KAWASEMI_SLOT', 'x', /Kawasemi sets itself/],
    ['A', 'nul\0secret', /NUL byte/],
    ['A', 'secret\ud800', /no character/],
    ['A', 'secret\uffff', /no character/],
    ['A', 'secret'.repeat(30_000), /longer than 128 KB/],
  ])('are refused where systemd would not take %j', (name, value, expected) => {
    const rendering = () => renderEnvironment({ [name]: value })
    expect(rendering).toThrow(Trouble)
    expect(rendering).toThrow(expected)
    expect(rendering).not.toThrow(/secret/)
  })
})
