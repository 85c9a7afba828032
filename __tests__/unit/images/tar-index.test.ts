import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { indexTar } from '../../../src/images/tar-index'

describe('indexTar', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kawasemi-tar-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const first = 'first'.repeat(1000)
  const long = `${'d'.repeat(90)}/${'e'.repeat(90)}`
  const contents: Record<string, string> = {
    'a/layer.tar': first,
    'b/VERSION': '1.0',
    empty: '',
    [long]: 'far down',
  }

  function pack(format: string): string {
    for (const [path, content] of Object.entries(contents)) {
      mkdirSync(dirname(join(dir, 'in', path)), { recursive: true })
      writeFileSync(join(dir, 'in', path), content)
    }
    symlinkSync('../a/layer.tar', join(dir, 'in', 'b', 'layer.tar'))
    symlinkSync('../../../etc/passwd', join(dir, 'in', 'b', 'away'))
    linkSync(join(dir, 'in', 'a', 'layer.tar'), join(dir, 'in', 'b', 'same'))
    const file = join(dir, 'x.tar')
    execFileSync('tar', ['-c', '--sort=name', `--format=${format}`, '-f', file, '-C', join(dir, 'in'), '.'])
    return file
  }

  it.each(['gnu', 'pax', 'ustar'])('finds every file and link of a %s archive', async (format) => {
    const file = pack(format)
    const files = await indexTar(file)
    const bytes = readFileSync(file)
    const read = (path: string) => {
      const { offset, size } = files.get(path)!
      return bytes.subarray(offset, offset + size).toString()
    }
    for (const [path, content] of Object.entries(contents))
      expect([path, read(path)]).toEqual([path, content])
    expect(read('b/layer.tar')).toBe(first)
    expect(read('b/same')).toBe(first)
    expect([...files.keys()].sort()).toEqual([...Object.keys(contents), 'b/layer.tar', 'b/same'].sort())
  })

  it('never finds bytes outside the file, however it is damaged', async () => {
    const good = readFileSync(pack('gnu'))
    const file = join(dir, 'bad.tar')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length),
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
        async (length, changes) => {
          const bytes = Buffer.from(good)
          for (const [at, value] of changes) bytes[at] = value
          writeFileSync(file, bytes.subarray(0, length))
          const files = await indexTar(file).catch((error: Error) => {
            expect(error.message).toMatch(/tar file/)
            return new Map<string, never>()
          })
          for (const { offset, size } of files.values()) expect(offset + size).toBeLessThanOrEqual(length)
        },
      ),
      { numRuns: 200 },
    )
  })
})
