import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { ensureImages } from '../../../lab/images'
import { must } from '../../../lab/run'
import { databaseReady, databaseRoom } from '../../../src/databases/database'
import { call } from '../../../src/host/program'
import { DatabaseHost } from './database-host'
import { nasty, Server } from './server'

/** For a try by hand: `mysql:8.0`. */
const image = process.env.LAB_MYSQL_IMAGE || 'mariadb:10.11'
const isMysql = image.startsWith('mysql')
const dumpTool = isMysql ? 'mysqldump' : 'mariadb-dump'

// MariaDB's dump tool takes no database with a quote in its name.
const name = 'my `db` $x; -y'
const user = "o'brien -U"
const password = 'p\'a"s $w\\ #;%`'

jest.setTimeout(240_000)

const server = new Server(`kwmy-${process.pid}`, image, {
  [isMysql ? 'MYSQL_ROOT_PASSWORD' : 'MARIADB_ROOT_PASSWORD']: 'root $\'"\\',
  MYSQL_DATABASE: name,
  MYSQL_USER: user,
  MYSQL_PASSWORD: password,
})
const { app } = server
const accessory = new DatabaseHost(app, { kind: 'mysql', accessory: 'db' })
const env = { H: '127.0.0.1', P: '3306', N: name, U: user, W: password }
const names = { host: 'H', port: 'P', name: 'N', user: 'U', password: 'W' }
const onHost = new DatabaseHost(
  app,
  { kind: 'mysql', env: names },
  { shell: server.shell, at: server.base, env },
)
const client = `${isMysql ? 'mysql' : 'mariadb'} --default-character-set=utf8mb4 --batch --skip-column-names`
const as = {
  app: `MYSQL_PWD=$MYSQL_PASSWORD ${client} --user="$MYSQL_USER"`,
  root: `MYSQL_PWD="\${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}" ${client} --user=root`,
}
const sql = (text: string, who: keyof typeof as = 'app') =>
  server.exec('sh', '-c', `${as[who]} -e "$1" -- "$MYSQL_DATABASE"`, 'sh', text)
/** A migration's command: statements of which one fails; none of the earlier ones is taken back. */
const migration = (text: string) =>
  `docker exec ${server.container} sh -c '${as.app} -e "${text}" -- "$MYSQL_DATABASE"'`

beforeAll(async () => {
  await ensureImages([image])
  await server.start()
  expect((await accessory.ready(60)).failure).toBeUndefined()
  // MySQL keeps a binary log, and then only administrators make triggers.
  if (isMysql) await sql('set global log_bin_trust_function_creators = 1', 'root')
  await sql(`
    create table people (id int auto_increment primary key, name varchar(100), photo blob) default charset utf8mb4;
    create table \`odd 'name\` (person int, foreign key (person) references people (id));
    create view grown as select * from people;
    create trigger hello before insert on people for each row set new.name = concat(new.name, '!');
    create procedure twice(x int) select 2 * x;
    create event now_and_then on schedule every 1 day do delete from people where id < 0;
    insert into people (name, photo) with recursive seq as (select 1 as n union all select n + 1 from seq where n < 1000)
      select concat('水 ', n, '\\\\n\\n'), unhex('00ff0a0d27') from seq;
    insert into \`odd 'name\` select id from people;`)
})

afterAll(async () => {
  await server.remove()
  accessory.remove()
  rmSync(server.base, { recursive: true, force: true })
})

const rows = () => sql('select count(*), sum(length(name)), sum(crc32(photo)), max(name) from people')

describe.each([
  ['in an accessory', accessory],
  ['on the host', onHost],
])('a MySQL server %s', (_where, host) => {
  it('is backed up, read whole, counted, and in the ledger', async () => {
    const ran = await host.backup()
    expect(ran.failure).toBeUndefined()
    expect(ran.facts.get('backup')).toMatchObject({ file: host.dump, tables: 2 })
    expect(host.ledger()).toContainEqual(
      expect.objectContaining({ event: 'backed-up', file: host.dump, tables: 2 }),
    )
    expect(host.modeOf(host.dump)).toBe('600')
  })

  it('keeps what a failed migration changed, says so, and is put back by the script', async () => {
    const [before, schema] = [await rows(), await host.schema()]
    expect(schema).toMatch(/^[0-9a-f]{16}$/)
    await sql('insert into people (name) values (1)')
    await sql('delete from people order by id desc limit 1')
    expect(await host.schema()).toBe(schema)
    const statements =
      'alter table people add column age int; create table newer (person int, foreign key (person) references people (id)); drop view grown; drop procedure twice; create procedure more() select 1; set foreign_key_checks=0; delete from people where id % 2; insert into nowhere values (1); drop table people'
    const migrated = await accessory.migrate(migration(statements))
    expect(migrated.failure?.code).toBe('migration')
    expect(migrated.facts.get('schema-changed')).toBe(true)
    expect(await sql('show tables')).toContain('newer')
    const restored = await host.restore()
    expect(restored.output).toContain('Restored')
    expect(restored.code).toBe(0)
    expect(await rows()).toBe(before)
    expect(await host.schema()).toBe(schema)
    expect(await sql('show tables')).not.toContain('newer')
    expect(await sql('show procedure status where db = database()')).not.toContain('more')
  })

  it('has no backup of a dump that was cut off', async () => {
    rmSync(host.dump)
    rmSync(join(host.base, 'ledger.jsonl'))
    const cut = await host.backup(call('once', `truncate -s -9 '${host.dump}.part'`))
    expect(cut.failure).toMatchObject({ code: 'backup', message: expect.stringContaining('read to its end') })
    // Packed anew, only the text tells.
    const shorter = `gzip -dc '${host.dump}.part' | head -n -2 | gzip >'${host.base}/x'; mv '${host.base}/x' '${host.dump}.part'`
    const whole = await host.backup(call('once', shorter))
    expect(whole.failure).toMatchObject({
      code: 'backup',
      message: expect.stringContaining('read to its end'),
    })
    expect(whole.output).toContain('does not say that it was completed')
    expect(() => host.ledger()).toThrow('ENOENT')
  })

  it('has no backup of a dump that lacks a table', async () => {
    const fewer = `gzip -dc '${host.dump}.part' | sed 's/^CREATE TABLE .people/CREATE TABLED/' | gzip >'${host.base}/x'; mv '${host.base}/x' '${host.dump}.part'`
    const { failure } = await host.backup(call('once', fewer))
    expect(failure?.message).toBe('the dump holds 1 tables, the database had 2')
  })
})

describe('a MySQL server on the host', () => {
  it('refuses a wrong password at once, without telling it', async () => {
    onHost.layDown({ ...env, W: 'not-it' })
    const ran = await onHost.ready()
    onHost.layDown(env)
    expect(ran.failure).toMatchObject({ code: 'database', message: expect.stringContaining('ERROR 1045') })
    expect(JSON.stringify([...ran.facts, ran.failure, ran.output])).not.toContain('not-it')
  })

  it('warns of what its user could not put back', async () => {
    await sql('create trigger theirs before update on people for each row set new.name = 1', 'root')
    try {
      expect((await onHost.ready()).facts.get('warning')).toMatch(
        /^1 of the triggers.* may not put them back/,
      )
      expect((await accessory.ready()).facts.has('warning')).toBe(false)
    } finally {
      await sql('drop trigger theirs', 'root')
    }
    expect((await onHost.ready()).facts.has('warning')).toBe(false)
  })

  it('has no password in an argument list', async () => {
    const spy = `#!/bin/sh\nprintf '%s\\n' "$@" >>'${server.base}/words'\nexec /usr/bin/${dumpTool} "$@"\n`
    writeFileSync(join(server.base, 'spy'), spy, { mode: 0o755 })
    await server.exec('cp', join(server.base, 'spy'), `/usr/local/bin/${dumpTool}`)
    const { failure } = await onHost.backup()
    await server.exec('rm', `/usr/local/bin/${dumpTool}`)
    expect(failure).toBeUndefined()
    const words = readFileSync(join(server.base, 'words'), 'utf8')
    expect(words).toContain('--single-transaction')
    expect(words).not.toContain(password)
  })

  it('says how much room there is when the disk is full', async () => {
    const host = new DatabaseHost(
      app,
      { kind: 'mysql', env: names },
      { shell: server.shell, at: join(server.base, 'full'), env },
    )
    // The small disk hides what was laid down under its mount point.
    await server.exec(
      'sh',
      '-c',
      'cp -a "$1/releases" "$1/full/" && mkdir -p "$1/full/backups"',
      'sh',
      server.base,
    )
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
        const who = `u${run}${secret.slice(0, 3)}`.trim()
        const hex = (value: string) => `x'${Buffer.from(value).toString('hex')}'`
        await sql(
          `set @who = concat(quote(convert(${hex(who)} using utf8mb4)), '@\\'%\\'');
           set @make = concat('create user ', @who, ' identified by ', quote(convert(${hex(secret)} using utf8mb4)));
           prepare make from @make; execute make;
           set @allow = concat('grant all on *.* to ', @who);
           prepare allow from @allow; execute allow`,
          'root',
        )
        onHost.layDown({ ...env, U: who, W: secret })
        expect(await onHost.ready(3)).toMatchObject({ failure: undefined, code: 0 })
      }),
      { numRuns: 15 },
    )
    onHost.layDown(env)
  })

  it('is refused a dump tool that is older than it', async () => {
    const version = isMysql
      ? '5.7.44 for Linux on x86_64'
      : '10.13 Distrib 5.5.68-MariaDB, for Linux (x86_64)'
    const old = `#!/bin/sh\necho 'mysqldump  Ver ${version}'\n`
    writeFileSync(join(server.base, 'old'), old, { mode: 0o755 })
    await server.exec('cp', join(server.base, 'old'), `/usr/local/bin/${dumpTool}`)
    const { failure } = await onHost.ready()
    await server.exec('rm', `/usr/local/bin/${dumpTool}`)
    expect(failure).toMatchObject({
      code: 'database-tools',
      message: `the dump tool is ${isMysql ? 'MySQL 5 and the server 8' : 'MariaDB 5 and the server 10'}: install the server's own client`,
    })
  })

  it('warns where connections for a second slot are missing', async () => {
    expect((await onHost.run(databaseReady(5), databaseRoom())).facts.has('warning')).toBe(false)
    await sql('set global max_connections = 10', 'root')
    const sleeps = Array.from({ length: 6 }, () => sql('select sleep(1000)').catch(() => ''))
    const busy = async () =>
      (await sql("select id from information_schema.processlist where info = 'select sleep(1000)'")).split(
        '\n',
      )
    while ((await busy()).length < 6) await new Promise((resolve) => setTimeout(resolve, 100))
    const { facts } = await accessory.run(databaseReady(5), databaseRoom())
    expect(facts.get('warning')).toMatch(/MySQL has 4 connections left, and .* uses 6/)
    for (const id of await busy()) await sql(`kill ${id}`, 'root')
    await sql('set global max_connections = 100', 'root')
    await Promise.all(sleeps)
  })
})

it('a stopped accessory is told by its name', async () => {
  await must('docker', ['stop', server.container])
  const { failure } = await accessory.ready(1)
  expect(failure?.message).toBe(
    'MySQL takes no connection after 1 s: the accessory db has no running container',
  )
})
