import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../release/trouble'

/** A folder in the form of the OCI image layout, with one image for each service that was built. */
export interface Layout {
  readonly dir: string
  readonly version: string
  readonly images: Readonly<Record<string, LayoutImage>>
  /** Everything in it that can be fetched: digest → size in bytes and media type. */
  readonly blobs: Readonly<Record<string, Blob>>
  /** The size of all blobs: what a host that has nothing must fetch. */
  readonly bytes: number
}

export interface Blob {
  readonly size: number
  readonly mediaType: string
}

export interface LayoutImage {
  /** The image's id in Docker's containerd image store. */
  readonly manifestDigest: string
  /** The image's id in Docker's classic image store. */
  readonly configDigest: string
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  /** Compressed bytes of the layers. */
  readonly size: number
  readonly unpackedSize: number
  readonly layers: readonly LayoutLayer[]
}

export interface LayoutLayer {
  readonly digest: string
  /** The digest of the layer when it is not compressed. */
  readonly diffId: string
  readonly size: number
  readonly unpackedSize: number
}

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

export const annotations = {
  service: 'io.kawasemi.service',
  unpackedSize: 'io.kawasemi.unpacked-size',
  version: 'org.opencontainers.image.version',
  /** By it programs such as skopeo find one image among several. */
  reference: 'org.opencontainers.image.ref.name',
} as const

const limits = { json: 8 * 1024 * 1024, images: 100, layers: 512, unpacked: 2 ** 44 }

/** @throws {RangeError} for anything but a sha256 digest, so that no digest leads out of the folder. */
export function blobPath(dir: string, digest: string): string {
  if (!isDigest(digest)) throw new RangeError(`not a digest: ${digest}`)
  return join(dir, 'blobs', 'sha256', digest.slice('sha256:'.length))
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)
}

/**
 * Reads a layout and believes nothing in it: every blob is hashed, every size, type and name is checked.
 *
 * @throws {Trouble} that names the first thing that is wrong.
 */
export async function readLayout(dir: string): Promise<Layout> {
  try {
    return await new LayoutReader(dir).read()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (error instanceof Bad || (code !== undefined && /^E[A-Z]+$/.test(code))) {
      const cause =
        code === 'ENOENT' ? `${(error as NodeJS.ErrnoException).path} is missing.` : (error as Error).message
      throw new Trouble(`the image layout ${dir}`, cause, 'Build it again with build-image.')
    }
    throw error
  }
}

class Bad extends Error {}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Bad(otherwise)
}

type Json = Record<string, unknown>

class LayoutReader {
  private readonly blobs = new Map<string, Blob>()

  constructor(private readonly dir: string) {}

  async read(): Promise<Layout> {
    const layout = parse('oci-layout', await this.readSmall(join(this.dir, 'oci-layout')))
    check(layout.imageLayoutVersion === '1.0.0', 'oci-layout is of an unknown version.')
    const index = parse('index.json', await this.readSmall(join(this.dir, 'index.json')))
    check(index.schemaVersion === 2 && Array.isArray(index.manifests), 'index.json is no image index.')
    check(index.manifests.length > 0, 'it holds no image.')
    check(index.manifests.length <= limits.images, `it holds more than ${limits.images} images.`)
    const images = new Map<string, LayoutImage>()
    const versions = new Set<string>()
    for (const descriptor of index.manifests) {
      const { service, version } = names(descriptor)
      check(!images.has(service), `it holds two images for the service ${service}.`)
      images.set(service, await this.readImage(descriptor))
      versions.add(version)
    }
    check(versions.size === 1, 'its images are of different versions.')
    return {
      dir: this.dir,
      version: [...versions][0]!,
      images: Object.fromEntries(images),
      blobs: Object.fromEntries(this.blobs),
      bytes: [...this.blobs.values()].reduce((sum, blob) => sum + blob.size, 0),
    }
  }

  private async readImage(descriptor: Json): Promise<LayoutImage> {
    const manifestDigest = await this.readBlob(descriptor, mediaTypes.manifest)
    const manifest = parse('a manifest', await this.readSmall(blobPath(this.dir, manifestDigest)))
    check(manifest.schemaVersion === 2, 'a manifest is of an unknown version.')
    check(
      isObject(manifest.config) && Array.isArray(manifest.layers),
      'a manifest has no config or no layers.',
    )
    check(manifest.layers.length <= limits.layers, `an image has more than ${limits.layers} layers.`)
    const configDigest = await this.readBlob(manifest.config, mediaTypes.config)
    const config = parse('an image config', await this.readSmall(blobPath(this.dir, configDigest)))
    const diffIds = isObject(config.rootfs) ? config.rootfs.diff_ids : undefined
    check(Array.isArray(diffIds) && diffIds.every(isDigest), 'an image config does not name its layers.')
    check(diffIds.length === manifest.layers.length, 'a manifest and its config have different layers.')
    const layers: LayoutLayer[] = []
    for (const [index, layer] of manifest.layers.entries()) {
      const digest = await this.readBlob(layer, mediaTypes.layer)
      const { size } = this.blobs.get(digest)!
      layers.push({ digest, diffId: diffIds[index]!, size, unpackedSize: unpackedSize(layer) })
    }
    const variant =
      config.variant === undefined || config.variant === '' ? {} : { variant: word(config.variant) }
    return {
      manifestDigest,
      configDigest,
      os: word(config.os),
      architecture: word(config.architecture),
      ...variant,
      size: layers.reduce((sum, layer) => sum + layer.size, 0),
      unpackedSize: layers.reduce((sum, layer) => sum + layer.unpackedSize, 0),
      layers,
    }
  }

  /** Checks a descriptor and hashes the blob it names, once. */
  private async readBlob(descriptor: unknown, mediaType: string): Promise<string> {
    check(isObject(descriptor) && isDigest(descriptor.digest), 'a descriptor has no sha256 digest.')
    const { digest, size } = descriptor
    check(descriptor.mediaType === mediaType, `${digest} should be of the type ${mediaType}.`)
    check(Number.isSafeInteger(size) && (size as number) >= 0, `${digest} has no size.`)
    const known = this.blobs.get(digest)
    if (known === undefined) {
      const found = await hashFile(blobPath(this.dir, digest))
      check(found.digest === digest, `the blob ${digest} is damaged.`)
      check(found.size === size, `the blob ${digest} has ${found.size} bytes, and ${size} are announced.`)
      this.blobs.set(digest, { size: found.size, mediaType })
    } else {
      check(known.size === size && known.mediaType === mediaType, `${digest} is described in two ways.`)
    }
    return digest
  }

  private async readSmall(path: string): Promise<string> {
    const handle = await openRegular(path)
    try {
      check((await handle.stat()).size <= limits.json, `${path} is too large.`)
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  }
}

/** The digest and size of a file's content. */
export async function hashFile(path: string): Promise<{ digest: string; size: number }> {
  const handle = await openRegular(path)
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path, { fd: handle, highWaterMark: 1024 * 1024 })) {
    hash.update(chunk)
    size += chunk.length
  }
  return { digest: `sha256:${hash.digest('hex')}`, size }
}

/** A link could lead out of the folder, and a pipe would hang. */
async function openRegular(path: string) {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new Bad(`${path} is no file.`)
}

function names(descriptor: unknown): { service: string; version: string } {
  const marks = isObject(descriptor) && isObject(descriptor.annotations) ? descriptor.annotations : {}
  const service = marks[annotations.service]
  const version = marks[annotations.version]
  check(typeof service === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(service), 'an image names no service.')
  check(typeof version === 'string' && /^[\x20-\x7e]{1,200}$/.test(version), `${service} names no version.`)
  return { service, version }
}

function unpackedSize(layer: Json): number {
  const marks = isObject(layer.annotations) ? layer.annotations : {}
  const size = Number(marks[annotations.unpackedSize])
  check(
    Number.isInteger(size) && size >= 0 && size < limits.unpacked,
    `${layer.digest} has no unpacked size.`,
  )
  return size
}

function word(value: unknown): string {
  check(
    typeof value === 'string' && /^[A-Za-z0-9._-]{1,40}$/.test(value),
    'an image config names no platform.',
  )
  return value
}

function parse(what: string, text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Said below.
  }
  throw new Bad(`${what} is no JSON object.`)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
