// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Compose
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { loadConfig } from '../../../src/config/load'
import { resolveCompose } from '../../../src/images/compose-config'
import { composeRuntime } from '../../../src/runtimes/compose'
import { renderEnvFile } from '../../../src/runtimes/env-file'
import { localExec } from '../images/local-exec'
import { layDown } from './slots-host'

jest.setTimeout(60_000)

describe('what Compose on the host makes of a release', () => {
  const base = mkdtempSync(join(tmpdir(), 'kawasemi-config-'))
  afterAll(() => rmSync(base, { recursive: true }))

  const read = (folder: string, file: string, ...envFiles: string[]) =>
    JSON.parse(
      execFileSync(
        'docker',
        [
          'compose',
          ...envFiles.flatMap((env) => ['--env-file', join(folder, env)]),
          '-f',
          join(folder, file),
          'config',
          '--format',
          'json',
        ],
        { env: { PATH: process.env.PATH, HOME: process.env.HOME }, maxBuffer: 64 * 1024 * 1024 },
      ).toString(),
    )

  it('gives back every value of the env file exactly', () => {
    const nasty = fc.constantFrom(...'\\"\'$\n\r\t# =%{}`!:;&|n0é日😀\u0085\u00a0\ufeff\u2028\u0001\u007f')
    const value = fc.oneof(fc.string({ unit: nasty, maxLength: 12 }), fc.string({ unit: 'grapheme' }))
    const values = fc.sample(
      value.filter((each) => !each.includes('\0')),
      500,
    )
    const env = Object.fromEntries(values.map((each, index) => [`V${index}`, each]))
    const environment = Object.fromEntries(Object.keys(env).map((name) => [name, `\${${name}}`]))
    writeFileSync(join(base, 'values'), renderEnvFile(env))
    writeFileSync(join(base, 'values.json'), JSON.stringify({ services: { a: { image: 'x', environment } } }))

    const got = read(base, 'values.json', 'values').services.a.environment as Record<string, string>

    const plain = Object.entries(got).map(([name, each]) => [name, each.replaceAll('$$', '$')])
    expect(Object.fromEntries(plain)).toEqual(env)
  })

  it('is td-buddy, twice', async () => {
    const projectDir = join(__dirname, '../../../examples/td-buddy')
    const config = loadConfig(
      readFileSync(join(projectDir, 'kawasemi.yml'), 'utf8'),
      'kawasemi.yml',
      'production',
    )
    const env = { DB_PASSWORD: 'p$ss"w', CLAUDE_API_KEY: 'key' }
    const compose = await resolveCompose(localExec, { file: config.compose.file, projectDir, env })
    const release = { id: 'v1-1', version: 'v1' }
    const plan = composeRuntime.plan({ config, release, env, projectDir, compose })
    layDown(base, release.id, 'green', plan.files)
    const folder = join(base, 'releases', release.id)

    const green = read(folder, 'compose.green.json', 'env.defaults', 'env')
    expect(Object.keys(green.services).sort()).toEqual(['backend-green', 'frontend-green', 'worker-green'])
    expect(green.services['backend-green']).toMatchObject({
      image: 'kawasemi/td-buddy-backend:v1-1',
      environment: {
        DATABASE_URL: 'postgresql://td_user:p$$ss"w@postgres:5432/td_buddy',
        RATE_LIMIT_MAX: '100',
        KAWASEMI_SLOT: 'green',
      },
      ports: [{ host_ip: '127.0.0.1', published: '13101', target: 3001 }],
      networks: { 'td-network': { aliases: ['backend'] }, 'accessories_td-network': {} },
    })
    const accessories = read(folder, 'compose.accessories.json', 'env.defaults', 'env')
    expect(Object.keys(accessories.services).sort()).toEqual(['postgres', 'redis'])
    expect(accessories.volumes.postgres_data).toMatchObject({
      name: 'td-buddy_postgres_data',
      external: true,
    })
    expect(plan.accessoryImages).toEqual(['postgres:15-alpine', 'redis:7-alpine'])
    expect(plan.warnings).toEqual([])
    for (const { path, content, mode } of plan.files) {
      if (String(content).includes('p\\$ss')) expect([path, mode]).toEqual(['env', 0o600])
      else expect(String(content)).not.toContain('p$ss')
    }
  })

  it('is refused while a variable has no value', async () => {
    const projectDir = join(__dirname, '../../../examples/td-buddy')
    const config = loadConfig(
      readFileSync(join(projectDir, 'kawasemi.yml'), 'utf8'),
      'kawasemi.yml',
      'production',
    )
    const env = { DB_PASSWORD: 'x' }
    const compose = await resolveCompose(localExec, { file: config.compose.file, projectDir, env })
    expect(() =>
      composeRuntime.plan({ config, release: { id: 'v1-1', version: 'v1' }, env, projectDir, compose }),
    ).toThrow(/^docker-compose\.prod\.yml: \$\{CLAUDE_API_KEY\}: has no value/)
  })
})
