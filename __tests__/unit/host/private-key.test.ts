import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { utils } from 'ssh2'
import { readPrivateKey } from '../../../src/host/private-key'
import { Trouble } from '../../../src/release/trouble'
import { fields, makeKey } from './keys'

const read = (pasted: string, passphrase?: string) => readPrivateKey(utils.parseKey, pasted, passphrase)

function trouble(pasted: string, passphrase?: string): string {
  try {
    read(pasted, passphrase)
  } catch (error) {
    if (error instanceof Trouble) return error.message
    throw error
  }
  throw new Error('was taken')
}

const plain = makeKey('-t', 'ed25519')
const locked = makeKey('-t', 'ed25519', '-N', 'correct horse', '-a', '1')
const lines = plain.privateKey.trim().split('\n')
const body = lines.slice(1, -1).join('')

/** An OpenSSH private key of any type, with fields that mean nothing. */
function madeUp(type: string, ...values: readonly Buffer[]): string {
  const check = randomBytes(4)
  const inside = Buffer.concat([check, check, fields(type, ...values, 'comment')])
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (inside.length % 8)) % 8))
  const container = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    fields('none', 'none', ''),
    Buffer.from([0, 0, 0, 1]),
    fields(fields(type, ...values), Buffer.concat([inside, padding])),
  ])
  const base64 = container.toString('base64').replace(/.{70}/g, '$&\n')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`
}

describe('keys that are taken', () => {
  test.each([
    ['ed25519', ['-t', 'ed25519'], 'ssh-ed25519'],
    ['RSA', ['-t', 'rsa', '-b', '2048'], 'ssh-rsa'],
    ['RSA in PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM'], 'ssh-rsa'],
    ['RSA in PKCS#8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8'], 'ssh-rsa'],
    ['ECDSA 256', ['-t', 'ecdsa', '-b', '256'], 'ecdsa-sha2-nistp256'],
    ['ECDSA 384 in PEM', ['-t', 'ecdsa', '-b', '384', '-m', 'PEM'], 'ecdsa-sha2-nistp384'],
    ['ECDSA 521 in PKCS#8', ['-t', 'ecdsa', '-b', '521', '-m', 'PKCS8'], 'ecdsa-sha2-nistp521'],
  ])('%s', (_name, args, type) => {
    const { privateKey, publicKey } = makeKey(...args)
    const key = read(privateKey)
    expect(key.type).toBe(type)
    const printed = execFileSync('ssh-keygen', ['-lf', '-'], { input: publicKey }).toString()
    expect(printed).toContain(` ${key.fingerprint} `)
    const signature = key.parsed.sign('text')
    expect(signature).toBeInstanceOf(Buffer)
    expect(key.parsed.verify('text', signature)).toBe(true)
  })

  test.each([
    ['OpenSSH', ['-t', 'ed25519', '-a', '1']],
    ['PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['PKCS#8', ['-t', 'ecdsa', '-m', 'PKCS8']],
  ])('with a passphrase, %s', (_name, args) => {
    const { privateKey } = makeKey(...args, '-N', 'correct horse')
    expect(read(privateKey, 'correct horse').parsed.isPrivateKey()).toBe(true)
    expect(trouble(privateKey, 'wrong')).toMatch(/cannot be opened with this passphrase.*ssh-passphrase/)
    expect(trouble(privateKey)).toMatch(/protected by a passphrase, and none was given.*ssh-passphrase/)
    expect(trouble(privateKey, '')).toMatch(/protected by a passphrase, and none was given/)
  })

  test('a passphrase that is not needed does no harm', () => {
    expect(read(plain.privateKey, 'not needed').type).toBe('ssh-ed25519')
  })

  test.each([
    ['Windows line ends', lines.join('\r\n')],
    ['no last newline', lines.join('\n')],
    ['a byte order mark', `\uFEFF${plain.privateKey}`],
    ['indentation', lines.map((line) => `      ${line}  `).join('\n')],
    ['empty lines', `\n\n${lines.join('\n\n')}\n\n`],
    ['the public half before it', `${plain.publicKey}\n${plain.privateKey}`],
    ['text after it', `${plain.privateKey}\nthe key of the web server\n`],
  ])('%s', (_name, pasted) => expect(read(pasted).fingerprint).toBe(read(plain.privateKey).fingerprint))
})

describe('keys that are refused, each with its reason', () => {
  const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const number = () => Buffer.concat([Buffer.from([1]), randomBytes(20)])
  test.each([
    ['empty', '', /is empty.*ssh-key/],
    ['blank', ' \n\t\n', /is empty/],
    ['cut off', lines.slice(0, -1).join('\n'), /is cut off: it has no END line/],
    ['cut in the middle of END', lines.join('\n').slice(0, -3), /is cut off: it has no END line/],
    ['nothing inside', `${lines[0]}\n${lines.at(-1)}`, /has nothing between/],
    ['a line lost', [...lines.slice(0, 2), ...lines.slice(3)].join('\n'), /is damaged/],
    ['no BEGIN', lines.slice(1).join('\n'), /has no whole BEGIN line/],
    ['only the inside', body, /has no whole BEGIN line/],
    ['the public half', plain.publicKey, /is the public half/],
    [
      'the public half in PEM',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      /is the public half/,
    ],
    ['the public half of SSH2', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n', /is the public half/],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n', /PuTTY \(PPK\).*puttygen/],
    ['spaces for line breaks', lines.join(' '), /is on one line: .* spaces/],
    ['\\n for line breaks', lines.join('\\n'), /is on one line: .* characters \\n/],
    ['base64 of the file', Buffer.from(plain.privateKey).toString('base64'), /base64 once more/],
    ['the name of a file', '~/.ssh/id_ed25519', /is the name of a file/],
    ['any text', 'hunter2', /is no private key/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /is no private key/],
    ['DSA', madeUp('ssh-dss', number(), number(), number(), number(), number()), /of the type DSA/],
    ['a key on a token', madeUp('sk-ssh-ed25519@openssh.com', randomBytes(32)), /hardware token/],
    ['an unknown type', madeUp('ssh-future', randomBytes(32)), /of the type ssh-future/],
    ['ed25519 in PKCS#8', pkcs8, /of the type ed25519 in PKCS#8 form/],
    [
      'an unknown format',
      '-----BEGIN SOME PRIVATE KEY-----\nAAAA\n-----END SOME PRIVATE KEY-----',
      /format that is not known/,
    ],
    ['too large', `${plain.privateKey}${'x'.repeat(70_000)}`, /larger than 64 KB/],
  ])('%s', (_name, pasted, message) => expect(trouble(pasted)).toMatch(message))
})

describe('whatever was done to a key', () => {
  const pem = makeKey('-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret').privateKey
  const damage = fc.tuple(
    fc.nat(),
    fc.nat(200),
    fc.oneof(fc.string(), fc.constantFrom('', '\n', ' ', '-----', ': ')),
  )

  test('it is taken or refused with Trouble, and the error holds nothing of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(plain.privateKey, locked.privateKey, pem),
        damage,
        (text, [at, length, put]) => {
          const from = at % text.length
          const damaged = text.slice(0, from) + put + text.slice(from + length)
          for (const passphrase of [undefined, 'a wrong one']) {
            try {
              read(damaged, passphrase)
            } catch (error) {
              expect(error).toBeInstanceOf(Trouble)
              const told = JSON.stringify([(error as Trouble).message, (error as Trouble).details])
              for (const line of text.split('\n').filter((each) => !each.startsWith('-----')))
                if (line.length >= 16) expect(told).not.toContain(line.slice(0, 16))
            }
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('a damaged number of rounds keeps nobody waiting', () => {
    const inside = Buffer.from(locked.privateKey.split('\n').slice(1, -2).join(''), 'base64')
    const rounds = inside.indexOf('bcrypt') + 6 + 4 + 4 + 16
    expect(inside.readUInt32BE(rounds)).toBe(1)
    inside.writeUInt32BE(4_000_000_000, rounds)
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${inside.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`
    expect(trouble(text, 'correct horse')).toMatch(/4000000000 rounds/)
  })

  test('any text is refused with Trouble', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        expect(trouble(text)).toMatch(/^The private key \(input ssh-key\): /),
      ),
    )
  })
})
