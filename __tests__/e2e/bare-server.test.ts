import { readFileSync } from 'node:fs'
import { checkOut, type Product } from '../../lab/product'
import type { ActionResult } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { expectGreen, expectRed } from './support/verdict'

/*
 * A server that nobody prepared, from its first plan to all five products on it. Told in order: each test goes on where
 * the one before it stopped.
 */

jest.setTimeout(5 * 60_000)

/** Certificates of this machine's network, as a company's server has them. */
const certificates = '/etc/ssl/company.pem'
const short = { 'gate.deadline': '60s', 'bake.duration': '1s', 'drain.timeout': '1s' }
const python = { PIP_CERT: certificates, WEB_CONCURRENCY: '1' }

let server: LabServer
const products: Record<string, Product> = {}
let run = 1

beforeAll(async () => {
  server = await startServer({
    name: 'bare',
    bare: true,
    images: ['postgres:15-alpine', 'postgres:15', 'redis:7-alpine', 'nginx:alpine'],
  })
  const own = readFileSync(process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt')
  await server.exec(`mkdir -p /etc/ssl && cat >${certificates}`, { input: own })
}, 15 * 60_000)

afterAll(async () => {
  for (const each of Object.values(products)) each.remove()
  await server?.stop()
})

/** What a program says, run as root; it has to end well. */
async function say(program: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

const checkedOut: Product[] = []
afterAll(() => {
  for (const each of checkedOut) each.remove()
})

function touconnect(settings: Record<string, unknown> = {}): Product {
  const product = checkOut({
    example: 'touconnect',
    server,
    env: python,
    settings: { ...short, 'setup.packages': ['redis-server'], ...settings },
  })
  checkedOut.push(product)
  return product
}

function start(product: Product, mode: 'plan' | 'apply', more: Record<string, string> = {}) {
  run += 1
  return product.start('setup-host', run, {
    inputs: { mode, admin: 'ops', 'deploy-key': server.publicKey, ...more },
  })
}

function setUp(...args: Parameters<typeof start>): Promise<ActionResult> {
  return start(...args).done
}

/** The lines of what was changed, or would be. */
function changesOf(result: ActionResult): string[] {
  expectGreen(result)
  const [host] = JSON.parse(result.outputs.report!)
  expect(result.outputs.changes).toBe(String(host.changes.length))
  return host.changes
}

/** All that a set-up could change, one line for each thing. */
async function stateOfServer(): Promise<string[]> {
  const left = ['/proc', '/sys', '/run', '/tmp', '/var/log', '/var/lib/docker', '/var/lib/systemd/timers']
  const text = await say(`
    find / -xdev \\( ${left.map((path) => `-path ${path}`).join(' -o ')} \\) -prune -o \\
      -printf '%p %y %m %u:%g %s %T@ %l\\n' | sort
    find /etc -xdev -type f -exec cksum {} + | sort -k 3
    systemctl list-unit-files --no-legend --no-pager --plain
    systemctl list-units --all --no-legend --no-pager --plain | awk '{ print $1, $2, $3, $4 }' |
      grep -vE '^(session-|user@|user-|run-|dev-|sys-)'
    ss -Hltn 2>/dev/null | sort || :
    iptables-save 2>/dev/null | grep -v '^#' | sed 's/\\[.*\\]//' || :`)
  return text.split('\n')
}

/** What is in one but not in the other. */
function difference(before: string[], after: string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)]
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ]
}

describe('what cannot be done is said, and leaves the server as it was', () => {
  let before: string[]
  beforeAll(async () => {
    before = await stateOfServer()
  })

  test('a user who may not use sudo', async () => {
    expectRed(
      await setUp(touconnect(), 'apply', { admin: 'guest' }),
      /guest may not use sudo without a password/,
    )
  })

  test('another distribution', async () => {
    await say(`sed 's/^ID=.*/ID=slackware/; s/^PRETTY_NAME=.*/PRETTY_NAME="Slackware 15.0"/' /etc/os-release >/run/other
      mount --bind /run/other /usr/lib/os-release`)
    try {
      expectRed(await setUp(touconnect(), 'apply'), /this server runs Slackware 15\.0/)
    } finally {
      await say('umount /usr/lib/os-release')
    }
  })

  test('a package that does not exist', async () => {
    expectRed(
      await setUp(touconnect({ 'setup.packages': ['redis-server', 'no-such-thing'] }), 'apply'),
      /there is no package no-such-thing/,
    )
  })

  test('a port that something else holds', async () => {
    await say(`systemd-run --quiet --unit=squatter perl -MIO::Socket::INET -e \\
      'my $s = IO::Socket::INET->new(LocalPort => 80, Listen => 1, ReuseAddr => 1) or die; sleep'
      until perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new("127.0.0.1:80")'; do sleep 0.1; done`)
    try {
      expectRed(await setUp(touconnect(), 'apply'), /port 80, for nginx, is held by perl .*squatter\.service/)
    } finally {
      await say('systemctl stop squatter')
    }
  })

  test('an SSH server that would not let the deploy user in', async () => {
    await say(
      'mkdir /run/kept; cp -p /etc/ssh/sshd_config.d/lab.conf /run/kept; cp -a /run/kept/lab.conf /run/one',
    )
    await say(`mount --bind /run/one /etc/ssh/sshd_config.d/lab.conf; echo 'AllowUsers ops guest' >>/run/one`)
    try {
      expectRed(await setUp(touconnect(), 'apply'), /AllowUsers; add deploy there/)
    } finally {
      await say('umount /etc/ssh/sshd_config.d/lab.conf')
    }
  })

  test('after all of that it is as it was', async () => {
    expect(difference(before, await stateOfServer())).toEqual([])
  })
})

describe('the first product', () => {
  let planned: string[]

  test('a plan says what is missing, and changes nothing', async () => {
    const before = await stateOfServer()
    const result = await setUp(touconnect(), 'plan')
    planned = changesOf(result)
    expect(planned).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^install the packages nginx .*redis-server/),
        'make the user deploy',
        'write the site /etc/nginx/conf.d/touconnect.conf',
      ]),
    )
    expect(result.summary).toMatch(
      /📋 Plan: Host set-up of touconnect to production[\s\S]*\| 1 \| install the packages/,
    )
    expect(difference(before, await stateOfServer())).toEqual([])
  })

  test('apply does just that', async () => {
    products.touconnect = touconnect()
    const before = await stateOfServer()
    const began = performance.now()
    expect(changesOf(await setUp(products.touconnect, 'apply'))).toEqual(planned)
    minutes('touconnect set up', began)
    expect(await say('runuser -u deploy -- id -un; systemctl is-active nginx redis-server')).toBe(
      'deploy\nactive\nactive',
    )
    // What the other tests compare would tell.
    expect(difference(before, await stateOfServer()).join('\n')).toMatch(
      /\/srv\/touconnect\/slots\/blue\/up /,
    )
  })

  test('a second apply finds nothing to change, and changes nothing', async () => {
    const before = await stateOfServer()
    const result = await setUp(products.touconnect!, 'apply')
    expect(changesOf(result)).toEqual([])
    expect(result.log).toMatch(/nothing to change/)
    expect(difference(before, await stateOfServer())).toEqual([])
  })
})

const figures: string[] = []
function minutes(what: string, began: number): void {
  figures.push(`${what}: ${((performance.now() - began) / 60_000).toFixed(2)} min`)
}
afterAll(() => console.log(figures.join('\n')))
