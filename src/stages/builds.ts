import { isAbsolute, join, relative, resolve } from 'node:path'
import type { Layout } from '../images/layout'
import type { Release } from '../release/release'
import type { Project } from './project'

/** What would be built, and what is known of the outcome. */
export interface PlannedBuild {
  readonly services: readonly string[]
  /** Files in its build context that differ from those of the live release; absent where nobody could say. */
  readonly touched?: number
}

/**
 * The builds of the product; services that share one are together.
 *
 * @param changed paths in the repository that differ from the live release's commit; absent where that is not known
 * @param repository absolute path of the checkout's root
 */
export function plannedBuilds(
  { config, projectDir, compose }: Pick<Project, 'config' | 'projectDir' | 'compose'>,
  changed: readonly string[] | undefined,
  repository: string,
): PlannedBuild[] {
  const builds = new Map<string, { services: string[]; touched?: number }>()
  if (config.systemd) return []
  for (const service of Object.keys(config.services)) {
    const build = compose.model.services[service]?.build
    if (typeof build !== 'object' || build === null) continue
    const key = JSON.stringify(build)
    const known = builds.get(key)
    if (known) known.services.push(service)
    else builds.set(key, { services: [service], ...touched(build as Build, projectDir, changed, repository) })
  }
  return [...builds.values()]
}

interface Build {
  readonly context?: unknown
  readonly dockerfile?: unknown
  readonly additional_contexts?: unknown
}

function touched(
  { context, dockerfile, additional_contexts: more }: Build,
  projectDir: string,
  changed: readonly string[] | undefined,
  repository: string,
): { touched?: number } {
  const folders = [context ?? projectDir, ...Object.values((more as object | null | undefined) ?? {})].map(
    String,
  )
  // A build from elsewhere (a URL, an image, another service) says nothing by the files of the checkout.
  if (changed === undefined || folders.some((folder) => !isAbsolute(folder))) return {}
  const file = resolve(folders[0]!, String(dockerfile ?? 'Dockerfile'))
  const counts = (path: string) => path === file || folders.some((folder) => isIn(folder, path))
  return { touched: changed.filter((path) => counts(join(repository, path))).length }
}

function isIn(folder: string, path: string): boolean {
  const inside = relative(folder, path)
  return inside !== '' && inside !== '..' && !inside.startsWith('../')
}

/** Of images that were built already, what a host lacks. */
export interface ImageNeeds {
  readonly service: string
  /** It is the very one that is live. */
  readonly same: boolean
}

export function imageNeeds(layout: Layout, live: Release | undefined): ImageNeeds[] {
  return Object.entries(layout.images).map(([service, { manifestDigest }]) => ({
    service,
    same: live?.images[service]?.manifest === manifestDigest,
  }))
}

/** Bytes of the layers that are not there, compressed as they travel. */
export function lackingBytes(layout: Layout, there: ReadonlySet<string>): number {
  const layers = Object.values(layout.images).flatMap((image) => image.layers)
  const lacking = new Map(
    layers.filter(({ diffId }) => !there.has(diffId)).map(({ digest, size }) => [digest, size]),
  )
  return [...lacking.values()].reduce((sum, size) => sum + size, 0)
}
