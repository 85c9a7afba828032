import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureRegistry, ensureSkopeo, type LabRegistry, startRegistry } from '../../../lab/registry'
import { buildEnvironment } from '../../../src/images/docker-environment'
import type { Exec } from '../../../src/images/exec'
import { blobPath, type Layout } from '../../../src/images/layout'
import { pushedName } from '../../../src/images/names'
import { pushImages } from '../../../src/images/push'
import { type ImageRegistry, withLogin } from '../../../src/images/registry-login'
import { localExec } from './local-exec'
import { SampleProduct } from './sample-product'

/** Images in a real registry, by the digests of their layout. */
describe('pushed images', () => {
  let registry: LabRegistry
  let product: SampleProduct
  let layout: Layout
  let temp: string
  let to: ImageRegistry
  const before = { ...process.env }

  beforeAll(async () => {
    await Promise.all([ensureSkopeo(), ensureRegistry()])
    registry = await startRegistry()
    const { host, user, password } = registry
    to = { host, at: `${host}/team/shop`, user, password, cache: false }
    product = await SampleProduct.make()
    layout = await product.build('1.0.0')
    // A runner with settings of its own, and a folder for what is passing.
    temp = await mkdtemp(join(tmpdir(), 'kawasemi-temp-'))
    await mkdir(join(temp, 'docker'))
    const plugins = join(before.DOCKER_CONFIG || join(homedir(), '.docker'), 'cli-plugins')
    await symlink(plugins, join(temp, 'docker', 'cli-plugins'))
    await writeFile(join(temp, 'docker', 'config.json'), '{"auths":{"other.example":{"auth":"YTpi"}}}')
    await mkdir(join(temp, 'run'))
    Object.assign(process.env, { RUNNER_TEMP: join(temp, 'run'), DOCKER_CONFIG: join(temp, 'docker') })
  }, 300_000)
  afterEach(async () => expect(await readdir(join(temp, 'run'))).toEqual([]))
  afterAll(async () => {
    process.env = before
    await product?.remove()
    await registry?.stop()
    await rm(temp, { recursive: true, force: true })
  })

  const push = (exec: Exec = localExec, changed: Partial<Layout> = {}, registry = to) =>
    withLogin(exec, registry, (login) => pushImages(exec, login, { ...layout, ...changed }))

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://${to.host}/v2/${path}`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${to.user}:${to.password}`).toString('base64')}`,
        ...headers,
      },
    })

  it('have the digests that they have in the layout, under a name for each service', async () => {
    const pushed = await push()
    expect(pushed).toEqual(
      Object.entries(layout.images).map(
        ([service, { manifestDigest }]) => `${to.at}/${service}:1.0.0@${manifestDigest}`,
      ),
    )
    const accept = 'application/vnd.oci.image.manifest.v1+json'
    for (const [service, { manifestDigest }] of Object.entries(layout.images)) {
      const answer = await ask(`team/shop/${service}/manifests/1.0.0`, { accept })
      expect(answer.headers.get('docker-content-digest')).toBe(manifestDigest)
      expect(await answer.text()).toBe(await readFile(blobPath(layout.dir, manifestDigest), 'utf8'))
    }
  })

  it('run as what was built: Docker pulls them by digest, and has the image it had', async () => {
    const { manifestDigest, configDigest } = layout.images.web!
    await product.forget(layout, '1.0.0')
    const name = `${pushedName(to.at, 'web')}@${manifestDigest}`
    await withLogin(localExec, to, async ({ env }) => {
      const pulled = await localExec('docker', ['pull', '-q', name], { env: buildEnvironment(env) })
      expect(pulled).toMatchObject({ code: 0, stderr: '' })
    })
    const { stdout } = await localExec('docker', ['image', 'inspect', '--format', '{{.Id}}', name])
    expect([configDigest, manifestDigest]).toContain(stdout.trim())
    await localExec('docker', ['image', 'rm', '--force', name])
  })

  it('leave no login behind, and no other login out', async () => {
    await withLogin(localExec, to, async ({ env }) => {
      const folder = env.DOCKER_CONFIG!
      const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
      expect(await mode(folder)).toBe('700')
      for (const name of ['config.json', 'auth.json']) expect(await mode(join(folder, name))).toBe('600')
      const { auths } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
      expect(Object.keys(auths)).toEqual(['other.example', to.host])
      expect(await readlink(join(folder, 'cli-plugins'))).toBe(join(temp, 'docker', 'cli-plugins'))
    })
    expect(await readFile(join(temp, 'docker', 'config.json'), 'utf8')).not.toContain(to.host)
  })

  it('show the password to no other process', async () => {
    const seen: string[] = []
    const watched: Exec = (command, args, options) => {
      seen.push([command, ...args, ...Object.values(options?.env ?? {})].join(' '))
      return localExec(command, args, options)
    }
    await push(watched)
    const base64 = Buffer.from(`${to.user}:${to.password}`).toString('base64')
    expect(seen.join('\n')).toContain('skopeo login')
    for (const secret of [to.password, base64]) expect(seen.join('\n')).not.toContain(secret)
  })

  describe('when something is wrong', () => {
    it('is refused before anything is built, with the registry and the user', async () => {
      let began = false
      const wrong = { ...to, password: 'guessed' }
      const work = withLogin(localExec, wrong, async () => {
        began = true
      })
      await expect(work).rejects.toThrow(
        /^The registry 127\.0\.0\.1:\d+: does not let pusher in: .*(password|unauthorized)/,
      )
      expect(began).toBe(false)
    })

    it('is said which registry does not answer', async () => {
      const nobody = { ...to, host: '127.0.0.1:1', at: '127.0.0.1:1/shop' }
      await expect(push(localExec, {}, nobody)).rejects.toThrow(/^The registry 127\.0\.0\.1:1: .*refused/)
    })

    it('is said that skopeo is missing', async () => {
      const without: Exec = async () => Promise.reject(new Error('ENOENT'))
      await expect(push(without)).rejects.toThrow(/^skopeo: is not on this runner/)
    })

    it('is red when the registry has another image under the name in the end', async () => {
      const late = { ...layout.images.web!, manifestDigest: `sha256:${'0'.repeat(64)}` }
      const failed = push(localExec, { images: { web: late } })
      await expect(failed).rejects.toThrow(
        /web:1\.0\.0: is sha256:\w+ at the registry, but sha256:0+ was pushed/,
      )
    })

    // Last, since it builds anew in the layout's folder.
    it('does not push a layer that is not what the manifest says', async () => {
      await product.change('two')
      const next = await product.build('2.0.0')
      const { digest, size } = next.images.web!.layers[1]!
      await writeFile(blobPath(next.dir, digest), Buffer.alloc(size))
      await expect(push(localExec, next)).rejects.toThrow(/web:2\.0\.0: could not be pushed: .*digest/i)
      expect((await ask('team/shop/web/manifests/2.0.0')).status).toBe(404)
    })
  })
})
