import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { tarEnd, tarHeader, tarPadding } from '../host/tar'
import { Trouble } from '../release/trouble'
import { blobPath, type Layout, type LayoutImage, mediaTypes } from './layout'

/** One image for the archive. */
export interface ArchiveImage {
  /** `NAME:TAG`, which it gets on the host. */
  readonly tag: string
  readonly image: LayoutImage
  /** How many of its layers, from the lowest, the host has already. Their files are left out. */
  readonly known: number
}

/**
 * A tar stream for `docker load`, as `docker save` writes it: manifest.json for Docker's classic store, index.json for the
 * containerd store, both over the same blobs, so that each store gives the image the id that was recorded for it.
 *
 * @throws {Trouble} when a blob of the layout is not what it was.
 */
export async function* archiveOf(layout: Layout, images: readonly ArchiveImage[]): AsyncGenerator<Buffer> {
  yield* small('oci-layout', { imageLayoutVersion: '1.0.0' })
  yield* small('index.json', {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(descriptorOf(layout)),
  })
  yield* small('manifest.json', images.map(savedImage))
  for (const digest of blobsOf(images)) yield* blobOf(layout, digest)
  yield tarEnd
}

function descriptorOf(layout: Layout) {
  return ({ tag, image: { manifestDigest } }: ArchiveImage) => ({
    mediaType: mediaTypes.manifest,
    digest: manifestDigest,
    size: layout.blobs[manifestDigest]!.size,
    annotations: {
      'io.containerd.image.name': `docker.io/${tag}`,
      'org.opencontainers.image.ref.name': tag.slice(tag.lastIndexOf(':') + 1),
    },
  })
}

function savedImage({ tag, image }: ArchiveImage) {
  return {
    Config: nameOf(image.configDigest),
    RepoTags: [tag],
    Layers: image.layers.map(({ digest }) => nameOf(digest)),
  }
}

/** Each once; what one image has to bring is not left out for another that lacks it less. */
function blobsOf(images: readonly ArchiveImage[]): Set<string> {
  return new Set(
    images.flatMap(({ image: { manifestDigest, configDigest, layers }, known }) => [
      manifestDigest,
      configDigest,
      ...layers.slice(known).map(({ digest }) => digest),
    ]),
  )
}

function nameOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

async function* small(name: string, content: unknown): AsyncGenerator<Buffer> {
  const text = Buffer.from(JSON.stringify(content))
  yield tarHeader({ name, type: '0', mode: 0o644, size: text.length })
  yield text
  yield tarPadding(text.length)
}

async function* blobOf({ dir, blobs }: Layout, digest: string): AsyncGenerator<Buffer> {
  const { size } = blobs[digest]!
  yield tarHeader({ name: nameOf(digest), type: '0', mode: 0o644, size })
  const hash = createHash('sha256')
  let left = size
  for await (const chunk of createReadStream(blobPath(dir, digest)) as AsyncIterable<Buffer>) {
    left -= chunk.length
    if (left < 0) break
    hash.update(chunk)
    yield chunk
  }
  if (left !== 0 || `sha256:${hash.digest('hex')}` !== digest) {
    throw new Trouble(dir, `the blob ${digest} changed while it was being sent.`, 'Build the images again.')
  }
  yield tarPadding(size)
}
