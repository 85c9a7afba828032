import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(__dirname, '../../..')
const dist = join(root, 'dist')
const node = join(root, 'node_modules/.bin/node')
const folder = mkdtempSync(join(tmpdir(), 'start-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(entry: string, env: Record<string, string> = {}) {
  return spawnSync(node, [join(dist, `${entry}.js`)], {
    cwd: folder,
    env: { PATH: '', ...env },
    encoding: 'utf8',
  })
}

const actions = [
  'deploy',
  'build-image',
  'ssh-deploy',
  'run-migrations',
  'health-gate',
  'blue-green',
  'rollback',
  'release-notes',
  'setup-host',
]

test.each(actions)('%s without inputs: one error that names the first one, and nothing else', (action) => {
  const { status, stdout, stderr } = start(action)
  expect(stdout).toMatch(/^::error title=Input environment::is missing\. [^\n]+\n$/)
  expect(stderr).toBe('')
  expect(status).toBe(1)
})

test('post has nothing to do when the main step took no lease', () => {
  expect(start('post')).toMatchObject({ status: 0, stdout: '', stderr: '' })
})

test('post that cannot do its work warns, and does not fail the job', () => {
  const { status, stdout } = start('post', { STATE_lease: '{}' })
  expect(stdout).toMatch(/^::warning title=Input environment::/)
  expect(status).toBe(0)
})

test('outside of GitHub the missing variable is named', () => {
  const inputs = { INPUT_ENVIRONMENT: 'x', 'INPUT_SSH-KEY': 'key', 'INPUT_KNOWN-HOSTS': 'pin' }
  expect(start('rollback', inputs).stdout).toMatch(/^::error title=GITHUB_RUN_ID::is not set/m)
})

test('a failed run has a summary', () => {
  const summary = join(folder, 'summary.md')
  spawnSync('touch', [summary])
  start('rollback', { GITHUB_STEP_SUMMARY: summary })
  expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ Rollback failed\n/)
})

test('nothing in dist/ needs a build or a module folder of its own, and it is small', () => {
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => !/^[\w.-]+\.(js|sh|txt|json)$/.test(name))).toEqual([])
  expect(names).not.toContain('package.json')
  const bytes = names.reduce((sum, name) => sum + statSync(join(dist, name)).size, 0)
  expect(bytes).toBeLessThanOrEqual(6_000_000)
})
