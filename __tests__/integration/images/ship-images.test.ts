// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are texts that Compose and bake would evaluate
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { prelude } from '../../../src/host/libraries'
import { renderProgram } from '../../../src/host/program'
import { blobPath, type Layout, type LayoutImage, readLayout } from '../../../src/images/layout'
import { imageCalls, type PullPlan, pullLibrary, throughTunnel } from '../../../src/images/pull'
import { type LayoutRegistry, serveLayout } from '../../../src/images/registry'
import { saveLayout } from '../../../src/images/save-layout'
import { localExec } from './local-exec'
import { SampleProduct } from './sample-product'

/** The way of an image from a checkout to a Docker, without SSH: build, layout, registry, pull. */
describe('the way of the images', () => {
  let product: SampleProduct
  beforeAll(async () => {
    product = await SampleProduct.make()
  })
  afterAll(() => product.remove())

  const program = (plan: PullPlan) =>
    renderProgram(
      [`set -eu\nkw_nonce=n kw_step= kw_base='${product.dir}/host'`, prelude, pullLibrary],
      imageCalls(plan),
    )

  async function pull(
    layout: Layout,
    release: string,
    change: (plan: PullPlan) => PullPlan = (plan) => plan,
  ) {
    const registry = serveLayout(layout)
    const tunnel = await Tunnel.open(registry)
    try {
      const plan = change({
        app: product.app,
        release,
        layout,
        from: throughTunnel(product.app, tunnel.port, registry.password),
      })
      const ended = await localExec('sh', [], { stdin: program(plan) })
      expect(await readdir(join(product.dir, 'host', 'runs'))).toEqual([])
      return { ...ended, bytes: registry.bytesSent, blobs: registry.blobsSent }
    } finally {
      registry.close()
      await tunnel.close()
    }
  }

  const idOf = async (reference: string) =>
    (await localExec('docker', ['image', 'inspect', '--format', '{{.Id}}', reference])).stdout.trim()

  let first: Layout

  it('builds, saves, serves and pulls; the id is the recorded one', async () => {
    first = await product.build('1.0.0')
    expect(Object.keys(first.images).sort()).toEqual(['other', 'web', 'worker'])
    expect(first.images.worker).toEqual(first.images.web)
    expect(first.images.web).toMatchObject({
      os: 'linux',
      architecture: expect.stringMatching(/^(amd64|arm64)$/),
    })
    const labels = await localExec('docker', [
      'image',
      'inspect',
      '--format',
      '{{json .Config.Labels}}',
      product.tag('web', '1.0.0'),
    ])
    expect(JSON.parse(labels.stdout)).toEqual({
      says: 'a ${b} %{c} "d"',
      'org.opencontainers.image.revision': 'abc123',
      'org.opencontainers.image.version': '1.0.0',
    })
    await product.forget(first, '1.0.0')

    const pulled = await pull(first, '1.0.0')
    expect(pulled).toMatchObject({ code: 0, stderr: '' })
    expect(pulled.bytes).toBeGreaterThan(SampleProduct.bigSize)
    for (const [service, { configDigest, manifestDigest }] of Object.entries(first.images)) {
      expect([configDigest, manifestDigest]).toContain(await idOf(product.tag(service, '1.0.0')))
    }
    const left = await localExec('docker', ['image', 'ls', '--digests', '--format', '{{.Repository}}'])
    expect(left.stdout).not.toMatch(new RegExp(`127\\.0\\.0\\.1.*${product.app}`))
  })

  it('moves nothing when the images are there already', async () => {
    expect(await pull(first, '1.0.0')).toMatchObject({ code: 0, bytes: 0, blobs: 0 })
  })

  it('moves the last layer and little more after a small change', async () => {
    await product.change('two')
    const big = blobPath(product.layoutDir, first.images.web!.layers[0]!.digest)
    const { ino } = await stat(big)
    const second = await product.build('1.0.1')
    expect((await stat(big)).ino).toBe(ino) // not compressed again
    expect(second.images.web!.layers[0]).toEqual(first.images.web!.layers[0])
    expect(second.images.web!.layers[1]).not.toEqual(first.images.web!.layers[1])
    await product.forget(second, '1.0.1')

    const pulled = await pull(second, '1.0.1')
    expect(pulled).toMatchObject({ code: 0 })
    expect(pulled.bytes).toBeGreaterThan(0)
    expect(pulled.bytes).toBeLessThan(16 * 1024)
  })

  it('keeps the folder free of what earlier builds left', async () => {
    const layout = await readLayout(product.layoutDir)
    const blobs = await readdir(join(product.layoutDir, 'blobs', 'sha256'))
    expect(blobs.map((name) => `sha256:${name}`).sort()).toEqual(Object.keys(layout.blobs).sort())

    const memo = JSON.parse(await readFile(join(product.layoutDir, 'layers.json'), 'utf8')) as object
    expect(Object.keys(memo).sort()).toEqual(
      [
        ...new Set(Object.values(layout.images).flatMap(({ layers }) => layers.map(({ diffId }) => diffId))),
      ].sort(),
    )
  })

  it('gives the same bytes wherever the layout is made', async () => {
    const tags = Object.fromEntries(
      ['web', 'other'].map((service) => [service, product.tag(service, '1.0.1')]),
    )
    const again = await saveLayout(localExec, { dir: join(product.dir, 'elsewhere'), version: '1.0.1', tags })
    const { worker: _, ...images } = (await readLayout(product.layoutDir)).images
    expect(again.images).toEqual(images)
  })

  it('builds for hosts of another architecture', async () => {
    const other = first.images.web!.architecture === 'arm64' ? 'amd64' : 'arm64'
    const { images } = await product.build('1.0.2', `linux/${other}`)
    expect(Object.values(images).map(({ architecture }) => architecture)).toEqual([other, other, other])
  })

  describe('when something is wrong', () => {
    let layout: Layout
    beforeAll(async () => {
      layout = await product.build('2.0.0')
      await product.forget(layout, '2.0.0')
    })
    const withImage = (service: string, change: Partial<LayoutImage>) => (plan: PullPlan) => ({
      ...plan,
      layout: { ...layout, images: { [service]: { ...layout.images[service]!, ...change } } },
    })

    it('refuses another password', async () => {
      const pulled = await pull(layout, '2.0.0', (plan) => ({
        ...plan,
        from: { ...plan.from, password: '0'.repeat(64) },
      }))
      expect(pulled).toMatchObject({ code: 70, bytes: 0 })
      expect(pulled.stdout).toMatch(
        /"code":"image-pull","message":"Docker could not pull kawasemi\/.*unauthorized|authentication required/,
      )
    })

    it('fails by name when the registry does not have the digest', async () => {
      const pulled = await pull(
        layout,
        '2.0.0',
        withImage('other', { manifestDigest: `sha256:${'1'.repeat(64)}` }),
      )
      expect(pulled.code).toBe(70)
      expect(pulled.stdout).toMatch(
        /"code":"image-pull","message":"Docker could not pull kawasemi\/[^"]*-other:2\.0\.0: .*(manifest unknown|not found)/,
      )
    })

    /** A `docker` that only writes down what it was asked, and answers by `script`. */
    async function pullWithShim(script: string) {
      const shim = await mkdtemp(join(product.dir, 'shim-'))
      await writeFile(join(shim, 'docker'), `#!/bin/sh\nprintf '%s\\n' "$*" >>'${shim}/argv'\n${script}\n`, {
        mode: 0o755,
      })
      const plan = {
        app: product.app,
        release: '2.0.0',
        layout,
        from: throughTunnel(product.app, 1, 'seCRet'),
      }
      const ended = await localExec('sh', [], {
        stdin: program(plan),
        env: { PATH: `${shim}:${process.env.PATH}` },
      })
      return { ...ended, argv: await readFile(join(shim, 'argv'), 'utf8') }
    }

    it('fails by name when the image is not the one that was built, and tags nothing', async () => {
      const other = `sha256:${'0'.repeat(64)}`
      const pulled = await pullWithShim(
        `case "$*" in *kawasemi/*:2.0.0) exit 1 ;; "image inspect"*) echo ${other} ;; esac`,
      )
      expect(pulled.code).toBe(70)
      expect(pulled.stdout).toContain(
        `"code":"image-mismatch","message":"${product.tag('web', '2.0.0')} is ${other}, but `,
      )
      expect(pulled.argv).not.toMatch(/^tag /m)
    })

    it('has not the password among the arguments of any process', async () => {
      const pulled = await pullWithShim('exit 1')
      expect(pulled.code).toBe(70)
      expect(pulled.argv).toContain('pull -q 127.0.0.1:1/kawasemi/')
      expect(pulled.argv).not.toMatch(/seCRet|a2F3YXNlbWk6/)
    })
  })
})

class Tunnel {
  private readonly sockets = new Set<Socket>()

  private constructor(private readonly server: Server) {}

  static async open(registry: LayoutRegistry): Promise<Tunnel> {
    const server = createServer()
    const tunnel = new Tunnel(server)
    server.on('connection', (socket) => {
      tunnel.sockets.add(socket)
      registry.handle(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return tunnel
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
