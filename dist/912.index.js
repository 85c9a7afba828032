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
// EXTERNAL MODULE: ./src/proxies/kinds.ts + 6 modules
var kinds = __webpack_require__(6430);
// EXTERNAL MODULE: ./src/proxies/options.ts
var options = __webpack_require__(3206);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 19 modules
var runtimes_kinds = __webpack_require__(4793);
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
        ...(config.proxy?.tls || config.proxy?.redirectWww ? [(0,program/* call */.T)('open_folder', options/* acmeFolder */.rq)] : []),
        config.proxy?.ownSite
            ? (0,program/* call */.T)('own_site', proxy.renderLines(config).trimEnd())
            : (0,program/* call */.T)('site', proxy.sitePath(config), proxy.renderSite(config).trimEnd()),
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


/***/ })

};
;