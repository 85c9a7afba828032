import type { Hook } from '../config/schema'
import { call } from '../host/program'
import type { Release } from '../release/release'
import { type Deploy, on, onHosts, runStage } from './deploy'

export type Moment = 'after-ship' | 'before-switch' | 'after-switch' | 'on-failure'

/**
 * Runs the commands of one moment in their order, on every host, in one program.
 *
 * @throws {Trouble} at the first one that fails.
 */
export async function runHooks(
  deploy: Deploy,
  release: Release,
  moment: Moment,
  hooks: readonly Hook[],
): Promise<void> {
  if (hooks.length === 0) return
  const { runtime } = deploy
  await onHosts(deploy, (host) => {
    const { slot } = on(host, release)
    return runStage(
      host,
      {
        stage: moment,
        libraries: [runtime.library],
        calls: hooks.flatMap(({ service, command, timeout }, index) => [
          call('begin', `${moment} ${index + 1}`),
          ...runtime.oneOff(slot, { service, name: `${moment}-${index + 1}`, command, timeout, env: {} }),
          call('end'),
        ]),
      },
      `Mend the command under \`hooks.${moment}\` in kawasemi.yml, or what it found.`,
    )
  })
}

/** For moments after which nothing can be held back any more. */
export async function tryHooks(
  deploy: Deploy,
  release: Release,
  moment: Moment,
  hooks: readonly Hook[],
): Promise<void> {
  try {
    await runHooks(deploy, release, moment, hooks)
  } catch (error) {
    deploy.reporter.warning(
      `A command of hooks.${moment} failed: ${error instanceof Error ? error.message : error}`,
    )
  }
}

/** Runs the commands for a failure when the work fails, then lets it fail. */
export async function withFailureHooks<Result>(
  deploy: Deploy,
  release: Release,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!deploy.signal.aborted) await tryHooks(deploy, release, 'on-failure', deploy.config.hooks.onFailure)
    throw error
  }
}
