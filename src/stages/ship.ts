import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, call } from '../host/program'
import type { HostSession } from '../host/session'
import type { Layout } from '../images/layout'
import { imageCalls, pullLibrary } from '../images/pull'
import { serveLayout } from '../images/registry'
import { findRelease } from '../release/history'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import type { ReleaseFile } from '../runtimes/runtime'
import { type Deploy, onHosts, runStage } from './deploy'

const library = readFileSync(join(__dirname, 'ship.sh'), 'utf8')

export interface Shipment {
  readonly release: Release
  /** Everything that goes into releases/ID, the env file too. */
  readonly files: readonly ReleaseFile[]
  /** The images of services that were built. */
  readonly layout: Layout | undefined
}

/** Lays the release down on every host. Nothing of it runs yet, and nothing that runs is touched. */
export async function ship(deploy: Deploy, shipment: Shipment): Promise<void> {
  const moved = await onHosts(deploy, (host) => shipTo(deploy, host, shipment))
  deploy.report.moved = {
    bytes: moved.reduce((sum, bytes) => sum + bytes, 0),
    ...(shipment.layout && { ofBytes: shipment.layout.bytes * deploy.hosts.length }),
  }
}

async function shipTo(deploy: Deploy, host: HostSession, shipment: Shipment): Promise<number> {
  const { release, layout } = shipment
  const before = host.traffic.bytesOut
  const registry = layout && serveLayout(layout)
  const tunnel = registry && (await host.listen((stream) => registry.handle(stream)))
  try {
    await runStage(
      host,
      {
        stage: 'ship',
        libraries: [deploy.runtime.library, pullLibrary, library],
        calls: [
          ...fileCalls(host.base, release, shipment.files),
          ...(layout && registry && tunnel
            ? imageCalls({
                app: deploy.config.app,
                release: release.id,
                layout,
                port: tunnel.port,
                password: registry.password,
              })
            : []),
          ...assetCalls(deploy, release),
          ...(findRelease(host.facts.history, release.id)
            ? []
            : [call('ledger', eventFields('shipped', release.id, { details: release }))]),
        ],
      },
      'Mend what the lines above say and run this again.',
    )
    return host.traffic.bytesOut - before
  } finally {
    await tunnel?.close()
    registry?.close()
  }
}

function fileCalls(base: string, release: Release, files: readonly ReleaseFile[]): Call[] {
  const folder = `${base}/releases/${release.id}`
  const folders = new Set(
    files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/')))).filter((path) => path !== ''),
  )
  return [
    call('begin', 'files'),
    call('release_folder', release.id),
    ...[...folders].map((path) => call('release_folder_inside', release.id, path)),
    ...files.map(({ path, content, mode }) =>
      call(
        'put_base64',
        `${folder}/${path}`,
        mode.toString(8).padStart(4, '0'),
        Buffer.from(content).toString('base64'),
      ),
    ),
    // Last, because a release counts as laid down once this file is there.
    call(
      'put',
      `${folder}/public.json`,
      '0644',
      JSON.stringify({ release: release.id, version: release.version }) + '\n',
    ),
    call('put', `${folder}/release.json`, '0640', JSON.stringify(release) + '\n'),
    call('end'),
  ]
}

function assetCalls({ config }: Deploy, release: Release): Call[] {
  const calls = Object.entries(config.services).flatMap(([service, settings]) =>
    settings.role === 'web' && settings.assets
      ? [
          call(
            'take_assets',
            release.id,
            `kawasemi/${config.app}-${service}:${release.id}`,
            settings.assets.path,
            settings.assets.url,
          ),
        ]
      : [],
  )
  return calls.length > 0 ? [call('begin', 'assets'), ...calls, call('end')] : []
}
