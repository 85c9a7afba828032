import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installPackages } from '../lab/docker'
import type { Config } from '../src/config/schema'
import { nginx } from '../src/proxies/nginx'

/** A real nginx with its own prefix folder: nothing of it is under /etc/nginx, and it listens on loopback only. */
export interface Nginx {
  readonly prefix: string
  /** `nginx -t`: what it says against the configuration, or nothing. */
  test(): string
  start(): Promise<void>
  /** `nginx -s reload`; back when the command is. */
  reload(): Promise<void>
  /** Replaces the sites' file. */
  setSite(site: string): void
  /** Ends nginx and removes the prefix folder. */
  stop(): Promise<void>
}

const asRoot = process.getuid?.() === 0
/** Workers must not be root, who may enter every folder. */
const workerUser = 'www-data'

function findNginx(): string | undefined {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, 'nginx'))
    .find((file) => existsSync(file))
}

/** Installs nginx where it is missing and the system allows it; throws with what to do where not. */
export async function ensureNginx(): Promise<void> {
  if (!findNginx()) await installPackages(['nginx-light'])
}

/** A folder that nginx's workers may enter, as they may enter the app's folder on a host. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  chmodSync(folder, 0o755)
  return folder
}

/** The folder of an app as setup-host makes it, without releases; `live` points nowhere yet. */
export function makeAppFolder(base: string): void {
  for (const slot of ['blue', 'green']) {
    mkdirSync(join(base, 'slots', slot), { recursive: true })
    for (const marker of ['up', slot]) writeFileSync(join(base, 'slots', slot, marker), '')
  }
  mkdirSync(join(base, 'shared', 'logs'), { recursive: true })
  if (asRoot) chownSync(join(base, 'shared', 'logs'), uidOf(workerUser), -1)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A site as rendered listens on every address and logs to /var/log; a test does neither. */
export function renderForTest(config: Config): string {
  return nginx
    .renderSite(config)
    .replace(/^ *listen \[::\]:\d+( ssl http2)?;\n/gm, '')
    .replace(/^( *listen )(\d+( ssl http2)?;)$/gm, '$1127.0.0.1:$2')
    .replace(/^( *access_log )\/var\/log\/\S+/gm, `$1${config.base}/shared/logs/access.log`)
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function mainConfig(prefix: string): string {
  return `${asRoot ? `user ${workerUser};` : ''}
worker_processes 2;
daemon off;
pid ${prefix}/nginx.pid;
error_log ${prefix}/error.log error;
events {
  worker_connections 1024;
}
http {
  default_type application/octet-stream;
  server_names_hash_bucket_size 512;
  ${temporary.map((name) => `${name}_temp_path ${prefix}/temp/${name};`).join('\n  ')}
  access_log off;
  include ${prefix}/sites/*.conf;
}
`
}

export function makeNginx(site: string): Nginx {
  const program = findNginx()
  if (!program) throw new Error('nginx is not installed')
  const prefix = makeFolder('nginx')
  mkdirSync(join(prefix, 'temp'))
  mkdirSync(join(prefix, 'sites'))
  const siteFile = join(prefix, 'sites', 'site.conf')
  writeFileSync(join(prefix, 'nginx.conf'), mainConfig(prefix))
  writeFileSync(siteFile, site)
  if (asRoot) chownSync(join(prefix, 'temp'), uidOf(workerUser), -1)
  const args = ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', join(prefix, 'error.log')]
  let running: ChildProcess | undefined

  return {
    prefix,
    test() {
      try {
        execFileSync(program, [...args, '-q', '-t'], { stdio: ['ignore', 'pipe', 'pipe'] })
        return ''
      } catch (error) {
        return String((error as { stderr?: Buffer }).stderr ?? error)
      }
    },
    async start() {
      // `nginx -t` makes one too.
      rmSync(join(prefix, 'nginx.pid'), { force: true })
      const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      running = child
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said += chunk
      })
      await until(() => {
        if (child.exitCode !== null) throw new Error(`nginx did not start: ${said}`)
        return existsSync(join(prefix, 'nginx.pid'))
      })
    },
    async reload() {
      await promisify(execFile)(program, [...args, '-s', 'reload'])
    },
    setSite: (next) => writeFileSync(siteFile, next),
    async stop() {
      await endChild(running)
      rmSync(prefix, { recursive: true, force: true })
    },
  }
}

/** Ends a server that was started here, and waits until it is gone. */
export async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

function uidOf(user: string): number {
  return Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }))
}

/** Waits for a condition, at most ten seconds or as many as given. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
