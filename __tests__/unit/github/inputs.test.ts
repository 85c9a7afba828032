import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { readInputs } from '../../../src/github/inputs'
import { NothingToDo } from '../../../src/github/pull-request'
import { Secrets } from '../../../src/github/secrets'
import { Trouble } from '../../../src/release/trouble'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

/** Gives inputs the way the runner does. */
function give(inputs: Record<string, string>): void {
  for (const [name, value] of Object.entries(inputs)) process.env[`INPUT_${name.toUpperCase()}`] = value
}

const common = {
  environment: 'production',
  'ssh-key': 'the key\nof two lines\n',
  'known-hosts': 'host ssh-ed25519 AAAA',
}
const quiet = () => new Secrets(() => {})

function troubleOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof Trouble) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

test('everything a deploy takes', () => {
  give({
    ...common,
    'ssh-passphrase': ' with blanks ',
    env: 'A=1\nB="x y"',
    version: 'v1.2.3',
    'build-secrets': 'npm.token=abcd',
  })
  expect(readInputs.deploy(quiet())).toEqual({
    config: 'kawasemi.yml',
    environment: 'production',
    env: { A: '1', B: 'x y' },
    ssh: { key: 'the key\nof two lines\n', passphrase: ' with blanks ', knownHosts: 'host ssh-ed25519 AAAA' },
    mode: 'apply',
    version: 'v1.2.3',
    buildSecrets: { 'npm.token': 'abcd' },
    buildSecretFiles: {},
  })
})

test('a deploy of what an earlier job built', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  give({ ...common, layout: 'kawasemi-layout', digests: JSON.stringify({ web: digest }) })
  const { layout, digests } = readInputs.deploy(quiet())
  expect({ layout, ...digests }).toEqual({ layout: 'kawasemi-layout', web: digest })
})

test('a plan without the key is nothing to do only where GitHub gives no secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-event-'))
  const event = (from: string) => {
    const pull = {
      number: 1,
      head: { sha: 'a'.repeat(40), repo: { full_name: from } },
      base: { repo: { full_name: 'example/shop' } },
    }
    writeFileSync(join(folder, 'event.json'), JSON.stringify({ pull_request: pull }))
  }
  process.env.GITHUB_EVENT_NAME = 'pull_request'
  process.env.GITHUB_EVENT_PATH = join(folder, 'event.json')
  give({ ...common, 'ssh-key': '', mode: 'plan' })
  event('stranger/shop')
  expect(() => readInputs.deploy(quiet())).toThrow(NothingToDo)
  give({ mode: 'apply' })
  expect(troubleOf(() => readInputs.deploy(quiet()))).toMatch(/^Input ssh-key: is missing/)
  give({ mode: 'plan' })
  event('example/shop')
  expect(troubleOf(() => readInputs.deploy(quiet()))).toMatch(/^Input ssh-key: is missing/)
  rmSync(folder, { recursive: true })
})

test('a rollback goes back, unless only a plan is asked for', () => {
  give({ ...common })
  expect(readInputs.rollback(quiet()).mode).toBe('apply')
  give({ ...common, mode: 'plan' })
  expect(readInputs.rollback(quiet()).mode).toBe('plan')
  give({ ...common, mode: 'dry' })
  expect(troubleOf(() => readInputs.rollback(quiet()))).toMatch(/^Input mode: is not `plan` or `apply`/)
})

const called = 'Where a workflow of Kawasemi is called, it is'
const unset = 'not set for this environment, or not handed over.'
test.each([
  ['environment', ''],
  ['ssh-key', ` ${called} the secret SSH_KEY, or for setup.yml ADMIN_SSH_KEY: ${unset}`],
  ['known-hosts', ` ${called} the variable KNOWN_HOSTS: ${unset}`],
])('a missing %s is named, and where it comes from', (name, where) => {
  give({ ...common, [name]: '  \n' })
  expect(troubleOf(() => readInputs.deploy(quiet()))).toBe(
    `Input ${name}: is missing. Give \`${name}\` under \`with:\` in the workflow.${where}`,
  )
})

test('secrets are masked even when another input is wrong', () => {
  const masks: string[] = []
  give({ 'ssh-key': 'line one\nline two', 'ssh-passphrase': 'open sesame', env: 'A=hunter2000' })
  expect(() => readInputs.deploy(new Secrets((value) => masks.push(value)))).toThrow('Input environment')
  expect(masks).toEqual(expect.arrayContaining(['line one', 'line two', 'open sesame', 'hunter2000']))
})

test('names of ours are refused in env', () => {
  give({ ...common, env: 'KAWASEMI_SLOT=blue' })
  expect(troubleOf(() => readInputs.deploy(quiet()))).toMatch(/^Input env, line 1: has a key/)
})

test('building needs no server', () => {
  give({ environment: 'staging' })
  expect(readInputs['build-image'](quiet())).toEqual({
    config: 'kawasemi.yml',
    environment: 'staging',
    env: {},
    buildSecrets: {},
    buildSecretFiles: {},
    layout: 'kawasemi-layout',
  })
})

test('a registry, with the token of the run where that is known there', () => {
  const of = (inputs: Record<string, string>) => {
    process.env = { ...before }
    give({ environment: 'staging', 'registry-user': 'me', 'github-token': 'ghs_token', ...inputs })
    return readInputs['build-image'](quiet()).registry
  }
  expect(of({})).toBeUndefined()
  expect(of({ registry: 'ghcr.io/Team/Shop' })).toEqual({
    ...{ host: 'ghcr.io', at: 'ghcr.io/team/shop', user: 'me', password: 'ghs_token', cache: true },
  })
  expect(of({ registry: 'localhost:5000/shop', 'registry-password': 'pw', cache: 'off' })).toEqual({
    ...{ host: 'localhost:5000', at: 'localhost:5000/shop', user: 'me', password: 'pw', cache: false },
  })
  const leak = () => of({ registry: 'ghcr.io.evil.example/shop' })
  expect(troubleOf(leak)).toMatch(/^Input registry-password: is missing/)
  expect(troubleOf(() => of({ registry: 'docker.io/team/shop' }))).toMatch(/Docker Hub/)
})

test('servers pull from a registry only where that is said', () => {
  const registry = { registry: 'r.example/shop', 'registry-user': 'me', 'registry-password': 'pw' }
  give({ ...common, ...registry })
  expect(readInputs.deploy(quiet())).not.toHaveProperty('pullFrom')
  give({ transport: 'registry' })
  const { pullFrom } = readInputs.deploy(quiet())
  expect(pullFrom).toMatchObject({ host: 'r.example', at: 'r.example/shop', user: 'me', password: 'pw' })
  expect(readInputs['ssh-deploy'](quiet()).pullFrom).toEqual(pullFrom)
  give({ registry: '' })
  expect(troubleOf(() => readInputs.deploy(quiet()))).toMatch(/^Input registry: is missing/)
})

test('the password of a registry is masked, also in the form in which it travels', () => {
  const masks: string[] = []
  give({ 'registry-user': 'me', 'registry-password': 'hunter2000' })
  expect(() => readInputs['build-image'](new Secrets((value) => masks.push(value)))).toThrow(
    'Input environment',
  )
  expect(masks).toEqual(
    expect.arrayContaining(['hunter2000', Buffer.from('me:hunter2000').toString('base64')]),
  )
})

test('whatever a registry is called, what is read is a name that Docker takes, at that registry', () => {
  const piece = fc.constantFrom(
    'ghcr.io',
    'a',
    'B',
    '_',
    '__',
    '.',
    ':',
    '/',
    '5',
    '@',
    ' ',
    '-',
    '[::1]',
    'localhost',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      give({ environment: 'x', 'registry-user': 'me', 'registry-password': 'pw', registry: pieces.join('') })
      let found: { at: string; host: string } | undefined
      try {
        found = readInputs['build-image'](quiet()).registry
      } catch (error) {
        expect(error).toBeInstanceOf(Trouble)
      }
      if (!found) return
      expect(found.at.startsWith(`${found.host}/`)).toBe(true)
      expect(found.host).toMatch(/^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(:\d+)?$/)
      expect(found.at.slice(found.host.length)).toMatch(/^(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/)
    }),
    { numRuns: 2000 },
  )
})

test('digests as build-image gave them', () => {
  const digest = `sha256:${'a1'.repeat(32)}`
  give({ ...common, digests: JSON.stringify({ web: digest }) })
  expect({ ...readInputs['ssh-deploy'](quiet()).digests }).toEqual({ web: digest })
})

test.each([
  ['deploy', 'version', '1.0; reboot'],
  ['deploy', 'version', '-rf'],
  ['deploy', 'environment', '../etc'],
  ['deploy', 'config', 'a\nb'],
  ['deploy', 'platform', 'linux/amd64,linux/arm64'],
  ['deploy', 'registry', 'team/shop'],
  ['deploy', 'transport', 'carrier pigeon'],
  ['deploy', 'registry', 'ghcr.io/team/shop:v1'],
  ['build-image', 'registry', 'https://ghcr.io/team/shop'],
  ['ssh-deploy', 'digests', '["sha256:00"]'],
  ['ssh-deploy', 'digests', '{"web": "latest"}'],
  ['ssh-deploy', 'digests', `{"../web": "sha256:${'0'.repeat(64)}"}`],
  ['run-migrations', 'release', '$(id)'],
  ['rollback', 'to', '../1'],
  ['rollback', 'reason', 'two\nlines'],
  ['health-gate', 'url', 'file:///etc/passwd'],
  ['health-gate', 'url', 'https://user:pass@shop.example/'],
] as const)('%s refuses %s of %j by name', (action, name, value) => {
  give({ ...common, [name]: value })
  expect(troubleOf(() => readInputs[action](quiet()))).toMatch(new RegExp(`^Input ${name}: is not `))
})

test('a probe of any address needs no server', () => {
  give({
    url: 'https://shop.example/health',
    status: '200, 204',
    json: '{"checks.database": true}',
    body: 'o+k',
    deadline: '2m',
  })
  expect(readInputs['health-gate'](quiet())).toEqual({
    kind: 'url',
    url: 'https://shop.example/health',
    health: { status: [200, 204], headers: {}, json: { 'checks.database': true }, body: 'o+k' },
    gate: { deadline: 120_000, interval: 1000, timeout: 5000, successes: 2 },
  })
})

test.each([
  ['status', '99'],
  ['status', '200 OK'],
  ['json', '[1]'],
  ['json', '{"a": {"b": 1}}'],
  ['body', '('],
  ['deadline', '60'],
  ['interval', '0s'],
  ['successes', '0'],
])('a probe refuses %s of %j by name', (name, value) => {
  give({ url: 'https://shop.example/', [name]: value })
  expect(troubleOf(() => readInputs['health-gate'](quiet()))).toMatch(new RegExp(`^Input ${name}: is not `))
})

test('without an address the gate needs a server, and says that an address would do', () => {
  expect(troubleOf(() => readInputs['health-gate'](quiet()))).toBe(
    'Input environment: is missing. Give `environment`, or `url`, under `with:` in the workflow.',
  )
})

describe('setup-host', () => {
  const mine = { environment: 'production', 'deploy-key': ' ssh-ed25519 AAAA ci \n' }

  test('only plans unless told otherwise, and comes in as root', () => {
    give({ ...mine, 'ssh-key': 'key', 'known-hosts': 'pin' })
    expect(readInputs['setup-host'](quiet())).toEqual({
      config: 'kawasemi.yml',
      environment: 'production',
      env: {},
      ssh: { key: 'key', knownHosts: 'pin' },
      mode: 'plan',
      admin: 'root',
      deployKey: 'ssh-ed25519 AAAA ci',
    })
  })

  test('needs no key to a server where it prints a program', () => {
    give({ ...mine, mode: 'print' })
    expect(readInputs['setup-host'](quiet())).toMatchObject({ mode: 'print' })
    give({ ...mine, mode: 'plan' })
    expect(troubleOf(() => readInputs['setup-host'](quiet()))).toMatch(
      /^Input ssh-key: is missing\. Give `ssh-key`, or `mode: print`, under `with:` in the workflow\. .* ADMIN_SSH_KEY: /,
    )
  })

  test.each([
    ['mode', 'do'],
    ['admin', 'ops; reboot'],
    ['admin', '-oProxyCommand=x'],
  ])('refuses %s of %j by name', (name, value) => {
    give({ ...mine, 'ssh-key': 'key', 'known-hosts': 'pin', [name]: value })
    expect(troubleOf(() => readInputs['setup-host'](quiet()))).toMatch(new RegExp(`^Input ${name}: is not `))
  })
})

test('a look at a running app has limits, and can leave checks out', () => {
  give({ ...common, skip: 'dns, units', webhook: 'https://hooks.example/x', 'disk-percent': '90' })
  const masked: string[] = []
  const read = readInputs.operate(new Secrets((value) => masked.push(value)))
  expect(read.limits).toEqual({
    certificateDays: 14,
    diskPercent: 90,
    memoryPercent: 95,
    clockSeconds: 30,
    backupHours: 20,
    keepBackups: 7,
  })
  expect(read).toMatchObject({ skip: ['dns', 'units'], webhook: 'https://hooks.example/x' })
  expect(masked).toContain('https://hooks.example/x')
})

test.each([
  [{ 'disk-percent': '101' }, /disk-percent: is not a number from 1 to 100/],
  [{ 'keep-backups': '0' }, /keep-backups: is not a number from 1 to 365/],
  [{ 'certificate-days': 'two weeks' }, /certificate-days: is not a whole number/],
  [{ skip: 'dsn' }, /skip: names a check that there is not\. Give some of: live, health/],
  [{ webhook: 'hooks.example/s3cret' }, /^Input webhook: is not an http or https address/],
])('%j is refused', (inputs, message) => {
  give({ ...common, ...inputs })
  const said = troubleOf(() => readInputs.operate(quiet()))
  expect(said).toMatch(message)
  expect(said).not.toContain('s3cret')
})
