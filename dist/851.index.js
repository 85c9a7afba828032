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
    const apart = (0,program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* detachLibrary */.x8, host_libraries/* errandLibrary */.SI, ...libraries], [(0,program/* call */.T1)('errand_begin', nonce, folder), ...calls]);
    const asRoot = (0,program/* renderProgram */.Nt)([host_libraries/* detachLibrary */.x8, host_libraries/* errandLibrary */.SI], [(0,program/* call */.T1)('run_errand', folder, apart)]);
    return (0,program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* errandLibrary */.SI], [(0,program/* call */.T1)('send_errand', nonce, folder, asRoot)]);
}

// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/host/jump.ts
var jump = __webpack_require__(3816);
// EXTERNAL MODULE: ./src/host/resources.ts
var host_resources = __webpack_require__(8823);
// EXTERNAL MODULE: ./src/host/session.ts + 3 modules
var session = __webpack_require__(1786);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/config/places.ts
var places = __webpack_require__(1640);
// EXTERNAL MODULE: ./src/proxies/options.ts
var options = __webpack_require__(3206);
// EXTERNAL MODULE: ./src/proxies/site.ts
var proxies_site = __webpack_require__(321);
;// CONCATENATED MODULE: ./src/proxies/certificates.ts






const common = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "certificates.sh", 'utf8');
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
        ? { libraries: [common, byCaddy], calls: caddyCalls(config, proxy) }
        : { libraries: [common, certbot], calls: certbotCalls(config, proxy) };
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
        (0,program/* call */.T1)('certbot_installed'),
        ...(site.proxy.service === undefined ? [] : [(0,program/* call */.T1)('web_sees', places/* certbotFolder */.qY, places/* acmeFolder */.rq)]),
        (0,program/* call */.T1)('renewed_hook', hook, renderHook(site.app, proxy)),
        (0,program/* call */.T1)('site_until_certified', path, certificate, proxy.renderSite(config, false).trimEnd(), whole),
        (0,program/* call */.T1)('certificate', name, certificate, places/* acmeFolder */.rq, port, hook, email, server, ...domainsOf(site)),
        (0,program/* call */.T1)('site', path, whole),
        (0,program/* call */.T1)('site_certified'),
        (0,program/* call */.T1)('renewal_timer'),
    ];
}
function caddyCalls(config, proxy) {
    const path = proxy.sitePath(config);
    return [
        (0,program/* call */.T1)('keep_site', path),
        (0,program/* call */.T1)('caddy_begins'),
        (0,program/* call */.T1)('site', path, proxy.renderSite(config).trimEnd()),
        (0,program/* call */.T1)('caddy_certified', ...domainsOf((0,proxies_site/* siteOf */.zU)(config))),
        (0,program/* call */.T1)('site_certified'),
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
// EXTERNAL MODULE: ./src/release/check-up.ts
var check_up = __webpack_require__(751);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var deploy = __webpack_require__(2636);
;// CONCATENATED MODULE: ./src/stages/setup-firewall.ts



const firewallLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "setup-firewall.sh", 'utf8');
/** SSH is let in by the port that is really in use, which only the host knows. */
function firewallCalls({ setup, proxy }) {
    if (setup.firewall === 'off')
        return [];
    const site = proxy ? [proxy.listen, proxy.tls?.listen ?? 443] : [];
    return [(0,program/* call */.T1)('firewall', [...site, ...setup.openPorts].join(' '))];
}
/** For a connection that was made with the new rules: they stay. */
const keepFirewall = { libraries: [firewallLibrary], calls: [(0,program/* call */.T1)('firewall_keep')] };
/** For the connection that was there before, where no new one comes through. */
const oldFirewall = { libraries: [firewallLibrary], calls: [(0,program/* call */.T1)('firewall_back')] };

// EXTERNAL MODULE: ./src/databases/connection.ts
var databases_connection = __webpack_require__(276);
;// CONCATENATED MODULE: ./src/databases/setup.ts





const setup_common = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "database-setup.sh", 'utf8');
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
        ? { libraries: [setup_common, postgresLibrary], calls: postgresCalls(account) }
        : { libraries: [setup_common, mysqlLibrary], calls: mysqlCalls(account) };
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
        (0,program/* call */.T1)('database_server', 'PostgreSQL', port, '127.0.0.1'),
        (0,program/* call */.T1)('database_user', user, `select 'yes' from pg_roles where rolname = ${literal(user)};`, `create role ${role} login password ${literal(password)};`, password, `alter role ${role} login password ${literal(password)};`),
        (0,program/* call */.T1)('database_part', 'make the database', `select 'yes' from pg_database where datname = ${literal(name)};`, `create database ${base} owner ${role};`),
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
        (0,program/* call */.T1)('database_server', 'MySQL', port, from),
        (0,program/* call */.T1)('database_user', user, `select 'yes' from mysql.user where ${same};`, `create user ${account} identified by ${mysqlLiteral(password)};`, password, `alter user ${account} identified by ${mysqlLiteral(password)};`),
        (0,program/* call */.T1)('database_part', 'make the database', `select 'yes' from information_schema.schemata where schema_name = ${mysqlLiteral(name)};`, `create database ${mysqlIdentifier(name)} character set utf8mb4;`),
        (0,program/* call */.T1)('database_part', 'give its user all rights on the database', `select 'yes' from mysql.db where db = ${mysqlLiteral(pattern)} and ${same};`, `grant all privileges on ${mysqlIdentifier(pattern)}.* to ${account};`),
    ];
}
function mysqlLiteral(text) {
    return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
function mysqlIdentifier(text) {
    return `\`${text.replaceAll('`', '``')}\``;
}

// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 20 modules
var runtimes_kinds = __webpack_require__(5339);
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
        ...(inside ? [] : [(0,program/* call */.T1)('need_command', web.command, web.package)]),
        ...(proxy ? [(0,program/* call */.T1)('need_command', 'logrotate', 'logrotate')] : []),
        ...(proxy?.tls?.acme ? certificateCalls(proxy.kind) : []),
        ...(docker || inside ? [(0,program/* call */.T1)('need_docker')] : []),
        ...(docker && setup.docker === 'rootless' ? [(0,program/* call */.T1)('need_own_docker')] : []),
        ...(systemd ? systemdCalls(systemd) : []),
        ...(database ? databaseCalls(database, setup.database) : []),
        ...(setup.firewall === 'ufw' ? [(0,program/* call */.T1)('need_command', 'ufw', 'ufw')] : []),
        ...setup.packages.map((name) => (0,program/* call */.T1)('need_package', name)),
        (0,program/* call */.T1)('packages'),
    ];
}
/** Caddy gets certificates by itself. */
function certificateCalls(kind) {
    return ['openssl', ...(kind === 'caddy' ? [] : ['certbot'])].map((name) => (0,program/* call */.T1)('need_command', name, name));
}
function systemdCalls({ scope, python, node }) {
    return [
        ...(scope === 'user'
            ? [(0,program/* call */.T1)('need_package', 'libpam-systemd'), (0,program/* call */.T1)('need_package', 'dbus-user-session')]
            : [(0,program/* call */.T1)('need_command', 'visudo', 'sudo')]),
        ...(python ? [(0,program/* call */.T1)('need_python', python.interpreter)] : []),
        ...(node ? [(0,program/* call */.T1)('need_command', 'npm', 'nodejs', 'npm')] : []),
    ];
}
/** An accessory has its own tools. */
function databaseCalls(database, onHost) {
    if (database.kind !== 'sqlite' && database.accessory !== undefined)
        return [];
    const { client, server } = databases_kinds/* databaseKinds */.X[database.kind].packages;
    return [...(onHost && server ? [server] : []), client].map((each) => (0,program/* call */.T1)('need_command', ...each));
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
        : [(0,program/* call */.T1)('ports', app, lines.join('\n'), (0,kinds/* proxyOf */.O)(proxy ?? { kind: 'nginx' }).program.process)];
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
    return (0,program/* renderScript */.y9)(libraries, calls);
}
/**
 * The same over a connection, with the packages and what else the host itself needs before: one errand that says what
 * the host has and what would change, and those that change it, one after the other. Where there is a firewall it comes before the site, whose
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
    const resources = [
        (0,program/* call */.T1)('host_clock'),
        (0,program/* call */.T1)('host_memory'),
        (0,program/* call */.T1)('host_disk', '/'),
        (0,program/* call */.T1)('host_disk', config.base),
    ];
    return {
        plan: errand(config, options, 'plan', [...resources, ...host, ...firewall, ...own]),
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
            ...(names.has('host_clock') ? [host_libraries/* resourcesLibrary */.h0] : []),
            ...(names.has('distribution') ? [packagesLibrary, portsLibrary, sshdLibrary, firewallLibrary] : []),
            ...(names.has('database_server') ? databaseOnHost(config, env).libraries : []),
        ],
        calls: [
            (0,program/* call */.T1)('setup_begin', mode, config.base, user, proxy.kind, webUser ?? proxy.webUser),
            ...calls,
            (0,program/* call */.T1)('setup_end'),
        ],
    };
}
/** What the host itself needs. What would stand in the way is found before it takes time. */
function hostCalls(config, { deployKey = '', env = {} }) {
    const { docker } = (0,runtimes_kinds/* runtimeOf */.G)(config).setup(config, deployUser(config));
    return [
        (0,program/* call */.T1)('distribution'),
        (0,program/* call */.T1)('way_in', deployKey),
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
        (0,program/* call */.T1)('web_server', webCommand(config)),
        (0,program/* call */.T1)('deploy_user'),
        ...(runtime.docker ? [(0,program/* call */.T1)(config.setup.docker === 'rootless' ? 'own_docker' : 'host_docker')] : []),
        ...(deployKey === undefined ? [] : [(0,program/* call */.T1)('deploy_key', checkedKey(deployKey))]),
        (0,program/* call */.T1)('base_folder', config.app),
        (0,program/* call */.T1)('folder', '2750', 'slots'),
        ...slot/* slots */.Q0.map((slot) => (0,program/* call */.T1)('slot', slot)),
        (0,program/* call */.T1)('folder', '2750', 'releases'),
        (0,program/* call */.T1)('folder', '2750', 'shared'),
        (0,program/* call */.T1)('folder', '2750', 'shared/logs'),
        (0,program/* call */.T1)('folder', '700', 'backups'),
        (0,program/* call */.T1)('folder', '700', 'runs'),
        ...runtime.calls,
        ...(config.proxy ? siteCalls(config, proxy, webUser) : []),
    ];
}
function siteCalls(config, proxy, webUser) {
    const log = (0,proxies_proxy/* accessLogPath */.q2)(config);
    return [
        (0,program/* call */.T1)('access_log', log),
        (0,program/* call */.T1)('system_file', `/etc/logrotate.d/kawasemi-${config.app}`, renderLogrotate(log, proxy, webUser)),
        ...(config.proxy?.tls || config.proxy?.redirectWww ? [(0,program/* call */.T1)('open_folder', places/* acmeFolder */.rq)] : []),
        ...theSite(config, proxy),
    ];
}
function theSite(config, proxy) {
    if (config.proxy?.ownSite)
        return [(0,program/* call */.T1)('own_site', proxy.renderLines(config).trimEnd())];
    return (certifiedSite(config, proxy)?.calls ?? [
        (0,program/* call */.T1)('site', proxy.sitePath(config), proxy.renderSite(config).trimEnd()),
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

// EXTERNAL MODULE: ./src/stages/surroundings.ts + 3 modules
var surroundings = __webpack_require__(9031);
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
        const plans = await everywhere(connections, (each) => plan(each, reporter, errands.plan));
        const planned = plans.map(({ host, changes }) => ({ host, changes }));
        // An authority gives no certificate for a domain that leads elsewhere.
        const domains = certifiedSite(config, (0,kinds/* proxyInPlace */.D)(config)) ? await (0,surroundings/* lookAtDomains */.It)(config) : [];
        tell(reporter, [...domains, ...plans.flatMap(({ checks }) => checks)]);
        if (mode === 'plan') {
            report.changes = planned;
            return planned;
        }
        const done = await everywhere(connections, (each, index) => planned[index].changes.length === 0 ? planned[index] : apply(request, each, index, errands.apply));
        report.changes = done;
        tell(reporter, (await (0,deploy/* allOf */.bn)(connections.map((each) => certificatesNow(config, each)))).flat());
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
async function plan(connection, reporter, errand) {
    const host = connection.name;
    const asked = Date.now();
    const outcome = await run(connection, reporter, errand);
    const resources = (0,host_resources/* readResources */.M)(outcome.facts, asked, Date.now());
    return { host, changes: changesOf(outcome), checks: (0,surroundings/* judgeResources */.F_)(host, resources, check_up/* defaultLimits */.MK) };
}
/** A server may be as it is on purpose, so none of it stops a set-up. */
function tell(reporter, checks) {
    for (const { found, fix, ...of } of checks) {
        const said = `${(0,check_up/* nameOf */.Vb)({ found, ...of })}: ${found}`;
        if (fix === undefined)
            reporter.info(said);
        else
            reporter.warning(`${said}. ${fix}`);
    }
}
/** What the site shows once it is there. A reload is an order: for a moment the web server answers as before. */
async function certificatesNow(config, connection) {
    // A web server in a container comes with the first deploy.
    if (!config.proxy?.tls || config.proxy.service !== undefined)
        return [];
    for (let left = 4;; left -= 1) {
        const checks = await (0,surroundings/* lookAtCertificates */.XS)(config, connection, check_up/* defaultLimits */.MK, Date.now());
        if (left === 0 || (0,check_up/* troublesIn */.m3)(checks).length === 0)
            return checks;
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
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
    return told.flatMap(({ name, value }) => (name === 'change' ? [(0,fact/* textOf */.b6)(value)] : []));
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


/***/ }),

/***/ 4649:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ judgeClock)
/* harmony export */ });
/** @param most seconds that the clocks may differ; what the question took is in the host's favour */
function judgeClock(of, { asked, host, answered }, most) {
    const check = 'clock';
    const ahead = host - answered;
    const behind = asked - host;
    const off = Math.max(0, ahead, behind);
    if (off <= most * 1000)
        return { check, of, found: `within ${most} s of the runner's` };
    return {
        check,
        of,
        found: `${Math.round(off / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the runner's, at most ${most} s may be`,
        fix: 'Let it be set by itself: `timedatectl set-ntp true`, and see `timedatectl status`.',
    };
}


/***/ }),

/***/ 2862:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   PL: () => (/* binding */ askCertificate),
/* harmony export */   Z9: () => (/* binding */ judgeCertificate),
/* harmony export */   ek: () => (/* binding */ secure)
/* harmony export */ });
/* harmony import */ var node_tls__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1692);
/* harmony import */ var node_tls__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_tls__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _answer__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9137);


/**
 * Speaks TLS over a stream. Nothing is refused here: what the certificate is worth is for others to judge.
 *
 * @param timeout milliseconds for the handshake
 * @throws {Error} when there is none.
 */
function secure(stream, domain, timeout) {
    return new Promise((resolve, reject) => {
        const socket = (0,node_tls__WEBPACK_IMPORTED_MODULE_0__.connect)({
            socket: stream,
            servername: domain,
            rejectUnauthorized: false,
            ALPNProtocols: ['http/1.1'],
        });
        const fail = (error) => {
            clearTimeout(timer);
            socket.destroy();
            reject(error);
        };
        const timer = setTimeout(() => fail(new Error(`no handshake within ${timeout} ms`)), timeout);
        const closed = () => fail(new Error('closed before the handshake was done'));
        socket.once('error', fail).once('close', closed);
        socket.once('secureConnect', () => {
            clearTimeout(timer);
            socket.removeListener('error', fail).removeListener('close', closed);
            // Whoever gets it listens from now on; what goes wrong before that is not lost, it is closed then.
            socket.on('error', () => undefined);
            resolve(socket);
        });
    });
}
/** Asks for the certificate of a domain, over a connection that is given. Whatever goes wrong is an answer too. */
async function askCertificate(domain, dial, timeout) {
    try {
        const socket = await secure(await dial(), domain, timeout);
        const certificate = socket.getPeerCertificate();
        const distrust = socket.authorized ? undefined : String(socket.authorizationError);
        socket.destroy();
        return shownBy(certificate, domain, distrust);
    }
    catch (error) {
        const { message } = error;
        return {
            kind: 'none',
            reason: /nothing accepts/.test(message) ? 'nothing listens' : (0,_answer__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(message, 200),
        };
    }
}
function shownBy(certificate, domain, distrust) {
    const until = new Date(certificate.valid_to);
    if (Number.isNaN(until.getTime()))
        return { kind: 'none', reason: 'a certificate without an end' };
    const fits = (0,node_tls__WEBPACK_IMPORTED_MODULE_0__.checkServerIdentity)(domain, certificate) === undefined;
    const other = distrust === 'ERR_TLS_CERT_ALTNAME_INVALID' || distrust === 'CERT_HAS_EXPIRED';
    return { kind: 'certificate', until, fits, ...(distrust !== undefined && !other && { distrust }) };
}
const day = 24 * 60 * 60 * 1000;
function judgeCertificate(domain, host, shown, { now, days, expected }) {
    const check = 'certificate';
    const of = `${domain} on ${host}`;
    if (!expected && (shown.kind === 'none' || !shown.fits))
        return { check, of, found: 'no certificate for it there: TLS ends somewhere else' };
    if (shown.kind === 'none')
        return { check, of, found: `no certificate: ${shown.reason}`, fix: 'See whether the web server runs.' };
    const left = Math.floor((shown.until.getTime() - now) / day);
    const date = shown.until.toISOString().slice(0, 10);
    const renew = 'See why it was not renewed (`certbot renew --dry-run`), renew it, and reload the web server.';
    if (shown.until.getTime() <= now)
        return { check, of, found: `ended on ${date}`, fix: renew };
    if (!shown.fits)
        return {
            check,
            of,
            found: 'the certificate there is for other domains',
            fix: 'Get one that has this domain among its names.',
        };
    if (left < days)
        return { check, of, found: `ends in ${left} days, on ${date}`, fix: renew };
    if (shown.distrust !== undefined)
        return {
            check,
            of,
            found: `browsers would not trust it (${shown.distrust})`,
            fix: 'Let the web server send the whole chain (`fullchain.pem`). For a certificate authority of your own: `NODE_EXTRA_CA_CERTS` on the runner.',
        };
    return { check, of, found: `good for ${left} days, until ${date}` };
}


/***/ }),

/***/ 9031:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  F_: () => (/* binding */ judgeResources),
  XS: () => (/* binding */ lookAtCertificates),
  It: () => (/* binding */ lookAtDomains)
});

// EXTERNAL MODULE: ./src/probes/clock.ts
var probes_clock = __webpack_require__(4649);
;// CONCATENATED MODULE: ./src/probes/disk.ts
/** @param most percent that may be used */
function judgeDisks(host, disks, most) {
    const first = disks.filter(({ device }, at) => disks.findIndex((each) => each.device === device) === at);
    return first.map((disk) => judgeDisk(host, disk, most));
}
function judgeDisk(host, disk, most) {
    const check = 'disk';
    const of = `${disk.folder} on ${host}`;
    const bytes = percent(disk.usedBytes, disk.freeBytes);
    const inodes = percent(disk.usedInodes, disk.freeInodes);
    const free = `${gigabytes(disk.freeBytes)} GB free`;
    if (inodes > most && inodes > bytes)
        return {
            check,
            of,
            found: `${inodes} % of its inodes are used, at most ${most} % may be`,
            fix: 'Remove what has very many small files (old sessions, caches), or make the file system anew with more inodes.',
        };
    if (bytes > most)
        return {
            check,
            of,
            found: `${bytes} % used, at most ${most} % may be; ${free}`,
            fix: 'Free disk there: `docker system df` shows what images take, `du -xh --max-depth=2 / | sort -h | tail` the rest; or lower `retire.keep`.',
        };
    return { check, of, found: `${bytes} % used, ${free}` };
}
/** As `df` rounds: up, of what an ordinary user can have. */
function percent(used, free) {
    return used + free === 0 ? 0 : Math.ceil((used * 100) / (used + free));
}
function gigabytes(bytes) {
    return (bytes / 1e9).toFixed(1);
}

// EXTERNAL MODULE: external "node:dns/promises"
var promises_ = __webpack_require__(1553);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
;// CONCATENATED MODULE: ./src/probes/dns.ts


/** The addresses of a name, of both kinds; an address is its own. */
async function askRecords(name, resolver = new promises_.Resolver({ timeout: 3000, tries: 2 })) {
    if ((0,external_node_net_.isIP)(name))
        return { kind: 'addresses', addresses: [name] };
    const asked = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (addresses.length > 0)
        return { kind: 'addresses', addresses: addresses.map(canonical) };
    const codes = asked.map((each) => (each.status === 'rejected' ? String(each.reason?.code) : 'ENODATA'));
    const silent = codes.find((code) => code !== 'ENOTFOUND' && code !== 'ENODATA');
    return {
        kind: 'none',
        reason: silent === undefined ? 'has no A or AAAA record' : `the name servers did not answer (${silent})`,
    };
}
/** One way to write an IPv6 address. */
function canonical(address) {
    return (0,external_node_net_.isIPv6)(address) ? new external_node_net_.SocketAddress({ address, family: 'ipv6' }).address : address;
}
/** Addresses that no visitor comes to: of a private network, of the machine itself. */
const inner = new external_node_net_.BlockList();
for (const [network, bits] of [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
])
    inner.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
    ['::1', 128],
    ['fc00::', 7],
    ['fe80::', 10],
])
    inner.addSubnet(network, bits, 'ipv6');
/** @param hosts the addresses under which the runner reaches the hosts */
function judgeRecords(domain, records, hosts) {
    const check = 'dns';
    if (records.kind === 'none')
        return {
            check,
            of: domain,
            found: records.reason,
            fix: `Give it records that lead to ${hosts.join(', ') || 'the servers'}, or take it out of \`proxy.domains\`.`,
        };
    const { addresses } = records;
    const leadsTo = `leads to ${addresses.join(', ')}`;
    const reachable = hosts.map(canonical).filter((each) => !inner.check(each, (0,external_node_net_.isIPv6)(each) ? 'ipv6' : 'ipv4'));
    if (reachable.length === 0)
        return { check, of: domain, found: `${leadsTo}; the runner knows the servers by private addresses only` };
    const strangers = addresses.filter((each) => !reachable.includes(each));
    if (strangers.length === 0)
        return { check, of: domain, found: leadsTo };
    const all = strangers.length === addresses.length;
    return {
        check,
        of: domain,
        found: all
            ? `${leadsTo}, which is none of the servers`
            : `also leads to ${strangers.join(', ')}, which is none of the servers`,
        fix: `Correct its records; the servers are ${reachable.join(', ')}. Where something of yours stands in front of them, that is as it should be; leave this check out of \`operate\` (\`skip: dns\`).`,
    };
}

;// CONCATENATED MODULE: ./src/probes/memory.ts
/** @param most percent that may be used */
function judgeMemory(of, { total, available }, most) {
    const check = 'memory';
    const used = Math.max(0, Math.ceil(((total - available) * 100) / total));
    const left = `${Math.floor(available / 2 ** 20)} of ${Math.floor(total / 2 ** 20)} MB left`;
    if (used <= most)
        return { check, of, found: `${used} % used, ${left}` };
    return {
        check,
        of,
        found: `${used} % used, at most ${most} % may be; ${left}`,
        fix: 'See what takes it (`ps aux --sort=-rss | head`); stop it, give the server more, or `retire.previous: stopped`.',
    };
}

// EXTERNAL MODULE: ./src/probes/tls.ts
var tls = __webpack_require__(2862);
;// CONCATENATED MODULE: ./src/stages/surroundings.ts





/* What an app stands on and is reached by, which a set-up and each check-up look at. */
/** Milliseconds for a handshake. */
const handshakeTime = 10_000;
/** Where the domains lead: asked from here, without a host. */
async function lookAtDomains({ proxy, hosts }) {
    if (!proxy)
        return [];
    const asked = await Promise.all(hosts.map(({ address }) => askRecords(address)));
    const addresses = asked.flatMap((each) => (each.kind === 'addresses' ? each.addresses : []));
    return Promise.all(proxy.domains.map(async (domain) => judgeRecords(domain, await askRecords(domain), addresses)));
}
/**
 * As the host itself serves it: so each of several hosts is asked, and one that the internet cannot reach yet; what stands
 * in front of them is not.
 *
 * @param now milliseconds since 1970
 */
function lookAtCertificates({ proxy }, host, limits, now) {
    const expected = proxy?.tls !== undefined;
    const dial = () => host.dial(proxy?.tls?.listen ?? 443);
    return Promise.all((proxy?.domains ?? []).map(async (domain) => {
        const shown = await (0,tls/* askCertificate */.PL)(domain, dial, handshakeTime);
        return (0,tls/* judgeCertificate */.Z9)(domain, host.name, shown, { now, days: limits.certificateDays, expected });
    }));
}
function judgeResources(of, { disks, memory, clock }, limits) {
    return [
        ...judgeDisks(of, disks, limits.diskPercent),
        ...(memory ? [judgeMemory(of, memory, limits.memoryPercent)] : []),
        ...(clock ? [(0,probes_clock/* judgeClock */.M)(of, clock, limits.clockSeconds)] : []),
    ];
}


/***/ })

};
;