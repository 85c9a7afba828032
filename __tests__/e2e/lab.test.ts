import { hostname } from 'node:os'
import { Client } from 'ssh2'
import { LABEL } from '../../lab/docker'
import { must, run } from '../../lab/run'
import { type LabServer, startServer } from '../../lab/server'
import { CREATOR, sweep } from '../../lab/sweep'

let server: LabServer

beforeAll(async () => {
  server = await startServer({ name: 'smoke', images: ['redis:7-alpine'], memory: 512, srv: 64 })
}, 300_000)

afterAll(() => server?.stop())

/** What a command prints for the ordinary user, over SSH, with the host key pinned. */
function overSsh(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const pinned = server.hostKeys.split(' ')[2]?.trim()
    const client = new Client()
    client.on('error', reject)
    client.on('ready', () =>
      client.exec(command, (error, channel) => {
        if (error) return reject(error)
        let output = ''
        channel.on('data', (chunk: Buffer) => {
          output += chunk
        })
        channel.on('close', () => {
          client.end()
          resolve(output.trim())
        })
      }),
    )
    client.connect({
      host: server.sshHost,
      port: server.sshPort,
      username: server.user,
      privateKey: server.privateKey,
      hostVerifier: (key: Buffer) => key.toString('base64') === pinned,
    })
  })
}

test('an ordinary user logs in with a key and may use Docker', async () => {
  expect(await overSsh('id -un; docker image ls --format "{{.Repository}}:{{.Tag}}"')).toBe(
    'deploy\nredis:7-alpine',
  )
  expect(await overSsh('sudo -n true || echo no')).toBe('no')
})

test('it is as small as asked', async () => {
  expect((await server.exec('grep MemTotal /proc/meminfo')).stdout).toMatch(/ 524288 kB/)
  // `tail -c` holds in memory what it is to print.
  const hold = (megabytes: number) =>
    server.exec(
      `docker run --rm redis:7-alpine sh -c 'head -c ${megabytes}m /dev/zero | tail -c ${megabytes}m | wc -c'`,
    )
  expect((await hold(50)).stdout.trim()).toBe(String(50 * 2 ** 20))
  expect((await hold(600)).stdout.trim()).not.toBe(String(600 * 2 ** 20))
  expect((await server.exec('df -m --output=size /srv | tail -1')).stdout.trim()).toBe('64')
}, 60_000)

test('its nginx answers on the published port', async () => {
  expect((await fetch(`http://127.0.0.1:${server.httpPort}/`)).status).toBe(200)
})

test('what ran comes back after a power cut, and the ports stay', async () => {
  const started = await server.exec('docker run -d --name cache --restart unless-stopped redis:7-alpine')
  expect(started).toMatchObject({ code: 0 })
  await server.reboot({ powerCut: true })
  expect(await overSsh('docker exec cache redis-cli ping')).toBe('PONG')
}, 120_000)

test('what a killed process left is swept away, what a running one has is not', async () => {
  const volumes = { gone: 2 ** 22 + 1, running: process.pid }
  for (const [name, pid] of Object.entries(volumes)) {
    const labels = [`--label=${LABEL}=1`, `--label=${CREATOR}=${hostname()}:${pid}`]
    await must('docker', ['volume', 'create', ...labels, `lab-test-${name}-${process.pid}`])
  }
  await sweep()
  const left = await must('docker', ['volume', 'ls', '--quiet', '--filter', 'name=lab-test-'])
  expect(left.split('\n').filter((name) => name.endsWith(`-${process.pid}`))).toEqual([
    `lab-test-running-${process.pid}`,
  ])
  await must('docker', ['volume', 'rm', `lab-test-running-${process.pid}`])
})

test('nothing is left of it', async () => {
  await server.stop()
  expect((await run('docker', ['inspect', server.name])).code).not.toBe(0)
  expect((await run('docker', ['volume', 'inspect', server.name])).code).not.toBe(0)
}, 60_000)
