import { type Dispatcher, request } from 'undici'
import { type Answer, type LoadReport, type LoadRequest, startLoad } from '../../../bench/load'
import { until } from '../../../lab/run'
import type { LabServer } from '../../../lab/server'

const host = 'td-buddy.example'

/** A page that somebody has open. */
export interface Page {
  readonly version: string
  /** The files it asks for, at once or later. */
  readonly assets: readonly string[]
}

/** What the visitors met while something was done. */
export interface Phase<Result> {
  readonly result: Result
  readonly requests: number
  readonly failed: number
  /** Of those, the ones that were answered with a status of 500 or above. */
  readonly serverErrors: number
  /** The first failures, for people. */
  readonly failures: string
  /** Versions that answered. */
  readonly versions: readonly string[]
  /** How often the event stream was cut. */
  readonly cuts: number
}

/** The load on td-buddy: 16 keep-alive connections and an event stream, slow enough for two cores. */
export interface Visitors {
  /** Generations that were answered as stored. */
  readonly stored: number
  /** From now on the load asks for the assets of the page as it is now, whatever is deployed meanwhile. */
  openPage(): Promise<Page>
  during<Result>(work: () => Promise<Result>): Promise<Phase<Result>>
  /** Which versions answer now. */
  whoAnswers(): Promise<readonly string[]>
  stop(): Promise<LoadReport>
}

export async function startVisitors({ httpPort }: LabServer): Promise<Visitors> {
  const origin = `http://127.0.0.1:${httpPort}`
  const versions = new Set<string>()
  let stored = 0

  const saw = (version: string | undefined): string | undefined => {
    if (version === undefined) return 'no version'
    versions.add(version)
    return undefined
  }
  const expects200 = (check: (answer: Answer) => string | undefined) => (answer: Answer) =>
    answer.status === 200 ? check(answer) : `status ${answer.status}`

  const fixed: LoadRequest[] = [
    { method: 'GET', path: '/', check: expects200(({ body }) => saw(versionOf(body))) },
    {
      method: 'GET',
      path: '/api/version',
      check: expects200(({ body }) => saw(releaseVersion(JSON.parse(body).release))),
    },
    {
      method: 'POST',
      path: '/api/generate',
      body: JSON.stringify({ type: 'name', count: 3, seed: 'load' }),
      check: expects200(({ body }) => {
        stored += 1
        return JSON.parse(body).rows?.length === 3 ? undefined : 'not three rows'
      }),
    },
    { method: 'GET', path: '/api/history?limit=5' },
    { method: 'GET', path: '/health' },
  ]
  /** Asked for in turn; its assets change with the page that is open. */
  const requests = [...fixed]

  const openPage = async (): Promise<Page> => {
    const page = readPage(await fetchPage(origin))
    const assets = page.assets.map(
      (path): LoadRequest => ({
        method: 'GET',
        path,
        check: expects200(({ body }) => (body === '' ? 'empty' : undefined)),
      }),
    )
    requests.splice(fixed.length, requests.length, ...assets)
    return page
  }
  await openPage()

  const load = startLoad({
    origins: [origin],
    hostHeader: host,
    requests,
    connections: 16,
    perSecond: 80,
    stream: { path: '/api/events', kind: 'sse' },
  })
  /** So many that every connection has had its turn and every kind of request was asked. */
  const roundOfRequests = async () => {
    const enough = load.requests + 2 * (16 + requests.length)
    await until(
      async () => load.requests >= enough,
      60,
      () => 'The load has come to a standstill.',
    )
  }
  await roundOfRequests()

  return {
    get stored() {
      return stored
    },
    openPage,
    async during(work) {
      const before = load.snapshot()
      versions.clear()
      const result = await work()
      await roundOfRequests()
      const after = load.snapshot()
      return {
        result,
        requests: after.requests - before.requests,
        failed: after.failed - before.failed,
        serverErrors: serverErrors(after) - serverErrors(before),
        failures: JSON.stringify(after.failures.slice(before.failures.length), null, 1),
        versions: [...versions].sort(),
        cuts: after.stream!.cuts - before.stream!.cuts,
      }
    },
    async whoAnswers() {
      // What was asked before may be answered by whoever was live then.
      await roundOfRequests()
      versions.clear()
      await roundOfRequests()
      return [...versions].sort()
    },
    stop: () => load.stop(),
  }
}

/** The statuses with which the site answers for a page's assets. */
export function askForAssets({ httpPort }: LabServer, { assets }: Page): Promise<number[]> {
  return Promise.all(assets.map(async (path) => (await ask(`http://127.0.0.1:${httpPort}`, path)).status))
}

/** A request that takes the app five seconds. */
export function askSlowly({ httpPort }: LabServer): Promise<Dispatcher.ResponseData> {
  return request(`http://127.0.0.1:${httpPort}/api/slow?ms=5000`, { headers: { host } })
}

/** Stores a generation that can be found again by its seed. */
export async function generate({ httpPort }: LabServer, seed: string): Promise<void> {
  const body = JSON.stringify({ type: 'email', count: 1, seed })
  const answer = await ask(`http://127.0.0.1:${httpPort}`, '/api/generate', body)
  if (answer.status !== 200) throw new Error(`POST /api/generate: status ${answer.status}`)
}

function serverErrors({ byKind }: LoadReport): number {
  return Object.entries(byKind).reduce(
    (sum, [kind, count]) => (kind.startsWith('status 5') ? sum + count : sum),
    0,
  )
}

function readPage(html: string): Page {
  const assets = new Set(html.match(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g))
  return { version: versionOf(html) ?? '', assets: [...assets].sort() }
}

function versionOf(html: string): string | undefined {
  return /<span id="version">([^<]+)<\/span>/.exec(html)?.[1]
}

/** A release's id is its version and the run's number. */
function releaseVersion(release: unknown): string | undefined {
  return typeof release === 'string' ? /^(.+)-\d+$/.exec(release)?.[1] : undefined
}

/**
 * The page with its history, for which the frontend has to reach the backend of its own slot. It gives up on that after
 * two seconds, so on a busy machine a page may come without.
 */
async function fetchPage(origin: string): Promise<string> {
  let html = ''
  const hasHistory = async () => {
    const answer = await ask(origin, '/')
    if (answer.status !== 200) throw new Error(`GET /: status ${answer.status}`)
    html = answer.body
    return !html.includes('履歴は今読み込めません')
  }
  await until(hasHistory, 60, () => 'No page shows its history: the frontend does not reach its backend.')
  return html
}

/** A GET, or with a body a POST. */
async function ask(origin: string, path: string, body?: string): Promise<{ status: number; body: string }> {
  const answer = await request(`${origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { host, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body ?? null,
  })
  return { status: answer.statusCode, body: await answer.body.text() }
}
