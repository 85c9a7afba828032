import type { Config, Proxy as ProxyConfig, WebService } from '../config/schema'
import { slots } from '../release/slot'
import { Trouble } from '../release/trouble'
import { accessLogPath, type ProxyKind, releasePath, slotHeader } from './proxy'

export const nginx: ProxyKind = {
  kind: 'nginx',
  sitePath: (config) => `/etc/nginx/conf.d/${checked('app', config.app)}.conf`,
  renderSite,
}

/** A file for nginx's `http` block. */
function renderSite(config: Config): string {
  const site = siteOf(config)
  return [
    `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
    renderLogFormat(site),
    ...site.services.map((service) => renderUpstreams(site, service)),
    renderServer(site),
  ].join('\n\n')
}

/*
 * What the config says about the site, every value checked once more: the schema refuses the same, but this is
 * where a value becomes part of another language, and nothing here is quoted.
 */

interface SiteService {
  name: string
  blue: number
  green: number
  assetsUrl?: string
}

interface Site {
  app: string
  base: string
  log: string
  proxy: ProxyConfig
  /** The longest path first. */
  routes: { path: string; service: string }[]
  /** Those that some route leads to. */
  services: SiteService[]
}

const noDots = '(?!.*/\\.{1,2}(/|$))'
const shapes = {
  app: /^[a-z][a-z0-9-]{0,39}$/,
  base: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
  service: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/,
  domain: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  'route path': new RegExp(`^${noDots}(?!.*//)/[A-Za-z0-9._~/-]*$`),
  'assets url': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
}

function refuse(what: string, value: unknown, why: string): never {
  const shown = String(JSON.stringify(value)).slice(0, 80)
  throw new Trouble(`proxy: ${what} ${shown}`, why, 'Correct it in kawasemi.yml.')
}

function checked(what: keyof typeof shapes, value: string): string {
  // `$` also matches before a newline at the end in other languages, not in this one.
  if (typeof value !== 'string' || !shapes[what].test(value)) {
    refuse(what, value, 'cannot be written into a web server’s configuration.')
  }
  return value
}

function whole(what: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    refuse(what, value, `is not a whole number from ${least} to ${most}.`)
  }
  return value
}

function siteOf(config: Config): Site {
  const { proxy } = config
  if (!proxy) throw new Trouble('proxy', 'is not in the config.', 'Describe the site under `proxy:`.')
  const routes = proxy.routes
    .map(({ path, service }) => ({ path: checked('route path', path), service: checked('service', service) }))
    .sort((a, b) => b.path.length - a.path.length)
  const app = checked('app', config.app)
  const site: Site = {
    app,
    base: checked('base', config.base),
    log: accessLogPath({ app }),
    proxy: checkedProxy(proxy),
    routes,
    services: [...new Set(routes.map((route) => route.service))].map((name) => serviceOf(config, name)),
  }
  refuseClashes(site)
  return site
}

function checkedProxy(proxy: ProxyConfig): ProxyConfig {
  if (proxy.domains.length === 0) refuse('domains', proxy.domains, 'is empty.')
  return {
    kind: 'nginx',
    domains: proxy.domains.map((domain) => checked('domain', domain)),
    routes: proxy.routes,
    listen: whole('listen', proxy.listen, 1, 65_535),
    bodySize: whole('body-size', proxy.bodySize, 1, 2 ** 40),
    readTimeout: whole('read-timeout', proxy.readTimeout, 1, 86_400_000),
    keepaliveTimeout: whole('keepalive-timeout', proxy.keepaliveTimeout, 1, 86_400_000),
  }
}

function serviceOf(config: Config, name: string): SiteService {
  const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined
  if (service?.role !== 'web') refuse('route to', name, 'is no web service of the config.')
  const { slots: ports, assets } = service as WebService
  return {
    name,
    blue: whole(`blue port of ${name}`, ports.blue, 1, 65_535),
    green: whole(`green port of ${name}`, ports.green, 1, 65_535),
    ...(assets && { assetsUrl: checked('assets url', assets.url) }),
  }
}

/** nginx would refuse two equal locations or upstreams too, but not in words that lead to the config. */
function refuseClashes({ routes, services }: Site): void {
  const assets = services.flatMap(({ assetsUrl = [] }) => assetsUrl)
  const paths = [...routes.flatMap(({ path }) => locationsOf(path)), ...assets]
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined) refuse('path', twice, 'is described twice.')
  if (paths.includes(`= ${releasePath}`)) refuse('path', releasePath, 'belongs to Kawasemi.')
  const names = services.map(({ name }) => name.toLowerCase())
  const alike = names.find((name, at) => names.indexOf(name) !== at)
  if (alike !== undefined) refuse('service', alike, 'has a namesake that differs in upper case only.')
}

/*
 * The text.
 */

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
  const { app, base, proxy } = site
  return `server {
  listen ${proxy.listen};
  listen [::]:${proxy.listen};
  server_name ${proxy.domains.join(' ')};
  absolute_redirect off;
  client_max_body_size ${proxy.bodySize};

${indent(renderLoggedPath())}
${indent(renderSlotChoice(base))}

${indent(renderRequestFacts())}

  access_log ${site.log} kawasemi_${app};
  add_header ${slotHeader} $kawasemi_shown_slot always;

${indent(renderProxying(proxy))}

${indent(renderLocations(site))}
}
`
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
function renderSlotChoice(base: string): string {
  return `open_file_cache off;
set $kawasemi_slot -;
if (!-e ${base}/live/up) {
  return 503;
}
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
function renderProxying(proxy: ProxyConfig): string {
  return `proxy_http_version 1.1;
proxy_set_header Host $host$kawasemi_port;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $kawasemi_scheme;
proxy_set_header X-Forwarded-Host $host$kawasemi_port;
proxy_set_header Upgrade $kawasemi_upgrade;
proxy_set_header Connection $kawasemi_connection;
proxy_hide_header ${slotHeader};
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
  const hasRoot = site.routes.some(({ path }) => path === '/')
  return [
    renderReleaseLocation(site.base),
    ...site.services.flatMap(({ assetsUrl }) => (assetsUrl ? [renderAssets(site.base, assetsUrl)] : [])),
    ...site.routes.flatMap(({ path, service }) =>
      locationsOf(path).map((location) => renderRoute(site, location, service)),
    ),
    ...(hasRoot ? [] : ['location / {\n  return 404;\n}']),
    ...site.services.map(({ name }) => renderStream(site, name)),
  ].join('\n')
}

/** `/api` means itself and what is under it, not `/apiary`. nginx takes the longest of all that match. */
function locationsOf(path: string): string[] {
  return path.endsWith('/') ? [path] : [`= ${path}`, `${path}/`]
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
function renderAssets(base: string, url: string): string {
  const places = ['$kawasemi_slot', ...slots].map((slot) => `/slots/${slot}/release/assets$uri`)
  return `location ${url} {
  root ${base};
  try_files ${places.join(' ')} =404;
  add_header Cache-Control "public, max-age=31536000, immutable";
  add_header ${slotHeader} $kawasemi_shown_slot always;
}`
}

/**
 * An event stream must not wait in a buffer, and buffering cannot depend on a variable: a request that asks for one
 * goes to the named location. 418 is never sent; it only names the way there.
 */
function renderRoute(site: Site, location: string, service: string): string {
  return `location ${location} {
  error_page 418 = @stream_${service};
  if ($kawasemi_stream) {
    return 418;
  }
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`
}

function renderStream(site: Site, service: string): string {
  return `location @stream_${service} {
  proxy_buffering off;
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
