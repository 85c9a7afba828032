import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { ConfigError, type Problem, shown, shownKey } from './config-error'

/** A value of the file that still knows where it stands. */
export interface Tree {
  /** Offsets in the text at which its key and its value begin. */
  keyAt: number
  at: number
  /** As messages show it, such as `services.web.slots` or `hosts[0]`. */
  path: string
  value: string | number | boolean | null | Tree[] | Map<string, Tree>
}

/** The file as one tree, and what turns a place in it into line and column. */
export interface Source {
  root: Tree
  position(offset: number): Pick<Problem, 'line' | 'column'>
}

const mostBytes = 256 * 1024
/** What aliases lead to is counted each time, so that a few anchors cannot unfold to millions of values. */
const mostValues = 10_000
const mostDepth = 30

/** @throws {ConfigError} when the text is too large, no YAML, or YAML that a config has no use for. */
export function readSource(text: string, file: string): Source {
  const lines = new LineCounter()
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const fail: Fail = (at, key, expected, found) => {
    throw new ConfigError(file, [{ ...position(at), key, expected, found }])
  }
  const bytes = Buffer.byteLength(text)
  if (bytes > mostBytes)
    fail(0, '', `a file of at most ${mostBytes / 1024} KB`, `${Math.ceil(bytes / 1024)} KB`)

  // The parser would look for duplicates too, but in time that grows with the square of the keys.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, uniqueKeys: false })
  const mistakes = [...document.errors, ...document.warnings]
  if (mistakes.length > 0) {
    const problems = mistakes.map(({ pos, message }) => ({
      ...position(pos[0]),
      key: '',
      expected: 'YAML',
      found: `a mistake in it: ${message.slice(0, 200)}`,
    }))
    throw new ConfigError(file, problems)
  }
  return { root: new Reader(document, position, fail).read(document.contents, '', 0, 0), position }
}

type Fail = (at: number, path: string, expected: string, found: string) => never

class Reader {
  private values = 0

  constructor(
    private readonly document: Document.Parsed,
    private readonly position: Source['position'],
    private readonly fail: Fail,
  ) {}

  read(node: Node | null | undefined, path: string, keyAt: number, depth: number): Tree {
    const at = node?.range?.[0] ?? keyAt
    if (++this.values > mostValues) this.fail(at, path, `at most ${mostValues} values`, 'more')
    if (depth > mostDepth) this.fail(at, '', `at most ${mostDepth} levels of lists and maps`, 'more')
    if (isAlias(node)) {
      const target =
        node.resolve(this.document) ?? this.fail(at, path, 'an anchor of this name', shown(node.source))
      return { ...this.read(target, path, keyAt, depth + 1), at }
    }
    return { keyAt, at, path, value: this.valueOf(node, path, at, depth) }
  }

  private valueOf(node: Node | null | undefined, path: string, at: number, depth: number): Tree['value'] {
    if (node === null || node === undefined) return null
    if (isMap<Node, Node | null>(node)) return this.readMap(node.items, path, at, depth)
    if (isSeq<Node>(node)) {
      return node.items.map((item, index) => {
        const itemAt = item?.range?.[0] ?? at
        return this.read(item, `${path}[${index}]`, itemAt, depth + 1)
      })
    }
    const value: unknown = isScalar(node) ? node.value : undefined
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    ) {
      return value
    }
    return this.fail(at, path, 'text, a number, true, false, a list or a map', 'another kind of value')
  }

  private readMap(
    items: readonly { key: Node; value: Node | null }[],
    path: string,
    at: number,
    depth: number,
  ) {
    const map = new Map<string, Tree>()
    for (const { key, value } of items) {
      const keyAt = key?.range?.[0] ?? at
      const name = isScalar(key) ? key.value : undefined
      if (typeof name !== 'string') {
        return this.fail(
          keyAt,
          path,
          'keys that are text',
          isScalar(key) ? shown(name) : 'another kind of key',
        )
      }
      const keyPath = path === '' ? shownKey(name) : `${path}.${shownKey(name)}`
      if (name === '__proto__') return this.fail(keyAt, path, 'another name for a key', shown(name))
      const first = map.get(name)
      if (first) {
        return this.fail(
          keyAt,
          keyPath,
          'each key once',
          `it again, after line ${this.position(first.keyAt).line}`,
        )
      }
      map.set(name, this.read(value, keyPath, keyAt, depth + 1))
    }
    return map
  }
}

/** `over` laid over `base`: maps key by key, all else replaced. Each value keeps the place it came from. */
export function merge(base: Tree, over: Tree): Tree {
  if (!(base.value instanceof Map && over.value instanceof Map)) return over
  const value = new Map(base.value)
  for (const [key, each] of over.value) {
    const below = value.get(key)
    value.set(key, below ? merge(below, each) : each)
  }
  return { ...over, value }
}

/** The bare values, for the schema. */
export function plain({ value }: Tree): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]))
  return value
}

/** The value at a path, or the nearest one above it and the first key that is missing there. */
export function find(root: Tree, path: readonly PropertyKey[]): { tree: Tree; missing?: string } {
  let tree = root
  for (const key of path) {
    const { value } = tree
    const below =
      value instanceof Map ? value.get(String(key)) : Array.isArray(value) ? value[Number(key)] : undefined
    if (!below) return { tree, missing: String(key) }
    tree = below
  }
  return { tree }
}
