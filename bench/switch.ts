import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config, ProxyConfig } from '../src/config/schema'
import { otherSlot, type Slot, slots } from '../src/release/slot'
import { type Load, type LoadReport, type LoadRequest, startLoad } from './load'
import { freePort, makeAppFolder, makeFolder, makeNginx } from './nginx'
import { ensureNginxInside, makeNginxInside } from './nginx-inside'
import { type Part, renderTable } from './part'
import { ensureServer, makeServer, siteForTest } from './web-server'

/** What a switch costs those who are asking: the live link behind each web server, and nginx reloaded for each switch. */

export const domain = 'bench.example'
const asset = { path: '/_static/', only: { blue: 'old-1.js', green: 'new-2.js' } }

interface Row {
  name: string
  kind: ProxyConfig['kind']
  /** In a container. */
  inside?: boolean
  reloads?: boolean
  switches: number
  requests: number
}

export const rows: readonly Row[] = [
  { name: 'nginx, live link', kind: 'nginx', switches: 200, requests: 50_000 },
  { name: 'nginx in Compose, live link', kind: 'nginx', inside: true, switches: 200, requests: 50_000 },
  { name: 'Apache, live link', kind: 'apache', switches: 200, requests: 50_000 },
  { name: 'Caddy, live link', kind: 'caddy', switches: 200, requests: 50_000 },
  { name: 'nginx -s reload', kind: 'nginx', reloads: true, switches: 20, requests: 50_000 },
]

export interface SwitchResult {
  row: string
  switches: number
  /** Median of the switch itself, in ms: a rename, or the command that asks for a reload. */
  switchTime: number
  report: LoadReport
}

export function benchConfig(
  kind: ProxyConfig['kind'],
  base: string,
  listen: number,
  ports: Record<Slot, number>,
): Config {
  return {
    app: 'bench',
    environment: 'bench',
    base,
    hosts: [],
    compose: { file: 'compose.yaml', ignore: [] },
    services: {
      web: {
        role: 'web',
        port: 3000,
        slots: ports,
        health: { path: '/', status: [], headers: {}, json: {} },
        assets: { path: '/app/static', url: asset.path },
        stopTimeout: 10_000,
      },
    },
    accessories: [],
    volumes: {},
    proxy: {
      kind,
      domains: [domain],
      routes: [{ path: '/', service: 'web' }],
      listen,
      bodySize: 1024 ** 2,
      readTimeout: 60_000,
      keepaliveTimeout: 4_000,
    },
    hooks: { afterShip: [], beforeSwitch: [], afterSwitch: [], onFailure: [] },
    setup: { packages: [], database: false, docker: 'host', firewall: 'off', openPorts: [] },
    backup: 'off',
    gate: { deadline: 60_000, interval: 1_000, timeout: 5_000, successes: 2 },
    bake: { duration: 0, maxErrorPercent: 5, minRequests: 20 },
    drain: { timeout: 30_000 },
    retire: { previous: 'warm', keep: 5 },
  }
}

export const requests: LoadRequest[] = [
  { method: 'GET', path: '/' },
  { method: 'POST', path: '/orders', body: '{"bird":"kingfisher"}', check: echoes('{"bird":"kingfisher"}') },
  { method: 'GET', path: '/page?number=2' },
  { method: 'GET', path: `${asset.path}${asset.only.blue}`, check: echoes('blue') },
  { method: 'GET', path: `${asset.path}${asset.only.green}`, check: echoes('green') },
  { method: 'POST', path: '/orders', body: '{"bird":"heron"}', check: echoes('{"bird":"heron"}') },
]

function echoes(expected: string): NonNullable<LoadRequest['check']> {
  return ({ body, status }) => (body === expected ? undefined : `answered ${status} and another body`)
}

export function startSlot(slot: Slot, port: number): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'upstream.ts'), [slot, String(port)], { execArgv: ['--import', 'tsx'] })
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child))
    child.once('exit', (code) => reject(new Error(`the upstream ended with ${code}`)))
  })
}

export function makeReleases(base: string): void {
  for (const slot of slots) {
    const assets = join(base, 'releases', slot, 'assets', asset.path)
    mkdirSync(assets, { recursive: true })
    writeFileSync(join(assets, asset.only[slot]), slot)
    symlinkSync(`../../releases/${slot}`, join(base, 'slots', slot, 'release'))
  }
}

export function flip(base: string, slot: Slot): void {
  symlinkSync(`slots/${slot}`, join(base, 'live.part'))
  renameSync(join(base, 'live.part'), join(base, 'live'))
}

/** Today's way without a live link: the slot is written into the site. */
function fixedTo(site: string, slot: Slot): string {
  return site.replace(
    /set \$kawasemi_slot blue;\n *if \(-e [^\n]*\n[^\n]*\n *}/,
    `set $kawasemi_slot ${slot};`,
  )
}

async function runRow(row: Row): Promise<SwitchResult> {
  const base = makeFolder('bench')
  makeAppFolder(base)
  makeReleases(base)
  flip(base, 'blue')
  const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
  const config = benchConfig(row.kind, base, listen, { blue, green })
  const site = siteForTest(config)
  const reloaded = row.reloads ? makeNginx(fixedTo(site, 'blue')) : undefined
  const server = reloaded ?? (row.inside ? makeNginxInside(config) : makeServer(config))
  const upstreams = [await startSlot('blue', blue), await startSlot('green', green)]
  let slot: Slot = 'blue'
  const times: number[] = []

  async function switchOver(load: Load): Promise<void> {
    const next = otherSlot(slot)
    load.setLive([slot, next])
    const began = performance.now()
    if (reloaded) {
      reloaded.setSite(fixedTo(site, next))
      await reloaded.reload()
    } else flip(base, next)
    times.push(performance.now() - began)
    load.setLive([next])
    slot = next
  }

  try {
    await server.start()
    const load = startLoad({
      origins: [`http://127.0.0.1:${listen}`],
      hostHeader: domain,
      requests,
      stream: { path: '/events', kind: 'sse' },
      slotHeader: 'X-Slot',
      live: [slot],
    })
    for (let done = 0; done < row.switches; done++) {
      const due = (row.requests * (done + 1)) / (row.switches + 1)
      while (load.requests < due) await sleep(2)
      await switchOver(load)
    }
    while (load.requests < row.requests) await sleep(2)
    const report = await load.stop()
    times.sort((a, b) => a - b)
    return { row: row.name, switches: row.switches, switchTime: times[times.length >> 1] ?? 0, report }
  } finally {
    for (const upstream of upstreams) upstream.kill()
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  }
}

export const switchPart: Part = {
  name: 'switch',
  async run() {
    for (const { kind, inside } of rows) await (inside ? ensureNginxInside() : ensureServer(kind))
    const results: SwitchResult[] = []
    for (const row of rows) results.push(await runRow(row))
    return { data: results, table: renderSwitchTable(results) }
  },
}

function renderSwitchTable(results: readonly SwitchResult[]): string {
  const head = [
    'switch by',
    'switches',
    'requests',
    'failed',
    'wrong slot',
    'median ms',
    '95 % ms',
    '99 % ms',
    'requests/s',
    'connections',
    'switch ms',
  ]
  const lines = results.map(({ row, switches, switchTime, report }) => [
    row,
    switches,
    report.requests,
    report.failed,
    report.wrongSlot,
    report.latency.median,
    report.latency.p95,
    report.latency.p99,
    report.perSecond,
    report.connects,
    switchTime,
  ])
  const kinds = results.flatMap(({ row, report }) =>
    Object.entries(report.byKind).map(([kind, count]) => `${row}: ${kind} ${count}`),
  )
  const meaning =
    'wrong slot: answered by the old slot to a request that began after the switch was said to be done'
  return [renderTable(head, lines), meaning, ...kinds].join('\n')
}
