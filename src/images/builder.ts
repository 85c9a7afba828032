import { randomBytes } from 'node:crypto'
import type { Exec } from './exec'

type Environment = Readonly<Record<string, string>>

/**
 * Works with a builder that can write a cache to a registry. The runner's own can where somebody set one up, or where
 * Docker keeps its images in the containerd store. Docker's classic store cannot: then a builder in a container is made
 * for the time of the work. Where none can be made, there is no cache: that costs time only.
 *
 * @param warn is told why there is no cache
 * @param work gets the arguments of `docker buildx bake` that name the builder, nothing where there is no cache
 */
export async function withCachingBuilder<Result>(
  exec: Exec,
  env: Environment,
  warn: (message: string) => void,
  work: (builder: readonly string[] | undefined) => Promise<Result>,
): Promise<Result> {
  if (await canCache(exec, env)) return work([])
  const name = `kawasemi-${randomBytes(4).toString('hex')}`
  try {
    const create = ['buildx', 'create', '--driver', 'docker-container', '--bootstrap', '--name', name]
    const { code, stderr } = await exec('docker', create, { env })
    if (code === 0) return await work(['--builder', name])
    warn(
      `The build goes without a cache: it needs a builder in a container, which cannot be started (${lastLine(stderr)}). Let the runner reach the image moby/buildkit, turn on the containerd image store of its Docker, or set \`cache\` to \`off\``,
    )
    return await work(undefined)
  } finally {
    await exec('docker', ['buildx', 'rm', '--force', name], { env })
  }
}

async function canCache(exec: Exec, env: Environment): Promise<boolean> {
  const { stdout: builder } = await exec('docker', ['buildx', 'inspect'], { env })
  if (driverOf(builder) !== 'docker') return true
  const { stdout: store } = await exec('docker', ['info', '--format', '{{json .DriverStatus}}'], { env })
  return store.includes('io.containerd.snapshotter')
}

/** The driver of a builder, as `docker buildx inspect` names it. */
export function driverOf(inspected: string): string | undefined {
  return /^Driver:[ \t]*([a-z-]+)[ \t\r]*$/m.exec(inspected)?.[1]
}

function lastLine(stderr: string): string {
  return stderr.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) || 'Docker says nothing'
}
