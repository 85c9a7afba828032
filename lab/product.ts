import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { type ActionResult, type ActionRun, type RunningAction, startAction } from './runner'
import type { LabServer } from './server'

/** Where this machine keeps its certificates, which npm needs inside a build behind an inspecting proxy. */
const certificates = process.env.NODE_EXTRA_CA_CERTS

export interface ProductOptions {
  /** A folder under examples/, or the path of another product's folder. */
  example: string
  server: LabServer
  /** More hosts of the environment. Set up, they let in whoever has `server`'s key. */
  others?: LabServer[]
  environment?: string
  env?: Record<string, string>
  /** Changes to kawasemi.yml: dotted path → value. */
  settings?: Record<string, unknown>
}

/** A checkout of an example whose kawasemi.yml names a server of the lab, and the actions on it. */
export interface Product {
  readonly workspace: string
  readonly server: LabServer
  /** What an action gets when nothing else is said. */
  inputs(more?: Record<string, string>): Record<string, string>
  start(action: string, run: number, more?: Partial<Omit<ActionRun, 'action' | 'run'>>): RunningAction
  run(action: string, run: number, more?: Partial<Omit<ActionRun, 'action' | 'run'>>): Promise<ActionResult>
  /** Runs setup-host's program on every host, as root; for another environment than its own where one is named. */
  setUp(environment?: string): Promise<string>
  remove(): void
}

export function checkOut({
  example,
  server,
  others = [],
  environment = 'production',
  env = {},
  settings = {},
}: ProductOptions): Product {
  const folder = resolve(__dirname, '..', 'examples', example)
  const workspace = mkdtempSync(join(tmpdir(), `kawasemi-${basename(folder)}-`))
  cpSync(folder, workspace, {
    recursive: true,
    filter: (source) => !/\/(node_modules|\.next|dist)(\/|$)/.test(source.slice(folder.length)),
  })
  const file = join(workspace, 'kawasemi.yml')
  const document = parseDocument(readFileSync(file, 'utf8'))
  const servers = [server, ...others]
  const hosts = servers.map(({ user, sshHost, sshPort }) => `${user}@${sshHost}:${sshPort}`)
  for (const [path, value] of Object.entries({ hosts, ...settings }))
    document.setIn(path.split('.'), document.createNode(value))
  writeFileSync(file, document.toString())

  const inputs = (more: Record<string, string> = {}) => ({
    environment,
    'ssh-key': server.privateKey,
    'known-hosts': servers.map(({ hostKeys }) => hostKeys).join(''),
    env: JSON.stringify(env),
    ...(certificates ? { 'build-secret-files': `ca=${certificates}` } : {}),
    ...more,
  })
  const start: Product['start'] = (action, run, more = {}) =>
    startAction({ action, run, workspace, ...more, inputs: inputs(more.inputs) })
  return {
    workspace,
    server,
    inputs,
    start,
    run: (action, run, more) => start(action, run, more).done,
    setUp: async (other = environment) => {
      const { log, code } = await start('setup-host', 1, { inputs: { environment: other, mode: 'print' } })
        .done
      const program = log.slice(log.indexOf('# Prepares a host'))
      if (code !== 0) throw new Error(`setup-host failed:\n${log.slice(-500)}`)
      const key = others.length > 0 ? await must(server, 'cat ~deploy/.ssh/authorized_keys') : ''
      for (const each of others) await must(each, '{ echo; cat; } >>~deploy/.ssh/authorized_keys', key)
      const said = await Promise.all(servers.map((each) => must(each, 'sh -s', program)))
      return said.join('')
    },
    remove: () => rmSync(workspace, { recursive: true, force: true }),
  }
}

/** Runs a program of root's that has to end well. */
async function must(server: LabServer, program: string, input?: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program, input === undefined ? {} : { input })
  if (code !== 0) throw new Error(`${server.name}: the program ended with ${code}:\n${stdout}${stderr}`)
  return stdout
}
