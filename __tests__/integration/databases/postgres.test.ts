import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { ensureImages } from '../../../lab/images'
import { must } from '../../../lab/run'
import { databaseReady, databaseRoom } from '../../../src/databases/database'
import { call } from '../../../src/host/program'
import { DatabaseHost } from './database-host'
import { nasty, Server } from './server'

const name = 'my "db" $x\' y'
// PostgreSQL's own bootstrap takes no quote in it.
const owner = 'the owner; -U'
const user = 'o\'brien "$x" -U'
const password = 'p\'a"s $w\\ #:%`'

jest.setTimeout(240_000)

const server = new Server(`kwpg-${process.pid}`, 'postgres:15-alpine', {
  POSTGRES_PASSWORD: 'x',
  POSTGRES_DB: name,
  POSTGRES_USER: owner,
  APP_USER: user,
})
const { app } = server
const accessory = new DatabaseHost(app, { kind: 'postgres', accessory: 'db' })
const urlOf = (who: string, secret: string) =>
  `postgresql+psycopg2://${[who, secret].map(encodeURIComponent).join(':')}@127.0.0.1:5432/${encodeURIComponent(name)}?sslmode=disable&pool=5`
const env = { DATABASE_URL: urlOf(user, password) }
const onHost = new DatabaseHost(
  app,
  { kind: 'postgres', urlEnv: 'DATABASE_URL' },
  { shell: server.shell, at: server.base, env },
)
const psql = 'psql -X -q -A -t -v ON_ERROR_STOP=1 -h /var/run/postgresql -d "$POSTGRES_DB" -U "$APP_USER"'
const sql = (text: string) => server.exec('sh', '-c', `${psql} -c "$1"`, 'sh', text)
const asOwner = (text: string) =>
  server.exec('sh', '-c', `${psql.replace('APP_USER', 'POSTGRES_USER')} -c "$1"`, 'sh', text)
/** A migration's command: a transaction of its own for each statement, as many tools do it. */
const migration = (...statements: string[]) =>
  `docker exec ${server.container} sh -c '${psql} ${statements.map((each) => `-c "${each}"`).join(' ')}'`
const literal = (value: string) => `convert_from('\\x${Buffer.from(value).toString('hex')}', 'utf8')`

beforeAll(async () => {
  await ensureImages(['postgres:15-alpine'])
  await server.start()
  expect((await accessory.ready(60)).failure).toBeUndefined()
  await asOwner(`do $do$ begin
      execute format('create role %I login password %L', ${literal(user)}, ${literal(password)});
      execute format('alter database %I owner to %I', current_database(), ${literal(user)});
    end $do$`)
  await sql(`
    create type mood as enum ('ok', 'bad');
    create domain short as text check (length(value) < 100);
    create table people (id serial primary key, name short not null, mood mood default 'ok');
    create table "odd ""name'" (person int references people (id), t text);
    create schema other; create table other.t (x int generated always as identity);
    create function twice(x int) returns int language sql as 'select 2 * x';
    create aggregate sum2(int) (sfunc = int4pl, stype = int);
    create view grown as select * from people;
    create materialized view counted as select count(*) from people;
    insert into people (name) select 'person ' || n || E'\\n\\\\.\\nCOMMIT;' from generate_series(1, 1000) n;
    insert into "odd ""name'" select id, name from people;
    select lo_from_bytea(0, 'large');`)
})

afterAll(async () => {
  await server.remove()
  accessory.remove()
  rmSync(server.base, { recursive: true, force: true })
})

const rows = () =>
  sql('select count(*), sum(length(name)), (select count(*) from pg_largeobject_metadata) from people')

describe.each([
  ['in an accessory', accessory],
  ['on the host', onHost],
])('a PostgreSQL server %s', (_where, host) => {
  it('is backed up, read whole, counted, and in the ledger', async () => {
    const ran = await host.backup()
    expect(ran.failure).toBeUndefined()
    expect(ran.facts.get('backup')).toMatchObject({ file: host.dump, tables: 3 })
    expect(host.ledger()).toContainEqual(
      expect.objectContaining({ event: 'backed-up', file: host.dump, tables: 3 }),
    )
    expect(host.modeOf(host.dump)).toBe('600')
  })

  it('takes back what a failed migration did in one transaction, and says so', async () => {
    const migrated = await accessory.migrate(
      migration('begin; alter table people add column age int; select * from nowhere'),
    )
    expect(migrated.failure?.code).toBe('migration')
    expect(migrated.facts.get('schema-changed')).toBe(false)
  })

  it('keeps what it did in several, says so, and is put back by the script', async () => {
    const [before, schema] = [await rows(), await host.schema()]
    expect(schema).toMatch(/^[0-9a-f]{16}$/)
    const migrated = await accessory.migrate(
      migration(
        'alter table people add column age int',
        'create table newer (person int references people (id)); create schema extra; create table extra.t (x int)',
        'drop table other.t; drop view grown; drop aggregate sum2(int)',
        'create type late as enum ()',
        'create function more(m mood) returns mood language sql as \\$\\$ select m \\$\\$',
        'delete from people p where id % 2 = 0 and false',
        'truncate people cascade; select lo_unlink(oid) from pg_largeobject_metadata',
        'select * from nowhere',
        'drop table people cascade',
      ),
    )
    expect(migrated.failure?.code).toBe('migration')
    expect(migrated.facts.get('schema-changed')).toBe(true)
    expect(await rows()).toBe('0||0')
    const restored = await host.restore()
    expect(restored.output).toContain('Restored')
    expect(restored.code).toBe(0)
    expect(await rows()).toBe(before)
    expect(await host.schema()).toBe(schema)
    expect(host.ledger()).toContainEqual(expect.objectContaining({ event: 'restored', owner: 'by-hand' }))
  })

  it('is not touched by the script where the dump is damaged', async () => {
    const before = await rows()
    const dump = readFileSync(host.dump)
    writeFileSync(host.dump, dump.subarray(0, dump.length - 2000))
    const { code, output } = await host.restore()
    expect([code, output]).toEqual([70, expect.stringContaining('the database was not touched')])
    writeFileSync(host.dump, dump)
    expect(await rows()).toBe(before)
  })

  it('is not half put back where the dump does not fit', async () => {
    await asOwner('create publication kept for all tables')
    await host.backup()
    await sql("insert into people (name) values ('since')")
    const before = await rows()
    // It is no table, so it stays and the dump makes it a second time.
    const { code, output } = await host.restore()
    expect([code, output]).toEqual([70, expect.stringMatching(/already exists|must be superuser/)])
    expect(await rows()).toBe(before)
    await asOwner('drop publication kept')
    await sql("delete from people where name = 'since'")
  })

  it('has no backup of a dump that was cut off', async () => {
    rmSync(host.dump)
    rmSync(join(host.base, 'ledger.jsonl'))
    for (const bytes of [9, 3000]) {
      const { failure } = await host.backup(call('once', `truncate -s -${bytes} '${host.dump}.part'`))
      expect(failure).toMatchObject({ code: 'backup', message: expect.stringContaining('read to its end') })
    }
    expect(() => host.ledger()).toThrow('ENOENT')
  })
})

describe('a PostgreSQL server on the host', () => {
  it('refuses a wrong password at once, without telling it', async () => {
    onHost.layDown({ DATABASE_URL: urlOf(user, 'not-it') })
    const ran = await onHost.ready()
    onHost.layDown(env)
    expect(ran.failure).toMatchObject({
      code: 'database',
      message: expect.stringContaining('password authentication failed'),
    })
    expect(JSON.stringify([...ran.facts, ran.failure, ran.output])).not.toContain('not-it')
  })

  it('has no password in an argument list', async () => {
    const spy = `#!/bin/sh\nprintf '%s\\n' "$@" "$PATH" >>'${server.base}/words'\nexec /usr/lib/postgresql/15/bin/pg_dump.real "$@"\n`
    const folder = '/usr/lib/postgresql/15/bin'
    writeFileSync(join(server.base, 'spy'), spy, { mode: 0o755 })
    await server.exec(
      'sh',
      '-c',
      `mv ${folder}/pg_dump ${folder}/pg_dump.real && cp '${server.base}/spy' ${folder}/pg_dump`,
    )
    const { failure } = await onHost.backup()
    await server.exec('mv', `${folder}/pg_dump.real`, `${folder}/pg_dump`)
    expect(failure).toBeUndefined()
    const words = readFileSync(join(server.base, 'words'), 'utf8')
    expect(words).toContain('-Fc')
    expect(words).not.toContain(password)
  })

  it('says how much room there is when the disk is full', async () => {
    const host = new DatabaseHost(app, onHost.database, {
      shell: server.shell,
      at: join(server.base, 'full'),
      env,
    })
    // The small disk hides what was laid down under its mount point.
    const fill = 'cp -a "$1/releases" "$1/full/" && mkdir -p "$1/full/backups"'
    await server.exec('sh', '-c', fill, 'sh', server.base)
    const { failure } = await host.backup()
    expect(failure).toMatchObject({
      code: 'backup',
      message: expect.stringMatching(/could not be written.*MB are free/),
    })
    expect(await server.exec('sh', '-c', `ls ${server.base}/full/backups`)).toBe('')
  })

  it('is reached with any password and user', async () => {
    const text = fc
      .array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 12 })
      .map((parts) => parts.join(''))
    let run = 0
    await fc.assert(
      fc.asyncProperty(text, async (secret) => {
        run += 1
        const who = `u${run}${secret}`
        await asOwner(
          `do $do$ begin execute format('create role %I login superuser password %L', ${literal(who)}, ${literal(secret)}); end $do$`,
        )
        onHost.layDown({ DATABASE_URL: urlOf(who, secret) })
        expect(await onHost.ready(3)).toMatchObject({ failure: undefined, code: 0 })
      }),
      { numRuns: 15 },
    )
    onHost.layDown(env)
  })

  it('is refused a dump tool that is older than it', async () => {
    const folder = '/usr/lib/postgresql/15/bin'
    const old = "#!/bin/sh\necho 'pg_dump (PostgreSQL) 13.14 (Debian 13.14-1)'\n"
    writeFileSync(join(server.base, 'old'), old, { mode: 0o755 })
    const hide = `mv ${folder}/pg_dump ${folder}/pg_dump.real && cp '${server.base}/old' /usr/local/bin/pg_dump`
    await server.exec('sh', '-c', hide)
    const { failure } = await onHost.ready()
    await server.exec('rm', '/usr/local/bin/pg_dump')
    const missing = await onHost.ready()
    await server.exec('mv', `${folder}/pg_dump.real`, `${folder}/pg_dump`)
    expect(failure).toMatchObject({
      code: 'database-tools',
      message: 'pg_dump is version 13 and the server 15, which it cannot dump: install postgresql-client-15',
    })
    expect(missing.failure?.message).toContain('pg_dump is not installed on this host')
  })

  it('warns where connections for a second slot are missing', async () => {
    expect((await onHost.run(databaseReady(5), databaseRoom())).facts.has('warning')).toBe(false)
    await asOwner(
      `do $do$ begin execute format('alter role %I connection limit 7', ${literal(user)}); end $do$`,
    )
    const script = '. "$1/env"; export PGPASSFILE="$1/pgpass"; exec psql -X -q -c "select pg_sleep(1000)"'
    const folder = join(server.base, 'releases', onHost.release, 'database.connection')
    const sleeps = Array.from({ length: 4 }, () => server.tried('sh', '-c', script, 'sh', folder))
    const busy = async () =>
      Number(await sql("select count(*) from pg_stat_activity where query = 'select pg_sleep(1000)'"))
    while ((await busy()) < 4) await new Promise((resolve) => setTimeout(resolve, 100))
    const { facts } = await onHost.run(databaseReady(5), databaseRoom())
    expect(facts.get('warning')).toMatch(/PostgreSQL has 3 connections left, and .* uses 4/)
    await sql("select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(1000)'")
    await Promise.all(sleeps)
  })
})

it('a stopped accessory is told by its name', async () => {
  await must('docker', ['stop', server.container])
  const { failure } = await accessory.ready(1)
  expect(failure?.message).toBe(
    'PostgreSQL takes no connection after 1 s: the accessory db has no running container',
  )
})
