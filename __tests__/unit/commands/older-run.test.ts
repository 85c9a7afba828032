import * as blueGreen from '../../../src/commands/blue-green'
import { withHosts } from '../../../src/commands/environment'
import * as healthGate from '../../../src/commands/health-gate'
import * as runMigrations from '../../../src/commands/run-migrations'
import type { HostFacts } from '../../../src/host/facts'
import type { LedgerEvent } from '../../../src/release/ledger'
import type { Deploy } from '../../../src/stages/deploy'

jest.mock('../../../src/commands/environment')

/** Run 100 shipped and gated v1, which is still warm in green; run 101 put v2 live in blue. */
const details = {
  id: 'v1-100',
  version: 'v1',
  run: 100,
  commit: '',
  slot: 'green',
  images: {},
  config: 'aaaaaaaa',
}
const at = '2026-11-22T05:00:00Z'
const history = [
  { at, owner: '100/1/ship', event: 'shipped', release: 'v1-100', details },
  { at, owner: '100/1/gate', event: 'gated', release: 'v1-100' },
  { at, owner: '101/1/switch', event: 'switched', release: 'v2-101', slot: 'blue', from: 'v1-100' },
] as LedgerEvent[]

const programs: string[] = []
const facts = { live: 'blue', releases: { blue: 'v2-101', green: 'v1-100' }, history } as unknown as HostFacts
const host = {
  name: 'deploy@203.0.113.7',
  facts,
  take: async () => undefined,
  refresh: async () => facts,
  run: async ({ stage }: { stage: string }) => {
    programs.push(stage)
    throw new Error(`ran ${stage}`)
  },
}

const commands: [string, { run(context: never): Promise<void> }][] = [
  ['run-migrations', runMigrations],
  ['health-gate', healthGate],
  ['blue-green', blueGreen],
]

test.each(commands)('%s run again after a newer run has switched is refused', async (_, command) => {
  jest.mocked(withHosts).mockImplementation(async (_context, _config, _keep, work) => {
    const reporter = { stageBegin: () => undefined, stageEnd: () => undefined, info: () => undefined }
    const deploy = { config: { services: {} }, hosts: [host], report: {}, reporter } as unknown as Deploy
    return work(deploy)
  })
  const context = {
    inputs: { kind: 'release' },
    run: { id: 100 },
    report: {},
    outputs: { set: () => undefined },
  }
  await expect(command.run(context as never)).rejects.toThrow(/run 101 switched this host/)
  expect(programs).toEqual([])
})
