"use strict";
exports.id = 116;
exports.ids = [116];
exports.modules = {

/***/ 1116:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  D: () => (/* binding */ proxyInPlace),
  O: () => (/* binding */ proxyOf)
});

// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
;// CONCATENATED MODULE: ./src/proxies/site.ts


const noDots = '(?!.*/\\.{1,2}(/|$))';
const shapes = {
    app: /^[a-z][a-z0-9-]{0,39}$/,
    base: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
    service: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/,
    domain: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    'route path': new RegExp(`^${noDots}(?!.*//)/[A-Za-z0-9._~/-]*$`),
    'assets url': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
    'files path': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
    folder: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
};
function refuse(what, value, why) {
    const shown = String(JSON.stringify(value)).slice(0, 80);
    throw new trouble/* Trouble */.q(`proxy: ${what} ${shown}`, why, 'Correct it in kawasemi.yml.');
}
function checked(what, value) {
    // `$` also matches before a newline at the end in other languages, not in this one.
    if (typeof value !== 'string' || !shapes[what].test(value)) {
        refuse(what, value, 'cannot be written into a web server’s configuration.');
    }
    return value;
}
function whole(what, value, least, most) {
    if (!Number.isSafeInteger(value) || value < least || value > most) {
        refuse(what, value, `is not a whole number from ${least} to ${most}.`);
    }
    return value;
}
/** @throws {Trouble} that names the value. */
function siteOf(config) {
    const { proxy } = config;
    if (!proxy)
        throw new trouble/* Trouble */.q('proxy', 'is not in the config.', 'Describe the site under `proxy:`.');
    const routes = proxy.routes
        .map(({ path, service }) => ({ path: checked('route path', path), service: checked('service', service) }))
        .sort((a, b) => b.path.length - a.path.length);
    const app = checked('app', config.app);
    const site = {
        app,
        base: checked('base', config.base),
        log: (0,proxies_proxy/* accessLogPath */.q2)({ app }),
        proxy: checkedProxy(proxy),
        routes,
        services: [...new Set(routes.map((route) => route.service))].map((name) => serviceOf(config, name)),
        files: (proxy.files ?? []).map(checkedFolder),
    };
    refuseClashes(site);
    return site;
}
function checkedProxy(proxy) {
    if (proxy.domains.length === 0)
        refuse('domains', proxy.domains, 'is empty.');
    return {
        kind: proxy.kind,
        ...(proxy.service !== undefined && { service: checked('service', proxy.service) }),
        domains: proxy.domains.map((domain) => checked('domain', domain)),
        routes: proxy.routes,
        listen: whole('listen', proxy.listen, 1, 65_535),
        bodySize: whole('body-size', proxy.bodySize, 1, 2 ** 40),
        readTimeout: whole('read-timeout', proxy.readTimeout, 1, 86_400_000),
        keepaliveTimeout: whole('keepalive-timeout', proxy.keepaliveTimeout, 1, 86_400_000),
    };
}
function checkedFolder({ path, folder, expires }) {
    return {
        path: checked('files path', path),
        folder: checked('folder', folder),
        ...(expires !== undefined && { expires: whole('expires', expires, 1, 2 ** 40) }),
    };
}
function serviceOf(config, name) {
    const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
    if (service?.role !== 'web')
        refuse('route to', name, 'is no web service of the config.');
    const { slots: ports, assets } = service;
    return {
        name,
        blue: whole(`blue port of ${name}`, ports.blue, 1, 65_535),
        green: whole(`green port of ${name}`, ports.green, 1, 65_535),
        ...(assets && { assetsUrl: checked('assets url', assets.url) }),
    };
}
/** nginx would refuse two equal locations or upstreams too, but not in words that lead to the config. */
function refuseClashes({ routes, services, files }) {
    const assets = services.flatMap(({ assetsUrl = [] }) => assetsUrl);
    const folders = files.map(({ path }) => path);
    const paths = [...routes.flatMap(({ path }) => locationsOf(path)), ...assets, ...folders];
    const twice = paths.find((path, at) => paths.indexOf(path) !== at);
    if (twice !== undefined)
        refuse('path', twice, 'is described twice.');
    if (paths.includes(`= ${proxies_proxy/* releasePath */.bD}`))
        refuse('path', proxies_proxy/* releasePath */.bD, 'belongs to Kawasemi.');
    const names = services.map(({ name }) => name.toLowerCase());
    const alike = names.find((name, at) => names.indexOf(name) !== at);
    if (alike !== undefined)
        refuse('service', alike, 'has a namesake that differs in upper case only.');
}
/** `/api` means itself and what is under it, not `/apiary`. */
function pathsOf(path) {
    return path.endsWith('/')
        ? [{ exact: false, url: path }]
        : [
            { exact: true, url: path },
            { exact: false, url: `${path}/` },
        ];
}
/** In the order in which they are to be tried, so that the longest that fits is taken. */
function placesOf({ services, files, routes }) {
    const places = [
        ...services.flatMap(({ assetsUrl: url }) => url === undefined ? [] : [{ kind: 'assets', url, exact: false }]),
        ...files.map((each) => ({ kind: 'files', url: each.path, exact: false, files: each })),
        ...routes.flatMap(({ path, service }) => pathsOf(path).map((part) => ({
            kind: 'route',
            ...part,
            service: services.find(({ name }) => name === service),
        }))),
    ];
    return places.sort((a, b) => b.url.length - a.url.length);
}
/** As nginx writes them, which takes the longest of all that match. */
function locationsOf(path) {
    return pathsOf(path).map(({ exact, url }) => (exact ? `= ${url}` : url));
}
function indent(text) {
    return text.replace(/^(?=.)/gm, '  ');
}

;// CONCATENATED MODULE: ./src/proxies/apache.ts





const apache = {
    kind: 'apache',
    webUser: 'www-data',
    setup: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "apache.sh", 'utf8'),
    // A graceful restart would close the connections of clients; Apache appends, so the file may be emptied instead.
    rotate: ['copytruncate'],
    log: proxies_proxy/* plainLog */.Ly,
    sitePath: (config) => `/etc/apache2/sites-available/${siteOf(config).app}.conf`,
    renderSite,
};
/** A file for Apache's main server. */
function renderSite(config) {
    const site = siteOf(config);
    return `${[
        `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
        renderListen(site),
        renderLogFormat(site),
        ...site.services.map((service) => renderUpstreams(site, service)),
        renderFolders(site),
        renderServer(site),
    ]
        .filter((part) => part !== '')
        .join('\n\n')}\n`;
}
/** Debian's own ports.conf has port 80; setup-host leaves out what another file says. */
function renderListen({ proxy }) {
    return proxy.listen === 80 ? '' : `Listen ${proxy.listen}`;
}
/** Apache gives no fraction of seconds, but microseconds, and does not tell what the upstream's status was. */
function renderLogFormat({ app }) {
    const fields = [
        '%{sec}t.%{msec_frac}t',
        '%{kawasemi_slot}e',
        '%>s',
        '%{us}Te-6',
        '-',
        '%{kawasemi_upstream}e',
        '%m',
        '%{kawasemi_path}e',
    ];
    return `LogFormat "${fields.join('\\t')}" kawasemi_${app}`;
}
/**
 * An idle connection has to be closed by Apache before the app does it: a POST sent into a closed one is lost. Without
 * `retry=0`, one failed connection would make it answer 503 for a minute without asking again.
 */
function renderUpstreams({ proxy }, service) {
    const idle = Math.floor(proxy.keepaliveTimeout / 1000);
    const reuse = idle === 0 ? 'disablereuse=on' : `disablereuse=off ttl=${idle}`;
    const silence = Math.ceil(proxy.readTimeout / 1000);
    return slot/* slots */.Q0
        .map((slot) => `<Proxy "http://127.0.0.1:${service[slot]}">
  ProxySet connectiontimeout=5 timeout=${silence} retry=0 upgrade=websocket ${reuse}
</Proxy>`)
        .join('\n');
}
/** Nothing leads there but the rules below. */
function renderFolders({ base, files }) {
    return [`${base}/slots`, ...files.map(({ folder }) => folder)]
        .map((folder) => `<Directory "${folder}">
  Options FollowSymLinks
  AllowOverride None
  Require all granted
</Directory>`)
        .join('\n');
}
function renderServer(site) {
    const { app, proxy } = site;
    const [first, ...others] = proxy.domains;
    return `<VirtualHost *:${proxy.listen}>
  ServerName ${first}${others.map((domain) => `\n  ServerAlias ${domain}`).join('')}
  CustomLog "${site.log}" kawasemi_${app}
  AllowEncodedSlashes NoDecode
  ProxyPreserveHost On
  ProxyAddHeaders Off

  RewriteEngine On
${indent(renderRequestFacts())}
${indent(renderSlotChoice(site.base))}
${indent(renderBodyLimit(proxy.bodySize))}

${indent(renderHeaders(site.files))}

${indent(renderPlaces(site))}
</VirtualHost>`;
}
/**
 * The path as the client wrote it, which the app gets to the byte. `NV`: without it Apache would tell caches that its
 * answers depend on these headers.
 */
function renderRequestFacts() {
    return `RewriteRule ^ - [E=kawasemi_slot:-,E=kawasemi_scheme:%{REQUEST_SCHEME}]
RewriteCond %{THE_REQUEST} "^\\S+ (?:https?://[^/?\\s]+)?(/[^?\\s]*)"
RewriteRule ^ - [E=kawasemi_path:%1]
# TLS may end before us.
RewriteCond %{HTTP:X-Forwarded-Proto} =https [NV]
RewriteRule ^ - [E=kawasemi_scheme:https]`;
}
/**
 * Apache looks at the live link on every request. Without `up` a dangling link, or a folder it cannot enter, would
 * pass for blue; and asking for blue and then for green would race with the switch.
 */
function renderSlotChoice(base) {
    return `RewriteCond ${base}/live/up !-f
RewriteRule ^ - [R=503,L]
RewriteRule ^ - [E=kawasemi_slot:blue]
RewriteCond ${base}/live/green -f
RewriteRule ^ - [E=kawasemi_slot:green]
# Only who talks to us from this host, and not for somebody else, is told about slots.
RewriteCond %{REMOTE_ADDR} ^(127\\.0\\.0\\.1|::1)$
RewriteCond %{HTTP:X-Forwarded-For} ^$ [NV]
RewriteRule ^ - [E=kawasemi_here:yes]`;
}
/** `LimitRequestBody` is not for what is handed on. */
function renderBodyLimit(bytes) {
    return `RewriteCond expr "req_novary('Content-Length') -gt ${bytes}"
RewriteRule ^ - [R=413,L]`;
}
/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function renderHeaders(files) {
    const kept = files.flatMap(({ expires }, at) => expires === undefined
        ? []
        : [
            `Header set Cache-Control "max-age=${Math.ceil(expires / 1000)}" "expr=env('kawasemi_files') == '${at}'"`,
        ]);
    return [
        `RequestHeader set X-Real-IP "expr=%{REMOTE_ADDR}"
RequestHeader append X-Forwarded-For "expr=%{REMOTE_ADDR}"
RequestHeader set X-Forwarded-Proto "%{kawasemi_scheme}e"
RequestHeader set X-Forwarded-Host "expr=%{HTTP_HOST}"
Header unset ${proxies_proxy/* slotHeader */.iw}
Header always set ${proxies_proxy/* slotHeader */.iw} "%{kawasemi_slot}e" env=kawasemi_here
Header set Cache-Control "public, max-age=31536000, immutable" env=kawasemi_asset
Header always set X-Content-Type-Options nosniff env=kawasemi_files`,
        ...kept,
    ].join('\n');
}
/** The first that fits is taken. */
function renderPlaces(site) {
    return [
        renderRelease(site.base),
        ...placesOf(site).map((place) => renderPlace(site, place)),
        'RewriteRule ^ - [R=404,L]',
    ].join('\n');
}
function renderPlace({ base, files }, place) {
    if (place.kind === 'assets')
        return renderAssets(base, place.url);
    if (place.kind === 'files')
        return renderFiles(place.files, files.indexOf(place.files));
    return renderRoute(place.service, `^${escaped(place.url)}${place.exact ? '$' : ''}`);
}
function renderRelease(base) {
    const path = `^${escaped(proxies_proxy/* releasePath */.bD)}$`;
    return `RewriteCond %{ENV:kawasemi_here} !=yes
RewriteRule ${path} - [R=404,L]
RewriteRule ${path} ${base}/slots/%{ENV:kawasemi_slot}/release/public.json [T=application/json,H=default-handler,L]`;
}
/** Pages of the release before are still open somewhere and ask for its files, so the other slot's are looked at too. */
function renderAssets(base, url) {
    const places = ['%{ENV:kawasemi_slot}', ...slot/* slots */.Q0].map((slot) => {
        const file = `${base}/slots/${slot}/release/assets%{REQUEST_URI}`;
        return `RewriteCond ${file} -f\nRewriteRule ^${escaped(url)} ${file} [E=kawasemi_asset:yes,H=default-handler,L]`;
    });
    return [...places, `RewriteRule ^${escaped(url)} - [R=404,L]`].join('\n');
}
/** With `H`, nobody has the host run what users uploaded, whatever its other sites do with such files. */
function renderFiles({ path, folder }, at) {
    return `RewriteRule ^${escaped(path)}(.*)$ ${folder}/$1 [E=kawasemi_files:${at},H=default-handler,L]`;
}
/** `NE` keeps the path as it is. */
function renderRoute(service, pattern) {
    return slot/* slots */.Q0
        .map((slot) => {
        const upstream = `127.0.0.1:${service[slot]}`;
        return `RewriteCond %{ENV:kawasemi_slot} =${slot}
RewriteRule ${pattern} http://${upstream}%{ENV:kawasemi_path} [E=kawasemi_upstream:${upstream},P,NE,L]`;
    })
        .join('\n');
}
/** What a checked path may hold that a regular expression takes for more than itself. */
function escaped(path) {
    return path.replaceAll('.', '\\.');
}

;// CONCATENATED MODULE: ./src/proxies/caddy.ts





const caddy = {
    kind: 'caddy',
    webUser: 'caddy',
    setup: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "caddy.sh", 'utf8'),
    // It opens its log once and appends, so the file has to stay.
    rotate: ['copytruncate'],
    log: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "caddy-log.sh", 'utf8'),
    sitePath: (config) => `/etc/caddy/kawasemi/${siteOf(config).app}.caddy`,
    renderSite: caddy_renderSite,
};
/** A file that the Caddyfile imports. */
function caddy_renderSite(config) {
    const site = siteOf(config);
    const { domains, listen, bodySize } = site.proxy;
    return `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.

${domains.map((domain) => `http://${domain}:${listen}`).join(', ')} {
${indent(renderLog(site))}

${indent(renderMatchers(site.base, bodySize))}

  route {
${indent(indent(caddy_renderSlotChoice()))}

${indent(indent(caddy_renderPlaces(site)))}
  }
}
`;
}
/** JSON, Caddy's own form; headers may hold secrets, and so may a query. */
function renderLog({ log }) {
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
}`;
}
/**
 * Caddy looks at the live link on every request. Without `up` a dangling link, or a folder it cannot enter, would
 * pass for blue; and asking for blue and then for green would race with the switch.
 */
function renderMatchers(base, bodySize) {
    return `@down not file {
  root ${base}/live
  try_files up
}
@live_green file {
  root ${base}/live
  try_files green
}
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
@too_large header_regexp Content-Length ${above(bodySize)}`;
}
/** The log has no field for it, so that the user's, which nobody else needs, holds the slot. */
function caddy_renderSlotChoice() {
    return `map {http.vars.kawasemi_slot} {http.auth.user.id} {
  default {http.vars.kawasemi_slot}
}
vars kawasemi_slot -
error @down 503
vars kawasemi_slot blue
vars @live_green kawasemi_slot green
vars kawasemi_scheme {http.request.scheme}
vars @https kawasemi_scheme https
header @here ${proxies_proxy/* slotHeader */.iw} {http.vars.kawasemi_slot}
request_header @other_upgrade -Upgrade
error @too_large 413`;
}
/** The first that fits is taken. */
function caddy_renderPlaces(site) {
    return [
        caddy_renderRelease(site.base),
        ...placesOf(site).map((place, at) => caddy_renderPlace(site, place, at)),
        'handle {\n  error 404\n}',
    ].join('\n');
}
function caddy_renderPlace(site, place, at) {
    const matcher = place.exact ? place.url : `${place.url}*`;
    return `handle ${matcher} {
  route {
${indent(indent(renderAnswer(site, place, `place_${at}`)))}
  }
}`;
}
function renderAnswer(site, place, name) {
    if (place.kind === 'assets')
        return caddy_renderAssets(site.base, name);
    if (place.kind === 'files')
        return caddy_renderFiles(place.files, name);
    return [
        renderUpstream(site, place.service.green, '@green '),
        renderUpstream(site, place.service.blue, ''),
    ].join('\n');
}
function caddy_renderRelease(base) {
    return `handle ${proxies_proxy/* releasePath */.bD} {
  route {
    error @not_here 404
    root * ${base}/slots/{http.vars.kawasemi_slot}/release
    rewrite * /public.json
    header Content-Type application/json
    file_server
  }
}`;
}
/** Pages of the release before are still open somewhere and ask for its files, so the other slot's are looked at too. */
function caddy_renderAssets(base, name) {
    const places = ['{http.vars.kawasemi_slot}', ...slot/* slots */.Q0].map((slot) => `/${slot}/release/assets{path}`);
    return `root * ${base}/slots
@${name} file {
  try_files ${places.join(' ')}
}
handle @${name} {
  rewrite * {http.matchers.file.relative}
  header Cache-Control "public, max-age=31536000, immutable"
  file_server
}
error 404`;
}
/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function caddy_renderFiles({ path, folder, expires }, name) {
    const kept = expires === undefined ? '' : `\n  header Cache-Control "max-age=${Math.ceil(expires / 1000)}"`;
    return `uri strip_prefix ${path.slice(0, -1)}
root * ${folder}
@${name} file
handle @${name} {
  header X-Content-Type-Options nosniff${kept}
  file_server
}
error 404`;
}
/** An idle connection has to be closed by Caddy before the app does it: a POST sent into a closed one is lost. */
function renderUpstream({ proxy }, port, matcher) {
    return `reverse_proxy ${matcher}127.0.0.1:${port} {
  trusted_proxies 0.0.0.0/0 ::/0
  header_up X-Real-IP {http.request.remote.host}
  header_up X-Forwarded-Host {http.request.hostport}
  header_up X-Forwarded-Proto {http.vars.kawasemi_scheme}
  header_down -${proxies_proxy/* slotHeader */.iw}
  transport http {
    dial_timeout 5s
    read_timeout ${proxy.readTimeout}ms
    write_timeout ${proxy.readTimeout}ms
    keepalive ${proxy.keepaliveTimeout}ms
    keepalive_idle_conns_per_host 32
    compression off
  }
}`;
}
/**
 * A regular expression for the whole numbers above `most`: Caddy itself would only find a body too large while it is on
 * its way to the app, and answer 502, as if the app had failed.
 */
function above(most) {
    const digits = String(most);
    const larger = [...digits].flatMap((digit, at) => digit === '9' ? [] : [`${digits.slice(0, at)}[${Number(digit) + 1}-9][0-9]{${digits.length - at - 1}}`]);
    return `^(${[`[0-9]{${digits.length + 1},}`, ...larger].join('|')})$`;
}

;// CONCATENATED MODULE: ./src/proxies/nginx.ts





const nginx = {
    kind: 'nginx',
    webUser: 'www-data',
    setup: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "nginx.sh", 'utf8'),
    // It opens the new file, whose owner and group are the old one's, at USR1.
    rotate: [
        'create',
        'postrotate',
        '  [ ! -s /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"',
        'endscript',
    ],
    log: proxies_proxy/* plainLog */.Ly,
    sitePath: (config) => `/etc/nginx/conf.d/${siteOf(config).app}.conf`,
    renderSite: nginx_renderSite,
};
/** A file for nginx's `http` block. */
function nginx_renderSite(config) {
    const site = siteOf(config);
    return [
        `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
        nginx_renderLogFormat(site),
        ...site.services.map((service) => nginx_renderUpstreams(site, service)),
        nginx_renderServer(site),
    ].join('\n\n');
}
function nginx_renderLogFormat({ app }) {
    const fields = [
        '$msec',
        '$kawasemi_slot',
        '$status',
        '$request_time',
        '$upstream_status',
        '$upstream_addr',
        '$request_method',
        '$kawasemi_path',
    ];
    return `log_format kawasemi_${app} '${fields.join('\\t')}';`;
}
/** No app's name has an underscore, so that no two apps meet in one name. */
function upstreamName({ app }, service, slot) {
    return `${app}_${service}_${slot}`;
}
/** An idle connection has to be closed by nginx before the app does it: a POST sent into a closed one is lost. */
function nginx_renderUpstreams(site, service) {
    return slot/* slots */.Q0
        .map((slot) => `upstream ${upstreamName(site, service.name, slot)} {
  server 127.0.0.1:${service[slot]};
  keepalive 32;
  keepalive_timeout ${site.proxy.keepaliveTimeout}ms;
}`)
        .join('\n');
}
function nginx_renderServer(site) {
    const { app, base, proxy } = site;
    return `server {
  listen ${proxy.listen};
  listen [::]:${proxy.listen};
  server_name ${proxy.domains.join(' ')};
  absolute_redirect off;
  client_max_body_size ${proxy.bodySize};

${indent(renderLoggedPath())}
${indent(nginx_renderSlotChoice(base))}

${indent(nginx_renderRequestFacts())}

  access_log ${site.log} kawasemi_${app};
  add_header ${proxies_proxy/* slotHeader */.iw} $kawasemi_shown_slot always;

${indent(renderProxying(site))}

${indent(renderLocations(site))}
}
`;
}
/**
 * Before the slot, so that a 503 is logged with it too. A query may hold what does not belong into a log. `$1` would
 * be escaped once more.
 */
function renderLoggedPath() {
    return `set $kawasemi_path -;
if ($request_uri ~ "^(?<kawasemi_bare_path>[^?]+)") {
  set $kawasemi_path $kawasemi_bare_path;
}`;
}
/**
 * nginx looks at the live link on every request. Without `up` a dangling link, or a folder it cannot enter, would
 * pass for blue; and asking for blue and then for green would race with the switch.
 */
function nginx_renderSlotChoice(base) {
    return `open_file_cache off;
set $kawasemi_slot -;
if (!-e ${base}/live/up) {
  return 503;
}
set $kawasemi_slot blue;
if (-e ${base}/live/green) {
  set $kawasemi_slot green;
}`;
}
/**
 * Kept inside the server block instead of in maps, so that apps rendered by different versions never share a
 * variable.
 */
function nginx_renderRequestFacts() {
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
}`;
}
/**
 * `proxy_next_upstream error` with one server in an upstream means: a GET that met a connection closed while idle is
 * sent once more. A POST is not, since it might have been done.
 */
function renderProxying({ proxy }) {
    return `proxy_http_version 1.1;
proxy_set_header Host $host$kawasemi_port;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $kawasemi_scheme;
proxy_set_header X-Forwarded-Host $host$kawasemi_port;
proxy_set_header Upgrade $kawasemi_upgrade;
proxy_set_header Connection $kawasemi_connection;
proxy_hide_header ${proxies_proxy/* slotHeader */.iw};
proxy_redirect off;
proxy_next_upstream error;
proxy_connect_timeout 5s;
proxy_send_timeout ${proxy.readTimeout}ms;
proxy_read_timeout ${proxy.readTimeout}ms;
proxy_buffer_size 16k;
proxy_buffers 8 16k;
proxy_busy_buffers_size 32k;`;
}
function renderLocations(site) {
    const hasRoot = site.routes.some(({ path }) => path === '/');
    return [
        renderReleaseLocation(site.base),
        ...site.services.flatMap(({ assetsUrl }) => (assetsUrl ? [nginx_renderAssets(site.base, assetsUrl)] : [])),
        ...site.files.map(nginx_renderFiles),
        ...site.routes.flatMap(({ path, service }) => locationsOf(path).map((location) => nginx_renderRoute(site, location, service))),
        ...(hasRoot ? [] : ['location / {\n  return 404;\n}']),
        ...site.services.map(({ name }) => renderStream(site, name)),
    ].join('\n');
}
function renderReleaseLocation(base) {
    return `location = ${proxies_proxy/* releasePath */.bD} {
  if ($kawasemi_shown_slot = "") {
    return 404;
  }
  types { }
  default_type application/json;
  alias ${base}/slots/$kawasemi_slot/release/public.json;
}`;
}
/** Pages of the release before are still open somewhere and ask for its files, so the other slot's are looked at too. */
function nginx_renderAssets(base, url) {
    const places = ['$kawasemi_slot', ...slot/* slots */.Q0].map((slot) => `/slots/${slot}/release/assets$uri`);
    return `location ${url} {
  root ${base};
  try_files ${places.join(' ')} =404;
  add_header Cache-Control "public, max-age=31536000, immutable";
  add_header ${proxies_proxy/* slotHeader */.iw} $kawasemi_shown_slot always;
}`;
}
/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function nginx_renderFiles({ path, folder, expires }) {
    return `location ${path} {
  alias ${folder}/;${expires === undefined ? '' : `\n  expires ${Math.ceil(expires / 1000)}s;`}
  add_header X-Content-Type-Options nosniff always;
  add_header ${proxies_proxy/* slotHeader */.iw} $kawasemi_shown_slot always;
}`;
}
/**
 * An event stream must not wait in a buffer, and buffering cannot depend on a variable: a request that asks for one
 * goes to the named location. 418 is never sent; it only names the way there.
 */
function nginx_renderRoute(site, location, service) {
    return `location ${location} {
  error_page 418 = @stream_${service};
  if ($kawasemi_stream) {
    return 418;
  }
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`;
}
function renderStream(site, service) {
    return `location @stream_${service} {
  proxy_buffering off;
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`;
}

// EXTERNAL MODULE: ./src/config/places.ts
var places = __webpack_require__(1640);
;// CONCATENATED MODULE: ./src/proxies/nginx-inside.ts





const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "nginx-inside.sh", 'utf8');
/**
 * nginx in a container that is an accessory: the same site, in a folder that the container sees. It is found by the
 * labels that Compose gave it.
 *
 * @throws {Trouble} when a name must not reach a shell program.
 */
function nginxInside(config) {
    const { app, proxy } = siteOf(config);
    const labels = [`project=${app}-accessories`, `service=${proxy.service}`, 'oneoff=False'];
    const list = `docker ps -q ${labels.map((each) => `--filter label=com.docker.compose.${each}`).join(' ')}`;
    return {
        ...nginx,
        setup: `${library}\n# web_container: its id, while it runs.\nweb_container() { ${list} --filter status=running </dev/null | head -n 1; }\n`,
        rotate: [
            'create',
            'postrotate',
            `  ${list} | xargs -r docker kill --signal USR1 >/dev/null`,
            'endscript',
        ],
        sitePath: () => `${(0,places/* siteFolder */.M)(app)}/${app}.conf`,
    };
}

;// CONCATENATED MODULE: ./src/proxies/kinds.ts





const kinds = { nginx: nginx, apache: apache, caddy: caddy };
/** Those that can be an accessory. */
const inside = { nginx: nginxInside };
function proxyOf({ kind }) {
    return kinds[kind];
}
/** @throws {Trouble} when this kind cannot be an accessory, or a value must not reach the site. */
function proxyInPlace(config) {
    const { kind, service } = config.proxy ?? { kind: 'nginx' };
    if (service === undefined)
        return kinds[kind];
    const make = inside[kind];
    if (make)
        return make(config);
    throw new trouble/* Trouble */.q('proxy.service', `${kind} cannot run in a container.`, `Take it out, or use ${Object.keys(inside)}.`);
}


/***/ }),

/***/ 4348:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ly: () => (/* binding */ plainLog),
/* harmony export */   bD: () => (/* binding */ releasePath),
/* harmony export */   iw: () => (/* binding */ slotHeader),
/* harmony export */   q2: () => (/* binding */ accessLogPath)
/* harmony export */ });
/* unused harmony export accessLogFields */
/* harmony import */ var _config_places__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1640);

/** The header by which clients on the host's own loopback learn which slot answered. */
const slotHeader = 'X-Kawasemi-Slot';
/** Answers clients on the host's own loopback with the live release's `public.json`. */
const releasePath = '/.well-known/kawasemi';
/**
 * The access log a bake reads: one line per answer, these fields in this order with a tab between. A slot is `-`
 * where none was chosen (503), the times are in seconds, the path has no query, and what a client may forge is escaped.
 * What a kind does not know of the upstream is `-`.
 */
const accessLogFields = (/* unused pure expression or super */ null && ([
    'time',
    'slot',
    'status',
    'seconds',
    'upstream-status',
    'upstream',
    'method',
    'path',
]));
/**
 * In a folder of root's: nginx opens its logs as root and follows links, so none may lie where an ordinary user can
 * put some. The app's folder has a link to it, `shared/logs/access.log`.
 */
function accessLogPath(config) {
    return `${(0,_config_places__WEBPACK_IMPORTED_MODULE_0__/* .logFolder */ .h)(config.app)}/access.log`;
}
/** For kinds whose log has the fields as they are. */
const plainLog = 'access_log_lines() { cat; }';


/***/ })

};
;