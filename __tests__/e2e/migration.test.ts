import { request } from 'node:http'
import { join } from 'node:path'
import { checkOut, type Product } from '../../lab/product'
import { type LabServer, startServer } from '../../lab/server'

jest.setTimeout(120_000)

const password = 'p\'a"s $w\\d'
let server: LabServer

beforeAll(async () => {
  server = await startServer({
    name: 'migration',
    images: ['nginx:alpine', 'postgres:15-alpine', 'mariadb:10.11'],
  })
}, 600_000)

afterAll(async () => {
  await server?.stop()
})

const kinds = [
  {
    kind: 'postgres',
    client: 'psql -X -q -A -t -v ON_ERROR_STOP=1 -h db -U app half',
    half: 'begin; alter table rooms add column size int; commit; create table beds (room int references rooms (id)); delete from rooms where id > 1; select * from nowhere',
    state: /The schema was changed in part and stays so\./,
  },
  {
    kind: 'mysql',
    client: 'mariadb --batch --skip-column-names -h db -u app half',
    half: 'alter table rooms add column size int; create table beds (room int, foreign key (room) references rooms (id)); delete from rooms where id > 1; select * from nowhere',
    state: /The schema was changed in part and stays so: MySQL does not take a schema change back/,
  },
]

describe.each(kinds)('a migration that fails half way on $kind', ({ kind, client, half, state }) => {
  const app = `half-${kind}`
  const base = `/srv/${app}`
  let run = 100

  const port = kind === 'mysql' ? 300 : 0
  const product = (sql: string): Product =>
    checkOut({
      example: join(__dirname, 'products', 'half'),
      server,
      env: { DB_PASSWORD: password, SQL: sql },
      settings: {
        app,
        'compose.file': `${kind}.yaml`,
        database: { kind, accessory: 'db' },
        migrations: { service: 'migrator', command: ['sh', '-c', migrate] },
        'services.web.slots': { blue: 12000 + port, green: 12100 + port },
        'proxy.domains': [`${kind}.example`],
      },
    })
  const migrate =
    kind === 'mysql'
      ? `exec ${client} -e "$SQL"`
      : `printf '%s\\n' "$SQL" | tr ';' '\\n' | sed 's/$/;/' | exec ${client}`

  const deploy = async (sql: string, version: string) => {
    const checkout = product(sql)
    run += 1
    try {
      return await checkout.run('deploy', run, { inputs: { version } })
    } finally {
      checkout.remove()
    }
  }

  const rows = async (): Promise<string> => {
    const labels = `label=com.docker.compose.project=${app}-accessories`
    const inside =
      kind === 'mysql'
        ? 'MYSQL_PWD=$MARIADB_PASSWORD exec mariadb --batch --skip-column-names -u app half -e "select id, name from rooms; show tables"'
        : 'exec psql -X -q -A -t -U app half -c "select id, name from rooms" -c "select tablename from pg_tables where schemaname = \'public\'"'
    const { stdout, stderr } = await server.exec(
      `docker exec "$(docker ps -q -f ${labels})" sh -c '${inside.replaceAll("'", `'\\''`)}'`,
    )
    return stdout + stderr
  }

  const answer = (): Promise<string> =>
    new Promise((resolve) => {
      const headers = { host: `${kind}.example` }
      const asked = request(
        { host: '127.0.0.1', port: server.httpPort, path: '/', headers, agent: false },
        (got) => {
          got.resume()
          got.on('end', () => resolve(String(got.statusCode)))
        },
      )
      asked.on('error', (error) => resolve(error.message))
      asked.end()
    })

  beforeAll(async () => {
    const first = product('select 1')
    await first.setUp()
    first.remove()
    const made = await deploy(
      "create table rooms (id int primary key, name text); insert into rooms values (1, 'kawa'), (2, 'semi')",
      'v1',
    )
    if (made.code !== 0) throw new Error(made.log)
  }, 300_000)

  it('leaves traffic alone, has a checked backup, says how things stand, and can be put back by what it says', async () => {
    const [before, live] = [await rows(), (await server.exec(`readlink ${base}/live`)).stdout]
    expect(before).toContain('semi')
    let going = true
    const answers: string[] = []
    const visits = (async () => {
      while (going) answers.push(await answer())
    })()
    const failed = await deploy(half, 'v2')
    going = false
    await visits

    expect(failed.code).toBe(1)
    const [message = ''] = failed.errors.map(decodeURIComponent)
    expect(message).toMatch(/Traffic was not touched/)
    expect(message).toMatch(state)
    expect(new Set(answers)).toEqual(new Set(['200']))
    expect(answers.length).toBeGreaterThan(10)
    expect((await server.exec(`readlink ${base}/live`)).stdout).toBe(live)
    expect(failed.log.replace(/^::add-mask::.*$/gm, '')).not.toContain(password)

    const after = await rows()
    expect(after).not.toContain('semi')
    expect(after).toContain('beds')
    const [, command] = /on [^ ]+: (sh '[^']+')/.exec(message)!
    const restored = await server.exec(command!, { user: server.user })
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored') })
    expect(await rows()).toBe(before)

    // The way on: mended, and the same run's migration runs again.
    const mended = await deploy(half.replace('select * from nowhere', 'select 1'), 'v3')
    expect(mended.code).toBe(0)
    expect(await rows()).toContain('beds')
  })
})
