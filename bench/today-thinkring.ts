import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { parseDocument } from 'yaml'
import { checkOut, type Product } from '../lab/product'
import { must } from '../lab/run'
import { type LabServer, startServer } from '../lab/server'
import type { LoadRequest } from './load'
import { say } from './say'
import type { ProductInUse, Site, Way } from './today'

/*
 * thinkring by the live link, and by its guide: the new files on the server, `docker compose up -d --build`, migrate,
 * collectstatic.
 */

const domain = 'thinkring.example'
const env = { SECRET_KEY: 'nobody’s', JWT_SECRET_KEY: 'j'.repeat(32), DB_PASSWORD: 'p4ss-word' }
const certificates = process.env.NODE_EXTRA_CA_CERTS
const images = ['postgres:15', 'nginx:alpine']

const requests: LoadRequest[] = [
  {
    method: 'GET',
    path: '/',
    check: ({ status, body }) => (status === 200 && samePair(body) ? undefined : 'bad page'),
  },
  { method: 'GET', path: '/api/v1/version/' },
  { method: 'POST', path: '/api/v1/thoughts/', body: '{"text":"load"}' },
  { method: 'GET', path: '/api/v1/thoughts/' },
  { method: 'POST', path: '/api/v1/token/', body: '{"name":"load"}' },
  { method: 'GET', path: '/static/core/mark.svg' },
]

/** The page and the API that it asked are of one version. */
function samePair(page: string): boolean {
  return /data-version="(\w+)" data-api="\1"/.test(page)
}

/** What a developer changed: a line of the API, and one of the page. */
function change(workspace: string, version: string): void {
  const edit = (file: string, line: string) => {
    const path = join(workspace, file)
    writeFileSync(path, `${readFileSync(path, 'utf8')}${line}\n`)
  }
  edit('backend/apps/core/urls.py', `# ${version}`)
  edit('frontend/src/hooks.server.js', `// ${version}`)
}

async function untilAnswered(origin: string, version: string): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(200)) {
    const answer = await request(`${origin}/`, { headers: { host: domain } }).catch(() => undefined)
    if (
      answer?.statusCode === 200 &&
      (await answer.body.text()).includes(`data-version="${version}" data-api="${version}"`)
    )
      return
  }
  throw new Error(`thinkring does not answer as ${version}`)
}

async function startOn(
  name: string,
  more: string[],
  first: (server: LabServer, product: Product) => Promise<Pick<Site, 'update' | 'mend'>>,
): Promise<Site> {
  const server = await startServer({ name, images: [...images, ...more] })
  const product = checkOut({
    example: 'thinkring',
    server,
    env,
    settings: { 'bake.duration': '5s', 'drain.timeout': '6s' },
  })
  const stop = async () => {
    product.remove()
    await server.stop()
  }
  try {
    await say(server, 'systemctl disable --now nginx')
    const ways = await first(server, product)
    const origin = `http://127.0.0.1:${server.httpPort}`
    await untilAnswered(origin, 'v1')
    return { ...ways, origin, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const liveLink: Way = {
  name: 'live link',
  start: () =>
    startOn('bench-live', [], async (_, product) => {
      const deploy = async (run: number, version: string) => {
        const inputs = { version, env: JSON.stringify({ ...env, APP_VERSION: version }) }
        const { code, log } = await product.run('deploy', run, { inputs })
        if (code !== 0) throw new Error(log.slice(-3000))
      }
      await product.setUp()
      await deploy(1, 'v1')
      return {
        update: async () => {
          change(product.workspace, 'v2')
          await deploy(2, 'v2')
        },
      }
    }),
}

const folder = '/root/thinkring'
const compose = `cd ${folder} && docker compose -f docker-compose.prod.yml`

/** As the guide has it: nginx with the files of the checkout, static files in a volume of all three. */
const guideSite = `upstream backend { server backend:8000; }
upstream frontend { server frontend:3000; }
server {
  listen 80;
  server_name ${domain};
  location /static/ { alias /var/www/static/; expires 30d; }
  location /media/ { alias /app/media/; expires 7d; }
  location /api/ { proxy_pass http://backend; proxy_set_header Host $host; }
  location / { proxy_pass http://frontend; proxy_set_header Host $host; }
}
`

/** The example's compose file, made again what the guide's is. */
function asInTheGuide(file: string): string {
  const document = parseDocument(file)
  document.setIn(['services', 'nginx', 'ports'], ['80:80'])
  document.setIn(['services', 'nginx', 'depends_on'], ['frontend', 'backend'])
  document.setIn(
    ['services', 'nginx', 'volumes'],
    [
      './nginx/nginx.conf:/etc/nginx/conf.d/default.conf:ro',
      'static_files:/var/www/static:ro',
      'media_files:/app/media:ro',
    ],
  )
  document.setIn(
    ['services', 'backend', 'volumes'],
    ['static_files:/app/staticfiles', 'media_files:/app/media'],
  )
  document.setIn(['volumes', 'static_files'], null)
  if (certificates !== undefined) {
    for (const service of ['frontend', 'backend'])
      document.setIn(['services', service, 'build', 'secrets'], ['ca'])
    document.setIn(['secrets', 'ca'], { file: './ca.pem' })
  }
  return document.toString()
}

/** `git pull`: the files of the version are on the server. */
async function pull(server: LabServer, workspace: string, version: string): Promise<void> {
  const values = { ...env, APP_VERSION: version }
  writeFileSync(
    join(workspace, '.env'),
    Object.entries(values)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
  )
  await must('docker', ['exec', server.name, 'mkdir', '-p', folder])
  await must('docker', ['cp', '-q', `${workspace}/.`, `${server.name}:${folder}`])
}

const byTheGuide: Way = {
  name: 'up -d --build',
  start: () =>
    startOn('bench-guide', ['python:3.10-slim', 'node:24-alpine'], async (server, { workspace }) => {
      const file = join(workspace, 'docker-compose.prod.yml')
      writeFileSync(file, asInTheGuide(readFileSync(file, 'utf8')))
      rmSync(join(workspace, 'kawasemi.yml'))
      await must('mkdir', ['-p', join(workspace, 'nginx')])
      writeFileSync(join(workspace, 'nginx', 'nginx.conf'), guideSite)
      if (certificates !== undefined) writeFileSync(join(workspace, 'ca.pem'), readFileSync(certificates))
      const update = async () => {
        await say(server, `${compose} up -d --build`)
        await say(server, `${compose} exec -T backend python manage.py migrate`)
        await say(server, `${compose} exec -T backend python manage.py collectstatic --noinput`)
      }
      await pull(server, workspace, 'v1')
      // The database is made at its first start, so the first migration may come too early.
      await say(
        server,
        `${compose} up -d db && until ${compose} exec -T db pg_isready -h db; do sleep 0.5; done`,
      )
      await update()
      return {
        update: async () => {
          change(workspace, 'v2')
          await pull(server, workspace, 'v2')
          await update()
        },
        mend: {
          what: '`docker compose restart nginx` by hand, which the guide does not mention',
          work: () => say(server, `${compose} restart nginx`),
        },
      }
    }),
}

export const thinkring: ProductInUse = { name: 'thinkring', domain, requests, ways: [liveLink, byTheGuide] }
