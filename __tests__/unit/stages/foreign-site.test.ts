import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { library, ShellHost } from './shell'

test('a site of somebody else that has the name of ours is left as it is', () => {
  const host = new ShellHost()
  try {
    const file = join(host.base, 'default.conf')
    writeFileSync(file, 'server { listen 80; }\n')
    const { out, status } = host.run(
      [library('stages/setup-host.sh'), library('proxies/nginx.sh')],
      [call('site', file, '# ours')],
    )
    expect(status).toBe(1)
    expect(out).toContain('default.conf is there and is not ours')
    expect(readFileSync(file, 'utf8')).toBe('server { listen 80; }\n')
  } finally {
    host.remove()
  }
})
