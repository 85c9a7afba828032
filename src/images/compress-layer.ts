import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { Trouble } from '../release/trouble'
import type { TarEntry } from './tar-index'

export interface StoredLayer {
  readonly digest: string
  /** Compressed bytes. */
  readonly size: number
  readonly unpackedSize: number
}

/**
 * Level 1 makes a layer about a tenth larger than level 6 in half the time. The gzip header gets no name and no
 * date, so that the same layer always gives the same bytes.
 */
const gzipOptions = { level: 1, chunkSize: 256 * 1024 }
const pieces = { highWaterMark: 1024 * 1024 }

/**
 * Copies a layer out of an archive to `path`, gzip-compressed. One that Docker's containerd store hands over with
 * gzip already stays as it is. Holds a few pieces of it in memory, never all.
 */
export async function compressLayer(
  archive: string,
  { offset, size }: TarEntry,
  path: string,
): Promise<StoredLayer & { diffId: string }> {
  const source = () => createReadStream(archive, { ...pieces, start: offset, end: offset + size - 1 })
  const target = createWriteStream(path, pieces)
  const packed = new Meter()
  const unpacked = new Meter()
  const kind = await compression(archive, offset)
  if (kind === 'gzip') {
    await pipeline(source(), packed, target)
    await pipeline(source(), zlib.createGunzip(), unpacked, async (bytes) => {
      for await (const _ of bytes);
    })
  } else if (kind === 'zstd') {
    await pipeline(source(), zstd(), unpacked, zlib.createGzip(gzipOptions), packed, target)
  } else {
    await pipeline(source(), unpacked, zlib.createGzip(gzipOptions), packed, target)
  }
  return {
    digest: packed.digest(),
    size: packed.bytes,
    diffId: unpacked.digest(),
    unpackedSize: unpacked.bytes,
  }
}

/** By the first bytes: a tar file begins with a name, which no file has like these. */
async function compression(archive: string, offset: number): Promise<'none' | 'gzip' | 'zstd'> {
  const handle = await open(archive)
  try {
    const start = Buffer.alloc(4)
    await handle.read(start, 0, 4, offset)
    if (start.readUInt16BE(0) === 0x1f8b) return 'gzip'
    return start.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : 'none'
  } finally {
    await handle.close()
  }
}

function zstd(): Transform {
  if (typeof zlib.createZstdDecompress === 'function') return zlib.createZstdDecompress()
  throw new Trouble(
    'a layer',
    'is compressed with zstd, which this Node cannot read.',
    'Use Node 22.15 or newer.',
  )
}

/** Hashes and counts what passes through. */
class Meter extends Transform {
  private readonly hash = createHash('sha256')
  bytes = 0

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk)
    this.bytes += chunk.length
    done(null, chunk)
  }

  digest(): string {
    return `sha256:${this.hash.digest('hex')}`
  }
}
