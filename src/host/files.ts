import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { Trouble } from '../release/trouble'
import { type Manifest, mostFiles } from './files-manifest'
import { findPatch, type LargeFile, type Patch, readLargeFile } from './files-patch'
import { groupSums, HostAnswer, planTransfer, type Transfer } from './files-plan'
import { tarOf } from './files-tar'
import { call } from './program'
import type { Answer, HostSession } from './session'

/** Its shell functions. */
export const filesLibrary = readFileSync(join(__dirname, 'files.sh'), 'utf8')

/** What was moved to one host. */
export interface Moved {
  /** Names that came with the transfer, and the bytes of their contents before compression. */
  readonly files: number
  readonly contentBytes: number
  /** Bytes of the transfer as it travels, compressed; with those of tries that were cut. */
  readonly bytes: number
}

/**
 * Lays the files of a release down in `releases/ID/files`. Only contents the host lacks travel; all others are hard links
 * to those of the releases its slots hold, and of transfers that were interrupted. Nothing that is live is touched, and
 * the folder is there only once all of it is.
 *
 * @throws {HostFailure} when the host says why it could not take them; what has arrived stays for the next try.
 * @throws {Trouble} when the disk is too small, or a file changed meanwhile.
 */
export async function sendFiles(host: HostSession, release: string, manifest: Manifest): Promise<Moved> {
  const moved = { files: 0, contentBytes: 0, bytes: 0 }
  await host.exchange(
    {
      stage: 'files',
      libraries: [filesLibrary],
      calls: [
        call(
          'files_take',
          release,
          manifest.hash,
          String(manifest.files.length),
          groupSums(manifest).join(' '),
        ),
      ],
    },
    () => answerTo(host, manifest, moved),
  )
  return moved
}

function answerTo(host: HostSession, manifest: Manifest, moved: Writable<Moved>): Answer {
  const contents = new HostAnswer()
  const large: LargeFile[] = []
  return (name, value) => {
    const file = name === 'files-large' && large.length < mostLarge ? readLargeFile(value) : undefined
    if (file) large.push(file)
    if (name === 'files-differ') contents.addDiffering(value)
    if (name === 'files-known') contents.addKnown(value, 10 * mostFiles)
    if (name !== 'files-ready') return undefined
    const transfer = planTransfer(manifest, contents)
    checkDisk(host, transfer)
    moved.files = transfer.send.length
    moved.contentBytes = transfer.bytes
    return counted(framesOf(compressed(patchedTar(manifest.root, transfer, large, moved))), moved)
  }
}

/** More than the host tells. */
const mostLarge = 100

async function* patchedTar(
  root: string,
  transfer: Transfer,
  large: readonly LargeFile[],
  moved: Writable<Moved>,
): AsyncGenerator<Buffer> {
  const patches: Patch[] = []
  for (const old of large) {
    const file = transfer.send.find(({ path }) => path === old.path)
    if (file === undefined || patches.some((patch) => patch.file.sha256 === file.sha256)) continue
    const patch = await findPatch(root, file, old)
    if (patch) patches.push(patch)
  }
  for (const { start, end } of patches) moved.contentBytes -= start + end
  yield* tarOf(root, transfer, patches)
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

async function* counted(frames: AsyncIterable<Buffer>, moved: Writable<Moved>): AsyncGenerator<Buffer> {
  for await (const frame of frames) {
    moved.bytes += frame.length
    yield frame
  }
}

function checkDisk({ name, facts }: HostSession, { bytes }: Transfer): void {
  const [base] = facts.disks
  if (base === undefined || bytes < base.freeBytes) return
  throw new Trouble(
    name,
    `the files that are missing there need ${megabytes(bytes)}, and ${megabytes(base.freeBytes)} are free.`,
    'Free some space, or name files that need not be there in .kawasemiignore.',
  )
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}

function compressed(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // An error of the source destroys the stream that is read here, which then throws it.
  return pipeline(Readable.from(bytes, { objectMode: false }), createGzip(), () => undefined)
}

const frameBytes = 256 * 1024

/**
 * Eight digits that say how many bytes follow, then these; `00000000` is the end. So the host knows a whole transfer from
 * one that was cut, and need not wait for ever.
 */
export async function* framesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let size = 0
  for await (const chunk of bytes) {
    parts.push(chunk)
    size += chunk.length
    while (size >= frameBytes) {
      const whole = Buffer.concat(parts)
      yield frame(whole.subarray(0, frameBytes))
      parts = [whole.subarray(frameBytes)]
      size -= frameBytes
    }
  }
  yield Buffer.concat([...(size > 0 ? [frame(Buffer.concat(parts))] : []), Buffer.from('00000000')])
}

function frame(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(String(bytes.length).padStart(8, '0')), bytes])
}
