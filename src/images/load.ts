import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { countOf, fieldsOf, textOf } from '../host/fact'
import { filesLibrary, framesOf } from '../host/files'
import { type Call, call } from '../host/program'
import type { Answer, HostSession } from '../host/session'
import { archiveOf } from './archive'
import type { Layout } from './layout'
import { imageTag } from './names'
import { pullLibrary } from './pull'

export const loadLibrary = readFileSync(join(__dirname, 'load.sh'), 'utf8')

export interface LoadPlan {
  readonly app: string
  readonly release: string
  readonly layout: Layout
}

/** The calls that ask for what the host lacks, load it and check it. */
export function loadCalls({ app, release, layout }: LoadPlan, store: string): Call[] {
  const images = Object.entries(layout.images).flatMap(
    ([service, { configDigest, manifestDigest, layers }]) => [
      imageTag(app, service, release),
      configDigest,
      manifestDigest,
      layers.map(({ diffId }) => diffId).join(' '),
    ],
  )
  return [
    call('begin', 'images'),
    call('load_images', store, ...images),
    call('load_check', ...images),
    call('end'),
  ]
}

/**
 * Brings every image of the layout to the host in a stream, tagged `kawasemi/APP-SERVICE:RELEASE`.
 *
 * @throws {HostFailure} when Docker there does not take them.
 */
export async function loadImages(host: HostSession, plan: LoadPlan): Promise<void> {
  const store = host.facts.runtime.get('image-store') === 'classic' ? 'classic' : 'containerd'
  await host.exchange(
    {
      stage: 'images',
      libraries: [filesLibrary, pullLibrary, loadLibrary],
      calls: loadCalls(plan, store),
    },
    () => loadAnswer(plan),
  )
}

/** Answers the facts of those calls: with the archive of what the host said it lacks. */
export function loadAnswer({ app, release, layout }: LoadPlan): Answer {
  const known = new Map<string, number>()
  return (name, value) => {
    if (name === 'image-lacking') {
      const lacking = fieldsOf(value)
      known.set(textOf(lacking.tag), countOf(lacking.known) ?? 0)
    }
    if (name !== 'images-ready') return undefined
    const images = Object.entries(layout.images).flatMap(([service, image]) => {
      const tag = imageTag(app, service, release)
      const count = known.get(tag)
      return count === undefined ? [] : [{ tag, image, known: count }]
    })
    return framesOf(archiveOf(layout, images))
  }
}
