import { createHash } from 'node:crypto'
import { textOf } from './fact'
import {
  folderLine,
  linkLine,
  type Manifest,
  type ManifestFile,
  manifestLines,
  modeLetter,
} from './files-manifest'

/*
 * Neither side tells the other its whole list. Files are put into 256 groups by the first byte of their content's sum;
 * the runner sends a sum per group, and the host answers with the groups in which its newest release differs and the
 * contents it has for them, each by the first 16 digits of its sum. Only these groups' lines travel then.
 */

/** Digits of a content's sum that stand for it on the way. The host checks the whole manifest's sum in the end. */
const shortDigits = 16
const hex = /^[0-9a-f]*$/

export const groups: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

export function groupOf({ sha256 }: ManifestFile): string {
  return sha256.slice(0, 2)
}

function short({ sha256 }: ManifestFile): string {
  return sha256.slice(0, shortDigits)
}

/** A sum per group, in the order of the groups. */
export function groupSums(manifest: Manifest): string[] {
  const sums = new Map(groups.map((group) => [group, createHash('sha256')]))
  for (const line of manifestLines({ ...manifest, links: [], folders: [] }))
    sums.get(line.slice(0, 2))!.update(`${line}\n`)
  return [...sums.values()].map((sum) => sum.digest('hex').slice(0, shortDigits))
}

/** What a host told of itself. */
export interface HostContents {
  /** Groups in which it holds other files than the manifest, or none. */
  readonly differing: ReadonlySet<string>
  /** Contents it has for these groups, by their short sums. */
  readonly known: ReadonlySet<string>
}

/** Reads the answer of a host, which is data like any other: what is no group or sum is left out. */
export class HostAnswer implements HostContents {
  readonly differing = new Set<string>()
  readonly known = new Set<string>()

  /** The groups, with spaces between. */
  addDiffering(value: unknown): void {
    for (const group of textOf(value).split(' ', groups.length))
      if (group.length === 2 && hex.test(group)) this.differing.add(group)
  }

  /** Short sums, one after the other. */
  addKnown(value: unknown, most: number): void {
    const text = textOf(value)
    if (!hex.test(text)) return
    for (let at = 0; at + shortDigits <= text.length && this.known.size < most; at += shortDigits)
      this.known.add(text.slice(at, at + shortDigits))
  }
}

export interface Transfer {
  /** Lines the host puts together with those of the groups that do not differ. */
  readonly lines: readonly string[]
  /** Files whose content travels. Of those with the same content the first does; the host links the others to it. */
  readonly send: readonly ManifestFile[]
  /** Of the contents that travel. */
  readonly bytes: number
}

export function planTransfer(manifest: Manifest, host: HostContents): Transfer {
  const files = manifest.files.filter((file) => host.differing.has(groupOf(file)))
  // By path, because files of one folder are often alike, which the compression finds only where they are near.
  const send = files
    .filter((file) => !host.known.has(short(file)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const contents = new Map(send.map(({ sha256, size }) => [sha256, size]))
  return {
    lines: [
      ...files.map((file) => `${short(file)} ${modeLetter(file)} ./${file.path}`),
      ...manifest.folders.map(folderLine),
      ...manifest.links.map(linkLine),
    ],
    send,
    bytes: [...contents.values()].reduce((sum, size) => sum + size, 0),
  }
}
