import { join } from 'node:path'
import { localExec } from '../lab/exec'
import { checkOut } from '../lab/product'
import { startServer } from '../lab/server'
import { ACCESSORY_IMAGES, prepareLab } from '../lab/up'
import type { Traffic } from '../src/host/connection'
import type { DeployReport } from '../src/release/deploy-report'
import type { Reporter } from '../src/release/report'
import { backupAndMigrate, startAndGate, switchAndFinish } from '../src/stages/chain'
import { systemClock } from '../src/stages/clock'
import { deliver } from '../src/stages/deliver'
import type { Deploy } from '../src/stages/deploy'
import { identityOf } from '../src/stages/identity'
import { close, open, release, take } from '../src/stages/open'
import { build, readConfigFile, readProject } from '../src/stages/project'
import { type Part, renderTable } from './part'

/** What each stage of a deploy sends over its one connection: td-buddy from v1 to v2 on a server of the lab. */

export interface StageRow {
  stage: string
  execChannels: number
  /** Streams through the tunnel: image layers, probes. */
  streams: number
  roundTrips: number
  bytesIn: number
  bytesOut: number
  /** Milliseconds the host's own steps took, by its clock. */
  host: number
  /** Milliseconds on the runner. */
  wall: number
}

const env = { DB_PASSWORD: 'only-for-the-bench', CLAUDE_API_KEY: 'only-for-the-bench' }
const certificates = process.env.NODE_EXTRA_CA_CERTS
const none: Traffic = { execChannels: 0, streams: 0, bytesIn: 0, bytesOut: 0, roundTrips: 0 }

/** Reads the connection's counters where stages begin and end. */
class Meter implements Reporter {
  readonly rows: StageRow[] = []
  deploy: Deploy | undefined
  private before = none
  private hostMs = 0

  private get traffic(): Traffic {
    return this.deploy?.hosts[0]?.traffic ?? none
  }

  begin(): void {
    this.before = { ...this.traffic }
    this.hostMs = 0
  }

  end(stage: string, wall: number): void {
    const { traffic, before } = this
    const since = (count: keyof Traffic) => traffic[count] - before[count]
    this.rows.push({
      stage,
      execChannels: since('execChannels'),
      streams: since('streams'),
      roundTrips: since('roundTrips'),
      bytesIn: since('bytesIn'),
      bytesOut: since('bytesOut'),
      host: this.hostMs,
      wall,
    })
  }

  /** For what is no stage. */
  async around<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.begin()
    const began = performance.now()
    const result = await work()
    this.end(name, Math.round(performance.now() - began))
    return result
  }

  stageBegin(): void {
    this.begin()
  }
  stageEnd(stage: string, ms: number): void {
    this.end(stage, ms)
  }
  stepBegin(): void {}
  stepEnd(_host: string, _step: string, ms: number): void {
    this.hostMs += ms
  }
  info(): void {}
  warning(): void {}
  output(): void {}
}

type Checkout = ReturnType<typeof checkOut>

async function deployVersion({ workspace, server }: Checkout, run: number, app: string): Promise<StageRow[]> {
  const file = join(workspace, 'kawasemi.yml')
  const config = await readConfigFile(file, 'kawasemi.yml', 'production')
  const project = await readProject(localExec, config, file, { ...env, APP_VERSION: app })
  const identity = identityOf({ id: run, sha: '0'.repeat(40) }, `v${app}`)
  const layout = await build(project, {
    identity,
    secrets: {},
    secretFiles: certificates ? { ca: certificates } : {},
    dir: join(workspace, `layout-${run}`),
    onLine: () => {},
    warn: () => {},
  })

  const meter = new Meter()
  const report: DeployReport = { title: 'Bench', hosts: [], stages: [], warnings: [] }
  await meter.around('connect', async () => {
    meter.deploy = await open({
      config,
      ssh: { key: server.privateKey, knownHosts: server.hostKeys },
      owner: { id: `${run}/1/bench`, url: `https://github.example/example/product/actions/runs/${run}` },
      reporter: meter,
      report,
      signal: new AbortController().signal,
      clock: systemClock,
    })
  })
  const deploy = meter.deploy!
  try {
    await meter.around('lease', () => take(deploy))
    const shipped = await deliver(deploy, project, { identity, layout })
    await backupAndMigrate(deploy, shipped)
    await startAndGate(deploy, shipped)
    await switchAndFinish(deploy, shipped)
    await meter.around('free lease', () => release(deploy))
  } finally {
    await close(deploy)
  }
  return meter.rows
}

export const stagesPart: Part = {
  name: 'stages',
  async run() {
    await prepareLab(() => {})
    const server = await startServer({ name: 'bench', images: ACCESSORY_IMAGES })
    const product = checkOut({ example: 'td-buddy', server, settings: { 'bake.duration': '5s' } })
    try {
      await product.setUp()
      const first = await deployVersion(product, 1, '1.0.0')
      const second = await deployVersion(product, 2, '2.0.0')
      return { data: { first, second }, table: renderStages(second) }
    } finally {
      product.remove()
      await server.stop()
    }
  },
}

function renderStages(rows: readonly StageRow[]): string {
  const head = ['stage', 'channels', 'streams', 'round trips', 'bytes in', 'bytes out', 'host ms', 'wall ms']
  const cells = (row: StageRow) => [
    row.execChannels,
    row.streams,
    row.roundTrips,
    row.bytesIn,
    row.bytesOut,
    row.host,
    row.wall,
  ]
  const all = rows.map(cells).reduce((sum, row) => sum.map((value, at) => value + row[at]!))
  return [
    renderTable(head, [...rows.map((row) => [row.stage, ...cells(row)]), ['all', ...all]]),
    'channels: programs started on the host; streams: layers, probes; wall: on the runner, over one SSH connection',
  ].join('\n')
}
