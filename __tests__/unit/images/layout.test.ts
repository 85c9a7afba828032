import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { blobPath, readLayout } from '../../../src/images/layout'
import { Trouble } from '../../../src/release/trouble'
import { writeLayout } from './layout-fixture'

const made: string[] = []
const make: typeof writeLayout = (change) => {
  const dir = writeLayout(change)
  made.push(dir)
  return dir
}
const blobs = (dir: string) =>
  readdirSync(join(dir, 'blobs', 'sha256')).map((name) => join(dir, 'blobs', 'sha256', name))

afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true })
})

describe('readLayout', () => {
  it('tells what is in a good one', async () => {
    const layout = await readLayout(make())
    expect(layout.version).toBe('1.2.3')
    expect(Object.keys(layout.images)).toEqual(['web', 'worker'])
    const { web } = layout.images
    expect(web).toMatchObject({ os: 'linux', architecture: 'arm64', variant: 'v8', unpackedSize: 10_240 })
    expect(web!.layers).toHaveLength(1)
    expect(web!.size).toBe(web!.layers[0]!.size)
    expect(Object.keys(layout.blobs).sort()).toEqual(
      [web!.manifestDigest, web!.configDigest, web!.layers[0]!.digest].sort(),
    )
    expect(layout.bytes).toBe(Object.values(layout.blobs).reduce((sum, { size }) => sum + size, 0))
  })

  const bad: [string, Parameters<typeof writeLayout>[0], RegExp][] = [
    ['a digest that leads out', { index: (i) => (i.manifests[0].digest = 'sha256:../../../../etc/passwd') }, /no sha256 digest/],
    ['a digest of another kind', { index: (i) => (i.manifests[0].digest = `md5:${'0'.repeat(32)}`) }, /no sha256 digest/],
    ['a digest with a line end', { index: (i) => (i.manifests[0].digest += '\n') }, /no sha256 digest/],
    ['an unknown digest', { index: (i) => (i.manifests[0].digest = `sha256:${'0'.repeat(64)}`) }, /is missing/],
    ['a wrong size', { manifest: (m) => (m.layers[0].size += 1) }, /bytes, and \d+ are announced/],
    ['a size that is none', { manifest: (m) => (m.layers[0].size = -1) }, /has no size/],
    ['an index inside', { index: (i) => (i.manifests[0].mediaType = 'application/vnd.oci.image.index.v1+json') }, /should be of the type/],
    ['a layer that is elsewhere', { manifest: (m) => (m.layers[0].mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip') }, /should be of the type/],
    ['a blob in two roles', { manifest: (m) => (m.layers[0] = { ...m.config, mediaType: m.layers[0].mediaType }) }, /described in two ways/],
    ['layers without diff ids', { config: (c) => (c.rootfs.diff_ids = []) }, /different layers/],
    ['a diff id that is none', { config: (c) => (c.rootfs.diff_ids = ['x']) }, /does not name its layers/],
    ['no platform', { config: (c) => delete c.architecture }, /no platform/],
    ['a platform with shell in it', { config: (c) => (c.os = '$(reboot)') }, /no platform/],
    ['a service with shell in it', { index: (i) => (i.manifests[0].annotations['io.kawasemi.service'] = 'a;b') }, /names no service/],
    ['a service twice', { index: (i) => (i.manifests[1] = i.manifests[0]) }, /two images for the service web/],
    ['two versions', { index: (i) => (i.manifests[1].annotations['org.opencontainers.image.version'] = '9') }, /different versions/],
    ['a version that is none', { index: (i) => (i.manifests[0].annotations['org.opencontainers.image.version'] = 'a\nb') }, /no version/],
    ['an unpacked size that is none', { manifest: (m) => (m.layers[0].annotations = {}) }, /no unpacked size/],
    ['nothing', { index: (i) => (i.manifests = []) }, /no image/],
    ['too many images', { index: (i) => (i.manifests = Array(101).fill(i.manifests[0])) }, /more than 100/],
    ['too many layers', { manifest: (m) => (m.layers = Array(513).fill(m.layers[0])) }, /more than 512/],
    ['null for a manifest', { index: (i) => (i.manifests[0] = null) }, /names no service/],
  ] // biome-ignore format: a table
  it.each(bad)('refuses %s', async (_, change, message) => {
    const read = readLayout(make(change))
    await expect(read).rejects.toBeInstanceOf(Trouble)
    await expect(read).rejects.toThrow(message)
  })

  it('refuses a blob that is a link or a pipe, even to the right content', async () => {
    for (const replace of [
      (path: string) => {
        renameSync(path, `${path}.moved`)
        symlinkSync(`${path}.moved`, path)
      },
      (path: string) => {
        rmSync(path)
        execFileSync('mkfifo', [path])
      },
    ]) {
      const dir = make()
      replace(blobs(dir)[0]!)
      await expect(readLayout(dir)).rejects.toBeInstanceOf(Trouble)
    }
  })

  it('names a folder that holds no layout', async () => {
    await expect(readLayout('/nonexistent/layout')).rejects.toThrow(
      /image layout \/nonexistent\/layout: .*is missing/,
    )
  })

  it('sees one changed byte in any blob', async () => {
    const dir = make()
    const good = blobs(dir).map((path) => ({ path, content: readFileSync(path) }))
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, flip) => {
        const { path, content } = good[which % good.length]!
        const changed = Buffer.from(content)
        changed[where % content.length]! ^= flip
        writeFileSync(path, changed)
        await expect(readLayout(dir)).rejects.toBeInstanceOf(Trouble)
        writeFileSync(path, content)
      }),
    )
    await expect(readLayout(dir)).resolves.toBeDefined()
  })

  it('answers or refuses whatever stands in index.json, and never breaks', async () => {
    const dir = make()
    const good = JSON.parse(readFileSync(join(dir, 'index.json'), 'utf8'))
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom(0, 1, 2, 3), async (value, depth) => {
        const index = structuredClone(good)
        if (depth === 1) index.manifests = value
        if (depth === 2) index.manifests[0] = value
        if (depth === 3) index.manifests[0].annotations = value
        writeFileSync(join(dir, 'index.json'), JSON.stringify(depth === 0 ? value : index))
        await expect(readLayout(dir)).rejects.toBeInstanceOf(Trouble)
      }),
    )
  })
})

describe('blobPath', () => {
  it('stays inside the folder or throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^sha256:[0-9a-f./]{60,70}$/)), (digest) => {
        let path: string
        try {
          path = blobPath('/layout', digest)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          return
        }
        expect(path).toMatch(/^\/layout\/blobs\/sha256\/[0-9a-f]{64}$/)
      }),
    )
  })
})
