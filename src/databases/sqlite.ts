import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseKind } from './database'
import { lockSeconds } from './lock-seconds'

export const sqlite: DatabaseKind = {
  title: 'SQLite',
  client: readFileSync(join(__dirname, 'sqlite-client.sh'), 'utf8'),
  packages: { client: ['sqlite3', 'sqlite3'] },
  extension: 'sqlite3.gz',
  pack: 'gzip',
  transactional: true,
  files: () => [],
  lockTimeout: lockSeconds,
}
