import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import type { Product } from '../../lab/product'
import type { ActionResult } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { hostKey, makeKey } from '../unit/host/keys'
import { writeLayout } from '../unit/images/layout-fixture'
import { checkOutTiny, tinyImages } from './products/tiny'
import { stateOf } from './support/host-state'

jest.setTimeout(120_000)

let server: LabServer
let product: Product
let run = 200

beforeAll(async () => {
  server = await startServer({ name: 'errors', images: tinyImages, memory: 2048, srv: 512 })
  product = checkOutTiny({ server })
  await product.setUp()
  const { code, log } = await product.run('deploy', 100, { inputs: { version: 'v1' } })
  if (code !== 0) throw new Error(log)
}, 300_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
})

interface Attempt {
  of?: Product
  action?: string
  inputs?: Record<string, string>
  onLine?: (line: string) => void
}

/** Runs an action that has to fail with one cause, shown to a person, and to leave the server as it was: what it says. */
async function refusal({ of = product, action = 'deploy', inputs = {}, onLine }: Attempt): Promise<string> {
  const before = await stateOf(server)
  run += 1
  const result = await of.run(action, run, {
    inputs: { version: 'v2', ...inputs },
    ...(onLine && { onLine }),
  })
  const complaint = complaintOf(result)
  expect(await stateOf(server)).toEqual(before)
  return complaint
}

function complaintOf({ code, log, errors, summary }: ActionResult): string {
  expect(code).toBe(1)
  expect(errors).toHaveLength(1)
  expect(log).not.toMatch(/^ +at /m)
  expect(log).not.toContain('bug in Kawasemi')
  const [line = ''] = log.split('\n').filter((each) => each.startsWith('::error'))
  const title = decode(/[ ,]title=([^,:]*)/.exec(line)?.[1] ?? '')
  const message = decode(errors[0]!)
  expect(title).not.toBe('')
  // For people: it ends like a sentence, and what it says is in the summary too.
  expect(message).toMatch(/[.)`"]$/)
  expect(summary).toMatch(/^## ❌ .* failed$/m)
  return `${title}: ${message}`
}

function decode(text: string): string {
  return text
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%25', '%')
}

/** The same checkout with another kawasemi.yml or compose file, for as long as the work lasts. */
async function changed<Result>(
  file: string,
  change: (text: string) => string,
  work: () => Promise<Result>,
): Promise<Result> {
  const path = join(product.workspace, file)
  const text = readFileSync(path, 'utf8')
  const other = change(text)
  expect(other).not.toBe(text)
  writeFileSync(path, other)
  try {
    return await work()
  } finally {
    writeFileSync(path, text)
  }
}

describe('the host key', () => {
  test('another one is pinned', async () => {
    const said = await refusal({
      inputs: { 'known-hosts': `[127.0.0.1]:${server.sshPort} ${hostKey().text}` },
    })
    expect(said).toContain(`127.0.0.1:${server.sshPort}`)
    expect(said).toMatch(
      /host key is not the pinned one\. Expected ssh-ed25519 SHA256:\S+; the host presented/,
    )
  })

  test('none is pinned for this host', async () => {
    const said = await refusal({ inputs: { 'known-hosts': `other.example ${hostKey().text}` } })
    expect(said).toContain('known-hosts')
    expect(said).toContain(`[127.0.0.1]:${server.sshPort}`)
  })

  test('nothing is given, or what is no host key', async () => {
    expect(await refusal({ inputs: { 'known-hosts': '' } })).toMatch(/^Input known-hosts: is missing/)
    expect(await refusal({ inputs: { 'known-hosts': 'my server' } })).toMatch(/^known-hosts, line 1: /)
  })
})

describe('the private key', () => {
  const locked = makeKey('-t', 'ed25519', '-N', 'pass phrase')
  const cases: [string, () => Record<string, string>, RegExp][] = [
    ['is none', () => ({ 'ssh-key': 'secret' }), /private key/],
    ['is the public half', () => ({ 'ssh-key': makeKey('-t', 'ed25519').publicKey }), /public/],
    ['was cut off', () => ({ 'ssh-key': server.privateKey.slice(0, 200) }), /END|cut|incomplete/],
    ['has a passphrase that is not given', () => ({ 'ssh-key': locked.privateKey }), /ssh-passphrase/],
    ['has another passphrase', () => ({ 'ssh-key': locked.privateKey, 'ssh-passphrase': 'x' }), /passphrase/],
    [
      'is nobody the server knows',
      () => ({ 'ssh-key': makeKey('-t', 'ed25519').privateKey }),
      /authorized_keys/,
    ],
  ]
  test.each(cases)('%s', async (_, inputs, says) => {
    const said = await refusal({ inputs: inputs() })
    expect(said).toMatch(says)
  })
})

describe('the configuration', () => {
  test('is not there', async () => {
    const said = await refusal({ inputs: { config: 'deploy/kawasemi.yml' } })
    expect(said).toContain('deploy/kawasemi.yml')
  })

  test('has no such environment', async () => {
    const said = await refusal({ inputs: { environment: 'prodution' } })
    expect(said).toContain('production')
  })

  test('names a compose file that is not there', async () => {
    await changed(
      'kawasemi.yml',
      (text) => text.replace('compose.unbuilt.yaml', 'compose.prod.yaml'),
      async () => expect(await refusal({})).toContain('compose.prod.yaml'),
    )
  })

  test.each([
    [
      'shares the network of the host',
      'image: node:24-alpine',
      'image: node:24-alpine\n    network_mode: host',
      /network_mode/,
    ],
    [
      'keeps a volume that nobody declared',
      'volumes: [./app:/app]',
      'volumes: [./app:/app, media:/media]',
      /media/,
    ],
    ['publishes a second port', 'build: !reset null', 'build: !reset null\n    ports: ["9229:9229"]', /9229/],
  ])('the compose file %s', async (_, from, to, says) => {
    await changed(
      'compose.unbuilt.yaml',
      (text) => `${text.replace(from, to)}${to.includes('media') ? '  media:\n' : ''}`,
      async () => {
        const said = await refusal({})
        expect(said).toMatch(says)
        expect(said).toContain('web')
      },
    )
  })
})

describe('the host', () => {
  test('does not answer there', async () => {
    const inputs = { 'known-hosts': server.hostKeys.replace(`:${server.sshPort}`, ':1') }
    await changed(
      'kawasemi.yml',
      (text) => text.replace(`:${server.sshPort}`, ':1'),
      async () => expect(await refusal({ inputs })).toContain('refuses connections on port 1'),
    )
  })

  test('was not set up', async () => {
    await changed(
      'kawasemi.yml',
      (text) => `${text}\nbase: /srv/elsewhere\n`,
      async () => {
        const said = await refusal({})
        expect(said).toContain('/srv/elsewhere')
        expect(said).toContain('setup-host')
      },
    )
  })

  test('has another architecture than the images', async () => {
    const other = process.arch === 'arm64' ? 'amd64' : 'arm64'
    const layout = writeLayout({
      config: (config) => {
        config.architecture = other
        if (other === 'amd64') delete config.variant
      },
    })
    try {
      const said = await refusal({ action: 'ssh-deploy', inputs: { layout } })
      expect(said).toContain(`built for ${other}`)
    } finally {
      rmSync(layout, { recursive: true })
    }
  })

  test('has too little disk', async () => {
    await server.exec('fallocate -l 400m /srv/filler')
    try {
      const said = await refusal({})
      expect(said).toMatch(/has \d+ MB of disk free.* needs \d+ MB/)
    } finally {
      await server.exec('rm /srv/filler')
    }
  })

  test('has too little memory for a second slot', async () => {
    const resize = (kilobytes: number) =>
      server.exec(
        `sed "s/^MemAvailable:.*/MemAvailable: ${kilobytes} kB/" /proc/meminfo > /root/m; cat /root/m > /etc/meminfo`,
      )
    await resize(4096)
    try {
      const said = await refusal({})
      expect(said).toMatch(/has 4 MB of memory for the second slot, but it needs about \d\d+ MB/)
    } finally {
      await resize(1_500_000)
    }
  })

  test('belongs to another run that is alive', async () => {
    const url = 'https://github.example/example/product/actions/runs/77'
    const hold = (seconds: number) =>
      server.exec(
        `now=$(date +%s); printf '{"token":9,"expires":%s,"owner":"77/1/deploy","url":"${url}","since":%s}\\n' $((now + ${seconds})) $((now - 120)) > /srv/tiny/lease.json`,
        { user: 'deploy' },
      )
    await hold(40)
    let renewed: Promise<unknown> | undefined
    const before = await stateOf(server)
    const result = await product.run('deploy', 190, {
      inputs: { version: 'v2' },
      onLine: (line) => {
        if (line.includes('waiting whether')) renewed ??= hold(60)
      },
    })
    expect(renewed).toBeDefined()
    const said = complaintOf(result)
    expect(said).toContain('77/1/deploy')
    expect(said).toContain(url)
    const others = (lines: string[]) => lines.filter((line) => !line.includes('/srv/tiny/lease.json'))
    expect(others(await stateOf(server))).toEqual(others(before))
  })
})

describe('a command of the config', () => {
  const say = (moment: string) => {
    const told = "['SLOT', 'RELEASE'].map((name) => process.env['KAWASEMI_' + name]).join(' ')"
    const command = `console.log('${moment}:', ${told}, process.env.DATABASE_HOST)`
    return { service: 'web', command: ['node', '-e', command], timeout: '1m' }
  }
  const fail = (command: string[], timeout = '1m') => ({ service: 'web', command, timeout })

  async function deployWith(hooks: Record<string, unknown[]>) {
    const hooked = checkOutTiny({ server, settings: { hooks } })
    run += 1
    try {
      return await hooked.run('deploy', run, { inputs: { version: `v${run}` } })
    } finally {
      hooked.remove()
    }
  }

  const live = async () =>
    (await server.exec('basename "$(readlink -f /srv/tiny/live/release)"')).stdout.trim()
  /** What the commands printed, in order; what failed is shown once more at the end. */
  const told = ({ log }: ActionResult) => [
    ...new Set(
      log.split('\n').flatMap((line) => /(?:^| )((?:after|before|on)-\w+: \w.*)$/.exec(line)?.[1] ?? []),
    ),
  ]

  test('before the switch that takes too long is stopped, and nothing is switched', async () => {
    const before = await live()
    const result = await deployWith({
      'after-ship': [say('after-ship')],
      'before-switch': [say('before-switch'), fail(['sleep', '600'], '1s')],
      'after-switch': [say('after-switch')],
      'on-failure': [say('on-failure')],
    })
    expect(complaintOf(result)).toMatch(/before-switch-2 was stopped after 1 s.*hooks\.before-switch/s)
    const environment = `green v${run}-${run} postgres`
    expect(told(result)).toEqual(
      ['after-ship', 'before-switch', 'on-failure'].map((moment) => `${moment}: ${environment}`),
    )
    expect(await live()).toBe(before)
    // What nobody will use runs no longer.
    expect(
      (await server.exec('docker ps -q --filter label=com.docker.compose.project=tiny-green')).stdout,
    ).toBe('')
  })

  test('after the switch that fails is a warning', async () => {
    const result = await deployWith({
      'before-switch': [say('before-switch')],
      'after-switch': [fail(['sh', '-c', 'exit 3']), say('after-switch')],
      'on-failure': [say('on-failure')],
    })
    expect({ code: result.code, errors: result.errors }).toEqual({ code: 0, errors: [] })
    expect(result.warnings.join('\n')).toMatch(
      /hooks\.after-switch failed.*after-switch-1 ended with status 3/,
    )
    expect(told(result).map((line) => line.split(':')[0])).toEqual(['before-switch'])
    expect(await live()).toBe(`v${run}-${run}`)
  })
})

test('a release that is slower than its limit is taken back', async () => {
  const slow = checkOutTiny({
    server,
    settings: { bake: { duration: '60s', 'max-p95': '100ms', 'min-requests': 10 } },
  })
  const before = (await server.exec('readlink -f /srv/tiny/live/release')).stdout
  run += 1
  const asked: Promise<void>[] = []
  const result = await slow.run('deploy', run, {
    inputs: { version: `v${run}` },
    onLine: (line) => {
      if (line === '::group::bake') for (let count = 0; count < 10; count += 1) asked.push(askSlowly())
    },
  })
  slow.remove()
  await Promise.all(asked)
  expect(asked).toHaveLength(10)
  expect(complaintOf(result)).toMatch(
    /^Bake of v\d+: \d+ of 1\d requests took longer than 100 ms.*Traffic is back on v/,
  )
  expect((await server.exec('readlink -f /srv/tiny/live/release')).stdout).toBe(before)
})

/** A request whose second half comes late: to a proxy it is as long as one whose answer does. */
function askSlowly(): Promise<void> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port: server.httpPort, method: 'POST', headers: { host: 'tiny.example' } }
    const asking = request(to, (answer) => answer.resume().on('end', () => resolve())).on('error', reject)
    asking.write('half')
    setTimeout(() => asking.end('half'), 200)
  })
}

test('another app has the same base', async () => {
  const other = checkOutTiny({ server, settings: { app: 'other', base: '/srv/tiny' } })
  try {
    const said = await refusal({ of: other })
    expect(said).toContain('/srv/tiny belongs to the app tiny, and this one is called other')
  } finally {
    other.remove()
  }
})
