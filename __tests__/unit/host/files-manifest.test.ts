import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { type ManifestFile, makeManifest, manifestLines, pathReason } from '../../../src/host/files-manifest'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')

function file(path: string, content = path, executable = false): ManifestFile {
  return { path, executable, size: Buffer.byteLength(content), sha256: sha(content) }
}

function reasons(entries: Partial<Parameters<typeof makeManifest>[1]>): string {
  try {
    makeManifest('/root', { files: [file('kept')], links: [], folders: [], ...entries })
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('says the same whatever the order it was read in', () => {
  const files = [file('b'), file('a/ü', 'x', true), file('a/z', 'x')]
  const links = [
    { path: 'l', target: 'b' },
    { path: 'k', target: 'a/ü' },
  ]
  const one = makeManifest('/one', { files, links, folders: ['e', 'd'] })
  const two = makeManifest('/two', {
    files: files.toReversed(),
    links: links.toReversed(),
    folders: ['d', 'e'],
  })
  expect(two.hash).toBe(one.hash)
  expect(manifestLines(one)).toEqual(
    [
      `${sha('x')} - ./a/z`,
      `${sha('x')} x ./a/ü`,
      `${sha('b')} - ./b`,
      'folder - ./d',
      'folder - ./e',
      'link - ./k\ta/ü',
      'link - ./l\tb',
    ].toSorted(),
  )
  expect(one.hash).toBe(
    sha(
      manifestLines(one)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  )
})

test('says something else for another content, mode, name or target', () => {
  const of = (files: ManifestFile[], target = 'b') =>
    makeManifest('/', { files, links: [{ path: 'l', target }], folders: [] }).hash
  const hashes = [
    of([file('b')]),
    of([file('b', 'other')]),
    of([file('b', 'b', true)]),
    of([file('c', 'b')]),
    of([file('b')], 'c'),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
})

test.each([
  ['a newline', 'a\nb'],
  ['a tab', 'a\tb'],
  ['a carriage return', 'a\r'],
  ['an escape', '\x1b[31m'],
  ['a zero byte', 'a\0'],
  ['half a character', 'a\ud83d'],
  ['a folder above', '../a'],
  ['a folder above inside', 'a/../../b'],
  ['an absolute path', '/etc/passwd'],
  ['a dot', 'a/./b'],
  ['an empty name', 'a//b'],
  ['nothing', ''],
  ['a long name', 'x'.repeat(256)],
  ['a long path', 'x/'.repeat(600) + 'x'],
])('refuses %s, wherever it is', (_, path) => {
  expect(pathReason(path)).toBeDefined()
  expect(reasons({ files: [file(path)] })).toContain(JSON.stringify(path))
  expect(reasons({ folders: [path] })).toContain(JSON.stringify(path))
  expect(reasons({ links: [{ path, target: 'kept' }] })).toContain(JSON.stringify(path))
})

test.each([
  "it's",
  '"',
  '$(id)',
  '`id`',
  '-rf',
  '--',
  ' a ',
  'a\\b',
  '*',
  '~',
  '#',
  'ü',
  '鳥',
  '🐦',
  '...',
  '..a',
])('carries %j', (path) => {
  expect(reasons({ files: [file(path), file(`in/${path}`), file(`${path}.d/x`)] })).toBe('')
})

test('names every entry that is refused', () => {
  const message = reasons({ files: [file('a\nb'), file('c\nd')], links: [{ path: 'l', target: '/etc' }] })
  expect(message).toContain('"a\\nb"')
  expect(message).toContain('"c\\nd"')
  expect(message).toMatch(/"l": the link leads out of the release, to "\/etc"/)
})

test.each(['', '../../etc', 'a\nb', '/'])('refuses a link to %j', (target) => {
  expect(reasons({ links: [{ path: 'l', target }] })).toContain('"l": the link leads')
})

test('refuses what is not one tree', () => {
  expect(reasons({ files: [file('a'), file('a/b')] })).toContain('"a" is no folder')
  expect(reasons({ files: [file('b/c')], links: [{ path: 'b', target: 'x' }] })).toContain('"b" is no folder')
  expect(reasons({ files: [file('a'), file('a')] })).toContain('twice')
  expect(reasons({ files: [] })).toContain('no file')
  expect(reasons({ files: [{ ...file('a'), size: 8 * 1024 ** 3 }] })).toContain('8 GiB')
})

test('a path that is taken is one line and one column', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (path) => {
      if (pathReason(path) === undefined) {
        expect(path).not.toMatch(/[\x00-\x1f\x7f]/)
        expect(path.split('/').some((part) => ['', '.', '..'].includes(part))).toBe(false)
        expect(Buffer.from(path).toString()).toBe(path)
      }
    }),
  )
})
