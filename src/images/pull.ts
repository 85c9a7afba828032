import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Call, call } from '../host/program'
import type { Layout } from './layout'
import { imageName, imageTag } from './names'
import { registryUser } from './registry'

export const pullLibrary = readFileSync(join(__dirname, 'pull.sh'), 'utf8')

export interface PullPlan {
  readonly app: string
  readonly release: string
  readonly layout: Layout
  /** The port on the host's loopback behind which the layout is served. */
  readonly port: number
  readonly password: string
}

/** The calls that bring every image of the layout to the host, tagged `kawasemi/APP-SERVICE:RELEASE`. */
export function imageCalls({ app, release, layout, port, password }: PullPlan): Call[] {
  const auth = Buffer.from(`${registryUser}:${password}`).toString('base64')
  const images = Object.entries(layout.images).flatMap(([service, { configDigest, manifestDigest }]) => [
    imageName(app, service),
    imageTag(app, service, release),
    configDigest,
    manifestDigest,
  ])
  return [call('begin', 'images'), call('pull_images', `127.0.0.1:${port}`, auth, ...images), call('end')]
}
