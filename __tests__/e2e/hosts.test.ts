import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Product } from '../../lab/product'
import type { ActionResult } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { checkOutTiny } from './products/tiny'
import { expectGreen } from './support/verdict'

/* Servers that are not like all others. /srv is a file system of its own here. */

jest.setTimeout(180_000)

/** All that the server has: most of what the product is built on has to travel. */
const database = 'postgres:15-alpine'

let server: LabServer
let product: Product
let run = 100

beforeAll(async () => {
  const packages = ['fish', 'zsh', 'uidmap', 'slirp4netns', 'rootlesskit']
  server = await startServer({ name: 'hosts', images: [database], packages, srv: 2048 })
  product = checkOutTiny({ server, built: true, settings: { 'bake.duration': '1s' } })
  await product.setUp()
}, 300_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
}, 60_000)

async function say(program: string, user = 'root'): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program, { user })
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

/** Lines of sshd_config that count before all others, for connections that are made from now on. */
const sshd = (lines: string) =>
  say(`printf '${lines}\\n' >/etc/ssh/sshd_config.d/00-first.conf && sshd -t && systemctl reload ssh`)

/** Deploys, and looks whether this very version answers through the proxy. */
async function deploy(change = '', inputs: Record<string, string> = {}): Promise<ActionResult> {
  if (change !== '') appendFileSync(join(product.workspace, 'app/server.js'), `// ${change}\n`)
  run += 1
  const result = await product.run('deploy', run, { inputs: { version: `v${run}`, ...inputs } })
  expectGreen(result)
  const answer = await say("curl -sS -f -H 'Host: tiny.example' http://127.0.0.1/")
  expect(JSON.parse(answer)).toMatchObject({ version: `v${run}` })
  return result
}

/** How many logins the server has had. */
const logins = async () => Number(await say(`journalctl | grep -c 'Accepted publickey' || :`))

/** With the server as its own jump host, to an address that only it knows itself by. */
async function behindItself<Result>(work: (knownHosts: string) => Promise<Result>): Promise<Result> {
  const file = join(product.workspace, 'kawasemi.yml')
  const direct = readFileSync(file, 'utf8')
  const { sshPort, hostKeys, user } = server
  const jumping = parseDocument(direct)
  jumping.set('hosts', [{ host: `${user}@127.0.0.1`, jump: `${user}@127.0.0.1:${sshPort}` }])
  writeFileSync(file, jumping.toString())
  try {
    return await work(`${hostKeys}${hostKeys.replace(/^\S+/, '127.0.0.1')}`)
  } finally {
    writeFileSync(file, direct)
  }
}

/** What was moved to the host, and all of it, in bytes. */
function moved({ summary }: ActionResult): { bytes: number; of: number } {
  const units: Record<string, number> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 }
  const [, bytes, unit, all, allUnit] = /([\d.]+) (\w+) of ([\d.]+) (\w+)/.exec(summary) ?? []
  return { bytes: Number(bytes) * units[unit!]!, of: Number(all) * units[allUnit!]! }
}

/** The id of the web service's image in Docker there, and the two that the ledger has for it. */
async function identities() {
  const id = await say(`docker image inspect --format '{{.Id}}' kawasemi/tiny-web:v${run}-${run}`)
  const lines = (await say('grep shipped /srv/tiny/ledger.jsonl')).split('\n')
  const { config, manifest } = JSON.parse(lines.at(-1)!).details.images.web
  return { id, config, manifest }
}

test('the app’s folder is on another file system than temporary files and Docker', async () => {
  const devices = await say('stat -c %d /srv/tiny /tmp /var/lib/docker')
  expect(new Set(devices.split('\n')).size).toBe(3)
})

describe('an SSH server', () => {
  test('that listens for nobody is sent the images in a stream, here through a jump host', async () => {
    await sshd('AllowTcpForwarding local')
    const before = await logins()
    const result = await behindItself((knownHosts) => deploy('', { 'known-hosts': knownHosts }))
    // One to the jump host, and one that came out of it.
    expect((await logins()) - before).toBe(2)
    expect(result.log).toContain('the images come in a stream')
    const { bytes, of } = moved(result)
    // Some of the lowest layers may be those of the database's image.
    expect(bytes).toBeGreaterThan(of * 0.5)
    const { id, config, manifest } = await identities()
    expect(id).toBe(config)
    expect(manifest).not.toBe(config)
  })

  test('that forwards nothing at all: only what changed is sent, and the gate asks through a program there', async () => {
    await sshd('DisableForwarding yes')
    const result = await deploy('changed')
    expect(result.log).toContain('the images come in a stream')
    expect(moved(result).bytes).toBeLessThan(1e6)
    const { id, config } = await identities()
    expect(id).toBe(config)
    expect(await say('pgrep -u deploy -l bash || :')).toBe('')
  })
})

describe('a login shell', () => {
  // With nothing forwarded the gate's programs go through it too.
  test.each([
    ['fish', '.config/fish/config.fish', 'echo "welcome to fish"; echo careful >&2'],
    ['zsh', '.zshenv', 'echo "welcome to zsh"; echo careful >&2'],
    ['bash', '.bashrc', 'echo "welcome to bash"; printf "no line end"; echo careful >&2'],
    ['dash', '.profile', 'echo "welcome to dash"'],
  ])('%s, with a profile that prints', async (shell, profile, line) => {
    await say(`chsh -s "$(command -v ${shell})" deploy`)
    await say(`mkdir -p "$(dirname ~/${profile})" && echo '${line}' >~/${profile}`, 'deploy')
    await deploy(shell)
  })
})

describe('rootless Docker', () => {
  const own = (program: string) =>
    say(
      `export HOME=/home/deploy XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus PATH="$PATH:/usr/sbin:/sbin"; ${program}`,
      'deploy',
    )

  let loose: Product
  afterAll(() => loose?.remove())

  // Its data are on the disk that Docker's are on, since overlays do not lie on overlays.
  beforeAll(async () => {
    await sshd('# nothing')
    await say(
      `set -e
       [ -e /dev/net/tun ] || { mkdir -p /dev/net && mknod -m 666 /dev/net/tun c 10 200; }
       install -d -o deploy -g deploy /var/lib/docker/rootless ~deploy/.local ~deploy/.local/share ~deploy/.local/share/docker
       mount --bind /var/lib/docker/rootless ~deploy/.local/share/docker
       gpasswd -d deploy docker
       sed -i '/^deploy:/d' /etc/subuid /etc/subgid`,
    )
    loose = checkOutTiny({
      server,
      built: true,
      settings: {
        app: 'loose',
        'bake.duration': '1s',
        'proxy.domains': ['loose.example'],
        'services.web.slots': { blue: 12500, green: 12600 },
        'setup.docker': 'rootless',
      },
    })
    expect(await loose.setUp()).toContain("start a Docker of deploy's own, without root's rights")
    await say(`docker save ${database} | runuser -u deploy -- env HOME=/home/deploy docker load -q`)
  }, 180_000)

  test('is sent the images in a stream, though there could be a tunnel', async () => {
    expect(await loose.setUp()).toBe('nothing to change\n')
    expect(await say('id -nG deploy')).not.toMatch(/docker/)
    const result = await loose.run('deploy', 900, { inputs: { version: 'v900' } })
    expectGreen(result)
    expect(result.log).toContain('the images come in a stream')
    const answer = await say("curl -sS -f -H 'Host: loose.example' http://127.0.0.1/")
    expect(JSON.parse(answer)).toMatchObject({ version: 'v900' })
    const containers = 'docker ps -q --filter label=kawasemi.app=loose | wc -l'
    expect(await say(containers)).toBe('0')
    expect(await own(containers)).toBe('2')
  })
})
