import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call, renderProgram, renderScript } from '../../../src/host/program'

const src = join(__dirname, '../../../src')
const libraries = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sh'))
  .map((file) => ({ file, text: readFileSync(join(src, file), 'utf8') }))

describe('a program', () => {
  it('leaves the comments of its libraries here, and no argument of its calls', () => {
    const library = '# Says it.\nsay() {\n  # Why.\n  printf "%s # %s" "$1" \'#\' # how\n}\n# end'
    const argument = 'one\n# two\n  # three\n'
    const program = renderProgram([library], [call('say', argument)])
    expect(program).toBe(
      `say() {\n  printf "%s # %s" "$1" '#' # how\n}\n\nmain() {\n  say '${argument}'\n}\nmain\n`,
    )
    expect(renderScript([library], [])).toContain('# Why.')
  })

  it.each(libraries)('means the same without them: $file', ({ text }) => {
    const functions = (library: string) =>
      execFileSync('bash', ['-c', `${library}\ndeclare -f`], { encoding: 'utf8' })
    const sent = renderProgram([text], []).split('\nmain() {')[0]!
    expect(sent).not.toBe(text)
    // Those of awk's programs are left in what bash prints.
    expect(functions(sent)).toBe(functions(text).replace(/^ *# .*\n/gm, ''))
  })
})
