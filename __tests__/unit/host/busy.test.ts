import { connect } from '../../../src/host/connection'
import { LeaseChannel, type TakeAnswer } from '../../../src/host/lease'
import { HostSession, type SessionOptions } from '../../../src/host/session'

jest.mock('../../../src/host/connection', () => ({
  ...jest.requireActual('../../../src/host/connection'),
  connect: jest.fn(),
}))

/** A session with a host whose lock is held, as the host says it when the lease is asked for, each time. */
async function takeFrom(answers: Iterable<TakeAnswer>, patience?: number): Promise<string[]> {
  const said: string[] = []
  const left = answers[Symbol.iterator]()
  jest.mocked(connect).mockResolvedValue({
    name: 'web1',
    closed: new Promise(() => undefined),
    close: async () => undefined,
  } as never)
  const channel = { take: async () => left.next().value, refresh: async () => ({}), close: () => undefined }
  jest.spyOn(LeaseChannel, 'open').mockResolvedValue({ channel, facts: {} } as never)
  const reporter = {
    info: (line: string) => said.push(line),
    warning: (line: string) => said.push(`! ${line}`),
  }
  const options = { ssh: {}, base: '/srv/shop', reporter, wait: async () => undefined }
  const host = await HostSession.open(options as unknown as SessionOptions)
  await host.take(patience)
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

/** Run 6 at a second, which renews its lease each 15 of them. */
const held = (second: number): TakeAnswer => ({
  kind: 'held',
  owner: '6/1/deploy',
  url: 'https://ci.example/6',
  since: 0,
  expires: 45 + second - (second % 15),
  now: second,
})
const alive = (seconds: number) => Array.from({ length: seconds }, (_, second) => held(second))
const looking =
  'web1: the lease is held by 6/1/deploy (https://ci.example/6) for 45 s more; waiting whether it renews it'

test('a run that is alive is not waited for', async () => {
  await expect(takeFrom([...alive(16), taken])).rejects.toThrow(
    'web1: another run is at work there: 6/1/deploy took the lease 0 min ago and goes on renewing it (https://ci.example/6).',
  )
})

test('with patience it is, and told once', async () => {
  expect(await takeFrom([...alive(600), taken], 15 * 60_000)).toEqual([
    looking,
    '! web1: waiting, for 15 min at most, for another run that is at work there. To go on sooner, cancel it: https://ci.example/6',
  ])
})

test('patience ends', async () => {
  await expect(takeFrom(alive(902), 15 * 60_000)).rejects.toThrow('15 min ago and goes on renewing it')
})

test('a run that is gone is waited for until its lease ends, with patience or without', async () => {
  const gone = Array.from({ length: 45 }, () => held(0))
  for (const patience of [undefined, 60_000])
    expect(await takeFrom([...gone, taken], patience)).toEqual([looking])
})
