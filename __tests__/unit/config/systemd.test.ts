import { ConfigError, loadConfig } from '../../../src/config/load'
import { changed, sample } from './sample'

const app = `app: shop
hosts: [deploy@203.0.113.7]
systemd:
  python: {}
  build: [[python, manage.py, collectstatic, --noinput]]
  shared: [media, logs]
services:
  web:
    command: [gunicorn, shop.wsgi]
    slots: { blue: 13000, green: 13001 }
    health: { path: /health }
    assets: { path: staticfiles, url: /static/ }
    memory: 512m
    cpu: 1.5
  mailer: { role: worker, command: [python, mail.py], restart: on-failure }
environments: { production: }
`

function problems(from: string, to: string, text = app): string {
  try {
    loadConfig(changed(from, to, text), 'kawasemi.yml', 'production')
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('an app under systemd', () => {
  test('says how each service runs', () => {
    const config = loadConfig(app, 'kawasemi.yml', 'production')
    expect(config.systemd).toEqual({
      scope: 'user',
      user: 'www-data',
      python: { requirements: 'requirements.txt', interpreter: 'python3' },
      build: [['python', 'manage.py', 'collectstatic', '--noinput']],
      buildTimeout: 900_000,
      shared: ['media', 'logs'],
    })
    expect(config.services).toMatchObject({
      web: {
        process: { command: ['gunicorn', 'shop.wsgi'], memory: 512 * 2 ** 20, cpu: 1.5, restart: 'always' },
      },
      mailer: { process: { command: ['python', 'mail.py'], restart: 'on-failure' }, singleton: true },
    })
    expect(config.services.web).not.toHaveProperty('port')
  })

  test.each([
    [
      'command: [gunicorn, shop.wsgi]\n',
      '\n',
      /services\.web\.command: expected the command that systemd runs/,
    ],
    ['command: [gunicorn', 'port: 8000\n    command: [gunicorn', /services\.web\.port: .*its variable PORT/],
    ['path: staticfiles', 'path: /srv/static', /assets\.path: expected a path inside the release/],
    ['path: staticfiles', 'path: ../static', /assets\.path/],
    ['systemd:', 'compose: {}\nsystemd:', /compose: expected either compose or systemd/],
    ['systemd:', 'volumes: { media: shared }\nsystemd:', /volumes\.media: expected no volumes/],
    ['systemd:', 'systemd:\n  user: shop', /systemd\.user: expected no user/],
    ['systemd:', 'systemd:\n  scope: system\n  user: root', /systemd\.user: .*not root/],
    [
      '[media, logs]',
      '[media, media/small]',
      /systemd\.shared\[1\]: expected a folder that is not inside media/,
    ],
    ['[media, logs]', '[media, media]', /systemd\.shared\[1\]: expected each one once/],
    ['[media, logs]', '[../media]', /systemd\.shared\[0\]/],
    ['python: {}', "python: { interpreter: 'python3; id' }", /interpreter: expected a program/],
    ['memory: 512m', 'memory: 512', /memory: expected a size/],
  ])('is refused with %j as %j', (from, to, expected) => {
    expect(problems(from, to)).toMatch(expected)
  })

  test('may have accessories in Compose', () => {
    const text = changed('systemd:', 'compose: { file: redis.yaml }\naccessories: [redis]\nsystemd:', app)
    expect(loadConfig(text, 'kawasemi.yml', 'production')).toMatchObject({
      compose: { file: 'redis.yaml' },
      accessories: ['redis'],
    })
  })
})

test.each(['command: [x]', 'memory: 1g', 'cpu: 1', 'restart: always'])(
  'under Compose the compose file says what %j would',
  (line) => {
    const key = line.split(':')[0]
    expect(problems('    port: 3000\n', `    port: 3000\n    ${line}\n`, sample)).toMatch(
      new RegExp(`services\\.frontend\\.${key}: expected no such key without`),
    )
  },
)
