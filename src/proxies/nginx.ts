import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, ServedFolder } from '../config/schema'
import { slots } from '../release/slot'
import {
  acmePattern,
  placesWithLimits,
  renderAcme,
  renderCompression,
  renderIncluded,
  renderLimit,
  renderLimitZones,
  renderListens,
  renderMaintenance,
  renderMaintenancePage,
  renderRedirects,
  renderResponseHeaders,
} from './nginx-options'
import { type ProxyKind, plainLog, releasePath, slotHeader } from './proxy'
import { indent, type Site, type SiteService, siteOf } from './site'

export const nginx: ProxyKind = {
  kind: 'nginx',
  webUser: 'www-data',
  program: { command: 'nginx', package: 'nginx', process: 'nginx' },
  setup: readFileSync(join(__dirname, 'nginx.sh'), 'utf8'),
  renewed: 'nginx -t -q && systemctl reload nginx',
  // It opens the new file, whose owner and group are the old one's, at USR1.
  rotate: [
    'create',
    'postrotate',
    '  [ ! -s /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"',
    'endscript',
  ],
  log: plainLog,
  sitePath: (config) => `/etc/nginx/conf.d/${siteOf(config).app}.conf`,
  renderSite,
  renderLines,
}

/** A file for nginx's `http` block. */
function renderSite(config: Config, certified = true): string {
  const site = siteOf(config, certified)
  return [
    `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
    renderLogFormat(site),
    ...site.services.map((service) => renderUpstreams(site, service)),
    renderLimitZones(site),
    renderServer(site),
    renderRedirects(
      site,
      [renderFacts(site, true), renderReleaseLocation(site.base), renderMaintenancePage(site)].filter(
        (part) => part !== '',
      ),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function renderLines(config: Config): string {
  const site = siteOf(config)
  return [
    '# Above your `server`:',
    renderLogFormat(site),
    ...site.services.map((service) => renderUpstreams(site, service)),
    '# In your `server` for plain HTTP, and in that for HTTPS:',
    renderFacts(site),
    `access_log ${site.log} kawasemi_${site.app};`,
    renderReleaseLocation(site.base),
    renderProxying(site),
    '# In your locations, in the place of your own `proxy_pass`:',
    ...site.routes.map(
      ({ path, service }) => `# ${path}\nproxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};`,
    ),
  ].join('\n')
}

function renderLogFormat({ app }: Site): string {
  const fields = [
    '$msec',
    '$kawasemi_slot',
    '$status',
    '$request_time',
    '$upstream_status',
    '$upstream_addr',
    '$request_method',
    '$kawasemi_path',
  ]
  return `log_format kawasemi_${app} '${fields.join('\\t')}';`
}

/** No app's name has an underscore, so that no two apps meet in one name. */
function upstreamName({ app }: Site, service: string, slot: string): string {
  return `${app}_${service}_${slot}`
}

/** An idle connection has to be closed by nginx before the app does it: a POST sent into a closed one is lost. */
function renderUpstreams(site: Site, service: SiteService): string {
  return slots
    .map(
      (slot) => `upstream ${upstreamName(site, service.name, slot)} {
  server 127.0.0.1:${service[slot]};
  keepalive 32;
  keepalive_timeout ${site.proxy.keepaliveTimeout}ms;
}`,
    )
    .join('\n')
}

function renderServer(site: Site): string {
  const { app, proxy } = site
  return `server {
${indent(renderListens(proxy))}
  server_name ${proxy.domains.join(' ')};
  absolute_redirect off;
  client_max_body_size ${proxy.bodySize};

${indent(renderFacts(site, site.acme))}

  access_log ${site.log} kawasemi_${app};
${indent(renderResponseHeaders(site))}
${indent(renderCompression(site))}${indent(renderIncluded(site))}
${indent(renderProxying(site))}

${indent(renderLocations(site))}
}
`
}

/** What the other blocks go by. With `acme` the block answers a certificate authority too, at any time. */
function renderFacts(site: Site, acme = false): string {
  return [
    renderLoggedPath(),
    `open_file_cache off;\nset $kawasemi_slot -;`,
    renderMaintenance(site, acme),
    renderSlotChoice(site.base, acme),
    renderRequestFacts(),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/**
 * Before the slot, so that a 503 is logged with it too. A query may hold what does not belong into a log. `$1` would
 * be escaped once more.
 */
function renderLoggedPath(): string {
  return `set $kawasemi_path -;
if ($request_uri ~ "^(?<kawasemi_bare_path>[^?]+)") {
  set $kawasemi_path $kawasemi_bare_path;
}`
}

/**
 * nginx looks at the live link on every request. Without `up` a dangling link, or a folder it cannot enter, would
 * pass for blue; and asking for blue and then for green would race with the switch.
 */
function renderSlotChoice(base: string, acme: boolean): string {
  const down = acme
    ? `set $kawasemi_down "";
if (!-e ${base}/live/up) {
  set $kawasemi_down yes;
}
if ($uri ~ "${acmePattern}") {
  set $kawasemi_down "";
}
if ($kawasemi_down) {
  return 503;
}`
    : `if (!-e ${base}/live/up) {
  return 503;
}`
  return `${down}
set $kawasemi_slot blue;
if (-e ${base}/live/green) {
  set $kawasemi_slot green;
}`
}

/**
 * Kept inside the server block instead of in maps, so that apps rendered by different versions never share a
 * variable.
 */
function renderRequestFacts(): string {
  return `# Only who talks to us from this host, and not for somebody else, is told about slots.
set $kawasemi_shown_slot "";
set $kawasemi_client "$remote_addr $http_x_forwarded_for";
if ($kawasemi_client ~ "^(127\\.0\\.0\\.1|::1) $") {
  set $kawasemi_shown_slot $kawasemi_slot;
}
# The port as the client wrote it: the app makes its own addresses from it.
set $kawasemi_port "";
if ($http_host ~ "(:[0-9]+)$") {
  set $kawasemi_port $1;
}
# TLS may end before us.
set $kawasemi_scheme $scheme;
if ($http_x_forwarded_proto = https) {
  set $kawasemi_scheme https;
}
# No upgrade but to WebSocket: others could smuggle requests past us.
set $kawasemi_upgrade "";
set $kawasemi_connection "";
if ($http_upgrade ~* "^websocket$") {
  set $kawasemi_upgrade websocket;
  set $kawasemi_connection upgrade;
}
set $kawasemi_stream "";
if ($http_accept ~* "text/event-stream") {
  set $kawasemi_stream yes;
}`
}

/**
 * `proxy_next_upstream error` with one server in an upstream means: a GET that met a connection closed while idle is
 * sent once more. A POST is not, since it might have been done.
 */
function renderProxying({ proxy }: Site): string {
  const hidden = [slotHeader, ...Object.keys(proxy.headers ?? {})]
  return `proxy_http_version 1.1;
proxy_set_header Host $host$kawasemi_port;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $kawasemi_scheme;
proxy_set_header X-Forwarded-Host $host$kawasemi_port;
proxy_set_header Upgrade $kawasemi_upgrade;
proxy_set_header Connection $kawasemi_connection;
${hidden.map((name) => `proxy_hide_header ${name};`).join('\n')}
proxy_redirect off;
proxy_next_upstream error;
proxy_connect_timeout 5s;
proxy_send_timeout ${proxy.readTimeout}ms;
proxy_read_timeout ${proxy.readTimeout}ms;
proxy_buffer_size 16k;
proxy_buffers 8 16k;
proxy_busy_buffers_size 32k;`
}

function renderLocations(site: Site): string {
  const places = placesWithLimits(site)
  const hasRoot = places.some(({ location }) => location === '/')
  const streams = new Map(
    places.map(({ service, limit }) => [streamName(service, limit), { service, limit }] as const),
  )
  return [
    renderReleaseLocation(site.base),
    ...(site.acme ? [renderAcme()] : []),
    renderMaintenancePage(site),
    ...site.services.flatMap(({ assetsUrl }) => (assetsUrl ? [renderAssets(site, assetsUrl)] : [])),
    ...site.files.map((files) => renderFiles(site, files)),
    ...places.map(({ location, service, limit }) => renderRoute(site, location, service, limit)),
    ...(hasRoot ? [] : ['location / {\n  return 404;\n}']),
    ...[...streams].map(([name, { service, limit }]) => renderStream(site, name, service, limit)),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function renderReleaseLocation(base: string): string {
  return `location = ${releasePath} {
  if ($kawasemi_shown_slot = "") {
    return 404;
  }
  types { }
  default_type application/json;
  alias ${base}/slots/$kawasemi_slot/release/public.json;
}`
}

/** Pages of the release before are still open somewhere and ask for its files, so the other slot's are looked at too. */
function renderAssets(site: Site, url: string): string {
  const places = ['$kawasemi_slot', ...slots].map((slot) => `/slots/${slot}/release/assets$uri`)
  return `location ${url} {
  root ${site.base};
  try_files ${places.join(' ')} =404;
  add_header Cache-Control "public, max-age=31536000, immutable";
${indent(renderResponseHeaders(site))}
}`
}

/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function renderFiles(site: Site, { path, folder, expires }: ServedFolder): string {
  const headers = { 'X-Content-Type-Options': 'nosniff', ...site.proxy.headers }
  return `location ${path} {
  alias ${folder}/;${expires === undefined ? '' : `\n  expires ${Math.ceil(expires / 1000)}s;`}
${indent(renderResponseHeaders({ ...site, proxy: { ...site.proxy, headers } }))}
}`
}

/**
 * An event stream must not wait in a buffer, and buffering cannot depend on a variable: a request that asks for one
 * goes to the named location. 418 is never sent; it only names the way there.
 */
function renderRoute(site: Site, location: string, service: string, limit: number | undefined): string {
  return `location ${location} {
${indent(renderLimit(site, limit))}  error_page 418 = ${streamName(service, limit)};
  if ($kawasemi_stream) {
    return 418;
  }
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`
}

/** One for each limit too: it is left before the limit of the first location would count. */
function streamName(service: string, limit: number | undefined): string {
  return `@stream_${service}${limit === undefined ? '' : `_${limit}`}`
}

function renderStream(site: Site, name: string, service: string, limit: number | undefined): string {
  return `location ${name} {
${indent(renderLimit(site, limit))}  proxy_buffering off;
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`
}
