import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { request } from 'undici'
import { checkOut, type Product } from '../../lab/product'
import { until } from '../../lab/run'
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
const short = { 'gate.deadline': '3m', 'bake.duration': '1s', 'drain.timeout': '1s' }
const python = { PIP_CERT: certificates, WEB_CONCURRENCY: '1' }

/** The products besides touconnect: what they need on one server with the others, and where their health is. */
const others: Record<string, Other> = {
  'meeting-room': {
    settings: {},
    env: {
      ...python,
      DATABASE_URL: `postgresql://meeting_user:${encodeURIComponent(`secure "p4ss' word`)}@localhost/meeting_rooms`,
      SECRET_KEY: 'of a test',
      TZ: 'Asia/Tokyo',
      LOG_DIR: 'logs',
      // touconnect's Redis is the server's own.
      REDIS_PORT: '6380',
      REDIS_PASSWORD: `p4ss "word"`,
    },
    path: '/health',
  },
  'td-buddy': {
    settings: {},
    env: { DB_PASSWORD: 'p4ss word', CLAUDE_API_KEY: 'sk-of-nobody' },
    path: '/health',
  },
  'wakakusa-shift': {
    settings: { 'setup.database': true, 'setup.packages': ['redis-server'] },
    env: {
      ...python,
      DJANGO_SECRET_KEY: 'k7Q!x2-of-a-production-that-nobody-else-has-3f9zLw_b8RtVm',
      DB_HOST: 'localhost',
      DB_PORT: '3306',
      DB_NAME: 'wakakusa_shift_db',
      DB_USER: 'wakakusa_user',
      DB_PASSWORD: `p4ss "word" \\ it's $HOME`,
      REDIS_URL: 'redis://127.0.0.1:6379/1',
      ALLOWED_HOSTS: 'wakakusa-shift.example',
      USE_HTTPS: 'true',
    },
    path: '/health/',
  },
  thinkring: {
    // Its nginx is in Compose, and port 80 the host's.
    settings: { 'proxy.listen': 8081 },
    env: { SECRET_KEY: 'se$cret "key"', JWT_SECRET_KEY: 'j'.repeat(32), DB_PASSWORD: 'p4ss word' },
    port: 8081,
    path: '/api/v1/health/',
  },
}

interface Other {
  settings: Record<string, unknown>
  env: Record<string, string>
  port?: number
  path: string
}

let server: LabServer
const products: Record<string, Product> = {}
const checkedOut: Product[] = []
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
  for (const each of [...checkedOut, ...Object.values(products)]) each.remove()
  await server?.stop()
})

const figures: string[] = []
function minutes(what: string, began: number): void {
  figures.push(`${what}: ${((performance.now() - began) / 60_000).toFixed(2)} min`)
}
afterAll(() => console.log(figures.join('\n')))

/** What a program says, run as root; it has to end well. */
async function say(program: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

function touconnect(settings: Record<string, unknown> = {}): Product {
  const product = checkOut({
    example: 'touconnect',
    server,
    env: python,
    settings: { ...short, 'setup.packages': ['redis-server', 'ufw'], 'setup.firewall': 'off', ...settings },
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
  // Databases write to theirs whenever they like.
  const data = ['docker', 'postgresql', 'mysql', 'redis', 'systemd/timers'].map((name) => `/var/lib/${name}`)
  const left = ['/proc', '/sys', '/run', '/tmp', '/var/log', ...data]
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
    await say(`sed '/^ID_LIKE=/d; s/^ID=.*/ID=slackware/; s/^PRETTY_NAME=.*/PRETTY_NAME="Slackware 15.0"/' /etc/os-release >/run/other
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
      /📋 Plan: Host set-up of touconnect to production[\s\S]*\| 2 \| install the packages/,
    )
    expect(difference(before, await stateOfServer())).toEqual([])
  })

  test('before an authority is asked, it says which domains do not lead here', async () => {
    const result = await setUp(touconnect({ 'proxy.tls': { acme: {} } }), 'plan')
    expect(changesOf(result).join('\n')).toMatch(/get a certificate for touconnect\.example/)
    expect(result.warnings.join('\n')).toMatch(
      /dns of touconnect\.example: (has no A or AAAA record\. Give it records that lead to|the name servers)/,
    )
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

describe('the firewall', () => {
  /** New connections do not come in, old ones go on: as with a mistake of somebody's in ufw's own files. */
  const shutOut = '-A ufw-before-input -p tcp --dport 22 --syn -j DROP'
  const withFirewall = { 'setup.firewall': 'ufw' }
  const ufw = () => say('ufw status | head -n 1')
  const undo = 'kawasemi-firewall-undo'
  const standsReady = `ls /etc/systemd/system/*/${undo}.service 2>/dev/null || :`

  describe('with which no new connection comes in', () => {
    beforeAll(() => say(`sed -i "/^# End required lines/a \\${shutOut}" /etc/ufw/before.rules`))
    afterAll(() => say("sed -i '/--syn -j DROP/d' /etc/ufw/before.rules"))

    // ufw leaves its empty chains behind when it is turned off.
    const rules = () =>
      say('cat /etc/ufw/user.rules /etc/ufw/user6.rules /etc/ufw/ufw.conf; iptables -S INPUT | grep -v ufw-')

    test('is taken back, and the cause is said', async () => {
      const before = await rules()
      expectRed(
        await setUp(touconnect(withFirewall), 'apply'),
        /no new connection comes in with the firewall on/,
      )
      expect(await ufw()).toBe('Status: inactive')
      expect(await rules()).toBe(before)
    })

    test('goes back by itself when the run dies, and also when the power fails', async () => {
      const before = await rules()
      const doomed = start(touconnect(withFirewall), 'apply')
      await until(
        async () => (await ufw()) === 'Status: active',
        60,
        () => 'the firewall was not turned on',
      )
      doomed.kill('SIGKILL')
      await doomed.done
      const ended = async () => (await server.exec('flock -n /run/kawasemi-errand.lock true')).code === 0
      await until(ended, 60, () => 'the program does not end')
      expect(await say(`systemctl is-active ${undo}.timer`)).toBe('active')
      // What the timer would start is what a start of the server does first.
      await server.reboot({ powerCut: true })
      await until(
        async () => (await say(standsReady)) === '',
        30,
        () => 'nothing was taken back',
      )
      expect(await ufw()).toBe('Status: inactive')
      expect(await rules()).toBe(before)
    })
  })

  test('is on once a new connection came in, and nothing stands ready to take it back', async () => {
    const product = touconnect(withFirewall)
    products.touconnect = product
    const lines = ['let TCP port 22 through the firewall', 'let TCP port 80 through the firewall']
    expect(changesOf(await setUp(product, 'apply'))).toEqual([
      ...lines,
      'let TCP port 443 through the firewall',
      'turn the firewall on',
    ])
    expect(await ufw()).toBe('Status: active')
    expect(await say('ls /etc/systemd/system; systemctl list-units --all --plain')).not.toContain(undo)
    await server.reboot({ powerCut: true })
    expect(await ufw()).toBe('Status: active')
    expect(changesOf(await setUp(product, 'apply'))).toEqual([])
  })
})

describe('all five products on this one server', () => {
  let foreign: string[]
  const neighbour = `
    echo 'server { listen 80; server_name neighbour.example; return 200 "the neighbour"; }' >/etc/nginx/sites-enabled/neighbour
    nginx -t && systemctl reload nginx
    printf '[Socket]\nListenStream=9000\nAccept=yes\n' >/etc/systemd/system/neighbour.socket
    printf '[Service]\nExecStart=/bin/echo the neighbour\nStandardOutput=socket\n' >/etc/systemd/system/neighbour@.service
    systemctl daemon-reload && systemctl start neighbour.socket
    ufw allow 9000/tcp && ufw deny 9100/tcp && iptables -I INPUT -p tcp --dport 9200 -j REJECT`

  /** What the neighbour's things say and are. */
  async function neighbours(): Promise<string[]> {
    const site = await request(`http://127.0.0.1:${server.httpPort}/`, {
      headers: { host: 'neighbour.example' },
    })
    const unit = await new Promise<string>((resolve, reject) => {
      const socket = connect(9000, server.address)
      let said = ''
      socket.on('data', (data) => {
        said += data
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(said))
    })
    return [
      `${site.statusCode} ${await site.body.text()}`,
      unit,
      await say('iptables -S INPUT | grep 9200; iptables -S ufw-user-input | grep -E "9000|9100"'),
      await say(
        'cat /etc/nginx/sites-enabled/neighbour /etc/systemd/system/neighbour*; ls -l /etc/systemd/system/neighbour*',
      ),
    ]
  }

  beforeAll(async () => {
    await say(neighbour)
    await until(
      async () => (await neighbours())[0]!.startsWith('200'),
      20,
      () => 'the neighbour does not answer',
    )
    foreign = await neighbours()
    for (const [name, { settings, env }] of Object.entries(others)) {
      products[name] = checkOut({
        example: name,
        server,
        env: { ...env },
        settings: { ...short, ...settings },
      })
    }
  })

  test.each([
    [
      'a slot',
      'td-buddy',
      { 'services.frontend.slots': { blue: 13000, green: 11100 } },
      /port 11100, for td-buddy \(frontend, green\), belongs to touconnect \(web, green\)/,
    ],
    ['the site', 'thinkring', { 'proxy.listen': 80 }, /port 80, for nginx of thinkring, belongs to nginx/],
  ])('a clash of ports is named before anything is changed: %s', async (_, example, settings, cause) => {
    const before = await stateOfServer()
    const product = checkOut({ example, server, env: others[example]!.env, settings })
    checkedOut.push(product)
    expectRed(await setUp(product, 'apply'), cause)
    expect(difference(before, await stateOfServer())).toEqual([])
  })

  test.each(Object.keys(others))('%s is set up as planned, and a second time not at all', async (name) => {
    const product = products[name]!
    const planned = changesOf(await setUp(product, 'plan'))
    const began = performance.now()
    expect(changesOf(await setUp(product, 'apply'))).toEqual(planned)
    minutes(`${name} set up`, began)
    const before = await stateOfServer()
    expect(changesOf(await setUp(product, 'apply'))).toEqual([])
    expect(difference(before, await stateOfServer())).toEqual([])
  })

  test('all are deployed at the same time', async () => {
    const deploys = Object.entries(products).map(async ([name, product]) => {
      const began = performance.now()
      run += 1
      const result = await product.run('deploy', run)
      minutes(`${name} deployed with the others`, began)
      return result
    })
    for (const result of await Promise.all(deploys)) expectGreen(result)
    for (const name of Object.keys(products)) {
      const { port = 80, path } = others[name] ?? { path: '/health' }
      const answer = await request(`http://${server.address}:${port}${path}`, {
        headers: { host: `${name}.example`, 'x-forwarded-proto': 'https' },
      })
      expect(`${name}: ${answer.statusCode} ${await answer.body.text()}`).toMatch(/: 200 .*healthy/)
    }
  })

  test('while they run there is nothing left to set up, and the neighbour answers as ever', async () => {
    const results = await Promise.all(Object.values(products).map((product) => setUp(product, 'plan')))
    expect(results.map(changesOf)).toEqual(results.map(() => []))
    expect(await neighbours()).toEqual(foreign)
  })
})
