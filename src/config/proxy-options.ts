import { z } from 'zod'
import { atMost, mapOf, section } from './section'
import { acmeServer, basePath, email, headerName, integer, port, routePath, text } from './values'

/** What else a site can do, besides handing requests on. */
export interface SiteOptions {
  tls?: Tls
  redirectWww?: boolean
  /** Name → value, added to every answer. */
  headers?: Record<string, string>
  rateLimits?: RateLimit[]
  gzip?: boolean
  maintenancePage?: string
  include?: string
}

export interface Tls {
  /** Files of the host: both, or neither where an authority issues the certificate. */
  certificate?: string
  key?: string
  /** Who issues it. With Caddy it may be left out too: it knows some by itself. */
  acme?: Acme
  listen: number
  redirectHttp: boolean
}

/** A certificate authority that issues to whoever answers its questions (RFC 8555), such as Let's Encrypt. */
export interface Acme {
  email?: string
  /** The URL of its directory; Let's Encrypt when left out. */
  server?: string
}

export interface RateLimit {
  path: string
  /** Requests of one address in each `per`. */
  requests: number
  per: 's' | 'm'
  burst: number
}

const hostFile = basePath

/** Nothing that one of the web servers would take for more than text. */
export const headerValue = text(
  /^(?!expr=)[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-]([A-Za-z0-9 !#&'()*+,./:;<=>?@[\]^_|~-]*[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-])?$/,
  1000,
  'the value of a header, without quotes, backslashes, "$", "%", "`", "{" and "}"',
)

const ratePattern = /^([1-9][0-9]{0,4})\/(s|m)$/

const rate = text(ratePattern, 7, 'requests in a second or a minute, such as 10/s or 30/m').transform(
  (value) => {
    const [, requests, per] = ratePattern.exec(value)!
    return { requests: Number(requests), per: per as RateLimit['per'] }
  },
)

const flag = z.boolean({ error: 'true or false' }).prefault(false)

/** Headers that belong to the connection, to the app or to Kawasemi. */
export const ownHeaders =
  /^(-.*|connection|content-(encoding|length|type)|date|keep-alive|location|server|set-cookie|te|trailer|transfer-encoding|upgrade|vary|x-kawasemi-slot)$/i

const addedHeader = headerName.refine((name) => !ownHeaders.test(name), {
  error: 'the name of a header that the web server may add, such as X-Frame-Options',
})

export const siteOptions = {
  tls: section({
    certificate: hostFile
      .optional()
      .describe('File of the host with the certificate and its chain. Caddy gets one by itself without.'),
    key: hostFile.optional().describe("File of the host with the certificate's private key."),
    acme: section({
      email: email.optional().describe('Whom the authority writes to about the certificate.'),
      server: acmeServer
        .optional()
        .describe(
          "URL of another authority's directory, such as that for trying things out; Let's Encrypt when left out.",
        ),
    })
      .optional()
      .describe(
        "A certificate of an authority such as Let's Encrypt, by whose terms you agree to go; instead of files. `certbot` gets and renews it, or Caddy by itself.",
      ),
    listen: port.prefault(443).describe('Port for HTTPS.'),
    'redirect-http': z
      .boolean({ error: 'true or false' })
      .prefault(true)
      .describe('Whether plain HTTP only redirects to HTTPS.'),
  })
    .optional()
    .describe('HTTPS. Without it TLS may end in front of the site.'),
  'redirect-www': flag.describe(
    'Whether the domain with `www.` before it redirects to each domain; or for `www.shop.example` the one without.',
  ),
  headers: mapOf(addedHeader, headerValue, 30, 'headers')
    .prefault({})
    .describe(
      'Headers of every answer, such as `X-Frame-Options: DENY`. They take the place of the app’s own.',
    ),
  'rate-limits': atMost(
    20,
    section({
      path: routePath.describe('Start of the URL path; the longest match counts.'),
      rate: rate.describe('Requests from one address, such as `10/s` or `30/m`.'),
      burst: integer(0, 10000).prefault(20).describe('How many more may come at once.'),
    }),
    'rate limits',
  )
    .prefault([])
    .describe('nginx: requests above it are answered with 429.'),
  gzip: flag.describe('Whether text is compressed.'),
  'maintenance-page': hostFile
    .optional()
    .describe(
      'HTML file of the host for 503: nothing is live, or there is a file `maintenance` in the app’s folder.',
    ),
  include: hostFile
    .optional()
    .describe('File of the host with lines of yours for the site, in the web server’s language.'),
}

type OptionsFile = z.output<z.ZodObject<typeof siteOptions>>

export function toSiteOptions(file: OptionsFile): SiteOptions {
  const { tls, headers, gzip, include } = file
  const limits = file['rate-limits']
  const page = file['maintenance-page']
  return {
    ...(tls && { tls: toTls(tls) }),
    ...(file['redirect-www'] && { redirectWww: true }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(limits.length > 0 && {
      rateLimits: limits.map(({ path, rate: each, burst }) => ({ path, ...each, burst })),
    }),
    ...(gzip && { gzip }),
    ...(page !== undefined && { maintenancePage: page }),
    ...(include !== undefined && { include }),
  }
}

function toTls({ certificate, key, acme, listen, ...rest }: NonNullable<OptionsFile['tls']>): Tls {
  return {
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(acme && { acme: toAcme(acme) }),
    listen,
    redirectHttp: rest['redirect-http'],
  }
}

function toAcme({ email, server }: { email?: string | undefined; server?: string | undefined }): Acme {
  return { ...(email !== undefined && { email }), ...(server !== undefined && { server }) }
}
