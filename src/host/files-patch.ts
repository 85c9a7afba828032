import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestFile } from './files-manifest'

/*
 * A large file that changed in one place travels as what is between the blocks that are still the same at its start and
 * at its end. A transfer that was cut left the start of a file there, which is used in the same way.
 */

/** A file on the host at a path of the release: the sums of its blocks, counted from the start and back from the end. */
export interface LargeFile {
  readonly tree: number
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Bytes of a block. */
  readonly block: number
  readonly start: readonly string[]
  readonly end: readonly string[]
}

/** The new file is `start` bytes of the old one, what travels, and the last `end` bytes of the old one. */
export interface Patch {
  readonly file: ManifestFile
  readonly tree: number
  readonly start: number
  readonly end: number
}

const sumDigits = 12
const mostBlocks = 129
const largest = 8 * 1024 ** 3
const largestBlock = 1 + largest / 128

/** What a host says is data: undefined where it is no large file. */
export function readLargeFile(value: unknown): LargeFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { tree, path, size, block, start, end } = value as Record<string, unknown>
  if (typeof path !== 'string' || !path.startsWith('./')) return undefined
  if (!isCount(tree, 1000) || !isCount(size, largest) || !isCount(block, largestBlock) || block === 0)
    return undefined
  const sums = [start, end].map(readSums)
  if (sums[0] === undefined || sums[1] === undefined) return undefined
  return { tree, path: path.slice(2), size, block, start: sums[0], end: sums[1].toReversed() }
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most
}

function readSums(value: unknown): string[] | undefined {
  if (typeof value !== 'string' || value.length > mostBlocks * sumDigits || !/^[0-9a-f]*$/.test(value))
    return undefined
  return value.match(/.{12}/g) ?? []
}

/** @returns undefined where the two have too little in common. */
export async function findPatch(
  root: string,
  file: ManifestFile,
  old: LargeFile,
): Promise<Patch | undefined> {
  const handle = await open(join(root, file.path))
  try {
    const most = Math.min(file.size, old.size)
    const start = await sameBytes(handle, old.start, old.block, most, (at) => at)
    const end = await sameBytes(handle, old.end, old.block, most - start, (at) => file.size - at - old.block)
    return start + end > file.size / 4 ? { file, tree: old.tree, start, end } : undefined
  } finally {
    await handle.close()
  }
}

async function sameBytes(
  handle: FileHandle,
  sums: readonly string[],
  block: number,
  most: number,
  place: (done: number) => number,
): Promise<number> {
  let done = 0
  const bytes = Buffer.alloc(Math.min(block, most))
  for (const sum of sums) {
    if (done + block > most) break
    const { bytesRead } = await handle.read(bytes, 0, block, place(done))
    if (bytesRead < block) break
    if (createHash('sha256').update(bytes).digest('hex').slice(0, sumDigits) !== sum) break
    done += block
  }
  return done
}
