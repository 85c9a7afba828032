import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../../src/config/schema'
import {
  type DatabaseKind,
  databaseAt,
  databaseCheck,
  databaseDump,
  databaseLibrary,
  databaseReady,
} from '../../../src/databases/database'
import { databaseKinds } from '../../../src/databases/kinds'
import { restoreFile, restoreScript } from '../../../src/databases/restore'
import { prelude } from '../../../src/host/libraries'
import { type Call, call, renderProgram } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import { composeRuntime } from '../../../src/runtimes/compose'

const nonce = 'nonce'
const migrateLibrary = readFileSync(join(__dirname, '../../../src/stages/migrate.sh'), 'utf8')
const setup = `setup() { set -eu; umask 027; kw_base=$1 kw_app=$2 kw_nonce=${nonce} kw_step= kw_token=1 kw_owner=1/1/job; }
tell() { "$@" >"$kw_base/told" || exit 9; note "told $(cat "$kw_base/told")"; }
once() { sh -c "$1" </dev/null; }`

export interface Ran {
  readonly code: number
  readonly output: string
  readonly facts: ReadonlyMap<string, unknown>
  readonly failure: { readonly code: string; readonly message: string } | undefined
}

/** Where programs run: on this machine, or in a container that stands for a host. */
export type Shell = readonly [command: string, ...args: string[]]

/** One release's database on a host, worked on as the stages do it. */
export class DatabaseHost {
  readonly base: string
  readonly kind: DatabaseKind
  readonly release = 'v2-7'
  readonly dump: string

  /** @param at the folder of the app, where it is not for this to make. */
  constructor(
    readonly app: string,
    readonly database: Database,
    readonly options: { shell?: Shell; at?: string; image?: string; env?: Record<string, string> } = {},
  ) {
    this.base = options.at ?? mkdtempSync(join(tmpdir(), 'kawasemi-database-'))
    this.kind = databaseKinds[database.kind]
    this.dump = `${this.base}/backups/${this.release}.1.${this.kind.extension}`
    for (const folder of ['backups', 'runs', 'shared'])
      mkdirSync(join(this.base, folder), { recursive: true })
    this.layDown(options.env ?? {})
  }

  /** What ship lays down for the host's own tools. */
  layDown(env: Record<string, string>): void {
    for (const { path, content, mode } of this.kind.files(this.database, env)) {
      const target = join(this.base, 'releases', this.release, path)
      mkdirSync(join(target, '..'), { recursive: true })
      writeFileSync(target, content, { mode })
    }
  }

  private get place() {
    const { app, base, release } = this
    const { image } = this.options
    return { app, base, release, ...(image !== undefined && { image }) }
  }

  /** Runs calls as a stage's program does, the database found and ready. */
  run(...calls: Call[]): Promise<Ran> {
    return this.program(
      renderProgram(
        [prelude, setup, composeRuntime.library, databaseLibrary, migrateLibrary],
        [call('setup', this.base, this.app), databaseAt(this.kind, this.database, this.place), ...calls],
      ),
    )
  }

  ready = (seconds = 30) => this.run(databaseReady(seconds))

  backup(...between: Call[]): Promise<Ran> {
    const script = restoreScript(this.kind, this.database, this.place, this.dump, composeRuntime.library)
    return this.run(
      databaseReady(30),
      databaseDump(this.dump),
      call('put', restoreFile(this.dump, this.kind), '0600', script),
      ...between,
      databaseCheck(this.dump, this.release),
    )
  }

  async schema(): Promise<string> {
    const { output, code } = await this.run(databaseReady(30), call('tell', 'database_schema'))
    return code === 0 ? (/^told ([0-9a-f]{16})$/m.exec(output)?.[1] ?? `?${output}`) : `failed: ${output}`
  }

  /** Runs `script` as the migration's one-off command. */
  migrate = (script: string) =>
    this.run(databaseReady(30), call('migration', this.release, this.kind.title, 'once', script))

  /** What the message of a failed migration tells a person to type. */
  restore(): Promise<Ran> {
    return this.program(readFileSync(restoreFile(this.dump, this.kind), 'utf8'))
  }

  ledger(): unknown[] {
    const lines = readFileSync(join(this.base, 'ledger.jsonl'), 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line))
  }

  modeOf(file: string): string {
    return (statSync(file).mode & 0o777).toString(8)
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true })
  }

  private async program(text: string): Promise<Ran> {
    const [command, ...args] = this.options.shell ?? ['sh']
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    const printed: Buffer[] = []
    child.stdout.on('data', (data) => printed.push(data))
    child.stderr.on('data', (data) => printed.push(data))
    child.stdin.on('error', () => {})
    child.stdin.end(text)
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
      facts: new Map(records.flatMap((record) => (record.k === 'fact' ? [[record.name, record.value]] : []))),
      failure: failure?.k === 'fail' ? { code: failure.code, message: failure.message } : undefined,
    }
  }
}
