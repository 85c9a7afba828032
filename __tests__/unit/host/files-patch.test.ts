import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { findPatch, readLargeFile } from '../../../src/host/files-patch'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'files-patch-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex').slice(0, 12)

/** What a host says of a file: its blocks in their order, the whole ones from the start and those to the end. */
function told(old: Buffer, block: number): Record<string, unknown> {
  const blocks = (bytes: Buffer) =>
    Array.from({ length: Math.ceil(bytes.length / block) }, (_, index) =>
      sum(bytes.subarray(index * block, (index + 1) * block)),
    ).join('')
  return {
    tree: 3,
    path: './file',
    size: old.length,
    block,
    start: blocks(old),
    end: blocks(old.subarray(old.length % block)),
  }
}

async function patchOf(old: Buffer, now: Buffer, block: number) {
  writeFileSync(join(root, 'file'), now)
  const file = { path: 'file', executable: false, size: now.length, sha256: '' }
  return findPatch(root, file, readLargeFile(told(old, block))!)
}

const bytes = (seed: number, size: number) =>
  Buffer.from(Array.from({ length: size }, (_, index) => (index * seed * 31 + (index >> 3) * 7) & 255))

test.each([
  [
    'in the middle',
    (old: Buffer) => Buffer.concat([old.subarray(0, 500), Buffer.from('line'), old.subarray(500)]),
    900,
  ],
  ['at the start', (old: Buffer) => Buffer.concat([Buffer.from('line'), old]), 1000],
  ['at the end', (old: Buffer) => Buffer.concat([old, Buffer.from('line')]), 1000],
  ['away', (old: Buffer) => Buffer.concat([old.subarray(0, 300), old.subarray(400)]), 800],
])('finds what stayed around a change %s', async (_, change, least) => {
  const old = bytes(3, 1003)
  const now = change(old)
  const patch = await patchOf(old, now, 50)
  expect(patch!.start + patch!.end).toBeGreaterThanOrEqual(least - 50)
  expect(patch!.tree).toBe(3)
})

test('finds nothing where little stayed', async () => {
  expect(await patchOf(bytes(3, 1000), bytes(5, 1000), 50)).toBeUndefined()
  expect(await patchOf(bytes(3, 100), Buffer.concat([bytes(3, 100), bytes(5, 900)]), 50)).toBeUndefined()
})

test('takes the start that a cut transfer left', async () => {
  const whole = bytes(3, 1000)
  const patch = await patchOf(whole.subarray(0, 620), whole, 5)
  expect(patch).toMatchObject({ start: 620, end: 0 })
})

test('start, middle and end are always the new file', async () => {
  const content = fc.uint8Array({ maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(
      content,
      content,
      content,
      content,
      fc.integer({ min: 1, max: 6 }),
      async (a, b, c, d, block) => {
        const old = Buffer.concat([a, b, c])
        const now = Buffer.concat([a, d, c])
        const patch = await patchOf(old, now, block)
        if (patch === undefined) return
        const { start, end } = patch
        expect(start + end).toBeLessThanOrEqual(Math.min(old.length, now.length))
        const result = Buffer.concat([
          old.subarray(0, start),
          now.subarray(start, now.length - end),
          old.subarray(old.length - end),
        ])
        expect(result.equals(now)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
})

test('what a host tells is data', () => {
  const good = told(bytes(3, 100), 10)
  expect(readLargeFile(good)).toMatchObject({ path: 'file', tree: 3, size: 100, block: 10 })
  for (const bad of [
    undefined,
    null,
    'x',
    [],
    {},
    { ...good, path: '/etc/passwd' },
    { ...good, path: 7 },
    { ...good, tree: -1 },
    { ...good, tree: '0; id' },
    { ...good, size: 1e300 },
    { ...good, size: Number.NaN },
    { ...good, block: 0 },
    { ...good, block: 0.5 },
    { ...good, start: 'xyz' },
    { ...good, end: undefined },
    { ...good, start: 'a'.repeat(12 * 130) },
  ])
    expect(readLargeFile(bad)).toBeUndefined()
})
