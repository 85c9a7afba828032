import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { required } from './config'
import { BROKEN_MIGRATION, readFault } from './faults'

/** Any fixed number: two migrations of this product must not run at once on one database. */
const ADVISORY_LOCK = 8_402_117

interface Migration {
  name: string
  sql: string
}

/**
 * Applies the files of migrations/ that the database does not know yet, in the order of their names, each in a
 * transaction of its own together with its record. The client library honours PGOPTIONS, so a deploy can set
 * lock_timeout from outside.
 */
async function migrate(): Promise<void> {
  const client = new Client({
    connectionString: required(process.env, 'DATABASE_URL'),
    application_name: 'td-buddy-migrate',
    connectionTimeoutMillis: 10_000,
  })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK])
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         name TEXT PRIMARY KEY,
         checksum TEXT NOT NULL,
         applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
       )`,
    )
    const applied = await appliedChecksums(client)
    const migrations = readMigrations()
    let count = 0
    for (const migration of migrations) {
      const checksum = createHash('sha256').update(migration.sql).digest('hex')
      const known = applied.get(migration.name)
      if (known === undefined) {
        await apply(client, migration, checksum)
        count += 1
      } else if (known !== checksum) {
        throw new Error(`${migration.name} was applied and then changed; put the change into a new migration`)
      }
    }
    console.log(`${migrations.length} migrations, ${count} applied now`)
  } finally {
    await client.end()
  }
}

async function appliedChecksums(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM schema_migrations',
  )
  return new Map(rows.map((row) => [row.name, row.checksum]))
}

function readMigrations(): Migration[] {
  const folder = join(__dirname, '..', 'migrations')
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))
  return readFault(process.env) === 'migration' ? [...migrations, BROKEN_MIGRATION] : migrations
}

async function apply(client: Client, migration: Migration, checksum: string): Promise<void> {
  const started = performance.now()
  await client.query('BEGIN')
  try {
    await client.query(migration.sql)
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [
      migration.name,
      checksum,
    ])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw new Error(`${migration.name} failed and was rolled back: ${message(error)}`)
  }
  console.log(`${migration.name} applied in ${Math.round(performance.now() - started)} ms`)
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

migrate().catch((error: unknown) => {
  console.error(`Migration failed: ${message(error)}`)
  process.exitCode = 1
})
