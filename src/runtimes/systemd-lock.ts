import { createHash, type Hash } from 'node:crypto'
import { lstatSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { Trouble } from '../release/trouble'

const mostFiles = 50
const mostBytes = 16 * 1024 * 1024

/**
 * A hash of everything that decides what pip installs: the requirements, the files they include, and wheels of the
 * repo. Two releases with the same hash share a virtual environment.
 *
 * @throws {Trouble} where a file is missing, or the app itself would be installed into what releases share.
 */
export function requirementsHash(projectDir: string, requirements: string): string {
  const hash = createHash('sha256')
  const seen = new Set<string>()
  const add = (path: string, from: string) => {
    if (seen.has(path)) return
    seen.add(path)
    if (seen.size > mostFiles) {
      throw new Trouble(requirements, `includes more than ${mostFiles} files.`, 'Put them together.')
    }
    const content = hashFile(hash, projectDir, path, from)
    if (path.endsWith('.whl')) return
    for (const other of includesOf(path, content.toString('utf8'))) add(other, path)
  }
  add(requirements, 'kawasemi.yml: systemd.python.requirements')
  return hash.digest('hex')
}

/** A hash of a package-lock.json and the package.json beside it. */
export function packageLockHash(projectDir: string, lock: string): string {
  const hash = createHash('sha256')
  hashFile(hash, projectDir, lock, 'kawasemi.yml: systemd.node.lock')
  hashFile(hash, projectDir, join(dirname(lock), 'package.json'), lock)
  return hash.digest('hex')
}

function hashFile(hash: Hash, projectDir: string, path: string, from: string): Buffer {
  const stats = lstatSync(join(projectDir, path), { throwIfNoEntry: false })
  if (!stats?.isFile()) {
    throw new Trouble(
      from,
      `${path} is not in the repository as a file.`,
      'Correct the name, or add the file.',
    )
  }
  if (stats.size > mostBytes) {
    throw new Trouble(from, `${path} is larger than 16 MB.`, 'Publish the package on an index instead.')
  }
  const content = readFileSync(join(projectDir, path))
  hash.update(`${path}\0${content.length}\0`).update(content)
  return content
}

/** Files of the repo that a requirements file names: others of its kind, and wheels. */
function includesOf(path: string, text: string): string[] {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)
  return lines.flatMap((line, index) => {
    const plain = line.replace(/(^|\s)#.*$/, '').trim()
    const where = `${path}, line ${index + 1}`
    // pip takes these relative to the file that has them,
    const [, include] = /^(?:-r|--requirement|-c|--constraint)[\s=]*(\S+)$/.exec(plain) ?? []
    if (include !== undefined)
      return /^https?:/.test(include) ? [] : [inside(where, join(dirname(path), include))]
    // and packages relative to the folder it runs in, which is the release's.
    const [, file] = /^(?:[A-Za-z0-9._[\],-]+\s*@\s*)?((?:file:(?:\/\/)?)?[./][^\s;]*)/.exec(plain) ?? []
    const editable = /^(-e|--editable)\b/.test(plain)
    if (file === undefined && !editable) return []
    if (file?.endsWith('.whl')) return [inside(where, file.replace(/^file:(\/\/)?/, ''))]
    throw new Trouble(
      where,
      'would install a folder of the release into an environment that releases share.',
      'Leave it out (the release is the working folder, so its modules are found), or build a wheel.',
    )
  })
}

function inside(where: string, path: string): string {
  const plain = normalize(path)
  if (!plain.startsWith('/') && plain !== '..' && !plain.startsWith('../')) return plain
  throw new Trouble(where, `${path} leads out of the repository.`, 'Put the file into it.')
}
