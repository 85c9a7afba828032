import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPackages } from '../../../lab/docker'
import type { Config } from '../../../src/config/schema'
import { processes, renderSudoers, renderUnit, unitPrefix } from '../../../src/runtimes/systemd-units'
import { systemdProduct } from './systemd-product'

const onHost = (program: string) => spawnSync(program, ['--version']).error === undefined
const folder = mkdtempSync(join(tmpdir(), 'kawasemi-units-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What takes these files on a host has to say that it does, so it is installed where it is missing. */
beforeAll(async () => {
  if (!onHost('systemd-analyze')) await installPackages(['systemd'])
  if (!onHost('visudo')) await installPackages(['sudo'])
}, 300_000)

function unitsOf(config: Config): Record<string, string> {
  return Object.fromEntries(
    processes(config).map(([name, service, process]) => [
      `${unitPrefix(config.app, name)}.service`,
      renderUnit(config, name, service, process),
    ]),
  )
}

describe('a unit', () => {
  test.each(['user', 'system'] as const)('of scope %s is one that systemd takes without a word', (scope) => {
    for (const [name, text] of Object.entries(unitsOf(systemdProduct({ scope })))) {
      writeFileSync(join(folder, name), text)
      const words = ['verify', `--${scope}`, '--man=no', join(folder, name)]
      const { stdout, stderr, status } = spawnSync('systemd-analyze', words, {
        encoding: 'utf8',
        env: { ...process.env, XDG_RUNTIME_DIR: folder },
      })
      expect({ name, said: `${stdout}${stderr}`, status }).toEqual({ name, said: '', status: 0 })
    }
  })

  test('has its limits, its time to stop and its user', () => {
    const config = systemdProduct({ scope: 'system', user: 'shop' })
    const { web } = config.services
    const text = renderUnit(
      config,
      'web',
      { ...web!, stopTimeout: 2_500 },
      {
        command: ['x'],
        memory: 2 ** 29,
        cpu: 1.5,
        restart: 'on-failure',
      },
    )
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'MemoryMax=536870912',
        'CPUQuota=150%',
        'TimeoutStopSec=3',
        'Restart=on-failure',
        'User=shop',
        'KillMode=mixed',
      ]),
    )
  })

  test('says nothing of the release, so that one that runs never changes', () => {
    const text = Object.values(unitsOf(systemdProduct())).join('')
    expect(text).not.toMatch(/gunicorn|mail\.py|releases/)
  })

  test('has no place for a base that would be more than a path', () => {
    const config = systemdProduct({ base: '/srv/shop\nUser=root' })
    expect(() => unitsOf(config)).toThrow(/cannot be part of a unit/)
  })
})

describe('what sudo lets the deploy user do', () => {
  const rules = () => renderSudoers(systemdProduct({ scope: 'system' }), 'deploy')

  test('is five verbs on each unit of each slot, and one way to run a command', () => {
    const commands = rules()
      .split('\n')
      .slice(2)
      .map((line) => line.trim().replace(/, \\$/, ''))
      .filter((line) => line !== '')
    expect(
      commands.filter((line) =>
        / (start|stop|enable|disable|reset-failed) shop-(web|mailer|resizer)@(blue|green)\.service$/.test(
          line,
        ),
      ),
    ).toHaveLength(30)
    expect(
      commands.filter((line) =>
        /^\/usr\/bin\/systemd-run .* \/bin\/sh \/srv\/shop\/slots\/(blue|green)\/once$/.test(line),
      ),
    ).toHaveLength(2)
    expect(commands.filter((line) => / stop shop-once-(blue|green)\.service$/.test(line))).toHaveLength(2)
    expect(commands).toHaveLength(34)
  })

  test('has nothing in it that could stand for anything else', () => {
    expect(rules().split('\n').slice(1).join('')).not.toMatch(/[*?![\]]|\bALL\b(?!=)/)
  })

  test('is a rule that sudo takes', () => {
    writeFileSync(join(folder, 'sudoers'), rules(), { mode: 0o440 })
    execFileSync('visudo', ['-cqf', join(folder, 'sudoers')])
  })
})
