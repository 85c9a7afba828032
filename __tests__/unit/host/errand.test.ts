import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { renderErrand } from '../../../src/host/errand'
import { call } from '../../../src/host/program'

/** The program inside a program: its last argument, which the function is given to hand on. */
function inner(program: string, name: string): string {
  const cut = program.indexOf('\nmain() {')
  return execFileSync('sh', {
    input: `${name}() { shift $(($# - 1)); printf '%s' "$1"; }${program.slice(cut)}`,
  }).toString()
}

test('every value reaches root as one word, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (value) => {
      fc.pre(!value.includes('\0'))
      const program = renderErrand('n1', { libraries: [], calls: [call('work', value)] })
      const apart = inner(inner(program, 'send_errand'), 'run_errand')
      const cut = apart.indexOf('\nmain() {')
      const said = execFileSync('sh', {
        input: `errand_begin() { :; }; work() { printf '%s|' "$@"; }${apart.slice(cut)}`,
      })
      expect(said).toEqual(Buffer.from(`${value}|`))
    }),
    { numRuns: 30 },
  )
})

test('nothing runs when its last line did not arrive', () => {
  const program = renderErrand('n1', { libraries: [], calls: [call('work')] })
  const half = program.slice(0, program.lastIndexOf('\nmain'))
  expect(execFileSync('sh', { input: half }).toString()).toBe('')
})
