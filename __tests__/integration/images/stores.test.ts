import { spawn } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { connect as connectTo, createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { ensureSkopeo, startRegistry } from '../../../lab/registry'
import { type LabServer, startServer } from '../../../lab/server'
import { type Connection, connect } from '../../../src/host/connection'
import { filesLibrary } from '../../../src/host/files'
import { prelude } from '../../../src/host/libraries'
import { renderProgram } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import { buildImages } from '../../../src/images/build'
import type { Layout } from '../../../src/images/layout'
import { loadAnswer, loadCalls, loadLibrary } from '../../../src/images/load'
import {
  fromRegistry,
  imageCalls,
  type PullSource,
  pullLibrary,
  throughTunnel,
} from '../../../src/images/pull'
import { pushImages } from '../../../src/images/push'
import { serveLayout } from '../../../src/images/registry'
import { settingsWith, withLogin } from '../../../src/images/registry-login'
import { localExec } from './local-exec'
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
    try {
      await pullFrom(throughTunnel(product.app, listener.port, registry.password), layout, release)
      return registry.bytesSent
    } finally {
      await listener.close()
      registry.close()
    }
  }

  async function pullFrom(from: PullSource, layout: Layout, release: string) {
    const program = renderProgram(
      ['set -eu\nkw_nonce=n kw_step= kw_base="$HOME/base"', prelude, pullLibrary],
      imageCalls({ app: product.app, release, layout, from }),
    )
    const printed: string[] = []
    const { code } = await connection.run(program, (line) => printed.push(line))
    expect({ code, printed: code === 0 ? [] : printed }).toEqual({ code: 0, printed: [] })
  }

  /** A registry that this machine and the server reach, each under an address of its own. */
  async function openRegistry() {
    const { host, user, password, stop } = await startRegistry()
    const tunnel = await connection.listen((stream) => {
      const socket = connectTo(Number(host.split(':')[1]), '127.0.0.1')
      pipeline(stream, socket, stream, () => undefined)
    })
    const as = (host: string) => ({ host, at: `${host}/team/shop`, user, password, cache: true })
    const close = async () => {
      await tunnel.close()
      await stop()
    }
    return { here: as(host), there: as(`127.0.0.1:${tunnel.port}`), close }
  }

  /** The same without a tunnel; the bytes of the stream. */
  async function load(layout: Layout, release: string, store: string) {
    const plan = { app: product.app, release, layout }
    const begin = 'set -eu\nkw_nonce=n kw_step= kw_run="$HOME/run"\nrm -rf "$kw_run"; mkdir "$kw_run"'
    const program = renderProgram(
      [begin, prelude, filesLibrary, pullLibrary, loadLibrary],
      loadCalls(plan, store),
    )
    const talk = await connection.converse(program)
    const answer = loadAnswer(plan)
    let sent = 0
    const printed: string[] = []
    for await (const line of talk.lines) {
      printed.push(line)
      const parsed = parseLine('n', line)
      if (parsed.kind !== 'record' || parsed.record.k !== 'fact') continue
      for await (const chunk of answer(parsed.record.name, parsed.record.value) ?? []) {
        sent += chunk.length
        await talk.sendBytes(chunk)
      }
    }
    const { code } = await talk.exit
    expect({ code, printed: code === 0 ? [] : printed }).toEqual({ code: 0, printed: [] })
    return sent
  }

  async function loadTwice(store: 'classic' | 'containerd') {
    await server.exec('docker image rm --force $(docker image ls -q) && docker image prune --force')
    expect(await load(first, '2.0.0', store)).toBeGreaterThan(SampleProduct.bigSize)
    const again = await load(second, '2.0.1', store)
    if (store === 'classic') expect(again).toBeLessThan(32 * 1024)
    else expect(again).toBeGreaterThan(SampleProduct.bigSize)
    expect(await load(second, '2.0.2', store)).toBe(0)
    const digest = store === 'classic' ? 'configDigest' : 'manifestDigest'
    for (const [layout, release] of [
      [first, '2.0.0'],
      [second, '2.0.1'],
      [second, '2.0.2'],
    ] as const) {
      const { web, worker, other } = layout.images
      expect(await ids(release)).toEqual([web, worker, other].map((image) => image![digest]))
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

  it('takes them as a stream there, without the layers that are there', () => loadTwice('classic'))

  it('knows them by their manifests in the containerd store', async () => {
    expect(await server.exec(useContainerdStore)).toMatchObject({ code: 0 })
    await deployTwice('manifestDigest')
  })

  it('takes them as a stream there too', () => loadTwice('containerd'))

  it('builds there with layers out of a registry, of stages that are in no image too', async () => {
    const { there: registry, close } = await openRegistry()
    const engine = await engineOf(server)
    const dir = await mkdtemp(join(tmpdir(), 'kawasemi-cache-'))
    try {
      await writeFile(
        join(dir, 'Dockerfile'),
        'FROM scratch AS packages\nCOPY lock /\nFROM scratch\nCOPY source /\nCOPY --from=packages /lock /\n',
      )
      await writeFile(join(dir, 'lock'), product.app)
      await writeFile(join(dir, 'config.json'), settingsWith('{}', registry))
      const plugins = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'cli-plugins')
      await symlink(plugins, join(dir, 'cli-plugins'))
      const build = async (source: string) => {
        await writeFile(join(dir, 'source'), source)
        const lines: string[] = []
        const warn = (message: string) => lines.push(message)
        await buildImages(localExec, {
          ...{ app: product.app, release: 'r1', version: '1', revision: 'abc', projectDir: dir },
          model: { name: 'x', services: { web: { build: { context: dir } } } },
          ...{ secrets: {}, secretFiles: {}, env: {}, onLine: (line: string) => lines.push(line) },
          cache: { at: registry.at, env: { DOCKER_HOST: engine.address, DOCKER_CONFIG: dir }, warn },
        })
        return lines
      }
      const step = /^#(\d+) \[packages 1\/1\] COPY lock/
      const isCached = (lines: readonly string[]) => {
        const [, number] = step.exec(lines.find((line) => step.test(line))!)!
        const came = new RegExp(`^#${number} (CACHED|extracting sha256:)`)
        return lines.some((line) => came.test(line))
      }
      expect(isCached(await build('one'))).toBe(false)
      await server.exec('docker image rm --force $(docker image ls -q); docker builder prune --all --force')
      expect(isCached(await build('two'))).toBe(true)
    } finally {
      await rm(dir, { recursive: true, force: true })
      await engine.close()
      await close()
    }
  })

  it('has from a registry what was pushed there, by the same digests, and keeps no login', async () => {
    await ensureSkopeo()
    const { here, there, close } = await openRegistry()
    try {
      await withLogin(localExec, here, (login) => pushImages(localExec, login, second))
      await server.exec('docker image rm --force $(docker image ls -q); docker image prune --force')
      await pullFrom(fromRegistry(there), second, '3.0.0')
      const { web, worker, other } = second.images
      expect(await ids('3.0.0')).toEqual([web, worker, other].map((image) => image!.manifestDigest))
      const left = await server.exec(`docker image ls --format '{{.Repository}}'; ls -A ~deploy/base/runs`)
      expect(left.stdout).not.toMatch(/127\.0\.0\.1|pull\./)
    } finally {
      await close()
    }
  })
})

/** The server's Docker, for a client on this machine. */
async function engineOf({ name }: LabServer): Promise<{ address: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kawasemi-engine-'))
  const path = join(folder, 'docker.sock')
  const listener = createServer((socket) => {
    const child = spawn('docker', ['exec', '-i', name, 'docker', 'system', 'dial-stdio'])
    socket.pipe(child.stdin)
    child.stdout.pipe(socket)
    for (const stream of [socket, child.stdin, child.stdout]) stream.on('error', () => child.kill())
  })
  await new Promise<void>((resolve) => listener.listen(path, resolve))
  return {
    address: `unix://${path}`,
    close: async () => {
      await new Promise((resolve) => listener.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}
