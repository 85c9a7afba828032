import { checkOut, type Product } from '../../../lab/product'
import type { ActionResult, ActionRun } from '../../../lab/runner'
import { type LabServer, startServer } from '../../../lab/server'
import { ACCESSORY_IMAGES } from '../../../lab/up'

/** What td-buddy's containers get; the rate limit is out of the load's way. */
export const env = {
  DB_PASSWORD: 'p4ss word',
  CLAUDE_API_KEY: 'sk-of-nobody',
  RATE_LIMIT_MAX: '1000000000',
  ENABLE_TEST_ENDPOINTS: 'true',
}

/** One version of td-buddy as somebody pushed it. */
export interface Version {
  readonly name: string
  /** The build argument; broken versions share one, and with it the build of the frontend. */
  readonly build: string
  /** See the drills in the example's README. */
  readonly fault?: 'health' | 'listen' | 'die' | 'migration'
}

export function good(number: number): Version {
  return { name: `v${number}`, build: `${number}.0.0` }
}

/** A td-buddy on a server of its own, both made for one test file. */
export interface Site {
  readonly server: LabServer
  readonly product: Product
  run(action: string, run: number, version?: Version, more?: More): Promise<ActionResult>
  remove(): Promise<void>
}

type More = Partial<Omit<ActionRun, 'action' | 'run'>>

/** Starts a server that is set up for td-buddy, with a bake of a few seconds, and with more packages where some are named. */
export async function makeSite(
  name: string,
  settings: Record<string, unknown> = {},
  packages: string[] = [],
): Promise<Site> {
  const server = await startServer({ name, images: ACCESSORY_IMAGES, packages })
  const product = checkOut({
    example: 'td-buddy',
    server,
    env,
    settings: { 'gate.interval': '300ms', 'bake.duration': '2s', 'drain.timeout': '1s', ...settings },
  })
  const remove = async () => {
    product.remove()
    await server.stop()
  }
  try {
    await product.setUp()
  } catch (error) {
    await remove()
    throw error
  }
  const run: Site['run'] = (action, id, version, more = {}) =>
    product.run(action, id, {
      ...more,
      inputs: { ...(version && inputsOf(action, version)), ...more.inputs },
    })
  return { server, product, run, remove }
}

function inputsOf(action: string, { name, build, fault }: Version): Record<string, string> {
  const named = ['deploy', 'build-image', 'ssh-deploy'].includes(action)
  return {
    ...(named && { version: name }),
    env: JSON.stringify({ ...env, APP_VERSION: build, ...(fault && { TD_FAULT: fault }) }),
  }
}
