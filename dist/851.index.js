"use strict";
exports.id = 851;
exports.ids = [851];
exports.modules = {

/***/ 1851:
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
// EXTERNAL MODULE: ./src/stages/deploy.ts
var deploy = __webpack_require__(2636);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./src/stages/setup-firewall.ts



const firewallLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-firewall.sh", 'utf8');
/** SSH is let in by the port that is really in use, which only the host knows. */
function firewallCalls({ setup, proxy }) {
    if (setup.firewall === 'off')
        return [];
    const site = proxy ? [proxy.listen, proxy.tls?.listen ?? 443] : [];
    return [(0,program/* call */.T)('firewall', [...site, ...setup.openPorts].join(' '))];
}
/** For a connection that was made with the new rules: they stay. */
const keepFirewall = { libraries: [firewallLibrary], calls: [(0,program/* call */.T)('firewall_keep')] };
/** For the connection that was there before, where no new one comes through. */
const oldFirewall = { libraries: [firewallLibrary], calls: [(0,program/* call */.T)('firewall_back')] };

// EXTERNAL MODULE: ./src/databases/connection.ts
var databases_connection = __webpack_require__(276);
;// CONCATENATED MODULE: ./src/databases/setup.ts





const common = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "database-setup.sh", 'utf8');
const postgresLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "postgres-setup.sh", 'utf8');
const mysqlLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "mysql-setup.sh", 'utf8');
/**
 * Makes the app's database and its user on a server of the host itself, as the app's variables name them.
 *
 * @throws {Trouble} naming what the variables lack, or that they name another host; never a value that may be secret.
 */
function databaseSetup(database, env) {
    const account = accountOf(database, env);
    return database.kind === 'postgres'
        ? { libraries: [common, postgresLibrary], calls: postgresCalls(account) }
        : { libraries: [common, mysqlLibrary], calls: mysqlCalls(account) };
}
function accountOf(database, env) {
    const connection = (0,databases_connection/* connectionOf */.a)(database, env);
    const { host = 'localhost', user, password } = connection ?? {};
    if (connection && !/^(localhost|127\.0\.0\.1|::1|\/.*)$/.test(host)) {
        throw new trouble/* Trouble */.q('setup.database', 'is true, but the variables of `database` name another host than localhost.', 'Make the database there yourself and take `setup.database` out, or have the variables name localhost.');
    }
    if (connection && user && password)
        return { ...connection, user, password };
    throw new trouble/* Trouble */.q('setup.database', 'is true, but the variables of `database` name no user, or no password.', 'Give both in the input `env`, as for a deploy.');
}
function postgresCalls({ name, user, password, port = '5432' }) {
    const [role, base] = [identifier(user), identifier(name)];
    return [
        (0,program/* call */.T)('database_server', 'PostgreSQL', port, '127.0.0.1'),
        (0,program/* call */.T)('database_user', user, `select 'yes' from pg_roles where rolname = ${literal(user)};`, `create role ${role} login password ${literal(password)};`, password, `alter role ${role} login password ${literal(password)};`),
        (0,program/* call */.T)('database_part', 'make the database', `select 'yes' from pg_database where datname = ${literal(name)};`, `create database ${base} owner ${role};`),
    ];
}
/** Where the standard's strings are on, as they are by default, a backslash is nothing special. */
function literal(text) {
    return `'${text.replaceAll("'", "''")}'`;
}
function identifier(text) {
    return `"${text.replaceAll('"', '""')}"`;
}
function mysqlCalls({ name, user, password, host = 'localhost', port = '3306' }) {
    // A client that comes by an address is known by it, one that comes by the socket as localhost.
    const from = /^[0-9:.]+$/.test(host) ? host : 'localhost';
    const account = `${mysqlLiteral(user)}@'${from}'`;
    const same = `user = ${mysqlLiteral(user)} and host = '${from}'`;
    // In a grant an underscore stands for any character.
    const pattern = name.replace(/[\\_%]/g, '\\$&');
    return [
        (0,program/* call */.T)('database_server', 'MySQL', port, from),
        (0,program/* call */.T)('database_user', user, `select 'yes' from mysql.user where ${same};`, `create user ${account} identified by ${mysqlLiteral(password)};`, password, `alter user ${account} identified by ${mysqlLiteral(password)};`),
        (0,program/* call */.T)('database_part', 'make the database', `select 'yes' from information_schema.schemata where schema_name = ${mysqlLiteral(name)};`, `create database ${mysqlIdentifier(name)} character set utf8mb4;`),
        (0,program/* call */.T)('database_part', 'give its user all rights on the database', `select 'yes' from mysql.db where db = ${mysqlLiteral(pattern)} and ${same};`, `grant all privileges on ${mysqlIdentifier(pattern)}.* to ${account};`),
    ];
}
function mysqlLiteral(text) {
    return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
function mysqlIdentifier(text) {
    return `\`${text.replaceAll('`', '``')}\``;
}

// EXTERNAL MODULE: ./src/proxies/options.ts
var options = __webpack_require__(3206);
// EXTERNAL MODULE: ./src/proxies/site.ts
var proxies_site = __webpack_require__(321);
;// CONCATENATED MODULE: ./src/proxies/certificates.ts





const certificates_common = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "certificates.sh", 'utf8');
const certbot = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "certbot.sh", 'utf8');
const byCaddy = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "caddy-certificates.sh", 'utf8');
const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';
/**
 * How setup-host installs the site together with its certificate; undefined where nobody has to get one. What fails leaves
 * the site that was there.
 *
 * @throws {Trouble} when a value must not reach the site.
 */
function certifiedSite(config, proxy) {
    const { kind, tls, ownSite } = config.proxy ?? {};
    if (!tls || ownSite || tls.certificate !== undefined)
        return undefined;
    return kind === 'caddy'
        ? { libraries: [certificates_common, byCaddy], calls: caddyCalls(config, proxy) }
        : { libraries: [certificates_common, certbot], calls: certbotCalls(config, proxy) };
}
/** The site in plain HTTP where there is no certificate yet, then the certificate, then the whole site. */
function certbotCalls(config, proxy) {
    const site = (0,proxies_site/* siteOf */.zU)(config);
    const { email = '', server = letsEncrypt } = site.proxy.tls?.acme ?? {};
    const name = (0,options/* certificateName */.LU)(site.app);
    const { certificate } = (0,options/* certificateFiles */.PM)(site.app);
    const hook = `/etc/kawasemi/${site.app}/certificate-renewed`;
    const path = proxy.sitePath(config);
    const whole = proxy.renderSite(config).trimEnd();
    const port = String(site.proxy.listen);
    return [
        (0,program/* call */.T)('certbot_installed'),
        (0,program/* call */.T)('renewed_hook', hook, renderHook(site.app, proxy)),
        (0,program/* call */.T)('site_until_certified', path, certificate, proxy.renderSite(config, false).trimEnd(), whole),
        (0,program/* call */.T)('certificate', name, certificate, options/* acmeFolder */.rq, port, hook, email, server, ...domainsOf(site)),
        (0,program/* call */.T)('site', path, whole),
        (0,program/* call */.T)('site_certified'),
        (0,program/* call */.T)('renewal_timer'),
    ];
}
function caddyCalls(config, proxy) {
    const path = proxy.sitePath(config);
    return [
        (0,program/* call */.T)('keep_site', path),
        (0,program/* call */.T)('caddy_begins'),
        (0,program/* call */.T)('site', path, proxy.renderSite(config).trimEnd()),
        (0,program/* call */.T)('caddy_certified', ...domainsOf((0,proxies_site/* siteOf */.zU)(config))),
        (0,program/* call */.T)('site_certified'),
    ];
}
/** All names that it has to hold: those that redirect too. */
function domainsOf({ proxy }) {
    return [...proxy.domains, ...(0,options/* wwwRedirects */.j5)(proxy).map(([from]) => from)];
}
function renderHook(app, { renewed }) {
    return `#!/bin/sh
# Written by Kawasemi's setup-host. Certbot runs it when it has a new certificate for the site of ${app}.
${renewed}`;
}

// EXTERNAL MODULE: ./src/proxies/kinds.ts + 5 modules
var kinds = __webpack_require__(8110);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 19 modules
var runtimes_kinds = __webpack_require__(4793);
// EXTERNAL MODULE: ./src/databases/kinds.ts + 4 modules
var databases_kinds = __webpack_require__(1232);
;// CONCATENATED MODULE: ./src/stages/setup-packages.ts





const packagesLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-packages.sh", 'utf8');
/** The command of the app's web server: Docker's where a container runs it. */
function webCommand({ proxy }) {
    return proxy?.service === undefined ? webServerOf(proxy).command : 'docker';
}
/** An app without a site has its folders made for nginx all the same. */
function webServerOf(proxy) {
    return (0,kinds/* proxyOf */.O)(proxy ?? { kind: 'nginx' }).program;
}
/** All that the app needs of the distribution. Each is installed only where it is missing. */
function packageCalls(config, docker) {
    const { proxy, systemd, database, setup } = config;
    const inside = proxy?.service !== undefined;
    const web = webServerOf(proxy);
    return [
        ...(inside ? [] : [(0,program/* call */.T)('need_command', web.command, web.package)]),
        ...(proxy ? [(0,program/* call */.T)('need_command', 'logrotate', 'logrotate')] : []),
        ...(proxy?.tls?.acme ? certificateCalls(proxy.kind) : []),
        ...(docker || inside ? [(0,program/* call */.T)('need_docker')] : []),
        ...(docker && setup.docker === 'rootless' ? [(0,program/* call */.T)('need_own_docker')] : []),
        ...(systemd ? systemdCalls(systemd) : []),
        ...(database ? databaseCalls(database, setup.database) : []),
        ...(setup.firewall === 'ufw' ? [(0,program/* call */.T)('need_command', 'ufw', 'ufw')] : []),
        ...setup.packages.map((name) => (0,program/* call */.T)('need_package', name)),
        (0,program/* call */.T)('packages'),
    ];
}
/** Caddy gets certificates by itself. */
function certificateCalls(kind) {
    return ['openssl', ...(kind === 'caddy' ? [] : ['certbot'])].map((name) => (0,program/* call */.T)('need_command', name, name));
}
function systemdCalls({ scope, python, node }) {
    return [
        ...(scope === 'user'
            ? [(0,program/* call */.T)('need_package', 'libpam-systemd'), (0,program/* call */.T)('need_package', 'dbus-user-session')]
            : [(0,program/* call */.T)('need_command', 'visudo', 'sudo')]),
        ...(python ? [(0,program/* call */.T)('need_python', python.interpreter)] : []),
        ...(node ? [(0,program/* call */.T)('need_command', 'npm', 'nodejs', 'npm')] : []),
    ];
}
/** An accessory has its own tools. */
function databaseCalls(database, onHost) {
    if (database.kind !== 'sqlite' && database.accessory !== undefined)
        return [];
    const { client, server } = databases_kinds/* databaseKinds */.X[database.kind].packages;
    return [...(onHost && server ? [server] : []), client].map((each) => (0,program/* call */.T)('need_command', ...each));
}

;// CONCATENATED MODULE: ./src/stages/setup-ports.ts





const portsLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-ports.sh", 'utf8');
/** Every port of the app on a host, and who is to have it there: web servers of a host are shared between apps. */
function portCalls(config) {
    const { app, proxy } = config;
    const web = proxy?.service === undefined ? proxy?.kind : `${proxy.kind} of ${app}`;
    const lines = [
        ...(proxy
            ? [proxy.listen, ...(proxy.tls ? [proxy.tls.listen] : [])].map((port) => `${port} ${web}`)
            : []),
        ...Object.entries(config.services).flatMap(([name, service]) => service.role === 'web' ? slot/* slots */.Q0.map((slot) => `${service.slots[slot]} ${app} (${name}, ${slot})`) : []),
    ];
    return lines.length === 0
        ? []
        : [(0,program/* call */.T)('ports', app, lines.join('\n'), (0,kinds/* proxyOf */.O)(proxy ?? { kind: 'nginx' }).program.process)];
}

;// CONCATENATED MODULE: ./src/stages/setup-host.ts














const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-host.sh", 'utf8');
const dockerLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-docker.sh", 'utf8');
const sshdLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-sshd.sh", 'utf8');
/**
 * A POSIX sh program that prepares a host once, for a person to run there as root.
 *
 * @throws {Trouble} when the config's hosts name several users, or a value must not reach the site.
 */
function renderSetup(config, options = {}) {
    const { libraries, calls } = errand(config, options, 'apply', ownCalls(config, options));
    return (0,program/* renderProgram */.N)(libraries, calls);
}
/**
 * The same over a connection, with the packages and what else the host itself needs before: one errand that says what
 * would change, and those that change it, one after the other. Where there is a firewall it comes before the site, whose
 * certificate an authority may give only to who answers, and in an errand of its own, since its rules wait for a new
 * connection.
 *
 * @throws {Trouble} as `renderSetup`.
 */
function setupErrands(config, options = {}) {
    const host = hostCalls(config, options);
    const firewall = firewallCalls(config);
    const own = ownCalls(config, options);
    const apply = firewall.length > 0 ? [[...host, ...firewall], own] : [[...host, ...own]];
    return {
        plan: errand(config, options, 'plan', [...host, ...firewall, ...own]),
        apply: apply.map((calls) => errand(config, options, 'apply', calls)),
    };
}
function errand(config, { webUser, env = {} }, mode, calls) {
    const proxy = (0,kinds/* proxyInPlace */.D)(config);
    const user = deployUser(config);
    const names = new Set(calls.map(({ name }) => name));
    return {
        libraries: [
            library,
            dockerLibrary,
            proxy.setup,
            ...(certifiedSite(config, proxy)?.libraries ?? []),
            (0,runtimes_kinds/* runtimeOf */.G)(config).setup(config, user).library,
            ...(names.has('distribution') ? [packagesLibrary, portsLibrary, sshdLibrary, firewallLibrary] : []),
            ...(names.has('database_server') ? databaseOnHost(config, env).libraries : []),
        ],
        calls: [
            (0,program/* call */.T)('setup_begin', mode, config.base, user, proxy.kind, webUser ?? proxy.webUser),
            ...calls,
            (0,program/* call */.T)('setup_end'),
        ],
    };
}
/** What the host itself needs. What would stand in the way is found before it takes time. */
function hostCalls(config, { deployKey = '', env = {} }) {
    const { docker } = (0,runtimes_kinds/* runtimeOf */.G)(config).setup(config, deployUser(config));
    return [
        (0,program/* call */.T)('distribution'),
        (0,program/* call */.T)('way_in', deployKey),
        ...portCalls(config),
        ...packageCalls(config, docker),
        ...databaseOnHost(config, env).calls,
    ];
}
function databaseOnHost({ database, setup }, env) {
    return setup.database && database && database.kind !== 'sqlite'
        ? databaseSetup(database, env)
        : { libraries: [], calls: [] };
}
/** What is the app's own: its user, folders, units and site. */
function ownCalls(config, options) {
    const proxy = (0,kinds/* proxyInPlace */.D)(config);
    const { deployKey, webUser = proxy.webUser } = options;
    const runtime = (0,runtimes_kinds/* runtimeOf */.G)(config).setup(config, deployUser(config));
    return [
        (0,program/* call */.T)('web_server', webCommand(config)),
        (0,program/* call */.T)('deploy_user'),
        ...(runtime.docker ? [(0,program/* call */.T)(config.setup.docker === 'rootless' ? 'own_docker' : 'host_docker')] : []),
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
    ];
}
function siteCalls(config, proxy, webUser) {
    const log = (0,proxies_proxy/* accessLogPath */.q2)(config);
    return [
        (0,program/* call */.T)('access_log', log),
        (0,program/* call */.T)('system_file', `/etc/logrotate.d/kawasemi-${config.app}`, renderLogrotate(log, proxy, webUser)),
        ...(config.proxy?.tls || config.proxy?.redirectWww ? [(0,program/* call */.T)('open_folder', options/* acmeFolder */.rq)] : []),
        ...theSite(config, proxy),
    ];
}
function theSite(config, proxy) {
    if (config.proxy?.ownSite)
        return [(0,program/* call */.T)('own_site', proxy.renderLines(config).trimEnd())];
    return (certifiedSite(config, proxy)?.calls ?? [
        (0,program/* call */.T)('site', proxy.sitePath(config), proxy.renderSite(config).trimEnd()),
    ]);
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
    const errands = setupErrands(config, options);
    report.app = config.app;
    report.environment = config.environment;
    if (mode === 'plan')
        report.plan = true;
    const connections = await connectAll(request);
    report.hosts = connections.map(({ name }) => name);
    try {
        const planned = await everywhere(connections, async (each) => ({
            host: each.name,
            changes: changesOf(await run(each, reporter, errands.plan)),
        }));
        if (mode === 'plan') {
            report.changes = planned;
            return planned;
        }
        const done = await everywhere(connections, (each, index) => planned[index].changes.length === 0 ? planned[index] : apply(request, each, index, errands.apply));
        report.changes = done;
        return done;
    }
    finally {
        await Promise.all(connections.map((each) => each.close().catch(() => undefined)));
    }
}
function connectAll(request) {
    const connecting = (0,jump/* waysTo */.Og)(asAdmin(request), (0,jump/* loginOf */.DQ)(request.ssh, request.signal)).map(connection/* connect */.Ng);
    return (0,deploy/* openAll */.kr)(connecting);
}
/** A way of its own, also where there is a jump host. */
function connectAgain(request, index) {
    const [way] = (0,jump/* waysTo */.Og)([asAdmin(request)[index]], (0,jump/* loginOf */.DQ)(request.ssh, request.signal));
    return (0,connection/* connect */.Ng)(way);
}
function asAdmin({ config, admin }) {
    return config.hosts.map((host) => ({ ...host, user: admin }));
}
/** Waits for all of them even where one fails: what goes on on a host is seen to its end. */
function everywhere(connections, work) {
    return (0,deploy/* allOf */.bn)(connections.map(async (each, index) => work(each, index)));
}
async function apply(request, connection, index, errands) {
    // What is to be said was said with the plan.
    const reporter = { ...request.reporter, warning: () => undefined };
    const changes = [];
    for (const errand of errands) {
        const outcome = await run(connection, reporter, errand, changes.length > 0);
        changes.push(...changesOf(outcome));
        if (outcome.facts.has('firewall'))
            await tryFirewall(request, connection, index);
    }
    return { host: connection.name, changes };
}
/** New rules count once a new connection has come through; until then the host stands ready to take them back. */
async function tryFirewall(request, connection, index) {
    let fresh;
    try {
        fresh = await connectAgain(request, index);
    }
    catch (error) {
        const now = await run(connection, request.reporter, oldFirewall).then(() => 'The firewall is again what it was.', () => 'The server takes the new rules back by itself, within a minute.');
        throw new trouble/* Trouble */.q(connection.name, `no new connection comes in with the firewall on (${error instanceof Error ? error.message : error})`, `${now} Look for what else filters on that server, such as /etc/ufw/before.rules.`);
    }
    try {
        await run(fresh, request.reporter, keepFirewall);
    }
    finally {
        await fresh.close();
    }
}
async function run(connection, reporter, errand, changed = false) {
    try {
        return await runErrand(connection, reporter, errand);
    }
    catch (error) {
        throw error instanceof session/* HostFailure */.hD ? troubleOf(error, changed) : error;
    }
}
function changesOf({ told }) {
    return told.flatMap(({ name, value }) => (name === 'change' ? [String(value)] : []));
}
function troubleOf({ host, code, message, outcome }, changed) {
    const cause = /[.!?]$/.test(message) ? message : `${message}.`;
    if (code === 'no-sudo') {
        return new trouble/* Trouble */.q(host, cause, 'Let `admin` be root, or a user with a line such as `ops ALL=(ALL) NOPASSWD:ALL` in a file of /etc/sudoers.d. Nothing was changed.');
    }
    const fix = changed || outcome.facts.has('change')
        ? 'Mend that and run it again: it goes on with what is missing.'
        : 'Mend that and run it again. Nothing was changed on this server.';
    return new trouble/* Trouble */.q(host, cause, fix, outcome.printed);
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(2589);
;// CONCATENATED MODULE: ./src/commands/setup-host.ts



/** Prepares the hosts of an environment, says how it would, or prints the program for a person to do it. */
async function setup_host_run(context) {
    const { inputs, outputs, report, reporter, signal } = context;
    const { deployKey, mode, admin, env } = inputs;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    const options = { env, ...(deployKey !== undefined && { deployKey }) };
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