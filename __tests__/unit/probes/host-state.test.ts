import { factsLibrary } from '../../../src/host/libraries'
import { call } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import { readHostState } from '../../../src/probes/host-state'
import { library, ShellHost } from '../stages/shell'

/** What this machine tells of itself, by a real sh; Docker is a script of each test. */

let host: ShellHost
afterEach(() => host.remove())

/** Runs calls, each as its words; BASE is the app's folder. */
function ask(docker: string, runtime: string, ...lines: string[]) {
  host = new ShellHost(docker)
  const calls = lines.map((line) => {
    const [name = '', ...args] = line.replace('BASE', host.base).split(' ')
    return call(name, ...args)
  })
  const { out, status } = host.run(
    [factsLibrary, library('probes/host-state.sh'), runtime],
    [call('ask_begin', 'n', host.base, 'shop'), ...calls],
  )
  const facts = new Map<string, unknown>()
  for (const line of out.split('\n')) {
    const parsed = parseLine('n', line)
    if (parsed.kind === 'record' && parsed.record.k === 'fact')
      facts.set(parsed.record.name, parsed.record.value)
  }
  return { status, state: readHostState(facts, 0, Date.now()) }
}

test('clock, memory and disks', () => {
  const { status, state } = ask(
    'exit 1',
    '',
    'host_clock',
    'host_memory',
    'host_disk BASE',
    'host_disk /nowhere',
    'host_docker_disk',
    'host_units',
  )
  expect(status).toBe(0)
  expect(Math.abs(state.clock!.host - Date.now())).toBeLessThan(60_000)
  expect(state.memory!.total).toBeGreaterThan(state.memory!.available)
  expect(state.disks).toEqual([
    {
      folder: host.base,
      device: expect.stringMatching(/^\d+$/),
      usedBytes: expect.any(Number),
      freeBytes: expect.any(Number),
      usedInodes: expect.any(Number),
      freeInodes: expect.any(Number),
    },
  ])
})

test('the disk that Docker uses', () => {
  expect(ask('echo /proc', '', 'host_docker_disk').state.disks).toMatchObject([{ folder: '/proc' }])
})

test('services and accessories', () => {
  const runtime = `runtime_dead() { echo "web of $1 is exited"; }
runtime_accessory() { [ "$1" = db ] && echo id; :; }`
  const { state } = ask(
    'echo running unhealthy',
    runtime,
    'host_services green',
    'host_accessory db',
    'host_accessory redis',
  )
  expect(state.services).toBe('web of green is exited')
  expect(state.accessories).toEqual({ db: 'running unhealthy', redis: 'gone' })
})
