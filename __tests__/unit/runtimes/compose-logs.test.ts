import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { composeRuntime } from '../../../src/runtimes/compose'
import { ShellHost } from '../stages/shell'

// Labels come from images too, so anything can stand in them.
const docker = `case "$1" in
  ps) echo "id web/;e touch $BASE/ran; #" ;;
  logs) echo hello ;;
esac`

test('a label of a container is only ever text before its log', () => {
  const host = new ShellHost(docker)
  try {
    const { out } = host.run([composeRuntime.library], [call('compose_logs_of', 'shop-blue', '5')])
    expect(out).toBe(`web/;e touch ${host.base}/ran; # | hello\n`)
    expect(existsSync(join(host.base, 'ran'))).toBe(false)
  } finally {
    host.remove()
  }
})
