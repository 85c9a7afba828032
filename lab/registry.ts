import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alone, cacheFolder } from './cache'
import { installPackages } from './docker'
import { isInstalled, type Log, must, mustAsRoot, run, until } from './run'

/** A registry for images on this machine's loopback, which lets in one user. */
export interface LabRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly user: string
  readonly password: string
  stop(): Promise<void>
}

const user = 'pusher'
const password = 'secret-of-the-lab'
const passwordFile = `${user}:$2y$05$abcdefghijklmnopqrstuuqGHYMbQ50W.2jS6H50rIGh6XLFdVt92\n`

/** Starts an empty registry: Debian's package of the one that Docker made. */
export async function startRegistry(log: Log = () => {}): Promise<LabRegistry> {
  const program = await ensureRegistry(log)
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-registry-'))
  const host = `127.0.0.1:${await freePort()}`
  const users = join(folder, 'users')
  writeFileSync(users, passwordFile)
  const config = {
    version: 0.1,
    log: { accesslog: { disabled: true }, level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'images') } },
    http: { addr: host },
    auth: { htpasswd: { realm: 'lab', path: users } },
  }
  // JSON is YAML, too.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config))
  // It ends with its input, so also when this process is killed.
  const untilInputEnds = '"$1" serve "$2" & cat >/dev/null; kill $!; wait $!'
  const child = spawn('sh', ['-c', untilInputEnds, 'sh', program, join(folder, 'config.yml')], {
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const answers = async () => {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined)
    return answer?.status === 401
  }
  await until(answers, 30, () => `The registry does not answer: ${said}`)
  return {
    host,
    user,
    password,
    stop: async () => {
      child.stdin.end()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The path of the registry's program, taken out of its package: installed, it would start by itself. */
export async function ensureRegistry(log: Log = () => {}): Promise<string> {
  const folder = join(cacheFolder(), 'docker-registry')
  const program = join(folder, 'usr/bin/docker-registry')
  if (existsSync(program)) return program
  return alone('registry', async () => {
    if (existsSync(program)) return program
    log('unpacking the Debian package docker-registry')
    const work = mkdtempSync(join(cacheFolder(), 'package-'))
    try {
      const download = () => run('apt-get', ['download', '-q', 'docker-registry'], { cwd: work })
      if ((await download()).code !== 0) {
        await mustAsRoot('apt-get', ['-o', 'DPkg::Lock::Timeout=600', '-q', '-y', 'update'])
        const { code, stderr } = await download()
        if (code !== 0) throw new Error(`The package docker-registry cannot be had: ${stderr}`)
      }
      const [archive = ''] = readdirSync(work).filter((name) => name.endsWith('.deb'))
      mkdirSync(join(work, 'unpacked'))
      await must('dpkg-deb', ['--extract', join(work, archive), join(work, 'unpacked')])
      renameSync(join(work, 'unpacked'), folder)
      return program
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  })
}

/** Installs skopeo where it is missing; the runners of GitHub have it. */
export async function ensureSkopeo(log: Log = () => {}): Promise<void> {
  if (await isInstalled('skopeo')) return
  await alone('skopeo', async () => {
    if (await isInstalled('skopeo')) return
    log('installing skopeo')
    await installPackages(['skopeo'])
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
