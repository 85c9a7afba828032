import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Product } from '../../lab/product'
import type { ActionResult } from '../../lab/runner'
import { type LabServer, startServer } from '../../lab/server'
import { checkOutTiny, tinyImages } from './products/tiny'
import { expectGreen } from './support/verdict'

/* Servers that are not like all others. /srv is a file system of its own here. */

jest.setTimeout(180_000)

let server: LabServer
let product: Product
let run = 100

beforeAll(async () => {
  server = await startServer({ name: 'hosts', images: tinyImages, srv: 2048 })
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
async function deploy(change = ''): Promise<ActionResult> {
  if (change !== '') appendFileSync(join(product.workspace, 'app/server.js'), `// ${change}\n`)
  run += 1
  const result = await product.run('deploy', run, { inputs: { version: `v${run}` } })
  expectGreen(result)
  const answer = await say("curl -sS -f -H 'Host: tiny.example' http://127.0.0.1/")
  expect(JSON.parse(answer)).toMatchObject({ version: `v${run}` })
  return result
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
  test('that listens for nobody is sent the images in a stream', async () => {
    await sshd('AllowTcpForwarding local')
    const result = await deploy()
    expect(result.log).toContain('the images come in a stream')
    const { bytes, of } = moved(result)
    expect(bytes).toBeGreaterThan(of * 0.9)
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
  beforeAll(async () => {
    await say(
      'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends fish zsh',
    )
  })
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
