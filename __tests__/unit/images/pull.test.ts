import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { prelude } from '../../../src/host/libraries'
import { renderProgram } from '../../../src/host/program'
import type { Layout } from '../../../src/images/layout'
import { fromRegistry, imageCalls, pullLibrary, throughTunnel } from '../../../src/images/pull'

const image = { configDigest: `sha256:${'c'.repeat(64)}`, manifestDigest: `sha256:${'d'.repeat(64)}` }
const layoutOf = (services: string[]) =>
  ({ images: Object.fromEntries(services.map((service) => [service, image])) }) as unknown as Layout
const pushed = {
  host: 'r.example:5000',
  at: 'r.example:5000/team/shop',
  user: 'me',
  password: 'pw',
  cache: true,
}
const callsFor = (services: string[]) =>
  imageCalls({
    app: 'shop',
    release: 'r1',
    layout: layoutOf(services),
    from: throughTunnel('shop', 4321, 'once'),
  })

test('a registry is asked under its own name, for the repository of each service', () => {
  const plan = { app: 'shop', release: 'r1', layout: layoutOf(['web']) }
  const program = renderProgram([], imageCalls({ ...plan, from: fromRegistry(pushed) }))
  const auth = Buffer.from('me:pw').toString('base64')
  expect(program).toContain(`pull_images 'r.example:5000' '${auth}' 'team/shop/web' 'kawasemi/shop-web:r1' `)
})

describe('pull.sh', () => {
  it('passes sh -n and shellcheck', () => {
    const program = renderProgram([prelude, pullLibrary], callsFor(['web', 'worker']))
    expect(spawnSync('sh', ['-n'], { input: program, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
    // Its variables come from the prelude and the stage.
    const args = ['--shell=sh', '--exclude=SC2154', '-']
    const { error, stdout } = spawnSync('shellcheck', args, { input: pullLibrary, encoding: 'utf8' })
    if (error && !process.env.CI) return
    expect(stdout).toBe('')
  })

  it('gets exactly four words per image, whatever the services are called', () => {
    // Prints each argument in brackets instead of pulling.
    const printer = `pull_images() { for each; do printf '[%s]' "$each"; done; }\nbegin() { :; }\nend() { :; }`
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 3 }), (services) => {
        const program = renderProgram([printer], callsFor(services))
        const { stdout } = spawnSync('sh', [], { input: program, encoding: 'utf8' })
        const words = [...stdout.matchAll(/\[([^[\]]*)\]/g)].map(([, word]) => word)
        expect(words).toHaveLength(2 + 4 * services.length)
        expect(words.slice(0, 2)).toEqual(['127.0.0.1:4321', Buffer.from('kawasemi:once').toString('base64')])
        for (let at = 2; at < words.length; at += 4) {
          expect(words[at + 1]).toBe(`${words[at]}:r1`)
          expect(words.slice(at + 2, at + 4)).toEqual([image.configDigest, image.manifestDigest])
        }
      }),
      { numRuns: 50 },
    )
  })
})
