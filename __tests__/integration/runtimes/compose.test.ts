// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Compose
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../../src/config/schema'
import { call } from '../../../src/host/program'
import { readResources } from '../../../src/host/resources'
import { resolveCompose } from '../../../src/images/compose-config'
import type { Slot } from '../../../src/release/slot'
import { composeRuntime } from '../../../src/runtimes/compose'
import { configOf } from '../../unit/runtimes/product'
import { localExec } from '../images/local-exec'
import {
  addressesOf,
  docker,
  freePorts,
  layDown,
  ownAddresses,
  type Ran,
  runCalls,
  until,
} from './slots-host'

const app = `kwrt-${process.pid}`
const image = 'debian:bookworm-slim'
const secret = 'pa"ss $w\\ord\'é#'

const file = `
services:
  web:
    build: ./web
    command: ["sh", "-c", "echo hello from $$KAWASEMI_SLOT; exec sleep 1000"]
    init: true
    healthcheck: {test: ["CMD", "test", "!", "-e", "/tmp/sick"], interval: 1s, retries: 1}
    container_name: the-web
    restart: always
    ports: ["8080:8080"]
    environment: {PASSWORD: "\${PASSWORD}", PLAIN: "a$$b"}
    secrets: [token]
    volumes: ["media:/media", "scratch:/scratch", "/anonymous", "./conf:/conf"]
    depends_on: [back, cache, jobs]
    networks: [inner, default]
  back:
    build: ./web
    command: [sleep, "1000"]
    init: true
    env_file: .env
    networks: {inner: {aliases: [backend]}}
  jobs:
    build: ./web
    command: [sleep, "1000"]
    init: true
    networks: [inner]
  cache:
    image: redis:7-alpine
    volumes: ["cache:/data", "./cache.conf:/cache.conf"]
    networks: [inner]
  own-proxy: {image: "nginx:alpine", ports: ["80:80"]}
secrets: {token: {environment: PASSWORD}}
volumes: {media: {}, scratch: {}, cache: {}}
networks: {inner: {}}
`

jest.setTimeout(120_000)

describe('a Compose product in two slots', () => {
  const base = mkdtempSync(join(tmpdir(), 'kawasemi-slots-'))
  const projectDir = join(base, 'checkout')
  let ports: number[]
  const config = (): Config => ({
    ...configOf({
      services: {
        web: { role: 'web', port: 8080, slots: { blue: ports[0]!, green: ports[1]! } },
        back: { role: 'web', port: 9090, slots: { blue: ports[2]!, green: ports[3]! } },
        jobs: { role: 'worker' },
      },
      accessories: ['cache'],
      volumes: { media: 'shared', scratch: 'slot', cache: 'shared' },
      ignore: ['own-proxy'],
    }),
    app,
    base,
  })
  const run = (...calls: Parameters<typeof runCalls>[1][]) => runCalls(base, calls.flat())
  const container = (slot: Slot, service: string) => `${app}-${slot}-${service}-${slot}-1`

  async function ship(id: string, slot: Slot): Promise<void> {
    const env = { PASSWORD: secret }
    const compose = await resolveCompose(localExec, { file: 'docker-compose.yml', projectDir, env })
    const plan = composeRuntime.plan({
      config: config(),
      release: { id, version: id },
      env,
      projectDir,
      compose,
    })
    layDown(base, id, slot, plan.files)
    for (const service of ['web', 'back', 'jobs'])
      await docker('tag', image, `kawasemi/${app}-${service}:${id}`)
  }

  beforeAll(async () => {
    ports = await freePorts(4)
    mkdirSync(join(projectDir, 'conf'), { recursive: true })
    writeFileSync(join(projectDir, 'docker-compose.yml'), file)
    writeFileSync(join(projectDir, 'conf', 'settings'), 'of this release')
    writeFileSync(join(projectDir, 'cache.conf'), 'first')
    await ship('v1-1', 'blue')
    await ship('v2-2', 'green')
  })

  afterAll(async () => {
    const ids = await docker('ps', '-aq', '--filter', `name=${app}`)
    if (ids) await docker('rm', '-f', '-v', ...ids.split('\n'))
    for (const kind of ['network', 'volume']) {
      const names = await docker(kind, 'ls', '-q', '--filter', `name=${app}`)
      if (names) await docker(kind, 'rm', ...names.split('\n'))
    }
    const tags = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', `kawasemi/${app}-*`)
    if (tags) await docker('image', 'rm', ...tags.split('\n'))
    rmSync(base, { recursive: true })
  })

  const fine = (ran: Ran) =>
    expect({ code: ran.code, output: ran.code === 0 ? '' : ran.output }).toEqual({ code: 0, output: '' })

  it('tells what Docker is there', async () => {
    const { facts } = await run([call('runtime_facts')])
    const told = new Map(facts)
    expect(composeRuntime.refusal(told)).toBeUndefined()
    expect(readResources(told, 0, 0).disks[0]!.freeBytes).toBeGreaterThan(0)
    expect(['classic', 'containerd']).toContain(told.get('image-store'))
  })

  it('starts the accessories once, and leaves them alone afterwards', async () => {
    fine(await run(composeRuntime.accessoriesUp('blue', 30_000)))
    const started = await docker(
      'inspect',
      '--format',
      '{{.Id}} {{.State.StartedAt}}',
      `${app}-accessories-cache-1`,
    )
    const again = await run(composeRuntime.accessoriesUp('green', 30_000))
    fine(again)
    expect(again.facts).toEqual([])
    expect(
      await docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', `${app}-accessories-cache-1`),
    ).toBe(started)
  })

  it('warns, and changes nothing, where an accessory is another one in this release', async () => {
    writeFileSync(join(projectDir, 'cache.conf'), 'second')
    writeFileSync(
      join(projectDir, 'docker-compose.yml'),
      file.replace('image: redis:7-alpine', '$&\n    mem_limit: 64m'),
    )
    await ship('v2-2', 'green')
    const { facts, code } = await run(composeRuntime.accessoriesUp('green', 30_000))
    expect(code).toBe(0)
    expect(facts).toEqual([
      ['warning', expect.stringContaining('cache.conf')],
      ['warning', expect.stringContaining('the accessory cache runs with other settings')],
    ])
    expect(readFileSync(join(base, 'shared/accessories/cache.conf'), 'utf8')).toBe('first')
    writeFileSync(join(projectDir, 'cache.conf'), 'first')
    writeFileSync(join(projectDir, 'docker-compose.yml'), file)
    await ship('v2-2', 'green')
  })

  it('refuses an image that is not the recorded one, or not there', async () => {
    const id = await docker('image', 'inspect', '--format', '{{.Id}}', image)
    const recorded = (config: string) => ({
      id: 'v1-1',
      images: { web: { config, manifest: `sha256:${'1'.repeat(64)}` } },
    })
    const check = (release: ReturnType<typeof recorded>) =>
      run(composeRuntime.checkImages(app, release as never))
    fine(await check(recorded(id)))
    expect((await check(recorded(`sha256:${'0'.repeat(64)}`))).failure?.code).toBe('image-changed')
    expect((await check({ ...recorded(id), id: 'v9-9' })).failure?.code).toBe('image-missing')
  })

  it('runs two slots side by side, of which each sees itself and the accessories only', async () => {
    fine(await run(composeRuntime.start('blue')))
    fine(await run(composeRuntime.start('green'), composeRuntime.startWorkers('green')))

    for (const slot of ['blue', 'green'] as const) {
      const back = await ownAddresses(container(slot, 'back'))
      const seen = await addressesOf(container(slot, 'web'), 'back')
      expect(seen).toHaveLength(1)
      expect(back).toContain(seen[0])
      expect(await addressesOf(container(slot, 'web'), 'backend')).toEqual(seen)
      const web = await ownAddresses(container(slot, 'web'))
      expect(web).toContain((await addressesOf(container(slot, 'back'), 'the-web'))[0])
      const cache = await addressesOf(container(slot, 'back'), 'cache')
      expect(await ownAddresses(`${app}-accessories-cache-1`)).toEqual(cache)
    }
    expect(await addressesOf(`${app}-accessories-cache-1`, 'back')).toEqual([])
  })

  it('gives each slot its ports, data, files, environment and secrets', async () => {
    expect(await docker('port', container('blue', 'web'))).toBe(`8080/tcp -> 127.0.0.1:${ports[0]}`)
    expect(await docker('port', container('green', 'web'))).toBe(`8080/tcp -> 127.0.0.1:${ports[1]}`)
    const inside = (slot: Slot, service: string, script: string) =>
      docker('exec', container(slot, service), 'sh', '-c', script)
    await inside('blue', 'web', 'echo 1 >/media/shared; echo 1 >/scratch/own; echo 1 >/anonymous/own')
    expect(await inside('green', 'web', 'ls /media /scratch /anonymous')).toBe(
      '/anonymous:\n\n/media:\nshared\n\n/scratch:',
    )
    expect(
      await inside('green', 'web', 'printf %s "$PASSWORD $PLAIN $KAWASEMI_SLOT $KAWASEMI_RELEASE"'),
    ).toBe(`${secret} a$b green v2-2`)
    expect(await inside('green', 'back', 'printf %s "$PASSWORD"')).toBe(secret)
    expect(await inside('green', 'web', 'cat /run/secrets/token')).toBe(secret)
    expect(await inside('green', 'web', 'cat /conf/settings; touch /conf/x 2>&1 || :')).toContain('Read-only')
    expect(
      await docker('inspect', '--format', '{{.HostConfig.RestartPolicy.Name}}', container('blue', 'web')),
    ).toBe('unless-stopped')
    const projectFile = readFileSync(join(base, 'releases/v1-1/compose.blue.json'), 'utf8')
    expect(projectFile).not.toContain(JSON.stringify(secret).slice(1, -1))
  })

  it('leaves workers to be started and stopped by themselves', async () => {
    const jobs = (slot: Slot) => docker('ps', '-q', '--filter', `name=^${container(slot, 'jobs')}$`)
    expect([await jobs('blue'), (await jobs('green')) !== '']).toEqual(['', true])
    fine(await run([call('runtime_workers_back', 'blue', 'green')]))
    expect([(await jobs('blue')) !== '', await jobs('green')]).toEqual([true, ''])
    fine(await run([call('runtime_stop_workers', 'blue')]))
    expect(await jobs('blue')).toBe('')
  })

  it('does not take the stopped workers of the last release, or ones that are being made, for dead ones', async () => {
    const dead = async () => (await run([call('runtime_dead', 'blue')])).output.trim()
    expect(await dead()).toMatch(/^jobs is exited/)
    fine(await run(composeRuntime.start('blue')))
    expect(await dead()).toBe('')
    fine(await run([call('compose_call', '60', 'blue', 'blue', 'create', '--no-build', 'jobs-blue')]))
    expect(await dead()).toBe('')
    fine(await run(composeRuntime.startWorkers('blue')))
    await docker('kill', container('blue', 'jobs'))
    expect(await dead()).toMatch(/^jobs is exited/)
  })

  it('shows the last lines of each service', async () => {
    const { output } = await run(composeRuntime.logs('blue', 5))
    expect(output).toContain('web-blue | hello from blue')
    expect(output).not.toContain('green')
  })

  it('tells the state of each service, and why a slot is dead', async () => {
    const dead = async () => (await run([call('runtime_dead', 'green')])).output.trim()
    fine(await run(composeRuntime.start('green')))
    expect(await dead()).toBe('')
    const { facts } = await run(composeRuntime.status('green'))
    expect(facts.map(([, value]) => value)).toContainEqual(
      expect.objectContaining({
        name: 'web',
        state: 'running',
        restarts: 0,
        exit: 0,
        image: expect.stringMatching(/^sha256:/),
      }),
    )
    await docker('exec', container('green', 'web'), 'touch', '/tmp/sick')
    await until(async () => (await dead()) === 'web is unhealthy by its own health check')
    await docker('exec', container('green', 'web'), 'rm', '/tmp/sick')
    await docker('exec', container('green', 'web'), 'sh', '-c', 'kill -9 -1').catch(() => undefined)
    await until(async () => (await dead()) === 'web died and was restarted')
    expect((await run([call('runtime_restarts', 'green')])).output.trim()).toBe('1')
    await until(async () => (await run([call('runtime_dead', 'green', '1')])).output.trim() === '')
    await docker('kill', container('green', 'back'))
    expect(await dead()).toBe('back is exited, its exit status 137')
    await docker('rm', '-f', container('green', 'back'))
    expect(await dead()).toBe('back has no container')
  })

  it('notices for the watcher of a bake when a container dies, and nothing else', async () => {
    fine(await run(composeRuntime.start('green')))
    const killed = container('green', 'back')
    // What has happened before is told within a moment; a command that ran inside says nothing of its container.
    const program = `
      kw_run=$kw_base
      runtime_watch green 60
      docker exec ${killed} true </dev/null
      while sleep 0.5; runtime_stirs; do :; done
      echo quiet
      docker kill ${killed} >/dev/null
      until [ -n "$(runtime_dead green)" ] && runtime_stirs; do sleep 0.1; done
      echo noticed
      docker start ${killed} >/dev/null
      runtime_unwatch
      wait "$kw_teller" || :
      # The first call clears away what was told.
      runtime_stirs && runtime_stirs && echo untold`
    const { output } = await runCalls(base, [call('tell_stirs')], `tell_stirs() {\n${program}\n}`)
    expect(output.match(/quiet|noticed|untold/g)).toEqual(['quiet', 'noticed', 'untold'])
  })

  const once = (command: string[], more: { timeout?: number; env?: Record<string, string> } = {}) =>
    composeRuntime.oneOff('green', {
      service: 'back',
      name: 'migrate',
      timeout: 60_000,
      env: {},
      ...more,
      command,
    })

  it('runs a command once, with the settings of its service', async () => {
    const script = 'printf "%s|%s|%s\\n" "$PASSWORD" "$PGOPTIONS" "$1"; cat; getent hosts cache >/dev/null'
    const ran = await run(
      once(['sh', '-c', script, 'sh', '--'], { env: { PGOPTIONS: '-c lock_timeout=10s' } }),
    )
    fine(ran)
    expect(ran.output).toContain(`${secret}|-c lock_timeout=10s|--`)
    expect(await docker('ps', '-aq', '--filter', `name=${app}-migrate`)).toBe('')
  })

  it('fails with the status of the command', async () => {
    const { code, failure } = await run(once(['sh', '-c', 'exit 3']))
    expect([code, failure?.code]).toEqual([70, 'once-failed'])
    expect(failure?.message).toContain('status 3')
  })

  it('stops a command that takes too long', async () => {
    const { failure } = await run(once(['sleep', '1000'], { timeout: 1000 }))
    expect(failure?.code).toBe('timeout')
    expect(await docker('ps', '-aq', '--filter', `name=${app}-migrate`)).toBe('')
  })

  it('refuses a second one while the first still runs, and sweeps away its remains', async () => {
    await docker('run', '-d', '--init', '--name', `${app}-migrate`, image, 'sleep', '1000')
    expect((await run(once(['true']))).failure?.code).toBe('once-running')
    await docker('stop', '-t', '1', `${app}-migrate`)
    fine(await run(once(['true'])))
  })

  it('gives the slot’s next release fresh anonymous volumes', async () => {
    fine(await run(composeRuntime.stop('blue')))
    await ship('v3-3', 'blue')
    fine(await run(composeRuntime.start('blue')))
    expect(await docker('exec', container('blue', 'web'), 'sh', '-c', 'ls /anonymous /scratch')).toBe(
      '/anonymous:\n\n/scratch:\nown',
    )
  })

  it('stops and takes down one slot, and keeps data, the other slot and the accessories', async () => {
    fine(await run(composeRuntime.start('green')))
    fine(await run(composeRuntime.stop('blue')))
    fine(await run(composeRuntime.remove('blue')))
    fine(await run(composeRuntime.remove('blue')))
    const names = await docker('ps', '-a', '--format', '{{.Names}}', '--filter', `name=${app}`)
    expect(names.split('\n').sort()).toEqual(
      [`${app}-accessories-cache-1`, container('green', 'back'), container('green', 'web')].sort(),
    )
    const volumes = await docker('volume', 'ls', '-q', '--filter', `name=${app}`)
    expect(volumes.split('\n').sort()).toEqual(
      [`${app}-blue_scratch`, `${app}-green_scratch`, `${app}_cache`, `${app}_media`].sort(),
    )
  })

  it('does not stop what takes traffic', async () => {
    rmSync(join(base, 'live'), { force: true })
    await runCalls(base, [call('flip', 'green')])
    for (const calls of [composeRuntime.stop('green'), composeRuntime.remove('green')]) {
      expect((await run(calls)).failure?.code).toBe('slot-is-live')
    }
  })
})
