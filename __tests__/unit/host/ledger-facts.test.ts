import { type HostFacts, readFacts } from '../../../src/host/facts'
import { factsLibrary } from '../../../src/host/libraries'
import { call } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import { interruptedMigration } from '../../../src/release/history'
import { type Folder, makeFolder } from './shell'

/** Which lines of its ledger a host tells. */

let folder: Folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

const line = (event: string, release: string, more: object = {}) =>
  `${JSON.stringify({ at: '2026-11-23T00:00:00Z', token: 1, owner: '7/1/deploy', event, release, ...more })}\n`
const scheduled = (token: number) => `${folder.base}/backups/scheduled.${token}.sqlite3.gz`
const scheduledBackup = (token: number) => line('backed-up', 'v2-2', { file: scheduled(token), bytes: 1 })

function history(ledger: string): HostFacts['history'] {
  folder.write('ledger.jsonl', ledger)
  const { output } = folder.run([factsLibrary], [call('ledger_facts')])
  const facts = output.split('\n').flatMap((text) => {
    const parsed = parseLine('n', text)
    return parsed.kind === 'record' && parsed.record.k === 'fact' ? [parsed.record] : []
  })
  return readFacts(facts, 0, 0).history
}
const told = (ledger: string) =>
  history(ledger).map((event) => ('file' in event ? event.file : `${event.event} ${event.release}`))

const tokens = Array.from({ length: 600 }, (_, index) => index + 1)
const releases = (count: number) => tokens.slice(0, count).map((each) => line('finished', `v1-${each}`))

test('its last 500', () => {
  expect(told(releases(600).join(''))).toEqual(tokens.slice(100).map((each) => `finished v1-${each}`))
})

test('nothing where there is none', () => {
  expect(folder.run([factsLibrary], [call('ledger_facts')])).toEqual({ output: '', status: 0 })
})

test('scheduled backups do not take the place of releases; the newest is told in its order', () => {
  const own = `${folder.base}/backups/v1-1.5.dump`
  // A release may be called as they are.
  const alike = `${folder.base}/backups/scheduled.1-7.5.dump`
  const ledger = [
    line('backed-up', 'v1-1', { file: own, bytes: 1 }),
    line('backed-up', 'scheduled.1-7', { file: alike, bytes: 1 }),
    ...releases(2),
    ...tokens.map(scheduledBackup),
    line('finished', 'v2-2'),
  ]
  expect(told(ledger.join(''))).toEqual([
    own,
    alike,
    'finished v1-1',
    'finished v1-2',
    scheduled(600),
    'finished v2-2',
  ])
})

test('one that somebody put back is told too: what came after it is undone', () => {
  const ledger = [
    ...tokens.slice(0, 3).map(scheduledBackup),
    line('migrating', 'v3-3'),
    scheduledBackup(4),
    line('restored', 'v3-3', { file: scheduled(2) }),
    scheduledBackup(5),
  ]
  const events = history(ledger.join(''))
  expect(events.map((event) => ('file' in event ? event.file : event.event))).toEqual([
    scheduled(2),
    scheduled(2),
    scheduled(5),
  ])
  expect(interruptedMigration(events)).toBeUndefined()
})

test('what a crash left at its end does not take a line along', () => {
  for (const end of ['{"at":"2026-', '\0\0\0'])
    expect(told(`${releases(2).join('')}${end}`)).toEqual(['finished v1-1', 'finished v1-2'])
})
