import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../host/program'
import { quote } from '../host/quote'
import type { DatabaseKind } from './database'

export const postgres: DatabaseKind = {
  library: readFileSync(join(__dirname, 'postgres.sh'), 'utf8'),
  extension: 'dump',
  ready: (accessory, seconds) => call('database_ready', accessory, String(seconds)),
  dump: (accessory, file) => call('database_dump', accessory, file),
  check: (accessory, file, release) => call('database_check', accessory, file, release),
  // libpq, node-postgres and psycopg all read it.
  lockTimeout: (ms) => ({ PGOPTIONS: `-c lock_timeout=${Math.round(ms)}` }),
  restoreCommand: (app, accessory, file) =>
    `docker exec -i "$(docker ps -q -f label=com.docker.compose.project=${app}-accessories -f label=com.docker.compose.service=${accessory})" ` +
    `sh -c 'pg_restore --clean --if-exists --single-transaction -U "$POSTGRES_USER" -d "$POSTGRES_DB"' < ${quote(file)}`,
}
