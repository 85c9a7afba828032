import { ForwardingForbidden } from '../../../src/host/connection'
import type { HostSession } from '../../../src/host/session'
import { bringImages } from '../../../src/images/bring'
import { type Layout, readLayout } from '../../../src/images/layout'
import type { ImageRegistry } from '../../../src/images/registry-login'
import { writeLayout } from './layout-fixture'

let layout: Layout
beforeAll(async () => {
  layout = await readLayout(writeLayout())
})

/** A host on which listening ends like this, and what was asked of it. */
function hostWith(runtime: Record<string, unknown>, listen: () => Promise<unknown>) {
  const asked: string[] = []
  const host = {
    facts: { runtime: new Map(Object.entries(runtime)) },
    listen: () => {
      asked.push('listen')
      return listen()
    },
    exchange: async () => {
      asked.push('stream')
    },
  } as unknown as HostSession
  const plan = { app: 'shop', release: 'r1', layout }
  return { asked, bring: (pushed?: ImageRegistry) => bringImages(host, plan, pushed) }
}

const open = async () => ({ port: 4321, close: async () => undefined })
const refused = async () => {
  throw new ForwardingForbidden('deploy@203.0.113.7', 'listening on the host for us')
}

test.each([
  ['a tunnel where there can be one', {}, open, ['listen'], 3],
  ['a stream where the server listens for nobody', {}, refused, ['listen', 'stream'], 0],
  ['a stream to rootless Docker', { 'docker-rootless': true }, open, ['stream'], 0],
])('%s', async (_, runtime, listen, expected, calls) => {
  const { asked, bring } = hostWith(runtime, listen)
  const way = await bring()
  await way.close()
  expect(asked).toEqual(expected)
  expect(way.calls).toHaveLength(calls)
})

test('nothing of ours where the images are pulled from a registry', async () => {
  const { asked, bring } = hostWith({ 'docker-rootless': true }, open)
  const way = await bring({
    host: 'r.example',
    at: 'r.example/shop',
    user: 'me',
    password: 'pw',
    cache: true,
  })
  await way.close()
  expect(asked).toEqual([])
  expect(JSON.stringify(way.calls)).toContain('r.example')
})

test('another trouble is no reason for a stream', async () => {
  const { asked, bring } = hostWith({}, () => Promise.reject(new Error('lost')))
  await expect(bring()).rejects.toThrow('lost')
  expect(asked).toEqual(['listen'])
})
