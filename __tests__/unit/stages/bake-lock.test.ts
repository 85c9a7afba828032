import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { library, ShellHost } from './shell'

const lease = (token: number) => `{"token":${token},"expires":1,"owner":"1/1/job","url":"u","since":1}\n`

// Tells whether the flock is held by whoever writes the lease.
const others = `runtime_dead() { :; }
runtime_restarts() { echo 0; }
put() { if (flock -n 7) 7>>"$kw_base/lease.lock"; then note "FREE $1"; else note "held $1"; fi; }
`

test('a watcher extends the lease under the flock, as everybody does who writes it', () => {
  const host = new ShellHost()
  try {
    symlinkSync('slots/blue', join(host.base, 'live'))
    writeFileSync(join(host.base, 'lease.json'), lease(4))
    mkdirSync(join(host.base, 'runs/1'))
    const begin = call('bake_begin', 'n', host.base, '1', '1/1/job', 'u', '4', '45', 'shop')
    const { out } = host.run(
      [library('stages/bake.sh'), others],
      [begin, call('bake', 'blue', 'v1-1', '', '', '0', '5', '20', '/dev/null')],
    )
    expect(out).toContain(`held ${host.base}/lease.json`)
    expect(out).not.toContain('FREE')
    expect(readFileSync(join(host.base, 'runs/1/status'), 'utf8')).toBe('0\n')
  } finally {
    host.remove()
  }
})
