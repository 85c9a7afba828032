import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canRunWorkflows, ensureAct } from '../../../lab/act'
import type { Product } from '../../../lab/product'
import { type Advisory, ensureScan, toolCache } from '../../../lab/scanner'
import { makeCheckout, runWorkflow, type WorkflowResult } from '../../../lab/workflow'
import { type FakeGitHub, startGitHub } from '../../support/github-api'

const possible = canRunWorkflows()
if (!possible) console.warn('Neither act nor Go is here: no workflow is run.')

/** A test that needs a workflow runner. */
export const workflowTest = possible ? test : test.skip

export interface CallersCast {
  readonly product: Product
  /** Whose caller workflows the product gets. */
  readonly example: string
  readonly domain: string
  /** Headers as what stands in front of the servers sends them. */
  readonly headers?: Readonly<Record<string, string>>
  /** The address that has to answer from outside. */
  readonly health: string
  /** The test commands in place of the example's, which ask addresses that are not there. */
  readonly commands?: { readonly test?: string; readonly integrationTest?: string }
  readonly env: Readonly<Record<string, string>>
  /** Secrets of the repository besides those that every product has. */
  readonly secrets?: Readonly<Record<string, string>>
  /** What the world knows of the packages in it. */
  readonly advisories?: readonly Advisory[]
}

/** A product's own workflows, a workflow runner for them, and the GitHub that they talk to. */
export interface Callers {
  readonly github: FakeGitHub
  run(id: number, workflow: string, inputs?: Record<string, string>): Promise<WorkflowResult>
  /** Changes the app's variables, which are a secret. */
  setEnv(env: Readonly<Record<string, string>>): void
  /** Whether the internet sees an outage that is not there on the server. */
  outage(is: boolean): void
  /** Writes the workflows anew: with another time for the address outside to answer in, and more that a release takes. */
  write(verifyDeadline: string, more?: Readonly<Record<string, string>>): void
  /** What GitHub was told of deployments since the last time, as `environment: states`. */
  records(): string[]
  close(): Promise<void>
}

/** Makes the product's workspace a git checkout with the example's workflows in it. */
export async function startCallers(cast: CallersCast): Promise<Callers> {
  const { product } = cast
  let { env } = cast
  const { server } = product
  const act = possible ? await ensureAct() : ''
  const database = mkdtempSync(join(tmpdir(), 'kawasemi-vulnerabilities-'))
  const scan = possible ? await ensureScan(database, cast.advisories ?? []) : {}
  const github = await startGitHub()
  github.answer(({ method }) => (method === 'GET' ? { status: 404 } : undefined))
  let isOut = false
  const outside = await startOutside(cast, () => isOut)
  const write: Callers['write'] = (verifyDeadline, more = {}) =>
    writeCallers(cast, outside, { 'verify-deadline': verifyDeadline, ...more })
  write('60s')
  await makeCheckout(product.workspace)
  let told = 0
  return {
    github,
    write,
    run: async (id, workflow, inputs) => {
      const result = await runWorkflow({
        act,
        checkout: product.workspace,
        workflow,
        event: workflow === 'plan' ? 'pull_request' : inputs ? 'workflow_dispatch' : 'push',
        ...(inputs && { inputs }),
        run: id,
        secrets: {
          SSH_KEY: server.privateKey,
          ADMIN_SSH_KEY: server.privateKey,
          ENV: JSON.stringify(env),
          GITHUB_TOKEN: 'ghs_of_the_job',
          ...cast.secrets,
        },
        vars: { KNOWN_HOSTS: String(product.inputs()['known-hosts']), DEPLOY_KEY: server.publicKey },
        env: { GITHUB_API_URL: github.url, ...scan },
        tools: toolCache(),
      })
      expect(github.wrong).toEqual([])
      return result
    },
    setEnv: (changed) => {
      env = changed
    },
    outage: (is) => {
      isOut = is
    },
    records: () => {
      const calls = github.calls.slice(told)
      told = github.calls.length
      return calls
        .filter(({ path }) => path.includes('/deployments'))
        .map(({ body = {} }) => String(body.state ?? `${body.task} to ${body.environment}`))
    },
    close: async () => {
      await github.close()
      outside.close()
      rmSync(database, { recursive: true })
    },
  }
}

/** The product as the internet sees it: under a name of its own. */
async function startOutside(
  { product, domain, headers = {} }: CallersCast,
  isOut: () => boolean,
): Promise<Server> {
  const made = createServer((request, response) => {
    if (isOut()) return response.writeHead(503).end()
    const to = {
      host: '127.0.0.1',
      port: product.server.httpPort,
      path: request.url,
      headers: { ...headers, host: domain },
    }
    get(to, (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502)))
  })
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return made
}

/** Only commands and addresses are others than the example's. */
function writeCallers(
  { product, example, health, commands = {} }: CallersCast,
  outside: Server,
  more: Readonly<Record<string, string>>,
): void {
  const lines = Object.entries(more).map(([name, value]) => `\n      ${name}: ${value}`)

  const folder = join(product.workspace, '.github/workflows')
  cpSync(join(__dirname, '../../../examples', example, '.github/workflows'), folder, { recursive: true })
  const verify = `http://127.0.0.1:${(outside.address() as AddressInfo).port}${health}`
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
      .replace(/ test: .*/, () => ` test: ${commands.test}`)
      .replace(/integration-test: .*/, () => `integration-test: ${commands.integrationTest}`)
      // No name server knows the domain, and the disk and the memory are this machine's own.
      .replace('{ environment: production }', '{ environment: staging, skip: "dns, disk, memory" }')
      .replace(/verify-url: .*/, () => `verify-url: ${verify}${lines.join('')}`)
    writeFileSync(join(folder, name), text)
  }
}

export function expectGreenRun({ code, log }: WorkflowResult): void {
  if (code !== 0) throw new Error(log)
}
