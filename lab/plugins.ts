import { chmodSync, mkdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Log, must, run } from './run'

const PACKAGED = '/usr/libexec/docker/cli-plugins'

/**
 * Gives the runner's docker client the Compose and buildx plugins where it has none, out of the server's image
 * (which has Debian's). They go into the user's own plugin folder.
 */
export async function ensurePlugins(serverImage: string, log: Log = () => {}): Promise<void> {
  for (const name of ['compose', 'buildx']) {
    if ((await run('docker', [name, 'version'])).code === 0) continue
    log(`installing the docker ${name} plugin for this user`)
    const folder = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'cli-plugins')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `docker-${name}`)
    const container = await must('docker', ['create', serverImage])
    try {
      await must('docker', ['cp', `${container}:${PACKAGED}/docker-${name}`, `${file}.new`])
      chmodSync(`${file}.new`, 0o755)
      renameSync(`${file}.new`, file)
    } finally {
      await must('docker', ['rm', container])
    }
    await must('docker', [name, 'version'])
  }
}
