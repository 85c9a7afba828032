import { ForwardingForbidden } from '../host/connection'
import type { Call } from '../host/program'
import type { HostSession } from '../host/session'
import { type LoadPlan, loadImages } from './load'
import { fromRegistry, imageCalls, throughTunnel } from './pull'
import { serveLayout } from './registry'
import type { ImageRegistry } from './registry-login'

/** How a layout's images get to a host: by calls of the program that lays the release down, until it is closed. */
export interface ImageWay {
  readonly calls: readonly Call[]
  close(): Promise<void>
}

/**
 * The registry that the images were pushed to, where the host is to pull from one. Else a tunnel from which Docker on the host pulls what it lacks. Where there can be none, they are there when this returns,
 * brought in a stream: the SSH server may not listen for us, and rootless Docker sees another loopback than the host's.
 *
 * @throws {HostFailure} when Docker does not take the stream.
 */
export async function bringImages(
  host: HostSession,
  plan: LoadPlan,
  pushed?: ImageRegistry,
): Promise<ImageWay> {
  if (pushed)
    return { calls: imageCalls({ ...plan, from: fromRegistry(pushed) }), close: async () => undefined }
  if (host.facts.runtime.get('docker-rootless') === true) return stream(host, plan)
  const registry = serveLayout(plan.layout)
  try {
    const tunnel = await host.listen((stream) => registry.handle(stream))
    return {
      calls: imageCalls({ ...plan, from: throughTunnel(plan.app, tunnel.port, registry.password) }),
      close: async () => {
        await tunnel.close().catch(() => undefined)
        registry.close()
      },
    }
  } catch (error) {
    registry.close()
    if (error instanceof ForwardingForbidden) return stream(host, plan)
    throw error
  }
}

async function stream(host: HostSession, plan: LoadPlan): Promise<ImageWay> {
  await loadImages(host, plan)
  return { calls: [], close: async () => undefined }
}
