import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { renderLauncher } from '../../../src/runtimes/systemd-launcher'
import { systemdProduct } from './systemd-product'

const base = mkdtempSync(join(tmpdir(), 'kawasemi-launch-'))
const folder = join(base, 'releases', 'v1-7')
const script = join(folder, 'web')
afterAll(() => rmSync(base, { recursive: true }))

beforeAll(() => {
  mkdirSync(join(folder, 'venv', 'bin'), { recursive: true })
  mkdirSync(join(folder, 'files'))
  writeFileSync(join(folder, 'venv', 'bin', 'say'), '#!/bin/sh\nprintf "%s\\0" "$@"\n', { mode: 0o755 })
  writeFileSync(join(folder, 'files', 'tell'), '#!/bin/sh\npwd; env\n', { mode: 0o755 })
})

/** What a service with this command prints, started as systemd does. */
function launch(command: string[], words: string[] = ['green']): string {
  const config = systemdProduct({ base })
  const release = { id: 'v1-7', version: 'v1' }
  writeFileSync(script, renderLauncher(config, release, config.services.web!, { command, restart: 'always' }))
  return execFileSync('sh', [script, ...words], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', PORT: '1' },
  })
}

describe('the script that starts a service', () => {
  test('hands every word over as it is', () => {
    const word = fc
      .oneof(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.string({ unit: fc.constantFrom(...`\${}PORT'"\\\`\n`) }),
      )
      .filter((each) => !each.includes('\0') && !/\$\{(PORT|KAWASEMI_)/.test(each))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const sound = words.map((each) => Buffer.from(each).toString())
        expect(launch(['say', ...sound])).toBe(sound.map((each) => `${each}\0`).join(''))
      }),
      { numRuns: 40 },
    )
  })

  test('finds the program in the virtual environment, or by its path in the release', () => {
    expect(launch(['say', 'x'])).toBe('x\0')
    expect(launch(['./tell']).split('\n')[0]).toBe(join(folder, 'files'))
  })

  test('gives the port of its slot, in words and as a variable', () => {
    expect(launch(['say', `--bind=127.0.0.1:\${PORT}`, '$PORT', `\${KAWASEMI_SLOT}x`])).toBe(
      '--bind=127.0.0.1:13001\0$PORT\0greenx\0',
    )
    const told = launch(['./tell'], ['blue']).split('\n')
    expect(told).toEqual(
      expect.arrayContaining([
        'PORT=13000',
        'KAWASEMI_SLOT=blue',
        'KAWASEMI_RELEASE=v1-7',
        'KAWASEMI_VERSION=v1',
        'KAWASEMI_APP=shop',
        `VIRTUAL_ENV=${join(folder, 'venv')}`,
      ]),
    )
  })

  test('runs another command with the same settings', () => {
    expect(launch(['say', 'x'], ['blue', 'say', 'a b', '$PORT'])).toBe('a b\0$PORT\0')
  })
})
