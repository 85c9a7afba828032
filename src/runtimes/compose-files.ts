import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Trouble } from '../release/trouble'
import type { Copy } from './compose-storage'
import type { ReleaseFile } from './runtime'

/** Config belongs into a release, data does not: more than this is data. */
const mostBytes = 8 * 1024 * 1024
const mostFiles = 2000

/**
 * The files of the checkout that containers see.
 *
 * @throws {Trouble} where one is missing, leads out of the checkout, or there is too much.
 */
export function readCopies(projectDir: string, copies: readonly Copy[]): ReleaseFile[] {
  const root = realpathSync(projectDir)
  const files = new Map<string, ReleaseFile>()
  let bytes = 0
  const add = (copy: Copy, path: string, to: string) => {
    if (files.has(to)) return
    const { size, mode } = statSync(path)
    bytes += size
    if (bytes > mostBytes || files.size >= mostFiles) throw tooMuch(copy)
    files.set(to, {
      path: to,
      content: readFileSync(path),
      mode: copy.secret ? 0o600 : mode & 0o100 ? 0o755 : 0o644,
    })
  }
  for (const copy of [...copies].sort((a, b) => Number(!a.secret) - Number(!b.secret))) {
    const found = [...filesUnder(root, copy)]
    if (found.length === 0 && copy.secret?.required !== false) throw missing(copy)
    for (const { path, inside } of found) add(copy, path, inside === '' ? copy.to : `${copy.to}/${inside}`)
  }
  return [...files.values()]
}

/** Real files, with their path below what was asked for; in a stable order. */
function* filesUnder(root: string, copy: Copy): Generator<{ path: string; inside: string }> {
  const pending: { inside: string; above: readonly string[] }[] = [{ inside: '', above: [] }]
  for (let folders = 0, each = pending.shift(); each !== undefined; each = pending.shift()) {
    const { inside, above } = each
    const path = resolveInside(root, copy, inside)
    if (path === undefined) continue
    const stats = statSync(path)
    if (stats.isFile()) yield { path, inside }
    if (!stats.isDirectory()) continue
    folders += 1
    if (folders > mostFiles) throw tooMuch(copy)
    if (above.includes(path)) {
      throw new Trouble(
        copy.where,
        `${join(copy.from, inside)} is a symlink to a folder it is in.`,
        'Remove it.',
      )
    }
    for (const name of readdirSync(path).sort()) {
      if (/[\u0000-\u001f\u007f]/.test(name)) {
        throw new Trouble(
          copy.where,
          `${copy.from} holds a file whose name has control characters.`,
          'Rename it.',
        )
      }
      pending.push({ inside: inside === '' ? name : `${inside}/${name}`, above: [...above, path] })
    }
  }
}

function resolveInside(root: string, copy: Copy, inside: string): string | undefined {
  const path = join(root, copy.from, inside)
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  let real: string
  try {
    real = realpathSync(path)
  } catch {
    throw new Trouble(copy.where, `${relative(root, path)} is a symlink that leads nowhere.`, 'Correct it.')
  }
  if (!real.startsWith(`${root}/`)) {
    throw new Trouble(
      copy.where,
      `${relative(root, path)} is a symlink that leads out of the repository.`,
      'Put the file itself there.',
    )
  }
  return real
}

function missing(copy: Copy): Trouble {
  return copy.secret
    ? new Trouble(
        copy.where,
        `${copy.from} is not in the repository.`,
        'Give its variables by the `env` input and write them under `environment`, or mark the file `required: false`.',
      )
    : new Trouble(
        copy.where,
        `${copy.from} is not in the repository or holds no files, so it seems to be for data, which a new release would not see.`,
        'Use a named volume for data (and declare it under volumes), or an absolute path of the host.',
      )
}

function tooMuch(copy: Copy): Trouble {
  return new Trouble(
    copy.where,
    `the mounted files are more than ${mostFiles} or larger than ${mostBytes / 1024 / 1024} MB together (reached at ${copy.from}).`,
    'Copy them into the image in the Dockerfile, or use a named volume.',
  )
}
