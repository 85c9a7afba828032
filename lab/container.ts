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

/** Waits until the server has booted and everything on it has started. */
export async function untilUp(name: string, sshPort: number, withDocker = true): Promise<void> {
  let state = 'not started'
  const up = async () => {
    const answer = await run('docker', ['exec', name, 'systemctl', 'is-system-running'])
    state = answer.stdout.trim() || answer.stderr.trim()
    return ['running', 'degraded', 'maintenance'].includes(state)
  }
  await until(
    up,
    90,
    async () => `The server ${name} has not booted within 90 s (${state}).\n${await report(name)}`,
  )
  if (state !== 'running') throw new Error(`The server ${name} is ${state}.\n${await report(name)}`)
  if (withDocker) await must('docker', ['exec', name, 'docker', 'version'])
  if (sshPort)
    await until(
      () => sshAnswers(sshPort),
      20,
      () => `sshd of ${name} does not answer on ${sshPort}.`,
    )
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
