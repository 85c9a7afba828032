import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { alone } from './cache'
import { containerOptions } from './container'
import { imageId, LABEL } from './docker'
import { type Log, must, run, until } from './run'
import { CREATOR, creator } from './sweep'

/** The file in a template that says it is whole. */
const WHOLE = '.lab-whole'

/**
 * Makes the volume `name` for a server's /var/lib/docker, with `images` in it. Loading images takes several
 * seconds, copying a volume that has them well under one: so there is a template volume for every set of images.
 */
export async function makeDockerVolume(
  name: string,
  serverImage: string,
  images: string[],
  log: Log = () => {},
) {
  await createVolume(name, [`${CREATOR}=${creator()}`])
  if (images.length === 0) return
  const ids = await Promise.all(images.map((image) => imageId(image)))
  const content = JSON.stringify([serverImage, [...images.keys()].map((i) => [images[i], ids[i]]).sort()])
  const template = `kawasemi-lab-images-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`
  if (await copyTemplate(template, name, serverImage)) return
  await alone(template, async () => {
    if (await copyTemplate(template, name, serverImage)) return
    log(`loading ${images.join(', ')} into a server's Docker`)
    await makeTemplate(template, serverImage, images)
  })
  if (!(await copyTemplate(template, name, serverImage)))
    throw new Error(`The volume ${template} cannot be copied.`)
}

/** Brings images of the runner's Docker into a running server's, those that it has not got yet. */
export async function loadImages(server: string, images: string[]): Promise<void> {
  const missing: string[] = []
  for (const image of images) {
    const there = await run('docker', ['exec', server, 'docker', 'image', 'inspect', '-f', '{{.Id}}', image])
    if (there.stdout.trim() !== (await imageId(image))) missing.push(image)
  }
  if (missing.length === 0) return
  const save = spawn('docker', ['save', ...missing], { stdio: ['ignore', 'pipe', 'inherit'] })
  const saved = new Promise<number | null>((resolve) => save.on('close', resolve))
  await must('docker', ['exec', '-i', server, 'docker', 'load'], { input: save.stdout })
  if ((await saved) !== 0) throw new Error(`"docker save ${missing.join(' ')}" failed.`)
}

async function makeTemplate(template: string, serverImage: string, images: string[]): Promise<void> {
  await run('docker', ['volume', 'rm', '--force', template])
  await createVolume(template, [])
  const server = `${template}-loading`
  const options = (await containerOptions(server)).map((option) =>
    option.replace(`${server}:/`, `${template}:/`),
  )
  try {
    await run('docker', ['rm', '--force', server])
    await must('docker', ['run', '--detach', '--stop-signal', 'SIGTERM', ...options, serverImage, 'dockerd'])
    const answers = async () => (await run('docker', ['exec', server, 'docker', 'version'])).code === 0
    await until(answers, 60, async () => (await run('docker', ['logs', '--tail', '20', server])).stderr)
    await loadImages(server, images)
    // Stopped in order: what is copied must be complete on the disk.
    await must('docker', ['stop', '-t', '60', server])
  } finally {
    await run('docker', ['rm', '--force', server])
  }
  await inVolumes([`${template}:/to`], serverImage, `touch /to/${WHOLE}`)
}

/** False when there is no such template, or only half of one. */
async function copyTemplate(template: string, name: string, serverImage: string): Promise<boolean> {
  if ((await run('docker', ['volume', 'inspect', template])).code !== 0) return false
  const copied = await inVolumes(
    [`${template}:/from:ro`, `${name}:/to`],
    serverImage,
    `[ -e /from/${WHOLE} ] || exit 9; cp -a /from/. /to/ && rm /to/${WHOLE}`,
  )
  if (copied.code !== 0 && copied.code !== 9) throw new Error(`Copying ${template} failed: ${copied.stderr}`)
  return copied.code === 0
}

/** Layers hold devices and trusted attributes, which only a container with SYS_ADMIN can copy. */
function inVolumes(volumes: string[], serverImage: string, program: string) {
  const mounts = volumes.flatMap((volume) => ['-v', volume])
  const options = ['--rm', '--network', 'none', '--cap-add', 'SYS_ADMIN', '--label', `${LABEL}=1`]
  return run('docker', ['run', ...options, ...mounts, serverImage, 'sh', '-c', program])
}

async function createVolume(name: string, labels: string[]): Promise<void> {
  const all = [`${LABEL}=1`, ...labels].flatMap((label) => ['--label', label])
  await must('docker', ['volume', 'create', ...all, name])
}
