import { setTimeout as sleep } from 'node:timers/promises'
import { type Load, type LoadReport, type LoadRequest, startLoad } from './load'
import { type Part, renderTable } from './part'
import { meetingRoom } from './today-meeting-room'
import { thinkring } from './today-thinkring'

/**
 * What a new version costs those who are asking, on whole products: by Kawasemi, and by the way that the product's own
 * guide goes today. The same product, change, server and load; each way on a server of its own.
 */

/** A way to bring a new version. */
export interface Way {
  readonly name: string
  /** A server on which version 1 takes traffic. */
  start(): Promise<Site>
}

export interface Site {
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string
  /** Brings version 2; back when the last command is. */
  update(): Promise<void>
  /** What a person does when visitors still fail after the update. */
  readonly mend?: { readonly what: string; work(): Promise<void> }
  stop(): Promise<void>
}

export interface ProductInUse {
  readonly name: string
  readonly domain: string
  /** GETs and POSTs of its visitors, asked for in turn over 16 connections. */
  readonly requests: readonly LoadRequest[]
  readonly ways: readonly Way[]
}

/** Each is measured in all of its ways. */
const products: readonly ProductInUse[] = [meetingRoom, thinkring]

export interface TodayResult {
  product: string
  way: string
  /** Of the update, as the person sees it who waits for it. */
  seconds: number
  /** From the first failed request to the last one. */
  failing: number
  /** What was done by hand, where it had to be. */
  mended?: string
  report: LoadReport
}

const perSecond = 80
/** How long an update may leave failures behind before somebody mends it, and for how long no more may come; in ms. */
const patience = 15_000
const quiet = 3_000

/** Watches a load from aside: when did requests fail? In ms since it began. */
function watchFailures(load: Load) {
  const began = performance.now()
  let seen = 0
  let first: number | undefined
  let last: number | undefined
  const timer = setInterval(() => {
    const { failed } = load.snapshot()
    if (failed === seen) return
    seen = failed
    last = performance.now() - began
    first ??= last
  }, 100)
  return {
    /** Since the last failed request, or since the watch began. */
    silence: () => performance.now() - began - (last ?? 0),
    seconds: () => (first === undefined || last === undefined ? 0 : (last - first) / 1000),
    stop: () => clearInterval(timer),
  }
}

async function measure(product: ProductInUse, way: Way): Promise<TodayResult> {
  const site = await way.start()
  try {
    const load = startLoad({
      origins: [site.origin],
      hostHeader: product.domain,
      requests: product.requests,
      connections: 16,
      perSecond,
    })
    while (load.requests < 5 * perSecond) await sleep(20)
    const failures = watchFailures(load)
    const began = performance.now()
    await site.update()
    const seconds = (performance.now() - began) / 1000
    const settled = async (most: number) => {
      const end = performance.now() + most
      while (failures.silence() < quiet && performance.now() < end) await sleep(50)
      return failures.silence() >= quiet
    }
    const mended = (await settled(patience)) ? undefined : site.mend?.what
    if (mended !== undefined) {
      await site.mend?.work()
      await settled(patience)
    }
    const report = await load.stop()
    failures.stop()
    return {
      product: product.name,
      way: way.name,
      seconds,
      failing: failures.seconds(),
      ...(mended !== undefined && { mended }),
      report,
    }
  } finally {
    await site.stop()
  }
}

export const todayPart: Part = {
  name: 'today',
  async run() {
    const results: TodayResult[] = []
    for (const product of products) {
      for (const way of product.ways) results.push(await measure(product, way))
    }
    return { data: results, table: renderToday(results) }
  },
}

function renderToday(results: readonly TodayResult[]): string {
  const head = [
    'product',
    'new version by',
    'requests',
    'failed',
    'failing s',
    'update s',
    'median ms',
    '99 % ms',
  ]
  const lines = results.map(({ product, way, seconds, failing, report }) => [
    product,
    way,
    report.requests,
    report.failed,
    failing,
    Math.round(seconds),
    report.latency.median,
    report.latency.p99,
  ])
  const notes = results.flatMap(({ product, way, mended, report }) => [
    ...(mended === undefined
      ? []
      : [`${product}, ${way}: still failing ${patience / 1000} s after it; then ${mended}`]),
    ...Object.entries(report.byKind).map(([kind, count]) => `${product}, ${way}: ${kind} ${count}`),
  ])
  return [renderTable(head, lines), ...notes].join('\n')
}
