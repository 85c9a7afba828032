import { ensureImages } from '../../../lab/images'
import { must } from '../../../lab/run'
import { DatabaseHost } from './database-host'

const app = `kwpg-${process.pid}`
const name = 'my "db" $x\' y'
// PostgreSQL's own bootstrap takes no quote in it.
const user = 'the owner; -U'

jest.setTimeout(180_000)

describe('PostgreSQL in an accessory', () => {
  const container = `${app}-db`
  const host = new DatabaseHost(app, { kind: 'postgres', accessory: 'db' })
  const sql = (text: string) =>
    must('docker', [
      ...['exec', '-e', `PGUSER=${user}`, '-e', `PGDATABASE=${name}`, container],
      ...['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', '/var/run/postgresql', '-c', text],
    ])

  beforeAll(async () => {
    await ensureImages(['postgres:15-alpine'])
    await must('docker', [
      ...['run', '-d', '--name', container, '--label', 'kawasemi.lab=1'],
      ...['--label', `com.docker.compose.project=${app}-accessories`],
      ...['--label', 'com.docker.compose.service=db', '--label', 'com.docker.compose.oneoff=False'],
      ...['-e', 'POSTGRES_PASSWORD=x', '-e', `POSTGRES_DB=${name}`, '-e', `POSTGRES_USER=${user}`],
      'postgres:15-alpine',
    ])
    expect((await host.ready(60)).failure).toBeUndefined()
    await sql(`
      create extension if not exists plpgsql;
      create type mood as enum ('ok', 'bad');
      create table people (id serial primary key, name text not null, mood mood default 'ok');
      create table "odd ""name'" (person int references people (id), t text);
      create schema other; create table other.t (x int);
      create function twice(x int) returns int language sql as 'select 2 * x';
      create view grown as select * from people;
      insert into people (name) select 'person ' || n || E'\\n\\\\.' from generate_series(1, 1000) n;
      insert into "odd ""name'" select id, name from people;`)
  })

  afterAll(async () => {
    await must('docker', ['rm', '-f', '-v', container])
    host.remove()
  })

  it('backs up, checks, counts, and notes it in the ledger', async () => {
    const ran = await host.backup()
    expect(ran.failure).toBeUndefined()
    expect(ran.code).toBe(0)
    expect(ran.facts.get('backup')).toMatchObject({ file: host.dump, tables: 3 })
    expect(host.ledger()).toContainEqual(
      expect.objectContaining({ event: 'backed-up', file: host.dump, tables: 3 }),
    )
    expect(host.modeOf(host.dump)).toBe('600')
  })

  it('puts back what a migration left behind', async () => {
    const rows = () => sql('select count(*), sum(length(name)) from people')
    const [before, schema] = [await rows(), await host.schema()]
    expect(schema).toMatch(/^[0-9a-f]{16}$/)
    await sql(`
      alter table people add column age int; delete from people where id > 500 and not exists
        (select from "odd ""name'" where person = people.id and false) and id not in (select person from "odd ""name'");
      create table newer (person int references people (id));
      drop table other.t; drop view grown; truncate "odd ""name'";
      delete from people where id % 2 = 0;
      create type extra as enum ('x'); create function more(m mood) returns int language sql as 'select 1';`)
    expect(await host.schema()).not.toBe(schema)
    const restored = await host.restore()
    expect(restored.output).toContain('Restored')
    expect(restored.code).toBe(0)
    expect(await rows()).toBe(before)
    expect(await sql('select count(*) from other.t')).toBe('0')
    expect(await host.schema()).toBe(schema)
  })
})
