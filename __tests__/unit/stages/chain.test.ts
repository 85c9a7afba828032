import { backupAndMigrate } from '../../../src/stages/chain'
import { backup, migrate } from '../../../src/stages/migrate'
import { deployTo, FakeHost, releaseOf } from './fleet'

jest.mock('../../../src/stages/migrate')

const release = releaseOf('v2-2', 'green')
const file = '/srv/shop/backups/v2-2.1.dump'
const migrations = { service: 'web', command: ['migrate'], timeout: 60_000, lockTimeout: 1000 }

/** An attempt on a host whose ledger has these lines since the release was shipped at midnight. @returns what it did */
async function attempt(clock: string | undefined, ...lines: Record<string, unknown>[]): Promise<string[]> {
  const host = new FakeHost('one', { blue: 'v1-1', green: 'v2-2' }, 'blue')
  for (const line of lines) host.enter({ release: 'v2-2', file, bytes: 1, ...line })
  const reading = clock === undefined ? {} : { clock: { asked: 0, host: Date.parse(clock), answered: 0 } }
  host.facts = { ...host.facts, ...reading }
  const { deploy } = deployTo(host)
  Object.assign(deploy.config, { migrations })
  const done: string[] = []
  jest.mocked(backup).mockImplementation(async () => {
    done.push('backup')
    deploy.report.backup = '/srv/shop/backups/v2-2.2.dump'
    return undefined
  })
  jest.mocked(migrate).mockImplementation(async () => {
    done.push('migrate')
    return { changed: false }
  })
  const ended = await backupAndMigrate(deploy, release)
  return [...done, ended.backup.replace(/.*v2-2/, '')]
}

const at = (time: string) => `2026-11-22T${time}:00Z`
const made = { event: 'backed-up', at: at('00:10') }
const migrating = { event: 'migrating' }
const before = ['migrate', '.1.dump']
const anew = ['backup', 'migrate', '.2.dump']

describe('the backup of an earlier attempt', () => {
  test.each<[string, string | undefined, Record<string, unknown>[], string[]]>([
    ['counts while it is new', at('01:09'), [made], before],
    ['is made anew when it is older than an hour', at('01:11'), [made], anew],
    ['is made anew where the time is not known', undefined, [made], anew],
    [
      'counts for ever once its migration began: a second one could be of half a schema',
      '2026-12-22T00:00:00Z',
      [made, migrating],
      before,
    ],
    [
      'does not count for the migration of another release',
      at('09:00'),
      [made, { ...migrating, release: 'v3-3' }],
      anew,
    ],
    ['nor for a migration before it', at('09:00'), [migrating, made], anew],
    [
      'nor after the release was shipped again with other settings: it could be of another database',
      at('00:20'),
      [made, migrating, { event: 'shipped', details: release }],
      anew,
    ],
    ['is the last one of several', at('09:10'), [made, { ...made, at: at('09:00') }], before],
  ])('%s', async (_, clock, lines, expected) => {
    expect(await attempt(clock, ...lines)).toEqual(expected)
  })

  test('stays where the migration is done', async () => {
    expect(await attempt('2026-12-22T00:00:00Z', made, migrating, { event: 'migrated' })).toEqual(['.1.dump'])
  })
})
