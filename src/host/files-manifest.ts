import { createHash } from 'node:crypto'
import { linkLeaves } from './files-links'

/*
 * What a release's files are: by path, with the executable bit and the content's SHA-256; symbolic links; folders that
 * hold nothing. As text it is one line each, sorted by bytes, so that runner and host come to the same text and sum:
 *
 *   SHA256 x ./bin/serve            (`-` where it is not executable)
 *   folder - ./var/empty
 *   link - ./current<tab>targets/2
 */

export interface ManifestFile {
  /** Relative to the release, with `/`. */
  readonly path: string
  readonly executable: boolean
  /** Bytes. */
  readonly size: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

export interface ManifestLink {
  readonly path: string
  readonly target: string
}

export interface Manifest {
  /** Absolute path of the folder on the runner that it was read from. */
  readonly root: string
  /** Sorted as their lines are. */
  readonly files: readonly ManifestFile[]
  readonly links: readonly ManifestLink[]
  /** Folders without anything in them. */
  readonly folders: readonly string[]
  /** Of all files together. */
  readonly bytes: number
  /** SHA-256 of its text, which says all of it. */
  readonly hash: string
}

export const mostFiles = 200000
const mostPathBytes = 1000
const mostNameBytes = 255
/** What a tar header can say. */
const mostFileBytes = 8 * 1024 ** 3 - 1

/** Entries that cannot be shipped, and why: `path: reason`. */
export class UnfitFiles extends Error {
  constructor(readonly reasons: readonly string[]) {
    super(reasons.join('; '))
    this.name = 'UnfitFiles'
  }
}

/** @throws {UnfitFiles} naming everything that no release can hold. */
export function makeManifest(
  root: string,
  entries: {
    readonly files: readonly ManifestFile[]
    readonly links: readonly ManifestLink[]
    readonly folders: readonly string[]
  },
): Manifest {
  const reasons = unfit(entries)
  if (reasons.length > 0) throw new UnfitFiles(reasons)
  const files = sortBy(entries.files, fileLine)
  const links = sortBy(entries.links, linkLine)
  const folders = sortBy(entries.folders, folderLine)
  const hash = createHash('sha256')
  for (const line of manifestLines({ files, links, folders })) hash.update(`${line}\n`)
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  return { root, files, links, folders, bytes, hash: hash.digest('hex') }
}

export function manifestLines({
  files,
  links,
  folders,
}: Pick<Manifest, 'files' | 'links' | 'folders'>): string[] {
  return [...files.map(fileLine), ...folders.map(folderLine), ...links.map(linkLine)]
}

function fileLine(file: ManifestFile): string {
  return `${file.sha256} ${modeLetter(file)} ./${file.path}`
}

export function folderLine(path: string): string {
  return `folder - ./${path}`
}

export function linkLine({ path, target }: ManifestLink): string {
  return `link - ./${path}\t${target}`
}

export function modeLetter({ executable }: ManifestFile): 'x' | '-' {
  return executable ? 'x' : '-'
}

function sortBy<Item>(items: readonly Item[], line: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, key: Buffer.from(line(item)) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ item }) => item)
}

function unfit({ files, links, folders }: Pick<Manifest, 'files' | 'links' | 'folders'>): string[] {
  const paths = [...files.map(({ path }) => path), ...links.map(({ path }) => path), ...folders]
  if (files.length === 0) return ['.: there is no file in it']
  if (paths.length > mostFiles) return [`.: ${paths.length} files; at most ${mostFiles} can be shipped`]
  const reasons: string[] = []
  const refuse = (path: string, reason: string | undefined) => {
    if (reason !== undefined) reasons.push(`${JSON.stringify(path)}: ${reason}`)
  }
  for (const path of paths) refuse(path, pathReason(path))
  for (const { path, size } of files) refuse(path, size > mostFileBytes ? 'larger than 8 GiB' : undefined)
  const targets = new Map(links.map(({ path, target }) => [path, target]))
  for (const { path, target } of links) refuse(path, targetReason(targets, path, target))
  const leaves = new Set(paths)
  if (leaves.size < paths.length) reasons.push('a path is there twice')
  for (const path of paths) {
    const parent = ancestors(path).find((folder) => leaves.has(folder))
    if (parent !== undefined) refuse(path, `${JSON.stringify(parent)} is no folder that holds anything`)
  }
  return reasons
}

/** Why a path cannot be carried, if it cannot. */
export function pathReason(path: string): string | undefined {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'not a path inside the release'
  if (!isText(path)) return 'its name holds a control character or is no UTF-8'
  if (Buffer.byteLength(path) > mostPathBytes) return `its path is longer than ${mostPathBytes} bytes`
  if (parts.some((part) => Buffer.byteLength(part) > mostNameBytes))
    return `a name is longer than ${mostNameBytes} bytes`
  return undefined
}

function targetReason(
  targets: ReadonlyMap<string, string>,
  path: string,
  target: string,
): string | undefined {
  if (target === '' || !isText(target) || Buffer.byteLength(target) > mostPathBytes)
    return 'the link leads to a path that cannot be carried'
  if (linkLeaves(targets, path)) return `the link leads out of the release, to ${JSON.stringify(target)}`
  return undefined
}

/** Lines, and columns by tabs, have to stay what they are. */
function isText(name: string): boolean {
  return !/[\x00-\x1f\x7f]/.test(name) && Buffer.from(name).toString() === name
}

function ancestors(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
