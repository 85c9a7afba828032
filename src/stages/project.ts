import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { loadConfig } from '../config/load'
import type { Config } from '../config/schema'
import { databaseKinds } from '../databases/kinds'
import type { Manifest } from '../host/files-manifest'
import { ignoreFile, readFiles } from '../host/files-read'
import { buildImages } from '../images/build'
import { type ResolvedCompose, resolveCompose } from '../images/compose-config'
import type { Exec } from '../images/exec'
import { type Layout, readLayout } from '../images/layout'
import { pushImages } from '../images/push'
import { type ImageRegistry, type Login, withLogin } from '../images/registry-login'
import { saveLayout } from '../images/save-layout'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { runtimeOf } from '../runtimes/kinds'
import type { RuntimePlan } from '../runtimes/runtime'
import type { Identity } from './identity'

/**
 * Reads kawasemi.yml for one environment.
 *
 * @param name how messages call the file
 * @throws {Trouble} when it is not there
 * @throws {ConfigError} when it is wrong
 */
export async function readConfigFile(path: string, name: string, environment: string): Promise<Config> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Trouble(
      name,
      error.code === 'ENOENT' ? 'is not in the checkout.' : `cannot be read (${error.code}).`,
      'Check the repo out before this step (actions/checkout), or name the file with the input `config`.',
    )
  })
  return loadConfig(text, name, environment)
}

/** The product's checkout on the runner. */
export interface Project {
  readonly config: Config
  readonly projectDir: string
  readonly env: Readonly<Record<string, string>>
  readonly compose: ResolvedCompose
  readonly exec: Exec
}

/** systemd needs a compose file for accessories only. */
function usesCompose({ systemd, accessories }: Config): boolean {
  return !systemd || accessories.length > 0
}

/** Reads the product's compose file. `configFile` lies at the root of the product's repo. */
export async function readProject(
  exec: Exec,
  config: Config,
  configFile: string,
  env: Readonly<Record<string, string>>,
): Promise<Project> {
  const projectDir = dirname(resolve(configFile))
  return {
    config,
    projectDir,
    env,
    exec,
    compose: usesCompose(config)
      ? await resolveCompose(exec, { file: config.compose.file, projectDir, env })
      : { model: { name: '', services: {} }, dotenv: undefined, unset: [] },
  }
}

/**
 * The files of a release that runs from them; nothing where images hold it all.
 *
 * @throws {Trouble} naming what cannot be shipped.
 */
export async function readReleaseFiles({ config, projectDir }: Project): Promise<Manifest | undefined> {
  if (!config.systemd) return undefined
  const ignored = await readFile(join(projectDir, ignoreFile), 'utf8').catch(() => '')
  return readFiles(projectDir, ignored)
}

/**
 * What the release consists of besides its images. It needs no host, so what cannot run in two slots is refused before
 * anything is built.
 */
export function planFiles(
  { config, projectDir, env, compose }: Project,
  release: Pick<Release, 'id' | 'version'>,
): RuntimePlan {
  const plan = runtimeOf(config).plan({ config, release, env, projectDir, compose })
  const { database } = config
  const connection = database ? databaseKinds[database.kind].files(database, env) : []
  return { ...plan, files: [...plan.files, ...connection] }
}

export interface BuildRequest {
  readonly identity: Identity
  readonly secrets: Readonly<Record<string, string>>
  readonly secretFiles: Readonly<Record<string, string>>
  /** The folder the layout goes to. */
  readonly dir: string
  /** For images whose services name none, such as `linux/arm64`. */
  readonly platform?: string
  /** Where the images are brought as well, with the same digests. */
  readonly registry?: ImageRegistry
  readonly onLine: (line: string) => void
  readonly warn: (message: string) => void
}

/**
 * Builds what the config's services build, lays it down as an OCI layout, and pushes it where there is a registry.
 * Nothing where no service has a build.
 */
export async function build(project: Project, request: BuildRequest): Promise<Layout | undefined> {
  const { config, exec, projectDir, env, compose } = project
  if (config.systemd) return undefined
  const services = Object.fromEntries(
    Object.entries(compose.model.services).filter(([name]) => name in config.services),
  )
  if (!Object.values(services).some((service) => service.build !== undefined)) return undefined
  const { identity, registry, platform, dir, onLine } = request
  const layOut = async (login?: Login) => {
    const tags = await buildImages(exec, {
      app: config.app,
      release: identity.id,
      version: identity.version,
      revision: identity.commit,
      model: { ...compose.model, services },
      projectDir,
      secrets: request.secrets,
      secretFiles: request.secretFiles,
      env,
      ...(platform !== undefined && { platform }),
      ...(login?.registry.cache && { cache: { at: login.registry.at, env: login.env, warn: request.warn } }),
      onLine,
    })
    return saveLayout(exec, { dir, version: identity.version, tags })
  }
  if (!registry) return layOut()
  return withLogin(exec, registry, async (login) => {
    const layout = await layOut(login)
    for (const image of await pushImages(exec, login, layout)) onLine(`pushed ${image}`)
    return layout
  })
}

/** The layout a build step left, with the digests that step gave out. @throws {Trouble} where the two differ. */
export async function readBuilt(
  dir: string,
  digests: Readonly<Record<string, string>> | undefined,
): Promise<Layout> {
  const layout = await readLayout(dir)
  for (const [service, digest] of Object.entries(digests ?? {})) {
    const found = layout.images[service]?.manifestDigest
    if (found === digest) continue
    throw unlikeBuilt(
      `says ${digest} for ${service}, but the layout in ${dir} holds ${found ?? 'nothing'} for it.`,
    )
  }
  const extra = Object.keys(layout.images).find((service) => digests && !Object.hasOwn(digests, service))
  if (extra) throw unlikeBuilt(`names no image of ${extra}, but the layout in ${dir} holds one.`)
  return layout
}

/**
 * For a release of which these images are on the host, or were built now: nothing but what was tested is deployed.
 *
 * @throws {Trouble} where they are not what the digests name.
 */
export function refuseOtherImages(
  images: Release['images'],
  digests: Readonly<Record<string, string>> | undefined,
): void {
  if (!digests) return
  for (const service of new Set([...Object.keys(images), ...Object.keys(digests)])) {
    const found = images[service]?.manifest
    if (found === digests[service]) continue
    throw unlikeBuilt(
      `says ${digests[service] ?? 'nothing'} for ${service}, but this run's release has ${found ?? 'no image'} for it.`,
    )
  }
}

function unlikeBuilt(cause: string): Trouble {
  return new Trouble('Input digests', cause, 'Hand over the layout and the digests of the same build.')
}

export function imagesOf(layout: Layout | undefined): Release['images'] {
  return Object.fromEntries(
    Object.entries(layout?.images ?? {}).map(([service, { manifestDigest, configDigest }]) => [
      service,
      { manifest: manifestDigest, config: configDigest },
    ]),
  )
}

/** A hash of the files a release runs with; of those that may hold secrets only that they are there. */
export function configHash({ files }: RuntimePlan, manifest: Manifest | undefined): string {
  const hash = createHash('sha256').update(manifest?.hash ?? '')
  for (const { path, content, mode } of files) {
    hash.update(`${path}\0${mode}\0`)
    if (mode !== 0o600 || path.startsWith('compose.')) hash.update(content)
    hash.update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/** Service → the digest of its manifest, as the actions hand it on. */
export function digestsOf(images: Release['images']): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(images).map(([service, { manifest }]) => [service, manifest])),
  )
}

/** A folder of the runner for a build that nobody asked to keep. */
export function temporaryLayout(): { dir: string; remove(): Promise<void> } {
  const dir = join(process.env.RUNNER_TEMP ?? '/tmp', 'kawasemi-layout')
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}
