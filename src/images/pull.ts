import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, call } from '../host/program'
import type { Layout } from './layout'
import { imageName, imageTag, pushedName } from './names'
import { registryUser } from './registry'
import type { ImageRegistry } from './registry-login'

export const pullLibrary = readFileSync(join(__dirname, 'pull.sh'), 'utf8')

export interface PullPlan {
  readonly app: string
  readonly release: string
  readonly layout: Layout
  readonly from: PullSource
}

/** A registry, as the host sees it. */
export interface PullSource {
  /** With its port where it has one. */
  readonly host: string
  readonly user: string
  readonly password: string
  /** What a service's image is called there, without the registry before it. */
  nameOf(service: string): string
}

/** The layout, served behind a port on the host's loopback. */
export function throughTunnel(app: string, port: number, password: string): PullSource {
  return {
    host: `127.0.0.1:${port}`,
    user: registryUser,
    password,
    nameOf: (service) => imageName(app, service),
  }
}

/** A registry that the images were pushed to. */
export function fromRegistry({ host, at, user, password }: ImageRegistry): PullSource {
  return { host, user, password, nameOf: (service) => pushedName(at, service).slice(host.length + 1) }
}

/** The calls that bring every image of the layout to the host, tagged `kawasemi/APP-SERVICE:RELEASE`. */
export function imageCalls({ app, release, layout, from }: PullPlan): Call[] {
  const auth = Buffer.from(`${from.user}:${from.password}`).toString('base64')
  const images = Object.entries(layout.images).flatMap(([service, { configDigest, manifestDigest }]) => [
    from.nameOf(service),
    imageTag(app, service, release),
    configDigest,
    manifestDigest,
  ])
  return [call('begin', 'images'), call('pull_images', from.host, auth, ...images), call('end')]
}
