import { HostFailure, type HostSession, LeaseHeld } from '../host/session'
import { askHostState } from '../probes/host-state'
import { judgeUnits } from '../probes/units'
import type { Checked, CheckName, Limits } from '../release/check-up'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { type Deploy, explain } from './deploy'
import { liveRelease } from './live'
import { liveHealth } from './live-health'
import { backUp, prune } from './routine'
import { judgeResources, lookAtCertificates } from './surroundings'
import { siteFix, unmetByProxy } from './verify'

export interface Watch {
  readonly limits: Limits
  /** Checks that are left out. */
  readonly skip: ReadonlySet<CheckName>
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Looks at all of one host, which need not be ours for that: nothing is changed. */
export async function lookAtHost(deploy: Deploy, watch: Watch): Promise<Checked[]> {
  const [host] = deploy.hosts
  const looks: readonly [Checked['check'], () => Promise<Checked[]>][] = [
    ['live', () => lookAtLive(deploy, host!)],
    ['health', () => healthOf(deploy, host!)],
    ['certificate', () => lookAtCertificates(deploy.config, host!, watch.limits, watch.now)],
    ['host', () => hostState(deploy, host!, watch)],
  ]
  const all = await Promise.all(
    looks
      .filter(([check]) => !isLeftOut(watch, check))
      .map(([check, look]) => asChecks(deploy, check, host!.name, look)),
  )
  return all.flat().filter(({ check }) => !isLeftOut(watch, check))
}

function isLeftOut({ skip }: Watch, check: Checked['check']): boolean {
  return check !== 'host' && skip.has(check)
}

/** Trouble on the way is told like what was looked for; a cancelled run and a bug of ours are not. */
export async function asChecks(
  { signal }: Pick<Deploy, 'signal'>,
  check: Checked['check'],
  of: string,
  look: () => Promise<Checked[]>,
): Promise<Checked[]> {
  try {
    return await look()
  } catch (error) {
    signal.throwIfAborted()
    const trouble = error instanceof HostFailure ? explain(error, 'See the log of the run.') : error
    if (trouble instanceof Trouble) return [{ check, of, found: trouble.cause_, fix: trouble.fix }]
    throw error
  }
}

async function lookAtLive({ config }: Deploy, host: HostSession): Promise<Checked[]> {
  const checked = { check: 'live', of: host.name } as const
  const release = liveRelease(host)
  if (!release)
    return [{ ...checked, found: 'nothing is live', fix: 'Deploy a version, or run the rollback workflow.' }]
  const unmet = await unmetByProxy(config, host, release)
  if (unmet === undefined) return [{ ...checked, found: `${release.version} takes traffic` }]
  return [
    {
      ...checked,
      found: `the proxy does not answer with ${release.id}, which is live: ${unmet}`,
      fix: siteFix,
    },
  ]
}

async function healthOf(deploy: Deploy, host: HostSession): Promise<Checked[]> {
  const { live } = host.facts
  return live ? liveHealth(deploy, host, live) : []
}

async function hostState(deploy: Deploy, host: HostSession, { limits }: Watch): Promise<Checked[]> {
  const { config, runtime } = deploy
  const of = host.name
  const refusal = runtime.refusal(host.facts.runtime)
  const state = await askHostState(host, config, host.facts.live, runtime.library)
  return [
    ...(refusal
      ? [{ check: 'services', of, found: `${refusal.thing} ${refusal.cause_}`, fix: refusal.fix } as const]
      : judgeServices(of, state.services, state.accessories)),
    ...judgeResources(of, state, limits),
    ...(state.failedUnits ? [judgeUnits(of, state.failedUnits)] : []),
  ]
}

function judgeServices(
  of: string,
  dead: string | undefined,
  accessories: Readonly<Record<string, string>>,
): Checked[] {
  const check = 'services'
  const unwell = Object.entries(accessories).filter(
    ([, state]) => !/^running( healthy| starting)?$/.test(state),
  )
  const parts = [
    ...(dead ? [dead] : []),
    ...unwell.map(([name, state]) =>
      state === 'gone' ? `${name} has no container that runs` : `${name} is ${state}`,
    ),
  ]
  if (dead === undefined) return []
  if (parts.length === 0) return [{ check, of, found: 'all up' }]
  return [
    {
      check,
      of,
      found: parts.join('; '),
      fix: 'See its log and start it again: docs/by-hand.md has the commands.',
    },
  ]
}

/** Releases that take traffic on several hosts have to be one. */
export function compareHosts(
  app: string,
  hosts: readonly { name: string; live: Release | undefined }[],
): Checked[] {
  const ids = new Set(hosts.flatMap(({ live }) => live?.id ?? []))
  if (ids.size < 2) return []
  return [
    {
      check: 'live',
      of: app,
      found: hosts.map(({ name, live }) => `${name} serves ${live?.id ?? 'nothing'}`).join(', '),
      fix: 'The next deploy or rollback brings them together.',
    },
  ]
}

/**
 * Backup and prune, under the lease. A run that is at work there does both itself.
 *
 * @param first whether the host is the one whose database is backed up
 */
export async function keepUp(deploy: Deploy, watch: Watch, first: boolean): Promise<Checked[]> {
  const [host] = deploy.hosts
  const { limits, skip, now } = watch
  const backUpLive = async () => {
    const live = liveRelease(host!)
    return first && live ? backUp(deploy, host!, live, limits, now) : undefined
  }
  const works: readonly [CheckName, () => Promise<Checked | undefined>][] = [
    ['backup', backUpLive],
    ['prune', () => prune(deploy, host!, limits)],
  ]
  const wanted = works.filter(([check]) => !skip.has(check))
  if (wanted.length === 0) return []
  try {
    await host!.take()
  } catch (error) {
    if (!(error instanceof LeaseHeld)) throw error
    deploy.reporter.warning(`${host!.name}: backup and prune were left out, since ${error.cause_}`)
    return []
  }
  const checks: Checked[] = []
  for (const [check, work] of wanted)
    checks.push(...(await asChecks(deploy, check, host!.name, async () => [(await work()) ?? []].flat())))
  return checks
}
