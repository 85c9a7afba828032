import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { call } from '../../../src/host/program'
import { HostFailure, HostSession } from '../../../src/host/session'
import type { Reporter } from '../../../src/release/report'
import { type Sshd, startSshd, startWire, type Wire } from './sshd'

jest.setTimeout(60_000)

/** A session whose connection is lost at bad moments. */

let sshd: Sshd
let wire: Wire
let base: string
let host: HostSession
let printed: string[]
let onPrint: (line: string) => void

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.stop())

beforeEach(async () => {
  wire = await startWire(sshd.port)
  base = mkdtempSync(join(tmpdir(), 'kawasemi-session-'))
  for (const folder of ['slots/blue', 'slots/green', 'runs'])
    mkdirSync(join(base, folder), { recursive: true })
  printed = []
  onPrint = () => {}
  const reporter = {
    info: () => {},
    warning: () => {},
    stepBegin: () => {},
    stepEnd: () => {},
    output: (_host: string, line: string) => {
      printed.push(line)
      onPrint(line)
    },
  } as unknown as Reporter
  host = await HostSession.open({
    app: 'shop',
    base,
    owner: { id: '7/1/deploy', url: 'https://ci.example/7' },
    ssh: {
      ...sshd.options,
      port: wire.port,
      knownHosts: sshd.hostKeys.map(({ publicKey }) => `[127.0.0.1]:${wire.port} ${publicKey}`).join('\n'),
    },
    runtimeLibrary: 'runtime_facts() { :; }',
    reporter,
    wait: (ms) => delay(Math.min(ms, 100)),
  })
  await host.take()
})
afterEach(async () => {
  await host.close()
  await wire.stop()
  rmSync(base, { recursive: true, force: true })
})

const slow = {
  stage: 'slow',
  libraries: [
    `slow() { echo began >>"$kw_base/count"; n=0; while [ "$n" -lt 12 ]; do n=$((n + 1)); note "line $n"; sleep 0.05; done; }`,
  ],
  calls: [call('slow'), call('fact', 'well', 'true')],
}
const timesBegun = () => readFileSync(join(base, 'count'), 'utf8')

test('a program goes on while the connection is lost, and all it says arrives', async () => {
  let cuts = 0
  onPrint = (line) => {
    if (line === 'line 4' && cuts++ === 0) wire.cut()
  }
  const { facts } = await host.run(slow)
  expect(facts.get('well')).toBe(true)
  expect([...new Set(printed)]).toEqual(Array.from({ length: 12 }, (_, at) => `line ${at + 1}`))
  expect({ begun: timesBegun(), cuts }).toEqual({ begun: 'began\n', cuts: expect.any(Number) })
})

test('a program that was sent into a lost connection runs once', async () => {
  const running = host.run(slow)
  wire.cut()
  expect((await running).facts.get('well')).toBe(true)
  expect(timesBegun()).toBe('began\n')
})

test('a connection that was lost between two programs is made anew, with the same lease', async () => {
  const { token } = host
  const service = createServer((socket) => socket.end('hello'))
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  try {
    for (const use of [
      () => host.refresh(),
      () => host.run(slow),
      async () => {
        const stream = await host.dial((service.address() as { port: number }).port)
        for await (const chunk of stream) expect(String(chunk)).toBe('hello')
        stream.destroy()
      },
    ]) {
      wire.cut()
      // The loss is noticed in its own time.
      await delay(50)
      await use()
    }
  } finally {
    service.close()
  }
  expect(host.token).toBe(token)
  await host.release()
  expect(readFileSync(join(base, 'lease.json'), 'utf8')).toContain(`{"token":${token},"expires":0,`)
})

test('another process with the number of a program that is gone is not taken for it', async () => {
  const run = '9-9-gone'
  mkdirSync(join(base, 'runs', run))
  writeFileSync(join(base, 'runs', run, 'out'), 'its last words\n')
  writeFileSync(join(base, 'runs', run, 'pid'), `${process.pid} 1\n`)
  await expect(host.followAgain(run)).rejects.toThrow(HostFailure)
  expect(printed).toEqual(['its last words'])
})

test('no two programs share a folder', async () => {
  await host.run(slow)
  await host.run(slow)
  expect(new Set(readdirSync(join(base, 'runs')).filter((name) => name.includes('slow'))).size).toBe(2)
})
