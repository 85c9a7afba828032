import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Product } from '../../lab/product'
import { ensureSkopeo, type LabRegistry, startRegistry } from '../../lab/registry'
import { until } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import { commit } from '../../lab/workflow'
import type { Answer, ApiCall } from '../support/github-api'
import { keepComments } from '../support/github-comments'
import { keepIssues } from '../support/github-issues'
import { checkOutTiny, tinyImages } from './products/tiny'
import { type Callers, expectGreenRun, startCallers, workflowTest } from './support/callers'
import { stateOf } from './support/host-state'

/*
 * td-buddy's callers, for a smaller product, through a real workflow runner to a real server. Only the commands and
 * addresses in them are others.
 */

jest.setTimeout(300_000)

let server: LabServer
let product: Product
let callers: Callers
let registry: LabRegistry

beforeAll(async () => {
  server = await startServer({ name: 'workflows', images: tinyImages })
  const settings = {
    'bake.duration': '1s',
    'drain.timeout': '1s',
    'environments.staging': {
      app: 'tiny-staging',
      services: { web: { slots: { blue: 12010, green: 12110 } } },
      proxy: { domains: ['staging.tiny.example'] },
    },
  }
  product = checkOutTiny({ server, built: true, settings })
  await product.setUp()
  await product.setUp('staging')
  const staging = `curl --fail --silent --header Host:staging.tiny.example http://127.0.0.1:${server.httpPort}/`
  await ensureSkopeo()
  registry = await startRegistry()
  callers = await startCallers({
    product,
    example: 'td-buddy',
    domain: 'tiny.example',
    health: '/health',
    commands: {
      test: 'test -f kawasemi.yml',
      integrationTest: `${staging} | grep "$APP_VERSION" && test ! -e BROKEN`,
    },
    env: { TINY_SAYS: 'hello' },
    secrets: { REGISTRY_PASSWORD: registry.password },
    advisories: [{ id: 'CVE-2026-1', ecosystem: 'npm', name: 'leaky' }],
  })
  // As npm leaves it where it installed a package.
  const installed = join(product.workspace, 'app/node_modules')
  mkdirSync(installed)
  const packages = { 'node_modules/leaky': { version: '1.0.0' } }
  writeFileSync(join(installed, '.package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }))
  appendFileSync(join(product.workspace, 'app/Dockerfile'), 'COPY node_modules ./node_modules\n')
  accept('2099-01-31')
  await commit(product.workspace)
}, 1_200_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
  await registry?.stop()
  await callers?.close()
}, 60_000)

function accept(until: string): void {
  const accepted = `[[IgnoredVulns]]\nid = "CVE-2026-1"\nignoreUntil = ${until}\nreason = "nobody gets there"\n`
  writeFileSync(join(product.workspace, 'osv-scanner.toml'), accepted)
}

async function answering(domain: string): Promise<string> {
  const { stdout } = await server.exec(`curl -s -H 'Host: ${domain}' http://127.0.0.1/`)
  return (JSON.parse(stdout) as { version: string }).version
}

/** The digests that the server's ledger has of a version. */
async function digests(app: string, version: string): Promise<unknown> {
  const { stdout } = await server.exec(`cat /srv/${app}/ledger.jsonl`)
  const shipped = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return shipped.find(({ event, details }) => event === 'shipped' && details.version === version)?.details
    .images
}

workflowTest('a push tests and deploys; it is one deployment record', async () => {
  const result = await callers.run(201, 'deploy')
  expectGreenRun(result)
  expect(result.jobs).toEqual({ test: 'succeeded', deploy: 'succeeded' })
  expect(await answering('staging.tiny.example')).toMatch(/^[0-9a-f]{12}$/)
  expect(callers.records()).toEqual(['deploy to staging', 'in_progress', 'success'])
})

describe('a pull request', () => {
  const comments = keepComments()
  const changed = { status: 'ahead', files: [{ filename: 'app/server.js' }, { filename: 'README.md' }] }
  const answer = (call: ApiCall): Answer | undefined => {
    if (call.path.includes('/compare/')) return { status: 200, body: changed }
    if (!call.path.endsWith('/contents/kawasemi.yml')) return comments.answer(call)
    const before = `${readFileSync(join(product.workspace, 'kawasemi.yml'))}retire: { keep: 3 }\n`
    return { status: 200, body: { encoding: 'base64', content: Buffer.from(before).toString('base64') } }
  }

  beforeAll(() => callers.github.answer(answer))
  afterAll(() => callers.github.answer(({ method }) => (method === 'GET' ? { status: 404 } : undefined)))

  workflowTest('is told in a comment what a deploy of it would do, and nothing is done', async () => {
    const live = await answering('staging.tiny.example')
    callers.setEnv({ TINY_SAYS: 'good evening', TINY_TOKEN: 'not-to-be-seen' })
    const version = await commit(product.workspace)
    const before = await stateOf(server)
    const result = await callers.run(211, 'plan')
    expectGreenRun(result)
    expect(await stateOf(server)).toEqual(before)
    callers.setEnv({ TINY_SAYS: 'hello' })
    expect(callers.records()).toEqual([])
    expect(comments.all).toHaveLength(1)
    const { body } = comments.all[0]!
    expect(body).toMatch(/^<!-- kawasemi plan: tiny-staging staging -->\n## 📋 Plan: Deploy of tiny-staging /)
    expect(body).toContain(`| **Version** | \`${live}\` → \`${version}\` |`)
    expect(body).toContain('| **Would come to** | 🟢 green |')
    expect(body).toContain('builds `web`, `worker`; 1 file of the build differs')
    expect(body).toContain('a dump of the PostgreSQL database')
    expect(body).toContain('| migrate | `node /app/migrate.js` in `web`, at most 60 s |')
    expect(body).toContain('| Environment variables | `TINY_TOKEN` | `TINY_SAYS` |  |')
    expect(body).toContain('| Keys of kawasemi.yml |  |  | `retire.keep` |')
    expect(body).not.toMatch(/\| (Settings|Files) \|/)
    expect(body + result.log).not.toMatch(/good evening|not-to-be-seen/)
  })

  test('has its comment rewritten by the next run; without the permission there is a warning', async () => {
    const event = join(product.workspace, '../', `${basename(product.workspace)}.event.json`)
    const repo = { full_name: 'example/product' }
    const pull = (from: string) => {
      const head = { sha: 'c'.repeat(40), repo: { full_name: from } }
      writeFileSync(event, JSON.stringify({ pull_request: { number: 12, head, base: { repo } } }))
    }
    const plan = (inputs: Record<string, string> = {}) =>
      product.run('deploy', 212, {
        inputs: { environment: 'staging', mode: 'plan', 'github-token': 'ghs_of_the_job', ...inputs },
        env: {
          GITHUB_API_URL: callers.github.url,
          GITHUB_EVENT_NAME: 'pull_request',
          GITHUB_EVENT_PATH: event,
        },
      })
    pull('example/product')
    const before = comments.all.length
    const first = await plan()
    expect(first.code).toBe(0)
    expect(comments.all).toHaveLength(Math.max(before, 1))
    expect(comments.all[0]!.body).toContain('→ `cccccccccccc` |')
    expect(first.outputs['comment-url']).toBe(comments.all[0]!.html_url)
    expect(JSON.parse(first.outputs.plan!).hosts).toMatchObject([{ live: { slot: 'blue' }, slot: 'green' }])
    expect(first.summary).toContain('## 📋 Plan: Deploy of tiny-staging')
    expect(first.state).toEqual({})

    callers.github.answer((call) => (call.method === 'PATCH' ? { status: 403 } : answer(call)))
    const refused = await plan()
    expect([refused.code, refused.errors]).toEqual([0, []])
    expect(refused.warnings).toEqual([expect.stringContaining('`permissions: pull-requests: write`')])

    pull('stranger/product')
    const foreign = await plan({ 'ssh-key': '' })
    expect([foreign.code, foreign.errors, foreign.summary]).toEqual([0, [], ''])
    expect(foreign.log).toMatch(/^::notice::There is no plan: GitHub gives runs for pull requests of forks/m)
    rmSync(event)
  })
})

workflowTest('a tag builds once, and brings to production what staging was tested with', async () => {
  const name = `${registry.host}/team/tiny`
  callers.write('60s', { registry: name, 'registry-user': registry.user, cache: 'off', attest: 'true' })
  await commit(product.workspace, 'v1')
  const result = await callers.run(202, 'release')
  callers.write('60s')
  expectGreenRun(result)
  expect(Object.keys(result.jobs)).toEqual(['test', 'build', 'staging', 'production', 'notes'])
  expect(await answering('tiny.example')).toBe('v1')
  expect(await digests('tiny', 'v1')).toEqual(await digests('tiny-staging', 'v1'))
  expect(await digests('tiny', 'v1')).toMatchObject({ web: { manifest: expect.stringMatching(/^sha256:/) } })
  expect(callers.records()).toEqual([
    ...['deploy to staging', 'in_progress', 'success'],
    ...['deploy to production', 'in_progress', 'success'],
  ])
  const { web } = (await digests('tiny', 'v1')) as { web: { manifest: string } }
  const made = callers.github.calls.find(({ path }) => path === '/repos/example/tiny/releases')
  expect(made?.body).toMatchObject({ tag_name: 'v1', body: expect.stringContaining(web.manifest) })
  // The registry has the same, and what GitHub was to attest; that this plan has no attestations is no failure.
  expect(result.log).toContain(`pushed ${name}/web:v1@${web.manifest}`)
  expect(result.log).toContain(`${web.manifest.slice('sha256:'.length)}  ${name}/web`)
  expect(result.log).toMatch(/::notice title=No attestation::|GitHub did not attest the origin of the images/)
})

workflowTest(
  'a vulnerability that is accepted no longer stops a release before anything is shipped',
  async () => {
    accept('2026-01-31')
    await commit(product.workspace, 'v2-leaky')
    const before = await server.exec('cat /srv/tiny-staging/ledger.jsonl')
    const result = await callers.run(203, 'release')
    expect(result.code).toBe(1)
    expect(result.jobs).toEqual({ test: 'succeeded', build: 'failed' })
    expect(result.log).toMatch(/leaky 1\.0\.0 of web has CVE-2026-1 \(critical\)/)
    expect(await server.exec('cat /srv/tiny-staging/ledger.jsonl')).toEqual(before)
    expect(callers.records()).toEqual([])
    accept('2099-01-31')
  },
)

workflowTest('integration tests that fail leave production alone', async () => {
  writeFileSync(join(product.workspace, 'BROKEN'), '')
  await commit(product.workspace, 'v2')
  const result = await callers.run(204, 'release')
  expect(result.code).toBe(1)
  expect(result.jobs).toEqual({ test: 'succeeded', build: 'succeeded', staging: 'failed' })
  expect(await answering('staging.tiny.example')).toBe('v2')
  expect(await answering('tiny.example')).toBe('v1')
  expect(callers.records()).toEqual(['deploy to staging', 'in_progress', 'success'])
  rmSync(join(product.workspace, 'BROKEN'))
})

workflowTest('a release that does not answer from outside goes back, and the run is red', async () => {
  callers.write('3s')
  await commit(product.workspace, 'v3')
  callers.outage(true)
  const result = await callers.run(205, 'release')
  callers.outage(false)
  expect(result.code).toBe(1)
  expect(result.jobs).toEqual({
    ...{ test: 'succeeded', build: 'succeeded', staging: 'succeeded' },
    production: 'failed',
  })
  expect(await answering('tiny.example')).toBe('v1')
  expect(callers.records().slice(3)).toEqual([
    ...['deploy to production', 'in_progress', 'success'],
    ...['rollback to production', 'in_progress', 'success'],
  ])
})

workflowTest('a rollback by hand says where it goes, and goes there', async () => {
  const result = await callers.run(206, 'rollback', { environment: 'staging', to: 'v1', reason: 'a drill' })
  expectGreenRun(result)
  expect(result.log).toMatch(/A rollback would go from v3 to v1-202/)
  expect(await answering('staging.tiny.example')).toBe('v1')
  expect(callers.records()).toEqual(['rollback to staging', 'in_progress', 'success'])
})

test('what was gone back already is not planned once more', async () => {
  const back = await product.run('rollback', 207, { inputs: { environment: 'staging', to: 'v3' } })
  const again = { environment: 'staging', mode: 'plan' }
  const plan = await product.run('rollback', 207, { attempt: 2, inputs: again })
  expect([back.code, plan.code]).toEqual([0, 0])
  expect(plan.log).toMatch(/An earlier attempt of this run went back to v3 already/)
})

workflowTest(
  'a set-up by hand says what a new domain needs, makes it, and then has nothing to do',
  async () => {
    await server.exec(`useradd --create-home ops && cp -r ~deploy/.ssh ~ops && chown -R ops: ~ops
    echo 'ops ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/ops`)
    const file = join(product.workspace, 'kawasemi.yml')
    const document = parseDocument(readFileSync(file, 'utf8'))
    document.addIn(['environments', 'staging', 'proxy', 'domains'], 'new.tiny.example')
    writeFileSync(file, document.toString())
    await commit(product.workspace)
    const setUp = async (run: number, mode: 'plan' | 'apply') => {
      const result = await callers.run(run, 'setup', { environment: 'staging', mode })
      expectGreenRun(result)
      return result.log
    }
    const site = /write the site \/etc\/nginx\/conf\.d\/tiny-staging\.conf/
    const before = await answering('new.tiny.example').catch(() => 'another site')
    const plan = await setUp(208, 'plan')
    expect(plan).toMatch(/: \d changes to make/)
    expect(plan).toMatch(site)
    expect(await answering('new.tiny.example').catch(() => 'another site')).toBe(before)
    expect(await setUp(209, 'apply')).toMatch(site)
    // A reload is an order: for a moment nginx still answers as before.
    const app = await answering('staging.tiny.example')
    const isAnswered = async () => (await answering('new.tiny.example').catch(() => '')) === app
    await until(isAnswered, 20, () => 'the new domain is not answered')
    expect(await setUp(210, 'apply')).toMatch(/nothing to change/)
  },
)

workflowTest('the schedule looks at the running app, finds it well, and has it backed up', async () => {
  const issues = keepIssues()
  callers.github.answer(issues.answer)
  expectGreenRun(await callers.run(213, 'operate', {}))
  expect(issues.all).toEqual([])
  const { stdout } = await server.exec('ls /srv/tiny-staging/backups')
  expect(stdout).toMatch(/^scheduled\.\d+\.dump$/m)
})

test('a run that is killed leaves its record to the post step, and traffic where it was', async () => {
  const inputs = { environment: 'staging', version: 'v4', 'github-token': 'ghs_of_the_job' }
  const env = { GITHUB_API_URL: callers.github.url }
  const before = await answering('staging.tiny.example').catch(() => 'nothing')
  const action = product.start('deploy', 214, {
    inputs,
    env,
    onLine: (line) => {
      if (line === '::group::start') action.kill('SIGKILL')
    },
  })
  const { state } = await action.done
  expect(callers.records()).toEqual(['deploy to staging', 'in_progress'])
  expect((await product.run('post', 214, { inputs, env, state })).code).toBe(0)
  expect(callers.records()).toEqual(['error'])
  expect(await answering('staging.tiny.example').catch(() => 'nothing')).toBe(before)
})
