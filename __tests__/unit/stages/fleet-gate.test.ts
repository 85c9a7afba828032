import type { Call } from '../../../src/host/program'
import { probe } from '../../../src/probes/http'
import { hasHappened } from '../../../src/release/history'
import { Trouble } from '../../../src/release/trouble'
import { gate } from '../../../src/stages/gate'
import { deployTo, FakeHost, releaseOf } from './fleet'

jest.mock('../../../src/probes/http')

/** A host whose services say its name in their logs. */
class LoggingHost extends FakeHost {
  dial = () => this.name
  override async run(program: { calls: readonly Call[] }) {
    return { ...(await super.run(program)), printed: [`web | ${this.name} speaking`] as never[] }
  }
}

test('one that is not healthy takes it down on all, and only its own log is shown', async () => {
  jest
    .mocked(probe)
    .mockImplementation(async (_request, dial) =>
      (dial() as unknown) === 'two'
        ? { kind: 'unanswered', reason: 'connection refused', ms: 1 }
        : { kind: 'answered', status: 200, headers: {}, body: '', cut: false, ms: 1 },
    )
  const hosts = ['one', 'two', 'three'].map(
    (name) => new LoggingHost(name, { blue: 'v1-1', green: 'v2-2' }, 'blue'),
  )
  const { deploy } = deployTo(...hosts)
  Object.assign(deploy.config, { gate: { deadline: 50, interval: 1, timeout: 10, successes: 1 } })
  const error = await gate(deploy, releaseOf('v2-2', 'green')).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Trouble)
  const { cause_, details } = error as Trouble
  expect(cause_).toMatch(/^two: .*connection refused/)
  expect(details.filter((line) => line.includes('speaking'))).toEqual(['two: web | two speaking'])
  expect(details.every((line) => line.startsWith('two: '))).toBe(true)
  for (const { facts } of hosts) expect(hasHappened(facts.history, 'v2-2', 'gate-failed')).toBe(true)
})
