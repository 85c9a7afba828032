import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Trouble } from '../release/trouble'
import { type BuildTarget, buildArguments, planBuild, renderBakeFile, withCache } from './bake'
import { withCachingBuilder } from './builder'
import type { ComposeModel } from './compose-config'
import { buildEnvironment, dockersOwnAmong } from './docker-environment'
import type { Exec } from './exec'

export interface BuildRequest {
  readonly app: string
  /** What the tag says: a release id or a version. */
  readonly release: string
  readonly version: string
  /** The commit. */
  readonly revision: string
  readonly model: ComposeModel
  readonly projectDir: string
  /** Build secrets: id → value. */
  readonly secrets: Readonly<Record<string, string>>
  /** Build secrets that are files already: id → path, relative to `projectDir`. */
  readonly secretFiles: Readonly<Record<string, string>>
  /** For the compose file's build secrets of the kind `environment: NAME`. */
  readonly env: Readonly<Record<string, string>>
  /** Of the images whose services name none, such as `linux/arm64`; the runner's own when absent. */
  readonly platform?: string
  readonly cache?: BuildCache
  readonly onLine: (line: string) => void
}

/** Layers that are kept at a registry from build to build. */
export interface BuildCache {
  /** `ghcr.io/OWNER/APP`. */
  readonly at: string
  /** For Docker's commands: the login there. */
  readonly env: Readonly<Record<string, string>>
  /** Is told why there is no cache after all. */
  readonly warn: (message: string) => void
}

/**
 * Builds every service that has a `build:` into the runner's Docker, and answers service → tag.
 * Secrets are files of mode 0600 while the build runs.
 *
 * @throws {Trouble} when nothing is to be built, or the build fails; with the end of its output.
 */
export async function buildImages(exec: Exec, request: BuildRequest): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'kawasemi-build-'))
  try {
    const secretFiles = await writeSecrets(folder, request)
    const targets = planBuild({ ...request, services: request.model.services, secretFiles })
    if (targets.length === 0) {
      throw new Trouble(
        'the compose file',
        'no service in it has a `build:`.',
        'Take the build-image step out.',
      )
    }
    const buildx = await buildxVersion(exec)
    if (buildx !== undefined) await bake(exec, targets, request, buildx)
    else for (const target of targets) await buildOne(exec, target, request)
    return Object.assign({}, ...targets.map((target) => target.tags))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Secrets of the input go before those of the compose file. The folder is ours alone (0700). */
async function writeSecrets(folder: string, request: BuildRequest): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const values: Record<string, string> = {}
  const asked = secretsOfBuilds(request.model)
  for (const [id, secret] of Object.entries(request.model.secrets ?? {})) {
    if (!asked.has(id)) continue
    if (typeof secret?.file === 'string') files[id] = resolve(request.projectDir, secret.file)
    const variable = typeof secret?.environment === 'string' ? secret.environment : ''
    if (Object.hasOwn(request.env, variable)) values[id] = request.env[variable]!
  }
  for (const [id, path] of Object.entries(request.secretFiles)) files[id] = resolve(request.projectDir, path)
  for (const [index, [id, value]] of Object.entries({ ...values, ...request.secrets }).entries()) {
    files[id] = join(folder, String(index))
    await writeFile(files[id], value, { mode: 0o600 })
  }
  const bad = Object.keys(files).find((id) => !/^[A-Za-z0-9_.-]+$/.test(id))
  if (bad !== undefined) {
    throw new Trouble(
      `the build secret ${JSON.stringify(bad)}`,
      'its name is no id.',
      'Use letters, digits, _ . -',
    )
  }
  return files
}

/** The others are for the host, and may be there only. */
function secretsOfBuilds({ services }: ComposeModel): Set<string> {
  const builds = Object.values(services).map(
    ({ build }) => (build ?? {}) as { secrets?: { source: string }[] },
  )
  return new Set(builds.flatMap(({ secrets }) => (secrets ?? []).map(({ source }) => source)))
}

/** What buildx says of itself, such as `github.com/docker/buildx v0.36.1 …`; nothing where there is none. */
async function buildxVersion(exec: Exec): Promise<string | undefined> {
  const { code, stdout } = await exec('docker', ['buildx', 'version'], { env: buildEnvironment() })
  return code === 0 ? stdout : undefined
}

/** Since 0.17 buildx lets a bake file use the host's network only where that is said beside it. */
function allowances(targets: readonly BuildTarget[], buildx: string): string[] {
  const isOlder = /\bv?0\.(?:[1-9]|1[0-6])\./.test(buildx)
  return !isOlder && targets.some(({ network }) => network === 'host') ? ['--allow=network.host'] : []
}

async function bake(
  exec: Exec,
  targets: readonly BuildTarget[],
  request: BuildRequest,
  buildx: string,
): Promise<void> {
  const { cache } = request
  const env = buildEnvironment({
    ...cache?.env,
    // An attestation would make each image an index of two, which `docker save` writes differently.
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    // Newer ones would ask whether the bake file may read outside of the project: secrets are there, and it is ours.
    BUILDX_BAKE_ENTITLEMENTS_FS: '0',
  })
  const allowed = allowances(targets, buildx)
  const build = (planned: readonly BuildTarget[], builder: readonly string[]) =>
    run(
      exec,
      ['buildx', 'bake', ...builder, ...allowed, '--file', '-', '--load', '--progress=plain'],
      request,
      {
        env,
        stdin: renderBakeFile(planned),
      },
    )
  if (!cache) return build(targets, [])
  await withCachingBuilder(exec, env, cache.warn, (builder) =>
    builder ? build(withCache(targets, cache.at), builder) : build(targets, []),
  )
}

async function buildOne(exec: Exec, target: BuildTarget, request: BuildRequest): Promise<void> {
  const env = buildEnvironment({ ...target.args, DOCKER_BUILDKIT: '1' })
  const clash = dockersOwnAmong(Object.keys(target.args))
  if (clash !== undefined) {
    throw new Trouble(
      `the build arg ${clash}`,
      'without buildx, Docker itself needs this name.',
      'Rename it.',
    )
  }
  await run(exec, buildArguments(target), request, { env })
}

const tailLines = 40

async function run(
  exec: Exec,
  args: readonly string[],
  request: BuildRequest,
  options: { env: Record<string, string>; stdin?: string },
): Promise<void> {
  const tail: string[] = []
  const onLine = (line: string) => {
    request.onLine(line)
    tail.push(line)
    if (tail.length > tailLines) tail.shift()
  }
  const { code } = await exec('docker', args, { ...options, cwd: request.projectDir, onLine })
  if (code === 0) return
  const error = tail.findLast((line) => /^error\b/i.test(line.trim())) ?? `docker ended with status ${code}.`
  throw new Trouble('the image build', error.trim(), 'The build output above says where.', tail)
}
