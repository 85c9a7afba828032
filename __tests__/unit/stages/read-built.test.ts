import { rmSync } from 'node:fs'
import { imagesOf, readBuilt, refuseOtherImages } from '../../../src/stages/project'
import { writeLayout } from '../images/layout-fixture'

let dir: string
beforeEach(() => {
  dir = writeLayout()
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('with digests, nothing else than what they name is shipped', async () => {
  const { images } = await readBuilt(dir, undefined)
  const digests = Object.entries(images).map(([name, { manifestDigest }]) => [name, manifestDigest] as const)
  const [service] = digests[0]!
  const other = { ...Object.fromEntries(digests), [service]: `sha256:${'0'.repeat(64)}` }
  await expect(readBuilt(dir, Object.fromEntries(digests))).resolves.toBeDefined()
  await expect(readBuilt(dir, other)).rejects.toThrow('says sha256:000')
  await expect(readBuilt(dir, Object.fromEntries(digests.slice(1)))).rejects.toThrow(
    `names no image of ${service}`,
  )
})

test('what is on a host already has to be what the digests name, too', async () => {
  const images = imagesOf(await readBuilt(dir, undefined))
  const digests = Object.fromEntries(Object.entries(images).map(([name, { manifest }]) => [name, manifest]))
  const [service = ''] = Object.keys(images)
  const other = `sha256:${'0'.repeat(64)}`
  const check = (given?: Record<string, string>) => () => refuseOtherImages(images, given)
  expect(check()).not.toThrow()
  expect(check(digests)).not.toThrow()
  expect(check({ ...digests, [service]: other })).toThrow(`says ${other} for ${service}`)
  expect(check({ ...digests, more: other })).toThrow('has no image for it')
  expect(check({})).toThrow(`says nothing for`)
})
