import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { canRunWorkflows, ensureAct } from '../../lab/act'
import type { Product } from '../../lab/product'
import { type LabServer, startServer } from '../../lab/server'
import { commit, makeCheckout, runWorkflow, type WorkflowResult } from '../../lab/workflow'
import { type FakeGitHub, startGitHub } from '../support/github-api'
import { keepIssues } from '../support/github-issues'
import { checkOutTiny, tinyImages } from './products/tiny'

/*
 * td-buddy's callers, for a smaller product, through a real workflow runner to a real server. Only the commands and
 * addresses in them are others.
 */

jest.setTimeout(300_000)

const possible = canRunWorkflows()
if (!possible) console.warn('Neither act nor Go is here: no workflow is run.')
const workflowTest = possible ? test : test.skip

const callers = join(__dirname, '../../examples/td-buddy/.github/workflows')

let act: string
let server: LabServer
let github: FakeGitHub
let product: Product
/** Production as the internet sees it: under a name of its own. */
let outside: Server
let outage = false

beforeAll(async () => {
  if (possible) act = await ensureAct()
  github = await startGitHub()
  github.answer(({ method }) => (method === 'GET' ? { status: 404 } : undefined))
  server = await startServer({ name: 'workflows', images: tinyImages })
  outside = await startOutside()
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
  await makeCheckout(product.workspace)
  writeCallers()
  await commit(product.workspace)
}, 1_200_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
  await github?.close()
  outside?.close()
}, 60_000)

async function startOutside(): Promise<Server> {
  const made = createServer((request, response) => {
    if (outage) return response.writeHead(503).end()
    const to = {
      host: '127.0.0.1',
      port: server.httpPort,
      path: request.url,
      headers: { host: 'tiny.example' },
    }
    get(to, (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502)))
  })
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return made
}

function writeCallers(verifyDeadline = '60s'): void {
  const folder = join(product.workspace, '.github/workflows')
  mkdirSync(folder, { recursive: true })
  const staging = `curl --fail --silent --header Host:staging.tiny.example http://127.0.0.1:${server.httpPort}/`
  for (const name of ['deploy', 'release', 'rollback', 'operate']) {
    const text = readFileSync(join(callers, `${name}.yml`), 'utf8')
      .replace(/ test: .*/, ' test: test -f kawasemi.yml')
      .replace(
        /integration-test: .*/,
        `integration-test: ${staging} | grep "$APP_VERSION" && test ! -e BROKEN`,
      )
      // No name server knows the domain, and the disk and the memory are this machine's own.
      .replace('{ environment: production }', '{ environment: staging, skip: "dns, disk, memory" }')
      .replace(
        /verify-url: .*/,
        `verify-url: http://127.0.0.1:${(outside.address() as AddressInfo).port}/health\n      verify-deadline: ${verifyDeadline}`,
      )
    writeFileSync(join(folder, `${name}.yml`), text)
  }
}

async function run(id: number, workflow: string, inputs?: Record<string, string>): Promise<WorkflowResult> {
  const result = await runWorkflow({
    act,
    checkout: product.workspace,
    workflow,
    event: inputs ? 'workflow_dispatch' : 'push',
    ...(inputs && { inputs }),
    run: id,
    secrets: { SSH_KEY: server.privateKey, ENV: 'TINY_SAYS=hello', GITHUB_TOKEN: 'ghs_of_the_job' },
    vars: { KNOWN_HOSTS: server.hostKeys },
    env: { GITHUB_API_URL: github.url },
  })
  expect(github.wrong).toEqual([])
  return result
}

function expectGreen({ code, log }: WorkflowResult): void {
  if (code !== 0) throw new Error(log)
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

/** What GitHub was told of deployments since the last time, as `environment: states`. */
let told = 0
function records(): string[] {
  const calls = github.calls.slice(told)
  told = github.calls.length
  return calls
    .filter(({ path }) => path.includes('/deployments'))
    .map(({ body = {} }) => String(body.state ?? `${body.task} to ${body.environment}`))
}

workflowTest('a push tests and deploys; it is one deployment record', async () => {
  const result = await run(201, 'deploy')
  expectGreen(result)
  expect(result.jobs).toEqual({ test: 'succeeded', deploy: 'succeeded' })
  expect(await answering('staging.tiny.example')).toMatch(/^[0-9a-f]{12}$/)
  expect(records()).toEqual(['deploy to staging', 'in_progress', 'success'])
})

workflowTest('a tag builds once, and brings to production what staging was tested with', async () => {
  await commit(product.workspace, 'v1')
  const result = await run(202, 'release')
  expectGreen(result)
  expect(Object.keys(result.jobs)).toEqual(['test', 'build', 'staging', 'production', 'notes'])
  expect(await answering('tiny.example')).toBe('v1')
  expect(await digests('tiny', 'v1')).toEqual(await digests('tiny-staging', 'v1'))
  expect(await digests('tiny', 'v1')).toMatchObject({ web: { manifest: expect.stringMatching(/^sha256:/) } })
  expect(records()).toEqual([
    ...['deploy to staging', 'in_progress', 'success'],
    ...['deploy to production', 'in_progress', 'success'],
  ])
  const { web } = (await digests('tiny', 'v1')) as { web: { manifest: string } }
  const made = github.calls.find(({ path }) => path === '/repos/example/tiny/releases')
  expect(made?.body).toMatchObject({ tag_name: 'v1', body: expect.stringContaining(web.manifest) })
})

workflowTest('integration tests that fail leave production alone', async () => {
  writeFileSync(join(product.workspace, 'BROKEN'), '')
  await commit(product.workspace, 'v2')
  const result = await run(203, 'release')
  expect(result.code).toBe(1)
  expect(result.jobs).toEqual({ test: 'succeeded', build: 'succeeded', staging: 'failed' })
  expect(await answering('staging.tiny.example')).toBe('v2')
  expect(await answering('tiny.example')).toBe('v1')
  expect(records()).toEqual(['deploy to staging', 'in_progress', 'success'])
  rmSync(join(product.workspace, 'BROKEN'))
})

workflowTest('a release that does not answer from outside goes back, and the run is red', async () => {
  writeCallers('3s')
  await commit(product.workspace, 'v3')
  outage = true
  const result = await run(204, 'release')
  outage = false
  expect(result.code).toBe(1)
  expect(result.jobs).toEqual({
    ...{ test: 'succeeded', build: 'succeeded', staging: 'succeeded' },
    production: 'failed',
  })
  expect(await answering('tiny.example')).toBe('v1')
  expect(records().slice(3)).toEqual([
    ...['deploy to production', 'in_progress', 'success'],
    ...['rollback to production', 'in_progress', 'success'],
  ])
})

workflowTest('a rollback by hand says where it goes, and goes there', async () => {
  const result = await run(205, 'rollback', { environment: 'staging', to: 'v1', reason: 'a drill' })
  expectGreen(result)
  expect(result.log).toMatch(/A rollback would go from v3 to v1-202/)
  expect(await answering('staging.tiny.example')).toBe('v1')
  expect(records()).toEqual(['rollback to staging', 'in_progress', 'success'])
})

workflowTest('the schedule looks at the running app, finds it well, and has it backed up', async () => {
  const issues = keepIssues()
  github.answer(issues.answer)
  const result = await run(208, 'operate', {})
  expectGreen(result)
  expect(issues.all).toEqual([])
  const { stdout } = await server.exec('ls /srv/tiny-staging/backups')
  expect(stdout).toMatch(/^scheduled\.\d+\.dump$/m)
})

test('a run that is killed leaves its record to the post step, and traffic where it was', async () => {
  const inputs = { environment: 'staging', version: 'v4', 'github-token': 'ghs_of_the_job' }
  const env = { GITHUB_API_URL: github.url }
  const before = await answering('staging.tiny.example').catch(() => 'nothing')
  const action = product.start('deploy', 206, {
    inputs,
    env,
    onLine: (line) => {
      if (line === '::group::start') action.kill('SIGKILL')
    },
  })
  const { state } = await action.done
  expect(records()).toEqual(['deploy to staging', 'in_progress'])
  expect((await product.run('post', 206, { inputs, env, state })).code).toBe(0)
  expect(records()).toEqual(['error'])
  expect(await answering('staging.tiny.example').catch(() => 'nothing')).toBe(before)
})
