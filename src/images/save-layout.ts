import { createHash } from 'node:crypto'
import { lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../release/trouble'
import { compressLayer, type StoredLayer } from './compress-layer'
import { buildEnvironment } from './docker-environment'
import type { Exec } from './exec'
import { annotations, blobPath, hashFile, isDigest, type Layout, mediaTypes, readLayout } from './layout'
import { indexTar, type TarEntry } from './tar-index'

export interface SaveRequest {
  /** Where the layout goes. What an earlier build left there spares compressing the same layers again. */
  readonly dir: string
  readonly version: string
  /** Service → tag in the runner's Docker. */
  readonly tags: Readonly<Record<string, string>>
}

type Json = Record<string, unknown>

/** Layers compressed at the same time. zlib works outside the main thread, and runners have two cores or four. */
const parallel = 2
const memoFile = 'layers.json'

/**
 * Takes images out of the runner's Docker and lays them down as an OCI image layout.
 * The bytes depend on the images alone, so the same layer has the same digest in every run.
 *
 * @throws {Trouble} when Docker cannot save the images, or a link stands where the layout's folders belong.
 */
export async function saveLayout(exec: Exec, request: SaveRequest): Promise<Layout> {
  const { dir } = request
  await refuseLinks([dir, join(dir, 'blobs'), join(dir, 'blobs', 'sha256')])
  await mkdir(join(dir, 'blobs', 'sha256'), { recursive: true })
  const archive = join(dir, 'images.tar.part')
  try {
    await dockerSave(exec, archive, Object.values(request.tags))
    const files = await indexTar(archive)
    const saved = await readManifest(archive, files)
    const images = Object.entries(request.tags).map(([service, tag]) => ({
      service,
      image: findImage(saved, tag),
    }))
    const layers = await storeLayers(
      request.dir,
      archive,
      files,
      images.map(({ image }) => image),
    )
    const descriptors = []
    for (const { service, image } of images)
      descriptors.push(await storeImage(request, service, image, layers))
    await writeWhole(join(dir, 'oci-layout'), { imageLayoutVersion: '1.0.0' })
    await writeWhole(join(dir, 'index.json'), {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: descriptors,
    })
    await writeWhole(join(dir, memoFile), Object.fromEntries(layers))
  } finally {
    await rm(archive, { force: true })
  }
  const layout = await readLayout(dir)
  await removeOthers(layout)
  return layout
}

/** A checkout may bring anything under the layout's name; what is old in the layout is deleted, so it must be a folder. */
async function refuseLinks(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined || found.isDirectory()) continue
    throw new Trouble(
      `the layout's folder ${path}`,
      'is there already, and is a link or a file.',
      'Remove it from the repository, or choose another `layout`.',
    )
  }
}

async function dockerSave(exec: Exec, archive: string, tags: readonly string[]): Promise<void> {
  const args = ['save', '--output', archive, ...new Set(tags)]
  const { code, stderr } = await exec('docker', args, { env: buildEnvironment() })
  if (code === 0) return
  throw new Trouble(
    'docker save',
    stderr.trim() || `it ended with status ${code}.`,
    'Is the disk of the runner full?',
  )
}

interface SavedImage {
  readonly tags: readonly string[]
  readonly config: Buffer
  /** The files of the layers in the archive, lowest first, and the digests they have uncompressed. */
  readonly layers: readonly { path: string; diffId: string }[]
}

/** Docker before 25 and since, with either image store, writes a manifest.json that names configs and layers. */
async function readManifest(archive: string, files: Map<string, TarEntry>): Promise<SavedImage[]> {
  const manifest = JSON.parse((await readEntry(archive, files, 'manifest.json')).toString('utf8')) as {
    Config: string
    RepoTags: string[] | null
    Layers: string[] | null
  }[]
  return Promise.all(
    manifest.map(async ({ Config, RepoTags, Layers }) => {
      const config = await readEntry(archive, files, Config)
      const diffIds =
        (JSON.parse(config.toString('utf8')) as { rootfs: { diff_ids: string[] | null } }).rootfs.diff_ids ??
        []
      const paths = Layers ?? []
      if (paths.length !== diffIds.length || !diffIds.every(isDigest)) {
        throw new Error(`docker save wrote ${paths.length} layers for a config with ${diffIds.length}`)
      }
      const layers = paths.map((path, index) => ({ path, diffId: diffIds[index]! }))
      return { tags: RepoTags ?? [], config, layers }
    }),
  )
}

async function readEntry(archive: string, files: Map<string, TarEntry>, path: string): Promise<Buffer> {
  const entry = files.get(path)
  if (entry === undefined) throw new Error(`docker save wrote no ${path}`)
  const handle = await open(archive)
  try {
    const content = Buffer.alloc(entry.size)
    await handle.read(content, 0, entry.size, entry.offset)
    return content
  } finally {
    await handle.close()
  }
}

function findImage(saved: readonly SavedImage[], tag: string): SavedImage {
  const image = saved.find(({ tags }) => tags.some((each) => each.replace(/^docker\.io\//, '') === tag))
  if (image === undefined) throw new Error(`docker save wrote no image tagged ${tag}`)
  return image
}

/** Every layer once, compressed; what the layout already has is taken as it is. */
async function storeLayers(
  dir: string,
  archive: string,
  files: Map<string, TarEntry>,
  images: readonly SavedImage[],
): Promise<Map<string, StoredLayer>> {
  const memo = await readMemo(dir)
  const wanted = new Map(
    images.flatMap(({ layers }) => layers.map(({ diffId, path }) => [diffId, path] as const)),
  )
  const stored = new Map<string, StoredLayer>()
  const queue = wanted.entries()
  const worker = async () => {
    for (const [diffId, path] of queue) {
      const known = memo.get(diffId)
      if (known !== undefined && (await isIntact(dir, known))) stored.set(diffId, known)
      else stored.set(diffId, await compressFrom(dir, archive, files.get(path), diffId))
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return new Map([...stored].sort())
}

async function compressFrom(
  dir: string,
  archive: string,
  entry: TarEntry | undefined,
  diffId: string,
): Promise<StoredLayer> {
  if (entry === undefined) throw new Error(`docker save wrote no layer ${diffId}`)
  const part = join(dir, 'blobs', 'sha256', `${diffId.slice('sha256:'.length)}.part`)
  const layer = await compressLayer(archive, entry, part)
  if (layer.diffId !== diffId)
    throw new Error(`docker save wrote a layer ${layer.diffId} where ${diffId} belongs`)
  await rename(part, blobPath(dir, layer.digest))
  return { digest: layer.digest, size: layer.size, unpackedSize: layer.unpackedSize }
}

async function isIntact(dir: string, layer: StoredLayer): Promise<boolean> {
  try {
    const found = await hashFile(blobPath(dir, layer.digest))
    return found.digest === layer.digest && found.size === layer.size
  } catch {
    return false
  }
}

/** Uncompressed digest → blob, from the build before. A file that cannot be used is as good as none. */
async function readMemo(dir: string): Promise<Map<string, StoredLayer>> {
  try {
    const memo = JSON.parse(await readFile(join(dir, memoFile), 'utf8')) as Record<string, StoredLayer>
    const usable = Object.entries(memo).filter(
      ([diffId, { digest, size, unpackedSize }]) =>
        isDigest(diffId) &&
        isDigest(digest) &&
        Number.isSafeInteger(size) &&
        Number.isSafeInteger(unpackedSize),
    )
    return new Map(usable)
  } catch {
    return new Map()
  }
}

async function storeImage(
  { dir, version }: SaveRequest,
  service: string,
  image: SavedImage,
  stored: Map<string, StoredLayer>,
): Promise<Json> {
  const layers = image.layers.map(({ diffId }) => {
    const { digest, size, unpackedSize } = stored.get(diffId)!
    return {
      mediaType: mediaTypes.layer,
      digest,
      size,
      annotations: { [annotations.unpackedSize]: String(unpackedSize) },
    }
  })
  const config = await storeSmall(dir, mediaTypes.config, image.config)
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers }
  const descriptor = await storeSmall(dir, mediaTypes.manifest, Buffer.from(JSON.stringify(manifest)))
  return {
    ...descriptor,
    annotations: {
      [annotations.service]: service,
      [annotations.version]: version,
      [annotations.reference]: service,
    },
  }
}

async function storeSmall(dir: string, mediaType: string, content: Buffer) {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
  await writeFile(blobPath(dir, digest), content)
  return { mediaType, digest, size: content.length }
}

async function writeWhole(path: string, content: unknown): Promise<void> {
  await writeFile(`${path}.part`, `${JSON.stringify(content, null, 2)}\n`)
  await rename(`${path}.part`, path)
}

/** Blobs of earlier builds, so that a folder that is kept does not grow for ever. */
async function removeOthers({ dir, blobs }: Layout): Promise<void> {
  const folder = join(dir, 'blobs', 'sha256')
  for (const name of await readdir(folder)) {
    if (!Object.hasOwn(blobs, `sha256:${name}`)) await rm(join(folder, name), { force: true })
  }
}
