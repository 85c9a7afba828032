import { connect } from '../../../src/host/connection'
import { LeaseChannel, type TakeAnswer } from '../../../src/host/lease'
import { HostSession, type SessionOptions } from '../../../src/host/session'

jest.mock('../../../src/host/connection', () => ({
  ...jest.requireActual('../../../src/host/connection'),
  connect: jest.fn(),
}))

/** A session with a host whose lock is held, as the host says it when the lease is asked for, each time. */
async function takeFrom(answers: Iterable<TakeAnswer>): Promise<string[]> {
  const said: string[] = []
  const left = answers[Symbol.iterator]()
  jest.mocked(connect).mockResolvedValue({
    name: 'web1',
    closed: new Promise(() => undefined),
    close: async () => undefined,
  } as never)
  const channel = { take: async () => left.next().value, refresh: async () => ({}), close: () => undefined }
  jest.spyOn(LeaseChannel, 'open').mockResolvedValue({ channel, facts: {} } as never)
  const reporter = { info: (line: string) => said.push(line) }
  const host = await HostSession.open({ ssh: {}, base: '/srv/shop', reporter } as unknown as SessionOptions)
  await host.take()
  return said
}

const busy = (by: string): TakeAnswer => ({ kind: 'busy', by })
const taken: TakeAnswer = { kind: 'taken', token: 1 }

test('a program of ours that still works there is waited for, however long it takes', async () => {
  const migrating = Array.from({ length: 500 }, () => busy('stage migrate of run 6'))
  expect(await takeFrom([...migrating, busy('the bake of v2-6'), taken])).toEqual([
    'web1: waiting for stage migrate of run 6',
    'web1: waiting for the bake of v2-6',
  ])
})

test('a person is waited for a little, and named as somebody', async () => {
  expect(await takeFrom([busy(''), busy(''), taken])).toEqual([
    'web1: waiting for somebody who holds its lock',
  ])
  const forever = Array.from({ length: 500 }, () => busy(''))
  await expect(takeFrom(forever)).rejects.toThrow(
    'web1: somebody who is no program of ours has held /srv/shop/lease.lock for a minute',
  )
})
