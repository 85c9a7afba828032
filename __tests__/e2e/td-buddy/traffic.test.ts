import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { ActionResult } from '../../../lab/runner'
import { countSsh, type SshTraffic, watchSshd } from '../support/evidence'
import { makeSite, type Site, type Version } from '../support/product'
import { expectGreen, expectNoneFailed, stagesOf, tell } from '../support/verdict'
import { startVisitors, type Visitors } from '../support/visitors'

/* What a deploy costs on the wire, counted by the server: by its sshd, and by its kernel for the SSH port. */

jest.setTimeout(5 * 60_000)

let site: Site
let visitors: Visitors

beforeAll(async () => {
  site = await makeSite('traffic', {}, ['apache2', 'caddy'])
  await watchSshd(site.server)
}, 15 * 60_000)

afterAll(async () => {
  await visitors?.stop()
  await site?.remove()
})

/**
 * Bytes that a deploy may send besides what is new in its images: the stages' programs, the release's files, probes,
 * and the headers of SSH, TCP and IP.
 */
const allowance = 500_000

interface Sent {
  readonly result: ActionResult
  readonly traffic: SshTraffic
  /** Digest → bytes of everything that the release's images consist of. */
  readonly blobs: ReadonlyMap<string, number>
}

/** Deploys, and reads the image layout that the action made for itself while it is there. */
async function send(run: number, version: Version): Promise<Sent> {
  const temporary = mkdtempSync(join(tmpdir(), 'kawasemi-traffic-'))
  const blobs = new Map<string, number>()
  const readBlobs = () => {
    const folder = join(temporary, 'kawasemi-layout', 'blobs', 'sha256')
    for (const name of readdirSync(folder)) blobs.set(name, statSync(join(folder, name)).size)
  }
  try {
    const { result, traffic } = await countSsh(site.server, () =>
      site.run('deploy', run, version, {
        env: { RUNNER_TEMP: temporary },
        onLine: (line) => {
          if (line === '::group::ship') readBlobs()
        },
      }),
    )
    return { result, traffic, blobs }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

const sum = (sizes: Iterable<number>) => [...sizes].reduce((total, size) => total + size, 0)

function newIn(blobs: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): number[] {
  return [...blobs].flatMap(([digest, size]) => (before.has(digest) ? [] : [size]))
}

function tellTraffic(what: string, { traffic, result, blobs }: Sent, expected: number): void {
  const moved = /\*{0,2}Moved\*{0,2} \| ([^|]+) \|/.exec(result.summary)?.[1]
  console.log(
    `${what}: ${traffic.connections} connection, ${traffic.execChannels} exec channels for ${stagesOf(result).length} stages; images ${sum(blobs.values())} bytes, of them new ${expected}; the server got ${traffic.bytes} bytes; the summary says ${moved}`,
  )
}

/** One connection, and one channel for each stage besides the lease's. */
function expectFewChannels({ traffic, result }: Sent): void {
  expect(traffic.connections).toBe(1)
  expect(traffic.execChannels).toBeGreaterThan(1)
  expect(traffic.execChannels).toBeLessThanOrEqual(stagesOf(result).length + 1)
}

function expectLittleMore({ traffic }: Sent, expected: number): void {
  expect(traffic.bytes).toBeGreaterThanOrEqual(expected)
  expect(traffic.bytes).toBeLessThanOrEqual(expected + allowance)
}

let last: Sent

test('a first deploy takes one connection and one channel for each stage', async () => {
  last = await send(301, { name: 'v1', build: '1.0.0' })
  expectGreen(last.result)
  tellTraffic('first deploy', last, sum(last.blobs.values()))
  expectFewChannels(last)
  expect(last.traffic.bytes).toBeGreaterThan(50_000_000)
  visitors = await startVisitors(site.server)
})

async function sendUnderLoad(run: number, version: Version): Promise<{ now: Sent; added: number[] }> {
  const before = last
  const phase = await visitors.during(async () => {
    last = await send(run, version)
    return last.result
  })
  tell(version.name, phase)
  expectGreen(last.result)
  expectNoneFailed(phase)
  return { now: last, added: newIn(last.blobs, before.blobs) }
}

/** About 700 kB that no compression makes smaller, the same in every run. */
function incompressible(): string {
  const lines = Array.from({ length: 16_000 }, (_, line) =>
    createHash('sha256').update(String(line)).digest('base64'),
  )
  return `export const words = \`${lines.join('\n')}\`\n`
}

test('a change in the last layer of an image moves that layer and little more', async () => {
  const source = join(site.product.workspace, 'td-buddy-webapp', 'backend', 'src')
  writeFileSync(join(source, 'more-words.ts'), incompressible())
  const { now, added } = await sendUnderLoad(302, { name: 'v2', build: '1.0.0' })
  tellTraffic('last layer changed', now, sum(added))
  expectFewChannels(now)
  const [layer, ...others] = added.toSorted((one, other) => other - one)
  expect(layer).toBeGreaterThan(500_000)
  // Beside the layer: configs and manifests.
  expect(sum(others)).toBeLessThan(50_000)
  expectLittleMore(now, sum(added))
})

/* The same product behind the other web servers, one after the other in the place of nginx. */
test.each([
  ['apache', 'apache2', 'nginx', '/etc/nginx/conf.d/td-buddy.conf'],
  ['caddy', 'caddy', 'apache2', '/etc/apache2/sites-*/td-buddy.conf'],
])(
  'a version that did not change moves next to nothing, behind %s too',
  async (kind, unit, before, oldSite) => {
    await visitors.stop()
    const file = join(site.product.workspace, 'kawasemi.yml')
    const config = parseDocument(readFileSync(file, 'utf8'))
    config.setIn(['proxy', 'kind'], kind)
    writeFileSync(file, config.toString())
    await site.server.exec(`systemctl stop ${before}; rm -f ${oldSite}; systemctl start ${unit}`)
    expect(await site.product.setUp()).toContain(`reload ${kind}`)

    // The live release answers them at once.
    visitors = await startVisitors(site.server)
    const { now, added } = await sendUnderLoad(kind === 'apache' ? 303 : 304, { name: kind, build: '1.0.0' })
    tellTraffic(`nothing changed, behind ${kind}`, now, sum(added))
    expectFewChannels(now)
    expect(sum(added)).toBeLessThan(50_000)
    expectLittleMore(now, sum(added))
    expect(await visitors.whoAnswers()).toEqual([kind])
    const { requests, failed } = await visitors.stop()
    console.log(`behind ${kind}: ${requests} requests, ${failed} failed`)
    expect(failed).toBe(0)
  },
)
