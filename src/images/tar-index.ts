import { type FileHandle, open } from 'node:fs/promises'
import { posix } from 'node:path'

/** Where a file's bytes lie in a tar file on disk, so that several can be read at once. */
export interface TarEntry {
  readonly offset: number
  readonly size: number
}

const blockSize = 512
const maxEntries = 100_000
const maxHeaderText = 1024 * 1024

/**
 * The regular files of a tar file by path; links inside the archive lead to the file they name.
 *
 * @throws {Error} when it is no tar file.
 */
export async function indexTar(file: string): Promise<Map<string, TarEntry>> {
  const handle = await open(file)
  try {
    const { files, links } = await readHeaders(handle)
    for (const [path, to] of links) {
      const target = files.get(to)
      if (target !== undefined) files.set(path, target)
    }
    return files
  } finally {
    await handle.close()
  }
}

async function readHeaders(handle: FileHandle) {
  const { size: end } = await handle.stat()
  const files = new Map<string, TarEntry>()
  const links = new Map<string, string>()
  let next: { path?: string; link?: string; size?: number } = {}
  let at = 0
  while (at + blockSize <= end) {
    const header = parseHeader(await readAt(handle, at, blockSize))
    if (header === undefined) break
    const entry = { offset: at + blockSize, size: next.size ?? header.size }
    at = entry.offset + Math.ceil(entry.size / blockSize) * blockSize
    if (at > end) throw new Error('the tar file ends in the middle of a file')
    if (files.size + links.size > maxEntries) throw new Error('the tar file holds too many files')
    if (header.type === 'x' || header.type === 'L' || header.type === 'K') {
      if (entry.size > maxHeaderText) throw new Error('the tar file has an extended header that is too long')
      const text = (await readAt(handle, entry.offset, entry.size)).toString('utf8')
      next = { ...next, ...extendedHeader(header.type, text) }
      continue
    }
    const path = posix.normalize(next.path ?? header.path)
    const link = next.link ?? header.link
    if (header.type === '0') files.set(path, entry)
    if (header.type === '1') links.set(path, posix.normalize(link))
    if (header.type === '2') links.set(path, posix.join(posix.dirname(path), link))
    next = {}
  }
  return { files, links }
}

async function readAt(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size)
  const { bytesRead } = await handle.read(buffer, 0, size, offset)
  if (bytesRead !== size) throw new Error('the tar file is cut off')
  return buffer
}

function parseHeader(block: Buffer) {
  if (block.every((byte) => byte === 0)) return undefined
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  if (sum !== number(block.subarray(148, 156))) throw new Error('this is no tar file')
  const ustar = text(block.subarray(257, 262)) === 'ustar'
  const prefix = ustar ? text(block.subarray(345, 500)) : ''
  const name = text(block.subarray(0, 100))
  const type = String.fromCharCode(block[156]!)
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    link: text(block.subarray(157, 257)),
    size: number(block.subarray(124, 136)),
    type: type === '\0' || type === '7' ? '0' : type,
  }
}

function text(field: Buffer): string {
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? field.length : end).toString('utf8')
}

/** Octal digits, or, from 8 GB on, a binary number behind a set top bit. */
function number(field: Buffer): number {
  const value =
    (field[0]! & 0x80) === 0
      ? Number.parseInt(text(field).trim() || '0', 8)
      : field.readUIntBE(field.length - 6, 6)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('the tar file has a number that is none')
  return value
}

/** GNU tar's long names are the text itself; a pax header is lines of `LENGTH KEY=VALUE`. */
function extendedHeader(
  type: 'x' | 'L' | 'K',
  body: string,
): { path?: string; link?: string; size?: number } {
  const plain = body.replace(/\0+$/, '')
  if (type === 'L') return { path: plain }
  if (type === 'K') return { link: plain }
  const found: { path?: string; link?: string; size?: number } = {}
  for (const [, key, value] of body.matchAll(/^\d+ ([A-Za-z]+)=(.*)$/gm)) {
    if (key === 'path') found.path = value!
    if (key === 'linkpath') found.link = value!
    if (key === 'size' && /^\d{1,15}$/.test(value!)) found.size = Number(value)
  }
  return found
}
