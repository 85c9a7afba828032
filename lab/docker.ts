import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { alone, cacheFolder } from './cache'
import { isInstalled, isRoot, type Log, mayBeRoot, must, mustAsRoot, run, until } from './run'

/** Every container, volume and image of the lab carries this label, so cleaning up touches nothing else. */
export const LABEL = 'kawasemi.lab'

/**
 * Sees to it that a Docker engine answers. One that runs already is used; else, on Debian and Ubuntu and as root
 * or with sudo, Docker is installed and `dockerd` started. Throws with what to do where that cannot be.
 */
export async function ensureDocker(log: Log = () => {}): Promise<void> {
  if (await engineAnswers()) return
  await alone('dockerd', async () => {
    if (await engineAnswers()) return
    await startEngine(log)
  })
}

async function startEngine(log: Log): Promise<void> {
  if (process.platform !== 'linux') throw new Error('No Docker engine answers. Start Docker and try again.')
  if (!(await mayBeRoot())) {
    throw new Error(
      'No Docker engine answers, and without root or password-less sudo none can be started. ' +
        'Start one ("sudo systemctl start docker") and let this user reach it ("sudo usermod -aG docker $USER").',
    )
  }
  if (!(await isInstalled('dockerd'))) {
    log('installing Docker from the Debian packages')
    await installPackages(['docker.io', 'iptables'], ['docker-cli'])
  }
  log('starting dockerd')
  const logFile = join(cacheFolder(), 'dockerd.log')
  const output = openSync(logFile, 'w')
  // A user who is not root reaches the socket through the group.
  const command = isRoot() ? ['dockerd'] : ['sudo', '-n', 'dockerd', '--group', String(process.getgid?.())]
  const engine = spawn(command[0] as string, command.slice(1), {
    detached: true,
    stdio: ['ignore', output, output],
  })
  let ended = false
  engine.on('exit', () => {
    ended = true
  })
  engine.on('error', () => {
    ended = true
  })
  engine.unref()
  const trouble = () => {
    const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n')
    return `dockerd does not answer. The end of ${logFile}:\n${tail}`
  }
  await until(
    async () => {
      if (await engineAnswers()) return true
      if (ended) throw new Error(trouble())
      return false
    },
    60,
    trouble,
  )
}

/** Installs Debian packages; the optional ones where the distribution has them. Needs root or sudo. */
export async function installPackages(packages: string[], optional: string[] = []): Promise<void> {
  if (!(await isInstalled('apt-get'))) {
    throw new Error(`Install ${packages.join(', ')} and try again: this system has no apt-get to do it with.`)
  }
  // Of two that update the lists of packages at the same time, apt refuses one.
  await alone('apt', () => aptInstall(packages, optional))
}

async function aptInstall(packages: string[], optional: string[]): Promise<void> {
  // Another apt may be at work on a machine that has just been started.
  const wait = ['-o', 'DPkg::Lock::Timeout=600', '-q', '-y']
  await mustAsRoot('apt-get', [...wait, 'update'])
  const known: string[] = []
  for (const name of optional) {
    if ((await run('apt-cache', ['show', name])).code === 0) known.push(name)
  }
  const environment = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...wait]
  await mustAsRoot('env', [...environment, 'install', '--no-install-recommends', ...packages, ...known])
}

/** Tries the `docker` on the PATH, then the distribution's: a client may be too new or too old for the engine. */
async function engineAnswers(): Promise<boolean> {
  if (await answersTo('docker')) return true
  const packaged = '/usr/bin/docker'
  if (!existsSync(packaged) || !(await answersTo(packaged))) return false
  const folder = join(cacheFolder(), 'bin')
  mkdirSync(folder, { recursive: true })
  rmSync(join(folder, 'docker'), { force: true })
  symlinkSync(packaged, join(folder, 'docker'))
  process.env.PATH = `${folder}${delimiter}${process.env.PATH}`
  return true
}

async function answersTo(client: string): Promise<boolean> {
  return (await run(client, ['version', '--format', '{{.Server.Version}}'], { timeout: 15_000 })).code === 0
}

/** The id of an image of the engine, or undefined when there is none of that name. */
export async function imageId(name: string): Promise<string | undefined> {
  const found = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', name])
  return found.code === 0 ? found.stdout.trim() : undefined
}

/** The value of a label of an image; empty when the image has no such label. */
export function imageLabel(name: string, label: string): Promise<string> {
  return must('docker', ['image', 'inspect', '--format', `{{index .Config.Labels "${label}"}}`, name])
}
