import { backupOf, type History, hasHappened } from '../release/history'
import type { Release } from '../release/release'
import { bake } from './bake'
import { type Deploy, skip, stage } from './deploy'
import { drain } from './drain'
import { gate, stopIdle } from './gate'
import { runHooks, tryHooks, withFailureHooks } from './hooks'
import { isLive, isLiveAlready } from './live'
import { requireSite } from './look'
import { backup, migrate } from './migrate'
import { retire } from './retire'
import { start } from './start'
import { switchTo } from './switch'

/** How long a backup counts as new, in ms. */
const newFor = 60 * 60 * 1000

/** How a deploy ended, for the outputs of the actions. */
export interface Ended {
  readonly switchMs: number
}

/** Backup and migration, each left out when the ledger says that it was done for this very release. */
export function backupAndMigrate(
  deploy: Deploy,
  release: Release,
): Promise<{ backup: string; ran: boolean }> {
  return withFailureHooks(deploy, release, () => migrateOnce(deploy, release))
}

async function migrateOnce(deploy: Deploy, release: Release): Promise<{ backup: string; ran: boolean }> {
  const { config, hosts } = deploy
  if (isLive(deploy, release.id)) {
    skip(deploy, 'backup', isLiveAlready)
    skip(deploy, 'migrate', isLiveAlready)
    return { backup: '', ran: false }
  }
  await runHooks(deploy, release, 'after-ship', config.hooks.afterShip)
  if (!config.migrations) {
    skip(deploy, 'backup', 'no migrations in kawasemi.yml')
    skip(deploy, 'migrate', 'no migrations in kawasemi.yml')
    return { backup: '', ran: false }
  }
  const { history, clock } = hosts[0]!.facts
  const made = backupOf(history, release.id)
  const isMigrated = hasHappened(history, release.id, 'migrated')
  if (isMigrated || isBackedUp(history, release.id, clock?.host))
    skip(deploy, 'backup', 'made by an earlier attempt')
  else await stage(deploy, 'backup', () => backup(deploy, release))
  if (isMigrated) {
    skip(deploy, 'migrate', 'done by an earlier attempt')
    return { backup: made?.file ?? '', ran: false }
  }
  await stage(deploy, 'migrate', () => migrate(deploy, release))
  return { backup: deploy.report.backup ?? made?.file ?? '', ran: true }
}

/**
 * Whether an earlier attempt's backup is the one to keep. It is while a migration of the release has begun and not ended
 * well, since a second one could be of a half migrated database; else it has to be new.
 *
 * @param now milliseconds since 1970 by the clock that wrote the ledger; without it no backup is new
 */
function isBackedUp(history: History, id: string, now: number | undefined): boolean {
  // One from before the release was shipped again may be of another database.
  if (!hasHappened(history, id, 'backed-up')) return false
  const own = history.filter(({ release }) => release === id)
  const made = own.findLastIndex(({ event }) => event === 'backed-up')
  const migration = own.slice(made).findLast(({ event }) => ['migrating', 'migrated'].includes(event))
  return migration?.event === 'migrating' || (now !== undefined && now - Date.parse(own[made]!.at) < newFor)
}

/** The release starts in its slot and is let through or taken down. */
export async function startAndGate(deploy: Deploy, release: Release): Promise<void> {
  if (isLive(deploy, release.id)) {
    skip(deploy, 'start', isLiveAlready)
    skip(deploy, 'gate', isLiveAlready)
    return
  }
  await withFailureHooks(deploy, release, async () => {
    await requireSite(deploy)
    await stage(deploy, 'start', () => start(deploy, release))
    await stage(deploy, 'gate', () => gate(deploy, release))
    await runLastHooks(deploy, release)
  })
}

async function runLastHooks(deploy: Deploy, release: Release): Promise<void> {
  try {
    await runHooks(deploy, release, 'before-switch', deploy.config.hooks.beforeSwitch)
  } catch (error) {
    const why = 'a command of hooks.before-switch failed'
    if (!deploy.signal.aborted)
      await stopIdle(deploy, release, why).catch((other: Error) => deploy.reporter.warning(other.message))
    throw error
  }
}

/** From the switch to the end. */
export function switchAndFinish(deploy: Deploy, release: Release): Promise<Ended> {
  const baked = isLive(deploy, release.id) && isBaked(deploy, release.id)
  return withFailureHooks(deploy, release, async () => {
    const switches = await stage(deploy, 'switch', () =>
      switchTo(deploy, release, { bake: !baked, also: [] }),
    )
    await tryHooks(deploy, release, 'after-switch', deploy.config.hooks.afterSwitch)
    if (baked) skip(deploy, 'bake', 'stood in an earlier attempt')
    else if (deploy.config.bake.duration > 0)
      await stage(deploy, 'bake', () => bake(deploy, release, switches))
    else skip(deploy, 'bake', 'its duration is 0')
    if (switches.some(({ from }) => from)) await stage(deploy, 'drain', () => drain(deploy, switches))
    else skip(deploy, 'drain', 'the first release')
    await stage(deploy, 'retire', () => retire(deploy, switches))
    return { switchMs: Math.max(...switches.map(({ ms }) => ms)) }
  })
}

function isBaked({ hosts }: Deploy, id: string): boolean {
  return hosts.every(({ facts }) => hasHappened(facts.history, id, 'baked'))
}
