import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageLockHash, requirementsHash } from '../../../src/runtimes/systemd-lock'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function repo(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-lock-'))
  folders.push(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

const hash = (files: Record<string, string>, name = 'requirements.txt') => requirementsHash(repo(files), name)

describe('the hash of requirements', () => {
  test('is the same for the same files, and another when one that counts changes', () => {
    const files = {
      'requirements.txt': '-r deploy/base.txt\n# a comment\ngunicorn==23.0.0\n./wheels/own.whl\n',
      'deploy/base.txt': '-c pins.txt\nFlask==3.1.2\n',
      'deploy/pins.txt': 'Jinja2==3.1.6\n',
      'wheels/own.whl': 'zip',
      'app.py': 'print(1)',
    }
    const first = hash(files)
    expect(hash(files)).toBe(first)
    expect(hash({ ...files, 'app.py': 'print(2)' })).toBe(first)
    for (const name of Object.keys(files).filter((each) => each !== 'app.py')) {
      expect(hash({ ...files, [name]: `${files[name as keyof typeof files]}\n` })).not.toBe(first)
    }
  })

  test.each([
    ['-r missing.txt', /requirements\.txt: missing\.txt is not in the repository/],
    ['-r ../other.txt', /line 1: \.\.\/other\.txt leads out/],
    ['--requirement=/etc/passwd', /is not in the repository/],
    ['-e .', /would install a folder of the release/],
    ['.', /would install a folder/],
    ['./package', /would install a folder/],
    ['own @ file:./package', /would install a folder/],
    ['../own.whl', /leads out/],
  ])('is not made of %j', (line, expected) => {
    expect(() => hash({ 'requirements.txt': `${line}\n` })).toThrow(expected)
  })

  test('follows no link', () => {
    const folder = repo({ 'other.txt': 'Flask' })
    symlinkSync('other.txt', join(folder, 'requirements.txt'))
    expect(() => requirementsHash(folder, 'requirements.txt')).toThrow(/as a file/)
  })

  test('takes requirements that include each other, and what pip gets elsewhere', () => {
    const files = {
      'requirements.txt':
        '-r b.txt\nFlask @ https://files.example/Flask.whl\n--index-url https://pip.example\n',
      'b.txt': '-r requirements.txt\n-c https://pip.example/pins.txt\n',
    }
    expect(hash(files)).toMatch(/^[0-9a-f]{64}$/)
  })
})

test('the hash of a lock file is of the package.json beside it too', () => {
  const files = { 'web/package-lock.json': '{}', 'web/package.json': '{"a":1}' }
  const first = packageLockHash(repo(files), 'web/package-lock.json')
  expect(
    packageLockHash(repo({ ...files, 'web/package.json': '{"a":2}' }), 'web/package-lock.json'),
  ).not.toBe(first)
  expect(() => packageLockHash(repo({}), 'package-lock.json')).toThrow(
    /package-lock\.json is not in the repository/,
  )
})
