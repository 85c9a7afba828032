import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../host/program'
import { HostFailure, type HostSession, type StageProgram } from '../host/session'
import { accessLogPath } from '../proxies/proxy'
import { hasHappened } from '../release/history'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { type Deploy, explain } from './deploy'
import { watchProbes } from './gate'
import { slotLibrary } from './start'
import { type Switched, switchBack } from './switch'

const library = readFileSync(join(__dirname, 'bake.sh'), 'utf8')

/** The watcher as a program of its own: it looks at the access log and the containers, and switches back by itself. */
export function bakeProgram(
  { config, runtime }: Deploy,
  release: Release,
  from: { slot: Slot; release: string } | undefined,
): StageProgram {
  const { duration, maxErrorPercent, minRequests } = config.bake
  return {
    stage: 'bake',
    libraries: [runtime.library, slotLibrary, library],
    calls: [
      call(
        'bake',
        release.slot,
        release.id,
        from?.slot ?? '',
        from?.release ?? '',
        String(Math.ceil(duration / 1000)),
        String(Math.floor(maxErrorPercent)),
        String(minRequests),
        config.proxy ? accessLogPath(config) : '/dev/null',
      ),
    ],
  }
}

/**
 * Follows the watchers, and probes from outside meanwhile; whichever finds trouble first puts the old slot back.
 *
 * @throws {Trouble} when the release was taken back.
 */
export async function bake(deploy: Deploy, release: Release, switched: Switched): Promise<void> {
  const probes = watchProbes(deploy, release)
  try {
    const watched = Promise.all(
      switched.watchers.map((run, index) =>
        follow(deploy, deploy.hosts[index]!, release, run, switched.from),
      ),
    )
    watched.catch(() => undefined)
    await Promise.race([watched, probes.trouble.then((why) => takeBack(deploy, release, switched, why))])
  } finally {
    probes.stop()
  }
}

async function follow(
  deploy: Deploy,
  host: HostSession,
  release: Release,
  run: string,
  from: Switched['from'],
): Promise<void> {
  try {
    await host.followAgain(run)
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error
    if (error.code !== 'bake') throw explain(error, 'See the log.')
    if (from) deploy.report.live = { slot: from.slot, version: from.release }
    throw bakeTrouble(release, error.message, from, error.outcome.printed)
  }
}

async function takeBack(deploy: Deploy, release: Release, switched: Switched, why: string): Promise<never> {
  if (switched.from) await switchBack(deploy, release, switched.from, why)
  throw bakeTrouble(release, why, switched.from, [])
}

function bakeTrouble(release: Release, why: string, from: Switched['from'], log: readonly string[]): Trouble {
  return new Trouble(
    `Bake of ${release.version}`,
    `${why}. ${from ? `Traffic is back on ${from.release}.` : 'There was no earlier release to go back to, so it stays live.'}`,
    'Mend the app and deploy again; the limits are `bake` in kawasemi.yml.',
    log,
  )
}

/** A switch that somebody's run made and nobody watched: whether its bake is still to come. */
export function isUnbaked(deploy: Deploy, release: Release): boolean {
  return deploy.hosts.some(({ facts }) => !hasHappened(facts.history, release.id, 'baked'))
}
