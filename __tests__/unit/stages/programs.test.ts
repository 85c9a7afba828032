import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPackages } from '../../../lab/docker'
import { isInstalled } from '../../../lab/run'
import type { Config } from '../../../src/config/schema'
import type { HostFacts } from '../../../src/host/facts'
import { detachLibrary, factsLibrary, leaseLibrary, prelude, stageLibrary } from '../../../src/host/libraries'
import { type Call, call, renderProgram } from '../../../src/host/program'
import type { HostSession, StageProgram } from '../../../src/host/session'
import { askHostState } from '../../../src/probes/host-state'
import type { Limits } from '../../../src/release/check-up'
import type { LedgerEvent } from '../../../src/release/ledger'
import type { Release } from '../../../src/release/release'
import { runtimeOf } from '../../../src/runtimes/kinds'
import type { Deploy } from '../../../src/stages/deploy'
import { drain } from '../../../src/stages/drain'
import { gate } from '../../../src/stages/gate'
import { runHooks } from '../../../src/stages/hooks'
import { backup, migrate } from '../../../src/stages/migrate'
import { retire } from '../../../src/stages/retire'
import { rollback } from '../../../src/stages/rollback'
import { backUp, prune } from '../../../src/stages/routine'
import { ship } from '../../../src/stages/ship'
import { start } from '../../../src/stages/start'
import { switchTo } from '../../../src/stages/switch'
import { takeBack } from '../../../src/stages/take-back'
import { exampleConfig } from '../proxies/config'

/*
 * Every program that a stage sends to a host is POSIX sh: `sh -n` reads it, shellcheck finds nothing in it, and every
 * function that the plan calls is in it.
 */

jest.setTimeout(120_000)
jest.mock('../../../src/stages/verify')
jest.mock('../../../src/probes/http', () => ({
  probe: jest.fn(async () => ({ kind: 'unanswered', reason: 'connection refused', ms: 1 })),
}))

const hostile = `it's "$(id)" \`id\` \\ \n$HOME`
const release: Release = {
  id: 'v2-2',
  version: 'v2',
  run: 2,
  commit: '',
  slot: 'green',
  images: { web: { manifest: `sha256:${'a'.repeat(64)}`, config: `sha256:${'b'.repeat(64)}` } },
  config: '0123456789abcdef',
}
const common = { at: '2026-11-22T00:00:00Z', owner: '2/1/deploy' }

/** A deploy whose host only collects the programs it is given. */
function collect(change: Partial<Config> = {}): { deploy: Deploy; programs: Map<string, StageProgram> } {
  const programs = new Map<string, StageProgram>()
  const old = { ...release, id: 'v1-1', version: 'v1', run: 1, slot: 'blue' as const }
  const facts = {
    live: 'blue',
    releases: { blue: 'v1-1', green: 'v2-2' },
    present: ['v1-1', 'v2-2'],
    runtime: new Map(),
    history: [
      { ...common, event: 'shipped', release: 'v1-1', details: old },
      { ...common, event: 'shipped', release: 'v2-2', details: release },
      { ...common, event: 'backed-up', release: 'v2-2', file: '/srv/x', bytes: 1 },
      { ...common, event: 'gated', release: 'v2-2' },
      { ...common, event: 'baked', release: 'v2-2' },
      { ...common, event: 'switched', release: 'v1-1', slot: 'blue', from: 'v2-2' },
    ] as LedgerEvent[],
  } as unknown as HostFacts
  const host = {
    name: 'deploy@203.0.113.7',
    base: '/srv/shop',
    owner: '3/1/deploy',
    token: 7,
    facts,
    traffic: { bytesOut: 0 },
    refresh: async () => facts,
    companion(stage: string, begin: string, program: StageProgram) {
      const first = call(
        begin,
        'n',
        '/srv/shop',
        'run',
        '2/1/deploy',
        'https://ci.example',
        '7',
        '45',
        'shop',
      )
      programs.set(stage, { ...program, calls: [first, ...program.calls] })
      return { run: 'run', call: call('detach', '/srv/shop/runs/run', hostile) }
    },
    run: async (program: StageProgram) => {
      const first = call(
        ...([
          'stage_begin',
          'n',
          '/srv/shop',
          'run',
          '2/1/deploy',
          'https://ci.example',
          '7',
          '45',
          'shop',
        ] as const),
        program.stage,
      )
      programs.set(program.stage, { ...program, calls: [first, ...program.calls] })
      return { facts: new Map(), printed: [] }
    },
  }
  const config = {
    ...exampleConfig(),
    gate: { deadline: 1, interval: 1, timeout: 1, successes: 1 },
    ...change,
  }
  const silent = new Proxy({}, { get: () => () => undefined })
  const deploy = {
    config,
    hosts: [host],
    runtime: runtimeOf(config),
    reporter: silent,
    report: {},
    signal: new AbortController().signal,
    clock: { now: () => 0, wait: async () => undefined },
  }
  return { deploy: deploy as unknown as Deploy, programs }
}

/** All that the stages send, by the name of the program. */
async function programsOf(change: Partial<Config> = {}): Promise<ReadonlyMap<string, StageProgram>> {
  const { deploy, programs } = collect(change)
  const host = deploy.hosts[0]!
  const plan = {
    files: [{ path: 'env', content: hostile, mode: 0o600 as const }],
    takenImages: [{ name: hostile, reference: hostile, fetch: 'missing' as const }],
    accessoryImages: [hostile],
    notices: [],
    warnings: [],
    prepare: [],
  }
  await ship(deploy, { to: [{ host, release }], plan, files: undefined, layout: undefined })
  await backup(deploy, release)
  await migrate(deploy, release)
  await start(deploy, release)
  await gate(deploy, release).catch(() => undefined)
  await runHooks(deploy, release, 'after-ship', [{ service: 'web', command: [hostile], timeout: 1000 }])
  const switches = await switchTo(deploy, release, { bake: true, also: [] })
  await drain(deploy, switches)
  await retire(deploy, switches)
  Object.assign(host.facts, { live: 'green' })
  await takeBack(deploy, [{ host, release, from: { slot: 'blue', release: 'v1-1' } }], 'taken-back', hostile)
  Object.assign(host.facts, { live: 'blue' })
  await takeBack(deploy, [{ host, release, from: { slot: 'blue', release: 'v1-1' } }], 'taken-back', hostile)
  await rollback(deploy, { to: 'v2-2', reason: hostile, undone: undefined, left: undefined }).catch(
    () => undefined,
  )
  return programs
}

function render({ libraries, calls }: StageProgram): string {
  return renderProgram([prelude, detachLibrary, leaseLibrary, stageLibrary, ...libraries], calls)
}

function missing(text: string, calls: readonly Call[]): string[] {
  const defined = new Set(Array.from(text.matchAll(/^([a-z][a-z0-9_]*)\(\)/gm), ([, name]) => name))
  return calls.map(({ name }) => name).filter((name) => !defined.has(name))
}

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kawasemi-programs-'))
  if (!(await isInstalled('shellcheck'))) await installPackages(['shellcheck'])
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What shellcheck says of these files, which `sh -n` has read before. */
function check(texts: ReadonlyMap<string, string>): string {
  const files = Array.from(texts, ([name, text]) => {
    const file = join(folder, `${name}.sh`)
    writeFileSync(file, text)
    const { status, stderr } = spawnSync('sh', ['-n', file], { encoding: 'utf8' })
    expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
    return file
  })
  // A and B or C, where C ends the program (2015); functions and variables for other plans (2034, 2154, 2317, 2329);
  // scripts for other shells (1003, 2016) and what they read (1091); words of which none has a space (2013).
  const allowed = 'SC1003,SC1091,SC2013,SC2015,SC2016,SC2034,SC2154,SC2317,SC2329'
  const { stdout, error } = spawnSync('shellcheck', ['-s', 'sh', '-f', 'gcc', '-e', allowed, ...files], {
    encoding: 'utf8',
  })
  expect(error).toBeUndefined()
  return stdout
}

const stages = [
  'ship',
  'backup',
  'migrate',
  'start',
  'gate',
  'after-ship',
  'switch',
  'bake',
  'drain',
  'retire',
  'take-back',
  'put-down',
  'place',
]

const migrations = { service: 'api', command: ['migrate', hostile], timeout: 60_000, lockTimeout: 5000 }

test('the programs of every stage', async () => {
  const programs = await programsOf({
    migrations,
    database: { kind: 'postgres', accessory: 'db' },
    accessories: ['db'],
  })
  expect([...programs.keys()].sort()).toEqual([...stages].sort())
  const texts = new Map(Array.from(programs, ([name, program]) => [name, render(program)] as const))
  for (const [name, { calls }] of programs)
    expect([name, missing(texts.get(name)!, calls)]).toEqual([name, []])
  expect(check(texts)).toBe('')
})

test('the programs of a look at a running app, and of what is done with it then', async () => {
  const asked: string[] = []
  for (const change of [
    { accessories: ['db'], database: { kind: 'postgres', accessory: 'db' } },
    { systemd: { scope: 'user' }, database: { kind: 'sqlite', file: hostile } },
  ] as unknown as Partial<Config>[]) {
    const { deploy, programs } = collect({ ...change, migrations })
    const host = deploy.hosts[0]! as unknown as HostSession
    const ask = async (libraries: readonly string[], calls: readonly Call[]) => {
      const text = renderProgram(
        [prelude, factsLibrary, ...libraries],
        [call('ask_begin', 'n', '/srv/shop', 'shop'), ...calls],
      )
      expect(missing(text, calls)).toEqual([])
      asked.push(text)
      return { facts: new Map(), printed: [] }
    }
    Object.assign(host, { ask })
    const limits = { backupHours: 20, keepBackups: 7 } as Limits
    await askHostState(host, deploy.config, 'blue', deploy.runtime.library)
    await backUp(deploy, host, release, limits, 0)
    await prune(deploy, host, limits)
    for (const [name, program] of programs) {
      const text = render(program)
      expect([name, missing(text, program.calls)]).toEqual([name, []])
      asked.push(text)
    }
  }
  expect(asked).toHaveLength(6)
  expect(check(new Map(asked.map((text, at) => [`operate-${at}`, text])))).toBe('')
})

test('the programs that hold the lease and follow another', () => {
  const runtime = collect().deploy.runtime.library
  const texts = new Map([
    ['lease', renderProgram([prelude, leaseLibrary, factsLibrary, runtime], [call('lease_serve', 'n')])],
    ['follow', renderProgram([detachLibrary], [call('start_and_follow', '/srv/shop/runs/run', hostile)])],
  ])
  expect(check(texts)).toBe('')
})

test('every library of ours, also those of parts that no test above uses', () => {
  const source = join(__dirname, '../../../src')
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.sh'),
  )
  expect(names.length).toBeGreaterThan(10)
  // A step's own: whoever sets it in the middle of one falsifies its time.
  const begins = names.filter((name) => /\bkw_began=/.test(readFileSync(join(source, name), 'utf8')))
  expect(begins).toEqual(['host/prelude.sh'])
  expect(
    check(
      new Map(names.map((name) => [name.replaceAll('/', '-'), readFileSync(join(source, name), 'utf8')])),
    ),
  ).toBe('')
})
