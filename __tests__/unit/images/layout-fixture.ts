import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export const sha256 = (content: Buffer | string) =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`

// biome-ignore lint/suspicious/noExplicitAny: a test bends these into every shape
type Loose = any

/** The parts of a small good layout. A test changes them before they are written. */
export interface Parts {
  index: Loose
  manifest: Loose
  config: Loose
  layer: Buffer
}

const descriptor = (mediaType: string, content: Buffer | string) => ({
  mediaType: `application/vnd.oci.image.${mediaType}`,
  digest: sha256(content),
  size: Buffer.byteLength(content),
})

/** Writes a layout; each function may change what is about to be written, and what was made from it follows. */
export function writeLayout(change: { [K in keyof Parts]?: (part: Parts[K]) => void } = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'kawasemi-layout-'))
  mkdirSync(join(dir, 'blobs', 'sha256'), { recursive: true })
  const put = (content: Buffer | string) =>
    writeFileSync(join(dir, 'blobs', 'sha256', sha256(content).slice('sha256:'.length)), content)
  const raw = Buffer.alloc(10_240, 'layer')
  const layer = gzipSync(raw)
  change.layer?.(layer)
  put(layer)
  const config: Loose = {
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    rootfs: { type: 'layers', diff_ids: [sha256(raw)] },
  }
  change.config?.(config)
  put(JSON.stringify(config))
  const manifest: Loose = {
    schemaVersion: 2,
    config: descriptor('config.v1+json', JSON.stringify(config)),
    layers: [
      {
        ...descriptor('layer.v1.tar+gzip', layer),
        annotations: { 'io.kawasemi.unpacked-size': String(raw.length) },
      },
    ],
  }
  change.manifest?.(manifest)
  put(JSON.stringify(manifest))
  const index: Loose = {
    schemaVersion: 2,
    manifests: ['web', 'worker'].map((service) => ({
      ...descriptor('manifest.v1+json', JSON.stringify(manifest)),
      annotations: { 'io.kawasemi.service': service, 'org.opencontainers.image.version': '1.2.3' },
    })),
  }
  change.index?.(index)
  writeFileSync(join(dir, 'index.json'), JSON.stringify(index))
  writeFileSync(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return dir
}
