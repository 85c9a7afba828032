import { acmeFolder } from '../config/places'
import type { ProxyConfig } from '../config/schema'
import { acmePath, maintenanceMark, textTypes, wwwRedirects } from './options'
import { releasePath, slotHeader } from './proxy'
import { indent, pathsOf, type Site } from './site'

/** What a site for nginx has only where the config asks for it. */

const plain = ({ listen }: ProxyConfig) => `listen ${listen};\nlisten [::]:${listen};`

function secure({ tls }: ProxyConfig): string {
  return `listen ${tls!.listen} ssl http2;
listen [::]:${tls!.listen} ssl http2;
ssl_certificate ${tls!.certificate};
ssl_certificate_key ${tls!.key};
ssl_protocols TLSv1.2 TLSv1.3;`
}

export function renderListens(proxy: ProxyConfig): string {
  if (!proxy.tls) return plain(proxy)
  return proxy.tls.redirectHttp ? secure(proxy) : `${plain(proxy)}\n${secure(proxy)}`
}

/**
 * Servers that only redirect. That for plain HTTP still says which release is live, to this host.
 *
 * @param parts what that takes
 */
export function renderRedirects(site: Site, parts: readonly string[]): string {
  const { proxy } = site
  const scheme = proxy.tls ? 'https' : '$kawasemi_scheme'
  const both = proxy.tls ? `${plain(proxy)}\n${secure(proxy)}` : plain(proxy)
  const www = wwwRedirects(proxy).map(
    ([from, to]) => `server {
${indent(both)}
  server_name ${from};
${indent(renderAcme())}
  # TLS may end before us.
  set $kawasemi_scheme $scheme;
  if ($http_x_forwarded_proto = https) {
    set $kawasemi_scheme https;
  }
  location / {
    return 301 ${scheme}://${to}$request_uri;
  }
}
`,
  )
  const http = `server {
${indent(plain(proxy))}
  server_name ${proxy.domains.join(' ')};
  absolute_redirect off;

  access_log off;
${indent(parts.join('\n'))}
${indent(renderAcme())}
  location / {
    return 301 https://$host$request_uri;
  }
}
`
  return [...(proxy.tls?.redirectHttp ? [http] : []), ...www].join('\n')
}

/** Of a request's path, as a regular expression. */
export const acmePattern = `^${acmePath.replaceAll('.', '\\.')}`

/** Before any regular expression that an included file may have. */
export function renderAcme(): string {
  return `location ^~ ${acmePath} {
  root ${acmeFolder};
  access_log off;
}`
}

/** nginx forgets those of the server in every location that has one of its own. */
export function renderResponseHeaders({ proxy }: Site): string {
  return [
    `add_header ${slotHeader} $kawasemi_shown_slot always;`,
    ...Object.entries(proxy.headers ?? {}).map(([name, value]) => `add_header ${name} "${value}" always;`),
  ].join('\n')
}

export function renderCompression({ proxy }: Site): string {
  if (!proxy.gzip) return ''
  return `gzip on;
gzip_vary on;
gzip_proxied any;
gzip_min_length 1024;
gzip_types ${textTypes.join(' ')};
`
}

export function renderIncluded({ proxy }: Site): string {
  return proxy.include === undefined ? '' : `include ${proxy.include};\n`
}

/** A deploy has to be seen also while visitors are kept out, and a certificate renewed. */
export function renderMaintenance({ base, proxy }: Site, acme: boolean): string {
  if (proxy.maintenancePage === undefined) return ''
  return `error_page 503 @maintenance;
set $kawasemi_closed "";
if (-e ${maintenanceMark(base)}) {
  set $kawasemi_closed yes;
}
if ($uri = ${releasePath}) {
  set $kawasemi_closed "";
}${
    acme
      ? `
if ($uri ~ "${acmePattern}") {
  set $kawasemi_closed "";
}`
      : ''
  }
if ($kawasemi_closed) {
  return 503;
}`
}

/** Only a file that is asked for can be sent as one. */
export function renderMaintenancePage({ proxy }: Site): string {
  const page = proxy.maintenancePage
  if (page === undefined) return ''
  const at = page.lastIndexOf('/')
  return `location @maintenance {
  if ($request_method !~ "^(GET|HEAD)$") {
    return 503;
  }
  root ${page.slice(0, at)};
  types { }
  default_type text/html;
  try_files ${page.slice(at)} =503;
}`
}

/** Memory for the addresses of some 160,000 clients. */
export function renderLimitZones({ app, proxy }: Site): string {
  return (proxy.rateLimits ?? [])
    .map(
      ({ requests, per }, at) =>
        `limit_req_zone $binary_remote_addr zone=kawasemi_${app}_${at}:10m rate=${requests}r/${per};`,
    )
    .join('\n')
}

export function renderLimit({ app, proxy }: Site, at: number | undefined): string {
  if (at === undefined) return ''
  const { burst } = proxy.rateLimits![at]!
  const more = burst === 0 ? '' : ` burst=${burst} nodelay`
  return `limit_req zone=kawasemi_${app}_${at}${more};
limit_req_status 429;
`
}

export interface LimitedPlace {
  location: string
  service: string
  /** Its number in the config. */
  limit?: number
}

/**
 * A limit may begin where no route does: there is then a location of its own, with the service of the route around it.
 * What nginx answers from the disk has no limit.
 */
export function placesWithLimits({ proxy, routes, services, files }: Site): LimitedPlace[] {
  const limits = (proxy.rateLimits ?? []).flatMap(({ path }, limit) =>
    pathsOf(path).map((part) => ({ ...part, limit })),
  )
  const served = routes.flatMap(({ path, service }) => pathsOf(path).map((part) => ({ ...part, service })))
  const others = [
    `= ${releasePath}`,
    acmePath,
    ...services.map(({ assetsUrl }) => assetsUrl),
    ...files.map(({ path }) => path),
  ]
  const free = limits.filter((part) => !others.includes(locationOf(part)))
  const places = [...served, ...free].filter(
    (place, at, all) => all.findIndex((other) => same(other, place)) === at,
  )
  return places
    .sort((a, b) => bare(b).length - bare(a).length || Number(b.exact) - Number(a.exact))
    .flatMap((place) => {
      const service = longest(served, place)?.service
      if (service === undefined) return []
      const limit = longest(limits, place)?.limit
      return [
        {
          location: locationOf(place),
          service,
          ...(limit !== undefined && { limit }),
        },
      ]
    })
}

interface Part {
  url: string
  exact: boolean
}

const locationOf = ({ url, exact }: Part) => (exact ? `= ${url}` : url)

const bare = ({ url }: Part) => url.replace(/\/$/, '')

const same = (a: Part, b: Part) => a.url === b.url && a.exact === b.exact

/** The one whose URLs hold those of `place`, or all that begin with it. */
function longest<P extends Part>(parts: readonly P[], place: Part): P | undefined {
  return parts
    .filter((part) => same(part, place) || (!part.exact && place.url.startsWith(part.url)))
    .sort((a, b) => Number(b.exact) - Number(a.exact) || b.url.length - a.url.length)[0]
}
