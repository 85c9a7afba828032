import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import type { Database } from '../../../src/config/schema'
import { databaseAt, databaseLibrary } from '../../../src/databases/database'
import { databaseKinds } from '../../../src/databases/kinds'
import { restoreCommand, restoreFile, restoreScript } from '../../../src/databases/restore'
import { renderProgram } from '../../../src/host/program'
import { composeRuntime } from '../../../src/runtimes/compose'

const place = { app: 'shop', base: '/srv/shop', release: 'v1-1' }
const databases: Database[] = [
  { kind: 'postgres', accessory: 'db' },
  { kind: 'mysql', urlEnv: 'DATABASE_URL' },
  { kind: 'sqlite', file: 'shared/app.sqlite3' },
]

function shellcheck(text: string, ...left: string[]): string {
  const { error, stdout } = spawnSync('shellcheck', ['--shell=sh', `--exclude=${left.join()}`, '-'], {
    input: text,
  })
  return error && !process.env.CI ? '' : String(stdout)
}

describe.each(databases)('the database kind $kind', (database) => {
  const kind = databaseKinds[database.kind]

  it('has a client in POSIX sh, with all the functions', () => {
    execFileSync('sh', ['-n'], { input: kind.client })
    // It is part of a program; it reads a file laid down with the release; backquotes are SQL's.
    expect(shellcheck(kind.client, 'SC2148', 'SC1091', 'SC2016', 'SC2154')).toBe('')
    const needed = [
      'ping',
      'fits',
      'connections',
      'tables',
      'dump',
      'read',
      'listed',
      'schema',
      'restore',
      'host',
    ]
    const defined = [...kind.client.matchAll(/^client_(\w+)\(\) /gm)].map(([, name]) => name)
    expect(defined).toEqual(expect.arrayContaining(needed))
    expect(defined).toContain(database.kind === 'sqlite' ? 'volume' : 'accessory')
  })

  it('has a restore script in POSIX sh that says what it does, and a command that runs it', () => {
    const dump = `/srv/shop/backups/v1-1.3.${kind.extension}`
    const script = restoreScript(kind, database, place, dump, composeRuntime.library)
    execFileSync('sh', ['-n'], { input: script })
    expect(script).toMatch(/^# Puts the database of shop back as it was before v1-1,/)
    expect(restoreFile(dump, kind)).toBe('/srv/shop/backups/v1-1.3.restore')
    expect(restoreCommand(dump, kind)).toBe("sh '/srv/shop/backups/v1-1.3.restore'")
  })
})

it('the host’s part is POSIX sh', () => {
  expect(shellcheck(databaseLibrary, 'SC2148', 'SC2154')).toBe('')
})

it('what a config holds is words of one call', () => {
  const word = fc.string({ unit: 'binary', maxLength: 20 }).filter((each) => !each.includes('\0'))
  fc.assert(
    fc.property(word, word, word, (file, volume, image) => {
      const at = databaseAt(databaseKinds.sqlite, { kind: 'sqlite', file, volume }, { ...place, image })
      const show = `database_at() { for each; do printf '%s\\0' "$each"; done; }`
      const said = execFileSync('sh', [], { input: renderProgram([show], [at]) })
        .toString()
        .split('\0')
        .slice(0, -1)
      expect(said).toEqual([
        'volume',
        file,
        'gzip',
        'SQLite',
        databaseKinds.sqlite.client,
        image,
        `shop_${volume}`,
      ])
    }),
    { numRuns: 30 },
  )
})

it.each([
  [databases[0], ['accessory', 'db']],
  [databases[1], ['host', '/srv/shop/releases/v1-1/database.connection']],
  [databases[2], ['host', '/srv/shop/shared/app.sqlite3']],
  [{ kind: 'sqlite', file: '/var/lib/app/db' } as const, ['host', '/var/lib/app/db']],
])('%j is looked for in %j', (database, expected) => {
  expect(databaseAt(databaseKinds[database!.kind], database!, place).args.slice(0, 2)).toEqual(expected)
})

it('a migration is told how long it may wait for a lock', () => {
  expect(databaseKinds.postgres.lockTimeout(1500)).toEqual({ PGOPTIONS: '-c lock_timeout=1500' })
  for (const kind of [databaseKinds.mysql, databaseKinds.sqlite]) {
    expect(kind.lockTimeout(10_000)).toEqual({ KAWASEMI_LOCK_TIMEOUT: '10' })
    expect(kind.lockTimeout(100)).toEqual({ KAWASEMI_LOCK_TIMEOUT: '1' })
  }
})
