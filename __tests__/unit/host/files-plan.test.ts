import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { type Manifest, makeManifest } from '../../../src/host/files-manifest'
import { groupSums, groups, HostAnswer, planTransfer } from '../../../src/host/files-plan'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')

function manifestOf(contents: Record<string, string>): Manifest {
  const files = Object.entries(contents).map(([path, content]) => ({
    path,
    executable: false,
    size: content.length,
    sha256: sha(content),
  }))
  return makeManifest('/root', { files, links: [{ path: 'l', target: 'x' }], folders: ['e'] })
}

/** What a host says that has exactly this release. */
function hostWith(has: Manifest, wanted: Manifest): HostAnswer {
  const mine = groupSums(has)
  const sums = groupSums(wanted)
  const differing = groups.filter((_, index) => sums[index] !== mine[index])
  const answer = new HostAnswer()
  answer.addDiffering(differing.join(' '))
  const known = has.files.map(({ sha256 }) => sha256).filter((each) => differing.includes(each.slice(0, 2)))
  answer.addKnown(known.map((each) => each.slice(0, 16)).join(''), 1000)
  return answer
}

test('a host without anything gets everything', () => {
  const manifest = manifestOf({ a: '1', b: '2' })
  const answer = new HostAnswer()
  answer.addDiffering(groups.join(' '))
  const { lines, send, bytes } = planTransfer(manifest, answer)
  expect(lines.toSorted()).toEqual(
    [
      `${sha('1').slice(0, 16)} - ./a`,
      `${sha('2').slice(0, 16)} - ./b`,
      'folder - ./e',
      'link - ./l\tx',
    ].toSorted(),
  )
  expect(send.map(({ path }) => path).toSorted()).toEqual(['a', 'b'])
  expect(bytes).toBe(2)
})

test('a host that has it all gets only links and empty folders', () => {
  const manifest = manifestOf({ a: '1', b: '2' })
  expect(planTransfer(manifest, hostWith(manifest, manifest))).toEqual({
    lines: ['folder - ./e', 'link - ./l\tx'],
    send: [],
    bytes: 0,
  })
})

test('a moved file is told, and not sent', () => {
  const { lines, send } = planTransfer(
    manifestOf({ new: '1', b: '2' }),
    hostWith(manifestOf({ old: '1', b: '2' }), manifestOf({ new: '1', b: '2' })),
  )
  expect(lines[0]).toBe(`${sha('1').slice(0, 16)} - ./new`)
  expect(send).toEqual([])
})

test('the same content counts once', () => {
  const answer = new HostAnswer()
  answer.addDiffering(groups.join(' '))
  expect(planTransfer(manifestOf({ a: 'same', b: 'same' }), answer).bytes).toBe(4)
})

test('whatever changed, what travels and what the host has make the release', () => {
  const contents = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'ee/f', 'g'),
    fc.constantFrom('1', '2', '3', '4'),
    { minKeys: 1 },
  )
  fc.assert(
    fc.property(contents, contents, (before, after) => {
      const has = manifestOf({ ...before, z: 'kept' })
      const wanted = manifestOf({ ...after, z: 'kept' })
      const host = hostWith(has, wanted)
      const { lines, send } = planTransfer(wanted, host)
      const there = new Set([...has.files, ...send].map(({ sha256 }) => sha256))
      expect(wanted.files.filter(({ sha256 }) => !there.has(sha256))).toEqual([])
      const told = new Set(lines.map((line) => line.slice(line.indexOf('./') + 2)))
      const taken = has.files.filter(({ sha256 }) => !host.differing.has(sha256.slice(0, 2)))
      const result = [
        ...taken.map(({ path }) => path),
        ...wanted.files.map(({ path }) => path).filter((path) => told.has(path)),
      ]
      expect(result.toSorted()).toEqual(wanted.files.map(({ path }) => path).toSorted())
      const had = new Set(has.files.map(({ sha256 }) => sha256))
      expect(send.filter(({ sha256 }) => had.has(sha256))).toEqual([])
    }),
  )
})

test('an answer is data: what is no group and no sum is nothing', () => {
  const answer = new HostAnswer()
  for (const value of [
    undefined,
    null,
    {},
    7,
    'zz',
    '0',
    'AB',
    '../..',
    'abc',
    '<script>',
    ' '.repeat(9999),
  ]) {
    answer.addDiffering(value)
    answer.addKnown(value, 10)
  }
  expect(answer.differing.size).toBe(0)
  expect(answer.known.size).toBe(0)
  answer.addKnown('0123456789abcdef'.repeat(3) + '0123', 10)
  expect([...answer.known]).toEqual(['0123456789abcdef'])
  answer.addKnown(Array.from({ length: 50 }, (_, index) => sha(String(index)).slice(0, 16)).join(''), 10)
  expect(answer.known.size).toBe(10)
})
