import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPackages } from '../../../lab/docker'
import { ensureImages } from '../../../lab/images'
import { isInstalled, must } from '../../../lab/run'
import { call } from '../../../src/host/program'
import { DatabaseHost } from './database-host'

jest.setTimeout(180_000)

const temporary = mkdtempSync(join(tmpdir(), 'kawasemi-sqlite-'))

/** This machine's programs without some of them. */
function pathWithout(...names: string[]): string {
  const folder = join(temporary, `without-${names.join('-') || 'nothing'}`)
  mkdirSync(folder)
  for (const bin of ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    for (const name of readdirSync(bin)) {
      if (names.some((each) => name === each || name.startsWith(`${each}.`))) continue
      try {
        symlinkSync(join(bin, name), join(folder, name))
      } catch {
        // An earlier folder has it.
      }
    }
  }
  return folder
}

beforeAll(async () => {
  if (!(await isInstalled('sqlite3')) || !(await isInstalled('python3')))
    await installPackages(['sqlite3', 'python3'])
})

afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const database = { kind: 'sqlite', file: 'shared/data/app.sqlite3' } as const
const withPath = (folder: string) => ({ shell: ['env', `PATH=${folder}`, 'sh'] as const })

describe.each([
  ['sqlite3', []],
  ["Python's module", ['sqlite3']],
])('an SQLite file, by %s', (_tool, hidden) => {
  const host = new DatabaseHost('shop', database, withPath(pathWithout(...hidden)))
  const file = join(host.base, database.file)
  const sql = (text: string) => execFileSync('sqlite3', [file, text], { encoding: 'utf8' }).trim()
  const rows = () => sql('select count(*), sum(length(name)) from people')

  beforeAll(() => mkdirSync(join(file, '..')))
  afterAll(() => host.remove())

  it('that is not there yet has an empty backup, with a warning', async () => {
    const ran = await host.backup()
    expect(ran.facts.get('warning')).toContain(`there is no database in ${file} yet`)
    expect(ran.facts.get('backup')).toMatchObject({ tables: 0 })
  })

  it('is backed up with what is only in its write-ahead log, under the eyes of the app', async () => {
    sql(
      "pragma journal_mode = wal; create table people (id integer primary key, name text); insert into people (name) select 'x' || value from generate_series(1, 1000)",
    )
    // The app keeps the file open, so the log is not folded into it.
    const app = [
      '-c',
      'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute("insert into people (name) values (\'in the log\')"); c.commit(); print("open", flush=True); sys.stdin.read()',
      file,
    ]
    const child = spawn('python3', app, { stdio: ['pipe', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ran = await host.backup()
    expect(ran.failure).toBeUndefined()
    expect(ran.facts.get('backup')).toMatchObject({ tables: 1 })

    const [before, schema] = [await rows(), await host.schema()]
    expect(before).toMatch(/^1001/)
    const failed = await host.migrate(
      `$(PATH=/usr/bin:/usr/local/bin command -v sqlite3) -bail '${file}' 'begin; alter table people add column age int; select * from nowhere'`,
    )
    expect(failed.facts.get('schema-changed')).toBe(false)
    const half = await host.migrate(
      `$(PATH=/usr/bin:/usr/local/bin command -v sqlite3) -bail '${file}' 'alter table people add column age int; create table newer (x); delete from people; select * from nowhere'`,
    )
    expect(half.facts.get('schema-changed')).toBe(true)
    expect(await host.schema()).not.toBe(schema)
    const restored = await host.restore()
    expect(restored.output).toContain('Restored')
    expect(rows()).toBe(before)
    expect(await host.schema()).toBe(schema)
    expect(sql('pragma integrity_check; pragma journal_mode')).toBe('ok\nwal')
    child.stdin.end()
    await new Promise((resolve) => child.once('close', resolve))
  })

  it('has no backup of a dump that was cut off or spoilt', async () => {
    rmSync(host.dump)
    const spoil = (how: string) =>
      `gzip -dc '${host.dump}.part' >'${host.base}/x'; ${how}; gzip <'${host.base}/x' >'${host.dump}.part'`
    for (const how of [`truncate -s -9 '${host.dump}.part'`, spoil(`truncate -s 5000 '${host.base}/x'`)]) {
      const { failure } = await host.backup(call('once', how))
      expect(failure).toMatchObject({ code: 'backup', message: expect.stringContaining('read to its end') })
    }
  })

  it('that is no database is refused', async () => {
    truncateSync(file, 300)
    const { failure } = await host.ready(1)
    expect(failure?.code).toBe('database')
  })
})

it('without sqlite3 and Python it is refused, by their names', async () => {
  const host = new DatabaseHost('shop', database, withPath(pathWithout('sqlite3', 'python3')))
  const { failure } = await host.ready()
  host.remove()
  expect(failure?.message).toBe(
    'SQLite cannot be used: neither sqlite3 nor python3 with its sqlite3 module is there: install sqlite3',
  )
})

describe('an SQLite file in a volume', () => {
  const app = `kwlite-${process.pid}`
  const image = `kawasemi-lab/${app}`
  const host = new DatabaseHost(app, { kind: 'sqlite', file: 'inner/app.sqlite3', volume: 'data' }, { image })
  const inVolume = (script: string) =>
    must('docker', ['run', '--rm', '-v', `${app}_data:/data`, '--entrypoint', 'sh', image, '-c', script])

  beforeAll(async () => {
    await ensureImages(['debian:bookworm-slim'])
    const dockerfile = `FROM debian:bookworm-slim
RUN apt-get update -q && apt-get install -yq --no-install-recommends sqlite3 && useradd app
LABEL kawasemi.lab=1
USER app
`
    await must('docker', ['build', '-q', '-t', image, '-'], { input: dockerfile })
    await must('docker', ['volume', 'create', '--label', 'kawasemi.lab=1', `${app}_data`])
    await must('docker', [
      'run',
      '--rm',
      '-u',
      '0',
      '-v',
      `${app}_data:/data`,
      image,
      'sh',
      '-c',
      'mkdir /data/inner && chown -R app /data',
    ])
  })

  afterAll(async () => {
    await must('docker', ['volume', 'rm', `${app}_data`])
    await must('docker', ['image', 'rm', image])
    host.remove()
  })

  it('is backed up and put back by the tools of the image, as the user of the app', async () => {
    await inVolume("sqlite3 /data/inner/app.sqlite3 'create table t (x); insert into t values (1)'")
    const ran = await host.backup()
    expect(ran.failure).toBeUndefined()
    expect(ran.facts.get('backup')).toMatchObject({ tables: 1 })
    await inVolume("sqlite3 /data/inner/app.sqlite3 'drop table t'")
    expect((await host.restore()).output).toContain('Restored')
    expect(
      await inVolume("sqlite3 /data/inner/app.sqlite3 'select x from t'; stat -c %U /data/inner/*"),
    ).toBe('1\napp')
  })
})
