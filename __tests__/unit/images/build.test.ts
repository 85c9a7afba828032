// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are texts that bake would evaluate
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { buildArguments, planBuild, renderBakeFile } from '../../../src/images/bake'
import { type BuildRequest, buildImages } from '../../../src/images/build'
import type { ComposeSection } from '../../../src/images/compose-config'
import type { Exec } from '../../../src/images/exec'
import { Trouble } from '../../../src/release/trouble'

const plan = (services: Record<string, ComposeSection>, secretFiles: Record<string, string> = {}) =>
  planBuild({ app: 'shop', release: 'r1', version: '1.0', revision: 'abc', services, secretFiles })
const build = { context: '/src/back', dockerfile: 'Dockerfile' }

describe('planBuild', () => {
  it('builds an image once that two services share, and leaves other services alone', () => {
    const targets = plan({
      api: { build },
      worker: { build: { ...build }, command: ['work'] },
      front: { build: { ...build, target: 'front' } },
      db: { image: 'postgres:15' },
    })
    expect(targets.map(({ name, tags }) => [name, tags])).toEqual([
      ['api-1', { api: 'kawasemi/shop-api:r1', worker: 'kawasemi/shop-worker:r1' }],
      ['front-2', { front: 'kawasemi/shop-front:r1' }],
    ])
    expect(targets[0]).toMatchObject({
      dockerfile: '/src/back/Dockerfile',
      labels: { 'org.opencontainers.image.revision': 'abc', 'org.opencontainers.image.version': '1.0' },
    })
  })

  it('takes two dollars of Compose for one', () => {
    expect(
      plan({ api: { build: { ...build, args: { A: 'a$$b$${c}', N: 5, GONE: null } } } })[0]!.args,
    ).toEqual({ A: 'a$b${c}', N: '5' })
  })

  it('builds for the platform that was asked for, but where a service names its own', () => {
    const platform = 'linux/arm64'
    const targets = planBuild({
      ...{ app: 'shop', release: 'r1', version: '1.0', revision: 'abc', secretFiles: {}, platform },
      services: { api: { build }, old: { build, platform: 'linux/386' } },
    })
    expect(targets.map((target) => target.platform)).toEqual(['linux/arm64', 'linux/386'])
  })

  it('refuses by name what it would leave out', () => {
    expect(() => plan({ api: { build: { ...build, isolation: 'hyperv' } } })).toThrow(
      /^services\.api\.build\.isolation:/,
    )
    expect(() => plan({ api: { build: { ...build, platforms: ['linux/amd64', 'linux/arm64'] } } })).toThrow(
      /platforms/,
    )
    expect(() => plan({ api: { build: { ...build, secrets: [{ source: 'npm' }] } } })).toThrow(
      /the secret npm has no value/,
    )
  })

  it('gives a secret under the name the service asks for', () => {
    const [target] = plan(
      { api: { build: { ...build, secrets: [{ source: 'npm', target: 'token' }] } } },
      { npm: '/tmp/s/0' },
    )
    expect(target!.secrets).toEqual({ npm: '/tmp/s/0', token: '/tmp/s/0' })
  })
})

describe('buildArguments', () => {
  it('has the names of build args only', () => {
    const args = buildArguments(
      plan({ api: { build: { ...build, args: { KEY: 'hidden' }, target: 'prod' } } })[0]!,
    )
    expect(args).toContain('KEY')
    expect(args.join(' ')).not.toContain('hidden')
    expect(args.slice(-2)).toEqual(['--', '/src/back'])
  })
})

describe('renderBakeFile', () => {
  it('lists every target in the default group', () => {
    const file = JSON.parse(
      renderBakeFile(plan({ 'a.b': { build }, 'a-b': { build: { ...build, target: 'x' } } })),
    )
    expect(file.group.default.targets).toEqual(['a-b-1', 'a-b-2'])
    expect(Object.keys(file.target)).toEqual(['a-b-1', 'a-b-2'])
  })
})

const fail = (message: string) => {
  throw new Error(message)
}

describe('buildImages', () => {
  const request = (more: Partial<BuildRequest> = {}): BuildRequest => ({
    app: 'shop',
    release: 'r1',
    version: '1.0',
    revision: 'abc',
    model: {
      name: 'x',
      services: {
        api: { build: { ...build, secrets: [{ source: 'declared' }] }, secrets: [{ source: 'atRunTime' }] },
      },
      secrets: { declared: { environment: 'FROM_ENV' }, atRunTime: { file: '/not/here' } },
    },
    projectDir: '/src',
    secrets: { npm: 'hunter2' },
    secretFiles: {},
    env: { FROM_ENV: 'hunter3' },
    onLine: () => undefined,
    ...more,
  })

  /** A Docker that looks at the secrets' files while the "build" runs. */
  function docker(code: number, buildx = true) {
    const seen = {
      secrets: {} as Record<string, string>,
      files: [] as string[],
      calls: [] as string[],
      env: {} as Record<string, string>,
    }
    const exec: Exec = async (command, args, options = {}) => {
      seen.calls.push([command, ...args].join(' '))
      if (args[1] === 'version') return { code: buildx ? 0 : 1, stdout: '', stderr: '' }
      Object.assign(seen.env, options.env)
      const text = `${options.stdin ?? ''} ${args.join(' ')}`
      for (const [, id, path] of text.matchAll(/id=([^,]+),\\?"src=([^"\\ ]+)/g)) {
        seen.secrets[id!] = readFileSync(path!, 'utf8')
        seen.files.push(path!)
        expect(statSync(path!).mode & 0o777).toBe(0o600)
        expect(statSync(dirname(path!)).mode & 0o777).toBe(0o700)
      }
      for (const line of ['#1 building', 'ERROR: failed to solve: no such file', '']) options.onLine?.(line)
      return { code, stdout: '', stderr: '' }
    }
    return { exec, seen }
  }

  it('builds all in one call, with secrets as files that are gone afterwards', async () => {
    process.env.INPUT_SSHKEY = 'private'
    const { exec, seen } = docker(0)
    expect(await buildImages(exec, request())).toEqual({ api: 'kawasemi/shop-api:r1' })
    delete process.env.INPUT_SSHKEY
    expect(Object.keys(seen.env)).toContain('PATH')
    expect(Object.values(seen.env)).not.toContain('private')
    expect(seen.calls).toEqual([
      'docker buildx version',
      'docker buildx bake --file - --load --progress=plain',
    ])
    expect(seen.secrets).toEqual({ npm: 'hunter2', declared: 'hunter3' })
    expect(seen.files.filter((path) => existsSync(dirname(path)))).toEqual([])
  })

  it.each([
    ['v0.13.1+ds1', 'host', false],
    ['v0.36.1', 'host', true],
    ['v0.36.1', 'none', false],
    ['v0.17.0', 'host', true],
    ['v1.0.0', 'host', true],
    ['0.0.0+unknown', 'host', true],
  ])('asks buildx %s for the network %s as it wants to be asked', async (version, network, allows) => {
    const calls: string[] = []
    const exec: Exec = async (_, args, options) => {
      calls.push(args.join(' '))
      if (args[1] === 'bake') expect(options?.env).toMatchObject({ BUILDX_BAKE_ENTITLEMENTS_FS: '0' })
      return { code: 0, stdout: `github.com/docker/buildx ${version} 0123abc\n`, stderr: '' }
    }
    await buildImages(
      exec,
      request({ model: { name: 'x', services: { api: { build: { ...build, network } } } } }),
    )
    expect(calls.at(-1)!.includes('--allow=network.host')).toBe(allows)
  })

  it('takes layers from a registry and leaves them there, when there is one', async () => {
    let file: { target: Record<string, Record<string, string[]>> } | undefined
    const calls: string[] = []
    const exec: Exec = async (_, args, options) => {
      calls.push(args.join(' '))
      if (args[1] === 'bake') {
        file = JSON.parse(options!.stdin!)
        expect(options!.env).toMatchObject({ DOCKER_CONFIG: '/login' })
      }
      return { code: 0, stdout: args[1] === 'inspect' ? 'Driver: remote\n' : '', stderr: '' }
    }
    const cache = { at: 'ghcr.io/team/shop', env: { DOCKER_CONFIG: '/login' }, warn: fail }
    const services = {
      Api_v1: { build: { ...build, cache_from: ['theirs'] } },
      worker: { build: { ...build, cache_from: ['theirs'] } },
    }
    await buildImages(exec, request({ model: { name: 'x', services }, cache }))
    const ref = expect.stringMatching(
      /^type=registry,ref=ghcr\.io\/team\/shop\/api-v1-[0-9a-f]{8}:buildcache$/,
    )
    expect(Object.values(file!.target)).toEqual([
      expect.objectContaining({
        'cache-from': ['theirs', ref],
        'cache-to': [expect.stringMatching(/:buildcache,mode=max,/)],
      }),
    ])
  })

  it('removes the secrets when the build fails, and says why it did', async () => {
    const { exec, seen } = docker(1)
    const failure = await buildImages(exec, request()).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Trouble)
    expect((failure as Trouble).message).toMatch(/^the image build: ERROR: failed to solve: no such file/)
    expect((failure as Trouble).details).toContain('#1 building')
    expect(seen.files).toHaveLength(2)
    expect(seen.files.filter((path) => existsSync(dirname(path)))).toEqual([])
  })

  it('builds one after the other with BuildKit where buildx is missing', async () => {
    const { exec, seen } = docker(0, false)
    const services = {
      api: { build: { ...build, args: { KEY: 'x' } } },
      front: { build: { ...build, target: 'front' } },
    }
    await buildImages(exec, request({ model: { name: 'x', services } }))
    expect(seen.calls.slice(1).map((call) => call.split(' ').slice(0, 3).join(' '))).toEqual([
      'docker build --progress=plain',
      'docker build --progress=plain',
    ])
    expect(seen.env).toMatchObject({ DOCKER_BUILDKIT: '1', KEY: 'x' })
    expect(seen.secrets).toEqual({ npm: 'hunter2' })
  })

  it('takes secrets that are files, and refuses a name that is no id', async () => {
    const plain = { name: 'x', services: { api: { build } } }
    const calls: string[] = []
    const exec: Exec = async (_, args, options) => {
      calls.push(options?.stdin ?? args.join(' '))
      return { code: 0, stdout: '', stderr: '' }
    }
    await buildImages(exec, request({ model: plain, secrets: {}, secretFiles: { ca: 'a,"b".pem' } }))
    expect(JSON.parse(calls[1]!).target['api-1'].secret).toEqual(['id=ca,"src=/src/a,""b"".pem"'])
    const built = buildImages(exec, request({ secretFiles: { 'a,src=/etc/shadow': 'x' } }))
    await expect(built).rejects.toThrow(/its name is no id/)
  })

  it('refuses a build arg that would take the place of a setting of Docker', async () => {
    const { exec } = docker(0, false)
    const services = { api: { build: { ...build, args: { DOCKER_HOST: 'tcp://evil.example' } } } }
    const built = buildImages(exec, request({ model: { name: 'x', services } }))
    await expect(built).rejects.toThrow(/^the build arg DOCKER_HOST:/)
  })

  it('says so when there is nothing to build', async () => {
    const { exec } = docker(0)
    await expect(buildImages(exec, request({ model: { name: 'x', services: {} } }))).rejects.toThrow(
      /no service in it has a `build:`/,
    )
  })
})
