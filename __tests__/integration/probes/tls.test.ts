import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer as createPlain, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { askCertificate } from '../../../src/probes/tls'

/* Handshakes with real certificates, over a connection that is handed in. */

let folder: string
const servers: Server[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kawasemi-tls-'))
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '5',
      ],
      ...['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example'],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
    ],
    { stdio: 'ignore' },
  )
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const ask = (domain: string, port: number, timeout = 20_000) =>
  askCertificate(domain, async () => connect(port, '127.0.0.1'), timeout)

test('tells until when a certificate holds, whom it is for, and who signed it', async () => {
  const options = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) }
  const port = await listening(createServer(options))
  const shown = await ask('shop.example', port)
  expect(shown).toEqual({
    kind: 'certificate',
    until: expect.any(Date),
    fits: true,
    distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  const days = shown.kind === 'certificate' ? (shown.until.getTime() - Date.now()) / 86_400_000 : 0
  expect(Math.round(days)).toBe(5)
  expect(await ask('other.example', port)).toMatchObject({ fits: false })
})

test.each([
  [
    'hangs up',
    (server: ReturnType<typeof createPlain>) => server.on('connection', (socket) => socket.end()),
    /./,
  ],
  [
    'speaks HTTP',
    (server: ReturnType<typeof createPlain>) =>
      server.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    /wrong version|packet length/i,
  ],
])('one who %s has none', async (_, behave, reason) => {
  const port = await listening(behave(createPlain()))
  expect(await ask('shop.example', port)).toEqual({ kind: 'none', reason: expect.stringMatching(reason) })
})

test('one who says nothing is not waited for', async () => {
  const port = await listening(createPlain())
  expect(await ask('shop.example', port, 100)).toEqual({ kind: 'none', reason: 'no handshake within 100 ms' })
})

test('a closed port', async () => {
  const dial = () => Promise.reject(new Error('nothing accepts connections on port 443'))
  expect(await askCertificate('shop.example', dial, 1000)).toEqual({
    kind: 'none',
    reason: 'nothing listens',
  })
})
