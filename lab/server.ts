import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utils } from 'ssh2'
import { containerOptions, untilUp } from './container'
import { ensureDocker } from './docker'
import { ensureBareImage, ensureImages, ensureServerImage, ensureServerWith } from './images'
import { type Log, must, type Outcome, run } from './run'
import { sweep } from './sweep'
import { makeDockerVolume } from './volumes'

export interface ServerOptions {
  /** Begins the container's name. `server` when not given. */
  name?: string
  /** Images that the server's own Docker has from the start, such as `postgres:15-alpine`. */
  images?: string[]
  /** Debian packages that are installed on it from the start, such as `redis-server`. */
  packages?: string[]
  /**
   * A server that nobody prepared: a system, sshd, `ops` who may use sudo and `guest` who may not; both let the key in.
   * Its Docker finds the images once it is installed.
   */
  bare?: boolean
  /** MiB of memory, for its processes and in its /proc/meminfo. As much as this machine has when not given. */
  memory?: number
  /** MiB of disk under /srv, which then does not outlive a reboot. As much as this machine has when not given. */
  srv?: number
  log?: Log
}

/** A running server with systemd, sshd, nginx and a Docker engine of its own. */
export interface LabServer {
  /** The container's name. */
  name: string
  sshHost: string
  sshPort: number
  httpPort: number
  httpsPort: number
  /** The container's own address: reachable on Linux only, without Docker's port proxy in between. */
  address: string
  /** Lines for a known_hosts file, for `[127.0.0.1]:sshPort`. */
  hostKeys: string
  /** Lines for a known_hosts file, for port 22 of `address`. */
  addressHostKeys: string
  /** An ordinary user, in the group `docker`, without sudo; on a bare server not there yet. */
  user: string
  /** The user's private key in OpenSSH's format. */
  privateKey: string
  /** Its public half, as a line of authorized_keys. */
  publicKey: string
  /** Runs a program of POSIX sh on the server, as root or as `user`. Does not throw for an exit code. */
  exec(program: string, options?: { input?: string | Buffer; user?: string }): Promise<Outcome>
  /** Orderly, or as if the power had failed. Returns when it is up again; `address` may have changed. */
  reboot(options?: { powerCut?: boolean }): Promise<void>
  /** Removes the server and its disks. */
  stop(): Promise<void>
}

/**
 * Starts a new server and returns when it is up: systemd `running`, sshd and Docker answering. What it needs is
 * made first when it is missing, which takes minutes once. Throws with the failed units when it does not come up.
 */
export async function startServer(options: ServerOptions = {}): Promise<LabServer> {
  await ensureDocker(options.log)
  await sweep()
  const plain = await ensureServerImage(options.log)
  const { bare = false } = options
  const image = bare
    ? await ensureBareImage(options.log)
    : await ensureServerWith(options.packages ?? [], options.log)
  const images = options.images ?? []
  await ensureImages(images, options.log)

  const name = `kawasemi-lab-${options.name ?? 'server'}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const hostKey = makeKey()
  const userKey = makeKey()
  const stop = async () => {
    await run('docker', ['rm', '--force', '--volumes', name])
    await run('docker', ['volume', 'rm', '--force', name])
  }
  try {
    await makeDockerVolume(name, plain, images, options.log)
    const [sshPort, httpPort, httpsPort] = await freePorts()
    await must('docker', [
      'create',
      ...(await containerOptions(name)),
      ...[
        '-p',
        `127.0.0.1:${sshPort}:22`,
        '-p',
        `127.0.0.1:${httpPort}:80`,
        '-p',
        `127.0.0.1:${httpsPort}:443`,
      ],
      ...(options.memory ? [`--memory=${options.memory}m`, `--memory-swap=${options.memory}m`] : []),
      ...(options.srv ? ['--tmpfs', `/srv:size=${options.srv}m,mode=0755,exec,suid,dev`] : []),
      image,
    ])
    await putFiles(name, {
      '/etc/ssh/ssh_host_ed25519_key': hostKey.private,
      ...Object.fromEntries(
        (bare ? ['ops', 'guest'] : ['deploy']).map((user) => [
          `/home/${user}/.ssh/authorized_keys`,
          userKey.public,
        ]),
      ),
      ...(options.memory ? { '/etc/meminfo': meminfo(options.memory) } : {}),
    })
    await must('docker', ['start', name])
    await untilUp(name, sshPort, !bare)

    const key = hostKey.public.trim()
    const server: LabServer = {
      name,
      sshHost: '127.0.0.1',
      sshPort,
      httpPort,
      httpsPort,
      address: await addressOf(name),
      hostKeys: `[127.0.0.1]:${sshPort} ${key}\n`,
      addressHostKeys: '',
      user: 'deploy',
      privateKey: userKey.private,
      publicKey: userKey.public.trim(),
      exec: (program, { input, user = 'root' } = {}) =>
        run(
          'docker',
          ['exec', '-i', '-u', user, name, 'sh', '-c', program],
          input === undefined ? {} : { input },
        ),
      reboot: async ({ powerCut = false } = {}) => {
        await must('docker', powerCut ? ['kill', name] : ['stop', '-t', '60', name])
        await must('docker', ['start', name])
        await untilUp(name, sshPort, !bare)
        server.address = await addressOf(name)
        server.addressHostKeys = `${server.address} ${key}\n`
      },
      stop,
    }
    server.addressHostKeys = `${server.address} ${key}\n`
    return server
  } catch (error) {
    await stop()
    throw error
  }
}

/** One in two hundred of the keys that ssh2 makes cannot be read again, not by itself either. */
function makeKey() {
  for (;;) {
    const key = utils.generateKeyPairSync('ed25519')
    if (!(utils.parseKey(key.private) instanceof Error)) return key
  }
}

/** Three ports that were free a moment ago. Ports that Docker chooses itself change with every reboot. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.on('error', reject)
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports as [number, number, number]
}

/** Puts files into a container that does not run yet; they belong to root, and only root can read keys. */
async function putFiles(name: string, files: Record<string, string>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-lab-'))
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, 'file')
      rmSync(file, { force: true })
      writeFileSync(file, content, { mode: path.endsWith('_key') ? 0o600 : 0o644 })
      await must('docker', ['cp', file, `${name}:${path}`])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function addressOf(name: string): Promise<string> {
  return await must('docker', ['inspect', '--format', '{{.NetworkSettings.Networks.bridge.IPAddress}}', name])
}

/** What a server of that size shows as /proc/meminfo. */
function meminfo(megabytes: number): string {
  const total = megabytes * 1024
  const line = (key: string, kilobytes: number) =>
    `${`${key}:`.padEnd(16)}${String(kilobytes).padStart(8)} kB\n`
  return (
    line('MemTotal', total) +
    line('MemFree', Math.floor(total / 2)) +
    line('MemAvailable', Math.floor((total * 3) / 4)) +
    line('Buffers', 0) +
    line('Cached', Math.floor(total / 4)) +
    line('SwapTotal', 0) +
    line('SwapFree', 0)
  )
}
