import { connect } from 'node:net'
import { LABEL } from './docker'
import { must, run, until } from './run'
import { CREATOR, creator } from './sweep'

/**
 * systemd needs a few rights and a cgroup tree to write to, and Docker a volume for its layers, which cannot lie on
 * the container's own overlay. (`--privileged` would do as well, where it is allowed.)
 */
export async function containerOptions(name: string): Promise<string[]> {
  const cgroups = await must('docker', ['info', '--format', '{{.CgroupVersion}}'])
  return [
    ...[
      '--name',
      name,
      '--hostname',
      'server',
      '--label',
      `${LABEL}=1`,
      '--label',
      `${CREATOR}=${creator()}`,
    ],
    // Version 1 cgroups of a namespace of its own do not do with Docker inside.
    ...(cgroups === '2'
      ? ['--cgroupns', 'private']
      : ['--cgroupns', 'host', '-v', '/sys/fs/cgroup:/sys/fs/cgroup:rw']),
    // SYS_PTRACE: without it root cannot enter another user's namespaces, which is what `docker exec` does.
    ...['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_PTRACE'],
    ...['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    ...['--security-opt', 'systempaths=unconfined'],
    ...['-e', 'container=docker', '-e', 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1'],
    ...['-v', `${name}:/var/lib/docker`, '--tmpfs', '/run', '--tmpfs', '/run/lock'],
  ]
}

/** Prints the state of the server once it has booted. Asks in there: a `docker exec` for each look costs more than the boot. */
const BOOTED = `
looks=0
while state=$(systemctl is-system-running 2>&1); [ "$looks" -lt 900 ]; do
  case "$state" in running | degraded | maintenance) break ;; esac
  looks=$((looks + 1))
  sleep 0.1
done
printf '%s' "$state"`

/** Waits until the server has booted and everything on it has started. */
export async function untilUp(name: string, sshPort: number, withDocker = true): Promise<void> {
  // By then systemd has its cgroups as it wants them, which a program from outside could disturb.
  await until(
    () => sshAnswers(sshPort),
    90,
    async () => `sshd of ${name} does not answer on ${sshPort}.\n${await report(name)}`,
  )
  const { stdout, stderr } = await run('docker', ['exec', name, 'sh', '-c', BOOTED])
  const state = stdout.trim() || stderr.trim()
  if (state !== 'running') throw new Error(`The server ${name} is ${state}.\n${await report(name)}`)
  if (withDocker) await must('docker', ['exec', name, 'docker', 'version'])
}

async function report(name: string): Promise<string> {
  const program =
    'systemctl --failed --no-legend --plain; systemctl list-jobs --no-legend; journalctl -b -p warning -n 30 --no-pager'
  const inside = await run('docker', ['exec', name, 'sh', '-c', program])
  const logs = await run('docker', ['logs', '--tail', '20', name])
  return `Failed units, waiting jobs and the end of its journal:\n${inside.stdout}${inside.stderr}${logs.stderr}`
}

/** Whether what listens there greets as an SSH server. */
function sshAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => end(false))
    socket.on('data', (data) => end(data.toString().startsWith('SSH-2.0')))
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
  })
}
