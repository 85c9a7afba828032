import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { type Load, type LoadRequest, startLoad } from '../../../bench/load'
import type { Product } from '../../../lab/product'
import { until } from '../../../lab/run'
import type { ActionResult } from '../../../lab/runner'
import type { LabServer } from '../../../lab/server'
import { withSlowRequests } from './slow-requests'
import { expectGreen, expectRed, stagesOf } from './verdict'

/** What the life of a product needs to know of it. */
export interface Cast {
  readonly servers: readonly LabServer[]
  readonly product: Product
  readonly domain: string
  /** GETs and POSTs of its visitors, asked for in turn over 16 connections. */
  readonly requests: readonly LoadRequest[]
  /** Header in which the app names the version that answers, on every answer of its own. */
  readonly versionHeader: string
  /** A request that takes the app five seconds. */
  readonly slow: string
  /** Headers as the load balancer in front sends them. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Makes the checkout that of a version, perhaps a broken one; files VERSION and FAULT when left out. Gives the
   * variables of the release where they differ with it.
   */
  readonly edit?: (workspace: string, version: string, fault: string) => Record<string, string> | undefined
  /** A file that only the pages of a version ask for: it has to be answered while such a page is open. */
  readonly asset?: (version: string) => string
  /** Why the version whose /health says no is refused. */
  readonly cause: RegExp
  /** Stores something that has to be there from now on: a row, an uploaded file. */
  store(name: string): Promise<void>
  /** The names of what is stored. */
  stored(): Promise<string[]>
}

/**
 * The life of a product, told in order under load from the first switch to the last: v1, v2, a broken v3, v4, and back.
 * Registers its tests; each goes on where the one before it stopped.
 */
export function tellLife(cast: () => Cast): void {
  let load: Load
  /** Asked for in turn: the cast's requests, and a file of the page that is open. */
  let asked: LoadRequest[]
  const versions = new Set<string>()
  const names: string[] = []

  afterAll(() => load?.stop())

  // On a connection of its own: none stays open that a reload of the web server would close.
  const ask = (path: string) =>
    request(`http://127.0.0.1:${cast().servers[0]!.httpPort}${path}`, {
      reset: true,
      headers: { host: cast().domain, ...cast().headers },
    })

  const asVisitor = (each: LoadRequest): LoadRequest => ({
    ...each,
    headers: { ...cast().headers, ...each.headers },
    check: (answer) => {
      const version = answer.headers[cast().versionHeader]
      if (typeof version === 'string') versions.add(version)
      return answer.status < 400 ? each.check?.(answer) : `status ${answer.status}`
    },
  })

  const start = () => {
    const { servers, domain, requests } = cast()
    asked = requests.map(asVisitor)
    return startLoad({
      origins: servers.map(({ httpPort }) => `http://127.0.0.1:${httpPort}`),
      hostHeader: domain,
      requests: asked,
      connections: 16,
      perSecond: 80,
    })
  }

  /** From now on the visitors ask for what the page of that version needs, whatever is deployed meanwhile. */
  const openPage = (version: string) => {
    const { asset, requests } = cast()
    if (asset) asked.splice(requests.length, 1, asVisitor({ method: 'GET', path: asset(version) }))
  }

  /** So many requests that every connection has had its turn and every kind was asked. */
  const roundOfRequests = async () => {
    const enough = load.requests + 2 * (16 + cast().requests.length)
    const moved = async () => load.requests >= enough
    await until(moved, 60, () => 'The load has come to a standstill.')
  }

  const whoAnswers = async () => {
    await roundOfRequests()
    versions.clear()
    await roundOfRequests()
    return [...versions].sort()
  }

  const run = (action: string, id: number, version?: string, fault = ''): Promise<ActionResult> => {
    const { product, edit = writeVersion } = cast()
    const env = version === undefined ? undefined : edit(product.workspace, version, fault)
    setDeadline(product.workspace, fault)
    return product.run(action, id, {
      inputs: { ...(version !== undefined && { version }), ...(env && { env: JSON.stringify(env) }) },
    })
  }

  /** Runs an action that no visitor may notice, a request of five seconds in flight, and something stored before it. */
  const unnoticed = async (title: string, work: () => Promise<ActionResult>) => {
    const name = `row-${names.length + 1}`
    await cast().store(name)
    names.push(name)
    const before = load.snapshot()
    const { result, answered } = await withSlowRequests(() => ask(cast().slow), work)
    await roundOfRequests()
    const after = load.snapshot()
    const failed = after.failed - before.failed
    const stages = stagesOf(result).map(({ name, time }) => `, ${name} ${time}`)
    console.log(
      `${title}: ${(result.ms / 1000).toFixed(1)} s, ${after.requests - before.requests} requests, ${failed} failed, ${answered} of 5 s finished${stages.join('')}`,
    )
    expect(after.failures.slice(before.failures.length)).toEqual([])
    expect(failed).toBe(0)
    expect((await cast().stored()).filter((each) => each.startsWith('row-')).sort()).toEqual(
      [...names].sort(),
    )
    return result
  }

  test('the first version takes traffic', async () => {
    expectGreen(await run('deploy', 101, 'v1'))
    load = start()
    expect(await whoAnswers()).toEqual(['v1'])
    openPage('v1')
  })

  test('the second one takes over without a failed request', async () => {
    const result = await unnoticed('v2', () => run('deploy', 102, 'v2'))
    expectGreen(result)
    expect(await whoAnswers()).toEqual(['v2'])
    openPage('v2')
  })

  test('a broken one meets no visitor', async () => {
    versions.clear()
    const result = await unnoticed('v3, broken', () => run('deploy', 103, 'v3', 'health'))
    expectRed(result, cast().cause)
    expect([...versions]).toEqual(['v2'])
  })

  test('the next good one needs no cleaning up', async () => {
    expectGreen(await unnoticed('v4', () => run('deploy', 104, 'v4')))
    expect(await whoAnswers()).toEqual(['v4'])
    openPage('v4')
  })

  test('a rollback by hand brings the version before it', async () => {
    expectGreen(await unnoticed('rollback', () => run('rollback', 105)))
    expect(await whoAnswers()).toEqual(['v2'])
  })

  test('nobody met a failure, and what was stored is there', async () => {
    const { requests, failed } = await load.stop()
    console.log(`${cast().domain}: ${requests} requests, ${failed} failed`)
    expect(failed).toBe(0)
    expect(await cast().stored()).toEqual(expect.arrayContaining(names))
  })
}

/** A broken version is not waited for as long as a good one. */
export function setDeadline(workspace: string, fault: string): void {
  const file = join(workspace, 'kawasemi.yml')
  const deadline = fault === '' ? '60s' : '8s'
  writeFileSync(file, readFileSync(file, 'utf8').replace(/deadline: \w+/, `deadline: ${deadline}`))
}

function writeVersion(workspace: string, version: string, fault: string): undefined {
  writeFileSync(join(workspace, 'VERSION'), `${version}\n`)
  writeFileSync(join(workspace, 'FAULT'), `${fault}\n`)
}
