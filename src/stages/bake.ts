import { HostFailure } from '../host/session'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { type Deploy, explain } from './deploy'
import { watchProbes } from './gate'
import type { HostSwitch } from './switch'
import { type Place, takeBack } from './take-back'

/** Why a release must not stay, and the log that shows it. */
interface Verdict {
  readonly why: string
  readonly log: readonly string[]
}

/**
 * Follows the watchers of all hosts, and probes from outside meanwhile. Whichever finds the release bad first, every
 * host goes back. A host that is only lost from sight is left to its own watcher.
 *
 * @throws {Trouble} when the release was taken back.
 */
export async function bake(deploy: Deploy, release: Release, switches: readonly HostSwitch[]): Promise<void> {
  const probes = watchProbes(deploy, release)
  try {
    const watched = followAll(deploy, switches)
    watched.catch(() => undefined)
    const verdict = await Promise.race([watched, probes.trouble.then((why): Verdict => ({ why, log: [] }))])
    if (verdict === undefined) return
    probes.stop()
    const faster = await takeBack(deploy, switches, 'bake-failed', verdict.why)
    // A watcher stops the release that it takes back: that no probe is answered any more is not why.
    const cause = faster ? await watched.catch(() => undefined) : undefined
    throw bakeTrouble(release, cause ?? verdict, switches[0]!.from)
  } finally {
    probes.stop()
  }
}

/** The first verdict against the release, or nothing when all watchers ended well. */
function followAll(deploy: Deploy, switches: readonly HostSwitch[]): Promise<Verdict | undefined> {
  return new Promise((resolve, reject) => {
    const watches = switches.map(async (each) => {
      const verdict = await follow(deploy, each)
      if (verdict) resolve(verdict)
    })
    Promise.all(watches).then(() => resolve(undefined), reject)
  })
}

async function follow(deploy: Deploy, { host, watcher }: HostSwitch): Promise<Verdict | undefined> {
  if (watcher === undefined) return undefined
  try {
    await host.followAgain(watcher)
    return undefined
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error
    if (error.code !== 'bake') throw explain(error, 'See the log.')
    const where = deploy.hosts.length > 1 ? `on ${host.name} ` : ''
    return { why: `${where}${error.message}`, log: error.outcome.printed }
  }
}

function bakeTrouble(release: Release, { why, log }: Verdict, from: Place | undefined): Trouble {
  return new Trouble(
    `Bake of ${release.version}`,
    `${why}. ${from ? `Traffic is back on ${from.release}.` : 'There was no earlier release to go back to, so it stays live.'}`,
    'Mend the app and deploy again; the limits are `bake` in kawasemi.yml.',
    log,
  )
}
