import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Load, startLoad } from '../../bench/load'
import { checkOut, type Product } from '../../lab/product'
import { until } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import { checkOutTiny, tinyImages } from './products/tiny'
import { expectGreen } from './support/verdict'

/*
 * Products that run already, as docs/adopt.md has it: the first deploy comes beside them, then our site takes the place
 * of theirs in one reload of nginx. Visitors open a connection for each request, since a reload closes idle ones.
 */

jest.setTimeout(10 * 60_000)

let server: LabServer

beforeAll(async () => {
  server = await startServer({ name: 'adopt', images: tinyImages })
}, 300_000)

const loads: Load[] = []
afterEach(() => Promise.all(loads.map((load) => load.stop())))
afterAll(() => server?.stop())

async function say(program: string, user = 'root'): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program, { user })
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

/** Copies a checkout to the server, as somebody once did by hand. */
async function copyTo(folder: string, workspace: string): Promise<void> {
  const input = execFileSync('tar', ['-C', workspace, '-cf', '-', '.'])
  const { code, stderr } = await server.exec(
    `mkdir -p ${folder} && tar -C ${folder} -xf - && chmod -R a+rX ${folder}`,
    { input },
  )
  if (code !== 0) throw new Error(stderr)
}

const site = (domain: string, port: number) => `server {
  listen 80;
  server_name ${domain};
  location / { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $host; }
}`

/** A site as somebody wrote it by hand, before the old product; back when visitors find it there. */
async function writeSite(name: string, domain: string, port: number): Promise<void> {
  await server.exec(`cat >/etc/nginx/sites-enabled/${name}`, { input: site(domain, port) })
  await say('nginx -t && systemctl reload nginx')
  // A reload is an order: for a moment nginx still answers as before.
  const isThere = async () => (await versionOn(80, domain).catch(() => '')) === 'old'
  await until(isThere, 60, () => 'The old product does not answer.')
}

/** Which version answers on a port of the server. */
const versionOn = async (port: number, domain: string) =>
  JSON.parse(await say(`curl -sS -f -H 'Host: ${domain}' http://127.0.0.1:${port}/`)).version as string

/** Every answer's version, in the order in which they were first seen. */
function visit(domain: string, posted: string): { load: Load; versions: string[]; round(): Promise<void> } {
  const versions: string[] = []
  const check = ({ status, body }: { status: number; body: string }) => {
    if (status !== 200) return `status ${status}`
    const [, version = 'none'] = /"version": ?"(\w+)"/.exec(body) ?? []
    if (!versions.includes(version)) versions.push(version)
    return version === 'none' ? 'no version' : undefined
  }
  const headers = { connection: 'close' }
  const load = startLoad({
    origins: [`http://127.0.0.1:${server.httpPort}`],
    hostHeader: domain,
    requests: [
      { method: 'GET', path: '/', headers, check },
      { method: 'POST', path: posted, body: 'visited', headers, check },
    ],
    connections: 16,
    perSecond: 80,
  })
  loads.push(load)
  const round = async () => {
    const enough = load.requests + 64
    await until(
      async () => load.requests >= enough,
      60,
      () => 'The load has come to a standstill.',
    )
  }
  return { load, versions, round }
}

async function deploy(product: Product, run: number, env: Record<string, string> = {}): Promise<void> {
  expectGreen(await product.run('deploy', run, { inputs: { version: `v${run}`, env: JSON.stringify(env) } }))
}

/** The old site goes away, ours comes, and nginx is told once. */
async function takeOver(name: string, product: Product): Promise<void> {
  await say(`mv /etc/nginx/sites-enabled/${name} /root/${name}.site`)
  expect(await product.setUp()).toContain('reload nginx')
}

test('a compose project with its database', async () => {
  const domain = 'tiny.example'
  // The compose file of the new checkout names the volume as it is called on the server.
  const named = (product: Product) => {
    const file = join(product.workspace, 'compose.unbuilt.yaml')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, `${text.trimEnd()}\n    name: legacy_postgres_data\n`)
    return product
  }
  const settings = { 'bake.duration': '1s' }
  const beside = named(checkOutTiny({ server, settings: { ...settings, 'proxy.listen': 8081 } }))
  const after = named(checkOutTiny({ server, settings }))
  try {
    const old = checkOutTiny({ server })
    await copyTo('/opt/legacy', old.workspace)
    old.remove()
    const override = 'services: { web: { environment: { KAWASEMI_VERSION: old } } }'
    await say(`echo '${override}' >/opt/legacy/override.yaml`)
    const compose = 'cd /opt/legacy && docker compose -f compose.unbuilt.yaml -f override.yaml'
    await say(`${compose} up -d --quiet-pull && ${compose} exec -T web node -e 0`)
    const sql = (statement: string, container = 'legacy-postgres-1') =>
      say(`docker exec ${container} psql -U tiny -d tiny -qAt -c "${statement}"`)
    await until(
      async () => (await server.exec(`${compose} run -T --rm web node /app/migrate.js`)).code === 0,
      60,
      () => 'The old product has no database.',
    )
    await sql("INSERT INTO notes (text) VALUES ('kept')")
    await writeSite('legacy', domain, 3000)
    const born = await say("docker inspect --format '{{.Id}} {{.State.StartedAt}}' legacy-postgres-1")

    /** Two servers on one volume would destroy it. */
    const servers = () => say("docker ps -a --filter volume=legacy_postgres_data --format '{{.Names}}'")

    const { load, versions, round } = visit(domain, '/')
    await round()
    await beside.setUp()
    await deploy(beside, 1)
    expect(await versionOn(8081, domain)).toBe('v1')
    expect(await servers()).toBe('legacy-postgres-1')
    expect(versions).toEqual(['old'])
    await takeOver('legacy', after)
    await round()
    expect(await versionOn(80, domain)).toBe('v1')
    await say(`${compose} rm --stop --force web worker`)
    await deploy(after, 2)
    await round()
    const { requests, failed, failures } = await load.stop()
    console.log(`compose: ${requests} requests, ${failed} failed`)
    expect(failures).toEqual([])
    expect(failed).toBe(0)
    expect(versions).toEqual(['old', 'v1', 'v2'])
    expect(await sql('SELECT text FROM notes')).toBe('kept')
    expect(await servers()).toBe('legacy-postgres-1')
    expect(await say("docker inspect --format '{{.Id}} {{.State.StartedAt}}' legacy-postgres-1")).toBe(born)

    // At a quiet hour the database moves in too.
    await say(
      `docker rm --force legacy-postgres-1
       cd /srv/tiny/live/release
       docker compose -p tiny-accessories --env-file env.defaults --env-file env -f compose.accessories.json up -d`,
      'deploy',
    )
    const moved = 'tiny-accessories-postgres-1'
    await until(
      async () => (await server.exec(`curl -sf -H 'Host: ${domain}' http://127.0.0.1/health`)).code === 0,
      60,
      () => 'The app does not find its database again.',
    )
    expect(await sql('SELECT text FROM notes', moved)).toBe('kept')
  } finally {
    beside.remove()
    after.remove()
  }
})

test('a gunicorn unit with its files', async () => {
  const domain = 'units.example'
  const certificates = '/etc/ssl/company.pem'
  const env = { SECRET: 'secret', PIP_CERT: certificates }
  const own = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt'
  await server.exec(`cat >${certificates}`, { input: readFileSync(own) })
  const checkOutUnits = (settings: Record<string, unknown>) =>
    checkOut({
      example: join(__dirname, 'products/units'),
      server,
      // Its files go on belonging to the user that the old unit has.
      settings: { 'systemd.scope': 'system', 'systemd.user': 'www-data', ...settings },
    })
  const beside = checkOutUnits({ 'proxy.listen': 8082 })
  const after = checkOutUnits({})
  /** By Python's own module: the server has no other client. */
  const sql = (statements: string) =>
    say(
      `cd /opt/shop && runuser -u www-data -- python3 -c 'import sqlite3, sys
with sqlite3.connect("notes/notes.db", timeout=20) as database:
    for statement in sys.argv[1].split(";"):
        for row in database.execute(statement): print(*row)' "${statements}"`,
    )
  try {
    await copyTo('/opt/shop', beside.workspace)
    await say(
      `cd /opt/shop && python3 -m venv venv && PIP_CERT=${certificates} venv/bin/pip install -q -r requirements.txt
       install -d -o www-data notes`,
    )
    // With a log of its own a writer waits for no reader, however slow the disk is.
    await sql(
      `PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT NOT NULL); INSERT INTO notes VALUES ('kept')`,
    )
    const unit = `[Service]
User=www-data
WorkingDirectory=/opt/shop
Environment=PORT=8000 KAWASEMI_VERSION=old
ExecStart=/opt/shop/venv/bin/gunicorn --config gunicorn.conf.py app:app
[Install]
WantedBy=multi-user.target
`
    await server.exec('cat >/etc/systemd/system/shop.service', { input: unit })
    await say('systemctl enable --now shop')
    await writeSite('shop', domain, 8000)

    const { load, versions, round } = visit(domain, '/notes')
    await round()
    await beside.setUp()
    await say('mount --bind /opt/shop/notes /srv/units/shared/data/notes')
    await deploy(beside, 1, env)
    expect(await versionOn(8082, domain)).toBe('v1')
    expect(versions).toEqual(['old'])
    await takeOver('shop', after)
    await round()
    expect(await versionOn(80, domain)).toBe('v1')
    await say('systemctl disable --now shop')
    await deploy(after, 2, env)
    await round()
    const { requests, failed, failures, byStatus } = await load.stop()
    console.log(`systemd: ${requests} requests, ${failed} failed, ${JSON.stringify(byStatus)}`)
    if (failed > 0)
      console.log(await say("journalctl -o cat -u shop -u 'units-*' | grep -B 20 Error | tail -n 60"))
    expect(failures).toEqual([])
    expect(failed).toBe(0)
    expect(versions).toEqual(['old', 'v1', 'v2'])
    // What was posted before, between and after lies in one database.
    const posts = (await sql('SELECT text FROM notes')).split('\n')
    expect(posts[0]).toBe('kept')
    expect(posts.length).toBeGreaterThan(60)
  } finally {
    beside.remove()
    after.remove()
  }
})
