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
  /** Runs setup-host's program on the server, as root. */
  setUp(): Promise<string>
  remove(): void
}

export function checkOut({
  example,
  server,
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
  const hosts = [`${server.user}@${server.sshHost}:${server.sshPort}`]
  for (const [path, value] of Object.entries({ hosts, ...settings }))
    document.setIn(path.split('.'), document.createNode(value))
  writeFileSync(file, document.toString())

  const inputs = (more: Record<string, string> = {}) => ({
    environment,
    'ssh-key': server.privateKey,
    'known-hosts': server.hostKeys,
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
    setUp: async () => {
      const { log, code } = await start('setup-host', 1).done
      const program = log.slice(log.indexOf('# Prepares a host'))
      const { stdout, stderr, code: ended } = await server.exec('sh -s', { input: program })
      if (code !== 0 || ended !== 0)
        throw new Error(`setup-host failed:\n${log.slice(-500)}\n${stdout}${stderr}`)
      return stdout
    },
    remove: () => rmSync(workspace, { recursive: true, force: true }),
  }
}
