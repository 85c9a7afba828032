import fc from 'fast-check'
import { driverOf, withCachingBuilder } from '../../../src/images/builder'
import type { Exec } from '../../../src/images/exec'

/** A Docker of that driver and store; `create` is how making a builder ends. */
function docker(driver: string, store: string, create = 0) {
  const calls: string[] = []
  const exec: Exec = async (_, args) => {
    const call = args.join(' ')
    calls.push(call.replace(/kawasemi-[0-9a-f]{8}/, 'NAME'))
    if (call === 'buildx inspect') return answer(`Name:   x\nDriver: ${driver}\nNodes:\nName: y\n`)
    if (call.startsWith('info')) return answer(`[["driver-type","${store}"]]\n`)
    if (call.startsWith('buildx create'))
      return { code: create, stdout: '', stderr: 'pulling\nERROR: denied\n' }
    return answer('')
  }
  return { exec, calls }
}
const fail = (message: string) => {
  throw new Error(message)
}
const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' })

test.each([
  ['a builder that somebody set up', 'docker-container', 'x'],
  ['the containerd store', 'docker', 'io.containerd.snapshotter.v1'],
])('works with %s as it is', async (_, driver, store) => {
  const { exec, calls } = docker(driver, store)
  expect(await withCachingBuilder(exec, {}, fail, async (builder) => builder)).toEqual([])
  expect(calls.join()).not.toContain('create')
})

test("makes a builder where Docker's own cannot write a cache, and takes it away when the work fails too", async () => {
  const { exec, calls } = docker('docker', 'overlay2')
  const work = withCachingBuilder(exec, {}, fail, async (builder) => {
    expect(builder).toEqual(['--builder', expect.stringMatching(/^kawasemi-/)])
    calls.push('work')
    throw new Error('broken')
  })
  await expect(work).rejects.toThrow('broken')
  expect(calls.slice(2)).toEqual([
    'buildx create --driver docker-container --bootstrap --name NAME',
    'work',
    'buildx rm --force NAME',
  ])
})

test('goes without a cache, and says why, when no builder can be made', async () => {
  const { exec, calls } = docker('docker', 'overlay2', 1)
  const warned: string[] = []
  const warn = (message: string) => warned.push(message)
  expect(await withCachingBuilder(exec, {}, warn, async (builder) => builder)).toBeUndefined()
  expect(warned).toEqual([expect.stringMatching(/^The build goes without a cache: .*\(ERROR: denied\)/)])
  expect(calls.at(-1)).toBe('buildx rm --force NAME')
})

test('reads no driver out of anything else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(driverOf(text) ?? '').toMatch(/^[a-z-]*$/)
    }),
  )
})
