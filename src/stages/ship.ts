import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sendFiles } from '../host/files'
import type { Manifest } from '../host/files-manifest'
import { type Call, call } from '../host/program'
import { HostFailure, type HostSession } from '../host/session'
import { bringImages } from '../images/bring'
import type { Layout } from '../images/layout'
import { pullLibrary } from '../images/pull'
import type { ImageRegistry } from '../images/registry-login'
import { isDraining } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import type { ReleaseFile, RuntimePlan } from '../runtimes/runtime'
import { allOf, type Deploy, explain, runStage } from './deploy'
import { drainCalls } from './drain'
import { slotLibrary } from './start'

const library = readFileSync(join(__dirname, 'ship.sh'), 'utf8')

export interface Shipment {
  /** The hosts that do not have it yet, each with the release in the slot it gets there. */
  readonly to: readonly { readonly host: HostSession; readonly release: Release }[]
  readonly plan: RuntimePlan
  /** What a release that runs from files consists of. */
  readonly files: Manifest | undefined
  /** The images of services that were built; none where an earlier attempt brought them already. */
  readonly layout: Layout | undefined
  /** Where they were pushed to, if the hosts are to pull them from there. */
  readonly pullFrom?: ImageRegistry
}

/** Lays the release down in the idle slots. Nothing of it runs yet, and nothing that runs is touched. */
export async function ship(deploy: Deploy, shipment: Shipment): Promise<void> {
  const sent = await allOf(shipment.to.map(({ host, release }) => shipTo(deploy, host, release, shipment)))
  deploy.report.moved = {
    bytes: sent.reduce((sum, bytes) => sum + bytes, 0),
    ...(shipment.layout && { ofBytes: shipment.layout.bytes * shipment.to.length }),
  }
}

/** @returns bytes sent to the host, encryption included. */
async function shipTo(
  deploy: Deploy,
  host: HostSession,
  release: Release,
  { plan, files, layout, pullFrom }: Shipment,
): Promise<number> {
  const { config, runtime } = deploy
  const before = host.traffic.bytesOut
  if (files) await sent('what has arrived is kept', () => sendFiles(host, release.id, files))
  const images =
    layout &&
    (await sent('layers that are there are not sent again', () =>
      bringImages(host, { app: config.app, release: release.id, layout }, pullFrom),
    ))
  try {
    await runStage(
      host,
      {
        stage: 'ship',
        libraries: [runtime.library, pullLibrary, slotLibrary, library],
        calls: [
          call('refuse_live', release.slot),
          ...leftovers(deploy, host, release.slot),
          ...fileCalls(host.base, release, plan.files),
          ...(images?.calls ?? []),
          ...otherImageCalls(release.id, plan),
          call('begin', 'check'),
          ...runtime.checkImages(config.app, release),
          call('end'),
          ...plan.prepare,
          ...assetCalls(deploy, release),
          // A release counts as laid down once this file is there.
          call(
            'put',
            `${host.base}/releases/${release.id}/release.json`,
            '0640',
            `${JSON.stringify(release)}\n`,
          ),
          call('slot_point', release.slot, release.id),
          call('ledger', eventFields('shipped', release.id, { details: release })),
        ],
      },
      'The live slot was not touched. Mend what the lines above say and run this again.',
    )
    return host.traffic.bytesOut - before
  } finally {
    await images?.close()
  }
}

/** A run that died after its switch left the old release to whoever is still connected to it; they are waited for. */
function leftovers(deploy: Deploy, { facts }: HostSession, slot: Slot): Call[] {
  if (!isDraining(facts.history, facts.releases[slot])) return []
  return [call('begin', 'drain'), ...drainCalls(deploy, slot), call('end')]
}

/** What is sent while the host's program waits for it. */
async function sent<Result>(spared: string, send: () => Promise<Result>): Promise<Result> {
  try {
    return await send()
  } catch (error) {
    throw error instanceof HostFailure
      ? explain(error, `The live slot was not touched. Run this again: ${spared}.`)
      : error
  }
}

function fileCalls(base: string, release: Release, files: readonly ReleaseFile[]): Call[] {
  const folder = `${base}/releases/${release.id}`
  const folders = new Set(
    files.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])),
  )
  return [
    call('begin', 'files'),
    call('release_folder', release.id),
    ...[...folders].map((path) => call('release_folder_inside', release.id, path)),
    ...files.map(({ path, content, mode }) =>
      call('put_base64', `${folder}/${path}`, octal(mode), Buffer.from(content).toString('base64')),
    ),
    call(
      'put',
      `${folder}/public.json`,
      '0644',
      `${JSON.stringify({ release: release.id, version: release.version })}\n`,
    ),
    call('end'),
  ]
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function otherImageCalls(release: string, { takenImages, accessoryImages }: RuntimePlan): Call[] {
  const taken = takenImages.flatMap(({ name, reference, fetch }) => [name, reference, fetch])
  const calls = [
    ...(accessoryImages.length > 0 ? [call('fetch_images', ...accessoryImages)] : []),
    ...(taken.length > 0 ? [call('take_images', release, ...taken)] : []),
  ]
  return calls.length > 0 ? [call('begin', 'other images'), ...calls, call('end')] : []
}

function assetCalls({ config, runtime }: Deploy, release: Release): Call[] {
  const calls = Object.entries(config.services).flatMap(([service, settings]) =>
    settings.role === 'web' && settings.assets
      ? [runtime.takeAssets(config.app, release, service, settings.assets)]
      : [],
  )
  return calls.length > 0 ? [call('begin', 'assets'), ...calls, call('end')] : []
}
