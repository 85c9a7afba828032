import { createHmac } from 'node:crypto'
import { Trouble } from '../release/trouble'
import {
  fingerprint,
  type HostKey,
  type HostKeyType,
  hostKeyTypes,
  isHostKeyType,
  readKeyBlob,
} from './host-key'

const MAX_BYTES = 64 * 1024

/** The keys by which one host may be known. Nothing else is ever accepted. */
export interface Pins {
  readonly keys: readonly HostKey[]
  readonly fingerprints: readonly string[]
  readonly revoked: readonly string[]
  /** The types worth offering, in order: those of the pinned keys, then all others where a fingerprint is pinned. */
  readonly types: readonly HostKeyType[]
}

export type Verdict = 'pinned' | 'revoked' | 'unknown'

export function judge(pins: Pins, blob: Buffer): Verdict {
  if (pins.revoked.includes(fingerprint(blob))) return 'revoked'
  if (pins.keys.some((key) => key.blob.equals(blob))) return 'pinned'
  return pins.fingerprints.includes(fingerprint(blob)) ? 'pinned' : 'unknown'
}

/**
 * Reads OpenSSH known_hosts lines and `SHA256:` fingerprints and keeps what applies to one host.
 *
 * @throws {Trouble} on a line that cannot be read, on a kind of key that cannot be used, and when no line applies.
 */
export function pinsFor(text: string, address: string, port: number): Pins {
  const entries = parseKnownHosts(text)
  const pinning = entries.filter((entry) => entry.marker !== 'revoked')
  const exact = pinning.filter((entry) => entry.names !== undefined && namesPort(entry, address, port))
  // As OpenSSH does: a line without a port counts for another port where no line names that port.
  const named =
    exact.length > 0
      ? exact
      : pinning.filter((entry) => entry.names !== undefined && namesHost(entry, address))

  const keys: HostKey[] = []
  const fingerprints: string[] = []
  for (const entry of [...named, ...pinning.filter((entry) => entry.names === undefined)]) {
    if (entry.marker === 'cert-authority') throw unusable(entry, 'a certificate authority (@cert-authority)')
    if (entry.type === undefined || entry.blob === undefined) fingerprints.push(entry.fingerprint)
    else if (isHostKeyType(entry.type)) keys.push({ type: entry.type, blob: entry.blob })
    else throw unusable(entry, `a key of the type ${entry.type}`)
  }
  // A key that is bad on one port is bad on any, so here a line without a port always counts.
  const revoked = entries
    .filter(
      (entry) => entry.marker === 'revoked' && (namesPort(entry, address, port) || namesHost(entry, address)),
    )
    .map((entry) => entry.fingerprint)

  if (keys.length === 0 && fingerprints.length === 0) throw nothingApplies(entries, address, port)
  const pinnedTypes = hostKeyTypes.filter((type) => keys.some((key) => key.type === type))
  const types = fingerprints.length > 0 ? [...new Set([...pinnedTypes, ...hostKeyTypes])] : pinnedTypes
  return { keys, fingerprints, revoked, types }
}

/** How a host is written in a known_hosts line. */
export function knownHostsName(address: string, port: number): string {
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`
}

interface Entry {
  readonly line: number
  readonly marker?: 'revoked' | 'cert-authority'
  /** The field of names; undefined for a bare fingerprint, which applies to every host. */
  readonly names?: string
  /** Undefined for a fingerprint. */
  readonly type?: string
  readonly blob?: Buffer
  readonly fingerprint: string
}

function parseKnownHosts(text: string): Entry[] {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new Trouble(
      'known-hosts',
      `is larger than ${MAX_BYTES / 1024} KB.`,
      'Keep only the lines of your hosts.',
    )
  const entries: Entry[] = []
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((raw, index) => {
      const line = raw.trim()
      if (line !== '' && !line.startsWith('#')) entries.push(parseLine(line, index + 1))
    })
  return entries
}

const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/

function parseLine(line: string, number: number): Entry {
  const fields = line.split(/[ \t]+/)
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined
  if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority')
    throw malformed(number, `begins with an unknown marker, ${show(marker)}.`)
  const base = {
    line: number,
    ...(marker === undefined ? {} : { marker: marker.slice(1) as 'revoked' | 'cert-authority' }),
  }

  // `ssh-keygen -l` prints the size in bits before the fingerprint, and people paste the whole line.
  if (/^\d{3,5}$/.test(fields[0] ?? '') && fields[1]?.includes(':')) fields.shift()
  const [first = '', second = '', third = ''] = fields
  if (/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(first) || /^(MD5:)?([0-9a-f]{2}:){15}/i.test(second))
    throw malformed(
      number,
      'is an MD5 fingerprint, which proves nothing any more.',
      'Use the SHA256 one: ssh-keygen -lf FILE.',
    )
  if (first.startsWith('SHA256:')) return { ...base, fingerprint: readFingerprint(first, number) }
  if (second.startsWith('SHA256:'))
    return { ...base, names: checkNames(first, number), fingerprint: readFingerprint(second, number) }
  if (looksLikeType(first) && second.startsWith('AAAA'))
    throw malformed(
      number,
      'has no host name before the key.',
      `Write it as: ADDRESS ${first} ${second.slice(0, 12)}…`,
    )
  if (second === '') throw malformed(number, 'is neither a known_hosts line nor a SHA256 fingerprint.')
  if (third === '') throw malformed(number, `has no key after ${show(second)}.`)
  const blob = readKey(second, third, number)
  return { ...base, names: checkNames(first, number), type: second, blob, fingerprint: fingerprint(blob) }
}

function readFingerprint(field: string, number: number): string {
  const match = FINGERPRINT.exec(field)
  if (!match)
    throw malformed(
      number,
      'has a SHA256 fingerprint that is not 43 characters of base64: it was cut off or changed.',
    )
  return `SHA256:${match[1]}`
}

function readKey(type: string, base64: string, number: number): Buffer {
  if (!looksLikeType(type)) throw malformed(number, `has ${show(type)} where the type of a key should be.`)
  const blob = Buffer.from(base64, 'base64')
  const whole =
    blob.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') ? readKeyBlob(blob) : undefined
  if (whole === undefined) throw malformed(number, 'has a key that is cut off or is no base64.')
  if (whole.type !== type)
    throw malformed(number, `says ${show(type)}, but its key is of the type ${show(whole.type)}.`)
  const fields = expectedFields[type]
  if (fields !== undefined && whole.fields !== fields) throw malformed(number, `has a damaged ${type} key.`)
  return blob
}

const expectedFields: Readonly<Record<string, number>> = {
  'ssh-ed25519': 2,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
  'ssh-rsa': 3,
}

function looksLikeType(field: string): boolean {
  return /^(ssh|ecdsa|sk-ssh|sk-ecdsa|rsa)-[a-z0-9@.-]{1,60}$/.test(field)
}

const HASHED = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/

function checkNames(names: string, number: number): string {
  if (names.startsWith('|')) {
    const match = HASHED.exec(names)
    if (
      !match ||
      Buffer.from(match[1] as string, 'base64').length !== 20 ||
      Buffer.from(match[2] as string, 'base64').length !== 20
    )
      throw malformed(number, 'has a hashed name that cannot be read.')
  }
  return names
}

function namesPort(entry: Entry, address: string, port: number): boolean {
  const written = knownHostsName(address, port)
  return matches(entry, port === 22 ? [written, `[${address.toLowerCase()}]:22`] : [written])
}

function namesHost(entry: Entry, address: string): boolean {
  return matches(entry, [knownHostsName(address, 22)])
}

/** One host may be written in several ways; a negated pattern that fits any of them takes the whole line out. */
function matches(entry: Entry, writings: readonly string[]): boolean {
  if (entry.names === undefined) return true
  const hashed = HASHED.exec(entry.names)
  if (hashed) {
    const salt = Buffer.from(hashed[1] as string, 'base64')
    const wanted = Buffer.from(hashed[2] as string, 'base64')
    return writings.some((name) => createHmac('sha1', salt).update(name).digest().equals(wanted))
  }
  const patterns = entry.names.toLowerCase().split(',')
  const fits = (pattern: string) => writings.some((name) => matchesPattern(pattern, name))
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern))
}

/** `*` and `?` as ssh_config(5) has them, in time that grows with pattern × name and no faster. */
export function matchesPattern(pattern: string, name: string): boolean {
  let p = 0
  let n = 0
  let star = -1
  let resume = 0
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p
      p += 1
      resume = n
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1
      n += 1
    } else if (star >= 0) {
      p = star + 1
      resume += 1
      n = resume
    } else return false
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}

/** Bounded and without control characters: what is shown came from outside. */
function show(value: string): string {
  const clean = value.replace(/[^\x20-\x7e]/g, '?')
  return `“${clean.length > 40 ? `${clean.slice(0, 40)}…` : clean}”`
}

const HOW_TO_PIN =
  'On the host itself, run: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, and give its SHA256:… fingerprint, or a whole known_hosts line.'

function malformed(
  number: number,
  cause: string,
  fix = 'Each line is: NAMES TYPE KEY, or a SHA256:… fingerprint.',
): Trouble {
  return new Trouble(`known-hosts, line ${number}`, cause, fix)
}

function unusable(entry: Entry, what: string): Trouble {
  return new Trouble(
    `known-hosts, line ${entry.line}`,
    `pins the host by ${what}, which cannot be checked here.`,
    `Remove the line and pin a key of one of these types: ${hostKeyTypes.join(', ')}.`,
  )
}

function nothingApplies(entries: readonly Entry[], address: string, port: number): Trouble {
  const name = knownHostsName(address, port)
  if (entries.length === 0)
    return new Trouble('known-hosts', `is empty, so ${name} cannot be recognised.`, HOW_TO_PIN)
  const named = entries.filter(
    (entry) => entry.names && !entry.names.startsWith('|') && entry.marker !== 'revoked',
  )
  const examples = [...new Set(named.map((entry) => show(entry.names as string)))].slice(0, 5).join(', ')
  return new Trouble(
    'known-hosts',
    `has no key for ${name}${examples ? `, only for ${examples}` : ''}.`,
    HOW_TO_PIN,
  )
}
