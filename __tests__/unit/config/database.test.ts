import { loadConfig } from '../../../src/config/load'
import { changed, sample } from './sample'

const old = 'database: { kind: postgres, accessory: postgres }'
const load = (database: string, text = sample) =>
  loadConfig(changed(old, `database: ${database}`, text), 'kawasemi.yml', 'staging').database

describe('database', () => {
  it.each([
    ['{ kind: mysql, accessory: redis }', { kind: 'mysql', accessory: 'redis' }],
    ['{ kind: postgres, url-env: DATABASE_URL }', { kind: 'postgres', urlEnv: 'DATABASE_URL' }],
    [
      '{ kind: mysql, env: { name: DB_NAME, password: P } }',
      { kind: 'mysql', env: { name: 'DB_NAME', password: 'P' } },
    ],
    ['{ kind: sqlite, file: shared/db.sqlite3 }', { kind: 'sqlite', file: 'shared/db.sqlite3' }],
    ['{ kind: sqlite, file: /var/lib/shop/db }', { kind: 'sqlite', file: '/var/lib/shop/db' }],
    [
      '{ kind: sqlite, file: db, volume: postgres_data }',
      { kind: 'sqlite', file: 'db', volume: 'postgres_data' },
    ],
  ])('can be %s', (text, expected) => {
    expect(load(text)).toEqual(expected)
  })

  it.each([
    ['{ kind: mysql }', 'database: expected either accessory, url-env or env, found none of them'],
    [
      '{ kind: mysql, accessory: redis, url-env: U }',
      'either accessory, url-env or env, found accessory and url-env',
    ],
    [
      '{ kind: mysql, accessory: db }',
      'database.accessory: expected one of the accessories (postgres, redis), found "db"',
    ],
    ['{ kind: oracle, accessory: redis }', 'kind: postgres, kind: mysql or kind: sqlite'],
    ['{ kind: postgres, url-env: "a b" }', 'database.url-env: expected the name of a variable'],
    ['{ kind: postgres, env: { user: U } }', 'database.env.name: expected the name of a variable'],
    ['{ kind: postgres, file: shared/x }', 'the unknown key "file"'],
    ['{ kind: sqlite, file: db.sqlite3 }', 'an absolute path, or one under shared/, which outlives releases'],
    ['{ kind: sqlite, file: shared/../db }', 'database.file: expected the path of a file'],
    ['{ kind: sqlite, file: /db, volume: postgres_data }', 'a path inside the volume'],
    [
      '{ kind: sqlite, file: db, volume: media }',
      'database.volume: expected one of the shared volumes (postgres_data',
    ],
  ])('cannot be %s', (text, message) => {
    expect(() => load(text)).toThrow(message)
  })
})
