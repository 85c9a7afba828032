"use strict";
exports.id = 912;
exports.ids = [912];
exports.modules = {

/***/ 6912:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/proxies/kinds.ts + 3 modules
var kinds = __webpack_require__(2514);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 18 modules
var runtimes_kinds = __webpack_require__(6514);
;// CONCATENATED MODULE: ./src/stages/setup-host.ts








const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-host.sh", 'utf8');
/**
 * A POSIX sh program that prepares a host once, to be run there as root: deploy user, folders, log, site. It is the
 * only one that needs root.
 *
 * @throws {Trouble} when the config's hosts name several users, or a value must not reach the site.
 */
function renderSetup(config, options = {}) {
    const { base } = config;
    const proxy = (0,kinds/* proxyInPlace */.D)(config);
    const { deployKey, webUser = proxy.webUser } = options;
    const user = deployUser(config);
    const runtime = (0,runtimes_kinds/* runtimeOf */.G)(config).setup(config, user);
    return (0,program/* renderProgram */.N)([library, proxy.setup, runtime.library], [
        (0,program/* call */.T)('setup_begin', base, user, proxy.kind, webUser),
        (0,program/* call */.T)('deploy_user'),
        ...(runtime.docker ? [(0,program/* call */.T)('docker_user')] : []),
        ...(deployKey === undefined ? [] : [(0,program/* call */.T)('deploy_key', checkedKey(deployKey))]),
        (0,program/* call */.T)('base_folder'),
        (0,program/* call */.T)('app_name', config.app),
        (0,program/* call */.T)('folder', '2750', 'slots'),
        ...slot/* slots */.Q0.map((slot) => (0,program/* call */.T)('slot', slot)),
        (0,program/* call */.T)('folder', '2750', 'releases'),
        (0,program/* call */.T)('folder', '2750', 'shared'),
        (0,program/* call */.T)('folder', '2750', 'shared/logs'),
        (0,program/* call */.T)('folder', '700', 'backups'),
        (0,program/* call */.T)('folder', '700', 'runs'),
        ...runtime.calls,
        ...(config.proxy ? siteCalls(config, proxy, webUser) : []),
        (0,program/* call */.T)('setup_end'),
    ]);
}
function siteCalls(config, proxy, webUser) {
    const log = (0,proxies_proxy/* accessLogPath */.q2)(config);
    return [
        (0,program/* call */.T)('access_log', log),
        (0,program/* call */.T)('system_file', `/etc/logrotate.d/kawasemi-${config.app}`, renderLogrotate(log, proxy, webUser)),
        (0,program/* call */.T)('site', proxy.sitePath(config), proxy.renderSite(config).trimEnd()),
    ];
}
function renderLogrotate(log, { kind, rotate }, webUser) {
    if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(webUser)) {
        throw new trouble/* Trouble */.q('web user', `${JSON.stringify(webUser)} is no user name.`, `Give the user of ${kind}.`);
    }
    const lines = [
        'daily',
        'rotate 14',
        'maxsize 200M',
        'missingok',
        'notifempty',
        'compress',
        'delaycompress',
        ...rotate,
    ];
    return `${log} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}
function deployUser({ hosts }) {
    const users = [...new Set(hosts.map(({ user }) => user))];
    if (users.length === 1)
        return users[0];
    throw new trouble/* Trouble */.q('hosts', `name several users (${users.join(', ')}), but one owns the app on all of them.`, 'Write the same user for all hosts, such as deploy@203.0.113.7.');
}
function checkedKey(line) {
    const key = line.trim();
    if (!/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( [^\x00-\x1f\x7f]*)?$/.test(key)) {
        throw new trouble/* Trouble */.q('deploy key', 'is no public key.', 'Give the line of its .pub file, such as ssh-ed25519 AAAA….');
    }
    return key;
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 2 modules
var environment = __webpack_require__(3607);
;// CONCATENATED MODULE: ./src/commands/setup-host.ts


/** Prints the program that prepares a host, to be run there as root. */
async function run({ inputs }) {
    const { deployKey } = inputs;
    process.stdout.write(renderSetup(await (0,environment/* readConfig */.Xg)(inputs), { ...(deployKey && { deployKey }) }));
}


/***/ }),

/***/ 2514:
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
        kind: 'nginx',
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
/** `/api` means itself and what is under it, not `/apiary`. nginx takes the longest of all that match. */
function locationsOf(path) {
    return path.endsWith('/') ? [path] : [`= ${path}`, `${path}/`];
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
    renderSite,
};
/** A file for nginx's `http` block. */
function renderSite(config) {
    const site = siteOf(config);
    return [
        `# Site of ${site.app}, written by Kawasemi's setup-host. Changes made here are lost when it runs again.`,
        renderLogFormat(site),
        ...site.services.map((service) => renderUpstreams(site, service)),
        renderServer(site),
    ].join('\n\n');
}
function renderLogFormat({ app }) {
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
function renderUpstreams(site, service) {
    return slot/* slots */.Q0
        .map((slot) => `upstream ${upstreamName(site, service.name, slot)} {
  server 127.0.0.1:${service[slot]};
  keepalive 32;
  keepalive_timeout ${site.proxy.keepaliveTimeout}ms;
}`)
        .join('\n');
}
function renderServer(site) {
    const { app, base, proxy } = site;
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
function renderSlotChoice(base) {
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
function renderRequestFacts() {
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
        ...site.services.flatMap(({ assetsUrl }) => (assetsUrl ? [renderAssets(site.base, assetsUrl)] : [])),
        ...site.files.map(renderFiles),
        ...site.routes.flatMap(({ path, service }) => locationsOf(path).map((location) => renderRoute(site, location, service))),
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
function renderAssets(base, url) {
    const places = ['$kawasemi_slot', ...slot/* slots */.Q0].map((slot) => `/slots/${slot}/release/assets$uri`);
    return `location ${url} {
  root ${base};
  try_files ${places.join(' ')} =404;
  add_header Cache-Control "public, max-age=31536000, immutable";
  add_header ${proxies_proxy/* slotHeader */.iw} $kawasemi_shown_slot always;
}`;
}
/** What users uploaded is shown as what it is called, never as what a browser guesses. */
function renderFiles({ path, folder, expires }) {
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
function renderRoute(site, location, service) {
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
function indent(text) {
    return text.replace(/^(?=.)/gm, '  ');
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



const kinds = { nginx: nginx };
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