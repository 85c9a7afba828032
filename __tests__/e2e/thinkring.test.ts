import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import type { LoadRequest } from '../../bench/load'
import { checkOut, type Product } from '../../lab/product'
import { until } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import { type Cast, tellLife } from './support/life'
import { tellCallers } from './support/tell-callers'

/*
 * thinkring: a Svelte frontend, a Django backend, PostgreSQL and nginx, all of it in Compose.
 */

jest.setTimeout(10 * 60_000)

const domain = 'thinkring.example'
const base = '/srv/thinkring'
const log = '/var/log/kawasemi/thinkring/access.log'
const env = {
  SECRET_KEY: 'se$cret "key"',
  JWT_SECRET_KEY: 'j'.repeat(32),
  DB_PASSWORD: 'p4ss word',
}

let server: LabServer
let product: Product

beforeAll(async () => {
  server = await startServer({ name: 'thinkring', images: ['postgres:15', 'nginx:alpine'] })
  // A server like the document's: the only nginx is the one in Compose.
  await say('systemctl disable --now nginx')
  product = checkOut({
    example: 'thinkring',
    server,
    env,
    settings: {
      'bake.duration': '3s',
      'drain.timeout': '6s',
      'gate.deadline': '15s',
      'gate.interval': '500ms',
    },
  })
  await product.setUp()
}, 15 * 60_000)

afterAll(async () => {
  product?.remove()
  await server?.stop()
})

/** What a program says, run as root; it has to end well. */
async function say(program: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

const container = (service: string) =>
  say(
    `docker ps -q --filter label=com.docker.compose.project=thinkring-accessories --filter label=com.docker.compose.service=${service}`,
  )

/** On a connection of its own: a reload of the web server, which set-up asks for, closes the idle ones. */
function ask(path: string, method: 'GET' | 'POST' = 'GET', body?: string) {
  return request(`http://127.0.0.1:${server.httpPort}${path}`, {
    reset: true,
    method,
    headers: { host: domain, 'content-type': 'application/json' },
    body: body ?? null,
  })
}

async function json<T>(path: string, method?: 'GET' | 'POST', body?: string): Promise<T> {
  const answer = await ask(path, method, body)
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${await answer.body.text()}`)
  return (await answer.body.json()) as T
}

interface Thought {
  id: number
  text: string
  picture: string | null
}

/** A row, and a file that belongs to it. */
async function store(name: string): Promise<void> {
  const { id } = await json<Thought>('/api/v1/thoughts/', 'POST', JSON.stringify({ text: name }))
  await json(`/api/v1/thoughts/${id}/picture/`, 'POST', `picture of ${name}`)
}

/** The rows that are in the database and whose files nginx hands out. */
async function stored(): Promise<string[]> {
  const rows = await say(
    `docker exec ${await container('db')} psql -U thinkring_user -d thinkring_prod -qAtX -F ' ' -c "SELECT text, picture FROM core_thought WHERE text LIKE 'row-%'"`,
  )
  const found: string[] = []
  for (const row of rows.split('\n').filter((line) => line !== '')) {
    const [name = '', picture = ''] = row.split(' ')
    const answer = await ask(`/media/${picture}`)
    if ((await answer.body.text()) === `picture of ${name}` && answer.statusCode === 200) found.push(name)
  }
  return found
}

const requests: LoadRequest[] = [
  {
    method: 'GET',
    path: '/',
    // The page asks the API of its own release, whichever takes traffic.
    check: ({ body }) =>
      /data-version="(\w+)" data-api="\1"/.test(body) ? undefined : 'page and API differ',
  },
  {
    method: 'GET',
    path: '/api/v1/health/',
    check: ({ body }) => check(body, (said) => said.status === 'healthy'),
  },
  { method: 'GET', path: '/api/v1/version/' },
  { method: 'POST', path: '/api/v1/thoughts/', body: '{"text":"load"}' },
  { method: 'GET', path: '/api/v1/thoughts/' },
  {
    method: 'POST',
    path: '/api/v1/token/',
    body: '{"name":"load"}',
    check: ({ body }) => check(body, (said) => typeof said.access === 'string'),
  },
  { method: 'GET', path: '/static/core/mark.svg' },
]

function check(body: string, good: (said: Record<string, unknown>) => boolean): string | undefined {
  return good(JSON.parse(body)) ? undefined : 'another answer'
}

/** Makes a checkout that of a version, with a file that only this version has. */
function edit(workspace: string, version: string, fault: string): Record<string, string> {
  const folder = join(workspace, 'backend/apps/core/static/pages')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  writeFileSync(join(folder, `${version}.js`), `// ${version}\n`)
  return { ...env, APP_VERSION: version, APP_FAULT: fault }
}

const cast = (): Cast => ({
  servers: [server],
  product,
  domain,
  requests,
  versionHeader: 'x-thinkring-version',
  slow: '/api/v1/slow/?seconds=5',
  edit,
  asset: (version) => `/static/pages/${version}.js`,
  cause: /backend: .*500/,
  store,
  stored,
})

tellLife(cast)

interface Logged {
  /** Milliseconds since 1970. */
  readonly begun: number
  readonly ended: number
  readonly slot: string
  readonly service: 'backend' | 'frontend'
}

async function readLog(): Promise<Logged[]> {
  return (await say(`cat ${log}`)).split('\n').flatMap((line) => {
    const [time, slot = '', , seconds, , upstream = '-', , path = ''] = line.split('\t')
    if (upstream === '-') return []
    const ended = Math.round(Number(time) * 1000)
    const service = path.startsWith('/api/') ? 'backend' : 'frontend'
    return [{ begun: ended - Math.round(Number(seconds) * 1000), ended, slot, service }]
  })
}

test('frontend and backend switch at the same instant', async () => {
  const logged = await readLog()
  const ledger = (await say(`cat ${base}/ledger.jsonl`)).split('\n').map((line) => JSON.parse(line))
  const switches = ledger.filter(({ event }) => event === 'switched')
  expect(switches.map(({ slot }) => slot)).toEqual(['blue', 'green', 'blue', 'green'])
  const times = switches.map(({ at }) => Date.parse(at))
  for (const [index, { slot }] of switches.entries()) {
    if (index === 0) continue
    // From the middle between this switch and the one before to the middle between it and the next.
    const from = (times[index - 1]! + times[index]!) / 2
    const to = (times[index]! + (times[index + 1] ?? Date.now())) / 2
    const around = logged.filter(({ begun }) => begun >= from && begun < to)
    const fresh = around.filter((each) => each.slot === slot)
    const old = around.filter((each) => each.slot !== slot)
    for (const part of [fresh, old])
      expect([...new Set(part.map(({ service }) => service))].sort()).toEqual(['backend', 'frontend'])
    // Once anybody had an answer of the new release, nobody gets one of the old: neither page nor API.
    const first = Math.min(...fresh.map(({ ended }) => ended))
    expect(old.filter(({ begun }) => begun > first)).toEqual([])
  }
})

test('no deploy restarted nginx or the database, and no log can fill the disk', async () => {
  const ledger = await say(`head -n 50 ${base}/ledger.jsonl`)
  const first = ledger
    .split('\n')
    .map((line) => JSON.parse(line))
    .find(({ event }) => event === 'started')
  for (const service of ['nginx', 'db']) {
    const started = await say(`docker inspect --format '{{.State.StartedAt}}' ${await container(service)}`)
    expect(Date.parse(started)).toBeLessThan(Date.parse(first.at) + 1000)
  }
  const format =
    '{{.Name}} {{.RestartCount}} {{.HostConfig.LogConfig.Type}} {{index .HostConfig.LogConfig.Config "max-size"}} {{index .HostConfig.LogConfig.Config "max-file"}}'
  const lines = (await say(`docker ps -q | xargs docker inspect --format '${format}'`)).split('\n')
  expect(lines).toHaveLength(6)
  for (const line of lines) expect(line).toMatch(/^\/thinkring-\S+ 0 json-file 10m 3$/)
})

test('set-up again changes nothing; a change of the site is taken over by the nginx that runs', async () => {
  const before = await say(`docker inspect --format '{{.State.Pid}}' ${await container('nginx')}`)
  expect(await product.setUp()).toBe('nothing to change\n')
  const file = join(product.workspace, 'kawasemi.yml')
  const config = readFileSync(file, 'utf8')

  writeFileSync(file, config.replace('kind: nginx', 'kind: nginx\n  body-size: 1k'))
  expect(await product.setUp()).toMatch(/write the site .*reload nginx/s)
  const tooMuch = async () => {
    const answer = await ask('/api/v1/token/', 'POST', JSON.stringify({ name: 'x'.repeat(2000) }))
    await answer.body.dump()
    return answer.statusCode === 413
  }
  // nginx -s reload goes on in the background.
  await until(tooMuch, 60, () => 'The new limit does not hold.')

  const other = 'server { listen 80; server_name taken.example; }'
  await say(`echo '${other}' >/etc/kawasemi/thinkring/nginx/other.conf`)
  writeFileSync(file, config.replace('api.thinkring.example', 'taken.example'))
  await expect(product.setUp()).rejects.toThrow(/another site has the same domain.*taken\.example/)
  expect(await tooMuch()).toBe(true)
  expect(await say(`docker inspect --format '{{.State.Pid}}' ${await container('nginx')}`)).toBe(before)
})

test('the access log is rotated under an nginx that runs', async () => {
  await say('logrotate -f /etc/logrotate.d/kawasemi-thinkring')
  const logged = async () => {
    await (await ask('/api/v1/version/?after=rotation')).body.dump()
    return (await server.exec(`cat ${base}/shared/logs/access.log`, { user: 'deploy' })).stdout.includes(
      '/version/',
    )
  }
  await until(logged, 60, () => 'Nothing is in the new log.')
  expect(await say(`stat -c '%a %G' ${log}`)).toBe('640 deploy')
})

test('after a reboot version 2 answers by itself', async () => {
  await server.reboot()
  const version = async () => {
    const answer = await ask('/api/v1/version/').catch(() => undefined)
    return answer?.statusCode === 200 && /"v2"/.test(await answer.body.text())
  }
  await until(version, 120, () => 'v2 does not answer after the reboot.')
  expect(await stored()).toHaveLength(4)
})

describe('its workflows', () => {
  tellCallers(() => ({
    product,
    example: 'thinkring',
    domain,
    versionHeader: 'x-thinkring-version',
    health: '/api/v1/health/',
    env,
    edit: (version) => edit(product.workspace, version, ''),
  }))
})
