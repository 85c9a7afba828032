import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { checkOut, type Product } from '../../lab/product'
import { until } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import { tellLife } from './support/life'
import { tellCallers } from './support/tell-callers'
import { expectGreen } from './support/verdict'

/* Two products of different teams on one server, each by its own README: touconnect and meeting-room. */

jest.setTimeout(5 * 60_000)

/** Certificates of this machine's network, as a company's server has them. */
const certificates = '/etc/ssl/company.pem'
const short = {
  gate: { deadline: '15s', interval: '200ms' },
  bake: { duration: '1s', 'min-requests': 5 },
  drain: { timeout: '10s' },
}
const common = { PIP_CERT: certificates, WEB_CONCURRENCY: '2' }
const redisPassword = 'p4ss "word" it\'s \\ $HOME'
const databasePassword = 'secure "p4ss\' word'

const meetingRoomEnv = {
  ...common,
  DATABASE_URL: `postgresql://meeting_user:${encodeURIComponent(databasePassword)}@localhost/meeting_rooms`,
  SECRET_KEY: 'of a test',
  TZ: 'Asia/Tokyo',
  LOG_DIR: 'logs',
  // The server's own Redis, which touconnect uses, has 6379.
  REDIS_PORT: '6380',
  REDIS_PASSWORD: redisPassword,
  CHAT_HISTORY_TTL: '86400',
}

let server: LabServer
let touconnect: Product
let meetingRoom: Product

/** What a program says, run as root; it has to end well. */
async function say(program: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout.trim()
}

beforeAll(async () => {
  server = await startServer({
    name: 'flask',
    images: ['redis:7-alpine'],
    packages: ['redis-server', 'postgresql'],
  })
  const own = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt'
  await server.exec(`cat >${certificates}`, { input: readFileSync(own) })
  await server.exec('runuser -u postgres -- psql -v ON_ERROR_STOP=1', {
    input: `CREATE USER meeting_user WITH PASSWORD '${databasePassword.replaceAll("'", "''")}';
      CREATE DATABASE meeting_rooms OWNER meeting_user;`,
  })
  touconnect = checkOut({ example: 'touconnect', server, env: common, settings: short })
  meetingRoom = checkOut({
    example: 'meeting-room',
    server,
    settings: short,
    env: meetingRoomEnv,
  })
  await touconnect.setUp()
  await meetingRoom.setUp()
}, 600_000)

afterAll(async () => {
  touconnect?.remove()
  meetingRoom?.remove()
  await server?.stop()
})

/** Makes a checkout that of a version, with a file that only this version has. */
function edit(workspace: string, version: string, fault: string): undefined {
  writeFileSync(join(workspace, 'VERSION'), `${version}\n`)
  writeFileSync(join(workspace, 'FAULT'), `${fault}\n`)
  writeFileSync(join(workspace, 'static', `page-${version}.css`), `/* ${version} */\n`)
}
const asset = (version: string) => `/static/page-${version}.css`

async function ask(host: string, path: string, body?: unknown, method = body ? 'POST' : 'GET') {
  const answer = await request(`http://127.0.0.1:${server.httpPort}${path}`, {
    method: method as 'GET',
    headers: { host, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.body.text()
  const json = /json/.test(String(answer.headers['content-type'])) ? JSON.parse(text) : undefined
  return { status: answer.statusCode, headers: answer.headers, text, json }
}

describe('touconnect', () => {
  const domain = 'touconnect.example'
  const redis = (words: string) => say(`redis-cli --raw ${words}`)

  describe('its life', () => {
    tellLife(() => ({
      servers: [server],
      product: touconnect,
      domain,
      versionHeader: 'x-tou-version',
      slow: '/api/slow?seconds=5',
      requests: [
        { method: 'GET', path: '/' },
        { method: 'GET', path: '/', headers: { host: `www.${domain}` } },
        {
          method: 'GET',
          path: '/health',
          check: ({ body }) => (JSON.parse(body).cache.redis_connected ? undefined : 'no Redis'),
        },
        { method: 'POST', path: '/api/users', body: '{"name": "load"}' },
        { method: 'GET', path: '/api/users/0123456789ab/analysis' },
        { method: 'GET', path: '/api/match/0123456789ab/ba9876543210' },
        { method: 'PUT', path: '/api/cache/session_data/load', body: '{"seen": true}' },
        { method: 'GET', path: '/api/cache/stats' },
      ],
      asset,
      edit,
      cause: /status 500/,
      store: async (name) => {
        expect((await ask(domain, '/api/users', { name })).status).toBe(201)
      },
      stored: async () => {
        const packed = await redis(`--scan --pattern 'touconnect:user:*' | xargs redis-cli --raw mget`)
        return packed.split('\n').map((line) => JSON.parse(line.slice(1)).name as string)
      },
    }))
  })

  test.each([
    ['user_data', 'user:', 1800],
    ['analysis_results', 'analysis:', 7200],
    ['matching_results', 'match:', 3600],
    ['api_responses', 'api:', 300],
    ['session_data', 'session:', 86_400],
    ['static_content', 'static:', 86_400],
  ])('%s is kept under %s for %i seconds', async (kind, prefix, ttl) => {
    const value = { words: ['川', 'semi'] }
    expect((await ask(domain, `/api/cache/${kind}/one`, value, 'PUT')).json).toEqual({ stored: true, ttl })
    expect((await ask(domain, `/api/cache/${kind}/one`)).json.value).toEqual(value)
    const left = Number(await redis(`ttl 'touconnect:${prefix}one'`))
    expect(left).toBeLessThanOrEqual(ttl)
    expect(left).toBeGreaterThan(ttl - 120)
    expect((await ask(domain, `/api/cache/${kind}`, undefined, 'DELETE')).json.deleted).toBeGreaterThan(0)
    expect((await ask(domain, `/api/cache/${kind}/one`)).status).toBe(404)
  })

  test('/health tells the state of Redis, its response time and the hit rate', async () => {
    const { status, json } = await ask(domain, '/health')
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        status: 'healthy',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        cache: { redis_connected: true, redis_response_time_ms: expect.any(Number) },
      },
    })
    const counted = await redis('mget touconnect:stats:hits touconnect:stats:misses')
    const [hits, misses] = counted.split('\n').map(Number) as [number, number]
    expect(json.cache.hit_rate).toBeCloseTo((100 * hits) / (hits + misses), 0)
    expect(json.cache.hit_rate).toBeGreaterThan(85)
  })

  test('without Redis /health says no, and the pages go on', async () => {
    await say('systemctl stop redis-server')
    const { status, json } = await ask(domain, '/health')
    const page = await ask(domain, '/api/users/0123456789ab/analysis')
    await say('systemctl start redis-server')
    expect({ status, json }).toMatchObject({
      status: 500,
      json: { status: 'unhealthy', cache: { redis_connected: false } },
    })
    expect(page.status).toBe(200)
  })

  describe('its workflows', () => {
    tellCallers(() => ({
      product: touconnect,
      example: 'touconnect',
      domain,
      versionHeader: 'x-tou-version',
      health: '/health',
      env: common,
      edit: (version) => edit(touconnect.workspace, version, ''),
    }))
  })

  test('the www domain shows the same site', async () => {
    for (const host of [domain, `www.${domain}`])
      expect((await ask(host, '/')).text).toContain(`${host} · version w2`)
  })
})

describe('meeting-room', () => {
  const domain = 'meeting-room.example'
  const sql = (query: string) => say(`runuser -u postgres -- psql -XqAt meeting_rooms -c "${query}"`)
  /** Redis in Docker, by the password that is in its container. */
  const redis = (words: string) =>
    say(
      `docker exec "$(docker ps -q -f name=redis)" sh -c 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli --raw ${words}'`,
    )
  let days = 0
  /** An hour of a day on which nobody has reserved anything. */
  const reservation = (title: string, room = '1') => {
    days += 1
    const date = new Date(Date.UTC(2030, 0, days)).toISOString().slice(0, 10)
    return { 'room-id': room, date, 'start-time': '14:00', 'end-time': '15:00', title }
  }

  describe('its life', () => {
    tellLife(() => ({
      servers: [server],
      product: meetingRoom,
      domain,
      versionHeader: 'x-meeting-room-version',
      slow: '/api/slow?seconds=5',
      requests: [
        { method: 'GET', path: '/' },
        {
          method: 'GET',
          path: '/health',
          check: ({ body }) => (JSON.parse(body).timezone === 'JST' ? undefined : 'another time zone'),
        },
        { method: 'POST', path: '/api/reservations', body: () => JSON.stringify(reservation('load', '2')) },
        { method: 'GET', path: '/api/reservations?limit=5' },
        { method: 'POST', path: '/api/chat', body: '{"message": "会議室Aは？", "sessionId": "load"}' },
        { method: 'GET', path: '/api/chat/load' },
        { method: 'GET', path: '/api/rooms' },
      ],
      asset,
      edit,
      cause: /status 500/,
      store: async (name) => {
        expect((await ask(domain, '/api/reservations', reservation(name))).status).toBe(201)
      },
      stored: async () => (await sql('SELECT title FROM reservations')).split('\n'),
    }))
  })

  test('/health tells version and time zone', async () => {
    const { json } = await ask(domain, '/health')
    expect(json).toMatchObject({
      status: 'healthy',
      version: 'v2',
      timezone: 'JST',
      database: true,
      redis: true,
    })
  })

  test('the guide’s own calls: a reservation, and not a second one; a chat, kept for a day', async () => {
    const wanted = reservation('guide')
    expect((await ask(domain, '/api/reservations', wanted)).json).toMatchObject({ ...wanted, 'room-id': 1 })
    expect((await ask(domain, '/api/reservations', wanted)).status).toBe(409)
    const said = { message: '今日の予約状況を教えてください', sessionId: 'test-session-001' }
    expect((await ask(domain, '/api/chat', said)).json.reply).toMatch('会議室A')
    expect(await redis('llen chat_history:test-session-001')).toBe('2')
    const left = Number(await redis('ttl chat_history:test-session-001'))
    expect(left).toBeLessThanOrEqual(86_400)
    expect(left).toBeGreaterThan(86_400 - 120)
  })

  test('static files may be kept for a year', async () => {
    for (const path of ['/static/style.css', asset('v2')])
      expect((await ask(domain, path)).headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  test('each migration had a checked backup before it', async () => {
    const ledger = (await say('cat /srv/meeting-room/ledger.jsonl'))
      .split('\n')
      .map((line) => JSON.parse(line))
    const steps = ledger.flatMap(({ event, release }) =>
      ['backed-up', 'migrating', 'migrated'].includes(event) ? [`${event} ${release}`] : [],
    )
    const releases = ['v1-101', 'v2-102', 'v3-103', 'v4-104']
    expect(steps).toEqual(releases.flatMap((id) => [`backed-up ${id}`, `migrating ${id}`, `migrated ${id}`]))
    const { file } = ledger.findLast(({ event }) => event === 'backed-up')
    expect(await say(`pg_restore -f - '${file}' | grep -c row-1`)).toBe('1')
  })

  test('the password of Redis is no argument of a program, and Docker knows how Redis is', async () => {
    expect(await say("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '")).not.toContain('p4ss')
    expect(await say('docker inspect -f {{.State.Health.Status}} "$(docker ps -q -f name=redis)"')).toBe(
      'healthy',
    )
  })

  describe('its workflows', () => {
    tellCallers(() => ({
      product: meetingRoom,
      example: 'meeting-room',
      domain,
      versionHeader: 'x-meeting-room-version',
      health: '/health',
      env: meetingRoomEnv,
      edit: (version) => edit(meetingRoom.workspace, version, ''),
    }))
  })

  test('after a reboot the version of both answers by itself, and a deploy works', async () => {
    await server.reboot()
    const healthy = async (host: string) => {
      const { status, json } = await ask(host, '/health').catch(() => ({ status: 0, json: undefined }))
      return status === 200 && json.version === 'w2'
    }
    for (const host of ['touconnect.example', domain])
      await until(
        () => healthy(host),
        120,
        () => `the version of ${host} does not answer after the reboot`,
      )
    expect(await redis('llen chat_history:test-session-001')).toBe('2')
    edit(meetingRoom.workspace, 'v5', '')
    expectGreen(await meetingRoom.run('deploy', 401, { inputs: { version: 'v5' } }))
    expect((await ask(domain, '/health')).json).toMatchObject({ status: 'healthy', version: 'v5' })
    expect(await sql("SELECT count(*) FROM reservations WHERE title LIKE 'row-%'")).toBe('4')
  })
})
