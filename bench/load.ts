import { Client, type Dispatcher } from 'undici'
import { openSse, openWebSocket } from './stream'
import { Tally } from './tally'

/** A load of users: keep-alive connections, each asking again as soon as it is answered. Nothing is tried twice. */

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

export interface LoadRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  /** A function makes a new one for each request. */
  body?: string | (() => string)
  headers?: Record<string, string>
  /** Why the answer is bad, if it is. Any 2xx or 3xx is good when left out. */
  check?: (answer: Answer) => string | undefined
}

export interface LoadOptions {
  /** One for each host, such as `http://127.0.0.1:8080`. */
  origins: readonly string[]
  hostHeader: string
  /** For origins with https: the authority, in PEM, that each connection's certificate has to be from. */
  ca?: string
  /** Asked for in turn. */
  requests: readonly LoadRequest[]
  /** Over all origins; 16 when left out. */
  connections?: number
  /** Over all connections; as fast as answers come when left out. */
  perSecond?: number
  /** One stream that stays open, and is opened again when the server ends it. */
  stream?: { path: string; kind: 'sse' | 'websocket' }
  /** Which slots may answer at first; `setLive` says when that changes. Any slot when left out. */
  live?: readonly string[]
  /** Header that says which slot answered. */
  slotHeader?: string
}

export interface Failure {
  /** ISO 8601. */
  time: string
  /** `status 502`, `check`, `wrong slot`, `stream`, or the connection's error code. */
  kind: string
  method: string
  path: string
  status?: number
  /** What was wrong, or the first bytes of the answer. */
  detail: string
}

export interface StreamReport {
  kind: 'sse' | 'websocket'
  opened: number
  messages: number
  /** How often the server ended it. */
  cuts: number
  /** Longest time between two messages of one connection, in ms. */
  longestGap: number
}

export interface LoadReport {
  seconds: number
  requests: number
  /** Without answers from the wrong slot. */
  failed: number
  wrongSlot: number
  byKind: Record<string, number>
  byStatus: Record<string, number>
  bySlot: Record<string, number>
  perSecond: number
  /** TCP connections opened. */
  connects: number
  /** In ms, of answered requests. */
  latency: { median: number; p95: number; p99: number; max: number }
  stream?: StreamReport
  /** The first 20. */
  failures: Failure[]
}

export interface Load {
  /** An answer's slot has to be one that was live at some time between its request's start and end. */
  setLive(slots: readonly string[]): void
  /** Requests so far; unlike a snapshot it costs nothing. */
  readonly requests: number
  snapshot(): LoadReport
  /** Lets requests under way end; the report is of the whole load. */
  stop(): Promise<LoadReport>
}

/** So that a load that hangs is a failed load. */
const timeout = 30_000

export function startLoad(options: LoadOptions): Load {
  const { origins, requests, connections = 16, perSecond } = options
  const tally = new Tally(options.stream?.kind)
  const stopping = new AbortController()
  /** Of one connection, in ms. */
  const pause = perSecond === undefined ? 0 : (1000 * connections) / perSecond
  /** What was live, one after the other. */
  const history = options.live ? [options.live] : []
  let turn = 0

  async function user(client: Client, first: number): Promise<void> {
    let next = performance.now() + first
    while (!stopping.signal.aborted) {
      if (pause > 0) {
        await sleep(next - performance.now(), stopping.signal)
        next = Math.max(next + pause, performance.now())
        if (stopping.signal.aborted) break
      }
      await askOnce(client, requests[turn++ % requests.length]!, options, tally, history)
    }
    await client.close()
  }

  const users = Array.from({ length: connections }, (_, at) => {
    const client = new Client(origins[at % origins.length]!, {
      pipelining: 1,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      // No resumed sessions: each connection gets to see the certificate.
      connect: { timeout, ...(options.ca !== undefined && { ca: options.ca, maxCachedSessions: 0 }) },
    })
    client.on('connect', () => tally.connected())
    return user(client, (pause * at) / connections)
  })
  if (options.stream) users.push(watchStream(options, tally, stopping.signal))

  return {
    setLive: (slots) => void history.push(slots),
    get requests() {
      return tally.requests
    },
    snapshot: () => tally.report(),
    async stop() {
      stopping.abort()
      await Promise.all(users)
      tally.ended()
      return tally.report()
    },
  }
}

async function askOnce(
  client: Client,
  request: LoadRequest,
  options: LoadOptions,
  tally: Tally,
  history: readonly (readonly string[])[],
): Promise<void> {
  const { method, path } = request
  const atStart = Math.max(0, history.length - 1)
  const began = performance.now()
  let answer: Answer
  try {
    answer = await ask(client, request, options.hostHeader)
  } catch (error) {
    tally.failed({ kind: codeOf(error), method, path, detail: String(error) })
    return
  }
  const slot = options.slotHeader ? answer.headers[options.slotHeader.toLowerCase()] : undefined
  tally.answered(performance.now() - began, answer.status, slot)
  const failure = verdict(answer, request)
  if (failure) {
    tally.failed({ ...failure, method, path, status: answer.status })
  } else if (typeof slot === 'string' && history.length > 0) {
    const live = history.slice(atStart).flat()
    if (!live.includes(slot)) {
      tally.wrong({ method, path, status: answer.status, detail: `${slot} answered, live: ${live}` })
    }
  }
}

async function ask(client: Dispatcher, request: LoadRequest, host: string): Promise<Answer> {
  const { method, path, headers } = request
  const body = typeof request.body === 'function' ? request.body() : request.body
  const answer = await client.request({
    method,
    path,
    body: body ?? null,
    headers: { host, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
  })
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() }
}

function verdict(answer: Answer, { check }: LoadRequest): Pick<Failure, 'kind' | 'detail'> | undefined {
  if (check) {
    const why = check(answer)
    if (why === undefined) return undefined
    const kind = answer.status >= 500 ? `status ${answer.status}` : 'check'
    return { kind, detail: `${why}: ${firstBytes(answer)}` }
  }
  if (answer.status < 400) return undefined
  return { kind: `status ${answer.status}`, detail: firstBytes(answer) }
}

function firstBytes({ body }: Answer): string {
  return body.slice(0, 200)
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return String(code ?? name ?? 'error')
}

/** Opens the stream again, as a browser does, whenever it ended; not being let in is a failed request. */
async function watchStream(options: LoadOptions, tally: Tally, stop: AbortSignal): Promise<void> {
  const { path, kind } = options.stream!
  const open = kind === 'sse' ? openSse : openWebSocket
  const client = new Client(options.origins[0]!, { headersTimeout: timeout, bodyTimeout: 0 })
  while (!stop.aborted) {
    try {
      await open(client, path, options.hostHeader, stop, {
        opened: () => tally.streamOpened(),
        message: () => tally.streamMessage(),
      })
      if (!stop.aborted) tally.streamCut()
    } catch (error) {
      if (stop.aborted) break
      tally.failed({ kind: 'stream', method: 'GET', path, detail: String(error) })
    }
    await sleep(200, stop)
  }
  await client.destroy()
}

async function sleep(ms: number, stop: AbortSignal): Promise<void> {
  if (ms <= 0 || stop.aborted) return
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done)
  })
}
