import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leaseLibrary, prelude, stageLibrary } from '../../../src/host/libraries'
import { type Call, renderProgram } from '../../../src/host/program'

/** A folder that stands for the app's on a host, and a `docker` of our own in front of everything else. */
export class ShellHost {
  readonly base = mkdtempSync(join(tmpdir(), 'kawasemi-host-'))
  private readonly bin = join(this.base, 'bin')

  constructor(docker = 'exit 1') {
    for (const folder of ['bin', 'runs', 'backups', 'releases', 'slots/blue', 'slots/green'])
      mkdirSync(join(this.base, folder), { recursive: true })
    writeFileSync(join(this.bin, 'docker'), `#!/bin/sh\n${docker}\n`)
    chmodSync(join(this.bin, 'docker'), 0o755)
  }

  /** Runs calls as a stage's program does, its variables set; what it printed, and its exit status. */
  run(libraries: readonly string[], calls: readonly Call[]): { out: string; status: number | null } {
    const begin = `host_begin() { set -eu; kw_nonce=n kw_base='${this.base}' kw_app=shop kw_owner=1/1/job kw_token=1 kw_step=; }`
    const program = renderProgram(
      [prelude, leaseLibrary, stageLibrary, ...libraries, begin],
      [{ name: 'host_begin', args: [] }, ...calls],
    )
    const { stdout, stderr, status } = spawnSync('sh', [], {
      input: program,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${this.bin}:${process.env.PATH}`, BASE: this.base },
    })
    return { out: stdout + stderr, status }
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true })
  }
}

export function library(path: string): string {
  return readFileSync(join(__dirname, '../../../src', path), 'utf8')
}
