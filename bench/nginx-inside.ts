import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDocker, LABEL } from '../lab/docker'
import { ensureImages } from '../lab/images'
import type { Config } from '../src/config/schema'
import { makeFolder, renderForTest, until } from './nginx'
import { listens, type WebServer } from './web-server'

const image = 'nginx:alpine'

export async function ensureNginxInside(): Promise<void> {
  await ensureDocker()
  await ensureImages([image])
}

/** nginx in a container, as a product's Compose project has it: the host's network, the app's folder under its own path. */
export function makeNginxInside(
  config: Config,
  site = renderForTest(config),
): Pick<WebServer, 'start' | 'stop'> {
  const { base } = config
  const sites = makeFolder('nginx-inside')
  writeFileSync(join(sites, 'site.conf'), site)
  const mounts = ['-v', `${sites}:/etc/nginx/conf.d:ro`, '-v', `${base}:${base}`]
  const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim()
  let container = ''
  return {
    async start() {
      const options = ['--network', 'host', '--label', `${LABEL}=1`, ...mounts]
      container = docker('run', '--detach', '--rm', ...options, image)
      await until(() => listens(config.proxy!.listen), 30)
    },
    async stop() {
      if (container !== '') docker('stop', container)
      rmSync(sites, { recursive: true, force: true })
    },
  }
}
