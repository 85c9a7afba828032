import { execFileSync } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Length-prefixed fields, as SSH writes keys. */
export function fields(...values: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.from(value as string)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return Buffer.concat([length, bytes])
    }),
  )
}

/** A well-formed public key that belongs to nobody, as a known_hosts line has it: type and base64. */
export function hostKey(type = 'ssh-ed25519'): { type: string; blob: Buffer; text: string } {
  const curve = /^ecdsa-sha2-(nistp\d+)$/.exec(type)?.[1]
  const rest = curve
    ? [curve, randomBytes(65)]
    : type === 'ssh-rsa'
      ? [randomBytes(3), randomBytes(257)]
      : [randomBytes(32)]
  const blob = fields(type, ...rest)
  return { type, blob, text: `${type} ${blob.toString('base64')}` }
}

/** A name as `ssh-keygen -H` hides it. */
export function hashedName(name: string): string {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

/** A new key pair from ssh-keygen; the arguments choose its type and format. */
export function makeKey(...args: readonly string[]): { privateKey: string; publicKey: string } {
  const folder = mkdtempSync(join(tmpdir(), 'key-'))
  try {
    const file = join(folder, 'key')
    const passphrase = args.includes('-N') ? [] : ['-N', '']
    execFileSync('ssh-keygen', ['-q', '-C', 'test', '-f', file, ...passphrase, ...args])
    return { privateKey: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').trim() }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
