import type { Duplex } from 'node:stream'
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Checked } from '../release/check-up'
import { oneLine } from './answer'

/** What a server showed when it was asked for a domain by TLS. */
export type Shown =
  | {
      readonly kind: 'certificate'
      readonly until: Date
      /** Whether it is one for the domain. */
      readonly fits: boolean
      /** Why a browser would not trust who signed it, as Node's name for that; absent when it would. */
      readonly distrust?: string
    }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Speaks TLS over a stream. Nothing is refused here: what the certificate is worth is for others to judge.
 *
 * @param timeout milliseconds for the handshake
 * @throws {Error} when there is none.
 */
export function secure(stream: Duplex, domain: string, timeout: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: stream,
      servername: domain,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    })
    const fail = (error: Error) => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => fail(new Error(`no handshake within ${timeout} ms`)), timeout)
    const closed = () => fail(new Error('closed before the handshake was done'))
    socket.once('error', fail).once('close', closed)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.removeListener('error', fail).removeListener('close', closed)
      // Whoever gets it listens from now on; what goes wrong before that is not lost, it is closed then.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

/** Asks for the certificate of a domain, over a connection that is given. Whatever goes wrong is an answer too. */
export async function askCertificate(
  domain: string,
  dial: () => Promise<Duplex>,
  timeout: number,
): Promise<Shown> {
  try {
    const socket = await secure(await dial(), domain, timeout)
    const certificate = socket.getPeerCertificate()
    const distrust = socket.authorized ? undefined : String(socket.authorizationError)
    socket.destroy()
    return shownBy(certificate, domain, distrust)
  } catch (error) {
    const { message } = error as Error
    return {
      kind: 'none',
      reason: /nothing accepts/.test(message) ? 'nothing listens' : oneLine(message, 200),
    }
  }
}

function shownBy(certificate: PeerCertificate, domain: string, distrust: string | undefined): Shown {
  const until = new Date(certificate.valid_to)
  if (Number.isNaN(until.getTime())) return { kind: 'none', reason: 'a certificate without an end' }
  const fits = checkServerIdentity(domain, certificate) === undefined
  const other = distrust === 'ERR_TLS_CERT_ALTNAME_INVALID' || distrust === 'CERT_HAS_EXPIRED'
  return { kind: 'certificate', until, fits, ...(distrust !== undefined && !other && { distrust }) }
}

export interface CertificateLimits {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Days that it still has to hold. */
  readonly days: number
  /** Whether TLS is known to end there. Where it may end in front of the host, another certificate says nothing. */
  readonly expected: boolean
}

const day = 24 * 60 * 60 * 1000

export function judgeCertificate(
  domain: string,
  host: string,
  shown: Shown,
  { now, days, expected }: CertificateLimits,
): Checked {
  const check = 'certificate'
  const of = `${domain} on ${host}`
  if (!expected && (shown.kind === 'none' || !shown.fits))
    return { check, of, found: 'no certificate for it there: TLS ends somewhere else' }
  if (shown.kind === 'none')
    return { check, of, found: `no certificate: ${shown.reason}`, fix: 'See whether the web server runs.' }
  const left = Math.floor((shown.until.getTime() - now) / day)
  const date = shown.until.toISOString().slice(0, 10)
  const renew = 'See why it was not renewed (`certbot renew --dry-run`), renew it, and reload the web server.'
  if (shown.until.getTime() <= now) return { check, of, found: `ended on ${date}`, fix: renew }
  if (!shown.fits)
    return {
      check,
      of,
      found: 'the certificate there is for other domains',
      fix: 'Get one that has this domain among its names.',
    }
  if (left < days) return { check, of, found: `ends in ${left} days, on ${date}`, fix: renew }
  if (shown.distrust !== undefined)
    return {
      check,
      of,
      found: `browsers would not trust it (${shown.distrust})`,
      fix: 'Let the web server send the whole chain (`fullchain.pem`). For a certificate authority of your own: `NODE_EXTRA_CA_CERTS` on the runner.',
    }
  return { check, of, found: `good for ${left} days, until ${date}` }
}
