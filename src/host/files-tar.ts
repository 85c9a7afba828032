import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../release/trouble'
import { contentOf } from './files-content'
import { type ManifestFile, modeLetter } from './files-manifest'
import type { Patch } from './files-patch'
import type { Transfer } from './files-plan'

/*
 * A tar stream for GNU tar. It holds `lines`; `patches` and `middle/NUMBER` for large files of which a part travels; then
 * `files/PATH` for each content that travels whole. Neither owners nor times: the host takes its own.
 */

const blockSize = 512
const nameBytes = 100

/**
 * Release files are read-only: releases share them by hard links, and what writes into its own release must not change
 * an older one.
 */
const fileModes = { plain: 0o440, executable: 0o550 } as const

export async function* tarOf(
  root: string,
  transfer: Transfer,
  patches: readonly Patch[] = [],
): AsyncGenerator<Buffer> {
  for await (const bytes of entriesOf(root, transfer, patches)) if (bytes.length > 0) yield bytes
}

async function* entriesOf(
  root: string,
  { lines, send }: Transfer,
  patches: readonly Patch[],
): AsyncGenerator<Buffer> {
  yield* textOf('lines', lines)
  yield* textOf('patches', patches.map(patchLine))
  for (const [number, patch] of patches.entries()) yield* middleOf(root, number, patch)
  const patched = new Set(patches.map(({ file }) => file.sha256))
  const sent = new Map<string, ManifestFile>()
  for (const file of send) {
    if (patched.has(file.sha256)) continue
    const same = sent.get(file.sha256)
    // Empty files are not linked: there may be more of them than a file may have names.
    if (same === undefined || file.size === 0) {
      sent.set(file.sha256, file)
      yield* fileOf(root, file)
      // The host makes a copy for one that has the same content and another mode.
    } else if (same.executable === file.executable) yield linkTo(file, same)
  }
  yield Buffer.alloc(2 * blockSize)
}

async function* textOf(name: string, lines: readonly string[]): AsyncGenerator<Buffer> {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  yield header({ name, type: '0', mode: 0o600, size: text.length })
  yield text
  yield padding(text.length)
}

function patchLine({ file, tree, start, end }: Patch): string {
  return [tree, start, end, modeLetter(file), `./${file.path}`].join('\t')
}

/** The host checks the content of the whole file. */
async function* middleOf(root: string, number: number, { file, start, end }: Patch): AsyncGenerator<Buffer> {
  const size = file.size - start - end
  yield header({ name: `middle/${number}`, type: '0', mode: 0o600, size })
  let left = size
  if (size > 0) {
    const range = { start, end: file.size - end - 1 }
    for await (const chunk of createReadStream(join(root, file.path), range) as AsyncIterable<Buffer>) {
      left -= chunk.length
      yield chunk
    }
  }
  if (left !== 0) throw changed(root, file.path)
  yield padding(size)
}

async function* fileOf(root: string, file: ManifestFile): AsyncGenerator<Buffer> {
  const { path, size, executable } = file
  yield header({
    name: `files/${path}`,
    type: '0',
    mode: executable ? fileModes.executable : fileModes.plain,
    size,
  })
  const hash = createHash('sha256')
  let left = size
  for await (const chunk of contentOf(join(root, path), size)) {
    left -= chunk.length
    if (left < 0) throw changed(root, path)
    hash.update(chunk)
    yield chunk
  }
  if (left !== 0 || hash.digest('hex') !== file.sha256) throw changed(root, path)
  yield padding(size)
}

function changed(root: string, path: string): Trouble {
  return new Trouble(
    join(root, path),
    'it changed while the release was being sent.',
    'Let nothing write there during a deploy, or name it in .kawasemiignore; then run this again.',
  )
}

function linkTo(file: ManifestFile, same: ManifestFile): Buffer {
  return header({
    name: `files/${file.path}`,
    type: '1',
    mode: fileModes.plain,
    size: 0,
    link: `files/${same.path}`,
  })
}

interface Header {
  readonly name: string
  readonly type: string
  readonly mode: number
  readonly size: number
  readonly link?: string
}

/** With GNU's own entries before it where a name does not fit. */
function header(entry: Header): Buffer {
  const { name, link = '' } = entry
  return Buffer.concat([
    ...(Buffer.byteLength(link) > nameBytes ? [longName('K', link)] : []),
    ...(Buffer.byteLength(name) > nameBytes ? [longName('L', name)] : []),
    headerBlock(entry),
  ])
}

function longName(type: 'K' | 'L', name: string): Buffer {
  const text = Buffer.from(`${name}\0`)
  const block = headerBlock({ name: '././@LongLink', type, mode: 0, size: text.length })
  return Buffer.concat([block, text, padding(text.length)])
}

function headerBlock({ name, type, mode, size, link = '' }: Header): Buffer {
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1')
  Buffer.from(name).copy(block, 0, 0, nameBytes)
  octal(mode, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  block.write(' '.repeat(8), 148, 'latin1')
  block.write(type, 156, 'latin1')
  Buffer.from(link).copy(block, 157, 0, nameBytes)
  block.write('ustar  ', 257, 'latin1')
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  block.write('\0 ', 154, 'latin1')
  return block
}

function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize)
}
