import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../../src/config/load'

const root = join(__dirname, '../../..')
const documents = [
  'README.md',
  'README.ja.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'))

test.each(documents)('the links of %s lead to files and headings that are there', (name) => {
  const text = readFileSync(join(root, name), 'utf8')
  for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
    const [path = '', heading] = target.split('#')
    const file = path === '' ? join(root, name) : join(root, name, '..', path)
    const content = path.endsWith('/') ? String(readdirSync(file)) : readFileSync(file, 'utf8')
    if (heading !== undefined) expect(headingsOf(content)).toContain(heading)
  }
})

/** As GitHub makes anchors of them. */
function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each([
  ['docs/troubleshooting.md', '| message |', 25],
  ['README.ja.md', '| メッセージ |', 9],
])('the messages that %s explains are ones that we give', (name, head, least) => {
  const page = readFileSync(join(root, name), 'utf8')
  const tables = page.split('\n## ').filter((section) => section.includes(head))
  const messages = tables.flatMap((section) =>
    [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
    ),
  )
  expect(messages.length).toBeGreaterThan(least)
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|sh)$/.test(name))
    .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
    .join('\n')
  expect(messages.filter((message) => !sources.includes(message))).toEqual([])
})

test('the kawasemi.yml of the README is a good one', () => {
  const example = readFileSync(join(root, 'README.md'), 'utf8').split('```yaml\n')[1]!.split('```')[0]!
  expect(loadConfig(example, 'kawasemi.yml', 'production').app).toBe('shop')
})
