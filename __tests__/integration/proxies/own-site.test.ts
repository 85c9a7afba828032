import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import { freePort, makeAppFolder, makeFolder } from '../../../bench/nginx'
import { startUpstream } from '../../../bench/upstream'
import { ensureServer, makeServer } from '../../../bench/web-server'
import { proxyOf } from '../../../src/proxies/kinds'
import { domain, type Kind, siteConfig } from './site'

/** Somebody's own site file, with the lines that setup-host prints. */

jest.setTimeout(120_000)

/** Puts each part where its comment says. */
const ownFiles: Record<Kind, (lines: string, listen: number) => string> = {
  nginx: (lines, listen) => {
    const [, above = '', server = '', routes = ''] = lines.split(/^# (?:Above|In your) .*:$/m)
    return `${above}
server {
  listen 127.0.0.1:${listen};
  server_name ${domain};
  ${server}
  location / {
    ${/proxy_pass \S+;/.exec(routes)![0]}
  }
}
`
  },
  apache: (lines, listen) => {
    const [, above = '', server = ''] = lines.split(/^# .*:$/m)
    return `Listen 127.0.0.1:${listen}\n${above}\n<VirtualHost *:${listen}>\nServerName ${domain}\n${server}\n</VirtualHost>\n`
  },
  caddy: (lines) => `http://${domain} {\nbind 127.0.0.1\n${lines}\n}\n`,
}

test.each(['nginx', 'apache', 'caddy'] as const)('%s follows the live link', async (kind) => {
  await ensureServer(kind)
  const base = makeFolder('own')
  makeAppFolder(base)
  const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
  const apps = [await startUpstream('blue', blue), await startUpstream('green', green)]
  const config = siteConfig(kind, base, listen, { blue, green })
  const lines = proxyOf({ kind })
    .renderLines(config)
    .replace(/\/var\/log\/kawasemi\/\S+?\/access\.log/g, `${base}/shared/logs/access.log`)
  const server = makeServer(config, ownFiles[kind](lines, listen))
  const ask = async () => {
    const answer = await request(`http://127.0.0.1:${listen}/`, { headers: { host: domain } })
    return [answer.statusCode, (await answer.body.text()).trim()]
  }
  try {
    expect(server.test()).toBe('')
    await server.start()
    expect((await ask())[0]).toBe(503)
    symlinkSync('slots/blue', join(base, 'live'))
    expect(await ask()).toEqual([200, 'blue'])
    rmSync(join(base, 'live'))
    symlinkSync('slots/green', join(base, 'live'))
    expect(await ask()).toEqual([200, 'green'])
  } finally {
    for (const app of apps) {
      app.close()
      app.closeAllConnections()
    }
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  }
})

test('a cache of nginx keeps the old public facts, by which it is found out', async () => {
  const base = makeFolder('cached')
  makeAppFolder(base)
  const file = join(base, 'releases', 'one', 'public.json')
  mkdirSync(join(base, 'releases', 'one'), { recursive: true })
  symlinkSync('../../releases/one', join(base, 'slots', 'blue', 'release'))
  symlinkSync('slots/blue', join(base, 'live'))
  const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
  const config = siteConfig('nginx', base, listen, { blue, green })
  const lines = proxyOf({ kind: 'nginx' })
    .renderLines(config)
    .replace(/\/var\/log\/kawasemi\/\S+?\/access\.log/g, `${base}/shared/logs/access.log`)
  const write = (content: string) => {
    writeFileSync(`${file}.part`, content)
    renameSync(`${file}.part`, file)
  }
  const ask = async () => {
    const path = `http://127.0.0.1:${listen}/.well-known/kawasemi`
    const answer = await request(path, { headers: { host: domain }, reset: true })
    return answer.body.text()
  }
  const answers: string[][] = []
  try {
    for (const cache of ['open_file_cache off;', 'open_file_cache max=9;\nopen_file_cache_valid 1h;']) {
      const changed = lines.replace('open_file_cache off;', cache)
      const server = makeServer(config, ownFiles.nginx(changed, listen))
      write('before')
      await server.start()
      for (let at = 0; at < 8; at++) await ask()
      write('after')
      answers.push(await Promise.all(Array.from({ length: 8 }, ask)))
      await server.stop()
    }
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
  expect(answers[0]).toEqual(Array(8).fill('after'))
  expect(answers[1]).toContain('before')
})
