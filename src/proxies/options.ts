import { certbotFolder } from '../config/places'
import { ownHeaders } from '../config/proxy-options'
import type { Acme, RateLimit, SiteOptions, Tls } from '../config/schema'
import { checked, refuse, whole } from './checked'

/** @throws {Trouble} that names the value. */
export function checkedOptions(options: SiteOptions): SiteOptions {
  const { tls, redirectWww, headers, rateLimits, gzip, maintenancePage, include } = options
  return {
    ...(tls && { tls: checkedTls(tls) }),
    ...(redirectWww && { redirectWww }),
    ...(headers && { headers: checkedHeaders(headers) }),
    ...(rateLimits && { rateLimits: rateLimits.map(checkedLimit) }),
    ...(gzip && { gzip }),
    ...(maintenancePage !== undefined && { maintenancePage: checked('file', maintenancePage) }),
    ...(include !== undefined && { include: checked('file', include) }),
  }
}

function checkedTls({ certificate, key, acme, listen, redirectHttp }: Tls): Tls {
  if ((certificate === undefined) !== (key === undefined)) {
    refuse('tls', certificate ?? key, 'is only one of certificate and key.')
  }
  return {
    ...(certificate !== undefined && { certificate: checked('file', certificate) }),
    ...(key !== undefined && { key: checked('file', key) }),
    ...(acme && { acme: checkedAcme(acme) }),
    listen: whole('tls.listen', listen, 1, 65_535),
    redirectHttp,
  }
}

function checkedAcme({ email, server }: Acme): Acme {
  return {
    ...(email !== undefined && { email: checked('email', email) }),
    ...(server !== undefined && { server: checked('acme server', server) }),
  }
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) refuse('header', twice, 'is described twice.')
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (ownHeaders.test(name)) refuse('header', name, 'cannot be set for all answers.')
      return [checked('header', name), checked('header value', value)]
    }),
  )
}

function checkedLimit({ path, requests, per, burst }: RateLimit): RateLimit {
  if (per !== 's' && per !== 'm') refuse('rate limit', per, 'is neither s nor m.')
  return {
    path: checked('route path', path),
    requests: whole('rate limit', requests, 1, 99_999),
    per,
    burst: whole('burst', burst, 0, 10_000),
  }
}

/** The domain that redirects → where it does. */
export function wwwRedirects({
  domains,
  redirectWww,
}: SiteOptions & { domains: readonly string[] }): [from: string, to: string][] {
  if (!redirectWww) return []
  return domains.map((domain) => [domain.startsWith('www.') ? domain.slice(4) : `www.${domain}`, domain])
}

/** Made by hand: `touch` it, and every visitor gets the page. */
export function maintenanceMark(base: string): string {
  return `${base}/maintenance`
}

/** What is worth compressing; not event streams, which must not wait. */
export const textTypes = [
  'text/css',
  'text/javascript',
  'text/plain',
  'text/xml',
  'application/javascript',
  'application/json',
  'application/manifest+json',
  'application/xml',
  'image/svg+xml',
] as const

/** By which certbot knows an app's certificate: others of the host are not ours to renew. */
export function certificateName(app: string): string {
  return `kawasemi-${app}`
}

/** Where certbot keeps it, the newest one always under the same name. */
export function certificateFiles(app: string): { certificate: string; key: string } {
  const folder = `${certbotFolder}/live/${certificateName(app)}`
  return { certificate: `${folder}/fullchain.pem`, key: `${folder}/privkey.pem` }
}

export const acmePath = '/.well-known/acme-challenge/'
