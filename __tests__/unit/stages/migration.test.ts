import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { type LedgerEvent, readEvent } from '../../../src/release/ledger'
import { library, ShellHost } from './shell'

// The schema can be read until the file `gone` is there.
const others = `
database_schema() { [ ! -e "$kw_base/gone" ] && printf 0123456789abcdef; }
migrate_ok() { touch "$kw_base/ran"; }
migrate_gone() { touch "$kw_base/gone"; }
migrate_lost() { migrate_gone; exit 3; }
`

let host: ShellHost
beforeEach(() => {
  host = new ShellHost()
})
afterEach(() => host.remove())

const run = (...calls: ReturnType<typeof call>[]) => host.run([library('stages/migrate.sh'), others], calls)
const ledger = (): (LedgerEvent | undefined)[] =>
  readFileSync(join(host.base, 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => readEvent(JSON.parse(line)))

test('a schema that stays the same is told as such', () => {
  const { out, status } = run(call('migration', 'v1-1', 'db', 'migrate_ok'))
  expect(status).toBe(0)
  expect(out).toContain('{"k":"fact","name":"schema-changed","value":false}')
})

test('a schema that cannot be read any more is never said to be as it was', () => {
  const { out, status } = run(call('migration', 'v1-1', 'db', 'migrate_lost'))
  expect(status).toBe(70)
  expect(out).toContain('{"k":"fact","name":"schema-changed","value":true}')
  expect(ledger().at(-1)).toMatchObject({ event: 'migration-failed', schemaChanged: true })
})

test('after a migration that went well too, it counts as changed, so that a rollback warns', () => {
  expect(run(call('migration', 'v1-1', 'db', 'migrate_gone')).out).toContain('"schema-changed","value":true')
  const last = ledger().at(-1)
  expect(last?.event === 'migrated' && last.schema !== last.schemaBefore).toBe(true)
})

test('nothing runs where the schema cannot be read before', () => {
  const { out, status } = run(call('migrate_gone'), call('migration', 'v1-1', 'db', 'migrate_ok'))
  expect(status).toBe(71)
  expect(out).toContain('"code":"schema-unknown"')
  expect(() => readFileSync(join(host.base, 'ran'))).toThrow('ENOENT')
})
