import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../../src/config/schema'
import { runtimeOf } from '../../../src/runtimes/kinds'
import type { RuntimePlan } from '../../../src/runtimes/runtime'
import { systemdProduct } from './systemd-product'

const projectDir = mkdtempSync(join(tmpdir(), 'kawasemi-project-'))
afterAll(() => rmSync(projectDir, { recursive: true }))

function plan(config: Config, model: unknown = {}): RuntimePlan {
  return runtimeOf(config).plan({
    config,
    release: { id: 'v1-7', version: 'v1' },
    env: { SECRET: 'p4ss' },
    projectDir,
    compose: { model, dotenv: undefined, unset: [] },
  })
}

const contentOf = ({ files }: RuntimePlan, path: string) =>
  String(files.find((file) => file.path === path)?.content)

describe('a release under systemd', () => {
  test('consists of a script and a unit for each service, and its variables', () => {
    const made = plan(systemdProduct())
    expect(made.files.map(({ path, mode }) => `${path} ${mode.toString(8)}`).sort()).toEqual([
      'environment 600',
      'run/mailer 644',
      'run/resizer 644',
      'run/web 644',
      'systemd.parts 644',
      'units/mailer 644',
      'units/resizer 644',
      'units/web 644',
    ])
    expect(contentOf(made, 'systemd.parts')).toContain(
      'worker\tmailer\tsingleton\nworker\tresizer\tseveral\n',
    )
    for (const { path, content } of made.files)
      if (path !== 'environment') expect(String(content)).not.toContain('p4ss')
  })

  test('is prepared on the host: folders that stay, what it depends on, then what it builds', () => {
    writeFileSync(join(projectDir, 'requirements.txt'), 'Flask\n')
    const { prepare } = plan(
      systemdProduct({
        python: { requirements: 'requirements.txt', interpreter: 'python3' },
        build: [['python', 'manage.py', 'collectstatic']],
        shared: ['media', 'logs'],
      }),
    )
    const names = prepare.map(({ name }) => name).filter((name) => name.startsWith('systemd_'))
    expect(names).toEqual(['systemd_ready', 'systemd_share', 'systemd_python', 'systemd_build'])
    expect(prepare.at(-2)!.args).toEqual(['v1-7', '60', 'python', 'manage.py', 'collectstatic'])
  })

  test('cannot be planned without the file that pip installs from', () => {
    const config = systemdProduct({ python: { requirements: 'missing.txt', interpreter: 'python3' } })
    expect(() => plan(config)).toThrow(/missing\.txt is not in the repository/)
  })

  test('has its accessories, and only them, in Compose', () => {
    const config = { ...systemdProduct(), accessories: ['redis'], volumes: { data: 'shared' as const } }
    const model = {
      name: 'shop',
      services: {
        redis: {
          image: 'redis:7',
          ports: [
            { target: 6379, published: '6379', host_ip: '127.0.0.1', protocol: 'tcp', mode: 'ingress' },
          ],
          volumes: [{ type: 'volume', source: 'data', target: '/data' }],
        },
      },
      volumes: { data: { name: 'shop_data' } },
    }
    const made = plan(config, model)
    expect(made.accessoryImages).toEqual(['redis:7'])
    expect(made.files.map(({ path }) => path).filter((path) => path.startsWith('compose.'))).toEqual([
      'compose.accessories.json',
      'compose.parts',
    ])
    expect(contentOf(made, 'compose.parts')).toBe(
      'app\tshop\naccessory\tredis\nvolume\tshop_data\tlocal\nown\tredis\tshop_data\nnetwork\tredis\tshop-accessories_default\tredis\n',
    )
    const facts = [...runtimeOf(config).library.matchAll(/^runtime_facts\(\) \{(.*)\}$/gm)].at(-1)![1]!
    expect(facts).toMatch(/compose_facts.*systemd_facts/)
    expect(runtimeOf(systemdProduct()).library).not.toMatch(/docker /)
  })
})

describe('a host', () => {
  const good = { systemd: '255', 'systemd-user': 'running', linger: true, user: 'deploy' }
  const think = (
    scope: 'user' | 'system',
    facts: Record<string, unknown>,
    config = systemdProduct({ scope }),
  ) => runtimeOf(config).refusal(new Map(Object.entries(facts)))?.message

  test.each([
    [{}, undefined],
    [{ 'systemd-user': 'degraded' }, undefined],
    [{ systemd: '' }, /does not answer/],
    [{ systemd: '237' }, /version 237, too old/],
    [{ linger: false }, /outlives its logins.*loginctl enable-linger deploy/],
    [{ 'systemd-user': 'Failed to connect to bus' }, /does not answer.*setup-host/],
  ])('with %j is taken for units of the deploy user, or not: %s', (change, expected) => {
    const said = think('user', { ...good, ...change })
    if (expected) expect(said).toMatch(expected)
    else expect(said).toBeUndefined()
  })

  test('needs no systemd of the deploy user for units of the system', () => {
    expect(think('system', { ...good, linger: false, 'systemd-user': '' })).toBeUndefined()
  })

  test('needs Docker for accessories only', () => {
    const problem = { ...good, 'docker-problem': 'permission denied' }
    expect(think('user', problem)).toBeUndefined()
    expect(think('user', problem, { ...systemdProduct(), accessories: ['redis'] })).toMatch(
      /Docker on the host/,
    )
  })
})
