"use strict";
exports.id = 110;
exports.ids = [110];
exports.modules = {

/***/ 3157:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KD: () => (/* binding */ checked),
/* harmony export */   TR: () => (/* binding */ refuse),
/* harmony export */   WQ: () => (/* binding */ whole)
/* harmony export */ });
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2386);

/*
 * The schema refuses the same, but this is where a value becomes part of another language, and nothing here is quoted.
 */
const noDots = '(?!.*/\\.{1,2}(/|$))';
const shapes = {
    app: /^[a-z][a-z0-9-]{0,39}$/,
    base: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
    service: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/,
    domain: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    'route path': new RegExp(`^${noDots}(?!.*//)/[A-Za-z0-9._~/-]*$`),
    'assets url': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
    'files path': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
    file: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
    header: /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
    'header value': /^(?!expr=)[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-]([A-Za-z0-9 !#&'()*+,./:;<=>?@[\]^_|~-]{0,998}[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-])?$/,
    email: /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
    'acme server': new RegExp(`^${noDots}https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~-]+)+$`),
    folder: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
};
function refuse(what, value, why) {
    const shown = String(JSON.stringify(value)).slice(0, 80);
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q(`proxy: ${what} ${shown}`, why, 'Correct it in kawasemi.yml.');
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


/***/ }),

/***/ 8110:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  D: () => (/* binding */ proxyInPlace),
  O: () => (/* binding */ proxyOf)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/config/places.ts
var places = __webpack_require__(1640);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/proxies/options.ts
var options = __webpack_require__(3206);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/proxies/site.ts
var proxies_site = __webpack_require__(321);
;// CONCATENATED MODULE: ./src/proxies/apache.ts







const apache = {
    kind: 'apache',
    webUser: 'www-data',
    program: { command: 'apache2ctl', package: 'apache2', process: 'apache2' },
    setup: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "apache.sh", 'utf8'),
    // Its test says something even when all is well.
    renewed: `said=$(apache2ctl -t 2>&1) || { printf '%s\\n' "$said" >&2; exit 1; }\nsystemctl reload apache2`,
    // A graceful restart would close the connections of clients; Apache appends, so the file may be emptied instead.
    rotate: ['copytruncate'],
    log: proxies_proxy/* plainLog */.Ly,
    sitePath: (config) => `/etc/apache2/sites-available/${(0,proxies_site/* siteOf */.zU)(config).app}.conf`,
    renderSite,
    renderLines,
};
/** A file for Apache's main server. */
function renderSite(config, certified = true) {
    const site = (0,proxies_site/* siteOf */.zU)(config, certified);
    return `${[
        `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
        renderListen(site),
        renderLogFormat(site),
        ...site.services.map((service) => renderUpstreams(site, service)),
        renderFolders(site),
        renderServers(site),
    ]
        .filter((part) => part !== '')
        .join('\n\n')}\n`;
}
function renderLines(config) {
    const site = (0,proxies_site/* siteOf */.zU)(config);
    return [
        '# Modules: headers, proxy, proxy_http, rewrite. Above your `VirtualHost`:',
        renderLogFormat(site),
        ...site.services.map((service) => renderUpstreams(site, service)),
        renderFolders(site),
        '# In your `VirtualHost`, in the place of your own `ProxyPass` and of other rules for these paths:',
        renderServer(site),
    ].join('\n');
}
/** Debian's own ports.conf has 80, and 443 with TLS; setup-host leaves out what another file says. */
function renderListen({ proxy }) {
    return [proxy.listen, ...(proxy.tls ? [proxy.tls.listen] : [])]
        .filter((port) => port !== 80 && port !== 443)
        .map((port) => `Listen ${port}`)
        .join('\n');
}
/**
 * Apache gives no fraction of seconds, but microseconds, and does not tell what the upstream's status was. With `<` it
 * is the client's own request also where a page for its error was made by another.
 */
function renderLogFormat({ app }) {
    const fields = [
        '%{sec}t.%{msec_frac}t',
        '%<{kawasemi_slot}e',
        '%>s',
        '%{us}Te-6',
        '-',
        '%<{kawasemi_upstream}e',
        '%m',
        '%<{kawasemi_path}e',
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
function renderFolders({ base, files, proxy, acme }) {
    const page = proxy.maintenancePage;
    const folders = [
        `${base}/slots`,
        ...files.map(({ folder }) => folder),
        ...(page === undefined ? [] : [folderOf(page)]),
        ...(acme || proxy.tls || proxy.redirectWww ? [places/* acmeFolder */.rq] : []),
    ];
    return folders
        .map((folder) => `<Directory "${folder}">
  Options FollowSymLinks
  AllowOverride None
  Require all granted
</Directory>`)
        .join('\n');
}
/** A slash that a client escaped is not one. */
const rewriting = 'AllowEncodedSlashes NoDecode\nRewriteEngine On';
function renderServers(site) {
    const { proxy } = site;
    const { tls } = proxy;
    const [first, ...others] = proxy.domains;
    const names = `ServerName ${first}${others.map((domain) => `\nServerAlias ${domain}`).join('')}`;
    const whole = `${names}\n${renderServer(site)}`;
    const redirect = `${names}\n${renderHttpRedirect(site)}`;
    return [
        virtualHost(proxy.listen, tls?.redirectHttp ? redirect : whole),
        ...(tls ? [virtualHost(tls.listen, `${renderTls(tls)}\n${whole}`)] : []),
        ...(0,options/* wwwRedirects */.j5)(proxy).flatMap(([from, to]) => {
            const www = `ServerName ${from}\n${renderWwwRedirect(site, to)}`;
            return [
                virtualHost(proxy.listen, www),
                ...(tls ? [virtualHost(tls.listen, `${renderTls(tls)}\n${www}`)] : []),
            ];
        }),
    ].join('\n\n');
}
function virtualHost(port, lines) {
    return `<VirtualHost *:${port}>\n${(0,proxies_site/* indent */.pZ)(lines)}\n</VirtualHost>`;
}
function renderTls({ certificate, key }) {
    return `SSLEngine on
SSLCertificateFile ${certificate}
SSLCertificateKeyFile ${key}
SSLProtocol -all +TLSv1.2 +TLSv1.3`;
}
function renderServer(site) {
    const { app, proxy } = site;
    return [
        `CustomLog "${site.log}" kawasemi_${app}
ProxyPreserveHost On
ProxyAddHeaders Off`,
        ...(proxy.gzip ? [`AddOutputFilterByType DEFLATE ${options/* textTypes */.xf.join(' ')}`] : []),
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
        .join('\n');
}
/** It still says which release is live, to this host. */
function renderHttpRedirect(site) {
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
        .join('\n');
}
function renderWwwRedirect({ proxy }, to) {
    const scheme = proxy.tls ? 'https' : '%{ENV:kawasemi_scheme}';
    return `${rewriting}
${renderRequestFacts()}
${renderAcme()}
RewriteRule ^ ${scheme}://${to}%{ENV:kawasemi_path} [R=301,NE,L]`;
}
/** Before anything that keeps visitors out. */
function renderAcme() {
    return `RewriteRule ^${escaped(options/* acmePath */.iW)} ${places/* acmeFolder */.rq}%{REQUEST_URI} [H=default-handler,L]`;
}
/**
 * Apache asks itself for the page, as if a client did. A deploy has to be seen also while visitors are kept out.
 */
function renderMaintenance({ base, proxy }) {
    const page = proxy.maintenancePage;
    if (page === undefined)
        return '';
    return `ErrorDocument 503 /.kawasemi-maintenance
RewriteCond %{ENV:REDIRECT_STATUS} =503
RewriteRule ^/\\.kawasemi-maintenance$ ${page} [T=text/html,H=default-handler,L]
RewriteCond ${(0,options/* maintenanceMark */.Fg)(base)} -f
RewriteCond %{REQUEST_URI} !=${proxies_proxy/* releasePath */.bD}
RewriteRule ^ - [R=503,L]`;
}
function folderOf(file) {
    return file.slice(0, file.lastIndexOf('/'));
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
 * pass for blue; and asking for blue and then for green would race with the switch. Green needs one look, blue two.
 */
function renderSlotChoice(base) {
    return `RewriteCond ${base}/live/green -f
RewriteRule ^ - [E=kawasemi_slot:green,S=2]
RewriteCond ${base}/live/up !-f
RewriteRule ^ - [R=503,L]
RewriteRule ^ - [E=kawasemi_slot:blue]
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
function renderHeaders({ files, proxy }) {
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
        ...Object.entries(proxy.headers ?? {}).flatMap(([name, value]) => [
            `Header unset ${name}`,
            `Header always set ${name} "${value}"`,
        ]),
    ].join('\n');
}
/** The first that fits is taken. */
function renderPlaces(site) {
    return [
        renderRelease(site.base),
        ...(0,proxies_site/* placesOf */.ek)(site).map((place) => renderPlace(site, place)),
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
    program: { command: 'caddy', package: 'caddy', process: 'caddy' },
    setup: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "caddy.sh", 'utf8'),
    // It opens its log once and appends, so the file has to stay.
    rotate: ['copytruncate'],
    log: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "caddy-log.sh", 'utf8'),
    sitePath: (config) => `/etc/caddy/kawasemi/${(0,proxies_site/* siteOf */.zU)(config).app}.caddy`,
    renderSite: caddy_renderSite,
    renderLines: caddy_renderLines,
};
/** A file that the Caddyfile imports. */
function caddy_renderSite(config) {
    const site = (0,proxies_site/* siteOf */.zU)(config);
    const { proxy } = site;
    const { tls, domains, listen } = proxy;
    const server = caddy_renderServer(site);
    const blocks = [
        block('http', domains, listen, tls?.redirectHttp ? caddy_renderHttpRedirect(site) : server),
        ...(tls ? [block('https', domains, tls.listen, `${caddy_renderTls(tls)}${server}`)] : []),
        ...(0,options/* wwwRedirects */.j5)(proxy).flatMap(([from, to]) => {
            const www = caddy_renderWwwRedirect(proxy, to);
            return [
                block('http', [from], listen, www),
                ...(tls ? [block('https', [from], tls.listen, `${caddy_renderTls(tls)}${www}`)] : []),
            ];
        }),
    ];
    return `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.

${blocks.join('\n\n')}
`;
}
function caddy_renderLines(config) {
    return `# In the block of your site, in the place of your own \`reverse_proxy\`:\n${caddy_renderServer((0,proxies_site/* siteOf */.zU)(config))}`;
}
function block(scheme, domains, port, lines) {
    const names = domains.map((domain) => `${scheme}://${domain}:${port}`);
    return `${names.join(', ')} {\n${(0,proxies_site/* indent */.pZ)(lines)}\n}`;
}
function caddy_renderServer(site) {
    const { proxy } = site;
    return `${renderLog(site)}

${renderMatchers(site)}
${renderMaintenancePage(proxy)}${renderCompression(proxy)}
route {
${site.acme ? `${(0,proxies_site/* indent */.pZ)(caddy_renderAcme())}\n` : ''}${(0,proxies_site/* indent */.pZ)(caddy_renderSlotChoice(site))}
${(0,proxies_site/* indent */.pZ)(caddy_renderHeaders(proxy))}
${(0,proxies_site/* indent */.pZ)(renderIncluded(proxy))}
${(0,proxies_site/* indent */.pZ)(caddy_renderPlaces(site))}
}`;
}
/** Without files Caddy gets a certificate by itself: here for these domains, whatever its other sites have. */
function caddy_renderTls({ certificate, key, acme }) {
    if (acme) {
        const { email, server } = acme;
        return `tls {
  issuer acme {
${server === undefined ? '' : `    dir ${server}\n`}${email === undefined ? '' : `    email ${email}\n`}  }
}
`;
    }
    return certificate === undefined
        ? ''
        : `tls ${certificate} ${key} {
  protocols tls1.2 tls1.3
}
`;
}
/** It still says which release is live, to this host. What Caddy's own authority asks, Caddy answers before. */
function caddy_renderHttpRedirect(site) {
    return `${renderMatchers(site)}
${renderMaintenancePage(site.proxy)}
route {
${(0,proxies_site/* indent */.pZ)(caddy_renderAcme())}
${(0,proxies_site/* indent */.pZ)(caddy_renderSlotChoice(site))}
${(0,proxies_site/* indent */.pZ)(caddy_renderRelease(site.base))}
  redir https://{http.request.host}{http.request.uri} 301
}`;
}
function caddy_renderWwwRedirect({ tls }, to) {
    const scheme = tls ? 'https' : '{http.vars.kawasemi_scheme}';
    return `@https header X-Forwarded-Proto https
route {
${(0,proxies_site/* indent */.pZ)(caddy_renderAcme())}
  vars kawasemi_scheme {http.request.scheme}
  vars @https kawasemi_scheme https
  redir ${scheme}://${to}{http.request.uri} 301
}`;
}
function caddy_renderAcme() {
    return `handle ${options/* acmePath */.iW}* {
  root * ${places/* acmeFolder */.rq}
  file_server
}`;
}
function renderIncluded({ include }) {
    return include === undefined ? '' : `import ${include}`;
}
function renderCompression({ gzip }) {
    if (!gzip)
        return '';
    return `encode {
  gzip
  minimum_length 1024
  match {
${options/* textTypes */.xf.map((type) => `    header Content-Type ${type}*`).join('\n')}
  }
}
`;
}
function caddy_renderHeaders({ headers = {} }) {
    return Object.entries(headers)
        .map(([name, value]) => `header ${name} "${value}"`)
        .join('\n');
}
/** Only a file that is asked for can be sent as one. */
function renderMaintenancePage({ maintenancePage: page }) {
    if (page === undefined)
        return '';
    const at = page.lastIndexOf('/');
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
 * pass for blue; and asking for blue and then for green would race with the switch. One matcher asks for both, since a
 * matcher takes Caddy longer than a look at the disk.
 */
function renderMatchers({ base, proxy: { bodySize, maintenancePage } }) {
    const closed = maintenancePage === undefined
        ? ''
        : `@closed {
  not path ${proxies_proxy/* releasePath */.bD}
  file {
    root ${base}
    try_files ${(0,options/* maintenanceMark */.Fg)('')}
  }
}
`;
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
@too_large header_regexp Content-Length ${above(bodySize)}`;
}
/** The log has no field for it, so that the user's, which nobody else needs, holds the slot. */
function caddy_renderSlotChoice({ proxy }) {
    return `map {http.vars.kawasemi_slot} {http.auth.user.id} {
  default {http.vars.kawasemi_slot}
}
vars kawasemi_slot -${proxy.maintenancePage === undefined ? '' : '\nerror @closed 503'}
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
        ...(0,proxies_site/* placesOf */.ek)(site).map((place, at) => caddy_renderPlace(site, place, at)),
        'handle {\n  error 404\n}',
    ].join('\n');
}
function caddy_renderPlace(site, place, at) {
    const matcher = place.exact ? place.url : `${place.url}*`;
    return `handle ${matcher} {
  route {
${(0,proxies_site/* indent */.pZ)((0,proxies_site/* indent */.pZ)(renderAnswer(site, place, `place_${at}`)))}
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
${[proxies_proxy/* slotHeader */.iw, ...Object.keys(proxy.headers ?? {})].map((name) => `  header_down -${name}`).join('\n')}
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

;// CONCATENATED MODULE: ./src/proxies/nginx-options.ts




/** What a site for nginx has only where the config asks for it. */
const plain = ({ listen }) => `listen ${listen};\nlisten [::]:${listen};`;
function nginx_options_secure({ tls }) {
    return `listen ${tls.listen} ssl http2;
listen [::]:${tls.listen} ssl http2;
ssl_certificate ${tls.certificate};
ssl_certificate_key ${tls.key};
ssl_protocols TLSv1.2 TLSv1.3;`;
}
function renderListens(proxy) {
    if (!proxy.tls)
        return plain(proxy);
    return proxy.tls.redirectHttp ? nginx_options_secure(proxy) : `${plain(proxy)}\n${nginx_options_secure(proxy)}`;
}
/**
 * Servers that only redirect. That for plain HTTP still says which release is live, to this host.
 *
 * @param parts what that takes
 */
function renderRedirects(site, parts) {
    const { proxy } = site;
    const scheme = proxy.tls ? 'https' : '$kawasemi_scheme';
    const both = proxy.tls ? `${plain(proxy)}\n${nginx_options_secure(proxy)}` : plain(proxy);
    const www = (0,options/* wwwRedirects */.j5)(proxy).map(([from, to]) => `server {
${(0,proxies_site/* indent */.pZ)(both)}
  server_name ${from};
${(0,proxies_site/* indent */.pZ)(nginx_options_renderAcme())}
  # TLS may end before us.
  set $kawasemi_scheme $scheme;
  if ($http_x_forwarded_proto = https) {
    set $kawasemi_scheme https;
  }
  location / {
    return 301 ${scheme}://${to}$request_uri;
  }
}
`);
    const http = `server {
${(0,proxies_site/* indent */.pZ)(plain(proxy))}
  server_name ${proxy.domains.join(' ')};
  absolute_redirect off;

  access_log off;
${(0,proxies_site/* indent */.pZ)(parts.join('\n'))}
${(0,proxies_site/* indent */.pZ)(nginx_options_renderAcme())}
  location / {
    return 301 https://$host$request_uri;
  }
}
`;
    return [...(proxy.tls?.redirectHttp ? [http] : []), ...www].join('\n');
}
/** Of a request's path, as a regular expression. */
const acmePattern = `^${options/* acmePath */.iW.replaceAll('.', '\\.')}`;
/** Before any regular expression that an included file may have. */
function nginx_options_renderAcme() {
    return `location ^~ ${options/* acmePath */.iW} {
  root ${places/* acmeFolder */.rq};
  access_log off;
}`;
}
/** nginx forgets those of the server in every location that has one of its own. */
function renderResponseHeaders({ proxy }) {
    return [
        `add_header ${proxies_proxy/* slotHeader */.iw} $kawasemi_shown_slot always;`,
        ...Object.entries(proxy.headers ?? {}).map(([name, value]) => `add_header ${name} "${value}" always;`),
    ].join('\n');
}
function nginx_options_renderCompression({ proxy }) {
    if (!proxy.gzip)
        return '';
    return `gzip on;
gzip_vary on;
gzip_proxied any;
gzip_min_length 1024;
gzip_types ${options/* textTypes */.xf.join(' ')};
`;
}
function nginx_options_renderIncluded({ proxy }) {
    return proxy.include === undefined ? '' : `include ${proxy.include};\n`;
}
/** A deploy has to be seen also while visitors are kept out, and a certificate renewed. */
function nginx_options_renderMaintenance({ base, proxy }, acme) {
    if (proxy.maintenancePage === undefined)
        return '';
    return `error_page 503 @maintenance;
set $kawasemi_closed "";
if (-e ${(0,options/* maintenanceMark */.Fg)(base)}) {
  set $kawasemi_closed yes;
}
if ($uri = ${proxies_proxy/* releasePath */.bD}) {
  set $kawasemi_closed "";
}${acme
        ? `
if ($uri ~ "${acmePattern}") {
  set $kawasemi_closed "";
}`
        : ''}
if ($kawasemi_closed) {
  return 503;
}`;
}
/** Only a file that is asked for can be sent as one. */
function nginx_options_renderMaintenancePage({ proxy }) {
    const page = proxy.maintenancePage;
    if (page === undefined)
        return '';
    const at = page.lastIndexOf('/');
    return `location @maintenance {
  if ($request_method !~ "^(GET|HEAD)$") {
    return 503;
  }
  root ${page.slice(0, at)};
  types { }
  default_type text/html;
  try_files ${page.slice(at)} =503;
}`;
}
/** Memory for the addresses of some 160,000 clients. */
function renderLimitZones({ app, proxy }) {
    return (proxy.rateLimits ?? [])
        .map(({ requests, per }, at) => `limit_req_zone $binary_remote_addr zone=kawasemi_${app}_${at}:10m rate=${requests}r/${per};`)
        .join('\n');
}
function renderLimit({ app, proxy }, at) {
    if (at === undefined)
        return '';
    const { burst } = proxy.rateLimits[at];
    const more = burst === 0 ? '' : ` burst=${burst} nodelay`;
    return `limit_req zone=kawasemi_${app}_${at}${more};
limit_req_status 429;
`;
}
/**
 * A limit may begin where no route does: there is then a location of its own, with the service of the route around it.
 * What nginx answers from the disk has no limit.
 */
function placesWithLimits({ proxy, routes, services, files }) {
    const limits = (proxy.rateLimits ?? []).flatMap(({ path }, limit) => (0,proxies_site/* pathsOf */.wG)(path).map((part) => ({ ...part, limit })));
    const served = routes.flatMap(({ path, service }) => (0,proxies_site/* pathsOf */.wG)(path).map((part) => ({ ...part, service })));
    const others = [
        `= ${proxies_proxy/* releasePath */.bD}`,
        options/* acmePath */.iW,
        ...services.map(({ assetsUrl }) => assetsUrl),
        ...files.map(({ path }) => path),
    ];
    const free = limits.filter((part) => !others.includes(locationOf(part)));
    const places = [...served, ...free].filter((place, at, all) => all.findIndex((other) => same(other, place)) === at);
    return places
        .sort((a, b) => bare(b).length - bare(a).length || Number(b.exact) - Number(a.exact))
        .flatMap((place) => {
        const service = longest(served, place)?.service;
        if (service === undefined)
            return [];
        const limit = longest(limits, place)?.limit;
        return [
            {
                location: locationOf(place),
                service,
                ...(limit !== undefined && { limit }),
            },
        ];
    });
}
const locationOf = ({ url, exact }) => (exact ? `= ${url}` : url);
const bare = ({ url }) => url.replace(/\/$/, '');
const same = (a, b) => a.url === b.url && a.exact === b.exact;
/** The one whose URLs hold those of `place`, or all that begin with it. */
function longest(parts, place) {
    return parts
        .filter((part) => same(part, place) || (!part.exact && place.url.startsWith(part.url)))
        .sort((a, b) => Number(b.exact) - Number(a.exact) || b.url.length - a.url.length)[0];
}

;// CONCATENATED MODULE: ./src/proxies/nginx.ts






const nginx = {
    kind: 'nginx',
    webUser: 'www-data',
    program: { command: 'nginx', package: 'nginx', process: 'nginx' },
    setup: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "nginx.sh", 'utf8'),
    renewed: 'nginx -t -q && systemctl reload nginx',
    // It opens the new file, whose owner and group are the old one's, at USR1.
    rotate: [
        'create',
        'postrotate',
        '  [ ! -s /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"',
        'endscript',
    ],
    log: proxies_proxy/* plainLog */.Ly,
    sitePath: (config) => `/etc/nginx/conf.d/${(0,proxies_site/* siteOf */.zU)(config).app}.conf`,
    renderSite: nginx_renderSite,
    renderLines: nginx_renderLines,
};
/** A file for nginx's `http` block. */
function nginx_renderSite(config, certified = true) {
    const site = (0,proxies_site/* siteOf */.zU)(config, certified);
    return [
        `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
        nginx_renderLogFormat(site),
        ...site.services.map((service) => nginx_renderUpstreams(site, service)),
        renderLimitZones(site),
        nginx_renderServer(site),
        renderRedirects(site, [renderFacts(site, true), renderReleaseLocation(site.base), nginx_options_renderMaintenancePage(site)].filter((part) => part !== '')),
    ]
        .filter((part) => part !== '')
        .join('\n\n');
}
function nginx_renderLines(config) {
    const site = (0,proxies_site/* siteOf */.zU)(config);
    return [
        '# Above your `server`:',
        nginx_renderLogFormat(site),
        ...site.services.map((service) => nginx_renderUpstreams(site, service)),
        '# In your `server` for plain HTTP, and in that for HTTPS:',
        renderFacts(site),
        `access_log ${site.log} kawasemi_${site.app};`,
        renderReleaseLocation(site.base),
        renderProxying(site),
        '# In your locations, in the place of your own `proxy_pass`:',
        ...site.routes.map(({ path, service }) => `# ${path}\nproxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};`),
    ].join('\n');
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
    const { app, proxy } = site;
    return `server {
${(0,proxies_site/* indent */.pZ)(renderListens(proxy))}
  server_name ${proxy.domains.join(' ')};
  absolute_redirect off;
  client_max_body_size ${proxy.bodySize};

${(0,proxies_site/* indent */.pZ)(renderFacts(site, site.acme))}

  access_log ${site.log} kawasemi_${app};
${(0,proxies_site/* indent */.pZ)(renderResponseHeaders(site))}
${(0,proxies_site/* indent */.pZ)(nginx_options_renderCompression(site))}${(0,proxies_site/* indent */.pZ)(nginx_options_renderIncluded(site))}
${(0,proxies_site/* indent */.pZ)(renderProxying(site))}

${(0,proxies_site/* indent */.pZ)(renderLocations(site))}
}
`;
}
/** What the other blocks go by. With `acme` the block answers a certificate authority too, at any time. */
function renderFacts(site, acme = false) {
    return [
        renderLoggedPath(),
        `open_file_cache off;\nset $kawasemi_slot -;`,
        nginx_options_renderMaintenance(site, acme),
        nginx_renderSlotChoice(site.base, acme),
        nginx_renderRequestFacts(),
    ]
        .filter((part) => part !== '')
        .join('\n');
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
function nginx_renderSlotChoice(base, acme) {
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
}`;
    return `${down}
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
    const hidden = [proxies_proxy/* slotHeader */.iw, ...Object.keys(proxy.headers ?? {})];
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
proxy_busy_buffers_size 32k;`;
}
function renderLocations(site) {
    const places = placesWithLimits(site);
    const hasRoot = places.some(({ location }) => location === '/');
    const streams = new Map(places.map(({ service, limit }) => [streamName(service, limit), { service, limit }]));
    return [
        renderReleaseLocation(site.base),
        ...(site.acme ? [nginx_options_renderAcme()] : []),
        nginx_options_renderMaintenancePage(site),
        ...site.services.flatMap(({ assetsUrl }) => (assetsUrl ? [nginx_renderAssets(site, assetsUrl)] : [])),
        ...site.files.map((files) => nginx_renderFiles(site, files)),
        ...places.map(({ location, service, limit }) => nginx_renderRoute(site, location, service, limit)),
        ...(hasRoot ? [] : ['location / {\n  return 404;\n}']),
        ...[...streams].map(([name, { service, limit }]) => renderStream(site, name, service, limit)),
    ]
        .filter((part) => part !== '')
        .join('\n');
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
function nginx_renderAssets(site, url) {
    const places = ['$kawasemi_slot', ...slot/* slots */.Q0].map((slot) => `/slots/${slot}/release/assets$uri`);
    return `location ${url} {
  root ${site.base};
  try_files ${places.join(' ')} =404;
  add_header Cache-Control "public, max-age=31536000, immutable";
${(0,proxies_site/* indent */.pZ)(renderResponseHeaders(site))}
}`;
}
/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function nginx_renderFiles(site, { path, folder, expires }) {
    const headers = { 'X-Content-Type-Options': 'nosniff', ...site.proxy.headers };
    return `location ${path} {
  alias ${folder}/;${expires === undefined ? '' : `\n  expires ${Math.ceil(expires / 1000)}s;`}
${(0,proxies_site/* indent */.pZ)(renderResponseHeaders({ ...site, proxy: { ...site.proxy, headers } }))}
}`;
}
/**
 * An event stream must not wait in a buffer, and buffering cannot depend on a variable: a request that asks for one
 * goes to the named location. 418 is never sent; it only names the way there.
 */
function nginx_renderRoute(site, location, service, limit) {
    return `location ${location} {
${(0,proxies_site/* indent */.pZ)(renderLimit(site, limit))}  error_page 418 = ${streamName(service, limit)};
  if ($kawasemi_stream) {
    return 418;
  }
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`;
}
/** One for each limit too: it is left before the limit of the first location would count. */
function streamName(service, limit) {
    return `@stream_${service}${limit === undefined ? '' : `_${limit}`}`;
}
function renderStream(site, name, service, limit) {
    return `location ${name} {
${(0,proxies_site/* indent */.pZ)(renderLimit(site, limit))}  proxy_buffering off;
  proxy_pass http://${upstreamName(site, service, '$kawasemi_slot')};
}`;
}

;// CONCATENATED MODULE: ./src/proxies/nginx-inside.ts





const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "nginx-inside.sh", 'utf8');
/**
 * nginx in a container that is an accessory: the same site, in a folder that the container sees. It is found by the
 * labels that Compose gave it.
 *
 * @throws {Trouble} when a name must not reach a shell program.
 */
function nginxInside(config) {
    const { app, proxy } = (0,proxies_site/* siteOf */.zU)(config);
    const labels = [`project=${app}-accessories`, `service=${proxy.service}`, 'oneoff=False'];
    const list = `docker ps -q ${labels.map((each) => `--filter label=com.docker.compose.${each}`).join(' ')}`;
    return {
        ...nginx,
        setup: `${library}\n# web_container: its id, while it runs.\nweb_container() { ${list} --filter status=running </dev/null | head -n 1; }\n`,
        // One that does not run reads the new certificate when it starts.
        renewed: `nginx=$(${list} --filter status=running | head -n 1)
[ -z "$nginx" ] || { docker exec "$nginx" nginx -t -q && docker exec "$nginx" nginx -s reload; }`,
        rotate: [
            'create',
            'postrotate',
            `  ${list} | xargs -r docker kill --signal USR1 >/dev/null`,
            'endscript',
        ],
        sitePath: () => `${(0,places/* siteFolder */.Mw)(app)}/${app}.conf`,
    };
}

;// CONCATENATED MODULE: ./src/proxies/kinds.ts




const kinds = { nginx: nginx, apache: apache, caddy: caddy };
function proxyOf({ kind }) {
    return kinds[kind];
}
/** The config lets no other kind be an accessory. @throws {Trouble} when a value must not reach the site. */
function proxyInPlace(config) {
    const { kind, service } = config.proxy ?? { kind: 'nginx' };
    return service === undefined ? kinds[kind] : nginxInside(config);
}


/***/ }),

/***/ 3206:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Fg: () => (/* binding */ maintenanceMark),
/* harmony export */   LU: () => (/* binding */ certificateName),
/* harmony export */   OG: () => (/* binding */ checkedOptions),
/* harmony export */   PM: () => (/* binding */ certificateFiles),
/* harmony export */   iW: () => (/* binding */ acmePath),
/* harmony export */   j5: () => (/* binding */ wwwRedirects),
/* harmony export */   xf: () => (/* binding */ textTypes)
/* harmony export */ });
/* harmony import */ var _config_places__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1640);
/* harmony import */ var _config_proxy_options__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4489);
/* harmony import */ var _checked__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3157);



/** @throws {Trouble} that names the value. */
function checkedOptions(options) {
    const { tls, redirectWww, headers, rateLimits, gzip, maintenancePage, include } = options;
    return {
        ...(tls && { tls: checkedTls(tls) }),
        ...(redirectWww && { redirectWww }),
        ...(headers && { headers: checkedHeaders(headers) }),
        ...(rateLimits && { rateLimits: rateLimits.map(checkedLimit) }),
        ...(gzip && { gzip }),
        ...(maintenancePage !== undefined && { maintenancePage: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('file', maintenancePage) }),
        ...(include !== undefined && { include: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('file', include) }),
    };
}
function checkedTls({ certificate, key, acme, listen, redirectHttp }) {
    if ((certificate === undefined) !== (key === undefined)) {
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('tls', certificate ?? key, 'is only one of certificate and key.');
    }
    return {
        ...(certificate !== undefined && { certificate: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('file', certificate) }),
        ...(key !== undefined && { key: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('file', key) }),
        ...(acme && { acme: checkedAcme(acme) }),
        listen: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('tls.listen', listen, 1, 65_535),
        redirectHttp,
    };
}
function checkedAcme({ email, server }) {
    return {
        ...(email !== undefined && { email: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('email', email) }),
        ...(server !== undefined && { server: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('acme server', server) }),
    };
}
function checkedHeaders(headers) {
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined)
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('header', twice, 'is described twice.');
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => {
        if (_config_proxy_options__WEBPACK_IMPORTED_MODULE_0__/* .ownHeaders */ .$8.test(name))
            (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('header', name, 'cannot be set for all answers.');
        return [(0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('header', name), (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('header value', value)];
    }));
}
function checkedLimit({ path, requests, per, burst }) {
    if (per !== 's' && per !== 'm')
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('rate limit', per, 'is neither s nor m.');
    return {
        path: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('route path', path),
        requests: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('rate limit', requests, 1, 99_999),
        per,
        burst: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('burst', burst, 0, 10_000),
    };
}
/** The domain that redirects → where it does. */
function wwwRedirects({ domains, redirectWww, }) {
    if (!redirectWww)
        return [];
    return domains.map((domain) => [domain.startsWith('www.') ? domain.slice(4) : `www.${domain}`, domain]);
}
/** Made by hand: `touch` it, and every visitor gets the page. */
function maintenanceMark(base) {
    return `${base}/maintenance`;
}
/** What is worth compressing; not event streams, which must not wait. */
const textTypes = [
    'text/css',
    'text/javascript',
    'text/plain',
    'text/xml',
    'application/javascript',
    'application/json',
    'application/manifest+json',
    'application/xml',
    'image/svg+xml',
];
/** By which certbot knows an app's certificate: others of the host are not ours to renew. */
function certificateName(app) {
    return `kawasemi-${app}`;
}
/** Where certbot keeps it, the newest one always under the same name. */
function certificateFiles(app) {
    const folder = `${_config_places__WEBPACK_IMPORTED_MODULE_2__/* .certbotFolder */ .qY}/live/${certificateName(app)}`;
    return { certificate: `${folder}/fullchain.pem`, key: `${folder}/privkey.pem` };
}
const acmePath = '/.well-known/acme-challenge/';


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
    return `${(0,_config_places__WEBPACK_IMPORTED_MODULE_0__/* .logFolder */ .hI)(config.app)}/access.log`;
}
/** For kinds whose log has the fields as they are. */
const plainLog = 'access_log_lines() { cat; }';


/***/ }),

/***/ 321:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ek: () => (/* binding */ placesOf),
/* harmony export */   pZ: () => (/* binding */ indent),
/* harmony export */   wG: () => (/* binding */ pathsOf),
/* harmony export */   zU: () => (/* binding */ siteOf)
/* harmony export */ });
/* unused harmony export locationsOf */
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2386);
/* harmony import */ var _checked__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3157);
/* harmony import */ var _options__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3206);
/* harmony import */ var _proxy__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4348);




/**
 * @param certified whether TLS has the certificate it needs; without, the site is there in plain HTTP only
 * @throws {Trouble} that names the value. */
function siteOf(config, certified = true) {
    if (!config.proxy)
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q('proxy', 'is not in the config.', 'Describe the site under `proxy:`.');
    const app = (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('app', config.app);
    const { tls, ...plain } = checkedProxy(config.proxy);
    const proxy = tls && certified ? { ...plain, tls: withFiles(tls, app, plain.kind) } : plain;
    const routes = proxy.routes
        .map(({ path, service }) => ({ path: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('route path', path), service: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('service', service) }))
        .sort((a, b) => b.path.length - a.path.length);
    const site = {
        app,
        base: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('base', config.base),
        log: (0,_proxy__WEBPACK_IMPORTED_MODULE_3__/* .accessLogPath */ .q2)({ app }),
        proxy,
        routes,
        services: [...new Set(routes.map((route) => route.service))].map((name) => serviceOf(config, name)),
        files: (config.proxy.files ?? []).map(checkedFolder),
        acme: tls !== undefined && !(certified && tls.redirectHttp),
    };
    refuseClashes(site);
    return site;
}
function checkedProxy(proxy) {
    if (proxy.domains.length === 0)
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('domains', proxy.domains, 'is empty.');
    return {
        kind: proxy.kind,
        ...(proxy.service !== undefined && { service: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('service', proxy.service) }),
        ...(proxy.ownSite && { ownSite: true }),
        domains: proxy.domains.map((domain) => (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('domain', domain)),
        routes: proxy.routes,
        listen: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('listen', proxy.listen, 1, 65_535),
        bodySize: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('body-size', proxy.bodySize, 1, 2 ** 40),
        readTimeout: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('read-timeout', proxy.readTimeout, 1, 86_400_000),
        keepaliveTimeout: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('keepalive-timeout', proxy.keepaliveTimeout, 1, 86_400_000),
        ...(0,_options__WEBPACK_IMPORTED_MODULE_2__/* .checkedOptions */ .OG)(proxy),
    };
}
/** Caddy keeps its certificates to itself. */
function withFiles(tls, app, kind) {
    return tls.acme && kind !== 'caddy' ? { ...tls, ...(0,_options__WEBPACK_IMPORTED_MODULE_2__/* .certificateFiles */ .PM)(app) } : tls;
}
function checkedFolder({ path, folder, expires }) {
    return {
        path: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('files path', path),
        folder: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('folder', folder),
        ...(expires !== undefined && { expires: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)('expires', expires, 1, 2 ** 40) }),
    };
}
function serviceOf(config, name) {
    const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined;
    if (service?.role !== 'web')
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('route to', name, 'is no web service of the config.');
    const { slots: ports, assets } = service;
    return {
        name,
        blue: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)(`blue port of ${name}`, ports.blue, 1, 65_535),
        green: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .whole */ .WQ)(`green port of ${name}`, ports.green, 1, 65_535),
        ...(assets && { assetsUrl: (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .checked */ .KD)('assets url', assets.url) }),
    };
}
/** nginx would refuse two equal locations or upstreams too, but not in words that lead to the config. */
function refuseClashes({ routes, services, files, acme }) {
    const assets = services.flatMap(({ assetsUrl = [] }) => assetsUrl);
    const folders = files.map(({ path }) => path);
    const paths = [...routes.flatMap(({ path }) => locationsOf(path)), ...assets, ...folders];
    const twice = paths.find((path, at) => paths.indexOf(path) !== at);
    if (twice !== undefined)
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('path', twice, 'is described twice.');
    if (paths.includes(`= ${_proxy__WEBPACK_IMPORTED_MODULE_3__/* .releasePath */ .bD}`))
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('path', _proxy__WEBPACK_IMPORTED_MODULE_3__/* .releasePath */ .bD, 'belongs to Kawasemi.');
    if (acme && paths.includes(_options__WEBPACK_IMPORTED_MODULE_2__/* .acmePath */ .iW))
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('path', _options__WEBPACK_IMPORTED_MODULE_2__/* .acmePath */ .iW, 'belongs to the certificate authority.');
    const names = services.map(({ name }) => name.toLowerCase());
    const alike = names.find((name, at) => names.indexOf(name) !== at);
    if (alike !== undefined)
        (0,_checked__WEBPACK_IMPORTED_MODULE_1__/* .refuse */ .TR)('service', alike, 'has a namesake that differs in upper case only.');
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


/***/ })

};
;