import type { Manifest } from '../host/files-manifest'
import type { HostSession } from '../host/session'
import { type Changed, type DeployPlan, type HostPlan, together } from '../release/deploy-plan'
import { interruptedMigration } from '../release/history'
import { imageNeeds, lackingBytes, type PlannedBuild, plannedBuilds } from './builds'
import { type DeliverRequest, troublesBefore } from './deliver'
import { type Deploy, onHosts } from './deploy'
import { askDifferences, type Told } from './differences'
import { foreseeStages } from './foresee'
import { liveRelease } from './live'
import { idleSlot } from './preflight'
import { type Project, planFiles, readReleaseFiles } from './project'

export interface PlanRequest extends DeliverRequest {
  /** Absolute path of the checkout's root. */
  readonly repository: string
  /** What is other in the repository than at the commit of the live release. */
  since(commit: string): Promise<Since>
}

/** Nothing of what nobody can say. */
export interface Since {
  /** Paths in the repository. */
  readonly files?: readonly string[] | undefined
  /** Keys of kawasemi.yml. */
  readonly config?: Changed | undefined
}

/**
 * Says what a deploy would do on every host, and warns of what would stop it. Changes nothing there: it takes no lease, and
 * does not wait for whoever has it.
 */
export async function planDeploy(
  deploy: Deploy,
  project: Project,
  request: PlanRequest,
): Promise<DeployPlan> {
  const { config, hosts, reporter } = deploy
  const { identity, layout, repository } = request
  const [first] = hosts
  const live = liveRelease(first!)
  const manifest = await readReleaseFiles(project)
  const [told, { files, config: keys }] = await Promise.all([
    onHosts(deploy, (host) => askDifferences(deploy, project, host, manifest)),
    live?.commit ? request.since(live.commit) : ({} as Since),
  ])
  for (const warning of planFiles(project, identity).warnings) reporter.warning(warning)
  for (const { message } of troublesBefore(deploy, request)) reporter.warning(message)
  warn(deploy, told)
  const ship = layout
    ? hosts.map((host, at) => builtLines(host, layout, told[at]!))
    : manifest
      ? told.map((each) => [fileLine(manifest, each)])
      : [plannedBuilds(project, files, repository).map(buildLine)]
  return {
    hosts: hosts.map(hostPlan),
    stages: foreseeStages({
      config,
      facts: first!.facts,
      live,
      identity,
      ship: [
        ...onEach(
          hosts,
          hosts.map(({ facts }) => [`to ${idleSlot(facts)}`]),
        ),
        ...onEach(hosts, ship),
      ],
    }),
    ...(keys && { config: keys }),
    changes: together(told.map(({ changes }) => changes)),
  }
}

function hostPlan(host: HostSession): HostPlan {
  const { name, facts } = host
  const live = liveRelease(host)
  return {
    host: name,
    ...(live && facts.live && { live: { slot: facts.live, version: live.version } }),
    slot: idleSlot(facts),
  }
}

function warn({ hosts, reporter }: Deploy, told: readonly Told[]): void {
  for (const [at, host] of hosts.entries()) {
    const { held } = told[at]!
    if (held)
      reporter.warning(
        `${host.name}: another run is at work there now: ${held.owner} (${held.url}). A deploy would fail while it is.`,
      )
  }
  const halfDone = interruptedMigration(hosts[0]!.facts.history)
  if (halfDone)
    reporter.warning(
      `The migration of ${halfDone} was cut off before it ended; the schema may be half changed. A deploy would run the command again.`,
    )
  if (new Set(hosts.map((host) => liveRelease(host)?.id)).size > 1)
    reporter.warning(
      'The hosts serve different releases; a deploy would bring them together first, or say why not.',
    )
}

/** Lines that are the same on all hosts once, the others with the host's name. */
function onEach(hosts: readonly HostSession[], lines: readonly (readonly string[])[]): string[] {
  const same = lines.every((each) => JSON.stringify(each) === JSON.stringify(lines[0]))
  if (same) return [...(lines[0] ?? [])]
  return lines.flatMap((each, at) => each.map((line) => `\`${hosts[at]!.name}\`: ${line}`))
}

function buildLine({ services, touched }: PlannedBuild): string {
  const which = `builds ${services.map((name) => `\`${name}\``).join(', ')}`
  if (touched === undefined) return which
  return touched === 0
    ? `${which}, from the same files as the live release`
    : `${which}; ${count(touched, 'file')} of the build ${touched === 1 ? 'differs' : 'differ'}`
}

function builtLines(
  host: HostSession,
  layout: NonNullable<DeliverRequest['layout']>,
  { layers }: Told,
): string[] {
  const needs = imageNeeds(layout, liveRelease(host))
  const named = (same: boolean) =>
    needs.filter((each) => each.same === same).map(({ service }) => `\`${service}\``)
  return [
    ...(named(false).length > 0 ? [`${named(false).join(', ')}: another image`] : []),
    ...(named(true).length > 0 ? [`${named(true).join(', ')}: the image that is live`] : []),
    `at most ${size(lackingBytes(layout, layers))} of ${size(layout.bytes)} travel`,
  ]
}

function fileLine(manifest: Manifest, { list }: Told): string {
  if (!list)
    return `all ${count(manifest.files.length, 'file')} that the host lacks, of ${size(manifest.bytes)}`
  const there = new Set([...list.values()].map((what) => what.slice(0, 64)))
  const lacking = new Map(
    manifest.files.filter(({ sha256 }) => !there.has(sha256)).map(({ sha256, size }) => [sha256, size]),
  )
  const bytes = [...lacking.values()].reduce((sum, size) => sum + size, 0)
  return `${count(lacking.size, 'file')} of ${manifest.files.length} would travel, ${size(bytes)} before compression`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
