import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { installPackages } from '../lab/docker'
import type { Config, ProxyConfig } from '../src/config/schema'
import { proxyOf } from '../src/proxies/kinds'
import { endChild, makeFolder, makeNginx, renderForTest, until } from './nginx'

/** A real web server of any kind, with its own folder: nothing of it is under /etc, and it listens on loopback only. */
export interface WebServer {
  /** The program's own test of its configuration: what it says against it, or nothing. */
  test(): string
  start(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

type Kind = ProxyConfig['kind']

const packages: Record<Kind, [file: string, name: string]> = {
  nginx: ['/usr/sbin/nginx', 'nginx-light'],
  apache: ['/usr/sbin/apache2', 'apache2'],
  caddy: ['/usr/bin/caddy', 'caddy'],
}

/** Installs the web server where it is missing and the system allows it; throws with what to do where not. */
export async function ensureServer(kind: Kind): Promise<void> {
  const [file, name] = packages[kind]
  if (!existsSync(file)) await installPackages([name])
}

/** As a test has it: on loopback only, and the log in the app's folder. */
export function siteForTest(config: Config): string {
  const { proxy } = config
  const log = `${config.base}/shared/logs/access.log`
  const site = proxyOf(proxy!)
    .renderSite(config)
    .replace(/\/var\/log\/kawasemi\/\S+?\/access\.log/g, log)
  if (proxy!.kind === 'nginx') return renderForTest(config)
  if (proxy!.kind === 'apache') return site.replace(/^Listen /gm, 'Listen 127.0.0.1:')
  // Only for its default port does it log requests whose Host names none; the test's is made the default below.
  return site.replace(/^https?:.* \{$/gm, (line) => `${line.replace(/:\d+/g, '')}\n  bind 127.0.0.1`)
}

/** With the site of the config, or one given for it. */
export function makeServer(config: Config, site = siteForTest(config)): WebServer {
  const { kind, listen, tls } = config.proxy!
  if (kind === 'nginx') return makeNginx(site)
  const folder = makeFolder(kind)
  return kind === 'apache' ? makeApache(folder, site, listen) : makeCaddy(folder, site, listen, tls?.listen)
}

const asRoot = process.getuid?.() === 0
/** Whoever answers must not be root, who may enter every folder. */
const user = 'www-data'

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
}

const apacheModules =
  'mpm_event authz_core mime dir headers rewrite proxy proxy_http ssl deflate filter setenvif status'.split(
    ' ',
  )

function makeApache(folder: string, site: string, listen: number): WebServer {
  const main = join(folder, 'httpd.conf')
  writeFileSync(
    main,
    `ServerRoot ${folder}
PidFile ${folder}/pid
ServerName localhost
${apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${asRoot ? `User ${user}\nGroup ${user}\n` : ''}TypesConfig /etc/mime.types
Mutex file:${folder} default
ErrorLog ${folder}/error.log
<Directory />
  Options FollowSymLinks
  AllowOverride None
  Require all denied
</Directory>
# Stands for what a host with PHP does to all of its sites.
<FilesMatch "\\.php$">
  SetHandler server-status
</FilesMatch>
Include ${folder}/site.conf
`,
  )
  writeFileSync(join(folder, 'site.conf'), site)
  return serverOf(folder, listen, {
    test: ['apache2', '-f', main, '-t'],
    run: ['apache2', '-f', main, '-DFOREGROUND'],
    own: false,
  })
}

function makeCaddy(folder: string, site: string, listen: number, secure: number | undefined): WebServer {
  const main = join(folder, 'Caddyfile')
  writeFileSync(
    main,
    `{
  admin off
  http_port ${listen}${secure === undefined ? '' : `\n  https_port ${secure}`}
  storage file_system ${folder}/data
}
import ${folder}/site.caddy
`,
  )
  writeFileSync(join(folder, 'site.caddy'), site)
  mkdirSync(join(folder, 'data'))
  if (asRoot) chownSync(join(folder, 'data'), idOf('-u'), idOf('-g'))
  const options = ['--adapter', 'caddyfile', '--config', main]
  return serverOf(folder, listen, {
    test: ['caddy', 'validate', ...options],
    run: ['caddy', 'run', ...options],
    own: true,
  })
}

/** `own`: it has to be started as the user who answers. */
function serverOf(
  folder: string,
  listen: number,
  { test, run, own }: { test: string[]; run: string[]; own: boolean },
): WebServer {
  chmodSync(folder, 0o755)
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder }
  const as = own && asRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  let running: ChildProcess | undefined
  return {
    test() {
      try {
        execFileSync(test[0]!, test.slice(1), { env, ...as, stdio: ['ignore', 'pipe', 'pipe'] })
        return ''
      } catch (error) {
        return String((error as { stderr?: Buffer }).stderr ?? error)
      }
    },
    async start() {
      const child = spawn(run[0]!, run.slice(1), { env, ...as, stdio: ['ignore', 'ignore', 'pipe'] })
      running = child
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said = (said + chunk).slice(-10_000)
      })
      await until(() => {
        if (child.exitCode !== null) throw new Error(`${run[0]} did not start: ${said}`)
        return listens(listen)
      })
    },
    async stop() {
      await endChild(running)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whether something takes connections to a port of loopback. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
