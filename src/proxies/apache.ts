import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { acmeFolder } from '../config/places'
import type { Config, ServedFolder, Tls } from '../config/schema'
import { slots } from '../release/slot'
import { acmePath, maintenanceMark, textTypes, wwwRedirects } from './options'
import { type ProxyKind, plainLog, releasePath, slotHeader } from './proxy'
import { indent, type Place, placesOf, type Site, type SiteService, siteOf } from './site'

export const apache: ProxyKind = {
  kind: 'apache',
  webUser: 'www-data',
  program: { command: 'apache2ctl', package: 'apache2', process: 'apache2' },
  setup: readFileSync(join(__dirname, 'apache.sh'), 'utf8'),
  // Its test says something even when all is well.
  renewed: `said=$(apache2ctl -t 2>&1) || { printf '%s\\n' "$said" >&2; exit 1; }\nsystemctl reload apache2`,
  // A graceful restart would close the connections of clients; Apache appends, so the file may be emptied instead.
  rotate: ['copytruncate'],
  log: plainLog,
  sitePath: (config) => `/etc/apache2/sites-available/${siteOf(config).app}.conf`,
  renderSite,
  renderLines,
}

/** A file for Apache's main server. */
function renderSite(config: Config, certified = true): string {
  const site = siteOf(config, certified)
  return `${[
    `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
    renderListen(site),
    renderLogFormat(site),
    ...site.services.map((service) => renderUpstreams(site, service)),
    renderFolders(site),
    renderServers(site),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`
}

function renderLines(config: Config): string {
  const site = siteOf(config)
  return [
    '# Modules: headers, proxy, proxy_http, rewrite. Above your `VirtualHost`:',
    renderLogFormat(site),
    ...site.services.map((service) => renderUpstreams(site, service)),
    renderFolders(site),
    '# In your `VirtualHost`, in the place of your own `ProxyPass` and of other rules for these paths:',
    renderServer(site),
  ].join('\n')
}

/** Debian's own ports.conf has 80, and 443 with TLS; setup-host leaves out what another file says. */
function renderListen({ proxy }: Site): string {
  return [proxy.listen, ...(proxy.tls ? [proxy.tls.listen] : [])]
    .filter((port) => port !== 80 && port !== 443)
    .map((port) => `Listen ${port}`)
    .join('\n')
}

/**
 * Apache gives no fraction of seconds, but microseconds, and does not tell what the upstream's status was. With `<` it
 * is the client's own request also where a page for its error was made by another.
 */
function renderLogFormat({ app }: Site): string {
  const fields = [
    '%{sec}t.%{msec_frac}t',
    '%<{kawasemi_slot}e',
    '%>s',
    '%{us}Te-6',
    '-',
    '%<{kawasemi_upstream}e',
    '%m',
    '%<{kawasemi_path}e',
  ]
  return `LogFormat "${fields.join('\\t')}" kawasemi_${app}`
}

/**
 * An idle connection has to be closed by Apache before the app does it: a POST sent into a closed one is lost. Without
 * `retry=0`, one failed connection would make it answer 503 for a minute without asking again.
 */
function renderUpstreams({ proxy }: Site, service: SiteService): string {
  const idle = Math.floor(proxy.keepaliveTimeout / 1000)
  const reuse = idle === 0 ? 'disablereuse=on' : `disablereuse=off ttl=${idle}`
  const silence = Math.ceil(proxy.readTimeout / 1000)
  return slots
    .map(
      (slot) => `<Proxy "http://127.0.0.1:${service[slot]}">
  ProxySet connectiontimeout=5 timeout=${silence} retry=0 upgrade=websocket ${reuse}
</Proxy>`,
    )
    .join('\n')
}

/** Nothing leads there but the rules below. */
function renderFolders({ base, files, proxy, acme }: Site): string {
  const page = proxy.maintenancePage
  const folders = [
    `${base}/slots`,
    ...files.map(({ folder }) => folder),
    ...(page === undefined ? [] : [folderOf(page)]),
    ...(acme || proxy.tls || proxy.redirectWww ? [acmeFolder] : []),
  ]
  return folders
    .map(
      (folder) => `<Directory "${folder}">
  Options FollowSymLinks
  AllowOverride None
  Require all granted
</Directory>`,
    )
    .join('\n')
}

/** A slash that a client escaped is not one. */
const rewriting = 'AllowEncodedSlashes NoDecode\nRewriteEngine On'

function renderServers(site: Site): string {
  const { proxy } = site
  const { tls } = proxy
  const [first, ...others] = proxy.domains
  const names = `ServerName ${first}${others.map((domain) => `\nServerAlias ${domain}`).join('')}`
  const whole = `${names}\n${renderServer(site)}`
  const redirect = `${names}\n${renderHttpRedirect(site)}`
  return [
    virtualHost(proxy.listen, tls?.redirectHttp ? redirect : whole),
    ...(tls ? [virtualHost(tls.listen, `${renderTls(tls)}\n${whole}`)] : []),
    ...wwwRedirects(proxy).flatMap(([from, to]) => {
      const www = `ServerName ${from}\n${renderWwwRedirect(site, to)}`
      return [
        virtualHost(proxy.listen, www),
        ...(tls ? [virtualHost(tls.listen, `${renderTls(tls)}\n${www}`)] : []),
      ]
    }),
  ].join('\n\n')
}

function virtualHost(port: number, lines: string): string {
  return `<VirtualHost *:${port}>\n${indent(lines)}\n</VirtualHost>`
}

function renderTls({ certificate, key }: Tls): string {
  return `SSLEngine on
SSLCertificateFile ${certificate}
SSLCertificateKeyFile ${key}
SSLProtocol -all +TLSv1.2 +TLSv1.3`
}

function renderServer(site: Site): string {
  const { app, proxy } = site
  return [
    `CustomLog "${site.log}" kawasemi_${app}
ProxyPreserveHost On
ProxyAddHeaders Off`,
    ...(proxy.gzip ? [`AddOutputFilterByType DEFLATE ${textTypes.join(' ')}`] : []),
    ...(proxy.include === undefined ? [] : [`Include ${proxy.include}`]),
    rewriting,
    renderRequestFacts(),
    ...(site.acme ? [renderAcme()] : []),
    renderMaintenance(site),
    renderSlotChoice(site.base),
    renderBodyLimit(proxy.bodySize),
    renderHeaders(site),
    renderPlaces(site),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** It still says which release is live, to this host. */
function renderHttpRedirect(site: Site): string {
  return [
    rewriting,
    renderRequestFacts(),
    renderAcme(),
    renderMaintenance(site),
    renderSlotChoice(site.base),
    renderRelease(site.base),
    'RewriteRule ^ https://%{SERVER_NAME}%{ENV:kawasemi_path} [R=301,NE,L]',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function renderWwwRedirect({ proxy }: Site, to: string): string {
  const scheme = proxy.tls ? 'https' : '%{ENV:kawasemi_scheme}'
  return `${rewriting}
${renderRequestFacts()}
${renderAcme()}
RewriteRule ^ ${scheme}://${to}%{ENV:kawasemi_path} [R=301,NE,L]`
}

/** Before anything that keeps visitors out. */
function renderAcme(): string {
  return `RewriteRule ^${escaped(acmePath)} ${acmeFolder}%{REQUEST_URI} [H=default-handler,L]`
}

/**
 * Apache asks itself for the page, as if a client did. A deploy has to be seen also while visitors are kept out.
 */
function renderMaintenance({ base, proxy }: Site): string {
  const page = proxy.maintenancePage
  if (page === undefined) return ''
  return `ErrorDocument 503 /.kawasemi-maintenance
RewriteCond %{ENV:REDIRECT_STATUS} =503
RewriteRule ^/\\.kawasemi-maintenance$ ${page} [T=text/html,H=default-handler,L]
RewriteCond ${maintenanceMark(base)} -f
RewriteCond %{REQUEST_URI} !=${releasePath}
RewriteRule ^ - [R=503,L]`
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'))
}

/**
 * The path as the client wrote it, which the app gets to the byte. `NV`: without it Apache would tell caches that its
 * answers depend on these headers.
 */
function renderRequestFacts(): string {
  return `RewriteRule ^ - [E=kawasemi_slot:-,E=kawasemi_scheme:%{REQUEST_SCHEME}]
RewriteCond %{THE_REQUEST} "^\\S+ (?:https?://[^/?\\s]+)?(/[^?\\s]*)"
RewriteRule ^ - [E=kawasemi_path:%1]
# TLS may end before us.
RewriteCond %{HTTP:X-Forwarded-Proto} =https [NV]
RewriteRule ^ - [E=kawasemi_scheme:https]`
}

/**
 * Apache looks at the live link on every request. Without `up` a dangling link, or a folder it cannot enter, would
 * pass for blue; and asking for blue and then for green would race with the switch. Green needs one look, blue two.
 */
function renderSlotChoice(base: string): string {
  return `RewriteCond ${base}/live/green -f
RewriteRule ^ - [E=kawasemi_slot:green,S=2]
RewriteCond ${base}/live/up !-f
RewriteRule ^ - [R=503,L]
RewriteRule ^ - [E=kawasemi_slot:blue]
# Only who talks to us from this host, and not for somebody else, is told about slots.
RewriteCond %{REMOTE_ADDR} ^(127\\.0\\.0\\.1|::1)$
RewriteCond %{HTTP:X-Forwarded-For} ^$ [NV]
RewriteRule ^ - [E=kawasemi_here:yes]`
}

/** `LimitRequestBody` is not for what is handed on. */
function renderBodyLimit(bytes: number): string {
  return `RewriteCond expr "req_novary('Content-Length') -gt ${bytes}"
RewriteRule ^ - [R=413,L]`
}

/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function renderHeaders({ files, proxy }: Site): string {
  const kept = files.flatMap(({ expires }, at) =>
    expires === undefined
      ? []
      : [
          `Header set Cache-Control "max-age=${Math.ceil(expires / 1000)}" "expr=env('kawasemi_files') == '${at}'"`,
        ],
  )
  return [
    `RequestHeader set X-Real-IP "expr=%{REMOTE_ADDR}"
RequestHeader append X-Forwarded-For "expr=%{REMOTE_ADDR}"
RequestHeader set X-Forwarded-Proto "%{kawasemi_scheme}e"
RequestHeader set X-Forwarded-Host "expr=%{HTTP_HOST}"
Header unset ${slotHeader}
Header always set ${slotHeader} "%{kawasemi_slot}e" env=kawasemi_here
Header set Cache-Control "public, max-age=31536000, immutable" env=kawasemi_asset
Header always set X-Content-Type-Options nosniff env=kawasemi_files`,
    ...kept,
    ...Object.entries(proxy.headers ?? {}).flatMap(([name, value]) => [
      `Header unset ${name}`,
      `Header always set ${name} "${value}"`,
    ]),
  ].join('\n')
}

/** The first that fits is taken. */
function renderPlaces(site: Site): string {
  return [
    renderRelease(site.base),
    ...placesOf(site).map((place) => renderPlace(site, place)),
    'RewriteRule ^ - [R=404,L]',
  ].join('\n')
}

function renderPlace({ base, files }: Site, place: Place): string {
  if (place.kind === 'assets') return renderAssets(base, place.url)
  if (place.kind === 'files') return renderFiles(place.files, files.indexOf(place.files))
  return renderRoute(place.service, `^${escaped(place.url)}${place.exact ? '$' : ''}`)
}

function renderRelease(base: string): string {
  const path = `^${escaped(releasePath)}$`
  return `RewriteCond %{ENV:kawasemi_here} !=yes
RewriteRule ${path} - [R=404,L]
RewriteRule ${path} ${base}/slots/%{ENV:kawasemi_slot}/release/public.json [T=application/json,H=default-handler,L]`
}

/** Pages of the release before are still open somewhere and ask for its files, so the other slot's are looked at too. */
function renderAssets(base: string, url: string): string {
  const places = ['%{ENV:kawasemi_slot}', ...slots].map((slot) => {
    const file = `${base}/slots/${slot}/release/assets%{REQUEST_URI}`
    return `RewriteCond ${file} -f\nRewriteRule ^${escaped(url)} ${file} [E=kawasemi_asset:yes,H=default-handler,L]`
  })
  return [...places, `RewriteRule ^${escaped(url)} - [R=404,L]`].join('\n')
}

/** With `H`, nobody has the host run what users uploaded, whatever its other sites do with such files. */
function renderFiles({ path, folder }: ServedFolder, at: number): string {
  return `RewriteRule ^${escaped(path)}(.*)$ ${folder}/$1 [E=kawasemi_files:${at},H=default-handler,L]`
}

/** `NE` keeps the path as it is. */
function renderRoute(service: SiteService, pattern: string): string {
  return slots
    .map((slot) => {
      const upstream = `127.0.0.1:${service[slot]}`
      return `RewriteCond %{ENV:kawasemi_slot} =${slot}
RewriteRule ${pattern} http://${upstream}%{ENV:kawasemi_path} [E=kawasemi_upstream:${upstream},P,NE,L]`
    })
    .join('\n')
}

/** What a checked path may hold that a regular expression takes for more than itself. */
function escaped(path: string): string {
  return path.replaceAll('.', '\\.')
}
