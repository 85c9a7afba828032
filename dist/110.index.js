"use strict";
exports.id = 110;
exports.ids = [110];
exports.modules = {

/***/ 3110:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ setup_host_run)
});

// EXTERNAL MODULE: ./src/host/connection.ts + 10 modules
var connection = __webpack_require__(9754);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/host/libraries.ts
var host_libraries = __webpack_require__(6961);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/host/reading.ts
var host_reading = __webpack_require__(7422);
;// CONCATENATED MODULE: ./src/host/errand.ts




/**
 * Runs a program as root, in one channel: directly, or through sudo without a password. It goes on when the connection is
 * lost.
 *
 * @throws {HostFailure} when the program says why it failed; its code is `no-sudo` where it did not even begin.
 */
async function runErrand(connection, reporter, errand) {
    const nonce = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const reading = new host_reading/* Reading */.z(connection.name, nonce, reporter);
    const told = [];
    const { code } = await connection.run(renderErrand(nonce, errand), (line, stream) => {
        const fact = reading.take(line, stream);
        if (fact)
            told.push({ name: fact.name, value: fact.value });
    });
    return { ...reading.end(code), told };
}
/** The program for the user who comes in; in it the one for root; in that the one that runs apart. */
function renderErrand(nonce, { libraries, calls }) {
    const folder = `/run/kawasemi-errands/${nonce}`;
    const apart = (0,program/* renderProgram */.N)([host_libraries/* prelude */.ez, host_libraries/* detachLibrary */.x8, host_libraries/* errandLibrary */.SI, ...libraries], [(0,program/* call */.T)('errand_begin', nonce, folder), ...calls]);
    const asRoot = (0,program/* renderProgram */.N)([host_libraries/* detachLibrary */.x8, host_libraries/* errandLibrary */.SI], [(0,program/* call */.T)('run_errand', folder, apart)]);
    return (0,program/* renderProgram */.N)([host_libraries/* prelude */.ez, host_libraries/* errandLibrary */.SI], [(0,program/* call */.T)('send_errand', nonce, folder, asRoot)]);
}

// EXTERNAL MODULE: ./src/host/jump.ts
var jump = __webpack_require__(3816);
// EXTERNAL MODULE: ./src/host/session.ts + 2 modules
var session = __webpack_require__(1219);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/proxies/kinds.ts + 6 modules
var kinds = __webpack_require__(6430);
// EXTERNAL MODULE: ./src/proxies/options.ts
var options = __webpack_require__(3206);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 19 modules
var runtimes_kinds = __webpack_require__(4793);
;// CONCATENATED MODULE: ./src/stages/setup-packages.ts
/** The command by which each web server is known to be there, and Debian's and Ubuntu's package of it. */
const webServers = {
    nginx: { command: 'nginx', package: 'nginx' },
    apache: { command: 'apache2ctl', package: 'apache2' },
    caddy: { command: 'caddy', package: 'caddy' },
};
/** The command of the app's web server: Docker's where a container runs it. */
function webCommand({ proxy }) {
    return proxy?.service === undefined ? webServers[proxy?.kind ?? 'nginx'].command : 'docker';
}

;// CONCATENATED MODULE: ./src/stages/setup-host.ts










const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-host.sh", 'utf8');
/**
 * A POSIX sh program that prepares a host once, for a person to run there as root.
 *
 * @throws {Trouble} when the config's hosts name several users, or a value must not reach the site.
 */
function renderSetup(config, options = {}) {
    const { libraries, calls } = setupErrand(config, 'apply', options);
    return (0,program/* renderProgram */.N)(libraries, calls);
}
/**
 * The same over a connection: `plan` says what would change, `apply` does it.
 *
 * @throws {Trouble} as `renderSetup`.
 */
function setupErrand(config, mode, options = {}) {
    const { base } = config;
    const proxy = (0,kinds/* proxyInPlace */.D)(config);
    const { deployKey, webUser = proxy.webUser } = options;
    const user = deployUser(config);
    const runtime = (0,runtimes_kinds/* runtimeOf */.G)(config).setup(config, user);
    return {
        libraries: [library, proxy.setup, runtime.library],
        calls: [
            (0,program/* call */.T)('setup_begin', mode, base, user, proxy.kind, webUser),
            (0,program/* call */.T)('web_server', webCommand(config)),
            (0,program/* call */.T)('deploy_user'),
            ...(runtime.docker ? [(0,program/* call */.T)('docker_user')] : []),
            ...(deployKey === undefined ? [] : [(0,program/* call */.T)('deploy_key', checkedKey(deployKey))]),
            (0,program/* call */.T)('base_folder', config.app),
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
        ],
    };
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

;// CONCATENATED MODULE: ./src/stages/set-up.ts






/**
 * Prepares every host of the environment. All of them are planned before one is changed, so what cannot be done on one
 * of them leaves all as they were.
 *
 * @throws {Trouble} naming the host, what stands in the way, and whether something was changed there.
 */
async function setUp(request) {
    const { config, mode, options, reporter, report } = request;
    const errands = { plan: setupErrand(config, 'plan', options), apply: setupErrand(config, 'apply', options) };
    report.app = config.app;
    report.environment = config.environment;
    if (mode === 'plan')
        report.plan = true;
    const connections = await connectAll(request);
    report.hosts = connections.map(({ name }) => name);
    try {
        const planned = await everywhere(connections, (each) => run(each, reporter, errands.plan));
        report.changes = planned;
        if (mode === 'plan')
            return planned;
        const done = await everywhere(connections, (each, index) => planned[index].changes.length === 0 ? planned[index] : run(each, reporter, errands.apply));
        report.changes = done;
        return done;
    }
    finally {
        await Promise.all(connections.map((each) => each.close().catch(() => undefined)));
    }
}
function connectAll({ config, admin, ssh, signal }) {
    const asAdmin = config.hosts.map((host) => ({ ...host, user: admin }));
    const connecting = (0,jump/* waysTo */.Og)(asAdmin, (0,jump/* loginOf */.DQ)(ssh, signal)).map(connection/* connect */.Ng);
    return allOr(connecting, (opened) => Promise.all(opened.map((each) => each.close())));
}
/** Waits for all of them even where one fails: what goes on on a host is seen to its end. */
function everywhere(connections, work) {
    return allOr(connections.map(async (each, index) => work(each, index)));
}
async function allOr(working, undo = async () => undefined) {
    const ends = await Promise.allSettled(working);
    const done = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    const failed = ends.find((end) => end.status === 'rejected');
    if (!failed)
        return done;
    await undo(done);
    throw failed.reason;
}
async function run(connection, reporter, errand) {
    try {
        return { host: connection.name, changes: changesOf(await runErrand(connection, reporter, errand)) };
    }
    catch (error) {
        throw error instanceof session/* HostFailure */.hD ? troubleOf(error) : error;
    }
}
function changesOf({ told }) {
    return told.flatMap(({ name, value }) => (name === 'change' ? [String(value)] : []));
}
function troubleOf({ host, code, message, outcome }) {
    const cause = /[.!?]$/.test(message) ? message : `${message}.`;
    if (code === 'no-sudo') {
        return new trouble/* Trouble */.q(host, cause, 'Let `admin` be root, or a user with a line such as `ops ALL=(ALL) NOPASSWD:ALL` in a file of /etc/sudoers.d. Nothing was changed.');
    }
    const fix = outcome.facts.has('change')
        ? 'Mend that and run it again: it goes on with what is missing.'
        : 'Mend that and run it again. Nothing was changed on this server.';
    return new trouble/* Trouble */.q(host, cause, fix, outcome.printed);
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 2 modules
var environment = __webpack_require__(3607);
;// CONCATENATED MODULE: ./src/commands/setup-host.ts



/** Prepares the hosts of an environment, says how it would, or prints the program for a person to do it. */
async function setup_host_run(context) {
    const { inputs, outputs, report, reporter, signal } = context;
    const { deployKey, mode, admin } = inputs;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    const options = { ...(deployKey !== undefined && { deployKey }) };
    if (mode === 'print') {
        process.stdout.write(renderSetup(config, options));
        return;
    }
    const hosts = await setUp({ config, mode, admin, ssh: inputs.ssh, options, reporter, report, signal });
    for (const { host, changes } of hosts) {
        const count = changes.length === 0 ? 'nothing to change' : `${changes.length} changes`;
        reporter.info(`${host}: ${count}${mode === 'plan' && changes.length > 0 ? ' to make' : ''}`);
        for (const change of changes)
            reporter.info(`  ${change}`);
    }
    outputs.set('changes', String(hosts.reduce((sum, { changes }) => sum + changes.length, 0)));
    outputs.set('report', JSON.stringify(hosts));
}


/***/ })

};
;