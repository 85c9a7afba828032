import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { checkOut, type Product } from '../lab/product'
import { must } from '../lab/run'
import { type LabServer, startServer } from '../lab/server'
import type { LoadRequest } from './load'
import { say } from './say'
import type { ProductInUse, Site, Way } from './today'

/*
 * meeting-room by the live link, and by its guide: stop the unit, copy the folder away, put the new files in its place,
 * install, migrate, start.
 */

const domain = 'meeting-room.example'
/** Certificates of this machine's network, as a company's server has them. */
const certificates = '/etc/ssl/company.pem'
const env = {
  DATABASE_URL: 'postgresql://meeting_user:secure@localhost/meeting_rooms',
  SECRET_KEY: 'of a bench',
  TZ: 'Asia/Tokyo',
  REDIS_PASSWORD: 'p4ss-word',
  CHAT_HISTORY_TTL: '86400',
  PIP_CERT: certificates,
}

const requests: LoadRequest[] = [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/api/rooms' },
  { method: 'POST', path: '/api/chat', body: '{"message": "会議室Aは？", "sessionId": "load"}' },
  { method: 'GET', path: '/api/reservations?limit=5' },
  { method: 'GET', path: '/static/style.css' },
]

/** A server with what the guide installs before the app: PostgreSQL with its database, and Redis' image. */
async function startOn(
  name: string,
  first: (server: LabServer, product: Product) => Promise<() => Promise<void>>,
): Promise<Site> {
  const server = await startServer({ name, images: ['redis:7-alpine'], packages: ['postgresql'] })
  const product = checkOut({
    example: 'meeting-room',
    server,
    env,
    settings: { 'bake.duration': '5s', 'drain.timeout': '6s' },
  })
  const stop = async () => {
    product.remove()
    await server.stop()
  }
  try {
    const own = process.env.NODE_EXTRA_CA_CERTS ?? '/etc/ssl/certs/ca-certificates.crt'
    await server.exec(`cat >${certificates}`, { input: readFileSync(own) })
    await server.exec('runuser -u postgres -- psql -v ON_ERROR_STOP=1', {
      input: `CREATE USER meeting_user WITH PASSWORD 'secure'; CREATE DATABASE meeting_rooms OWNER meeting_user;`,
    })
    writeFileSync(join(product.workspace, 'VERSION'), 'v1\n')
    const update = await first(server, product)
    const origin = `http://127.0.0.1:${server.httpPort}`
    await untilHealthy(origin)
    return { origin, stop, update }
  } catch (error) {
    await stop()
    throw error
  }
}

async function untilHealthy(origin: string): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(200)) {
    const answer = await request(`${origin}/health`, { headers: { host: domain } }).catch(() => undefined)
    await answer?.body.dump()
    if (answer?.statusCode === 200) return
  }
  throw new Error('meeting-room does not become healthy')
}

const liveLink: Way = {
  name: 'live link',
  start: () =>
    startOn('bench-live', async (_, product) => {
      const deploy = async (run: number, version: string) => {
        const { code, log } = await product.run('deploy', run, { inputs: { version } })
        if (code !== 0) throw new Error(log.slice(-3000))
      }
      await product.setUp()
      await deploy(1, 'v1')
      return async () => {
        writeFileSync(join(product.workspace, 'VERSION'), 'v2\n')
        await deploy(2, 'v2')
      }
    }),
}

const folder = '/var/www/meeting-room'

/** The guide's unit; it reads the guide's `.env`, without which its app has no database. */
const unit = `[Unit]
Description=Meeting Room Reservation System
After=network.target

[Service]
User=www-data
Group=www-data
WorkingDirectory=${folder}
EnvironmentFile=${folder}/.env
Environment=PATH=${folder}/venv/bin
ExecStart=${folder}/venv/bin/gunicorn --config gunicorn.conf.py app:app
Restart=always

[Install]
WantedBy=multi-user.target
`

const site = `server {
    listen 80;
    server_name ${domain};
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
    location /static {
        alias ${folder}/static;
        expires 1y;
        add_header Cache-Control "public, immutable";
    }
}
`

async function copyTo({ name }: LabServer, workspace: string): Promise<void> {
  await must('docker', ['exec', name, 'mkdir', '-p', folder])
  await must('docker', ['cp', '-q', `${workspace}/.`, `${name}:${folder}`])
}

const install = `cd ${folder}; PIP_CERT=${certificates} venv/bin/pip install -q -r requirements.txt; set -a; . ./.env; set +a; venv/bin/python models.py`

const byTheGuide: Way = {
  name: 'stop, copy, install, migrate, start',
  start: () =>
    startOn('bench-guide', async (server, { workspace }) => {
      const values = Object.entries(env).map(([name, value]) => `${name}='${value}'\n`)
      writeFileSync(join(workspace, '.env'), values.join(''))
      await copyTo(server, workspace)
      await say(
        server,
        `docker run -d --name meeting-room-redis --restart always -p 127.0.0.1:6379:6379 redis:7-alpine redis-server --requirepass ${env.REDIS_PASSWORD} --appendonly yes >/dev/null`,
      )
      await say(server, `cd ${folder}; python3 -m venv venv; ${install}; chown -R www-data: .`)
      await server.exec('cat >/etc/systemd/system/meeting-room.service', { input: unit })
      await server.exec('cat >/etc/nginx/sites-enabled/meeting-room', { input: site })
      await say(
        server,
        'systemctl daemon-reload; systemctl enable --now meeting-room; nginx -t 2>&1; systemctl reload nginx',
      )
      return async () => {
        await say(server, `cd ${folder}; systemctl stop meeting-room; cp -r . ../meeting-room-backup`)
        writeFileSync(join(workspace, 'VERSION'), 'v2\n')
        await copyTo(server, workspace)
        await say(server, `${install}; systemctl start meeting-room`)
      }
    }),
}

export const meetingRoom: ProductInUse = {
  name: 'meeting-room',
  domain,
  requests,
  ways: [liveLink, byTheGuide],
}
