import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../release/trouble'
import { contentOf } from './files-content'
import { type ManifestFile, modeLetter } from './files-manifest'
import type { Patch } from './files-patch'
import type { Transfer } from './files-plan'
import { tarEnd, tarHeader, tarPadding } from './tar'

/*
 * A tar stream for GNU tar. It holds `lines`; `patches` and `middle/NUMBER` for large files of which a part travels; then
 * `files/PATH` for each content that travels whole. Neither owners nor times: the host takes its own.
 */

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
  yield tarEnd
}

async function* textOf(name: string, lines: readonly string[]): AsyncGenerator<Buffer> {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  yield tarHeader({ name, type: '0', mode: 0o600, size: text.length })
  yield text
  yield tarPadding(text.length)
}

function patchLine({ file, tree, start, end }: Patch): string {
  return [tree, start, end, modeLetter(file), `./${file.path}`].join('\t')
}

/** The host checks the content of the whole file. */
async function* middleOf(root: string, number: number, { file, start, end }: Patch): AsyncGenerator<Buffer> {
  const size = file.size - start - end
  yield tarHeader({ name: `middle/${number}`, type: '0', mode: 0o600, size })
  let left = size
  if (size > 0) {
    const range = { start, end: file.size - end - 1 }
    for await (const chunk of createReadStream(join(root, file.path), range) as AsyncIterable<Buffer>) {
      left -= chunk.length
      yield chunk
    }
  }
  if (left !== 0) throw changed(root, file.path)
  yield tarPadding(size)
}

async function* fileOf(root: string, file: ManifestFile): AsyncGenerator<Buffer> {
  const { path, size, executable } = file
  yield tarHeader({
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
  yield tarPadding(size)
}

function changed(root: string, path: string): Trouble {
  return new Trouble(
    join(root, path),
    'it changed while the release was being sent.',
    'Let nothing write there during a deploy, or name it in .kawasemiignore; then run this again.',
  )
}

function linkTo(file: ManifestFile, same: ManifestFile): Buffer {
  return tarHeader({
    name: `files/${file.path}`,
    type: '1',
    mode: fileModes.plain,
    size: 0,
    link: `files/${same.path}`,
  })
}
