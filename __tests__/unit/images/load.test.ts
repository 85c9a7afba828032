import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { prelude } from '../../../src/host/libraries'
import { call, renderProgram } from '../../../src/host/program'
import { archiveOf } from '../../../src/images/archive'
import { blobPath, type Layout, readLayout } from '../../../src/images/layout'
import { loadCalls, loadLibrary } from '../../../src/images/load'
import { pullLibrary } from '../../../src/images/pull'
import { sha256, writeLayout } from './layout-fixture'

let dir: string
let layout: Layout
beforeEach(async () => {
  dir = writeLayout()
  layout = await readLayout(dir)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const collect = async (bytes: AsyncIterable<Buffer>) => {
  const parts: Buffer[] = []
  for await (const part of bytes) parts.push(part)
  return Buffer.concat(parts)
}

/** The archive as GNU tar unpacks it. */
async function unpack(known: number) {
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-archive-'))
  try {
    const images = Object.entries(layout.images).map(([service, image]) => ({
      tag: `kawasemi/shop-${service}:r1`,
      image,
      known,
    }))
    const input = await collect(archiveOf(layout, images))
    expect(spawnSync('tar', ['-C', folder, '-xf', '-'], { input }).stderr.toString()).toBe('')
    const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
    const blobs = readdirSync(join(folder, 'blobs/sha256')).sort()
    for (const name of blobs)
      expect(sha256(readFileSync(join(folder, 'blobs/sha256', name)))).toBe(`sha256:${name}`)
    return { saved: json('manifest.json'), index: json('index.json'), blobs }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('the archive', () => {
  test('holds each image in the words of both stores, and each blob once', async () => {
    const { saved, index, blobs } = await unpack(0)
    const { configDigest, manifestDigest, layers } = layout.images.web!
    expect(saved).toEqual(
      ['web', 'worker'].map((service) => ({
        Config: `blobs/sha256/${configDigest.slice(7)}`,
        RepoTags: [`kawasemi/shop-${service}:r1`],
        Layers: [`blobs/sha256/${layers[0]!.digest.slice(7)}`],
      })),
    )
    expect(index.manifests.map((each: { digest: string }) => each.digest)).toEqual([
      manifestDigest,
      manifestDigest,
    ])
    expect(index.manifests[0].annotations['io.containerd.image.name']).toBe('docker.io/kawasemi/shop-web:r1')
    expect(blobs).toEqual(
      Object.keys(layout.blobs)
        .map((digest) => digest.slice(7))
        .sort(),
    )
  })

  test('leaves out the layers that are there', async () => {
    const { saved, blobs } = await unpack(1)
    const layer = layout.images.web!.layers[0]!.digest.slice(7)
    expect(saved[0].Layers).toEqual([`blobs/sha256/${layer}`])
    expect(blobs).not.toContain(layer)
    expect(blobs).toHaveLength(2)
  })

  test('does not end well when a blob changed meanwhile', async () => {
    const { digest, size } = layout.images.web!.layers[0]!
    writeFileSync(blobPath(dir, digest), Buffer.alloc(size))
    await expect(unpack(0)).rejects.toThrow(/changed while it was being sent/)
    writeFileSync(blobPath(dir, digest), Buffer.alloc(size + 1))
    await expect(unpack(0)).rejects.toThrow(/changed while it was being sent/)
  })
})

test('gets exactly four words for each image, whatever the services are called', () => {
  const printer = `load_images() { printf '[%s]' "$@"; }\nload_check() { shift 0; }\nbegin() { :; }\nend() { :; }`
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 3 }), (services) => {
      const images = Object.fromEntries(services.map((name) => [name, layout.images.web!]))
      const calls = loadCalls({ app: 'shop', release: 'r1', layout: { ...layout, images } }, 'classic')
      const { stdout } = spawnSync('sh', [], { input: renderProgram([printer], calls), encoding: 'utf8' })
      const [store, ...words] = [...stdout.matchAll(/\[([^[\]]*)\]/g)].map(([, word]) => word)
      expect(store).toBe('classic')
      expect(words).toHaveLength(4 * services.length)
    }),
    { numRuns: 40 },
  )
})

describe('on the host', () => {
  let run: string
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'kawasemi-load-'))
    mkdirSync(join(run, 'bin'))
  })
  afterEach(() => rmSync(run, { recursive: true, force: true }))

  /** Runs with a `docker` that knows images by lines `ID LAYERS…`. */
  function loading(store: string, own: string, chains: string) {
    writeFileSync(join(run, 'images'), chains)
    const docker = `#!/bin/sh
case "$1 $2" in
  'image ls') cut -d ' ' -f 1 '${run}/images' ;;
  'image inspect') [ "$4" != '{{.Id}}' ] || exit 1; shift 4; for id; do grep "^$id " '${run}/images' | cut -d ' ' -f 2-; done ;;
  *) exit 1 ;;
esac
`
    writeFileSync(join(run, 'bin/docker'), docker, { mode: 0o755 })
    const program = renderProgram(
      [
        `set -eu; kw_nonce=n kw_run='${run}' kw_step=`,
        prelude,
        pullLibrary,
        loadLibrary,
        'load_stream() { :; }',
      ],
      [call('load_images', store, 'shop-web:r1', 'sha256:c', 'sha256:m', own)],
    )
    const env = { ...process.env, PATH: `${run}/bin:${process.env.PATH}` }
    const { stdout, stderr, status } = spawnSync('sh', [], { input: program, encoding: 'utf8', env })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    return JSON.parse(/\{"tag".*?\}/.exec(stdout)![0]) as unknown
  }

  test.each([
    ['none', 'a b c', '', 0],
    ['another', 'a b c', 'i1 x y\n', 0],
    ['the same layer higher up', 'a b c', 'i1 x a b c\n', 0],
    ['one with the same base', 'a b c', 'i1 a b x\ni2 a y\n', 2],
    ['all of it and more', 'a b c', 'i1 a b c d\n', 3],
    ['a shorter one', 'a b c', 'i1 a\n', 1],
    ['one without layers', 'a b c', 'i1 \n', 0],
  ])('of the images there, %s', (_, own, chains, known) => {
    expect(loading('classic', own, chains)).toEqual({ tag: 'shop-web:r1', known })
  })

  test('the containerd store is sent all', () => {
    expect(loading('containerd', 'a b c', 'i1 a b c\n')).toEqual({ tag: 'shop-web:r1', known: 0 })
  })
})
