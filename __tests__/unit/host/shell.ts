import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { detachLibrary, leaseLibrary, prelude } from '../../../src/host/libraries'
import { type Call, renderProgram } from '../../../src/host/program'

/** An app's folder, as a host has it, for shell functions to work on. */
export interface Folder {
  readonly base: string
  write(file: string, content: string): void
  read(file: string): string
  /** Runs functions of ours in a real sh, as `owner` with `token`, and gives what they printed. */
  run(libraries: readonly string[], calls: readonly Call[], who?: { owner?: string; token?: number }): Ended
  remove(): void
}

export interface Ended {
  readonly output: string
  readonly status: number | null
}

export function makeFolder(): Folder {
  const base = mkdtempSync(join(tmpdir(), 'kawasemi-base-'))
  for (const folder of ['slots/blue', 'slots/green', 'releases', 'runs', 'backups'])
    mkdirSync(join(base, folder), { recursive: true })
  return {
    base,
    write: (file, content) => writeFileSync(join(base, file), content),
    read: (file) => readFileSync(join(base, file), 'utf8'),
    run(libraries, calls, { owner = '7/1/deploy', token = 0 } = {}) {
      const variables = `kw_nonce=n kw_base='${base}' kw_owner=${owner} kw_url=https://ci.example/7 kw_ttl=45 kw_token=${token} kw_app=shop kw_step=`
      const program = `set -eu\n${variables}\n${renderProgram([prelude, detachLibrary, leaseLibrary, ...libraries], calls)}`
      const { stdout, stderr, status } = spawnSync('sh', { input: program, encoding: 'utf8' })
      return { output: stdout + stderr, status }
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  }
}

/**
 * `full_disk BLOCKS`: from now on no program writes more than so many blocks of 512 bytes into a file. What a full disk
 * answers, and neither a disk nor root's rights are needed for it.
 */
export const fullDisk = `full_disk() { trap '' XFSZ; ulimit -f "$1"; }`
