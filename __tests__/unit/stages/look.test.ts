import type { Answer } from '../../../src/probes/answer'
import { probe } from '../../../src/probes/http'
import { pollUntil } from '../../../src/probes/poll'
import type { Deploy } from '../../../src/stages/deploy'
import { requireSite } from '../../../src/stages/look'
import { exampleConfig } from '../proxies/config'

jest.mock('../../../src/probes/http')
jest.mock('../../../src/probes/poll', () => ({
  pollUntil: jest.fn(async (look) => {
    const { answer, unmet } = await look(1)
    return { healthy: unmet === undefined, lastAnswers: [{ answer, unmet }] }
  }),
}))

/** A host whose file the site answers with, or what it had when it was first asked. */
function hostWith(live: string | undefined) {
  const written: string[] = []
  const host = {
    name: '203.0.113.7',
    base: '/srv/bird-shop',
    facts: { live: live && 'blue', releases: { blue: live } },
    run: async ({ calls }: { calls: { args: string[] }[] }) => written.push(calls[0]!.args[2]!),
  }
  const deploy = { config: exampleConfig({}, { ownSite: true }), hosts: [host] } as unknown as Deploy
  return { deploy, written }
}

const answered = (status: number, body: string): Answer => ({
  kind: 'answered',
  status,
  headers: {},
  body,
  cut: false,
  ms: 1,
})
const says = (answer: () => Answer) => jest.mocked(probe).mockImplementation(async () => answer())

test('a site that follows the link is let through, also before the first release', async () => {
  const { deploy, written } = hostWith('v1-1')
  says(() => answered(200, written.at(-1) ?? '{"release":"v1-1"}'))
  await requireSite(deploy)
  expect(written).toHaveLength(1)
  expect(JSON.parse(written[0]!)).toMatchObject({ release: 'v1-1' })
  says(() => answered(503, 'Service Unavailable'))
  await requireSite(hostWith(undefined).deploy)
})

test.each([
  ['without the lines', answered(404, 'Not Found'), /does not have the lines/],
  ['that hands everything to the app', answered(200, '{"status":"ok"}'), /does not have the lines/],
  ['that cannot enter the folder', answered(503, ''), /answers 503 though v1-1 is live.*cannot enter/],
  [
    'that thinks of another release',
    answered(200, '{"release":"v0-1"}'),
    /takes v0-1 for live, though v1-1 is/,
  ],
  [
    'that nobody listens for',
    { kind: 'unanswered', reason: 'connection refused', ms: 1 } as Answer,
    /port 80/,
  ],
  ['that answers from a cache', answered(200, '{"release":"v1-1"}'), /answers from a cache/],
])('a site %s is found out before anything is started', async (_, answer, message) => {
  says(() => answer)
  await expect(requireSite(hostWith('v1-1').deploy)).rejects.toThrow(message)
})

test('one that does not look for the link is found out before the first release', async () => {
  says(() => answered(200, 'welcome'))
  await expect(requireSite(hostWith(undefined).deploy)).rejects.toThrow(/has to answer 503/)
})

test('a site that setup-host wrote is not asked', async () => {
  jest.mocked(pollUntil).mockClear()
  await requireSite({ config: exampleConfig(), hosts: [] } as unknown as Deploy)
  expect(pollUntil).not.toHaveBeenCalled()
})
