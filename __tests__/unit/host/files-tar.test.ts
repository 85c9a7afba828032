import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { framesOf } from '../../../src/host/files'
import { pathReason } from '../../../src/host/files-manifest'
import { readFiles } from '../../../src/host/files-read'
import { tarOf } from '../../../src/host/files-tar'
import { Trouble } from '../../../src/release/trouble'

// Many small files, on a machine that may be busy.
jest.setTimeout(30_000)

let folder: string
let root: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-tar-'))
  root = join(folder, 'root')
  mkdirSync(root)
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content, { mode })
}

/** Through GNU tar, as the host unpacks it. */
async function unpacked(lines: readonly string[] = []): Promise<string> {
  const { files } = await readFiles(root, '')
  const out = mkdtempSync(join(folder, 'out-'))
  const input = await buffer(tarOf(root, { lines, send: files, bytes: 0 }))
  execFileSync('tar', ['-C', out, '--no-same-owner', '-xpmf', '-'], { input })
  return out
}

test('brings contents, modes and lines', async () => {
  write('plain', 'text')
  write('bin/run', '#!/bin/sh\n', 0o755)
  write('empty', '')
  write('blocks', Buffer.alloc(1024, 7))
  const out = await unpacked(['one', 'two ü'])
  expect(readFileSync(join(out, 'lines'), 'utf8')).toBe('one\ntwo ü\n')
  expect(readFileSync(join(out, 'files/plain'), 'utf8')).toBe('text')
  expect(readFileSync(join(out, 'files/blocks'))).toEqual(Buffer.alloc(1024, 7))
  expect(readFileSync(join(out, 'files/empty'), 'utf8')).toBe('')
  expect(statSync(join(out, 'files/plain')).mode & 0o7777).toBe(0o440)
  expect(statSync(join(out, 'files/bin/run')).mode & 0o7777).toBe(0o550)
})

test('the same content is there once, but not where the mode differs or there is none', async () => {
  write('a', 'same'.repeat(1000))
  write('b', 'same'.repeat(1000))
  write('run', 'same'.repeat(1000), 0o755)
  write('e1', '')
  write('e2', '')
  const out = await unpacked()
  const inode = (path: string) => statSync(join(out, 'files', path)).ino
  expect(inode('a')).toBe(inode('b'))
  expect(inode('e1')).not.toBe(inode('e2'))
  expect(() => inode('run')).toThrow('ENOENT')
})

test('a file that changed meanwhile is named', async () => {
  for (const content of ['longer than it was', 'sh', 'othe']) {
    write('a', 'once')
    const { files } = await readFiles(root, '')
    write('a', content)
    const failing = buffer(tarOf(root, { lines: [], send: files, bytes: 0 }))
    await expect(failing).rejects.toThrow(Trouble)
    await expect(failing).rejects.toThrow(/\/a: it changed while/)
  }
})

test('every name that is taken comes through, long ones too', async () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\\', '$', '`', ' ', '*', '-', 'a', 'ü', '鳥', '~', '#', ';'),
      minLength: 1,
      maxLength: 80,
    }),
    fc.constantFrom(
      '-rf',
      '--checkpoint-action=exec=id',
      'a'.repeat(100),
      'a'.repeat(99),
      '.../x',
      'lines',
      'files',
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, name), { maxLength: 8 }), async (names) => {
      rmSync(root, { recursive: true })
      mkdirSync(root)
      for (const [first, second] of names) {
        const path = `${first}/${second}`
        if (pathReason(path) === undefined) write(`d${path}`, `content of ${path}`)
      }
      write('kept', 'kept')
      const { files } = await readFiles(root, '')
      const out = await unpacked()
      for (const { path } of files)
        expect(readFileSync(join(out, 'files', path))).toEqual(readFileSync(join(root, path)))
      const count = execFileSync('find', [out, '-type', 'f', '-printf', '.']).length
      expect(count).toBe(files.length + ['lines', 'patches'].length)
    }),
    { numRuns: 25 },
  )
})

describe('frames', () => {
  async function* chunks(sizes: readonly number[]) {
    for (const size of sizes) yield Buffer.alloc(size, size)
  }

  function unframe(bytes: Buffer): { content: Buffer; frames: number } {
    const parts: Buffer[] = []
    for (let at = 0; ; ) {
      const header = bytes.subarray(at, at + 8).toString()
      expect(header).toMatch(/^\d{8}$/)
      const size = Number(header)
      at += 8 + size
      if (size === 0) {
        expect(at).toBe(bytes.length)
        return { content: Buffer.concat(parts), frames: parts.length }
      }
      parts.push(bytes.subarray(at - size, at))
    }
  }

  test('carry all bytes and an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 600000 }), { maxLength: 6 }), async (sizes) => {
        const { content, frames } = unframe(await buffer(framesOf(chunks(sizes))))
        expect(content.equals(await buffer(chunks(sizes)))).toBe(true)
        expect(frames).toBe(Math.ceil(content.length / 262144))
      }),
      { numRuns: 30 },
    )
  })
})
