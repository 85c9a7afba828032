import { fingerprint } from '../../../src/host/host-key'
import { Trouble } from '../../../src/release/trouble'
import { hashedName, makeKey } from '../../unit/host/keys'
import { type KeyPair, publicBlob, type Sshd, startSshd } from './sshd'

const kinds = {
  ed25519: ['-t', 'ed25519'],
  'ecdsa-256': ['-t', 'ecdsa', '-b', '256'],
  'ecdsa-384': ['-t', 'ecdsa', '-b', '384'],
  'ecdsa-521': ['-t', 'ecdsa', '-b', '521'],
  rsa: ['-t', 'rsa', '-b', '2048'],
} as const
type Kind = keyof typeof kinds

let sshd: Sshd
const keys = {} as Record<Kind, KeyPair>
const stranger = makeKey('-t', 'ed25519')

beforeAll(async () => {
  for (const kind of Object.keys(kinds) as Kind[]) keys[kind] = makeKey(...kinds[kind])
  sshd = await startSshd({ hostKeys: Object.values(keys) })
})
afterAll(() => sshd.stop())

const line = (key: KeyPair, name = `[127.0.0.1]:${sshd.port}`) => `${name} ${key.publicKey}`
const print = (key: KeyPair) => fingerprint(publicBlob(key))

async function accepts(knownHosts: string): Promise<void> {
  const connection = await sshd.connect({ knownHosts })
  await connection.close()
}

async function refuses(knownHosts: string, server = sshd): Promise<Trouble> {
  const error = await server.connect({ knownHosts }).then(
    () => new Error('was accepted'),
    (reason) => reason,
  )
  if (!(error instanceof Trouble)) throw error
  return error
}

describe.each(Object.keys(kinds) as Kind[])('a host known by its key of the kind %s', (kind) => {
  test('as a line', () => accepts(line(keys[kind])))
  test('as a hashed line', () => accepts(line(keys[kind], hashedName(`[127.0.0.1]:${sshd.port}`))))
  test('as a fingerprint', () => accepts(print(keys[kind])))
  test('not by another key of that kind', async () => {
    const other = makeKey(...kinds[kind])
    const { message } = await refuses(line(other))
    expect(message).toContain('the host key is not the pinned one')
    expect(message).toContain(`Expected ${other.publicKey.split(' ')[0]} ${print(other)}`)
    expect(message).toContain(`presented ${keys[kind].publicKey.split(' ')[0]} ${print(keys[kind])}`)
  })
})

test('a key that will replace another is pinned beside it', async () => {
  await accepts(`${line(stranger)}\n${line(keys.ed25519)}`)
  await accepts(`${line(stranger)}\n${line(keys.rsa)}`)
  await accepts(`${print(stranger)}\n${print(keys.rsa)}`)
})

test('the line to pin is told, as text to compare', async () => {
  const { details, fix } = await refuses(line(stranger))
  expect(fix).toContain('compare on the console of the host')
  expect(details).toContain(
    `[127.0.0.1]:${sshd.port} ${keys.ed25519.publicKey.split(' ').slice(0, 2).join(' ')}`,
  )
})

test('a fingerprint that fits none of the keys shows all of them', async () => {
  const { message, details } = await refuses(print(stranger))
  expect(message).toContain(`Expected ${print(stranger)}`)
  for (const key of Object.values(keys)) expect(details.join('\n')).toContain(print(key))
})

test('a revoked key is refused, pinned or not', async () => {
  const revoked = `@revoked * ${keys.ed25519.publicKey}`
  expect((await refuses(`${line(keys.ed25519)}\n${revoked}`)).message).toContain(
    `@revoked: ssh-ed25519 ${print(keys.ed25519)}`,
  )
  expect((await refuses(`${line(stranger)}\n${revoked}`)).message).toContain('@revoked')
  await accepts(`${line(keys.rsa)}\n${revoked}`)
})

test('a host without a key of the pinned type shows what it has', async () => {
  const only = await startSshd({ hostKeys: [keys.rsa] })
  try {
    const { message } = await refuses(`[127.0.0.1]:${only.port} ${stranger.publicKey}`, only)
    expect(message).toContain(`Expected ssh-ed25519 ${print(stranger)}`)
    expect(message).toContain(`presented ssh-rsa ${print(keys.rsa)}`)
  } finally {
    await only.stop()
  }
})

test('a host that nobody pinned is not even asked', async () => {
  expect((await refuses(line(keys.ed25519, 'other.example'))).message).toMatch(
    /^known-hosts: has no key for \[127\.0\.0\.1\]:/,
  )
  expect((await refuses('')).message).toMatch(/^known-hosts: is empty/)
})
