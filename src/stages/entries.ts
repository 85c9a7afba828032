import { createHash } from 'node:crypto'
import { textOf } from '../host/fact'

/*
 * The entries of a release's files, as `plan.sh` finds them on a host: both sides tell names, and sums that only a plan's own
 * key makes comparable. A name stands for an entry; the last of the same name counts.
 */

/** Name → sum. */
export type Entries = ReadonlyMap<string, string>

/** Bytes, one character each, as awk reads them there. */
function bytes(content: string | Buffer): string {
  return Buffer.from(content as string).toString('latin1')
}

function linesOf(content: string | Buffer): string[] {
  const text = bytes(content)
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

export function sumOf(key: string, entry: string): string {
  return createHash('sha256')
    .update(key)
    .update(Buffer.from(`${entry}\n`, 'latin1'))
    .digest('hex')
}

/** Of lines `NAME="value"`; a value may go on over several lines. */
export function variables(key: string, content: string | Buffer): Entries {
  const found = new Map<string, string>()
  let name: string | undefined
  let entry = ''
  for (const line of linesOf(content)) {
    let rest = line
    if (name === undefined) {
      const [begin, begun] = /^([A-Za-z_][A-Za-z0-9_]*)="/.exec(line) ?? []
      if (begin === undefined) continue
      name = begun!
      entry = line
      rest = line.slice(begin.length)
    } else entry += `\n${line}`
    if (!rest.replace(/\\[\s\S]/g, '').includes('"')) continue
    found.set(name, sumOf(key, entry))
    name = undefined
  }
  return found
}

/** Of JSON that is indented by two: `section/name` for each entry of each of its sections. */
export function sections(key: string, content: string | Buffer): Entries {
  const found = new Map<string, string>()
  let section = ''
  let name = ''
  let lines: string[] = []
  for (const line of linesOf(content)) {
    const [, begun] = /^ {2}"([a-z]+)": [{]$/.exec(line) ?? []
    if (begun !== undefined) {
      section = begun
      continue
    }
    if (/^ {2}[}]/.test(line)) section = ''
    if (section === '') continue
    if (/^ {4}"/.test(line)) {
      name = line.split('"')[1]!
      lines = []
    }
    lines.push(line)
    if (!/^ {4}[^ ]/.test(line) || /[[{]$/.test(line)) continue
    if (/^[A-Za-z0-9_.-]+$/.test(name))
      found.set(`${section}/${name}`, sumOf(key, lines.join('\n').replace(/,$/, '')))
    name = ''
  }
  return found
}

/** What `plan_files` tells of a file. */
export function fileSum(key: string, content: string | Buffer): string {
  return createHash('sha256').update(`${key}\n`).update(content).digest('hex')
}

const told = /^([A-Za-z0-9_./-]{1,300}):([0-9a-f]{64})$/

/** Reads what a host told, which is data like any other: what is no name with a sum is left out. */
export function readEntries(fact: unknown): Entries {
  const found = new Map<string, string>()
  for (const word of textOf(fact).split(' ')) {
    const [, name, sum] = told.exec(word) ?? []
    if (name !== undefined) found.set(name, sum!)
  }
  return found
}
