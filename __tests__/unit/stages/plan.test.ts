import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config, WebService } from '../../../src/config/schema'
import { makeManifest, manifestLines } from '../../../src/host/files-manifest'
import { factsLibrary } from '../../../src/host/libraries'
import type { Call } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import type { Layout } from '../../../src/images/layout'
import { type DeployPlan, planOutput } from '../../../src/release/deploy-plan'
import { runtimeOf } from '../../../src/runtimes/kinds'
import type { Deploy } from '../../../src/stages/deploy'
import { listOf } from '../../../src/stages/differences'
import { planDeploy } from '../../../src/stages/plan'
import { type Project, planFiles, readReleaseFiles } from '../../../src/stages/project'
import { type Folder, makeFolder } from '../host/shell'
import { configOf } from '../runtimes/product'
import { systemdProduct } from '../runtimes/systemd-product'
import { deployTo, FakeHost, releaseOf } from './fleet'

/* Plans against a folder that holds a release as a deploy lays it down; a real sh reads it. */

let folder: Folder
let checkout: string
beforeEach(() => {
  folder = makeFolder()
  checkout = join(folder.base, 'checkout')
  mkdirSync(checkout)
})
afterEach(() => folder.remove())

const config = (change: Partial<Config> = {}): Config => ({
  ...configOf({
    services: {
      web: { role: 'web', port: 3000, slots: { blue: 13000, green: 13100 } },
      mailer: { role: 'worker' },
    },
    accessories: ['db'],
    volumes: { data: 'shared' },
  }),
  base: folder.base,
  ...change,
})

interface Sketch {
  readonly env?: Record<string, string>
  readonly command?: string
  readonly database?: string
  readonly more?: Record<string, object>
  readonly config?: Partial<Config>
}

function project({
  env = {},
  command = 'serve',
  database = 'postgres:16',
  more = {},
  ...rest
}: Sketch = {}): Project {
  const build = { context: join(checkout, 'app'), dockerfile: 'Dockerfile' }
  const services = {
    web: { build, command: [command], ports: [{ target: 3000, published: '3000' }] },
    mailer: { build },
    db: { image: database, volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
    ...more,
  }
  const model = { name: 'shop', services, volumes: { data: {} } }
  return {
    config: config(rest.config),
    projectDir: checkout,
    env,
    exec: async () => ({ code: 0, stdout: '', stderr: '' }) as never,
    compose: { model, dotenv: undefined, unset: [] } as never,
  }
}

/** A host on which v1 is live, if anything is. */
function hostWith(live: Project | undefined, name = 'web1'): FakeHost {
  const host = new FakeHost(name, live ? { blue: 'v1-1' } : {}, live && 'blue')
  for (const { path, content } of live ? planFiles(live, releaseOf('v1-1', 'blue')).files : []) {
    mkdirSync(dirname(join(folder.base, 'releases/v1-1', path)), { recursive: true })
    folder.write(`releases/v1-1/${path}`, String(content))
  }
  const ask = async (libraries: readonly string[], calls: readonly Call[]) => {
    const { output, status } = folder.run([factsLibrary, ...libraries], calls)
    expect(status).toBe(0)
    const facts = new Map<string, unknown>()
    for (const line of output.split('\n')) {
      const parsed = parseLine('n', line)
      if (parsed.kind === 'record' && parsed.record.k === 'fact')
        facts.set(parsed.record.name, parsed.record.value)
    }
    return { facts, printed: [] }
  }
  Object.assign(host, { base: folder.base, ask })
  const runtime = new Map([['compose', '2.30.0']])
  Object.assign(host.facts, { machine: 'x86_64', runtime })
  return host
}

async function planOf(
  next: Project,
  hosts: FakeHost[],
  more: { layout?: Layout; changed?: readonly string[] } = {},
): Promise<{ plan: DeployPlan; warnings: string[]; asked: string[] }> {
  const { deploy, warnings } = deployTo(...hosts)
  const asked: string[] = []
  const { config } = next
  const plan = await planDeploy({ ...deploy, config, runtime: runtimeOf(config) } as Deploy, next, {
    identity: { id: 'v2-2', version: 'v2', run: 2, commit: 'b'.repeat(40) },
    layout: more.layout,
    repository: checkout,
    since: async (commit) => {
      asked.push(commit)
      return { files: more.changed }
    },
  })
  return { plan, warnings, asked }
}

const linesOf = (plan: DeployPlan, stage: string) => plan.stages.find((each) => each.stage === stage)!
const none = { added: [], changed: [], removed: [] }

test('the same product under another version differs in nothing', async () => {
  const same = project({ env: { A: '1', B: 'two\nlines' } })
  const { plan, warnings } = await planOf(same, [hostWith(same)])
  expect(plan.changes).toEqual([{ hosts: ['web1'], env: none, settings: none, files: none }])
  expect(plan.hosts).toEqual([{ host: 'web1', live: { slot: 'blue', version: 'v1' }, slot: 'green' }])
  expect(warnings).toEqual([])
})

test('names what would be other than in the live release, never a value', async () => {
  const before = project({ env: { KEPT: 'x', CHANGED: 'old-value', GONE: '1' } })
  const after = project({
    env: { KEPT: 'x', CHANGED: 'new-value', NEW: '1' },
    command: 'serve --fast',
    database: 'postgres:17',
  })
  const { plan } = await planOf(after, [hostWith(before)])
  expect(plan.changes).toEqual([
    {
      hosts: ['web1'],
      env: { added: ['NEW'], changed: ['CHANGED'], removed: ['GONE'] },
      settings: { ...none, changed: ['accessory db', 'service web'] },
      files: none,
    },
  ])
  expect(planOutput(plan)).not.toMatch(/old-value|new-value/)
})

test('hosts of which the same is true are together, the others apart', async () => {
  const before = project({ env: { A: '1' } })
  const first = hostWith(before)
  const { plan } = await planOf(before, [first, hostWith(before, 'web2'), hostWith(undefined, 'web3')])
  expect(plan.changes.map(({ hosts, env }) => [hosts, env.added])).toEqual([
    [['web1', 'web2'], []],
    [['web3'], ['A']],
  ])
  expect(linesOf(plan, 'ship').does).toEqual([
    '`web1`: to green',
    '`web2`: to green',
    '`web3`: to blue',
    'builds `web`, `mailer`',
  ])
})

test('says for every stage what it would do', async () => {
  const { plan } = await planOf(
    project({
      config: {
        migrations: { service: 'web', command: ['node', 'migrate.js'], timeout: 600_000, lockTimeout: 1 },
        database: { kind: 'postgres', accessory: 'db' },
        hooks: {
          afterShip: [{ service: 'web', command: ['warm-up'], timeout: 5000 }],
          beforeSwitch: [],
          afterSwitch: [],
          onFailure: [],
        },
      },
    }),
    [hostWith(project())],
    { changed: [] },
  )
  expect(plan.stages.map(({ stage }) => stage).join(' ')).toBe(
    'ship backup migrate start gate switch bake drain retire',
  )
  expect(plan.stages.map(({ does }) => does.join('; '))).toEqual([
    'to green; builds `web`, `mailer`; then `warm-up` in `web`, at most 5 s',
    'a dump of the PostgreSQL database, read back before anything is migrated',
    '`node migrate.js` in `web`, at most 10 min',
    '`db`: started where it does not run, else left as it is; `web` in the new slot; `mailer` waits for the switch',
    '`web` has to answer `/` well 2 times in a row within 60 s; else it is taken down, and traffic is not touched',
    'traffic goes from `v1` to the new release; `mailer` takes over',
    'watched for 30 s; traffic goes back to `v1` for more than 5 % of answers with a 5xx status (of 20 requests or more), a restart, or a health check that fails',
    'connections to `v1` may take 30 s to end',
    '`v1` stays warm, for a rollback at once; nothing is removed; the newest 5 good releases stay',
  ])
})

test('and why a stage would have nothing to do', async () => {
  const bake = { duration: 0, maxErrorPercent: 5, minRequests: 20 }
  const { plan } = await planOf(project({ config: { bake } }), [hostWith(undefined)])
  const skipped = plan.stages.filter((each) => each.skipped).map(({ stage, does }) => `${stage}: ${does}`)
  expect(skipped).toEqual([
    'backup: no migrations in kawasemi.yml',
    'migrate: no migrations in kawasemi.yml',
    'bake: its duration is 0',
    'drain: the first release',
  ])
  expect(linesOf(plan, 'switch').does[0]).toBe('the release gets the first traffic')
  expect(plan.hosts).toEqual([{ host: 'web1', slot: 'blue' }])
})

test('builds that nothing changed for are told from the others, where GitHub knows', async () => {
  const host = hostWith(project())
  const commit = 'a'.repeat(40)
  const [shipped] = host.facts.history
  Object.assign((shipped as unknown as { details: object }).details, { commit })
  const shipLines = async (changed: readonly string[]) => {
    const { plan, asked } = await planOf(project(), [host], { changed })
    expect(asked).toEqual([commit])
    return linesOf(plan, 'ship').does[1]
  }
  expect(await shipLines(['docs/x.md', 'appendix'])).toBe(
    'builds `web`, `mailer`, from the same files as the live release',
  )
  expect(await shipLines(['app/a.js', 'README.md'])).toBe(
    'builds `web`, `mailer`; 1 file of the build differs',
  )
})

test('images that are built already: which differ, and what would travel', async () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`
  const image = (letter: string, ...layers: string[]) => ({
    manifestDigest: digest(letter),
    configDigest: digest(letter),
    os: 'linux',
    architecture: 'arm64',
    size: 1,
    unpackedSize: 1,
    layers: layers.map((each) => ({
      digest: digest(each),
      diffId: digest(each),
      size: 2_000_000,
      unpackedSize: 1,
    })),
  })
  const host = hostWith(project())
  const [shipped] = host.facts.history
  const images = { web: { manifest: digest('c'), config: digest('c') } }
  Object.assign((shipped as unknown as { details: object }).details, { images })
  const layout = {
    images: { web: image('c', 'd'), mailer: image('e', 'd', 'f') },
    bytes: 4_500_000,
  } as unknown as Layout
  const { plan, warnings } = await planOf(project(), [host], { layout })
  expect(linesOf(plan, 'ship').does).toEqual([
    'to green',
    '`mailer`: another image',
    '`web`: the image that is live',
    'at most 4.0 MB of 4.5 MB travel',
  ])
  expect(warnings).toEqual([expect.stringMatching(/is amd64 \(x86_64\), but the images are built for arm64/)])
})

test('warns of all that would stop a deploy', async () => {
  const host = hostWith(project())
  Object.assign(host.facts, { disks: [{ freeBytes: 1 }] })
  host.enter({ event: 'migrating', release: 'v1-1' })
  folder.write(
    'lease.json',
    '{"token":3,"expires":9999999999,"owner":"7/1/deploy","url":"https://ci.example/7","since":5}\n',
  )
  const { warnings } = await planOf(project(), [host])
  expect(warnings).toEqual([
    expect.stringMatching(/^web1: has 1 MB of disk free/),
    expect.stringMatching(
      /^web1: another run is at work there now: 7\/1\/deploy \(https:\/\/ci\.example\/7\)/,
    ),
    expect.stringMatching(/^The migration of v1-1 was cut off/),
  ])
})

test('of an app that runs from files: units, launchers, and which files differ', async () => {
  const under = (command: string, env: Record<string, string>): Project => {
    const plain = systemdProduct({ base: folder.base })
    const web = { ...plain.services.web!, process: { command: [command], restart: 'always' } } as WebService
    return { ...project({ env }), config: { ...plain, services: { ...plain.services, web } } }
  }
  const before = under('gunicorn', { A: '1' })
  for (const [name, content] of Object.entries({ kept: 'same', 'app.py': 'old', gone: 'x' }))
    writeFileSync(join(checkout, name), content)
  const { files, links, folders } = (await readReleaseFiles(before))!
  const host = hostWith(before)
  folder.write('releases/v1-1/files.list', `${manifestLines({ files, links, folders }).join('\n')}\n`)
  host.facts = {
    ...host.facts,
    runtime: new Map(Object.entries({ systemd: '252', linger: true, 'systemd-user': 'running' })),
  }
  rmSync(join(checkout, 'gone'))
  writeFileSync(join(checkout, 'app.py'), 'new')
  writeFileSync(join(checkout, 'added'), 'same')
  const { plan, warnings } = await planOf(under('uvicorn', { A: '2' }), [host])
  expect(plan.changes).toEqual([
    {
      hosts: ['web1'],
      env: { ...none, changed: ['A'] },
      settings: { ...none, changed: ['service web'] },
      files: { added: ['added'], changed: ['app.py'], removed: ['gone'] },
    },
  ])
  // What has the content of another file there does not travel.
  expect(linesOf(plan, 'ship').does).toEqual([
    'to green',
    '1 file of 3 would travel, 1 kB before compression',
  ])
  expect(warnings).toEqual([])
})

test('a list of files is compared by path, contents, modes and where links lead', () => {
  const file = (path: string, letter: string, executable = false) => ({
    path,
    executable,
    size: 1,
    sha256: letter.repeat(64),
  })
  const { files } = makeManifest('/x', {
    files: [file('a b', 'a'), file('c', 'b', true)],
    links: [],
    folders: [],
  })
  expect(files).toHaveLength(2)
  const lines = [`${'a'.repeat(64)} - ./a b`, 'link - ./l\tto', 'folder - ./empty', 'what is this', '']
  expect([...listOf(lines)]).toEqual([
    ['a b', `${'a'.repeat(64)} -`],
    ['l', 'link -\tto'],
    ['empty', 'folder -'],
  ])
})

test('an output holds no more than a hundred names of a kind', async () => {
  const env = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`NAME_${at}`, 'x']))
  const { plan } = await planOf(project({ env }), [hostWith(undefined)])
  expect(plan.changes[0]!.env.added).toHaveLength(300)
  expect(JSON.parse(planOutput(plan)).changes[0].env.added).toHaveLength(100)
})
