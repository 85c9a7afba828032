import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Product } from '../../lab/product'
import type { ActionResult } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { type FakeGitHub, startGitHub } from '../support/github-api'
import { type KeptIssues, keepIssues } from '../support/github-issues'
import { checkOutTiny, tinyImages } from './products/tiny'

/*
 * A product in trouble, looked at as a schedule would: a certificate near its end, then a dead cache and a full disk
 * besides, then all is well again. GitHub keeps one issue about it.
 */

jest.setTimeout(300_000)

let certificates: string
let server: LabServer
let github: FakeGitHub
let issues: KeptIssues
let product: Product
let webhook: Server
/** What the webhook was told. */
let messages: string[]
/** Ledger and files of the scheduled backup, after the first look. */
let firstBackup: string

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), 'kawasemi-certificates-'))
  makeAuthority()
  github = await startGitHub()
  issues = keepIssues()
  github.answer(issues.answer)
  messages = []
  webhook = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    messages.push(JSON.parse(text).text)
    response.end('ok')
  })
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
  // A disk of its own, which fills at once when it is made small.
  server = await startServer({ name: 'operate', images: [...tinyImages, 'redis:7-alpine'], srv: 700 })
  await must(`mkdir -p /etc/ssl/tiny`)
  await certify(5)
  product = checkOutTiny({
    server,
    settings: {
      'compose.file': 'compose.cached.yaml',
      accessories: ['postgres', 'redis'],
      'services.web.health': { path: '/health', json: { status: 'healthy', database: 'ok', cache: 'ok' } },
      'proxy.tls': { certificate: '/etc/ssl/tiny/chain.pem', key: '/etc/ssl/tiny/key.pem' },
      'bake.duration': '0s',
      'drain.timeout': '1s',
    },
  })
  await product.setUp()
  const deployed = await product.run('deploy', 300, { inputs: { version: 'v1' } })
  if (deployed.code !== 0) throw new Error(deployed.log)
}, 1_200_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
  await github?.close()
  webhook?.close()
  rmSync(certificates, { recursive: true, force: true })
}, 60_000)

async function must(program: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await server.exec(program, input === undefined ? {} : { input })
  if (code !== 0) throw new Error(`${program}: ${stdout}${stderr}`)
  return stdout
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: certificates, stdio: 'ignore' })
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

function makeAuthority(): void {
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '30',
    '-subj',
    '/CN=An authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  )
  openssl('req', ...newKey, '-subj', '/CN=tiny.example', '-keyout', 'key.pem', '-out', 'request.pem')
  writeFileSync(join(certificates, 'names'), 'subjectAltName=DNS:tiny.example\n')
}

/** Gives the server a certificate that holds for so many days. nginx takes it when it reads its files again. */
async function certify(days: number): Promise<void> {
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)]
  openssl('x509', '-req', '-in', 'request.pem', ...authority, '-extfile', 'names', '-out', 'cert.pem')
  for (const [from, to] of [
    ['cert.pem', 'chain.pem'],
    ['key.pem', 'key.pem'],
  ] as const)
    await must(`cat >/etc/ssl/tiny/${to}`, readFileSync(join(certificates, from), 'utf8'))
  await must('systemctl reload nginx')
}

/** Of this machine's own disk and memory, and of the names that no name server knows, nothing is to be said. */
function look(run: number, more: Record<string, string> = {}): Promise<ActionResult> {
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/s3cret-hook`
  return product.run('operate', run, {
    inputs: {
      skip: 'dns',
      'disk-percent': '97',
      'memory-percent': '100',
      webhook: url,
      'github-token': 'ghs_1',
      ...more,
    },
    env: { GITHUB_API_URL: github.url, NODE_EXTRA_CA_CERTS: join(certificates, 'ca.pem') },
  })
}

const troublesOf = ({ outputs, log }: ActionResult): string[] => {
  if (outputs.troubles === undefined) throw new Error(log)
  return JSON.parse(outputs.troubles).map((name: string) => name.replace(/deploy@\S+/, 'HOST'))
}

const certificate = 'certificate of tiny.example on HOST'

test('a certificate five days from its end: red, one issue, one message; and the day’s backup is made', async () => {
  const result = await look(301)
  expect(troublesOf(result)).toEqual([certificate])
  expect(result.code).toBe(1)
  expect(result.errors).toEqual([
    expect.stringMatching(/^needs a person: certificate .* is in https:.*\/issues\/1/),
  ])
  expect(issues.all).toMatchObject([{ title: 'Trouble in production of tiny', state: 'open' }])
  expect(issues.all[0]!.body).toMatch(/ends in 4 days/)
  expect(messages).toEqual([
    expect.stringMatching(/^:warning: Trouble in \*production\* of \*tiny\* .*\n• certificate/),
  ])
  const shown = result.log.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  expect([...shown, result.summary].join('\n')).not.toContain('s3cret-hook')
  expect(result.summary).toMatch(/\| ✅ \| health \| web on \S+ \| healthy through the proxy \|/)
  expect(result.summary).toMatch(/\| ✅ \| services \| .* \| all up \|/)
  firstBackup = await must(
    'ls /srv/tiny/backups; grep -h -o "backups/scheduled[^\\"]*" /srv/tiny/ledger.jsonl',
  )
  expect(firstBackup).toMatch(/^scheduled\.\d+\.dump\nscheduled\.\d+\.restore\n/m)
})

test('a dead cache and a full disk besides: the same issue, with a comment; nothing is said twice', async () => {
  await must('docker stop -t 1 $(docker ps -q --filter label=com.docker.compose.service=redis)')
  await must(
    `mount -o remount,size=150m /srv && left=$(df -k --output=avail /srv | tail -n 1) &&
     fallocate -l $(((left - 4000) * 1024)) /srv/filler`,
  )
  const result = await look(302)
  const more = ['services of HOST', 'health of web on HOST', 'disk of /srv/tiny on HOST']
  expect(troublesOf(result).toSorted()).toEqual([certificate, ...more].toSorted())
  expect(result.code).toBe(1)
  expect(issues.all).toHaveLength(1)
  expect(issues.all[0]!.body).toMatch(/redis has no container that runs/)
  expect(issues.all[0]!.body).toMatch(/status 503, expected 2xx/)
  expect(issues.comments).toEqual([expect.stringMatching(/^New: .*disk of \/srv\/tiny/)])
  expect(messages).toHaveLength(2)

  expect(troublesOf(await look(303))).toHaveLength(4)
  expect(issues.comments).toHaveLength(1)
  expect(messages).toHaveLength(2)
})

test('a set-up says the same of the server, and goes on', async () => {
  await must(`useradd --create-home ops && cp -r ~deploy/.ssh ~ops && chown -R ops: ~ops
    echo 'ops ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/ops`)
  const result = await product.run('setup-host', 304, { inputs: { mode: 'apply', admin: 'ops' } })
  if (result.code !== 0) throw new Error(result.log)
  expect(result.warnings).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^disk of \/srv\/tiny on ops@\S+: 9\d %25 used/),
      expect.stringMatching(/^certificate of tiny\.example on ops@\S+: ends in 4 days.* renew it/),
    ]),
  )
  expect(result.log).toMatch(/^clock of ops@\S+: within 30 s/m)
})

test('all is well again: green, the issue is closed with a comment, and that is the end of it', async () => {
  await must('docker start $(docker ps -aq --filter label=com.docker.compose.service=redis)')
  await must('rm /srv/filler; mount -o remount,size=700m /srv')
  await certify(60)
  const result = await look(305)
  expect(troublesOf(result)).toEqual([])
  expect(result.code).toBe(0)
  expect(issues.all).toMatchObject([{ state: 'closed' }])
  expect(issues.comments.at(-1)).toMatch(/^All is well again/)
  expect(messages.at(-1)).toMatch(/^:white_check_mark:/)
  expect(github.wrong).toEqual([])
  // One a day is enough.
  expect(
    await must('ls /srv/tiny/backups; grep -h -o "backups/scheduled[^\\"]*" /srv/tiny/ledger.jsonl'),
  ).toBe(firstBackup)
})

test('the scheduled backup puts the database back', async () => {
  const sql = (text: string) =>
    must(
      `docker exec $(docker ps -q --filter label=com.docker.compose.service=postgres) psql -U tiny -At -c "${text}" tiny`,
    )
  await sql('DROP TABLE notes')
  await must("su deploy -c 'sh /srv/tiny/backups/scheduled.*.restore'")
  expect(await sql('SELECT count(*) FROM notes')).toBe('0\n')
})

test('a second server that is gone is what the issue is about; the first is looked at all the same', async () => {
  const file = join(product.workspace, 'kawasemi.yml')
  const document = parseDocument(readFileSync(file, 'utf8'))
  document.addIn(['hosts'], 'deploy@127.0.0.1:1')
  writeFileSync(file, document.toString())
  const pinned = server.hostKeys + server.hostKeys.replace(/^\S+/, '[127.0.0.1]:1')
  const result = await look(306, { 'known-hosts': pinned })
  expect(troublesOf(result)).toEqual(['host of HOST'])
  expect(result.summary).toMatch(/\| ❌ \| host \| deploy\\@127\.0\.0\.1:1 \| .*refuses connections/)
  expect(result.summary).toMatch(/\| ✅ \| health \| web on /)
  expect(issues.all).toMatchObject([{ state: 'closed' }, { state: 'open' }])
})
