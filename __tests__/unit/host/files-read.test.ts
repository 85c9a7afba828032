import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { manifestLines } from '../../../src/host/files-manifest'
import { readFiles } from '../../../src/host/files-read'
import { Trouble } from '../../../src/release/trouble'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'files-read-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function write(path: string, content = path, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content, { mode })
}

async function paths(ignoreText = ''): Promise<string[]> {
  const { files, links, folders } = await readFiles(root, ignoreText)
  return [
    ...files.map(({ path }) => path),
    ...links.map(({ path, target }) => `${path} -> ${target}`),
    ...folders.map((path) => `${path}/`),
  ].toSorted()
}

async function refusal(ignoreText = ''): Promise<Trouble> {
  const error = await readFiles(root, ignoreText).then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(Trouble)
  return error
}

test('is what sha256sum and the modes say', async () => {
  write('a', 'content')
  write('bin/run', '#!/bin/sh\n', 0o755)
  write('big', 'x'.repeat(200000), 0o600)
  symlinkSync('a', join(root, 'l'))
  mkdirSync(join(root, 'var/empty'), { recursive: true })
  const sums = execFileSync('sha256sum', ['a', 'bin/run', 'big'], { cwd: root, encoding: 'utf8' })
  const sum = (path: string) =>
    sums
      .split('\n')
      .find((line) => line.endsWith(`  ${path}`))!
      .slice(0, 64)
  const manifest = await readFiles(root, '')
  expect(manifestLines(manifest).toSorted()).toEqual(
    [
      `${sum('a')} - ./a`,
      `${sum('bin/run')} x ./bin/run`,
      `${sum('big')} - ./big`,
      'link - ./l\ta',
      'folder - ./var/empty',
    ].toSorted(),
  )
  expect(manifest.bytes).toBe('content'.length + '#!/bin/sh\n'.length + 200000)
})

test('leaves out what no server needs', async () => {
  for (const path of [
    'app.py',
    '__pycache__/app.pyc',
    'deep/er/__pycache__/x.pyc',
    'x.pyc',
    '.venv/bin/python',
    'node_modules/x/index.js',
    'web/node_modules/x/index.js',
    '.env',
    '.env.example',
  ])
    write(path)
  expect(await paths()).toEqual(['.env.example', 'app.py', 'deep/er/', 'web/'])
})

test('the ignore file says more, and takes back', async () => {
  for (const path of [
    'app.py',
    'docs/a.md',
    'logs/x.log',
    'logs/keep',
    'README.md',
    'readme.md',
    'node_modules/x/y',
  ])
    write(path)
  expect(await paths('# comment\n/docs/\n*.log\nREADME.md\n!node_modules/\n')).toEqual([
    'app.py',
    'logs/keep',
    'node_modules/x/y',
    'readme.md',
  ])
})

test('the history and its credentials never travel', async () => {
  write('a')
  write('.git/config', 'token')
  write('sub/.git', 'gitdir: elsewhere')
  write('sub/a')
  write('.gitignore')
  expect(await paths('!.git\n!.git/**\n!sub/.git')).toEqual(['.gitignore', 'a', 'sub/a'])
})

test('a name is a name, and no pattern or option', async () => {
  const names = ["it's", '"', '$(id)', '-rf', ' a ', 'a\\b', '*', '!x', '#x', 'ü', '🐦', '...', '..a', '[a]']
  for (const name of names) write(name)
  expect(await paths()).toEqual(names.toSorted())
})

test('everything that is refused is told at once, with the fix', async () => {
  write('a')
  write('new\nline')
  execFileSync('mkfifo', [join(root, 'pipe')])
  symlinkSync('/etc/passwd', join(root, 'absolute'))
  symlinkSync('../../x', join(root, 'out'))
  writeFileSync(Buffer.concat([Buffer.from(`${root}/latin`), Buffer.from([0xfc])]), '')
  const { message, details, fix } = await refusal('absolute\nout\nnew*')
  expect(message).toContain('2 entries cannot be part of a release')
  expect(details.join('\n')).toMatch(/"pipe": neither a file, a folder nor a link/)
  expect(details.join('\n')).toMatch(/"latin\ufffd": its name is no UTF-8/)
  expect(fix).toContain('.kawasemiignore')
  const others = await refusal('pipe\nlatin*')
  expect(others.details.join('\n')).toMatch(/"new\\nline": its name holds a control character/)
  expect(others.details.join('\n')).toMatch(
    /"absolute": the link leads out of the release, to "\/etc\/passwd"/,
  )
  expect(others.details.join('\n')).toMatch(/"out": the link leads out/)
  expect(await paths('pipe\nlatin*\nabsolute\nout\nnew*')).toEqual(['a'])
})

test('a folder that is not there is trouble, and so is one without a file', async () => {
  await expect(readFiles(join(root, 'gone'), '')).rejects.toThrow(/gone: cannot be read \(ENOENT\)/)
  await expect(readFiles(root, '')).rejects.toThrow(/there is no file in it/)
})

test('a link is carried as it is, not followed', async () => {
  write('a/file')
  symlinkSync('a', join(root, 'folder'))
  symlinkSync('a/gone', join(root, 'dangling'))
  expect(await paths()).toEqual(['a/file', 'dangling -> a/gone', 'folder -> a'])
})
