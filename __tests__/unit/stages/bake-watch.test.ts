import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { detachLibrary } from '../../../src/host/libraries'
import { call } from '../../../src/host/program'
import { plainLog } from '../../../src/proxies/proxy'
import { fullDisk } from '../host/shell'
import { library, ShellHost } from './shell'

/** The watcher of a bake in a real sh. What the runtime says is a function of each test. */

let host: ShellHost
beforeEach(() => {
  host = new ShellHost()
  symlinkSync('slots/green', join(host.base, 'live'))
  mkdirSync(join(host.base, 'runs/1'))
  for (const slot of ['blue', 'green']) writeFileSync(join(host.base, 'slots', slot, slot), '')
  writeFileSync(
    join(host.base, 'lease.json'),
    '{"token":4,"expires":1,"owner":"1/1/job","url":"u","since":1}\n',
  )
})
afterEach(() => host.remove())

const runtime = `${plainLog}
runtime_restarts() { echo 0; }
runtime_logs() { note "logs of $1"; }
runtime_workers_back() { note "workers of $1 instead of $2"; }
runtime_stop() { refuse_live "$1"; note "stopped $1"; }
runtime_watch() { :; }
runtime_stirs() { :; }
runtime_unwatch() { note "unwatched"; }
`

/** A watcher of green, where blue was live before, as the switch starts it. */
function watch(dead: string, { seconds = '0', log = '/dev/null', p95 = '', errors = '500', more = '' } = {}) {
  return host.run(
    [library('stages/slot.sh'), library('stages/bake.sh'), runtime, `runtime_dead() { ${dead}; }`, more],
    [
      call('watch_lock'),
      call('bake_begin', 'n', host.base, '1', '1/1/job', 'u', '4', '45', 'shop'),
      call('bake', 'green', 'v2-2', 'blue', 'v1-1', seconds, errors, '20', log, p95),
    ],
  )
}
const live = () => readlinkSync(join(host.base, 'live'))
const ledger = () =>
  existsSync(join(host.base, 'ledger.jsonl'))
    ? readFileSync(join(host.base, 'ledger.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event)
    : []
const status = () => readFileSync(join(host.base, 'runs/1/status'), 'utf8').trim()

test('a release without trouble is baked', () => {
  watch(':')
  expect({ live: live(), ledger: ledger(), status: status() }).toEqual({
    live: 'slots/green',
    ledger: ['baked'],
    status: '0',
  })
})

test('one with trouble makes way for the old one, which gets the workers back', () => {
  const { out } = watch('echo web is exited')
  expect({ live: live(), ledger: ledger(), status: status() }).toEqual({
    live: 'slots/blue',
    ledger: ['bake-failed', 'switched-back'],
    status: '70',
  })
  expect(out).toContain('{"k":"fail","code":"bake","message":"web is exited"}')
  expect(out).toMatch(/logs of green\nworkers of blue instead of green\nstopped green/)
})

/** Lines as the proxies write them: so many of the slot with this status that took so many seconds. */
const lines = (count: number, slot: string, status: number, seconds: string) =>
  `1700000000.000\t${slot}\t${status}\t${seconds}\t-\t-\tGET\t/\n`.repeat(count)

/** What the access log gets as soon as the watcher looks at it; counts begin where it ended before. */
function watchRequests(text: string, p95 = '') {
  const log = join(host.base, 'access.log')
  writeFileSync(log, lines(100, 'green', 500, '9'))
  writeFileSync(join(host.base, 'new'), text)
  return watch(`[ -e "$BASE/seen" ] || { cat "$BASE/new" >>"$BASE/access.log"; : >"$BASE/seen"; }`, {
    log,
    p95,
  }).out
}

test.each([
  ['50', 1, 'slots/green'],
  ['50', 2, 'slots/blue'],
  ['0', 1, 'slots/blue'],
])('of a limit of %s in 10,000 errors, %i of 200 requests', (errors, wrong, expected) => {
  const log = join(host.base, 'access.log')
  writeFileSync(log, '')
  writeFileSync(
    join(host.base, 'new'),
    lines(200 - wrong, 'green', 200, '0') + lines(wrong, 'green', 500, '0'),
  )
  watch(`cp "$BASE/new" "$BASE/access.log"`, { log, errors })
  expect(live()).toBe(expected)
})

describe('the access log', () => {
  test.each<[string, string, string, string]>([
    ['fast', lines(100, 'green', 200, '0.100'), '500', '"requests":100,"errors":0,"slow":0'],
    ['slow, but none is limited', lines(100, 'green', 200, '9'), '', '"requests":100,"errors":0,"slow":0'],
    [
      'slow as often as may be',
      lines(95, 'green', 200, '0.500') + lines(5, 'green', 200, '0.501'),
      '500',
      '"slow":5',
    ],
    [
      'too often slow',
      lines(94, 'green', 200, '0.500') + lines(6, 'green', 200, '0.501'),
      '500',
      '6 of 100 requests took longer than 500 ms, and at most 5 % may',
    ],
    [
      'too often slow, as Apache writes it',
      lines(100, 'green', 200, '501000e-6'),
      '500',
      '100 of 100 requests took longer',
    ],
    ['too few', lines(19, 'green', 200, '9'), '500', '"requests":19,"errors":0,"slow":19'],
    ['slow in the other slot', lines(100, 'blue', 200, '9'), '500', '"requests":0,"errors":0,"slow":0'],
    ['WebSockets', lines(100, 'green', 101, '9'), '500', '"requests":100,"errors":0,"slow":0'],
    [
      'wrong',
      lines(94, 'green', 200, '0') + lines(6, 'green', 502, '0'),
      '',
      '6 of 100 requests were answered with 5xx',
    ],
  ])('of a release whose requests are %s', (_, text, p95, said) => {
    expect(watchRequests(text, p95)).toContain(said)
    expect(live()).toBe(said.startsWith('"') ? 'slots/green' : 'slots/blue')
  })
})

describe('how the services are', () => {
  /** Each look takes a second. */
  const clock = 'kw_now=0; bake_clock() { kw_now=$((kw_now + 1)); }; sleep() { :; }'
  const times = (word: string, out: string) => out.split('\n').filter((line) => line === word).length

  test('is looked at first and last, and in between when something stirs', () => {
    const stirs = 'runtime_stirs() { note asked; [ "$kw_now" = 4 ]; }'
    const { out } = watch('note looked >&2', { seconds: '5', more: `${clock}; ${stirs}` })
    expect([times('asked', out), times('looked', out)]).toEqual([3, 3])
    expect(ledger()).toEqual(['baked'])
  })

  test('is seen by the last look where nothing stirred', () => {
    const stirs = 'runtime_stirs() { : >"$BASE/gone"; return 1; }'
    const { out } = watch('[ ! -e "$BASE/gone" ] || echo web is exited', {
      seconds: '3',
      more: `${clock}; ${stirs}`,
    })
    expect(out).toContain('"code":"bake","message":"web is exited"')
    expect(times('unwatched', out)).toBe(1)
    expect(live()).toBe('slots/blue')
  })
})

test('says why also where the workers cannot be given back', () => {
  const { out } = watch('runtime_workers_back() { fail start "no workers"; }; echo web is exited')
  expect(live()).toBe('slots/blue')
  expect(out).toContain('"code":"bake","message":"web is exited"')
})

test('goes back also where the new release has filled the disk', () => {
  watch('echo web is exited', { more: `${fullDisk}; runtime_unwatch() { full_disk 0; }` })
  expect(live()).toBe('slots/blue')
})

test.each(['', 'echo web is exited'])('where somebody put another slot live, that stays so (%j)', (dead) => {
  const { out } = watch(`ln -sfn slots/blue "$kw_base/live"; ${dead || ':'}`)
  expect(out).toContain('"code":"left"')
  expect({ live: live(), ledger: ledger() }).toEqual({ live: 'slots/blue', ledger: [] })
})

test('extends the lease under the flock, as everybody does who writes it', () => {
  const { out } = watch(
    ':; put() { if (flock -n 7) 7>>"$kw_base/lease.lock"; then note "FREE $1"; else note "held $1"; fi; }',
  )
  expect(out).not.toContain('FREE')
})

test('has its lock from before the switch until its end, also when the switch is long over', () => {
  const run = join(host.base, 'runs/2')
  const watcher = `flock -n 8 && while [ ! -e '${run}/go' ]; do sleep 0.02; done`
  const lock = () =>
    host.run(
      ['try_lock() { (flock -n 8) 8>>"$kw_base/watch.lock" && note free || note held; }'],
      [call('try_lock')],
    ).out
  host.run(
    [library('stages/slot.sh'), detachLibrary],
    [call('watch_lock'), call('detach', run, watcher), call('watch_unlock')],
  )
  expect(lock()).toBe('held\n')
  writeFileSync(join(run, 'go'), '')
  let answer = ''
  for (let tries = 0; tries < 100 && answer !== 'free\n'; tries += 1) answer = lock()
  expect(answer).toBe('free\n')
})
