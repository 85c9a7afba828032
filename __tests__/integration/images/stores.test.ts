import { type LabServer, startServer } from '../../../lab/server'
import { type Connection, connect } from '../../../src/host/connection'
import { prelude } from '../../../src/host/libraries'
import { renderProgram } from '../../../src/host/program'
import type { Layout } from '../../../src/images/layout'
import { imageCalls, pullLibrary } from '../../../src/images/pull'
import { serveLayout } from '../../../src/images/registry'
import { SampleProduct } from './sample-product'

jest.setTimeout(180_000)

/** Docker's containerd image store, which the kernel only takes on a disk of its own kind. */
const useContainerdStore = `set -eu
systemctl stop docker.socket docker containerd
mkdir -p /var/lib/docker/containerd-store /var/lib/containerd /etc/docker
mount --bind /var/lib/docker/containerd-store /var/lib/containerd
echo '{"features":{"containerd-snapshotter":true}}' >/etc/docker/daemon.json
systemctl start containerd docker`

describe("images on a server, through its SSH connection's tunnel", () => {
  let product: SampleProduct
  let server: LabServer
  let connection: Connection
  let first: Layout
  let second: Layout

  beforeAll(async () => {
    product = await SampleProduct.make()
    first = await product.build('1.0.0')
    first = { ...first, dir: await product.keep('first') }
    await product.change('two')
    second = await product.build('1.0.1')
    server = await startServer({ name: 'stores' })
    const { sshHost: address, sshPort: port, user, privateKey, hostKeys: knownHosts } = server
    connection = await connect({ address, port, user, privateKey, knownHosts })
  })
  afterAll(async () => {
    await connection?.close()
    await server?.stop()
    await product?.remove()
  })

  async function pull(layout: Layout, release: string) {
    const registry = serveLayout(layout)
    const listener = await connection.listen((stream) => registry.handle(stream))
    const plan = { app: product.app, release, layout, port: listener.port, password: registry.password }
    const program = renderProgram(
      ['set -eu\nkw_nonce=n kw_step= kw_base="$HOME/base"', prelude, pullLibrary],
      imageCalls(plan),
    )
    const printed: string[] = []
    try {
      const { code } = await connection.run(program, (line) => printed.push(line))
      expect({ code, printed: code === 0 ? [] : printed }).toEqual({ code: 0, printed: [] })
      return registry.bytesSent
    } finally {
      await listener.close()
      registry.close()
    }
  }

  const ids = async (release: string) => {
    const tags = ['web', 'worker', 'other'].map((service) => product.tag(service, release)).join(' ')
    return (await server.exec(`docker image inspect --format '{{.Id}}' ${tags}`)).stdout.trim().split('\n')
  }

  async function deployTwice(digest: 'configDigest' | 'manifestDigest') {
    expect(await pull(first, '1.0.0')).toBeGreaterThan(SampleProduct.bigSize)
    expect(await pull(second, '1.0.1')).toBeLessThan(16 * 1024)
    expect(await pull(second, '1.0.1')).toBe(0)
    await server.exec('docker image prune --force')
    for (const [layout, release] of [
      [first, '1.0.0'],
      [second, '1.0.1'],
    ] as const) {
      const { web, worker, other } = layout.images
      expect(await ids(release)).toEqual([web, worker, other].map((image) => image![digest]))
    }
    const names = await server.exec("docker image ls --format '{{.Repository}}:{{.Tag}}'")
    expect(names.stdout).not.toContain('127.0.0.1')
  }

  it("knows them by their configs in Docker's classic store", () => deployTwice('configDigest'))

  it('knows them by their manifests in the containerd store', async () => {
    expect(await server.exec(useContainerdStore)).toMatchObject({ code: 0 })
    await deployTwice('manifestDigest')
  })
})
