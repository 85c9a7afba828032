import { HostFailure } from '../host/session'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { type Deploy, explain } from './deploy'
import { watchProbes } from './gate'
import type { HostSwitch } from './switch'
import { type Place, takeBack } from './take-back'

/**
 * Follows the watchers of all hosts, and probes from outside meanwhile. Whichever finds trouble first, every host goes
 * back.
 *
 * @throws {Trouble} when the release was taken back.
 */
export async function bake(deploy: Deploy, release: Release, switches: readonly HostSwitch[]): Promise<void> {
  const probes = watchProbes(deploy, release)
  try {
    const watched = Promise.all(switches.map((each) => follow(deploy, each)))
    watched.catch(() => undefined)
    const probed = probes.trouble.then((why) => {
      throw bakeTrouble(release, why, switches[0]!.from, [])
    })
    await Promise.race([watched, probed])
  } catch (error) {
    probes.stop()
    if (error instanceof Trouble) await takeBack(deploy, switches, error.cause_)
    throw error
  } finally {
    probes.stop()
  }
}

async function follow(deploy: Deploy, { host, release, from, watcher }: HostSwitch): Promise<void> {
  if (watcher === undefined) return
  try {
    await host.followAgain(watcher)
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error
    if (error.code !== 'bake') throw explain(error, 'See the log.')
    const where = deploy.hosts.length > 1 ? `on ${host.name} ` : ''
    throw bakeTrouble(release, `${where}${error.message}`, from, error.outcome.printed)
  }
}

function bakeTrouble(
  release: Release,
  why: string,
  from: Place | undefined,
  log: readonly string[],
): Trouble {
  return new Trouble(
    `Bake of ${release.version}`,
    `${why}. ${from ? `Traffic is back on ${from.release}.` : 'There was no earlier release to go back to, so it stays live.'}`,
    'Mend the app and deploy again; the limits are `bake` in kawasemi.yml.',
    log,
  )
}
