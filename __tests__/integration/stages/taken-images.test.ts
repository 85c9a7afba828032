import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureImages } from '../../../lab/images'
import { type LabRegistry, startRegistry } from '../../../lab/registry'
import { prelude } from '../../../src/host/libraries'
import { call, renderProgram } from '../../../src/host/program'
import { localExec } from '../images/local-exec'

const base = mkdtempSync(join(tmpdir(), 'kawasemi-taken-'))
const app = `taken${process.pid}`
const stages = join(__dirname, '../../../src/stages')
const libraries = ['ship.sh', 'retire.sh'].map((file) => readFileSync(join(stages, file), 'utf8'))
const setup = `setup() { set -eu; kw_base=$1 kw_app=$2 kw_nonce=n kw_step=; }`

let registry: LabRegistry
/** Of a product that has it built somewhere else. */
let name: string
const env = { DOCKER_CONFIG: base }

async function docker(args: string[], stdin = ''): Promise<string> {
  const { code, stdout, stderr } = await localExec('docker', args, { env, stdin })
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}

const idOf = (reference: string) => docker(['image', 'inspect', '--format', '{{.Id}}', reference])
const isThere = (reference: string) =>
  idOf(reference).then(
    () => true,
    () => false,
  )
const reference = (release: string) => `kawasemi/${app}-web:${release}`

function run(...calls: readonly (readonly [string, ...string[]])[]) {
  const program = renderProgram(
    [prelude, setup, ...libraries],
    [call('setup', base, app), ...calls.map(([shell, ...args]) => call(shell, ...args))],
  )
  return localExec('sh', [], { env, stdin: program })
}

function take(release: string, fetch: string, from = name) {
  mkdirSync(join(base, 'releases', release), { recursive: true })
  writeFileSync(join(base, 'releases', release, 'compose.parts'), 'web\tweb\n')
  return run(['take_images', release, from, reference(release), fetch])
}

/** Somebody's build pushes another image under the name. @returns its id */
async function push(content: string): Promise<string> {
  const before = (await isThere(name)) ? await idOf(name) : undefined
  const made = `${app}-made`
  await docker(['build', '-q', '-t', made, '-'], `FROM debian:bookworm-slim\nLABEL content=${content}\n`)
  const id = await idOf(made)
  await docker(['tag', made, name])
  await docker(['push', '-q', name])
  await docker(['image', 'rm', made])
  if (before === undefined) await docker(['image', 'rm', name])
  else await docker(['tag', before, name])
  return id
}

describe('images that nobody builds here', () => {
  let first: string
  let second: string

  beforeAll(async () => {
    await ensureImages(['debian:bookworm-slim'])
    registry = await startRegistry()
    name = `${registry.host}/shop:latest`
    const auth = Buffer.from(`${registry.user}:${registry.password}`).toString('base64')
    writeFileSync(join(base, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
    first = await push('first')
  })
  afterAll(async () => {
    await registry?.stop()
    for (const left of (
      await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', `*/${app}-*`])
    ).split('\n'))
      if (left !== '') await docker(['image', 'rm', left])
    rmSync(base, { recursive: true })
  })

  it('are fetched where they are missing, and kept under the release’s own name', async () => {
    expect(await take('v1-1', 'missing')).toMatchObject({ code: 0 })
    expect(await idOf(reference('v1-1'))).toBe(first)
    expect(readFileSync(join(base, 'releases/v1-1/images'), 'utf8')).toBe(`ours ${name}\n`)
  })

  it('are asked for anew at each release where the product says so, and the old release keeps its own', async () => {
    second = await push('second')
    expect(await take('v2-2', 'missing')).toMatchObject({ code: 0 })
    expect(await idOf(reference('v2-2'))).toBe(first)
    expect(await take('v3-3', 'always')).toMatchObject({ code: 0 })
    expect(await idOf(reference('v3-3'))).toBe(second)
    expect(await idOf(reference('v1-1'))).toBe(first)
  })

  it('stay the same when the release is shipped again', async () => {
    await push('third')
    expect(await take('v3-3', 'always')).toMatchObject({ code: 0 })
    expect(await idOf(reference('v3-3'))).toBe(second)
  })

  it('are the same for two services with one name', async () => {
    const other = reference('v3-3').replace('-web:', '-jobs:')
    const third = ['take_images', 'v4-4', name, reference('v4-4'), 'always', name, other, 'always'] as const
    mkdirSync(join(base, 'releases', 'v4-4'))
    const { code, stdout } = await run([...third])
    expect(code).toBe(0)
    expect(await idOf(other)).toBe(await idOf(reference('v4-4')))
    // Docker tells the name that it fetched.
    expect(stdout.split('\n').filter((line) => line === name)).toHaveLength(1)
    await docker(['image', 'rm', reference('v4-4'), other])
    rmSync(join(base, 'releases', 'v4-4'), { recursive: true })
  })

  it('go with the last release that has them', async () => {
    expect(await run(['prune_release', 'v1-1'], ['prune_release', 'v2-2'])).toMatchObject({ code: 0 })
    expect(await isThere(reference('v1-1'))).toBe(false)
    expect(await isThere(name)).toBe(true)
    expect(await run(['prune_release', 'v3-3'])).toMatchObject({ code: 0 })
    expect(await isThere(name)).toBe(false)
  })

  it('stay where they were there before us', async () => {
    await docker(['tag', 'debian:bookworm-slim', `${app}-theirs:1`])
    expect(await take('v5-5', 'missing', `${app}-theirs:1`)).toMatchObject({ code: 0 })
    expect(await run(['prune_release', 'v5-5'])).toMatchObject({ code: 0 })
    expect(await isThere(`${app}-theirs:1`)).toBe(true)
    await docker(['image', 'rm', `${app}-theirs:1`])
  })

  it('fail by name where they cannot be had', async () => {
    const unknown = await take('v6-6', 'missing', `${registry.host}/unknown:1`)
    expect(unknown).toMatchObject({ code: 70, stdout: expect.stringContaining('"code":"image-pull"') })
    expect(unknown.stdout).toContain(`${registry.host}/unknown:1`)
    const never = await take('v7-7', 'never', `${registry.host}/unknown:1`)
    expect(never).toMatchObject({ code: 70, stdout: expect.stringContaining('"code":"image-missing"') })
  })
})
