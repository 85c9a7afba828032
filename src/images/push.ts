import { createHash } from 'node:crypto'
import { Trouble } from '../release/trouble'
import type { Exec } from './exec'
import type { Layout } from './layout'
import { pushedTag } from './names'
import type { Login } from './registry-login'
import { skopeo, skopeoSaid } from './skopeo'

/**
 * Brings the layout's images to the registry, byte for byte, so that they have the same digests there. Layers that are
 * there already are not sent again. Afterwards the registry is asked what it has under each name.
 *
 * @throws {Trouble} when the registry does not take an image, or has another one under its name.
 */
export async function pushImages(exec: Exec, login: Login, layout: Layout): Promise<readonly string[]> {
  const pushed: string[] = []
  for (const [service, { manifestDigest }] of Object.entries(layout.images)) {
    const name = pushedTag(login.registry.at, service, layout.version)
    await push(exec, login, layout.dir, service, name)
    await check(exec, login, name, manifestDigest)
    pushed.push(`${name}@${manifestDigest}`)
  }
  return pushed
}

async function push(exec: Exec, login: Login, dir: string, service: string, name: string): Promise<void> {
  // What may be run on this machine is its owner's policy; what may be pushed is what we have just built.
  const args = ['--insecure-policy', 'copy', '--preserve-digests', '--retry-times=2', ...login.flags('dest-')]
  // The layout is named from inside, since a colon in its path would end the path.
  const images = [`oci:.:${service}`, `docker://${name}`]
  const { code, stderr } = await skopeo(exec, { args: [...args, ...images], cwd: dir })
  if (code === 0) return
  throw new Trouble(
    name,
    `could not be pushed: ${skopeoSaid(stderr)}.`,
    'See whether the user may write there; at ghcr.io the job needs `permissions: packages: write`.',
  )
}

async function check(exec: Exec, login: Login, name: string, digest: string): Promise<void> {
  const args = ['inspect', '--raw', ...login.flags(''), `docker://${name}`]
  const { code, stdout, stderr } = await skopeo(exec, { args })
  if (code !== 0) {
    throw new Trouble(
      name,
      `was pushed, but cannot be read: ${skopeoSaid(stderr)}.`,
      'Run this again; the user must be allowed to read there, too.',
    )
  }
  const found = `sha256:${createHash('sha256').update(stdout).digest('hex')}`
  if (found === digest) return
  throw new Trouble(
    name,
    `is ${found} at the registry, but ${digest} was pushed.`,
    'Another run may have pushed the same version at the same time: give each its own version, and run this again.',
  )
}
