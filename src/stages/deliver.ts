import type { HostFacts } from '../host/facts'
import type { HostSession } from '../host/session'
import type { Layout } from '../images/layout'
import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import type { Deploy } from './deploy'
import { skip, stage } from './deploy'
import type { Identity } from './identity'
import { checkHost, idleSlot, refuseOlder } from './preflight'
import { configHash, imagesOf, type Project, planFiles } from './project'
import { ship } from './ship'

export interface DeliverRequest {
  readonly identity: Identity
  /** None where an earlier attempt of this run brought the images already: then what was recorded counts. */
  readonly layout: Layout | undefined
}

/** Refuses hosts that cannot take the release, and re-runs that are older than what is live. Changes nothing. */
export function preflight(deploy: Deploy, request: DeliverRequest): void {
  const layout = Object.values(request.layout?.images ?? {})
  for (const { name, facts } of deploy.hosts) {
    const refusal = deploy.runtime.refusal(facts.runtime)
    if (refusal) throw refusal
    refuseOlder(name, facts, request.identity.run)
    checkHost(name, facts, {
      architectures: [...new Set(layout.map(({ architecture }) => architecture))],
      imageBytes: Math.max(0, ...layout.map(({ unpackedSize }) => unpackedSize)),
    })
  }
}

/** Ships the release into the idle slot, unless an earlier attempt did so and the slot still holds it. */
export async function deliver(deploy: Deploy, project: Project, request: DeliverRequest): Promise<Release> {
  const { identity, layout } = request
  const { id, version } = identity
  const { facts } = deploy.hosts[0]!
  const recorded = findRelease(facts.history, id)
  if (recorded && isIn(facts, recorded)) {
    skip(deploy, 'ship', 'done by an earlier attempt')
    return recorded
  }
  const plan = planFiles(project, { id, version })
  for (const notice of plan.notices) deploy.reporter.info(notice)
  for (const warning of plan.warnings) deploy.reporter.warning(warning)
  const release: Release = {
    ...identity,
    slot: idleSlot(facts),
    images: recorded?.images ?? imagesOf(layout),
    config: configHash(plan),
  }
  await stage(deploy, 'ship', () => ship(deploy, { release, plan, layout: recorded ? undefined : layout }))
  await Promise.all(deploy.hosts.map((host: HostSession) => host.refresh()))
  return release
}

function isIn(facts: HostFacts, release: Release): boolean {
  return facts.live !== release.slot && facts.releases[release.slot] === release.id
}
