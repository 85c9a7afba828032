import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { ParsedKey, utils } from 'ssh2'
import { Trouble } from '../release/trouble'
import { fingerprint } from './host-key'

const MAX_BYTES = 64 * 1024
const OPENSSH_MAGIC = 'openssh-key-v1\0'
/** ssh-keygen takes 16 or 24; each takes some 15 ms here. */
const MAX_ROUNDS = 300
const PASTE_AGAIN =
  'Paste the whole file again with its line breaks, for example with: gh secret set NAME < KEYFILE.'

export interface PrivateKey {
  /** What ssh2 signs with. */
  readonly parsed: ParsedKey
  readonly type: string
  /** `SHA256:…` of the public half, to find the key in an authorized_keys file. */
  readonly fingerprint: string
}

/**
 * Reads a private key as people paste it. Windows line ends, indentation and a missing last newline are mended
 * silently; all else gets an error of its own, none of which holds a byte of the key.
 *
 * @throws {Trouble} when the key cannot be used, with the reason.
 */
export function readPrivateKey(
  parseKey: typeof utils.parseKey,
  pasted: string,
  passphrase: string | undefined,
): PrivateKey {
  const { label, body, pem } = findKey(pasted)
  const encrypted = isEncrypted(label, body)
  if (encrypted && !passphrase)
    throw trouble('is protected by a passphrase, and none was given.', 'Set the input ssh-passphrase.')
  const parsed = parse(parseKey, label, pem, encrypted ? passphrase : undefined)
  if (parsed === undefined && encrypted)
    throw trouble(
      'cannot be opened with this passphrase.',
      'Check the input ssh-passphrase, or whether the key is whole.',
    )
  if (parsed === undefined) throw trouble('is damaged: its inside cannot be read.', PASTE_AGAIN)
  return { parsed, type: parsed.type, fingerprint: fingerprint(parsed.getPublicSSH()) }
}

interface Found {
  readonly label: string
  /** Lines between BEGIN and END. */
  readonly body: readonly string[]
  readonly pem: string
}

/** Takes the one block that ends in PRIVATE KEY out of what was pasted, or says what was pasted instead. */
function findKey(pasted: string): Found {
  if (pasted.trim() === '')
    throw trouble(
      'is empty.',
      'Set the input ssh-key from a secret; a secret that does not exist is empty too.',
    )
  if (pasted.length > MAX_BYTES)
    throw trouble('is larger than 64 KB.', 'Paste the private key and nothing else.')
  const lines = pasted
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
  const begin = lines.findIndex((line) => /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----$/.test(line))
  if (begin < 0) throw notAKey(lines.filter((line) => line !== ''))
  const label = (lines[begin] as string).slice('-----BEGIN '.length, -'-----'.length)
  const length = lines.slice(begin).indexOf(`-----END ${label}-----`)
  if (length < 0) throw trouble('is cut off: it has no END line.', PASTE_AGAIN)
  const body = lines.slice(begin + 1, begin + length)
  if (body.join('') === '') throw trouble('has nothing between its BEGIN and END lines.', PASTE_AGAIN)
  // Old keys have headers, then an empty line; elsewhere an empty line is a slip of the paste.
  const kept = body.some((line) => line.includes(':')) ? body : body.filter((line) => line !== '')
  return { label, body: kept, pem: [lines[begin], ...kept, `-----END ${label}-----`, ''].join('\n') }
}

function notAKey(lines: readonly string[]): Trouble {
  const [first = ''] = lines
  if (/^PuTTY-User-Key-File-/.test(first))
    return trouble(
      'is in the format of PuTTY (PPK).',
      'Convert it: puttygen KEY.ppk -O private-openssh -o KEYFILE.',
    )
  if (
    /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ AAAA/.test(first) ||
    /^-----? ?BEGIN [A-Z0-9 ]*PUBLIC KEY ?-?----/.test(first)
  )
    return trouble('is the public half of a key.', 'Paste the other file, the one without .pub.')
  if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----./.test(first)) {
    const what = first.includes('\\n') ? 'the characters \\n' : 'spaces'
    return trouble(`is on one line: its line breaks were turned into ${what}.`, PASTE_AGAIN)
  }
  if (lines.some((line) => /PRIVATE KEY/.test(line)) || /^(b3BlbnNzaC1rZXktdjE|MII)/.test(first))
    return trouble(
      'has no whole BEGIN line.',
      'Paste the file from -----BEGIN to -----END, both lines included.',
    )
  if (/^LS0tLS1CRUdJTi/.test(first))
    return trouble('is encoded in base64 once more.', 'Paste the file as it is, from -----BEGIN to -----END.')
  if (/^(~|\.{0,2}\/|[A-Za-z]:\\)\S*$/.test(first) && lines.length === 1)
    return trouble('is the name of a file.', 'Paste what is in the file: a runner does not have your files.')
  return trouble('is no private key.', 'Paste an OpenSSH or PEM private key, from -----BEGIN to -----END.')
}

/**
 * Whether a passphrase is needed.
 *
 * @throws {Trouble} where trying one would take minutes: the number of rounds is in the file, and may be damaged.
 */
function isEncrypted(label: string, body: readonly string[]): boolean {
  if (label === 'ENCRYPTED PRIVATE KEY') return true
  if (label !== 'OPENSSH PRIVATE KEY') return body.some((line) => /^Proc-Type: ?4,ENCRYPTED/.test(line))
  const container = Buffer.from(body.join(''), 'base64')
  if (!container.toString('latin1').startsWith(OPENSSH_MAGIC)) return false
  const [cipher, , options] = readFields(container.subarray(OPENSSH_MAGIC.length), 3)
  if (cipher === undefined || cipher.toString('latin1') === 'none') return false
  const rounds = options && options.length >= 4 ? options.readUInt32BE(options.length - 4) : 0
  if (rounds > MAX_ROUNDS)
    throw trouble(
      `asks for ${rounds} rounds of key derivation, more than ${MAX_ROUNDS}.`,
      'Save it with fewer: ssh-keygen -p -a 16 -f KEYFILE; if that says the key is invalid, it was damaged.',
    )
  return true
}

/** The first length-prefixed fields, as many as are whole. */
function readFields(bytes: Buffer, count: number): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; found.length < count && at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) break
    found.push(bytes.subarray(at + 4, end))
    at = end
  }
  return found
}

/** @throws {Trouble} for kinds of keys that nobody here can sign with. */
function parse(
  parseKey: typeof utils.parseKey,
  label: string,
  pem: string,
  passphrase: string | undefined,
): ParsedKey | undefined {
  let source: string | undefined = pem
  if (label === 'PRIVATE KEY' || label === 'ENCRYPTED PRIVATE KEY') source = fromPkcs8(pem, passphrase)
  else if (!['OPENSSH', 'RSA', 'EC', 'DSA'].some((kind) => label === `${kind} PRIVATE KEY`))
    throw unsupported('in a format that is not known')
  if (source === undefined) return undefined
  let result: ParsedKey | ParsedKey[] | Error
  try {
    result = parseKey(source, source === pem ? passphrase : undefined)
  } catch {
    return undefined
  }
  if (Array.isArray(result)) result = result[0] as ParsedKey
  if (result instanceof Error) {
    const type = /^Unsupported OpenSSH private key type: ([a-z0-9@.-]{1,60})$/.exec(result.message)?.[1]
    if (type?.startsWith('sk-')) throw unsupported('bound to a hardware token, which no runner can touch')
    if (type !== undefined) throw unsupported(`of the type ${type}`)
    const cipher = /^Unsupported cipher for OpenSSH key: ([a-z0-9@.-]{1,60})$/.exec(result.message)?.[1]
    if (cipher !== undefined) throw unsupported(`encrypted with ${cipher}`)
    return undefined
  }
  if (result?.type === 'ssh-dss') throw unsupported('of the type DSA, which servers no longer accept')
  return works(result) ? result : undefined
}

/** A damaged key, or one opened with a wrong passphrase, can look whole until it signs. */
function works(key: ParsedKey | undefined): boolean {
  try {
    if (!key?.isPrivateKey()) return false
    const signature = key.sign('test')
    return (
      Buffer.isBuffer(signature) && key.verify('test', signature) === true && key.getPublicSSH().length > 0
    )
  } catch {
    return false
  }
}

/** ssh2 knows the older PEM forms only; Node turns the newer ones into those. */
function fromPkcs8(pem: string, passphrase: string | undefined): string | undefined {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    return undefined
  }
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }) as string
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }) as string
  throw unsupported(`of the type ${key.asymmetricKeyType ?? 'unknown'} in PKCS#8 form`)
}

function trouble(cause: string, fix: string): Trouble {
  return new Trouble('The private key (input ssh-key)', cause, fix)
}

function unsupported(what: string): Trouble {
  return trouble(`is ${what}.`, 'Make a new one for deploys: ssh-keygen -t ed25519 -f KEYFILE.')
}
