import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Exec } from '../../../src/images/exec'
import { blobPath, type Layout } from '../../../src/images/layout'
import { saveLayout } from '../../../src/images/save-layout'
import { Trouble } from '../../../src/release/trouble'
import { sha256 } from './layout-fixture'

const base = Buffer.alloc(20_480, 'base')
const top = Buffer.alloc(2048, 'top')
const config = JSON.stringify({
  os: 'linux',
  architecture: 'amd64',
  rootfs: { type: 'layers', diff_ids: [sha256(base), sha256(top)] },
})
const hex = (content: Buffer | string) => sha256(content).slice('sha256:'.length)
const tags = { web: 'kawasemi/shop-web:1', worker: 'kawasemi/shop-worker:1' }

/** What `docker save` writes: paths and contents, links as `-> target`; and its manifest. */
interface Saved {
  files: Record<string, Buffer | string>
  manifest: object[]
}

const legacy: Saved = {
  files: {
    'aa/layer.tar': base,
    'bb/layer.tar': '-> ../aa/layer.tar',
    'cc/layer.tar': top,
    [`${hex(config)}.json`]: config,
  },
  manifest: Object.values(tags).map((tag, index) => ({
    Config: `${hex(config)}.json`,
    RepoTags: [tag],
    Layers: [['aa/layer.tar', 'bb/layer.tar'][index], 'cc/layer.tar'],
  })),
}

const blob = (content: Buffer | string) => `blobs/sha256/${hex(content)}`
const modern = (...layers: Buffer[]): Saved => ({
  files: Object.fromEntries([...layers, config].map((content) => [blob(content), content])),
  manifest: [{ Config: blob(config), RepoTags: Object.values(tags), Layers: layers.map(blob) }],
})

describe('saveLayout', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kawasemi-save-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const dockerWith = (saved: Saved): Exec => {
    return async (_, [command, flag, archive, ...asked]) => {
      expect([command, flag, asked]).toEqual(['save', '--output', Object.values(tags)])
      const folder = mkdtempSync(join(dir, 'saved-'))
      for (const [path, content] of Object.entries({
        ...saved.files,
        'manifest.json': JSON.stringify(saved.manifest),
      })) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        if (typeof content === 'string' && content.startsWith('-> '))
          symlinkSync(content.slice(3), join(folder, path))
        else writeFileSync(join(folder, path), content)
      }
      execFileSync('tar', ['-c', '--sort=name', '-f', archive!, '-C', folder, '.'])
      return { code: 0, stdout: '', stderr: '' }
    }
  }
  const save = (saved: Saved, name = 'layout') =>
    saveLayout(dockerWith(saved), { dir: join(dir, name), version: '1', tags })
  const unpacked = (layout: Layout, service: string) =>
    layout.images[service]!.layers.map(({ digest }) => gunzipSync(readFileSync(blobPath(layout.dir, digest))))

  it.each(['.', 'blobs', 'blobs/sha256'])('deletes nothing through a link at %s', async (path) => {
    const precious = join(dir, 'precious')
    mkdirSync(precious)
    writeFileSync(join(precious, 'file'), '')
    mkdirSync(dirname(join(dir, 'layout', path)), { recursive: true })
    symlinkSync(precious, join(dir, 'layout', path))
    await expect(save(legacy)).rejects.toThrow(Trouble)
    expect(readdirSync(precious)).toEqual(['file'])
  })

  it.each([
    ['Docker before 25 writes it', legacy],
    ['Docker writes it since 25', modern(base, top)],
    ['the containerd store has it, compressed', modern(gzipSync(base), gzipSync(top))],
  ])('lays down an image as %s', async (_, saved) => {
    const layout = await save(saved)
    for (const service of ['web', 'worker']) {
      expect(unpacked(layout, service)).toEqual([base, top])
      expect(layout.images[service]).toMatchObject({
        configDigest: sha256(config),
        unpackedSize: base.length + top.length,
      })
    }
  })

  it('leaves a layer as it is that is compressed already', async () => {
    const packed = gzipSync(base, { level: 9 })
    const layout = await save(modern(packed, top))
    expect(layout.images.web!.layers[0]!.digest).toBe(sha256(packed))
  })

  it('makes the same of either form', async () => {
    expect((await save(legacy, 'one')).images).toEqual((await save(modern(base, top), 'other')).images)
  })

  it('makes a layer again whose file in a kept folder was damaged', async () => {
    const { images, dir: folder } = await save(legacy)
    const { digest } = images.web!.layers[0]!
    writeFileSync(blobPath(folder, digest), 'damaged')
    expect((await save(legacy)).images).toEqual(images)
  })

  it('does without a list of known layers that makes no sense', async () => {
    const { images, dir: folder } = await save(legacy)
    for (const list of [
      '',
      '[1',
      '{"a":null}',
      JSON.stringify({ [sha256(base)]: { digest: '../../x', size: 1 } }),
    ]) {
      writeFileSync(join(folder, 'layers.json'), list)
      expect((await save(legacy)).images).toEqual(images)
    }
  })

  it('refuses a layer that is not what the config says', async () => {
    const other = Buffer.alloc(2048, 'other')
    await expect(save(modern(base, other))).rejects.toThrow(/a layer sha256:\w+ where sha256:\w+ belongs/)
  })

  it('says what Docker says when it cannot save', async () => {
    const exec: Exec = async () => ({ code: 1, stdout: '', stderr: 'no space left on device\n' })
    const saved = saveLayout(exec, { dir: join(dir, 'layout'), version: '1', tags })
    await expect(saved).rejects.toBeInstanceOf(Trouble)
    await expect(saved).rejects.toThrow(/no space left on device/)
  })
})
