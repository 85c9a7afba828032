import { request } from 'undici'
import { type Load, type LoadRequest, startLoad } from '../bench/load'
import type { LabServer } from '../lab/server'

/** The product's users: connections that read pages, make data and load the scripts of old pages; one event stream. */

const domain = 'td-buddy.example'
export const connections = 16
/** Users are not a benchmark: the next version is built on the same processors. */
const perSecond = 160

export interface Users {
  readonly load: Load
  /** Opens the page that is live now. From here on its scripts are asked for, whatever is live later. */
  openPage(): Promise<void>
}

export async function startUsers(server: LabServer, live: string): Promise<Users> {
  const origin = originOf(server)
  // The load looks into this list for each request.
  const requests = [...everyday, ...(await scriptsOf(origin))]
  const load = startLoad({
    origins: [origin],
    hostHeader: domain,
    requests,
    connections,
    perSecond,
    stream: { path: '/api/events', kind: 'sse' },
    slotHeader: 'X-TD-Version',
    live: [live],
  })
  return {
    load,
    openPage: async () => void requests.splice(everyday.length, Infinity, ...(await scriptsOf(origin))),
  }
}

const everyday: readonly LoadRequest[] = [
  { method: 'GET', path: '/' },
  generate('name', 3),
  { method: 'GET', path: '/api/version' },
  generate('email', 5),
  { method: 'GET', path: '/api/history?limit=5' },
  generate('address', 2),
]

function generate(type: string, count: number): LoadRequest {
  return {
    method: 'POST',
    path: '/api/generate',
    body: JSON.stringify({ type, count }),
    check: ({ status, body }) => {
      if (status !== 200) return `answered ${status}`
      const rows = (JSON.parse(body) as { rows?: unknown[] }).rows?.length
      return rows === count ? undefined : `has ${rows} rows, not ${count}`
    },
  }
}

/** The scripts and styles of the page that is live. */
async function scriptsOf(origin: string): Promise<LoadRequest[]> {
  const page = await ask(origin, '/')
  const found = [...new Set(page.match(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g))]
  if (found.length === 0) throw new Error("the product's page names no script")
  return found.map((path) => ({ method: 'GET', path }))
}

/** Which version answers now. */
export async function liveVersion(server: LabServer): Promise<string> {
  return (JSON.parse(await ask(originOf(server), '/api/version')) as { version: string }).version
}

function originOf({ httpPort }: LabServer): string {
  return `http://127.0.0.1:${httpPort}`
}

async function ask(origin: string, path: string): Promise<string> {
  const { statusCode, body } = await request(`${origin}${path}`, { headers: { host: domain } })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 200)}`)
  return text
}
