import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { installPackages } from '../../../lab/docker'
import { isRoot } from '../../../lab/run'
import { type Connection, type ConnectionOptions, connect } from '../../../src/host/connection'
import { makeKey } from '../../unit/host/keys'

const SSHD = '/usr/sbin/sshd'

export type KeyPair = ReturnType<typeof makeKey>

/** An SSH server of our own on loopback, run by whoever runs the tests; it lets that user in with `userKey`. */
export interface Sshd {
  readonly port: number
  readonly user: string
  readonly userKey: KeyPair
  readonly hostKeys: readonly KeyPair[]
  /** What `connect` needs; all host keys are pinned. */
  readonly options: ConnectionOptions
  connect(changes?: Partial<ConnectionOptions>): Promise<Connection>
  stop(): Promise<void>
}

export interface SshdSettings {
  /** Lines of sshd_config, which go before ours and so win. */
  readonly config?: readonly string[]
  readonly hostKeys?: readonly KeyPair[]
  /** Lets the user in with these too. */
  readonly authorized?: readonly KeyPair[]
}

export async function startSshd(settings: SshdSettings = {}): Promise<Sshd> {
  const { config = [], hostKeys = [makeKey('-t', 'ed25519')], authorized = [] } = settings
  await installSshd()
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  const userKey = makeKey('-t', 'ed25519')
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const port = await freePort()
  const lines = [
    ...config,
    `ListenAddress 127.0.0.1:${port}`,
    ...hostKeys.map(({ privateKey }, index) => `HostKey ${write(`host${index}`, privateKey)}`),
    `AuthorizedKeysFile ${write('authorized', [userKey, ...authorized].map((key) => `${key.publicKey}\n`).join(''))}`,
    'StrictModes no',
    'PidFile none',
    'UsePAM no',
    'MaxStartups 100',
  ]
  const daemon = spawn(SSHD, ['-D', '-e', '-f', write('config', `${lines.join('\n')}\n`)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()))
  const log: string[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface(daemon.stderr).on('line', (line) => {
      log.push(line)
      if (line.startsWith('Server listening')) resolve()
    })
    daemon.once('exit', () => reject(new Error(`sshd did not start:\n${log.join('\n')}`)))
  })

  const user = userInfo().username
  const options = {
    address: '127.0.0.1',
    port,
    user,
    privateKey: userKey.privateKey,
    knownHosts: hostKeys.map(({ publicKey }) => `[127.0.0.1]:${port} ${publicKey}`).join('\n'),
  }
  const opened: Connection[] = []
  return {
    port,
    user,
    userKey,
    hostKeys,
    options,
    connect: async (changes = {}) => {
      const connection = await connect({ ...options, ...changes })
      opened.push(connection)
      return connection
    },
    stop: async () => {
      await Promise.all(opened.map((connection) => connection.close()))
      daemon.kill()
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}

async function installSshd(): Promise<void> {
  if (!existsSync(SSHD)) await installPackages(['openssh-server'])
  if (isRoot()) mkdirSync('/run/sshd', { recursive: true })
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A wire to a port that can be cut, or that can fall silent. */
export interface Wire {
  readonly port: number
  /** How many passed so far. */
  connections(): number
  /** Resolves when none is open. */
  idle(): Promise<void>
  cut(): void
  mute(): void
  stop(): Promise<void>
}

export async function startWire(target: number): Promise<Wire> {
  const pairs: (readonly [Socket, Socket])[] = []
  const server = createServer((near) => {
    const far = connectSocket(target, '127.0.0.1')
    pairs.push([near, far])
    near.on('error', () => {})
    far.on('error', () => {})
    near.pipe(far)
    far.pipe(near)
    // A pipe does not tell of an end by an error.
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of pairs.flat()) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => pairs.length,
    idle: async () => {
      const open = pairs.flat().filter((socket) => !socket.destroyed)
      await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    },
    cut,
    mute: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far)
        far.unpipe(near)
        near.resume()
        far.resume()
      }
    },
    stop: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function publicBlob({ publicKey }: KeyPair): Buffer {
  return Buffer.from(publicKey.split(' ')[1] as string, 'base64')
}
