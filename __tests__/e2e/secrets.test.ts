import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Product } from '../../lab/product'
import { run } from '../../lab/run'
import type { ActionResult, ActionRun } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { checkOutTiny, tinyImages } from './products/tiny'
import { findIn, masked, patterns, type Watch, watchCommandLines } from './support/secret-hunt'

/* Values that occur nowhere else are given as secrets; then every place where they must not be is searched. */

jest.setTimeout(300_000)

const password = `sentinel-1 it's "quoted" $HOME \`x\` #y`
const several = 'sentinel-2-first line\n  sentinel-2-second $line\nsentinel-2-third'
const token = 'sentinel-3-build/token+='
/** The app prints this one itself, in its migration. */
const told = 'sentinel-4-told-by-the-app'
const canary = 'sentinel-5-on-a-command-line'

let server: LabServer
let built: Product
let plain: Product
let key: string
let watch: Watch | undefined
let temp: string
const results: Record<string, ActionResult> = {}

const env = { DATABASE_PASSWORD: password, SEVERAL: several, TINY_SAYS: told, unused: 'sentinel-6-unused' }
const values = () => [password, several, token, env.unused, key]

async function act(
  name: string,
  of: Product,
  action: string,
  id: number,
  more: Partial<ActionRun> = {},
): Promise<ActionResult> {
  const result = await of.run(action, id, {
    ...more,
    inputs: { version: `v${id}`, 'build-secrets': `token=${token}`, ...more.inputs },
    env: { RUNNER_TEMP: temp },
  })
  results[name] = result
  return result
}

beforeAll(async () => {
  server = await startServer({ name: 'secrets', images: tinyImages })
  temp = mkdtempSync(join(tmpdir(), 'kawasemi-temp-'))
  // The lines of a key that say what kind of file it is are no secret.
  key = server.privateKey
    .split('\n')
    .filter((line) => !line.startsWith('-----'))
    .slice(1)
    .join('\n')
  built = checkOutTiny({ server, env, built: true })
  plain = checkOutTiny({ server, env, settings: { 'gate.deadline': '4s', 'bake.duration': '1s' } })
  await built.setUp()
  await server.exec('touch /run/before')
  watch = watchCommandLines([...values(), told, canary])

  const steps: [string, string][] = [
    ['build', 'build-image'],
    ['ship', 'ssh-deploy'],
    ['migrate', 'run-migrations'],
    ['gate', 'health-gate'],
    ['switch', 'blue-green'],
  ]
  for (const [name, action] of steps) {
    const { code, log } = await act(name, built, action, 101)
    if (code !== 0) throw new Error(`${action}: ${log}`)
  }
  await act('post', built, 'post', 101, { state: results.ship!.state })
  await act('deploy', plain, 'deploy', 102)
  const { unused: _, ...fewer } = env
  const other = JSON.stringify({ ...fewer, SEVERAL: `${several}, changed` })
  await act('plan', plain, 'deploy', 105, { inputs: { mode: 'plan', env: other } })
  await act('back', plain, 'rollback', 103, { inputs: { reason: 'to try it' } })
  await act('refused', plain, 'deploy', 104, {
    inputs: { env: JSON.stringify({ ...env, TINY_HEALTHY_AFTER: '60' }) },
  })
})

afterAll(async () => {
  await watch?.stop()
  built?.remove()
  plain?.remove()
  if (temp) rmSync(temp, { recursive: true, force: true })
  await server?.stop()
})

test('all of it was done, also what a release that is refused prints', () => {
  const codes = Object.fromEntries(Object.entries(results).map(([name, { code }]) => [name, code]))
  expect(codes).toEqual({
    build: 0,
    ship: 0,
    migrate: 0,
    gate: 0,
    switch: 0,
    post: 0,
    deploy: 0,
    plan: 0,
    back: 0,
    refused: 1,
  })
})

test('a plan tells the names of variables that differ', () => {
  const [{ env: differing }] = JSON.parse(results.plan!.outputs.plan!).changes
  expect(differing).toEqual({ added: [], changed: ['SEVERAL'], removed: ['unused'] })
})

test('no log, output, state or summary holds a secret', () => {
  for (const [name, { log, outputs, state, summary }] of Object.entries(results)) {
    const lines = log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
    const found = findIn(lines.join('\n'), values())
    expect({ name, found }).toEqual({ name, found: [] })
    const kept = [JSON.stringify(outputs), JSON.stringify(state), summary].join('\n')
    expect({ name, found: findIn(kept, [...values(), told]) }).toEqual({ name, found: [] })
  }
})

test('what the app itself prints is masked for whoever reads the log', () => {
  expect(results.migrate!.log).toContain(`settings: ${told}`)
  expect(masked(results.migrate!.log)).toContain('settings: ***')
  for (const { log } of Object.values(results)) expect(findIn(masked(log), [...values(), told])).toEqual([])
})

test('no command line holds a secret, on the runner, the server or in a container', async () => {
  await server.exec(`docker run --rm node:24-alpine sh -c 'sleep 1' ${canary}`)
  const { hits, samples } = await watch!.stop()
  expect(samples).toBeGreaterThan(100)
  expect(hits.some((line) => line.includes(canary))).toBe(true)
  expect(hits.filter((line) => findIn(line, [...values(), told]).length > 0)).toEqual([])
})

/** Files of the server with a secret in them, with mode and owner. */
async function filesWith(secrets: readonly string[], where: string): Promise<string[]> {
  const program = `${where} | xargs -r -d '\\n' grep -alFf /dev/shm/patterns -- | xargs -r -d '\\n' stat -c '%a %U %n' | sort`
  await server.exec('cat > /dev/shm/patterns', { input: patterns(secrets) })
  const { stdout } = await server.exec(program)
  await server.exec('rm /dev/shm/patterns')
  return stdout.split('\n').filter((line) => line !== '')
}

test('on the server only files that the deploy user alone may read hold secrets', async () => {
  // Docker tells containerd the environment of containers under /run.
  const places =
    'find /srv /home /root /tmp /var/tmp /var/log /etc /run -xdev -type f ! -path "/run/containerd/*"'
  const files = await filesWith([...values(), told], places)
  const open = files.filter((file) => !/^600 deploy \/srv\/tiny\/(releases|runs)\//.test(file))
  expect(open).toEqual([])
  const kinds = new Set(
    files.map((file) => file.replace(/^.*\/srv\/tiny\/(releases|runs)\/[^/]*?(-\w+)?\//, '$1 ')),
  )
  expect([...kinds].sort()).toEqual(['releases env', 'runs out'])
  // The app told its own secret; nothing else of what programs printed is kept there.
  const printed = (await filesWith(values(), places)).filter((file) => file.includes('/runs/'))
  expect(printed).toEqual([])
  const { stdout } = await server.exec('find /srv/tiny/runs -name out ! -perm 600')
  expect(stdout).toBe('')
})

test('images, volumes and what Docker keeps hold none, but for the environment of containers', async () => {
  const kept = await filesWith(
    [...values(), told],
    'find /var/lib/docker -type f -cnewer /run/before ! -path "/var/lib/docker/containers/*"',
  )
  expect(kept).toEqual([])
  const { stdout } = await server.exec(
    `docker images -q 'kawasemi/*' | sort -u | xargs -n 1 docker history --no-trunc; docker images -q 'kawasemi/*' | sort -u | xargs docker image inspect`,
  )
  expect(stdout).toContain('server.js')
  expect(findIn(stdout, values())).toEqual([])
})

test('nothing stays on the runner', async () => {
  const { stdout } = await run('grep', ['-rlaFf', '-', temp, built.workspace, plain.workspace], {
    input: patterns([...values(), told]),
  })
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([])
})
