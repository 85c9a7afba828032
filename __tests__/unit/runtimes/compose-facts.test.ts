import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { factsLibrary } from '../../../src/host/libraries'
import { call } from '../../../src/host/program'
import { library, ShellHost } from '../stages/shell'

/** What is told of a Docker that hangs. */

// No test waits: where Docker would hang it ends with 98, of which our `timeout` makes what the real one says.
const hangs = 'echo 1234; exit 98'
const timeout = `[ "$1 $2 $3" = '-k 5 20' ] || exit 99
shift 3
"$@" || exit "$(($? == 98 ? 124 : $?))"`

function told(docker: string, calls: readonly [string, ...string[]][]): string[] {
  const host = new ShellHost(docker)
  try {
    writeFileSync(join(host.base, 'bin/timeout'), `#!/bin/sh\n${timeout}\n`)
    chmodSync(join(host.base, 'bin/timeout'), 0o755)
    mkdirSync(join(host.base, 'releases/v1-1'))
    writeFileSync(join(host.base, 'releases/v1-1/compose.parts'), 'app\tshop\nweb\tweb\n')
    symlinkSync('../../releases/v1-1', join(host.base, 'slots/blue/release'))
    symlinkSync('slots/blue', join(host.base, 'live'))
    const { out, status } = host.run(
      [
        factsLibrary,
        library('runtimes/compose.sh'),
        library('probes/host-state.sh'),
        'dead() { fact dead "$(json "$(runtime_dead blue)")"; }',
      ],
      calls.map(([name, ...args]) => call(name, ...args)),
    )
    expect(status).toBe(0)
    return out
      .split('\n')
      .filter((line) => line.startsWith('\x1e'))
      .map((line) => line.slice('\x1en {"k":"fact","name":'.length, -1))
  } finally {
    host.remove()
  }
}

test('is a problem, not a reason to wait', () => {
  expect(told(hangs, [['runtime_facts'], ['host_docker_disk'], ['fact', 'end', '1']])).toEqual([
    '"docker-problem","value":"Docker on the host does not answer within 20 s"',
    '"end","value":1',
  ])
})

test('at a later question leaves that unknown', () => {
  const docker = `case "$1" in
  info) echo '27.0|/nowhere|overlay2|none' ;;
  compose) echo 2.30.0 ;;
  *) ${hangs} ;;
esac`
  expect(told(docker, [['runtime_facts'], ['dead']])).toEqual([
    '"docker","value":"27.0"',
    '"image-store","value":"classic"',
    '"live-memory","value":0',
    '"idle-memory","value":0',
    '"compose","value":"2.30.0"',
    '"dead","value":""',
  ])
})
