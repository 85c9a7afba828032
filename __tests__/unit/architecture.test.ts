import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { preProcessFile } from 'typescript'

const src = join(__dirname, '../../src')

/** Room → the rooms it may import besides itself. Arrows point down this table only. */
const arrows: Record<string, readonly string[]> = {
  'main.ts': ['commands', 'github', 'release'],
  commands: ['stages', 'config', 'github', 'release'],
  stages: ['runtimes', 'proxies', 'databases', 'images', 'probes', 'host', 'release', 'config'],
  runtimes: ['host', 'release', 'config'],
  proxies: ['host', 'release', 'config'],
  databases: ['host', 'release', 'config'],
  images: ['host', 'release', 'config'],
  probes: ['host', 'release', 'config'],
  host: ['release', 'config'],
  github: ['release'],
  release: [],
  config: [],
}

/** GitHub's own packages stay at the edge. */
const knowActions = ['main.ts', 'github']

interface Import {
  readonly file: string
  readonly room: string
  readonly name: string
}

function roomOf(path: string): string {
  return relative(src, path).split('/')[0]!
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(src, name))

const imports: Import[] = files.flatMap((file) =>
  preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => ({
    file,
    room: roomOf(file),
    name: fileName,
  })),
)

const shown = ({ file, name }: Import) => `${relative(src, file)} imports ${name}`

test('every room is in the table', () => {
  expect([...new Set(files.map(roomOf))].filter((room) => !(room in arrows))).toEqual([])
})

test('arrows point down the table only', () => {
  const wrong = imports
    .filter(({ name }) => name.startsWith('.'))
    .filter(({ file, room, name }) => {
      const target = roomOf(join(dirname(file), name))
      return target !== room && !arrows[room]?.includes(target)
    })
  expect(wrong.map(shown)).toEqual([])
})

test('only the edge knows GitHub', () => {
  const wrong = imports.filter(
    ({ room, name }) => name.startsWith('@actions/') && !knowActions.includes(room),
  )
  expect(wrong.map(shown)).toEqual([])
})

test('nothing in src/ reaches outside of it', () => {
  const wrong = imports.filter(
    ({ file, name }) => name.startsWith('.') && roomOf(join(dirname(file), name)) === '..',
  )
  expect(wrong.map(shown)).toEqual([])
})

test('no two files of shell have the same name: in dist/ they lie side by side', () => {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sh'))
    .map((name) => name.split('/').at(-1)!)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
