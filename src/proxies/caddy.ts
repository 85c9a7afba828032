import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { acmeFolder } from '../config/places'
import type { Config, ProxyConfig, ServedFolder, Tls } from '../config/schema'
import { slots } from '../release/slot'
import { acmePath, maintenanceMark, textTypes, wwwRedirects } from './options'
import { type ProxyKind, releasePath, slotHeader } from './proxy'
import { indent, type Place, placesOf, type Site, siteOf } from './site'

export const caddy: ProxyKind = {
  kind: 'caddy',
  webUser: 'caddy',
  program: { command: 'caddy', package: 'caddy', process: 'caddy' },
  setup: readFileSync(join(__dirname, 'caddy.sh'), 'utf8'),
  // It opens its log once and appends, so the file has to stay.
  rotate: ['copytruncate'],
  log: readFileSync(join(__dirname, 'caddy-log.sh'), 'utf8'),
  sitePath: (config) => `/etc/caddy/kawasemi/${siteOf(config).app}.caddy`,
  renderSite,
  renderLines,
}

/** A file that the Caddyfile imports. */
function renderSite(config: Config): string {
  const site = siteOf(config)
  const { proxy } = site
  const { tls, domains, listen } = proxy
  const server = renderServer(site)
  const blocks = [
    block('http', domains, listen, tls?.redirectHttp ? renderHttpRedirect(site) : server),
    ...(tls ? [block('https', domains, tls.listen, `${renderTls(tls)}${server}`)] : []),
    ...wwwRedirects(proxy).flatMap(([from, to]) => {
      const www = renderWwwRedirect(proxy, to)
      return [
        block('http', [from], listen, www),
        ...(tls ? [block('https', [from], tls.listen, `${renderTls(tls)}${www}`)] : []),
      ]
    }),
  ]
  return `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.

${blocks.join('\n\n')}
`
}

function renderLines(config: Config): string {
  return `# In the block of your site, in the place of your own \`reverse_proxy\`:\n${renderServer(siteOf(config))}`
}

function block(scheme: 'http' | 'https', domains: readonly string[], port: number, lines: string): string {
  const names = domains.map((domain) => `${scheme}://${domain}:${port}`)
  return `${names.join(', ')} {\n${indent(lines)}\n}`
}

function renderServer(site: Site): string {
  const { proxy } = site
  return `${renderLog(site)}

${renderMatchers(site)}
${renderMaintenancePage(proxy)}${renderCompression(proxy)}
route {
${site.acme ? `${indent(renderAcme())}\n` : ''}${indent(renderSlotChoice(site))}
${indent(renderHeaders(proxy))}
${indent(renderIncluded(proxy))}
${indent(renderPlaces(site))}
}`
}

/** Without files Caddy gets a certificate by itself: here for these domains, whatever its other sites have. */
function renderTls({ certificate, key, acme }: Tls): string {
  if (acme) {
    const { email, server } = acme
    return `tls {
  issuer acme {
${server === undefined ? '' : `    dir ${server}\n`}${email === undefined ? '' : `    email ${email}\n`}  }
}
`
  }
  return certificate === undefined
    ? ''
    : `tls ${certificate} ${key} {
  protocols tls1.2 tls1.3
}
`
}

/** It still says which release is live, to this host. What Caddy's own authority asks, Caddy answers before. */
function renderHttpRedirect(site: Site): string {
  return `${renderMatchers(site)}
${renderMaintenancePage(site.proxy)}
route {
${indent(renderAcme())}
${indent(renderSlotChoice(site))}
${indent(renderRelease(site.base))}
  redir https://{http.request.host}{http.request.uri} 301
}`
}

function renderWwwRedirect({ tls }: ProxyConfig, to: string): string {
  const scheme = tls ? 'https' : '{http.vars.kawasemi_scheme}'
  return `@https header X-Forwarded-Proto https
route {
${indent(renderAcme())}
  vars kawasemi_scheme {http.request.scheme}
  vars @https kawasemi_scheme https
  redir ${scheme}://${to}{http.request.uri} 301
}`
}

function renderAcme(): string {
  return `handle ${acmePath}* {
  root * ${acmeFolder}
  file_server
}`
}

function renderIncluded({ include }: ProxyConfig): string {
  return include === undefined ? '' : `import ${include}`
}

function renderCompression({ gzip }: ProxyConfig): string {
  if (!gzip) return ''
  return `encode {
  gzip
  minimum_length 1024
  match {
${textTypes.map((type) => `    header Content-Type ${type}*`).join('\n')}
  }
}
`
}

function renderHeaders({ headers = {} }: ProxyConfig): string {
  return Object.entries(headers)
    .map(([name, value]) => `header ${name} "${value}"`)
    .join('\n')
}

/** Only a file that is asked for can be sent as one. */
function renderMaintenancePage({ maintenancePage: page }: ProxyConfig): string {
  if (page === undefined) return ''
  const at = page.lastIndexOf('/')
  return `handle_errors {
  @page {
    expression {http.error.status_code} == 503
    method GET HEAD
    file {
      root ${page.slice(0, at)}
      try_files ${page.slice(at)}
    }
  }
  handle @page {
    root * ${page.slice(0, at)}
    rewrite * ${page.slice(at)}
    header Content-Type text/html
    file_server {
      status 503
    }
  }
}
`
}

/** JSON, Caddy's own form; headers may hold secrets, and so may a query. */
function renderLog({ log }: Site): string {
  return `log {
  output file ${log} {
    roll_disabled
  }
  format filter {
    wrap json
    fields {
      request>headers delete
      request>tls delete
      request>uri regexp \\?.* ""
      resp_headers delete
    }
  }
}`
}

/**
 * Caddy looks at the live link on every request. Without `up` a dangling link, or a folder it cannot enter, would
 * pass for blue; and asking for blue and then for green would race with the switch. One matcher asks for both, since a
 * matcher takes Caddy longer than a look at the disk.
 */
function renderMatchers({ base, proxy: { bodySize, maintenancePage } }: Site): string {
  const closed =
    maintenancePage === undefined
      ? ''
      : `@closed {
  not path ${releasePath}
  file {
    root ${base}
    try_files ${maintenanceMark('')}
  }
}
`
  return `${closed}@down not file {
  root ${base}/live
  try_files green up
}
@live_green vars {http.matchers.file.relative} /green green
@green vars kawasemi_slot green
# Only who talks to us from this host, and not for somebody else, is told about slots.
@here {
  remote_ip 127.0.0.1 ::1
  not header X-Forwarded-For *
}
@not_here not {
  remote_ip 127.0.0.1 ::1
  not header X-Forwarded-For *
}
# TLS may end before us.
@https header X-Forwarded-Proto https
# No upgrade but to WebSocket: others could smuggle requests past us.
@other_upgrade {
  header Upgrade *
  not header_regexp Upgrade (?i)^websocket$
}
@too_large header_regexp Content-Length ${above(bodySize)}`
}

/** The log has no field for it, so that the user's, which nobody else needs, holds the slot. */
function renderSlotChoice({ proxy }: Site): string {
  return `map {http.vars.kawasemi_slot} {http.auth.user.id} {
  default {http.vars.kawasemi_slot}
}
vars kawasemi_slot -${proxy.maintenancePage === undefined ? '' : '\nerror @closed 503'}
error @down 503
vars kawasemi_slot blue
vars @live_green kawasemi_slot green
vars kawasemi_scheme {http.request.scheme}
vars @https kawasemi_scheme https
header @here ${slotHeader} {http.vars.kawasemi_slot}
request_header @other_upgrade -Upgrade
error @too_large 413`
}

/** The first that fits is taken. */
function renderPlaces(site: Site): string {
  return [
    renderRelease(site.base),
    ...placesOf(site).map((place, at) => renderPlace(site, place, at)),
    'handle {\n  error 404\n}',
  ].join('\n')
}

function renderPlace(site: Site, place: Place, at: number): string {
  const matcher = place.exact ? place.url : `${place.url}*`
  return `handle ${matcher} {
  route {
${indent(indent(renderAnswer(site, place, `place_${at}`)))}
  }
}`
}

function renderAnswer(site: Site, place: Place, name: string): string {
  if (place.kind === 'assets') return renderAssets(site.base, name)
  if (place.kind === 'files') return renderFiles(place.files, name)
  return [
    renderUpstream(site, place.service.green, '@green '),
    renderUpstream(site, place.service.blue, ''),
  ].join('\n')
}

function renderRelease(base: string): string {
  return `handle ${releasePath} {
  route {
    error @not_here 404
    root * ${base}/slots/{http.vars.kawasemi_slot}/release
    rewrite * /public.json
    header Content-Type application/json
    file_server
  }
}`
}

/** Pages of the release before are still open somewhere and ask for its files, so the other slot's are looked at too. */
function renderAssets(base: string, name: string): string {
  const places = ['{http.vars.kawasemi_slot}', ...slots].map((slot) => `/${slot}/release/assets{path}`)
  return `root * ${base}/slots
@${name} file {
  try_files ${places.join(' ')}
}
handle @${name} {
  rewrite * {http.matchers.file.relative}
  header Cache-Control "public, max-age=31536000, immutable"
  file_server
}
error 404`
}

/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function renderFiles({ path, folder, expires }: ServedFolder, name: string): string {
  const kept = expires === undefined ? '' : `\n  header Cache-Control "max-age=${Math.ceil(expires / 1000)}"`
  return `uri strip_prefix ${path.slice(0, -1)}
root * ${folder}
@${name} file
handle @${name} {
  header X-Content-Type-Options nosniff${kept}
  file_server
}
error 404`
}

/** An idle connection has to be closed by Caddy before the app does it: a POST sent into a closed one is lost. */
function renderUpstream({ proxy }: Site, port: number, matcher: string): string {
  return `reverse_proxy ${matcher}127.0.0.1:${port} {
  trusted_proxies 0.0.0.0/0 ::/0
  header_up X-Real-IP {http.request.remote.host}
  header_up X-Forwarded-Host {http.request.hostport}
  header_up X-Forwarded-Proto {http.vars.kawasemi_scheme}
${[slotHeader, ...Object.keys(proxy.headers ?? {})].map((name) => `  header_down -${name}`).join('\n')}
  transport http {
    dial_timeout 5s
    read_timeout ${proxy.readTimeout}ms
    write_timeout ${proxy.readTimeout}ms
    keepalive ${proxy.keepaliveTimeout}ms
    keepalive_idle_conns_per_host 32
    compression off
  }
}`
}

/**
 * A regular expression for the whole numbers above `most`: Caddy itself would only find a body too large while it is on
 * its way to the app, and answer 502, as if the app had failed.
 */
function above(most: number): string {
  const digits = String(most)
  const larger = [...digits].flatMap((digit, at) =>
    digit === '9' ? [] : [`${digits.slice(0, at)}[${Number(digit) + 1}-9][0-9]{${digits.length - at - 1}}`],
  )
  return `^(${[`[0-9]{${digits.length + 1},}`, ...larger].join('|')})$`
}
