/** Prepares all that a server to deploy to needs, so that starting one takes seconds. Quick when it is all there. */
import { ensureDocker } from './docker'
import { ensureImages, ensureServerImage, PRODUCT_IMAGES } from './images'
import { ensurePlugins } from './plugins'
import { ensureRegistry, ensureSkopeo } from './registry'
import type { Log } from './run'
import { startServer } from './server'

/** What the products' accessories run from: on a new server from the start. */
export const ACCESSORY_IMAGES = ['postgres:15-alpine', 'redis:7-alpine']

export async function prepareLab(log: Log): Promise<void> {
  await timed(log, 'Docker engine', () => ensureDocker(log))
  const serverImage = await timed(log, 'server image', () => ensureServerImage(log))
  await timed(log, 'Compose and buildx', () => ensurePlugins(serverImage, log))
  await timed(log, 'base images', () => ensureImages(PRODUCT_IMAGES, log))
  await timed(log, 'skopeo and a registry', async () => {
    await ensureSkopeo(log)
    await ensureRegistry(log)
  })
  const server = await timed(log, 'a server, up', () => startServer({ images: ACCESSORY_IMAGES, log }))
  await timed(log, 'and down', () => server.stop())
}

async function timed<T>(log: Log, what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return result
}

if (require.main === module) {
  prepareLab(console.log).catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}
