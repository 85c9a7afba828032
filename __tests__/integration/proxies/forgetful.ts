import { rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { freePort, makeAppFolder, makeFolder } from '../../../bench/nginx'
import { makeServer } from '../../../bench/web-server'
import { domain, type Kind, siteConfig } from './site'

const idle = 300

/** Answers every request, but drops a connection that was idle for too long just when it is used again. */
async function startForgetful(port: number) {
  const server = createServer((socket) => {
    let last = Date.now()
    socket.on('error', () => {})
    socket.on('data', () => {
      if (Date.now() - last >= idle) socket.destroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      last = Date.now()
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

/** The statuses of POST, POST, GET and POST, each after a pause longer than the app keeps idle connections. */
export async function askForgetful(kind: Kind, keepaliveTimeout: number): Promise<number[]> {
  const base = makeFolder('forgetful')
  makeAppFolder(base)
  symlinkSync('slots/blue', join(base, 'live'))
  const [listen, blue, green] = [await freePort(), await freePort(), await freePort()]
  const config = siteConfig(kind, base, listen, { blue, green })
  const server = makeServer({ ...config, proxy: { ...config.proxy!, keepaliveTimeout } })
  const app = await startForgetful(blue)
  try {
    await server.start()
    const statuses: number[] = []
    for (const method of ['POST', 'POST', 'GET', 'POST'] as const) {
      const answer = await request(`http://127.0.0.1:${listen}/`, {
        method,
        headers: { host: domain },
        body: method === 'POST' ? 'x' : null,
      })
      statuses.push(answer.statusCode)
      await answer.body.dump()
      await sleep(idle + 50)
    }
    return statuses
  } finally {
    await server.stop()
    app.close()
    rmSync(base, { recursive: true, force: true })
  }
}
