import type { Config } from '../config/schema'
import { ForwardingForbidden } from '../host/connection'
import type { HostFacts } from '../host/facts'
import type { HostSession } from '../host/session'
import type { Layout } from '../images/layout'
import type { ImageRegistry } from '../images/registry-login'
import { judgeClock } from '../probes/clock'
import { defaultLimits, nameOf } from '../release/check-up'
import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import type { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'
import { on, skip, stage } from './deploy'
import { holdsFiles } from './holds-files'
import type { Identity } from './identity'
import { isLive, isLiveAlready } from './live'
import { hostTroubles, idleSlot, olderRun } from './preflight'
import { configHash, imagesOf, type Project, planFiles, readReleaseFiles } from './project'
import { ship } from './ship'

export interface DeliverRequest {
  readonly identity: Identity
  /** None where an earlier attempt of this run brought the images already: then what was recorded counts. */
  readonly layout: Layout | undefined
  /** Where the images were pushed to, if the hosts are to pull them from there. */
  readonly pullFrom?: ImageRegistry
}

/** Refuses hosts that cannot take the release, and re-runs that are older than what is live. Changes nothing. */
export function preflight(deploy: Deploy, request: DeliverRequest): void {
  const [first] = troublesBefore(deploy, request)
  if (first) throw first
}

/** All that speaks against bringing the release to the hosts, before anything is sent. */
export function troublesBefore(
  { hosts, runtime }: Deploy,
  { identity, layout }: DeliverRequest,
): readonly Trouble[] {
  const images = Object.values(layout?.images ?? {})
  const needs = {
    architectures: [...new Set(images.map(({ architecture }) => architecture))],
    imageBytes: Math.max(0, ...images.map(({ unpackedSize }) => unpackedSize)),
  }
  return hosts.flatMap(({ name, facts }) => {
    const refusals = [runtime.refusal(facts.runtime), olderRun(name, facts, identity.run)]
    return [...refusals.filter((each) => each !== undefined), ...hostTroubles(name, facts, needs)]
  })
}

/**
 * Ships the release into the idle slot of every host, but for hosts where an earlier attempt did so and the slot still
 * holds it. Where its settings are others since, such as a secret that was wrong, it is shipped again: with the images
 * that are there.
 *
 * @returns the release as the first host has it, which is the one that backs up and migrates.
 */
export async function deliver(deploy: Deploy, project: Project, request: DeliverRequest): Promise<Release> {
  const { identity, layout, pullFrom } = request
  const known = recorded(deploy, identity.id)
  const images = known?.images ?? imagesOf(layout)
  if (known && isLive(deploy, identity.id)) {
    skip(deploy, 'ship', isLiveAlready)
    return known
  }
  const plan = planFiles(project, identity)
  const isThere = await Promise.all(
    deploy.hosts.map(
      async (host) => holds(host.facts, identity.id, images) && holdsFiles(host, identity.id, plan),
    ),
  )
  const lacking = deploy.hosts.filter((_, at) => !isThere[at])
  if (known && lacking.length === 0) {
    skip(deploy, 'ship', 'done by an earlier attempt')
    return known
  }
  for (const { name, facts } of lacking) warnOfClock(deploy, name, facts)
  await Promise.all(lacking.map((host) => requireStreams(host, deploy.config)))
  const files = await readReleaseFiles(project)
  for (const notice of plan.notices) deploy.reporter.info(notice)
  for (const warning of plan.warnings) deploy.reporter.warning(warning)
  const to = lacking.map((host) => ({
    host,
    release: { ...identity, slot: idleSlot(host.facts), images, config: configHash(plan, files) },
  }))
  await stage(deploy, 'ship', () =>
    ship(deploy, { to, plan, files, layout: known ? undefined : layout, ...(pullFrom && { pullFrom }) }),
  )
  await Promise.all(deploy.hosts.map((host) => host.refresh()))
  return on(deploy.hosts[0]!, to[0]!.release)
}

/** Sessions, tokens and the times of a log go wrong with it, but not the deploy. */
function warnOfClock({ reporter }: Deploy, host: string, { clock }: HostFacts): void {
  const checked = clock && judgeClock(host, clock, defaultLimits.clockSeconds)
  if (checked?.fix !== undefined) reporter.warning(`${nameOf(checked)}: ${checked.found}. ${checked.fix}`)
}

/**
 * The gate asks services over streams to the host's loopback. One that is refused means only that nothing listens there.
 *
 * @throws {ForwardingForbidden} when there can be no such streams, before anything is sent.
 */
async function requireStreams(host: HostSession, { services }: Config): Promise<void> {
  const web = Object.values(services).find((service) => service.role === 'web')
  if (web?.role !== 'web') return
  try {
    const stream = await host.dial(web.slots[idleSlot(host.facts)])
    stream.destroy()
  } catch (error) {
    if (error instanceof ForwardingForbidden) throw error
  }
}

/** The release as an earlier attempt brought it to every host. Where one lacks it, shipping was not finished. */
export function recorded({ hosts }: Deploy, id: string): Release | undefined {
  const known = hosts.map(({ facts }) => findRelease(facts.history, id))
  return known.every((each) => each !== undefined) ? known[0] : undefined
}

function holds(facts: HostFacts, id: string, images: Release['images']): boolean {
  const known = findRelease(facts.history, id)
  if (!known || facts.live === known.slot || facts.releases[known.slot] !== id) return false
  if (!facts.present.includes(id)) return false
  return Object.entries(images).every(
    ([service, { manifest }]) => known.images[service]?.manifest === manifest,
  )
}
