import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sendFiles } from '../../../src/host/files'
import { readFiles } from '../../../src/host/files-read'
import { HostFailure, type HostSession } from '../../../src/host/session'
import { type FilesHost, makeFilesHost, startWireCutAfter } from './files-host'
import { type Sshd, startSshd } from './sshd'

jest.setTimeout(60_000)

let sshd: Sshd
let host: FilesHost
let session: HostSession
let source: string
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.stop())
beforeEach(async () => {
  host = makeFilesHost(sshd)
  session = await host.open()
  source = mkdtempSync(join(tmpdir(), 'files-source-'))
})
afterEach(async () => {
  await host.stop()
  rmSync(source, { recursive: true })
})

function write(path: string, content: string | Buffer = `content of ${path}\n`, mode = 0o644): void {
  mkdirSync(dirname(join(source, path)), { recursive: true })
  writeFileSync(join(source, path), content)
  chmodSync(join(source, path), mode)
}

const ship = (release: string) => host.ship(session, release, source)

/** Type, mode, path, target and content of everything in a folder. */
function tree(folder: string): string[] {
  const list = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%y %m %p %l\\0'], { cwd: folder })
  return list
    .toString()
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const [type, mode, ...rest] = line.split(' ')
      const path = rest.join(' ').trimEnd()
      if (type === 'l') return `link ${path}`
      if (type === 'd') return `folder ${path}`
      return `${Number.parseInt(mode!, 8) & 0o100 ? 'x' : '-'} ${path} ${readFileSync(join(folder, rest.join(' ').slice(0, -1))).toString('base64')}`
    })
    .toSorted()
}

function expectSame(release: string): void {
  expect(tree(host.at(release, '.'))).toEqual(tree(source))
}

const inode = (release: string, path: string) => statSync(host.at(release, path)).ino

function product(): void {
  write('app.py')
  write('bin/serve', '#!/bin/sh\n', 0o755)
  for (let number = 0; number < 40; number++) write(`pages/${number}.html`)
  write('pkg/__init__.py', '')
  write('pkg/sub/__init__.py', '')
  mkdirSync(join(source, 'var/empty'), { recursive: true })
  symlinkSync('pages/1.html', join(source, 'first'))
  symlinkSync('../app.py', join(source, 'bin/app'))
  symlinkSync('pages', join(source, '-folder link'))
}

test('brings contents, modes, links and empty folders; nobody may write', async () => {
  product()
  const moved = await ship('r1')
  expectSame('r1')
  expect(moved.files).toBe(44)
  expect(statSync(host.at('r1', 'app.py')).mode & 0o777).toBe(0o440)
  expect(statSync(host.at('r1', 'bin/serve')).mode & 0o777).toBe(0o550)
  expect(statSync(host.at('r1', 'pkg')).mode & 0o777).toBe(0o750)
  expect(readdirSync(join(host.base, 'releases'))).toEqual(['r1'])
  expect(readdirSync(join(host.base, 'releases/r1')).toSorted()).toEqual(['files', 'files.list'])
})

test('sends what changed and links the rest', async () => {
  product()
  await ship('r1')
  host.golive('blue', 'r1')
  appendFileSync(join(source, 'pages/7.html'), 'one line\n')
  write('new')
  unlinkSync(join(source, 'pages/8.html'))
  const moved = await ship('r2')
  expectSame('r2')
  expect(moved.files).toBe(2)
  expect(inode('r2', 'app.py')).toBe(inode('r1', 'app.py'))
  expect(inode('r2', 'bin/serve')).toBe(inode('r1', 'bin/serve'))
  expect(inode('r2', 'pages/7.html')).not.toBe(inode('r1', 'pages/7.html'))
  expect(readFileSync(host.at('r1', 'pages/7.html'), 'utf8')).toBe('content of pages/7.html\n')
})

test('sends no content twice: renamed, copied, made executable', async () => {
  product()
  await ship('r1')
  host.golive('blue', 'r1')
  renameSync(join(source, 'pages'), join(source, 'sites'))
  unlinkSync(join(source, 'first'))
  unlinkSync(join(source, '-folder link'))
  write('a copy', readFileSync(join(source, 'app.py')))
  chmodSync(join(source, 'app.py'), 0o755)
  expect(await ship('r2')).toMatchObject({ files: 0, contentBytes: 0 })
  expectSame('r2')
  expect(inode('r2', 'sites/3.html')).toBe(inode('r1', 'pages/3.html'))
  expect(statSync(host.at('r1', 'app.py')).mode & 0o777).toBe(0o440)
})

test('no change moves next to nothing', async () => {
  product()
  await ship('r1')
  host.golive('blue', 'r1')
  const moved = await ship('r2')
  expectSame('r2')
  expect(moved.files).toBe(0)
  expect(moved.bytes).toBeLessThan(1000)
})

test('takes from both slots', async () => {
  product()
  write('old')
  await ship('r1')
  host.golive('blue', 'r1')
  unlinkSync(join(source, 'old'))
  write('new')
  await ship('r2')
  host.golive('green', 'r2')
  write('old')
  expect((await ship('r3')).files).toBe(0)
  expectSame('r3')
})

test('carries every name it takes', async () => {
  for (const name of [
    "it's",
    '"quoted"',
    '$(touch x)',
    '`id`',
    '-rf',
    '--help',
    ' a ',
    'a\\b',
    'a\\nb',
    '*',
    '~',
    '#',
    'ü',
    '鳥🐦',
    '...',
    'a;b&c|d',
    '%s%n',
    `${'long'.repeat(60)}/${'name'.repeat(60)}`,
  ]) {
    write(name)
    write(`in/${name}.d/file`, 'shared content', 0o755)
    mkdirSync(join(source, `empty/${name}`), { recursive: true })
  }
  symlinkSync("it's", join(source, '--a link'))
  symlinkSync(' a ', join(source, "l'k $(id)"))
  await ship('r1')
  expectSame('r1')
  host.golive('blue', 'r1')
  write('more')
  expect((await ship('r2')).files).toBe(1)
  expectSame('r2')
})

describe('a transfer that was cut', () => {
  function large(): void {
    for (let number = 0; number < 400; number++) write(`data/${number}`, randomBytes(20000))
    write('more/app.py')
  }

  test('goes on by itself when the connection comes back', async () => {
    large()
    const wire = await startWireCutAfter(sshd.port, 6000000)
    try {
      await session.release()
      const cut = await host.open(wire.port)
      const moved = await host.ship(cut, 'r1', source)
      expect(wire.wasCut()).toBe(true)
      expect(host.warnings).toEqual([expect.stringMatching(/the connection was lost/)])
      expectSame('r1')
      // Of 401 files of 20 kB. At most the 2 MB of the channel's window were on the way.
      expect(moved.files).toBeLessThan(300)
      expect(moved.files).toBeGreaterThan(50)
      await cut.close()
    } finally {
      await wire.stop()
    }
  })

  test('is of use to the next deploy, of another release', async () => {
    large()
    const manifest = await readFiles(source, '')
    const last = 'more/app.py' // files travel in the order of their paths
    const content = readFileSync(join(source, last))
    writeFileSync(join(source, last), 'changed meanwhile')
    await expect(sendFiles(session, 'r1', manifest)).rejects.toThrow(`${last}: it changed while`)
    expect(existsSync(host.at('r1', '.'))).toBe(false)
    writeFileSync(join(source, last), content)
    write('new')
    const moved = await ship('r2')
    expectSame('r2')
    expect(moved.files).toBeLessThan(20)
    expect(existsSync(join(host.base, 'releases/.incoming'))).toBe(false)
  })

  test('may have left anything there', async () => {
    product()
    const left = join(host.base, 'releases/.incoming/9-1-files/files')
    mkdirSync(join(left, 'app.py/folder'), { recursive: true })
    mkdirSync(join(left, 'bin'), { recursive: true })
    writeFileSync(join(left, 'bin/serve'), '#!/bin/')
    writeFileSync(join(left, 'app.py/folder/x'), 'content of app.py\n')
    symlinkSync('/etc', join(left, 'pages'))
    writeFileSync(join(left, 'new\nline'), 'content of pages/1.html\n')
    mkdirSync(join(host.base, 'releases/r1/files.part/app.py'), { recursive: true })
    await ship('r1')
    expectSame('r1')
  })
})

describe('a large file', () => {
  const text = (lines: number) => Array.from({ length: lines }, (_, line) => `line ${line} ${line * 7919}\n`)

  test('that changed in one place travels as that place', async () => {
    const lines = text(100000)
    write('web/it is large ', lines.join(''), 0o755)
    write('small')
    await ship('r1')
    host.golive('blue', 'r1')
    lines.splice(40000, 1, 'another line\n', 'and one more\n')
    write('web/it is large ', lines.join(''), 0o755)
    write('the same', lines.join(''))
    const moved = await ship('r2')
    expectSame('r2')
    expect(lines.join('').length).toBeGreaterThan(1500000)
    expect(moved.contentBytes).toBeLessThan(50000)
  })

  test('that is another one travels whole', async () => {
    write('data', randomBytes(400000))
    await ship('r1')
    host.golive('blue', 'r1')
    write('data', randomBytes(500000))
    expect(await ship('r2')).toMatchObject({ files: 1, contentBytes: 500000 })
    expectSame('r2')
  })

  test('that was cut goes on where it was', async () => {
    const content = randomBytes(3000000)
    write('data', content)
    const left = join(host.base, 'releases/.incoming/9-1-files/files')
    mkdirSync(left, { recursive: true })
    writeFileSync(join(left, 'data'), content.subarray(0, 2000001))
    const moved = await ship('r1')
    expectSame('r1')
    expect(moved.contentBytes).toBeLessThan(1050000)
  })
})

describe('what somebody did to the releases that are there', () => {
  beforeEach(async () => {
    product()
    await ship('r1')
    host.golive('blue', 'r1')
  })

  const spoilt: readonly (readonly [string, (at: (path: string) => string) => void])[] = [
    [
      'another content under the same size and time',
      (at) => {
        const { atimeMs, mtimeMs, size } = statSync(at('app.py'))
        chmodSync(at('app.py'), 0o600)
        writeFileSync(at('app.py'), 'x'.repeat(size))
        chmodSync(at('app.py'), 0o440)
        execFileSync('touch', ['-d', `@${Math.floor(Math.max(atimeMs, mtimeMs) / 1000)}`, at('app.py')])
      },
    ],
    ['another mode', (at) => chmodSync(at('app.py'), 0o666)],
    ['a file that is gone', (at) => unlinkSync(at('app.py'))],
    [
      'a link in the place of a file',
      (at) => {
        unlinkSync(at('app.py'))
        symlinkSync('/etc/passwd', at('app.py'))
      },
    ],
    [
      'a link in the place of a folder',
      (at) => {
        rmSync(at('pages'), { recursive: true })
        symlinkSync('/etc', at('pages'))
      },
    ],
    [
      'files beside ours',
      (at) => {
        for (let number = 0; number < 300; number++)
          writeFileSync(at(`pages/${number}.pyc`), `cache ${number}`)
        writeFileSync(at('new\nline'), 'x')
      },
    ],
    [
      'a list that is none',
      () => writeFileSync(join(host.base, 'releases/r1/files.list'), '../../../etc\n\0\n'),
    ],
    ['no list', () => unlinkSync(join(host.base, 'releases/r1/files.list'))],
    ['no files', (at) => rmSync(at('.'), { recursive: true })],
  ]
  test.each(spoilt)('%s', async (_, spoil) => {
    spoil((path) => host.at('r1', path))
    write('new')
    await ship('r2')
    expectSame('r2')
    expect(statSync(host.at('r2', 'app.py')).mode & 0o777).toBe(0o440)
  })

  test('files beside ours cost nothing', async () => {
    for (let number = 0; number < 300; number++)
      writeFileSync(host.at('r1', `pages/${number}.pyc`), `cache ${number}`)
    // All 47 lines of the manifest would be more.
    expect((await ship('r2')).bytes).toBeLessThan(400)
  })

  test('a file it claims to have and has not fails there, and nothing is laid down', async () => {
    write('new')
    const manifest = await readFiles(source, '')
    const { sha256 } = manifest.files.find(({ path }) => path === 'new')!
    const exchange = session.exchange.bind(session)
    session.exchange = (program, begin) =>
      exchange(program, () => {
        const answer = begin()
        return (name, value) => {
          if (name === 'files-ready') answer('files-known', sha256.slice(0, 16))
          return answer(name, value)
        }
      })
    const failing = sendFiles(session, 'r2', manifest)
    await expect(failing).rejects.toBeInstanceOf(HostFailure)
    await expect(failing).rejects.toMatchObject({ code: 'files-lacking' })
    expect(existsSync(host.at('r2', '.'))).toBe(false)
    unlinkSync(join(source, 'new'))
    expectSame('r1')
  })
})

describe('is refused', () => {
  test('for the release that takes traffic', async () => {
    product()
    await ship('r1')
    host.golive('blue', 'r1')
    await expect(ship('r1')).rejects.toMatchObject({ code: 'release-is-live' })
    expectSame('r1')
  })

  test('with an older token', async () => {
    product()
    const lease = join(host.base, 'lease.json')
    writeFileSync(lease, readFileSync(lease, 'utf8').replace('"token":1,', '"token":2,'))
    await expect(ship('r1')).rejects.toMatchObject({ code: 'lease-lost' })
    expect(readdirSync(join(host.base, 'releases'))).toEqual([])
  })

  test('where the disk is too small, with numbers', async () => {
    product()
    Object.assign(session.facts.disks[0]!, { freeBytes: 100 })
    await expect(ship('r1')).rejects.toThrow(/the files that are missing there need 1 MB, and 1 MB are free/)
    expect(existsSync(host.at('r1', '.'))).toBe(false)
  })
})

test('a release that was laid down may be laid down again', async () => {
  product()
  await ship('r1')
  const before = inode('r1', 'app.py')
  expect((await ship('r1')).files).toBe(0)
  expectSame('r1')
  expect(inode('r1', 'app.py')).toBe(before)
})
