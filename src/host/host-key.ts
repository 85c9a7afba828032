import { createHash } from 'node:crypto'

/** The public half of a host's key, as it travels: a list of length-prefixed fields, the first of which is the type. */
export interface HostKey {
  readonly type: HostKeyType
  readonly blob: Buffer
}

/** Every type of host key that ssh2 speaks and that is still safe, in the order in which they are asked for. */
export const hostKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const
export type HostKeyType = (typeof hostKeyTypes)[number]

export function isHostKeyType(type: string): type is HostKeyType {
  return (hostKeyTypes as readonly string[]).includes(type)
}

/** What to offer for a type: an RSA key signs with SHA-2 only, never with SHA-1 as the type's own name would mean. */
export function signatureAlgorithms(type: HostKeyType): ('rsa-sha2-512' | 'rsa-sha2-256' | HostKeyType)[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]
}

/** `SHA256:…` as ssh-keygen and sshd print it: base64 without padding. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

export function describeKey({ type, blob }: HostKey): string {
  return `${type} ${fingerprint(blob)}`
}

/** The key's type where the blob is whole, that is where its fields fill it to the last byte; undefined elsewhere. */
export function readKeyBlob(blob: Buffer): { type: string; fields: number } | undefined {
  let at = 0
  let type = ''
  let fields = 0
  while (at + 4 <= blob.length) {
    const length = blob.readUInt32BE(at)
    if (at + 4 + length > blob.length) return undefined
    if (fields === 0) type = blob.toString('latin1', at + 4, at + 4 + length)
    at += 4 + length
    fields += 1
  }
  return at === blob.length && fields > 1 ? { type, fields } : undefined
}
