import type { HostSession } from '../../../src/host/session'
import { probe } from '../../../src/probes/http'
import type { Release } from '../../../src/release/release'
import type { Deploy } from '../../../src/stages/deploy'
import { requireWarm } from '../../../src/stages/gate'
import { exampleConfig } from '../proxies/config'

jest.mock('../../../src/probes/http')

const release = { id: 'v2-2', slot: 'green' } as Release
const dialled: number[] = []
const host = {
  name: 'deploy@203.0.113.7',
  facts: { history: [] },
  dial: async (port: number) => dialled.push(port),
} as unknown as HostSession
const gate = { deadline: 60_000, interval: 5, timeout: 20, successes: 2 }
const { signal } = new AbortController()
const deploy = { config: exampleConfig({ gate }), hosts: [host], signal } as unknown as Deploy
const healthy = { kind: 'answered', status: 200, headers: {}, body: '', cut: false, ms: 1 } as const

beforeEach(() => dialled.splice(0))

test('a release that is still healthy in its slot may be switched to', async () => {
  jest.mocked(probe).mockImplementation(async (_, connect) => {
    await connect()
    return healthy
  })
  await requireWarm(deploy, release)
  expect(dialled.sort()).toEqual([13100, 13101])
})

test('one that is not is refused, whatever its gate said', async () => {
  jest.mocked(probe).mockResolvedValue({ kind: 'unanswered', reason: 'connection refused', ms: 1 })
  await expect(requireWarm(deploy, release)).rejects.toThrow(/v2-2 passed its gate, but is not healthy now/)
})
