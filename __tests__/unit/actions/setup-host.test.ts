import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(__dirname, '../../..')

test('setup-host prints its program at a terminal too, with nothing before it', () => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'dist/setup-host.js')], {
    cwd: join(root, 'examples/td-buddy'),
    env: {
      INPUT_ENVIRONMENT: 'production',
      INPUT_MODE: 'print',
      'INPUT_DEPLOY-KEY': 'ssh-ed25519 AAAAC3Nza ci',
    },
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout).toMatch(/^# Prepares a host/)
  expect(stdout).toContain("deploy_key 'ssh-ed25519 AAAAC3Nza ci'")
  expect(spawnSync('sh', ['-n'], { input: stdout }).status).toBe(0)
})
