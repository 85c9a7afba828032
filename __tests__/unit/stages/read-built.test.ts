import { rmSync } from 'node:fs'
import { readBuilt } from '../../../src/stages/project'
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
