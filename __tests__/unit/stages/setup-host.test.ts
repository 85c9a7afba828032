import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import type { Config } from '../../../src/config/schema'
import { detachLibrary, errandLibrary, prelude } from '../../../src/host/libraries'
import { call, renderProgram } from '../../../src/host/program'
import { Trouble } from '../../../src/release/trouble'
import { renderSetup, setupErrands } from '../../../src/stages/setup-host'
import { exampleConfig } from '../proxies/config'

const deployKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEoq5 ci@shop'

describe('the program that prepares a host', () => {
  test.each(['nginx', 'apache', 'caddy'] as const)(
    'is POSIX sh without anything shellcheck minds (%s)',
    (kind) => {
      const program = renderSetup(exampleConfig({}, { kind }), { deployKey })
      execFileSync('sh', ['-n'], { input: program })
      // Dollars in single quotes are nginx's here.
      const { error, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-e', 'SC2016', '-'], { input: program })
      if (error && !process.env.CI) return
      expect(String(stdout)).toBe('')
    },
  )

  test.each(['nginx', 'apache', 'caddy'] as const)('is that over a connection too (%s)', (kind) => {
    const database = { kind: kind === 'nginx' ? 'postgres' : 'mysql', urlEnv: 'DATABASE_URL' } as const
    const setup: Config['setup'] = {
      packages: ['redis-server'],
      database: true,
      docker: kind === 'caddy' ? 'rootless' : 'host',
      firewall: 'ufw',
      openPorts: [8443],
    }
    const tls = { acme: { email: 'admin@bird-shop.example' }, listen: 443, redirectHttp: true }
    const config = exampleConfig({ database, setup }, { kind, tls })
    const env = { DATABASE_URL: `${database.kind}://shop:p4ss@localhost/shop` }
    const { libraries, calls } = setupErrands(config, { deployKey, env }).plan
    const program = renderProgram(
      [prelude, detachLibrary, errandLibrary, ...libraries],
      [call('errand_begin', 'n1', '/run/kawasemi-errands/n1'), ...calls],
    )
    execFileSync('sh', ['-n'], { input: program })
    const { error, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-e', 'SC2016,SC2154', '-'], {
      input: program,
    })
    if (error && !process.env.CI) return
    expect(String(stdout)).toBe('')
  })

  test('is that for an nginx in a container too, whatever its name', () => {
    const tls = { acme: {}, listen: 443, redirectHttp: true }
    const config = exampleConfig({ accessories: ['web'] }, { service: 'web', tls })
    const program = renderSetup(config, { deployKey })
    expect(program).toContain('--filter label=com.docker.compose.project=bird-shop-accessories')
    expect(program).toContain('docker kill --signal USR1')
    execFileSync('sh', ['-n'], { input: program })
    const { error, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-e', 'SC2016', '-'], { input: program })
    if (!error || process.env.CI) expect(String(stdout)).toBe('')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (service) => {
        fc.pre(!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(service))
        expect(() => renderSetup(exampleConfig({}, { service }))).toThrow(Trouble)
        expect(() => renderSetup(exampleConfig({}, { service, tls }))).toThrow(Trouble)
      }),
    )
  })

  test('does nothing when its last line did not arrive', () => {
    const program = renderSetup(exampleConfig(), { deployKey })
    const half = program.slice(0, program.lastIndexOf('\nmain'))
    expect(spawnSync('sh', { input: half })).toMatchObject({ status: 0, stdout: Buffer.from('') })
  })

  test('prints the lines for a site that is not ours, and writes none', () => {
    const program = renderSetup(exampleConfig({}, { ownSite: true }))
    expect(program).not.toMatch(/^ {2}site /m)
    expect(program).toMatch(/^ {2}own_site '# Above your `server`:/m)
    expect(program).toMatch(/^ {2}access_log /m)
  })

  test('installs no site for an app without one', () => {
    const { proxy, ...config } = exampleConfig()
    expect(proxy).toBeDefined()
    expect(renderSetup(config)).not.toMatch(/^ {2}(site|access_log|system_file) /m)
  })

  test('takes a public key only, whatever its comment', () => {
    for (const bad of [
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      `${deployKey}\nssh-rsa AAAA`,
      'command="x" ssh-rsa A',
    ]) {
      expect(() => renderSetup(exampleConfig(), { deployKey: bad })).toThrow(Trouble)
    }
  })

  test('wants one owner of the app', () => {
    const [host] = exampleConfig().hosts
    const hosts = [host!, { ...host!, user: 'other' }]
    expect(() => renderSetup(exampleConfig({ hosts }))).toThrow(/several users/)
  })

  test('hands every value over as one word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (comment) => {
        let program: string
        try {
          program = renderSetup(exampleConfig(), { deployKey: `${deployKey}${comment}` })
        } catch (error) {
          expect(error).toBeInstanceOf(Trouble)
          return
        }
        const line = program.split('\n').find((each) => each.startsWith('  deploy_key '))!
        const said = execFileSync('sh', ['-s'], { input: `deploy_key() { printf '%s|' "$@"; }\n${line}\n` })
        expect(said.toString()).toBe(`${`${deployKey}${comment}`.trim()}|`)
      }),
      { numRuns: 40 },
    )
  })
})
