import type { Config, Database } from '../../../src/config/schema'
import { HostFailure } from '../../../src/host/session'
import { readEvent } from '../../../src/release/ledger'
import type { Release } from '../../../src/release/release'
import { composeRuntime } from '../../../src/runtimes/compose'
import type { Deploy } from '../../../src/stages/deploy'
import { migrate } from '../../../src/stages/migrate'
import { configOf } from '../runtimes/product'

const release: Release = {
  id: 'v2-7',
  version: 'v2',
  run: 7,
  commit: '',
  slot: 'green',
  images: {},
  config: 'aaaaaaaa',
}

/** What a person reads when the migration's program failed like this. */
async function messageOf(
  database: Database | undefined,
  facts: Record<string, unknown>,
  code = 'migration',
): Promise<string> {
  const extension = { postgres: 'dump', mysql: 'sql.gz', sqlite: 'sqlite3.gz' }[database?.kind ?? 'postgres']
  const file = `/srv/shop/backups/v2-7.3.${extension}`
  const made = {
    at: '2026-11-22T05:00:00Z',
    owner: '7/1/x',
    event: 'backed-up',
    release: 'v2-7',
    file,
    bytes: 9,
  }
  const known = { history: [readEvent(made)] }
  const outcome = { facts: new Map(Object.entries(facts)), printed: ['the last line'] }
  const host = {
    name: 'deploy@203.0.113.7',
    base: '/srv/shop',
    facts: known,
    refresh: async () => known,
    run: async () => {
      throw new HostFailure('deploy@203.0.113.7', code, 'ended with status 1', outcome)
    },
  }
  const config: Config = {
    ...configOf({ services: {} }),
    migrations: { service: 'web', command: ['npm', 'run', 'migrate'], timeout: 60_000, lockTimeout: 1000 },
    ...(database && { database }),
  }
  const deploy = { config, runtime: composeRuntime, hosts: [host], reporter: {} } as unknown as Deploy
  const error = await migrate(deploy, release).catch((each: Error) => each)
  return (error as Error).message
}

const postgres: Database = { kind: 'postgres', accessory: 'db' }
const mysql: Database = { kind: 'mysql', accessory: 'db' }
const restore = "on deploy@203.0.113.7: sh '/srv/shop/backups/v2-7.3.restore'"

test('PostgreSQL took the change back: nothing has to be restored', async () => {
  const message = await messageOf(postgres, { 'schema-changed': false })
  expect(message).toContain('`npm run migrate` ended with status 1. Traffic was not touched.')
  expect(message).toContain('The schema is as it was: the database took the change back.')
  expect(message).not.toContain('.restore')
})

test('PostgreSQL kept a part: the command to put it back', async () => {
  const message = await messageOf(postgres, { 'schema-changed': true })
  expect(message).toContain('The schema was changed in part and stays so.')
  expect(message).toContain('(what was written since is lost)')
  expect(message).toContain(restore)
})

test('what is not known counts as changed', async () => {
  expect(await messageOf(postgres, {})).toContain(restore)
})

test('MySQL takes no schema change back, and says so', async () => {
  const message = await messageOf(mysql, { 'schema-changed': true })
  expect(message).toContain('stays so: MySQL does not take a schema change back when a later one fails.')
  expect(message).toContain(restore)
})

test('rows may have stayed changed on MySQL even where the schema did not', async () => {
  const message = await messageOf(mysql, { 'schema-changed': false })
  expect(message).toContain('The schema is as it was; rows that the migration changed')
  expect(message).toContain(restore)
})

test('without a database of ours nothing is said of one', async () => {
  const message = await messageOf(undefined, { 'schema-changed': true })
  expect(message).toContain('Traffic was not touched. Mend the migration and deploy again.')
})

test('a migration that never began is no failed migration', async () => {
  expect(await messageOf(mysql, {}, 'once-running')).not.toContain('schema')
})
