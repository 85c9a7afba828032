import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { Trouble } from '../release/trouble'
import { contentOf } from './files-content'
import {
  type Manifest,
  type ManifestFile,
  type ManifestLink,
  makeManifest,
  UnfitFiles,
} from './files-manifest'

/** At the root of what is shipped; the syntax of .gitignore. */
export const ignoreFile = '.kawasemiignore'

/**
 * Never needed on a server, or made there. The ignore file can take each of them back by `!`. `.env` is among them
 * because settings are given to a deploy, and a file of the release is no place for secrets.
 */
const usuallyIgnored = ['__pycache__/', '*.py[co]', '.venv/', 'venv/', 'node_modules/', '.env']

/** It holds the checkout's credentials, so nothing takes it back. */
const neverShipped = '.git'

/** Files that are read at the same time. */
const readers = 8

/**
 * Reads what a release consists of from a folder on the runner.
 *
 * @param ignoreText what the ignore file says; empty where there is none.
 * @throws {Trouble} naming every entry that cannot be shipped: a link out of the folder, a socket or device, a name that
 * is no plain text.
 */
export async function readFiles(root: string, ignoreText: string): Promise<Manifest> {
  const walk = new Walk(root, ignore({ ignorecase: false }).add(usuallyIgnored).add(ignoreText))
  await walk.folder('')
  const files = await inTurns(walk.files, (path) => readFile(root, path))
  try {
    if (walk.refused.length > 0) throw new UnfitFiles(walk.refused)
    return makeManifest(root, { files, links: walk.links, folders: walk.folders })
  } catch (error) {
    throw error instanceof UnfitFiles ? unfitTrouble(root, error) : error
  }
}

class Walk {
  readonly files: string[] = []
  readonly links: ManifestLink[] = []
  readonly folders: string[] = []
  readonly refused: string[] = []

  constructor(
    private readonly root: string,
    private readonly ignored: Ignore,
  ) {}

  /** @returns whether anything in it is part of the release. */
  async folder(path: string): Promise<boolean> {
    let holds = false
    for (const entry of await this.entries(path)) {
      const text = decode(entry.name)
      const inside = path === '' ? text : `${path}/${text}`
      if (text === neverShipped || this.ignored.ignores(entry.isDirectory() ? `${inside}/` : inside)) continue
      holds = true
      if (!Buffer.from(text).equals(entry.name)) this.refuse(inside, 'its name is no UTF-8')
      else await this.entry(inside, entry)
    }
    return holds
  }

  private async entry(path: string, entry: Dirent<Buffer>): Promise<void> {
    if (entry.isDirectory()) {
      if (!(await this.folder(path))) this.folders.push(path)
    } else if (entry.isSymbolicLink()) {
      const target = await readlink(join(this.root, path), 'buffer')
      const text = decode(target)
      if (Buffer.from(text).equals(target)) this.links.push({ path, target: text })
      else this.refuse(path, 'the name it leads to is no UTF-8')
    } else if (entry.isFile()) this.files.push(path)
    else this.refuse(path, 'neither a file, a folder nor a link')
  }

  private refuse(path: string, reason: string): void {
    this.refused.push(`${JSON.stringify(path)}: ${reason}`)
  }

  private async entries(path: string): Promise<Dirent<Buffer>[]> {
    try {
      return await readdir(join(this.root, path), { withFileTypes: true, encoding: 'buffer' })
    } catch (error) {
      throw unreadable(join(this.root, path), error)
    }
  }
}

/** What is no UTF-8 becomes something else, which the caller sees. */
function decode(name: Buffer): string {
  return name.toString('utf8')
}

async function readFile(root: string, path: string): Promise<ManifestFile> {
  const file = join(root, path)
  try {
    const { mode, size: bytes } = await stat(file)
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of contentOf(file, bytes)) {
      hash.update(chunk)
      size += chunk.length
    }
    return { path, executable: (mode & 0o100) !== 0, size, sha256: hash.digest('hex') }
  } catch (error) {
    throw unreadable(file, error)
  }
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!)
  }
  await Promise.all(Array.from({ length: readers }, worker))
  return results
}

function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return error
  return new Trouble(path, `cannot be read (${code}).`, `Make it readable, or name it in ${ignoreFile}.`)
}

const shownReasons = 20

function unfitTrouble(root: string, { reasons }: UnfitFiles): Trouble {
  return new Trouble(
    root,
    `${reasons.length === 1 ? 'one entry' : `${reasons.length} entries`} cannot be part of a release: ${reasons[0]}.`,
    `Take ${reasons.length === 1 ? 'it' : 'them'} out, or name ${reasons.length === 1 ? 'it' : 'them'} in ${ignoreFile}.`,
    reasons.slice(0, shownReasons),
  )
}
