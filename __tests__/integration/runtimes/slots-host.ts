import { execFile, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { prelude, resourcesLibrary } from '../../../src/host/libraries'
import { type Call, call, renderProgram } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import type { Slot } from '../../../src/release/slot'
import { composeRuntime } from '../../../src/runtimes/compose'
import type { ReleaseFile } from '../../../src/runtimes/runtime'

const nonce = 'nonce'
const setup = `setup() { set -eu; umask 027; kw_base=$1 kw_nonce=${nonce} kw_step=; }`

export interface Ran {
  readonly code: number
  readonly output: string
  readonly facts: [name: string, value: unknown][]
  readonly failure: { readonly code: string; readonly message: string } | undefined
}

/** Runs calls as a stage does, on this machine: a program on stdin, records told from output. */
export async function runCalls(base: string, calls: readonly Call[], library = ''): Promise<Ran> {
  const program = renderProgram(
    [prelude, setup, resourcesLibrary, composeRuntime.library, library],
    [call('setup', base), ...calls],
  )
  const child = spawn('sh', [], { stdio: ['pipe', 'pipe', 'pipe'] })
  const printed: Buffer[] = []
  child.stdout.on('data', (data) => printed.push(data))
  child.stderr.on('data', (data) => printed.push(data))
  child.stdin.end(program)
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)))
  const lines = Buffer.concat(printed)
    .toString()
    .split('\n')
    .map((line) => parseLine(nonce, line))
  const records = lines.flatMap((line) => (line.kind === 'record' ? [line.record] : []))
  const failure = records.find((record) => record.k === 'fail')
  return {
    code,
    output: lines.flatMap((line) => (line.kind === 'text' ? [line.text] : [])).join('\n'),
    facts: records.flatMap((record) => (record.k === 'fact' ? [[record.name, record.value]] : [])),
    failure: failure?.k === 'fail' ? { code: failure.code, message: failure.message } : undefined,
  }
}

/** Lays files down as `ship` does, and points the slot at them. */
export function layDown(base: string, id: string, slot: Slot, files: readonly ReleaseFile[]): void {
  for (const { path, content, mode } of files) {
    const target = join(base, 'releases', id, path)
    mkdirSync(dirname(target), { recursive: true, mode: 0o750 })
    writeFileSync(target, content, { mode })
  }
  const link = join(base, 'slots', slot, 'release')
  mkdirSync(dirname(link), { recursive: true })
  try {
    unlinkSync(link)
  } catch {
    // The slot held nothing yet.
  }
  symlinkSync(`../../releases/${id}`, link)
}

const exec = promisify(execFile)

export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await exec('docker', args, { maxBuffer: 16 * 1024 * 1024 })
  return stdout.trim()
}

/** What a name leads to, asked inside a container: its addresses. */
export async function addressesOf(container: string, name: string): Promise<string[]> {
  const answer = await docker('exec', container, 'sh', '-c', 'getent ahostsv4 "$1" || :', 'sh', name)
  return [...new Set(answer.split('\n').flatMap((line) => line.split(/\s+/).slice(0, 1)))].filter(
    (each) => each !== '',
  )
}

export async function ownAddresses(container: string): Promise<string[]> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'
  return (await docker('inspect', '--format', format, container)).split(' ').filter((each) => each !== '')
}

/** Ports of this machine's loopback that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Asks again until it is so; a test that waits too long fails by its own time limit. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100))
}
