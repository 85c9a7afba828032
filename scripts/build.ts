import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import ncc from '@vercel/ncc'
import { inputTable } from '../src/github/input-table'

/*
 * Makes dist/: one bundle in chunks that are loaded only when used, and an entry of a few lines per action. The same
 * sources always give the same bytes. With `--check` nothing is written; it fails when dist/ is not what it would be.
 *
 * The bundle is not minified: people review what runs with their keys, and a stack trace of a bug stays readable.
 */

const root = join(__dirname, '..')
const dist = join(root, 'dist')
const mostBytes = 6_000_000

/** An entry per action, and the post step they share. */
const entries = [...Object.keys(inputTable), 'post']

/** Built where a compiler is found, so never the same twice; ssh2 does without them. */
const native = ['cpu-features', './crypto/build/Release/sshcrypto.node']

/** Emitted by ncc for ssh2 and of no use on a runner. */
const unwanted = /(^|\/)pagent\.exe$/

type Files = Map<string, Buffer>

async function build(): Promise<Files> {
  process.chdir(root)
  const { code, assets } = await ncc(join(root, 'src', 'main.ts'), {
    filename: 'index.js',
    cache: false,
    minify: false,
    // tsc has its own line in `npm run lint`.
    transpileOnly: true,
    quiet: true,
    license: 'licenses.txt',
    externals: Object.fromEntries(native.map((name) => [name, name])),
  })

  const files: Files = new Map([['index.js', Buffer.from(code)]])
  for (const [name, { source }] of Object.entries(assets)) {
    if (unwanted.test(name)) continue
    if (!/^[\w.-]+\.(js|sh|txt|json)$/.test(name))
      throw new Error(`ncc emitted ${name}, which nobody asked for`)
    files.set(name, Buffer.from(source))
  }
  for (const entry of entries) {
    files.set(`${entry}.js`, Buffer.from(`require('./index.js').main('${entry}')\n`))
  }
  verify(files)
  return files
}

function verify(files: Files): void {
  for (const [name, content] of files) {
    if (content.includes(root + sep)) throw new Error(`dist/${name} holds the path of this checkout`)
  }
  // It finds only what is written as readFileSync(join(__dirname, 'NAME')); and its parser is older than ours: in a file that
  // holds 1_000 it finds nothing, and says nothing.
  for (const path of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.sh') && !files.has(basename(path)))
      throw new Error(
        `ncc did not carry ${path} into dist/: see how other modules read theirs, and write numbers without _`,
      )
  }
  const bytes = sizeOf(files)
  if (bytes > mostBytes) throw new Error(`dist/ would be ${bytes} bytes; at most ${mostBytes} are allowed`)
}

function sizeOf(files: Files): number {
  return [...files.values()].reduce((sum, content) => sum + content.length, 0)
}

function readDist(): Files {
  if (!existsSync(dist)) return new Map()
  const names = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(names.map((path) => [path.slice(dist.length + 1), readFileSync(path)]))
}

function write(files: Files): void {
  for (const [name, content] of files) {
    const path = join(dist, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  for (const name of readDist().keys()) if (!files.has(name)) rmSync(join(dist, name))
}

/** What is wrong with dist/ as it lies there, one line per file. */
function staleness(files: Files): string[] {
  const there = readDist()
  const wrong: string[] = []
  for (const [name, content] of files) {
    const found = there.get(name)
    if (!found) wrong.push(`${name} is missing`)
    else if (!found.equals(content)) wrong.push(`${name} differs`)
  }
  for (const name of there.keys()) if (!files.has(name)) wrong.push(`${name} should not be there`)
  return [...wrong, ...untracked().map((name) => `${name} is not in git`)]
}

/** Files of dist/ that a push would leave behind. None when this is no git checkout. */
function untracked(): string[] {
  const git = spawnSync('git', ['ls-files', '--others', '-z', '--', 'dist'], { cwd: root, encoding: 'utf8' })
  return git.status === 0 ? git.stdout.split('\0').filter((name) => name !== '') : []
}

async function main(): Promise<void> {
  const files = await build()
  const figure = `${files.size} files, ${(sizeOf(files) / 1e6).toFixed(2)} MB`
  if (!process.argv.includes('--check')) {
    write(files)
    console.log(`dist/ written: ${figure}`)
    return
  }
  const wrong = staleness(files)
  if (wrong.length === 0) {
    console.log(`dist/ is up to date: ${figure}`)
    return
  }
  console.error(
    `dist/ is stale. Run \`npm run build\` and commit dist/.\n${wrong.map((line) => `  ${line}`).join('\n')}`,
  )
  process.exitCode = 1
}

// Node would print the line that threw, and ncc is one line of five megabytes.
main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
