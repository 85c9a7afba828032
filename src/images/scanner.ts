import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../release/trouble'
import type { Exec } from './exec'

/*
 * The scanner is Google's osv-scanner, made from its source by Go. The sum is that of the whole module, and the module's
 * own go.sum has the sums of all it is made of, so what runs can be nothing else, whatever a tag or a release says later.
 */
const path = 'github.com/google/osv-scanner/v2'
const version = 'v2.5.0'
const sum = 'h1:HKPS70sj4tvNpBxmQl6MG2OdLiLbQpNxbOs2S+HA43U='

/**
 * The path of the scanner; made where it is not in the folder yet, which takes minutes.
 *
 * @param folder that nobody else writes to
 * @throws {Trouble} without Go, or when what Go brings is not what was pinned.
 */
export async function ensureScanner(exec: Exec, folder: string): Promise<string> {
  const file = join(folder, `osv-scanner-${version}`)
  if (existsSync(file)) return file
  await mkdir(folder, { recursive: true })
  const source = await download(exec)
  await go(exec, ['build', '-mod=readonly', '-trimpath', '-o', file, './cmd/osv-scanner'], source)
  return file
}

async function download(exec: Exec): Promise<string> {
  const said = await go(exec, ['mod', 'download', '-json', `${path}@${version}`])
  const { Sum: found, Dir: folder } = JSON.parse(said) as { Sum?: unknown; Dir?: unknown }
  if (found !== sum || typeof folder !== 'string') {
    throw new Trouble(
      'The scanner',
      `of version ${version} should have the sum ${sum}, but has ${String(found).slice(0, 100)}.`,
      'Somebody changed it on the way, or at its source: find out before you go on.',
    )
  }
  return folder
}

async function go(exec: Exec, args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await exec('go', args, cwd === undefined ? {} : { cwd }).catch(
    (error: Error) => {
      throw new Trouble(
        'The scanner',
        `is made by Go, which cannot be started (${error.message}).`,
        'Install Go 1.21 or newer on this runner; those of GitHub have it.',
      )
    },
  )
  if (code === 0) return stdout
  throw new Trouble(
    'The scanner',
    `could not be made: \`go ${args[0]}\` ended with ${code}.`,
    'See its last lines; the runner has to reach a Go module proxy.',
    stderr.split('\n').slice(-20),
  )
}
