import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { request } from 'undici'
import { freePort, makeAppFolder, makeFolder } from '../../../bench/nginx'
import { startUpstream } from '../../../bench/upstream'
import { ensureServer, makeServer } from '../../../bench/web-server'
import type { Config, ProxyConfig } from '../../../src/config/schema'
import { type Slot, slots } from '../../../src/release/slot'
import { exampleConfig } from '../../unit/proxies/config'

/** An app's folder, a tiny app in each slot and a real web server with the site as it is rendered. */
export interface TestSite {
  base: string
  origin: string
  upstreams: Record<Slot, Server>
  flip(slot: Slot): void
  ask(path: string, options?: AskOptions): Promise<Answered>
  stop(): Promise<void>
}

interface AskOptions {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
}

export interface Answered {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

export const domain = 'bird-shop.example'

export type Kind = ProxyConfig['kind']

export function siteConfig(kind: Kind, base: string, listen: number, ports: Record<Slot, number>): Config {
  const { api } = exampleConfig().services
  const web = { ...api, slots: ports, assets: { path: '/app/static', url: '/_static/' } } as typeof api
  return exampleConfig(
    { base, services: { web: web! } },
    {
      kind,
      listen,
      routes: [
        { path: '/', service: 'web' },
        { path: '/api', service: 'web' },
      ],
      files: [{ path: '/media/', folder: `${base}/shared/media`, expires: 604_800_000 }],
    },
  )
}

export async function startSite(kind: Kind): Promise<TestSite> {
  await ensureServer(kind)
  const base = makeFolder('bird-shop')
  makeAppFolder(base)
  for (const slot of slots) {
    const release = join(base, 'releases', slot)
    mkdirSync(join(release, 'assets', '_static'), { recursive: true })
    writeFileSync(join(release, 'assets', '_static', `${slot}.js`), slot)
    writeFileSync(join(release, 'public.json'), JSON.stringify({ release: slot }))
    symlinkSync(`../../releases/${slot}`, join(base, 'slots', slot, 'release'))
  }
  mkdirSync(join(base, 'shared', 'media'))
  writeFileSync(join(base, 'shared', 'media', 'a b.php'), '<?php')
  const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
  const upstreams = { blue: await startUpstream('blue', blue), green: await startUpstream('green', green) }
  const server = makeServer(siteConfig(kind, base, listen, { blue, green }))
  await server.start()
  const origin = `http://127.0.0.1:${listen}`

  return {
    base,
    origin,
    upstreams,
    flip(slot) {
      symlinkSync(`slots/${slot}`, join(base, 'live.part'))
      renameSync(join(base, 'live.part'), join(base, 'live'))
    },
    async ask(path, { method = 'GET', headers, body } = {}) {
      const answer = await request(origin + path, {
        method,
        headers: { host: domain, ...headers },
        body: body ?? null,
      })
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
    },
    async stop() {
      for (const slot of slots) {
        upstreams[slot].close()
        upstreams[slot].closeAllConnections()
      }
      await server.stop()
      chmodSync(base, 0o755)
      rmSync(base, { recursive: true, force: true })
    },
  }
}
