import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { library, ShellHost } from './shell'

// Knows the images of two apps that one run has shipped under one id.
const docker = `case "$1 $2" in
  'image ls')
    for each; do case "$each" in reference=*) pattern=\${each#reference=} ;; -*|{{*) ;; *) pattern=$each ;; esac; done
    for image in kawasemi/shop-web:v1-1 kawasemi/shop-admin-web:v1-1; do
      case "$image" in $pattern) echo "$image" ;; esac
    done ;;
  'image rm') echo "$3" >>"$BASE/removed" ;;
esac`

let host: ShellHost
beforeEach(() => {
  host = new ShellHost(docker)
  for (const id of ['v1-1', 'v2-2', 'v3-3']) {
    mkdirSync(join(host.base, 'releases', id))
    writeFileSync(join(host.base, 'releases', id, 'compose.parts'), 'app\tshop\nweb\tweb\naccessory\tdb\n')
  }
})
afterEach(() => host.remove())

const prune = (...keep: string[]) =>
  host.run([library('stages/retire.sh')], [call('prune_releases', ...keep)])

test('an old release goes with its own images, never with those of an app whose name begins alike', () => {
  expect(prune('v2-2', 'v3-3')).toEqual({ out: '', status: 0 })
  expect(existsSync(join(host.base, 'releases/v1-1'))).toBe(false)
  expect(readFileSync(join(host.base, 'removed'), 'utf8')).toBe('kawasemi/shop-web:v1-1\n')
})

test('what a slot holds stays, whatever the list says', () => {
  symlinkSync('../../releases/v2-2', join(host.base, 'slots/green/release'))
  expect(prune('v3-3').status).toBe(0)
  expect(['v1-1', 'v2-2', 'v3-3'].map((id) => existsSync(join(host.base, 'releases', id)))).toEqual([
    false,
    true,
    true,
  ])
})

test('a release takes its own backups along, never those of one whose name begins alike', () => {
  const others = ['v1-1.2-7.3.dump', 'v1-1.2.x3-7.5.dump', 'v1-12.4.dump', 'v2-2.6.sqlite3.gz']
  const own = ['v1-1.5.dump', 'v1-1.6.sqlite3.gz', 'v1-1.7.dump.part']
  for (const file of [...own, ...others]) writeFileSync(join(host.base, 'backups', file), '')
  prune('v2-2', 'v3-3')
  expect(readdirSync(join(host.base, 'backups')).sort()).toEqual(others.sort())
})

test('of the scheduled backups the newest stay, with their scripts, and what is beside them', () => {
  const backups = (...tokens: number[]) =>
    tokens.flatMap((each) => [`scheduled.${each}.dump`, `scheduled.${each}.restore`])
  // 12 was cut off before it was a backup.
  const others = ['v1-1.3.dump', 'scheduled.dump', 'scheduled.12.restore', 'scheduled.12.dump.part']
  for (const file of [...backups(7, 9, 10, 100), ...others])
    writeFileSync(join(host.base, 'backups', file), '')
  const { out, status } = host.run([library('stages/retire.sh')], [call('prune_scheduled', '2')])
  expect({ out, status }).toEqual({ out: '', status: 0 })
  expect(readdirSync(join(host.base, 'backups')).sort()).toEqual([...backups(10, 100), ...others].sort())
})
