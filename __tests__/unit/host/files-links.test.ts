import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { linkLeaves } from '../../../src/host/files-links'

// Many small files, on a machine that may be busy.
jest.setTimeout(30_000)

function leaves(links: Record<string, string>, path: string): boolean {
  return linkLeaves(new Map(Object.entries(links)), path)
}

test.each([
  ['a file beside it', { l: 'file' }, 'l', false],
  ['a file above it', { 'a/b/l': '../../file' }, 'a/b/l', false],
  ['nothing', { l: 'gone/away' }, 'l', false],
  ['the root itself', { 'a/l': '..' }, 'a/l', false],
  ['itself', { l: 'l' }, 'l', false],
  ['each other', { a: 'b/x', b: 'a/x' }, 'a', false],
  ['an absolute path', { l: '/etc/passwd' }, 'l', true],
  ['the folder above', { l: '..' }, 'l', true],
  ['out and in again', { l: '../release/file' }, 'l', true],
  ['out from deeper', { 'a/l': '../../x' }, 'a/l', true],
  ['out by a link that looks deeper than it leads', { 'a/b/top': '../..', l: 'a/b/top/../x' }, 'l', true],
  ['in by a link that leads deeper than it looks', { deep: 'a/b/c', l: 'deep/../../../x' }, 'l', false],
  ['out by a link that leaves', { a: '../..', l: 'a' }, 'l', true],
])('a link to %s', (_, links, path, expected) => {
  expect(leaves(links, path)).toBe(expected)
})

test('what a kernel follows out of the release is found', () => {
  const part = fc.constantFrom('a', 'b', 'c', '..', '..', '.')
  const target = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
  const places = ['a', 'b/l', 'a2/b2/l', 'c', 'a2/l', 'b/a']
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'links-')))
  let rounds = 0
  let left = 0
  try {
    fc.assert(
      fc.property(
        fc.array(target, { minLength: places.length, maxLength: places.length }),
        fc.boolean(),
        (targets, filled) => {
          const root = join(outer, String(rounds++), 'x', 'y', 'release')
          const links = Object.fromEntries(places.map((place, index) => [place, targets[index]!]))
          for (const [path, to] of Object.entries(links)) {
            mkdirSync(join(root, path, '..'), { recursive: true })
            symlinkSync(to, join(root, path))
          }
          if (filled) mkdirSync(join(root, '../a'), { recursive: true })
          for (const path of places) {
            const real = follow(join(root, path))
            if (real === undefined || real === root || real.startsWith(`${root}/`)) continue
            left += 1
            expect({ links, path, leaves: leaves(links, path) }).toEqual({ links, path, leaves: true })
          }
        },
      ),
      { numRuns: 120 },
    )
    expect(left).toBeGreaterThan(50)
  } finally {
    rmSync(outer, { recursive: true })
  }
})

function follow(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}
