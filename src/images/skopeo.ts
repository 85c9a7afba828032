import { Trouble } from '../release/trouble'
import { buildEnvironment } from './docker-environment'
import type { Exec } from './exec'

/** What is said to skopeo and where its login is. */
export interface SkopeoCall {
  readonly args: readonly string[]
  readonly cwd?: string
  readonly stdin?: string
}

/**
 * Runs skopeo, which moves images between layouts and registries byte for byte.
 *
 * @throws {Trouble} when it is not on the runner. A failure of its own is an answer.
 */
export async function skopeo(exec: Exec, { args, ...options }: SkopeoCall): ReturnType<Exec> {
  try {
    return await exec('skopeo', args, { ...options, env: buildEnvironment() })
  } catch {
    throw new Trouble(
      'skopeo',
      'is not on this runner, and images are pushed with it.',
      'Install it (`apt-get install skopeo`, 1.6 or later); runners of GitHub with Ubuntu have it.',
    )
  }
}

/** What skopeo said went wrong, without the time and the level before it. */
export function skopeoSaid(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1) ?? ''
  const message = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replace(/\\(.)/g, '$1') ?? line
  return message.trim().slice(0, 500) || 'it said nothing'
}

/** As Docker itself does, a registry on the machine's own loopback is asked without TLS. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host)
}
