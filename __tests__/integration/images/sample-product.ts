// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are texts that Compose and bake would evaluate
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImages } from '../../../src/images/build'
import type { ComposeModel } from '../../../src/images/compose-config'
import type { Layout } from '../../../src/images/layout'
import { imageTag } from '../../../src/images/names'
import { saveLayout } from '../../../src/images/save-layout'
import { localExec } from './local-exec'

/** A product of three services and two images that need no base: a large layer below a small one, and one file. */
export class SampleProduct {
  static readonly bigSize = 2 * 1024 * 1024
  readonly app = `sample-${randomBytes(3).toString('hex')}`
  readonly layoutDir: string
  private readonly tags = new Set<string>()

  private constructor(readonly dir: string) {
    this.layoutDir = join(dir, 'layout')
  }

  static async make(): Promise<SampleProduct> {
    const product = new SampleProduct(await mkdtemp(join(tmpdir(), 'kawasemi-sample-')))
    const { dir } = product
    await mkdir(join(dir, 'web'))
    await mkdir(join(dir, 'other'))
    await writeFile(join(dir, 'web', 'big'), randomBytes(SampleProduct.bigSize))
    const web = 'FROM scratch\nARG SAYS\nLABEL says=$SAYS\nCOPY big /\nCOPY small /\nCMD ["/small"]\n'
    await writeFile(join(dir, 'web', 'Dockerfile'), web)
    await writeFile(join(dir, 'other', 'file'), `static ${product.app}\n`)
    await writeFile(join(dir, 'other', 'Dockerfile'), 'FROM scratch\nCOPY file /\n')
    await product.change('one')
    return product
  }

  /** A change in the last layer. */
  change(text: string): Promise<void> {
    return writeFile(join(this.dir, 'web', 'small'), `${text}\n`)
  }

  async build(version: string, platform?: string): Promise<Layout> {
    const lines: string[] = []
    const tags = await buildImages(localExec, {
      app: this.app,
      release: version,
      version,
      revision: 'abc123',
      model: this.model(),
      projectDir: this.dir,
      secrets: {},
      secretFiles: {},
      env: {},
      ...(platform !== undefined && { platform }),
      onLine: (line) => lines.push(line),
    })
    for (const tag of Object.values(tags)) this.tags.add(tag)
    expect(lines.join('\n')).toContain('COPY file /')
    return saveLayout(localExec, { dir: this.layoutDir, version, tags })
  }

  private model(): ComposeModel {
    const web = {
      context: join(this.dir, 'web'),
      dockerfile: 'Dockerfile',
      args: { SAYS: 'a $${b} %{c} "d"' },
    }
    return {
      name: 'sample',
      services: {
        web: { build: web },
        worker: { build: { ...web } },
        other: { build: { context: join(this.dir, 'other') } },
        db: { image: 'postgres:15-alpine' },
      },
    }
  }

  tag(service: string, version: string): string {
    return imageTag(this.app, service, version)
  }

  /** Takes a version's images out of the runner's Docker. */
  async forget(layout: Layout, version: string): Promise<void> {
    const tags = Object.keys(layout.images).map((service) => this.tag(service, version))
    expect(await localExec('docker', ['image', 'rm', '--force', ...tags])).toMatchObject({ code: 0 })
  }

  /** A copy of the layout as it is, since the next build takes its place. */
  async keep(name: string): Promise<string> {
    const copy = join(this.dir, name)
    await cp(this.layoutDir, copy, { recursive: true })
    return copy
  }

  async remove(): Promise<void> {
    await localExec('docker', ['image', 'rm', '--force', ...this.tags])
    await rm(this.dir, { recursive: true })
  }
}
