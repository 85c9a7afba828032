import fc from 'fast-check'
import { fingerprint } from '../../../src/host/host-key'
import { judge, matchesPattern, pinsFor } from '../../../src/host/known-hosts'
import { Trouble } from '../../../src/release/trouble'
import { fields, hashedName, hostKey } from './keys'

const key = hostKey()
const other = hostKey()

/** What becomes of a host that shows `key`. */
function verdict(text: string, address = 'web.example', port = 22) {
  return judge(pinsFor(text, address, port), key.blob)
}

function trouble(text: string, address = 'web.example', port = 22): string {
  try {
    pinsFor(text, address, port)
  } catch (error) {
    if (error instanceof Trouble) return error.message
    throw error
  }
  throw new Error('was taken')
}

describe('which lines apply', () => {
  test.each([
    ['a plain name', `web.example ${key.text}`],
    ['a comment after the key', `web.example ${key.text} root@web`],
    ['another case', `WEB.Example ${key.text}`],
    ['several names', `a.example,web.example,203.0.113.5 ${key.text}`],
    ['a star', `*.example ${key.text}`],
    ['a question mark', `we?.example ${key.text}`],
    ['tabs and spaces around', `\t web.example\t${key.text}  `],
    ['Windows line ends', `# comment\r\n\r\nweb.example ${key.text}\r\n`],
    ['a byte order mark', `\uFEFFweb.example ${key.text}`],
    ['a hashed name', `${hashedName('web.example')} ${key.text}`],
    ['the usual port spelled out', `[web.example]:22 ${key.text}`],
    ['a bare fingerprint', fingerprint(key.blob)],
    ['a fingerprint with padding', `${fingerprint(key.blob)}=`],
    ['a fingerprint with a host name', `web.example ${fingerprint(key.blob)}`],
    ['a line of ssh-keygen -l', `256 ${fingerprint(key.blob)} root@web (ED25519)`],
    ['the second of two pins', `web.example ${other.text}\nweb.example ${key.text}`],
    ['a fingerprint beside a key', `web.example ${other.text}\n${fingerprint(key.blob)}`],
  ])('%s', (_name, text) => expect(verdict(text)).toBe('pinned'))

  test.each([
    ['an address with a port', '[203.0.113.5]:2222', '203.0.113.5', 2222],
    ['an IPv6 address', '2001:db8::5', '2001:db8::5', 22],
    ['an IPv6 address with a port', '[2001:db8::5]:2222', '2001:db8::5', 2222],
    ['a hashed name with a port', hashedName('[web.example]:2222'), 'web.example', 2222],
    ['a name without the port, where none has it', 'web.example', 'web.example', 2222],
    ['a pattern with a port', '[*.example]:2222', 'web.example', 2222],
  ])('%s', (_name, names, address, port) =>
    expect(verdict(`${names} ${key.text}`, address, port)).toBe('pinned'),
  )

  test.each([
    ['another name', `api.example ${key.text}`],
    ['a name that only begins alike', `web.example.org ${key.text}`],
    ['a pattern that is negated', `*.example,!web.example ${key.text}`],
    ['a pattern that is negated first', `!web.*,* ${key.text}`],
    ['only negated patterns', `!api.example ${key.text}`],
    ['another port', `[web.example]:2222 ${key.text}`],
    ['another hashed name', `${hashedName('api.example')} ${key.text}`],
    ['a comment', `#web.example ${key.text}\napi.example ${key.text}`],
    ['another name with a fingerprint', `api.example ${fingerprint(key.blob)}`],
    ['only a revoked key', `@revoked web.example ${other.text}`],
  ])('%s does not', (_name, text) =>
    expect(trouble(text)).toMatch(/known-hosts: has no key for web\.example/),
  )

  test('a line with the port goes before one without', () => {
    expect(verdict(`web.example ${key.text}\n[web.example]:2222 ${other.text}`, 'web.example', 2222)).toBe(
      'unknown',
    )
  })

  test('another key is unknown', () => {
    expect(verdict(`web.example ${other.text}`)).toBe('unknown')
    expect(verdict(fingerprint(other.blob))).toBe('unknown')
  })

  test('a revoked key is refused though it is also listed', () => {
    const listed = `web.example ${key.text}\n${fingerprint(key.blob)}\n`
    expect(verdict(`${listed}@revoked * ${key.text}`)).toBe('revoked')
    expect(verdict(`${listed}@revoked ${fingerprint(key.blob)}`)).toBe('revoked')
    expect(
      verdict(`@revoked web.example ${key.text}\n[web.example]:2222 ${key.text}`, 'web.example', 2222),
    ).toBe('revoked')
    expect(verdict(`${listed}@revoked api.example ${key.text}`)).toBe('pinned')
  })
})

describe('types to offer', () => {
  test('only those of the pinned keys', () => {
    expect(pinsFor(`web.example ${hostKey('ssh-rsa').text}`, 'web.example', 22).types).toEqual(['ssh-rsa'])
    const both = `web.example ${hostKey('ecdsa-sha2-nistp384').text}\nweb.example ${key.text}\napi.example ${hostKey('ssh-rsa').text}`
    expect(pinsFor(both, 'web.example', 22).types).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp384'])
  })

  test('all for a fingerprint, those of pinned keys first', () => {
    const { types } = pinsFor(
      `${fingerprint(key.blob)}\nweb.example ${hostKey('ssh-rsa').text}`,
      'web.example',
      22,
    )
    expect(types[0]).toBe('ssh-rsa')
    expect(types).toHaveLength(5)
  })
})

describe('refused by name', () => {
  const certificate = 'ssh-ed25519-cert-v01@openssh.com'
  const token = 'sk-ssh-ed25519@openssh.com'
  test.each([
    ['a certificate authority', `@cert-authority *.example ${key.text}`, /line 1: .*@cert-authority/],
    [
      'a certificate',
      `web.example ${hostKey(certificate).text}`,
      /line 1: .*ssh-ed25519-cert-v01@openssh\.com/,
    ],
    ['a key on a token', `\nweb.example ${hostKey(token).text}`, /line 2: .*sk-ssh-ed25519@openssh\.com/],
    ['DSA', `web.example ${hostKey('ssh-dss').text}`, /line 1: .*ssh-dss/],
    ['a key without a host name', `\n\n${key.text} root@web`, /line 3: has no host name/],
    [
      'an unknown marker',
      `@trusted web.example ${key.text}`,
      /line 1: begins with an unknown marker, “@trusted”/,
    ],
    ['an MD5 fingerprint', `MD5:${'ab:'.repeat(15)}ab`, /line 1: is an MD5 fingerprint/],
    [
      'an MD5 line of ssh-keygen',
      `256 MD5:${'ab:'.repeat(15)}ab root@web (ED25519)`,
      /line 1: is an MD5 fingerprint/,
    ],
    ['a cut fingerprint', `${fingerprint(key.blob).slice(0, -1)}`, /line 1: .*43 characters/],
    ['a cut key', `web.example ${key.text.slice(0, -4)}`, /line 1: has a key that is cut off/],
    [
      'a key that is not base64',
      'web.example ssh-ed25519 AAAA!!!!',
      /line 1: has a key that is cut off or is no base64/,
    ],
    [
      'a key of another type',
      `web.example ssh-rsa ${key.text.split(' ')[1]}`,
      /line 1: says “ssh-rsa”, but .*“ssh-ed25519”/,
    ],
    [
      'a damaged key',
      `web.example ssh-rsa ${fields('ssh-rsa', 'x').toString('base64')}`,
      /line 1: has a damaged ssh-rsa key/,
    ],
    ['a line without a key', 'web.example ssh-ed25519', /line 1: has no key after “ssh-ed25519”/],
    ['one word', '# fine\nnonsense', /line 2: is neither/],
    ['a broken hash', `|1|abc|def ${key.text}`, /line 1: has a hashed name that cannot be read/],
    ['nothing', ' \n# only a comment\n', /is empty, so web\.example cannot be recognised/],
    ['too much', `# ${'x'.repeat(70_000)}`, /larger than 64 KB/],
  ])('%s', (_name, text, message) => expect(trouble(text)).toMatch(message))

  test('what is about another host is no trouble of this one', () => {
    const text = `@cert-authority *.org ${key.text}\napi.example ${hostKey(token).text}\nweb.example ${key.text}`
    expect(verdict(text)).toBe('pinned')
  })

  test('the names that are there are told', () => {
    expect(trouble(`api.example,203.0.113.7 ${key.text}\n${hashedName('x')} ${key.text}`)).toMatch(
      /has no key for web\.example, only for “api\.example,203\.0\.113\.7”/,
    )
  })
})

describe('whatever the text', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '@revoked',
      '@cert-authority',
      '*',
      '!*',
      '|1|',
      'web.example',
      'ssh-ed25519',
      'SHA256:',
      'AAAA',
      '256',
    ),
    fc.constantFrom(...key.text.split(' '), fingerprint(other.blob)),
  )
  const text = fc
    .array(fc.array(field, { maxLength: 5 }).map((line) => line.join(' ')))
    .map((lines) => lines.join('\n'))

  test('there are pins or Trouble, and only a listed key is ever accepted', () => {
    const stranger = hostKey()
    fc.assert(
      fc.property(text, (input) => {
        try {
          expect(judge(pinsFor(input, 'web.example', 22), stranger.blob)).not.toBe('pinned')
        } catch (error) {
          expect(error).toBeInstanceOf(Trouble)
          expect((error as Trouble).message).not.toMatch(/[^\x20-\x7e“”…]/)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('a pattern means what the same pattern means as a regular expression', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, name, (glob, value) => {
        const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(matchesPattern(glob, value)).toBe(new RegExp(`^${source}$`).test(value))
      }),
      { numRuns: 2000 },
    )
  })

  test('a pattern made to be slow is not', () => {
    expect(matchesPattern('*a'.repeat(5000), 'a'.repeat(4000))).toBe(false)
  })
})
