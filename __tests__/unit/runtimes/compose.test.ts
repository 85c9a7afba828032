import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { prelude } from '../../../src/host/libraries'
import { renderProgram } from '../../../src/host/program'
import { composeRuntime } from '../../../src/runtimes/compose'

describe('the Compose runtime', () => {
  it('has shell functions that are POSIX sh, whatever a command holds', () => {
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((each) => !each.includes('\0'))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (command) => {
        const calls = composeRuntime.oneOff('blue', {
          service: 'web',
          name: 'migrate',
          command,
          timeout: 1500,
          env: { A: 'b' },
        })
        execFileSync('sh', ['-n'], { input: renderProgram([prelude, composeRuntime.library], calls) })
      }),
      { numRuns: 10 },
    )
  })

  it('keeps a command’s words apart from options', () => {
    const [call] = composeRuntime.oneOff('green', {
      service: 'web',
      name: 'migrate',
      command: ['npm', '--', 'run'],
      timeout: 1500,
      env: { PGOPTIONS: '-c x=1' },
    })
    expect(call!.args).toEqual(['green', 'migrate', '2', 'web', 'PGOPTIONS=-c x=1', '--', 'npm', '--', 'run'])
  })

  it('checks each image by both of its names', () => {
    const images = { web: { config: 'sha256:c', manifest: 'sha256:m' } }
    const [call] = composeRuntime.checkImages('shop', { id: 'v1-2', images } as never)
    expect(call!.args).toEqual(['web', 'kawasemi/shop-web:v1-2', 'sha256:c', 'sha256:m'])
  })

  it.each([
    [{ compose: '2.26.1-4' }, undefined],
    [{ compose: 'v5.0.0' }, undefined],
    [{ compose: '2.19.9' }, /too old/],
    [{ compose: '' }, /is missing/],
    [{ 'docker-problem': 'permission denied' }, /does not answer this user.*group `docker`/],
  ])('of a host with %j thinks %s', (facts, expected) => {
    const refusal = composeRuntime.refusal(new Map(Object.entries(facts)))
    if (expected) expect(refusal?.message).toMatch(expected)
    else expect(refusal).toBeUndefined()
  })
})
