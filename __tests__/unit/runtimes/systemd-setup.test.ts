import { execFileSync, spawnSync } from 'node:child_process'
import { loadConfig } from '../../../src/config/load'
import { renderSetup } from '../../../src/stages/setup-host'

const file = (systemd: string, more = '') => `app: shop
hosts: [deploy@203.0.113.7]
systemd: ${systemd}
services:
  web: { command: [gunicorn, app], slots: { blue: 13000, green: 13001 }, health: { path: / } }
${more}
environments: { production: }
`
const setup = (systemd: string, more?: string) =>
  renderSetup(loadConfig(file(systemd, more), 'kawasemi.yml', 'production'))
const calls = (program: string) =>
  [...program.slice(program.lastIndexOf('\nmain() {')).matchAll(/^ {2}([a-z_]+)\b/gm)].map(([, name]) => name)

describe('the program that prepares a host for systemd', () => {
  test.each(['{}', '{ scope: system, user: shop, shared: [media] }'])(
    'with %s is sound POSIX sh',
    (systemd) => {
      const program = setup(systemd)
      execFileSync('sh', ['-n'], { input: program })
      // Dollars in single quotes are nginx's here.
      const { error, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', '-e', 'SC2016', '-'], {
        input: program,
      })
      if (!error || process.env.CI) expect(String(stdout)).toBe('')
    },
  )

  test('gives the deploy user its own systemd, and no rights of root', () => {
    const names = calls(setup('{ shared: [media] }'))
    expect(names).toEqual(expect.arrayContaining(['journal_reader', 'own_systemd', 'shared_data']))
    expect(names).not.toEqual(expect.arrayContaining(['sudoers']))
    expect(names).not.toContain('host_docker')
  })

  test('lets it start units of the system by sudo, as another user', () => {
    const program = setup('{ scope: system, user: shop, shared: [media] }')
    expect(calls(program)).toEqual(
      expect.arrayContaining(['app_user', 'shared_data', 'unit', 'units_end', 'sudoers']),
    )
    expect(calls(program)).not.toContain('own_systemd')
    expect(program).toContain("unit '/etc/systemd/system/shop-web@.service'")
  })

  test('lets it use Docker for accessories only', () => {
    expect(calls(setup('{}', 'compose: {}\naccessories: [redis]'))).toContain('host_docker')
  })
})
