import { type AddressInfo, createServer, type Socket } from 'node:net'
import { connect } from '../../../src/host/connection'
import { fingerprint } from '../../../src/host/host-key'
import { Trouble } from '../../../src/release/trouble'
import { makeKey } from '../../unit/host/keys'
import { freePort, publicBlob, type Sshd, startSshd } from './sshd'

let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.stop())

async function trouble(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => new Error('went well'),
    (reason) => reason,
  )
  if (!(error instanceof Trouble)) throw error
  return error.message
}

describe('keys that log in', () => {
  test.each([
    ['RSA', ['-t', 'rsa', '-b', '2048']],
    ['RSA in PKCS#8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
    ['ECDSA in PEM', ['-t', 'ecdsa', '-m', 'PEM']],
    ['ed25519', ['-t', 'ed25519']],
  ])('%s with a passphrase', async (_name, args) => {
    const key = makeKey(...args, '-N', 'correct horse')
    const server = await startSshd({ authorized: [key] })
    try {
      const connection = await server.connect({ privateKey: key.privateKey, passphrase: 'correct horse' })
      expect((await connection.run('exit 0', () => {})).code).toBe(0)
    } finally {
      await server.stop()
    }
  })
})

test('a key that the server does not know is named by its fingerprint, with the user', async () => {
  const other = makeKey('-t', 'ed25519')
  const message = await trouble(sshd.connect({ privateKey: other.privateKey }))
  expect(message).toContain(
    `does not accept this key for the user ${sshd.user}: ssh-ed25519 ${fingerprint(publicBlob(other))}`,
  )
  expect(message).toContain('authorized_keys')
})

test.each([
  [
    'no keys at all',
    ['PubkeyAuthentication no', 'PasswordAuthentication yes'],
    /accepts no keys .*, only .*password/,
  ],
  [
    'a password too',
    ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'],
    /took the key .* wants password too/,
  ],
])('a server that wants %s says so', async (_name, config, message) => {
  const server = await startSshd({ config })
  try {
    expect(await trouble(server.connect())).toMatch(message)
  } finally {
    await server.stop()
  }
})

test('a bad key is told before anything is sent', async () => {
  expect(await trouble(sshd.connect({ privateKey: sshd.userKey.publicKey, port: 1 }))).toMatch(
    /known-hosts|public half/,
  )
  expect(await trouble(sshd.connect({ privateKey: sshd.userKey.publicKey }))).toMatch(/public half/)
})

test('a name that is not there', async () => {
  const knownHosts = `nowhere.invalid ${sshd.hostKeys[0]?.publicKey}`
  const message = await trouble(
    connect({ ...sshd.options, address: 'nowhere.invalid', port: 22, knownHosts }),
  )
  expect(message).toMatch(/nowhere\.invalid does not exist in DNS|DNS gave no answer for nowhere\.invalid/)
})

describe('with something else at the port', () => {
  const pin = (port: number) => ({ port, knownHosts: `[127.0.0.1]:${port} ${sshd.hostKeys[0]?.publicKey}` })

  async function against(
    onSocket: (socket: Socket) => void,
    then: (port: number) => Promise<void>,
  ): Promise<void> {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => {}))
      onSocket(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await then((server.address() as AddressInfo).port)
    } finally {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  test('nothing', async () => {
    const port = await freePort()
    expect(await trouble(sshd.connect(pin(port)))).toContain(`refuses connections on port ${port}`)
  })

  test('a web server', () =>
    against(
      (socket) => void socket.write(`HTTP/1.1 400 Bad Request\r\n${'x'.repeat(20_000)}`),
      async (port) => expect(await trouble(sshd.connect(pin(port)))).toMatch(/is no SSH server/),
    ))

  test('a server that hangs up', () =>
    against(
      (socket) => void socket.end(),
      async (port) =>
        expect(await trouble(sshd.connect(pin(port)))).toMatch(
          /ended the connection before the login was done/,
        ),
    ))

  test('a server that keeps silent, given up when the run is cancelled', async () => {
    const abort = new AbortController()
    const reason = new Error('cancelled')
    await against(
      () => abort.abort(reason),
      async (port) => expect(sshd.connect({ ...pin(port), signal: abort.signal })).rejects.toBe(reason),
    )
  })
})

test('a run that was cancelled before does not connect', async () => {
  await expect(sshd.connect({ signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow(
    'cancelled',
  )
})
