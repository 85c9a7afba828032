import { rmSync } from 'node:fs'
import type { Config, ProxyConfig } from '../src/config/schema'
import { type Slot, slots } from '../src/release/slot'
import { ensureFlask, startFlask } from './flask'
import { startLoad } from './load'
import { endChild, freePort, makeAppFolder, makeFolder, until } from './nginx'
import { ensureNginxInside, makeNginxInside } from './nginx-inside'
import { type Part, renderTable } from './part'
import { benchConfig, domain, flip, makeReleases, requests, startSlot } from './switch'
import { ensureServer, makeServer, siteForTest } from './web-server'

/** What it costs that the web server looks at the live link on every request: the same site with and without that. */

const servers: readonly { name: string; kind: ProxyConfig['kind']; inside?: boolean }[] = [
  { name: 'nginx', kind: 'nginx' },
  { name: 'nginx in Compose', kind: 'nginx', inside: true },
  { name: 'Apache', kind: 'apache' },
  { name: 'Caddy', kind: 'caddy' },
]
/** What answers behind it: as little as Flask under gunicorn can do, and next to nothing. */
const apps = { 'a small Flask app': startFlask, 'a small Node app': startSlot } as const
type App = keyof typeof apps
const pairs = 5
/** Each measurement is made of slices that take turns with those of the other, so that what else goes on hits both. */
const slices = 60
const requestsEach = 1_000

export interface CheckResult {
  server: string
  app: App
  /** Requests in a second, in the order in which they were measured. */
  withCheck: number[]
  without: number[]
  /** Median of the pairs' ratios. */
  ratio: number
}

/** One slot for good, without a look at the disk. */
function withoutCheck(kind: ProxyConfig['kind'], site: string, slot: Slot): string {
  const cut: Record<ProxyConfig['kind'], RegExp> = {
    nginx: /^ *if \(!?-e \S+\/live\/\S+\) \{\n.*\n *\}\n/gm,
    apache: /^ *RewriteCond \S+\/live\/(up !-f|green -f)\n.*\n/gm,
    caddy: /^ *(error @down 503|vars @live_green .*)\n/gm,
  }
  const without = site.replace(cut[kind], '')
  if (without.split('\n').length >= site.split('\n').length - 1) throw new Error(`${kind}: nothing to cut`)
  const fixed = without.replace(/(kawasemi_slot[ :])blue\b/, `$1${slot}`)
  if (slot === 'green' && fixed === without) throw new Error(`${kind}: no slot to write in its place`)
  return fixed
}

function domainOf(looks: boolean, slot: Slot): string {
  return `${looks ? 'looking' : 'fixed'}-${slot}.${domain}`
}

/** All four for one process, so that they have the same memory and are equally warm. */
function renderSites(kind: ProxyConfig['kind'], config: Config): string {
  const sites = [true, false].flatMap((looks) =>
    slots.map((slot) => {
      const name = domainOf(looks, slot)
      const app = name.replaceAll('.', '-')
      const site = siteForTest({ ...config, app, proxy: { ...config.proxy!, domains: [name] } })
      return looks ? site : withoutCheck(kind, site, slot)
    }),
  )
  // Apache may be told of a port once only.
  const listens = /^Listen .*\n/gm
  return sites.map((site, at) => (at === 0 ? site : site.replace(listens, ''))).join('\n')
}

async function measure({ name, kind, inside }: (typeof servers)[number], app: App): Promise<CheckResult> {
  const base = makeFolder('check')
  makeAppFolder(base)
  makeReleases(base)
  flip(base, 'blue')
  const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
  const upstreams = [await apps[app]('blue', blue), await apps[app]('green', green)]
  const config = benchConfig(kind, base, listen, { blue, green })
  const server = (inside ? makeNginxInside : makeServer)(config, renderSites(kind, config))

  /** @returns seconds */
  async function slice(looks: boolean, live: Slot): Promise<number> {
    flip(base, live)
    const load = startLoad({
      origins: [`http://127.0.0.1:${listen}`],
      hostHeader: domainOf(looks, live),
      requests,
      slotHeader: 'X-Slot',
      live: [live],
    })
    await until(() => load.requests >= requestsEach, 300)
    const { failed, wrongSlot, perSecond } = await load.stop()
    if (failed + wrongSlot > 0) throw new Error(`${name}: ${failed} failed, ${wrongSlot} from the wrong slot`)
    return requestsEach / perSecond
  }

  /** @returns requests in a second, with the check and without */
  async function pair(): Promise<[number, number]> {
    const seconds = [0, 0]
    for (let turn = 0; turn < 2 * slices; turn++) {
      // One, other, other, one: neither always comes second.
      const which = (turn + (turn >> 1)) % 2
      // Each slot takes traffic half of the time, on both sides: one may cost more than the other.
      const live = turn % 8 >= 4 ? 'green' : 'blue'
      seconds[which]! += await slice(which === 0, live)
    }
    return [(slices * requestsEach) / seconds[0]!, (slices * requestsEach) / seconds[1]!]
  }

  try {
    await server.start()
    // Nobody's first requests count.
    for (let turn = 0; turn < 5; turn++) {
      for (const slot of slots) {
        await slice(true, slot)
        await slice(false, slot)
      }
    }
    const measured: [number, number][] = []
    while (measured.length < pairs) measured.push(await pair())
    const ratios = measured.map(([looks, blind]) => looks / blind).sort((a, b) => a - b)
    return {
      server: name,
      app,
      withCheck: measured.map(([looks]) => looks),
      without: measured.map(([, blind]) => blind),
      ratio: ratios[ratios.length >> 1]!,
    }
  } finally {
    for (const upstream of upstreams) await endChild(upstream)
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

export const checkPart: Part = {
  name: 'check',
  async run() {
    const results: CheckResult[] = []
    await ensureFlask()
    for (const app of Object.keys(apps) as App[]) {
      for (const server of servers) {
        await (server.inside ? ensureNginxInside() : ensureServer(server.kind))
        results.push(await measure(server, app))
      }
    }
    const lines = results.map(({ server, app, withCheck, without, ratio }) => [
      `${server}, ${app}`,
      Math.round(median(withCheck)),
      Math.round(median(without)),
      ratio.toFixed(3),
    ])
    const head = ['requests/s', 'with the check', 'without', 'ratio, median of 5 pairs']
    return { data: results, table: renderTable(head, lines) }
  },
}
