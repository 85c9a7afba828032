"use strict";
exports.id = 589;
exports.ids = [589];
exports.modules = {

/***/ 2589:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  ve: () => (/* binding */ inWorkspace),
  UR: () => (/* binding */ openHosts),
  b$: () => (/* binding */ readCheckout),
  Xg: () => (/* binding */ readConfig),
  hX: () => (/* binding */ siteUrl),
  g3: () => (/* binding */ withHosts)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/github/exec.ts
var exec = __webpack_require__(182);
// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./src/stages/clock.ts

const systemClock = {
    now: () => Math.round(performance.now()),
    wait: (ms) => (0,promises_.setTimeout)(ms, undefined, { ref: true }),
};

// EXTERNAL MODULE: ./src/stages/open.ts + 1 modules
var stages_open = __webpack_require__(4514);
// EXTERNAL MODULE: ./src/stages/project.ts + 12 modules
var project = __webpack_require__(4613);
;// CONCATENATED MODULE: ./src/commands/environment.ts





/** A path of an input, which is relative to the checkout. */
function inWorkspace(path) {
    return (0,external_node_path_.resolve)(process.env.GITHUB_WORKSPACE || process.cwd(), path);
}
function readConfig({ config, environment }) {
    return (0,project/* readConfigFile */.RG)(inWorkspace(config), (0,external_node_path_.relative)(inWorkspace('.'), inWorkspace(config)), environment);
}
function readCheckout(config, inputs) {
    return (0,project/* readProject */.Wh)(exec/* exec */.m, config, inWorkspace(inputs.config), inputs.env);
}
/** Where people find the app: its first domain. Empty for an app without a site. */
function siteUrl({ proxy }) {
    return proxy ? `https://${proxy.domains[0]}/` : '';
}
/** `RUN/ATTEMPT/JOB`, by which a host knows whose lease it is. */
function ownerOf(run) {
    return { id: `${run.id}/${run.attempt}/${run.job}`, url: run.url };
}
/** Connects to every host of the environment; takes nothing yet. */
function openHosts(context, config) {
    const { inputs, run, reporter, report, signal } = context;
    return (0,stages_open/* open */.ho)({
        config,
        ssh: inputs.ssh,
        owner: ownerOf(run),
        reporter,
        report,
        signal,
        clock: systemClock,
    });
}
/**
 * Connects, works, and hangs up on every way out.
 *
 * @param keepLease whether a later step of the job goes on with the lease, when the work went well; its `post` step
 *   frees it then.
 */
async function withHosts(context, config, keepLease, work) {
    const deploy = await openHosts(context, config);
    context.state.save('lease', 'held');
    let keep = false;
    try {
        const result = await work(deploy);
        keep = keepLease;
        return result;
    }
    finally {
        if (!keep)
            await (0,stages_open/* release */._r)(deploy);
        await (0,stages_open/* close */.VN)(deploy);
    }
}


/***/ }),

/***/ 9124:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  xL: () => (/* reexport */ ConfigError),
  nK: () => (/* binding */ configKeys),
  Z9: () => (/* binding */ loadConfig)
});

;// CONCATENATED MODULE: ./src/config/checks.ts
/** All places where the parts do not fit. Each part alone has already passed the schema. */
function misfits(file) {
    return [
        ...repeated(file),
        ...overlapping(file),
        ...slotPorts(file),
        ...routes(file),
        ...proxyKinds(file),
        ...references(file),
        ...databases(file),
        ...setups(file),
        ...timing(file),
        ...runtime(file),
    ];
}
function repeated({ hosts, accessories, compose, systemd, proxy }) {
    const lists = [
        { path: ['hosts'], items: hosts.map(placeOf) },
        { path: ['accessories'], items: accessories },
        { path: ['compose', 'ignore'], items: compose?.ignore ?? [] },
        { path: ['systemd', 'shared'], items: systemd?.shared ?? [] },
        { path: ['proxy', 'domains'], items: proxy?.domains ?? [] },
        { path: ['proxy', 'routes'], items: proxy?.routes.map((route) => route.path) ?? [] },
        { path: ['proxy', 'files'], items: proxy?.files.map(({ path }) => path) ?? [] },
    ];
    return lists.flatMap(({ path, items }) => items.flatMap((item, index) => items.indexOf(item) === index
        ? []
        : [{ path: [...path, index], expected: 'each one once', found: `${item} again` }]));
}
/** Behind two jump hosts the same address may be two servers. */
function placeOf({ address, port, jump }) {
    return `${address}:${port}${jump ? ` behind ${placeOf(jump)}` : ''}`;
}
function overlapping({ services, accessories, compose }) {
    const inAccessories = accessories.flatMap((name, index) => Object.hasOwn(services, name)
        ? [{ path: ['accessories', index], expected: 'a name that is not under services', found: name }]
        : []);
    const inIgnore = (compose?.ignore ?? []).flatMap((name, index) => Object.hasOwn(services, name) || accessories.includes(name)
        ? [
            {
                path: ['compose', 'ignore', index],
                expected: 'a name that is not deployed elsewhere in the file',
                found: name,
            },
        ]
        : []);
    return [...inAccessories, ...inIgnore];
}
function slotPorts({ services, proxy }) {
    const takenBy = new Map();
    if (proxy)
        takenBy.set(proxy.listen, 'proxy.listen');
    const found = [];
    for (const [name, service] of Object.entries(services)) {
        if (service.role === 'worker')
            continue;
        for (const slot of ['blue', 'green']) {
            const port = service.slots[slot];
            const owner = takenBy.get(port);
            const path = ['services', name, 'slots', slot];
            if (owner)
                found.push({ path, expected: 'a port of its own', found: `${port}, which is ${owner}` });
            else
                takenBy.set(port, path.join('.'));
        }
    }
    return found;
}
function routes({ services, accessories, proxy }) {
    if (!proxy)
        return [];
    const web = Object.keys(services).filter((name) => services[name].role !== 'worker');
    const expected = `the name of a web service (${web.join(', ') || 'there is none'})`;
    const found = proxy.routes.flatMap(({ service }, index) => web.includes(service) ? [] : [{ path: ['proxy', 'routes', index, 'service'], expected }]);
    if (!proxy.routes.some(({ path }) => path === '/')) {
        found.push({ path: ['proxy', 'routes'], expected: 'a route for the path /', found: 'none' });
    }
    if (proxy.service !== undefined && !accessories.includes(proxy.service)) {
        const expected = `one of the accessories (${accessories.join(', ') || 'there is none'})`;
        found.push({ path: ['proxy', 'service'], expected });
    }
    return found;
}
function proxyKinds({ proxy }) {
    if (!proxy)
        return [];
    const found = [];
    if (proxy.service !== undefined && proxy.kind !== 'nginx') {
        const expected = 'no service: only nginx can run in a container';
        found.push({ path: ['proxy', 'service'], expected });
    }
    if (proxy.kind === 'caddy')
        found.push(...underCaddy(proxy));
    if (proxy.kind !== 'nginx' && proxy['rate-limits'].length > 0) {
        const expected = `none with ${proxy.kind}, which cannot limit rates by itself`;
        found.push({ path: ['proxy', 'rate-limits'], expected });
    }
    return [...found, ...tls(proxy), ...redirects(proxy)];
}
/** For another port it logs only those requests whose Host names it, so a bake would miss the others. */
function underCaddy({ listen, tls }) {
    const why = 'with caddy, whose log depends on it';
    return [
        ...(listen === 80 ? [] : [{ path: ['proxy', 'listen'], expected: `80 ${why}` }]),
        ...(!tls || tls.listen === 443 ? [] : [{ path: ['proxy', 'tls', 'listen'], expected: `443 ${why}` }]),
    ];
}
function tls(proxy) {
    const { kind, listen, tls } = proxy;
    if (!tls)
        return [];
    const found = tls.acme ? besideAcme(proxy) : [];
    const byItself = tls.acme !== undefined || kind === 'caddy';
    for (const key of ['certificate', 'key']) {
        if (tls[key] !== undefined)
            continue;
        if (byItself && tls.certificate === tls.key)
            continue;
        found.push({
            path: ['proxy', 'tls', key],
            expected: 'an absolute path of the host, such as /etc/ssl/shop.pem',
        });
    }
    if (tls.listen === listen)
        found.push({ path: ['proxy', 'tls', 'listen'], expected: 'another port than proxy.listen' });
    return found;
}
/** Certbot has a web server reloaded with the site that names its files. */
function besideAcme({ kind, tls, ...proxy }) {
    const path = ['proxy', 'tls', 'acme'];
    const reasons = [
        ...(tls?.certificate !== undefined || tls?.key !== undefined ? ['either acme or files, not both'] : []),
        ...(proxy['own-site'] && kind !== 'caddy'
            ? ['no acme with own-site, whose file names the certificate']
            : []),
    ];
    return reasons.map((expected) => ({ path, expected }));
}
/** A domain that answers cannot redirect as well. */
function redirects({ domains, ...proxy }) {
    if (!proxy['redirect-www'])
        return [];
    return domains.flatMap((domain, index) => domains.includes(`www.${domain}`)
        ? [
            {
                path: ['proxy', 'domains', index],
                expected: `either ${domain} or www.${domain}, with redirect-www`,
            },
        ]
        : []);
}
function references({ services, migrations, hooks }) {
    const found = [];
    for (const [moment, commands] of Object.entries(hooks)) {
        for (const [index, { service }] of commands.entries()) {
            if (Object.hasOwn(services, service))
                continue;
            const expected = `the name of a service (${Object.keys(services).join(', ') || 'there is none'})`;
            found.push({ path: ['hooks', moment, index, 'service'], expected });
        }
    }
    if (migrations && !Object.hasOwn(services, migrations.service)) {
        const expected = `the name of a service (${Object.keys(services).join(', ') || 'there is none'})`;
        found.push({ path: ['migrations', 'service'], expected });
    }
    return found;
}
function databases({ database, accessories, volumes }) {
    if (!database)
        return [];
    if (database.kind === 'sqlite')
        return databaseFiles(database, volumes);
    const ways = ['accessory', 'url-env', 'env'].filter((key) => database[key] !== undefined);
    if (ways.length !== 1) {
        const found = ways.length === 0 ? 'none of them' : ways.join(' and ');
        return [{ path: ['database'], expected: 'either accessory, url-env or env', found }];
    }
    if (database.accessory === undefined || accessories.includes(database.accessory))
        return [];
    const expected = `one of the accessories (${accessories.join(', ') || 'there is none'})`;
    return [{ path: ['database', 'accessory'], expected }];
}
/** What `setup` says has to have something to work on. */
function setups({ setup, database, hosts, proxy }) {
    const found = [];
    if (setup.database && (!database || database.kind === 'sqlite' || database.accessory !== undefined)) {
        const expected = 'false, unless `database` names the variables of a server (url-env or env)';
        found.push({ path: ['setup', 'database'], expected });
    }
    if (setup.database && hosts.length > 1)
        found.push({ path: ['setup', 'database'], expected: 'false with several hosts, which share one' });
    if (setup.docker === 'rootless' && proxy?.service !== undefined) {
        const expected = 'host with proxy.service: rootless Docker cannot have port 80';
        found.push({ path: ['setup', 'docker'], expected });
    }
    if (setup['open-ports'].length > 0 && setup.firewall === 'off')
        found.push({ path: ['setup', 'open-ports'], expected: 'none without `firewall: ufw`' });
    return found;
}
function databaseFiles({ file, volume }, volumes) {
    if (volume === undefined) {
        if (file.startsWith('/') || file.startsWith('shared/'))
            return [];
        const expected = 'an absolute path, or one under shared/, which outlives releases';
        return [{ path: ['database', 'file'], expected }];
    }
    if (volumes[volume] !== 'shared') {
        const shared = Object.keys(volumes).filter((name) => volumes[name] === 'shared');
        const expected = `one of the shared volumes (${shared.join(', ') || 'there is none'})`;
        return [{ path: ['database', 'volume'], expected }];
    }
    return file.startsWith('/')
        ? [{ path: ['database', 'file'], expected: 'a path inside the volume, such as app.sqlite3' }]
        : [];
}
function timing({ gate, migrations }) {
    const found = [];
    if ((gate.successes - 1) * gate.interval >= gate.deadline) {
        const needed = ((gate.successes - 1) * gate.interval) / 1000;
        found.push({
            path: ['gate', 'deadline'],
            expected: `more time than the pauses between ${gate.successes} successes take (${needed} s)`,
        });
    }
    if (migrations && migrations['lock-timeout'] > migrations.timeout) {
        found.push({ path: ['migrations', 'lock-timeout'], expected: 'no more than migrations.timeout' });
    }
    return found;
}
const onlySystemd = ['command', 'memory', 'cpu', 'restart', 'singleton'];
/** Compose or systemd: each service has what its runtime needs, and nothing that only the other knows. */
function runtime(file) {
    const { systemd, services } = file;
    const each = Object.entries(services);
    return systemd
        ? [...each.flatMap(([name, service]) => underSystemd(name, service)), ...besideSystemd(file)]
        : each.flatMap(([name, service]) => underCompose(name, service));
}
function underCompose(name, service) {
    const path = ['services', name];
    const given = service;
    const found = onlySystemd.flatMap((key) => given[key] === undefined
        ? []
        : [{ path: [...path, key], expected: 'no such key without `systemd`; the compose file says it' }]);
    if (service.role === 'worker')
        return found;
    if (service.port === undefined)
        found.push({ path: [...path, 'port'], expected: 'a whole number from 1 to 65535' });
    if (service.assets && !service.assets.path.startsWith('/')) {
        found.push({ path: [...path, 'assets', 'path'], expected: 'an absolute path inside the image' });
    }
    return found;
}
function underSystemd(name, service) {
    const path = ['services', name];
    const found = [];
    if (!service.command)
        found.push({ path: [...path, 'command'], expected: 'the command that systemd runs' });
    if (service.role === 'worker')
        return found;
    if (service.port !== undefined) {
        const expected = 'no port: with systemd the process listens on the one in its variable PORT';
        found.push({ path: [...path, 'port'], expected });
    }
    if (service.assets?.path.startsWith('/')) {
        found.push({ path: [...path, 'assets', 'path'], expected: 'a path inside the release, such as static' });
    }
    return found;
}
function besideSystemd({ systemd, compose, accessories, volumes }) {
    const found = [];
    if (compose && accessories.length === 0) {
        found.push({ path: ['compose'], expected: 'either compose or systemd (both only for accessories)' });
    }
    if (systemd?.user !== undefined && systemd.scope === 'user') {
        const expected = 'no user, since units of scope user run as the deploy user';
        found.push({ path: ['systemd', 'user'], expected });
    }
    for (const volume of accessories.length === 0 ? Object.keys(volumes) : []) {
        found.push({ path: ['volumes', volume], expected: 'no volumes; folders that stay are systemd.shared' });
    }
    for (const [index, folder] of (systemd?.shared ?? []).entries()) {
        const around = systemd?.shared.find((other) => folder.startsWith(`${other}/`));
        if (around === undefined)
            continue;
        found.push({ path: ['systemd', 'shared', index], expected: `a folder that is not inside ${around}` });
    }
    return found;
}

;// CONCATENATED MODULE: ./src/config/config-error.ts
const mostShown = 10;
/** kawasemi.yml is not as it should be: the user's to mend. Holds every problem that was found, the first ten at most. */
class ConfigError extends Error {
    file;
    problems;
    constructor(file, problems) {
        const lines = problems.slice(0, mostShown).map((problem) => sentence(file, problem));
        if (problems.length > mostShown)
            lines.push(`and ${problems.length - mostShown} more`);
        super(lines.join('\n'));
        this.file = file;
        this.name = 'ConfigError';
        this.problems = problems.slice(0, mostShown);
    }
}
function sentence(file, { line, column, key, expected, found }) {
    const where = `${file}:${line}:${column}`;
    return `${where}: ${key === '' ? '' : `${key}: `}expected ${expected}, found ${found}`;
}
/** A value from the file as a message may show it: short, on one line, without control characters. */
function shown(value) {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
/** The same for a key: bare when it is harmless. */
function shownKey(key) {
    return /^[A-Za-z0-9_.-]{1,60}$/.test(key) ? key : shown(key);
}

;// CONCATENATED MODULE: ./src/config/nearest.ts
/** The number of letters to add, drop, change or swap with their neighbour to make one word of the other. */
function distance(a, b) {
    const steps = [Array.from({ length: b.length + 1 }, (_, column) => column)];
    for (let line = 1; line <= a.length; line++) {
        const row = [line];
        steps.push(row);
        for (let column = 1; column <= b.length; column++) {
            const above = steps[line - 1];
            const change = above[column - 1] + (a[line - 1] === b[column - 1] ? 0 : 1);
            const swapped = a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1];
            const swap = swapped ? steps[line - 2][column - 2] + 1 : change;
            row.push(Math.min(change, swap, above[column] + 1, row[column - 1] + 1));
        }
    }
    return steps[a.length][b.length];
}
/** `stopTimeout` and `stop_timeout` mean `stop-timeout`. */
const bare = (word) => word.slice(0, 64).toLowerCase().replace(/[_-]/g, '');
/** The known word that was probably meant, if one is near enough. */
function nearest(word, known) {
    const ranked = known
        .map((candidate) => ({ candidate, steps: distance(bare(word), bare(candidate)) }))
        .sort((a, b) => a.steps - b.steps);
    const best = ranked[0];
    return best && best.steps <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined;
}

// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 17 modules
var schemas = __webpack_require__(8816);
// EXTERNAL MODULE: ./src/config/section.ts
var section = __webpack_require__(1305);
// EXTERNAL MODULE: ./src/config/values.ts
var values = __webpack_require__(3750);
;// CONCATENATED MODULE: ./src/config/database.ts



/** Where a database server is: in an accessory, or where the variables of the release say. */
const server = {
    accessory: values/* composeName */.iO
        .optional()
        .describe('Accessory it runs in. Its own tools make the dump, with the user and database it was made with.'),
    'url-env': values/* variableName */.cG
        .optional()
        .describe("Or: the variable of the release's `env` that holds its URL; the host's own tools make the dump."),
    env: (0,section/* section */.uW)({
        host: values/* variableName */.cG.optional().describe('Variable with its name or address as the host sees it.'),
        port: values/* variableName */.cG.optional().describe('Variable with its port.'),
        name: values/* variableName */.cG.describe("Variable with the database's name."),
        user: values/* variableName */.cG.optional().describe('Variable with the user.'),
        password: values/* variableName */.cG.optional().describe('Variable with the password.'),
    })
        .optional()
        .describe("Or: names of the variables of the release's `env` that hold the parts of the connection."),
};
const database = schemas/* discriminatedUnion */.gMt('kind', [
    (0,section/* section */.uW)({ kind: schemas/* literal */.euz('postgres').describe('PostgreSQL.'), ...server }),
    (0,section/* section */.uW)({ kind: schemas/* literal */.euz('mysql').describe('MySQL or MariaDB.'), ...server }),
    (0,section/* section */.uW)({
        kind: schemas/* literal */.euz('sqlite').describe('SQLite.'),
        file: values/* databaseFile */.G3.describe("The file: in the app's folder under `shared/`, or an absolute path of the host; with `volume`, its path in there."),
        volume: values/* composeName */.iO.optional().describe('Shared volume of the compose file that holds the file.'),
    }),
], { error: 'kind: postgres, kind: mysql or kind: sqlite' });
function toDatabase(file) {
    if (file.kind === 'sqlite')
        return file;
    const { 'url-env': urlEnv, ...rest } = file;
    return urlEnv === undefined ? rest : { ...rest, urlEnv };
}

;// CONCATENATED MODULE: ./src/config/hooks.ts


const hook = (0,section/* section */.uW)({
    service: values/* composeName */.iO.describe('Service in whose image and settings the command runs.'),
    command: section/* command */.G5.describe('Program and arguments, as a list; no shell takes it apart.'),
    timeout: (0,values/* duration */.p0)('1s', '6h').prefault('5m').describe('Longest time the command may take.'),
});
function hooks(what) {
    return (0,section/* atMost */.Tu)(20, hook, 'commands').prefault([]).describe(what);
}
const hookLists = (0,section/* section */.uW)({
    'after-ship': hooks('Run when the release is on the host, before the backup. One that fails ends the deploy.'),
    'before-switch': hooks('Run when the release passed its gate. One that fails ends the deploy; traffic is not touched.'),
    'after-switch': hooks('Run when the release takes traffic. One that fails is a warning: the deploy stays.'),
    'on-failure': hooks('Run when the deploy failed after the release was shipped. One that fails is a warning.'),
})
    .prefault({})
    .describe("One-off commands in the release's own environment.");
function toHooks(file) {
    return {
        afterShip: file['after-ship'],
        beforeSwitch: file['before-switch'],
        afterSwitch: file['after-switch'],
        onFailure: file['on-failure'],
    };
}

;// CONCATENATED MODULE: ./src/config/host.ts



const behindJump = (0,section/* section */.uW)({
    host: values/* host */.Hc.describe('The server, at the address by which the jump host knows it.'),
    jump: schemas/* union */.KCZ([values/* host */.Hc, schemas/* array */.YOg(values/* host */.Hc).min(1).max(5)], {
        error: 'user@address or user@address:port, or a list of them, the one to go to first being the first',
    })
        .describe('The host through which it is reached; or a list, each reached through the one before it.'),
}).transform(({ host: address, jump }) => {
    const jumps = Array.isArray(jump) ? jump : [jump];
    return [...jumps, address].reduce((outer, inner) => ({ ...inner, jump: outer }));
});
/** A host by itself, or with the one through which it is reached. */
const hostEntry = schemas/* union */.KCZ([values/* host */.Hc, behindJump], {
    error: 'user@address or user@address:port, such as deploy@203.0.113.7, or a map with host and jump',
});

;// CONCATENATED MODULE: ./src/config/migrations.ts


const migrations = (0,section/* section */.uW)({
    service: values/* composeName */.iO.describe('Service in whose new image the command runs.'),
    command: section/* command */.G5.describe('Program and arguments, as a list; no shell takes it apart.'),
    timeout: (0,values/* duration */.p0)('1s', '6h').prefault('10m').describe('Longest time the command may take.'),
    'lock-timeout': (0,values/* duration */.p0)('100ms', '10m')
        .prefault('10s')
        .describe('Longest time it may wait for a lock of the database.'),
});
function toMigrations(file) {
    const { service, command, timeout } = file;
    return { service, command, timeout, lockTimeout: file['lock-timeout'] };
}

// EXTERNAL MODULE: ./src/config/proxy-options.ts
var proxy_options = __webpack_require__(4489);
;// CONCATENATED MODULE: ./src/config/proxy.ts




const proxy = (0,section/* section */.uW)({
    kind: schemas/* enum */.k5n(['nginx', 'apache', 'caddy'])
        .describe('The web server in front of the app: `nginx`, `apache` or `caddy`.'),
    service: values/* composeName */.iO
        .optional()
        .describe('The accessory that is this web server, where it runs in a container; else it is the host’s own.'),
    'own-site': schemas/* boolean */.zMY({ error: 'true or false' })
        .prefault(false)
        .describe('Whether you keep the site’s file: then setup-host prints the lines it needs instead of writing it.'),
    domains: (0,section/* atMost */.Tu)(50, values/* domain */.bl, 'domains')
        .min(1)
        .describe('Domains of the site; the first one is what probes send.'),
    routes: (0,section/* atMost */.Tu)(50, (0,section/* section */.uW)({
        path: values/* routePath */.dA.describe('Start of the URL path; the longest match wins.'),
        service: values/* composeName */.iO.describe('Web service that answers it.'),
    }), 'routes')
        .min(1)
        .describe('Which web service answers which path; one of them for `/`.'),
    files: (0,section/* atMost */.Tu)(20, (0,section/* section */.uW)({
        path: values/* assetsUrl */.Hh.describe('Start of the URL path they are served under, such as `/media/`.'),
        folder: values/* basePath */.Jp.describe('Where they are, as the web server sees it.'),
        expires: (0,values/* duration */.p0)('1s', '9000h').optional().describe('How long browsers may keep them.'),
    }), 'folders of files')
        .prefault([])
        .describe('Folders that outlive releases and that the web server answers from by itself: uploaded media.'),
    listen: values/* port */.Oh.prefault(80).describe('Port the site listens on.'),
    'body-size': (0,values/* size */.Ej)('1k', '10g').prefault('10m').describe('Largest request body.'),
    'read-timeout': (0,values/* duration */.p0)('1s', '24h')
        .prefault('60s')
        .describe('Longest silence of the app during an answer (also of a WebSocket or an event stream).'),
    'keepalive-timeout': (0,values/* duration */.p0)('100ms', '75s')
        .prefault('4s')
        .describe("How long the proxy keeps an idle connection to the app. Must be shorter than the app's own: Node closes after 5 s, gunicorn after 2 s."),
    ...proxy_options/* siteOptions */._6,
});
function toProxy(file) {
    const { kind, service, domains, routes, files, listen } = file;
    return {
        kind,
        ...(service !== undefined && { service }),
        ...(file['own-site'] && { ownSite: true }),
        domains,
        routes,
        ...(files.length > 0 && { files: files.map(toServedFolder) }),
        listen,
        bodySize: file['body-size'],
        readTimeout: file['read-timeout'],
        keepaliveTimeout: file['keepalive-timeout'],
        ...(0,proxy_options/* toSiteOptions */.fY)(file),
    };
}
function toServedFolder({ path, folder, expires }) {
    return { path, folder, ...(expires !== undefined && { expires }) };
}

;// CONCATENATED MODULE: ./src/config/service.ts



const health = (0,section/* section */.uW)({
    path: values/* probePath */.CR.describe('Path the gate asks for, such as `/health`.'),
    status: schemas/* union */.KCZ([(0,values/* integer */.nd)(100, 599), schemas/* array */.YOg((0,values/* integer */.nd)(100, 599)).min(1).max(20)], {
        error: 'a status from 100 to 599, or a list of them',
    })
        .optional()
        .describe('Status, or list of statuses, that counts as healthy. Any 2xx when left out.'),
    headers: (0,section/* mapOf */.A7)(values/* headerName */.Bv, values/* argument */.EE, 20, 'headers')
        .prefault({})
        .describe('Headers the answer has to have, each with a text its value has to contain.'),
    json: (0,section/* mapOf */.A7)(values/* fieldPath */.cn, schemas/* union */.KCZ([schemas/* string */.YjP().max(1000), schemas/* number */.aig(), schemas/* boolean */.zMY(), schemas/* null */.chJ()], {
        error: 'text, a number, true, false or null',
    }), 20, 'fields')
        .prefault({})
        .describe('Fields of the JSON answer and the values they have to have; `a.b` is field `b` in field `a`.'),
    body: values/* bodyPattern */.nn.optional().describe('Regular expression (JavaScript) that has to match in the body.'),
});
const stopTimeout = (0,values/* duration */.p0)('1s', '1h')
    .prefault('10s')
    .describe('How long the service may take to stop before it is killed.');
/** How systemd runs a service; with Compose all of it is in the compose file. */
const process = {
    command: section/* command */.G5
        .optional()
        .describe(`systemd: program and arguments, as a list. A program without a slash is looked for in the virtual environment first, one with a slash in the release. \`\${PORT}\` in it is the port of the slot.`),
    memory: (0,values/* size */.Ej)('8m', '4096g').optional().describe('systemd: most memory it may use.'),
    cpu: schemas/* number */.aig({ error: 'a number of processors from 0.01 to 512' })
        .min(0.01, { error: 'a number of processors from 0.01 to 512' })
        .max(512, { error: 'a number of processors from 0.01 to 512' })
        .optional()
        .describe('systemd: most processors it may use, such as `1.5`.'),
    restart: schemas/* enum */.k5n(['always', 'on-failure']).optional().meta({
        description: 'systemd: whether it is started again when it ends by itself too.',
        default: 'always',
    }),
};
const webService = (0,section/* section */.uW)({
    // Optional rather than with a default, since only then a union can be told apart by it.
    role: schemas/* literal */.euz('web').optional().meta({ description: 'A service that takes traffic.', default: 'web' }),
    port: values/* port */.Oh
        .optional()
        .describe('Compose: port the service listens on in its container. With systemd it listens on the one in its variable `PORT`.'),
    slots: (0,section/* section */.uW)({
        blue: (0,values/* integer */.nd)(1024, 65535).describe("Port of the host's loopback for the blue slot."),
        green: (0,values/* integer */.nd)(1024, 65535).describe("Port of the host's loopback for the green slot."),
    }).describe('Two free ports of the host, bound to 127.0.0.1, one for each slot.'),
    health: health.describe('What a healthy service answers.'),
    assets: (0,section/* section */.uW)({
        path: values/* assetsPath */.tx.describe('Folder of static files: an absolute path inside the image, or with systemd a path inside the release.'),
        url: values/* assetsUrl */.Hh.describe('Start of the URL path they are served under, such as `/_next/static/`.'),
    })
        .optional()
        .describe('Static files of the release, which open pages of the previous release still ask for.'),
    ...process,
    'stop-timeout': stopTimeout,
});
const workerService = (0,section/* section */.uW)({
    role: schemas/* literal */.euz('worker').describe('A service that takes no traffic; it starts only at the switch.'),
    singleton: schemas/* boolean */.zMY({ error: 'true or false' }).optional().meta({
        description: 'systemd: whether the old one has to stop before the new one starts.',
        default: true,
    }),
    ...process,
    'stop-timeout': stopTimeout,
});
const service = schemas/* discriminatedUnion */.gMt('role', [webService, workerService], {
    error: 'role: web or role: worker',
});
function toHealth({ path, status = [], headers, json, body }) {
    return { path, status: [status].flat(), headers, json, ...(body !== undefined && { body }) };
}
function toService(file) {
    const stopTimeout = file['stop-timeout'];
    const process = toProcess(file);
    if (file.role === 'worker') {
        return { role: 'worker', ...(process && { process, singleton: file.singleton ?? true }), stopTimeout };
    }
    const { port, slots, health, assets } = file;
    return {
        role: 'web',
        ...(port !== undefined && { port }),
        slots,
        health: toHealth(health),
        ...(assets && { assets }),
        ...(process && { process }),
        stopTimeout,
    };
}
function toProcess(file) {
    const { command, memory, cpu, restart = 'always' } = file;
    if (!command)
        return undefined;
    return { command, ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }), restart };
}

;// CONCATENATED MODULE: ./src/config/setup.ts



const setup = (0,section/* section */.uW)({
    packages: (0,section/* atMost */.Tu)(50, values/* packageName */.oZ, 'packages')
        .prefault([])
        .describe('More packages of Debian or Ubuntu that the app needs on the host, such as `redis-server`.'),
    database: schemas/* boolean */.zMY({ error: 'true or false' })
        .prefault(false)
        .describe('Whether the database server is on the host itself: then it is installed, with the database and the user that the variables of `database` name.'),
    docker: schemas/* enum */.k5n(['host', 'rootless'])
        .prefault('host')
        .describe("Which Docker the deploy user gets: `host` lets it use the host's, which is as much as root's rights; `rootless` gives it one of its own, which is not."),
    firewall: schemas/* enum */.k5n(['off', 'ufw'])
        .prefault('off')
        .describe('`ufw` lets in SSH, the ports of the site and `open-ports`, and nothing else that is new.'),
    'open-ports': (0,section/* atMost */.Tu)(50, values/* port */.Oh, 'ports')
        .prefault([])
        .describe('TCP ports that the firewall leaves open besides.'),
});
function toSetup({ packages, database, docker, firewall, ...rest }) {
    return { packages, database, docker, firewall, openPorts: rest['open-ports'] };
}

;// CONCATENATED MODULE: ./src/config/systemd.ts



const systemd = (0,section/* section */.uW)({
    scope: schemas/* enum */.k5n(['user', 'system'])
        .prefault('user')
        .describe('`user`: units of the deploy user, which needs no further rights. `system`: units of the system that run as another user, started through sudo.'),
    user: values/* userName */.nT.optional().meta({ description: 'User that system units run as.', default: 'www-data' }),
    python: (0,section/* section */.uW)({
        requirements: values/* repoPath */.qN.prefault('requirements.txt').describe('File that pip installs from.'),
        interpreter: values/* interpreter */.n3.prefault('python3').describe('Python on the host, such as `python3.12`.'),
    })
        .optional()
        .describe('Makes a virtual environment on the host, once for each state of the requirements.'),
    node: (0,section/* section */.uW)({
        lock: values/* repoPath */.qN
            .prefault('package-lock.json')
            .describe('Lock file, beside its `package.json`; `npm ci` installs from it.'),
    })
        .optional()
        .describe('Makes `node_modules` on the host, once for each state of the lock file.'),
    build: (0,section/* atMost */.Tu)(20, section/* command */.G5, 'commands')
        .prefault([])
        .describe("Commands that run on the host in each new release's folder, such as `[python, manage.py, collectstatic, --noinput]`."),
    'build-timeout': (0,values/* duration */.p0)('1s', '2h')
        .prefault('15m')
        .describe('Longest time that installing, or one build command, may take.'),
    shared: (0,section/* atMost */.Tu)(50, values/* repoPath */.qN, 'folders')
        .prefault([])
        .describe('Folders of the release that outlive it, such as `media`: links to `shared/data`.'),
});
function toSystemd(file) {
    const { scope, user = 'www-data', python, node, build, shared } = file;
    return {
        scope,
        user,
        ...(python && { python }),
        ...(node && { node }),
        build,
        buildTimeout: file['build-timeout'],
        shared,
    };
}

;// CONCATENATED MODULE: ./src/config/schema.ts












/*
 * The one description of kawasemi.yml. Types, validation, the editors' JSON Schema and the table in the docs all
 * come from it and the files beside it, one for each section. Keys are as people write them (kebab-case); `toConfig`
 * at the end names them as the code does.
 */
const defaultComposeFile = 'compose.yaml';
/** The file after the environment was merged over it. */
const fileSchema = (0,section/* section */.uW)({
    app: values/* appName */.JB.describe('Name of the app; names its folder and its containers on the host.'),
    base: values/* basePath */.Jp
        .optional()
        .describe('Folder of the app on the host; `/srv/` and the name of the app when left out.'),
    hosts: (0,section/* atMost */.Tu)(50, hostEntry, 'hosts')
        .min(1)
        .describe('Servers the environment runs on: `user@address` or `user@address:port`; or `{host: …, jump: …}` for one that is reached through another.'),
    compose: (0,section/* section */.uW)({
        file: values/* repoPath */.qN.prefault(defaultComposeFile).describe("The product's compose file."),
        ignore: (0,section/* atMost */.Tu)(50, values/* composeName */.iO, 'services')
            .prefault([])
            .describe('Services of the compose file that are not deployed, such as its own web server.'),
    })
        .optional()
        .describe('Docker Compose runs the app, as this file describes it (or, beside `systemd`, its accessories).'),
    systemd: systemd.optional().describe('systemd runs the app, as the services here describe it.'),
    services: (0,section/* mapOf */.A7)(values/* composeName */.iO, service, 50, 'services').describe('Services that are switched, by their name in the compose file if there is one.'),
    accessories: (0,section/* atMost */.Tu)(50, values/* composeName */.iO, 'accessories')
        .prefault([])
        .describe('Services that are never switched: database, cache.'),
    volumes: (0,section/* mapOf */.A7)(values/* composeName */.iO, schemas/* enum */.k5n(['shared', 'slot']), 50, 'volumes')
        .prefault({})
        .describe('Each named volume of the compose file: `shared` by both slots and the accessories, or one for each `slot`.'),
    proxy: proxy.optional().describe('The site. Without it nothing takes traffic through a proxy of ours.'),
    database: database.optional().describe('The database that is backed up before migrations.'),
    backup: schemas/* enum */.k5n(['on', 'off'])
        .prefault('on')
        .describe('`off` lets migrations run without a checked backup of the database.'),
    migrations: migrations.optional().describe('How the database is brought to the schema of the new release.'),
    hooks: hookLists,
    setup: setup
        .prefault({})
        .describe('What `setup-host` installs and opens on a host, besides what the rest calls for.'),
    gate: (0,section/* section */.uW)({
        deadline: (0,values/* duration */.p0)('1s', '1h').prefault('60s').describe('Time a new release has to become healthy.'),
        interval: (0,values/* duration */.p0)('100ms', '5m').prefault('1s').describe('Pause between two probes.'),
        timeout: (0,values/* duration */.p0)('100ms', '5m').prefault('5s').describe('Longest time one probe may take.'),
        successes: (0,values/* integer */.nd)(1, 100).prefault(2).describe('How many probes in a row have to be healthy.'),
    })
        .prefault({})
        .describe('When a new release is let through.'),
    bake: (0,section/* section */.uW)({
        duration: (0,values/* duration */.p0)('0s', '1h')
            .prefault('30s')
            .describe('How long the new release is watched after the switch; `0s` for not at all.'),
        'max-error-percent': schemas/* number */.aig({ error: 'a number from 0 to 100' })
            .min(0, { error: 'a number from 0 to 100' })
            .max(100, { error: 'a number from 0 to 100' })
            .prefault(5)
            .describe('More answers with a 5xx status than this, in percent, switch back.'),
        'max-p95': (0,values/* duration */.p0)('1ms', '5m')
            .optional()
            .describe('When more than 5 % of the answers take longer than this, it switches back: the limit of their 95th percentile. Not looked at when left out.'),
        'min-requests': (0,values/* integer */.nd)(1, 1_000_000)
            .prefault(20)
            .describe('These limits count once there were this many requests.'),
    })
        .prefault({})
        .describe('Watching the new release after the switch, ready to switch back.'),
    drain: (0,section/* section */.uW)({
        timeout: (0,values/* duration */.p0)('0s', '6h')
            .prefault('30s')
            .describe('How long the old release may finish the connections it has.'),
    })
        .prefault({})
        .describe('Letting the old release finish.'),
    retire: (0,section/* section */.uW)({
        previous: schemas/* enum */.k5n(['warm', 'stopped'])
            .prefault('warm')
            .describe('`warm` keeps the old release running, for a rollback at once; `stopped` frees its memory.'),
        keep: (0,values/* integer */.nd)(1, 100).prefault(5).describe('How many good releases stay on the host.'),
    })
        .prefault({})
        .describe('What becomes of older releases.'),
});
/** The one place where names of the file become names of the code. */
function toConfig(file, environment) {
    const { app, hosts, systemd, accessories, volumes, backup, gate, bake, drain, retire } = file;
    return {
        app,
        environment,
        base: file.base ?? `/srv/${app}`,
        hosts,
        compose: file.compose ?? { file: defaultComposeFile, ignore: [] },
        ...(systemd && { systemd: toSystemd(systemd) }),
        services: Object.fromEntries(Object.entries(file.services).map(([name, each]) => [name, toService(each)])),
        accessories,
        volumes,
        ...(file.proxy && { proxy: toProxy(file.proxy) }),
        ...(file.database && { database: toDatabase(file.database) }),
        backup,
        ...(file.migrations && { migrations: toMigrations(file.migrations) }),
        hooks: toHooks(file.hooks),
        setup: toSetup(file.setup),
        gate,
        bake: {
            duration: bake.duration,
            maxErrorPercent: bake['max-error-percent'],
            ...(bake['max-p95'] !== undefined && { maxP95: bake['max-p95'] }),
            minRequests: bake['min-requests'],
        },
        drain,
        retire,
    };
}

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./src/config/tree.ts


const mostBytes = 256 * 1024;
/** What aliases lead to is counted each time, so that a few anchors cannot unfold to millions of values. */
const mostValues = 10_000;
const mostDepth = 30;
/** @throws {ConfigError} when the text is too large, no YAML, or YAML that a config has no use for. */
function readSource(text, file) {
    const lines = new dist/* LineCounter */.HN();
    const position = (offset) => {
        const { line, col } = lines.linePos(offset);
        return { line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    const fail = (at, key, expected, found) => {
        throw new ConfigError(file, [{ ...position(at), key, expected, found }]);
    };
    const bytes = Buffer.byteLength(text);
    if (bytes > mostBytes)
        fail(0, '', `a file of at most ${mostBytes / 1024} KB`, `${Math.ceil(bytes / 1024)} KB`);
    // The parser would look for duplicates too, but in time that grows with the square of the keys.
    const document = (0,dist/* parseDocument */.Tp)(text, { prettyErrors: false, lineCounter: lines, uniqueKeys: false });
    const mistakes = [...document.errors, ...document.warnings];
    if (mistakes.length > 0) {
        const problems = mistakes.map(({ pos, message }) => ({
            ...position(pos[0]),
            key: '',
            expected: 'YAML',
            found: `a mistake in it: ${message.slice(0, 200)}`,
        }));
        throw new ConfigError(file, problems);
    }
    return { root: new Reader(document, position, fail).read(document.contents, '', 0, 0), position };
}
class Reader {
    document;
    position;
    fail;
    values = 0;
    constructor(document, position, fail) {
        this.document = document;
        this.position = position;
        this.fail = fail;
    }
    read(node, path, keyAt, depth) {
        const at = node?.range?.[0] ?? keyAt;
        if (++this.values > mostValues)
            this.fail(at, path, `at most ${mostValues} values`, 'more');
        if (depth > mostDepth)
            this.fail(at, '', `at most ${mostDepth} levels of lists and maps`, 'more');
        if ((0,dist/* isAlias */.Vj)(node)) {
            const target = node.resolve(this.document) ?? this.fail(at, path, 'an anchor of this name', shown(node.source));
            return { ...this.read(target, path, keyAt, depth + 1), at };
        }
        return { keyAt, at, path, value: this.valueOf(node, path, at, depth) };
    }
    valueOf(node, path, at, depth) {
        if (node === null || node === undefined)
            return null;
        if ((0,dist/* isMap */.jh)(node))
            return this.readMap(node.items, path, at, depth);
        if ((0,dist/* isSeq */.oP)(node)) {
            return node.items.map((item, index) => {
                const itemAt = item?.range?.[0] ?? at;
                return this.read(item, `${path}[${index}]`, itemAt, depth + 1);
            });
        }
        const value = (0,dist/* isScalar */.jn)(node) ? node.value : undefined;
        if (value === null ||
            typeof value === 'string' ||
            typeof value === 'number' ||
            typeof value === 'boolean') {
            return value;
        }
        return this.fail(at, path, 'text, a number, true, false, a list or a map', 'another kind of value');
    }
    readMap(items, path, at, depth) {
        const map = new Map();
        for (const { key, value } of items) {
            const keyAt = key?.range?.[0] ?? at;
            const name = (0,dist/* isScalar */.jn)(key) ? key.value : undefined;
            if (typeof name !== 'string') {
                return this.fail(keyAt, path, 'keys that are text', (0,dist/* isScalar */.jn)(key) ? shown(name) : 'another kind of key');
            }
            const keyPath = path === '' ? shownKey(name) : `${path}.${shownKey(name)}`;
            if (name === '__proto__')
                return this.fail(keyAt, path, 'another name for a key', shown(name));
            const first = map.get(name);
            if (first) {
                return this.fail(keyAt, keyPath, 'each key once', `it again, after line ${this.position(first.keyAt).line}`);
            }
            map.set(name, this.read(value, keyPath, keyAt, depth + 1));
        }
        return map;
    }
}
/** `over` laid over `base`: maps key by key, all else replaced. Each value keeps the place it came from. */
function merge(base, over) {
    if (!(base.value instanceof Map && over.value instanceof Map))
        return over;
    const value = new Map(base.value);
    for (const [key, each] of over.value) {
        const below = value.get(key);
        value.set(key, below ? merge(below, each) : each);
    }
    return { ...over, value };
}
/** The bare values, for the schema. */
function plain({ value }) {
    if (Array.isArray(value))
        return value.map(plain);
    if (value instanceof Map)
        return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
    return value;
}
/** The value at a path, or the nearest one above it and the first key that is missing there. */
function find(root, path) {
    let tree = root;
    for (const key of path) {
        const { value } = tree;
        const below = value instanceof Map ? value.get(String(key)) : Array.isArray(value) ? value[Number(key)] : undefined;
        if (!below)
            return { tree, missing: String(key) };
        tree = below;
    }
    return { tree };
}

;// CONCATENATED MODULE: ./src/config/load.ts






/**
 * The app as `text` (kawasemi.yml) describes it in one environment.
 *
 * @param fileName how messages call the file
 * @throws {ConfigError} with every problem found
 */
function loadConfig(text, fileName, environment) {
    const source = readSource(text, fileName);
    const config = configOf(source, fileName, environment);
    const clash = clashOf(source, fileName, config);
    if (clash)
        throw new ConfigError(fileName, [clash]);
    return config;
}
function configOf(source, fileName, environment) {
    const merged = inEnvironment(source, fileName, environment);
    const parsed = fileSchema.safeParse(plain(merged), { error: expectation });
    const problems = parsed.success
        ? misfits(parsed.data).map(({ path, expected, found }) => problemAt(source, merged, path, expected, found))
        : parsed.error.issues.flatMap((issue) => fromIssue(source, merged, issue));
    if (!parsed.success || problems.length > 0)
        throw new ConfigError(fileName, problems.sort(byPlace));
    return toConfig(parsed.data, environment);
}
/** Two environments of one app on one server would ship into each other's slots. */
function clashOf(source, fileName, { app, base, environment, hosts }) {
    const mine = new Set(hosts.map(serverOf));
    for (const other of otherConfigs(source, fileName, environment)) {
        const shared = other.hosts.find((host) => mine.has(serverOf(host)));
        if (!shared || (other.app !== app && other.base !== base))
            continue;
        return problemAt(source, source.root, ['environments', environment], 'a server of its own, or an `app` of its own', `${app} on ${shared.name}, where ${other.environment} has it too`);
    }
    return undefined;
}
/** The same address behind another jump host is another server. */
function serverOf({ address, port, jump }) {
    return `${jump ? `${serverOf(jump)} ` : ''}${address} ${port}`;
}
/** Those that are good: a fault in another environment is told when that one is deployed. */
function otherConfigs(source, fileName, environment) {
    const { value } = find(source.root, ['environments']).tree;
    const names = value instanceof Map ? [...value.keys()].filter((name) => name !== environment) : [];
    return names.flatMap((name) => {
        try {
            return [configOf(source, fileName, name)];
        }
        catch (error) {
            if (error instanceof ConfigError)
                return [];
            throw error;
        }
    });
}
/**
 * What the file says in one environment: each key with its value as JSON, `gate.deadline` → `"60s"`. A list is one value.
 *
 * @throws {ConfigError} when it is no map, or has no such environment; what the keys mean is not looked at
 */
function configKeys(text, fileName, environment) {
    return new Map(flat(plain(inEnvironment(readSource(text, fileName), fileName, environment)), ''));
}
function flat(value, above) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        return [[above, JSON.stringify(value) ?? '']];
    return Object.entries(value).flatMap(([key, each]) => flat(each, above === '' ? shownKey(key) : `${above}.${shownKey(key)}`));
}
const byPlace = (a, b) => a.line - b.line || a.column - b.column;
/** The top level of the file with the environment's overrides laid over it. */
function inEnvironment(source, fileName, environment) {
    const { root } = source;
    const fail = (path, expected, found) => {
        throw new ConfigError(fileName, [problemAt(source, root, path, expected, found)]);
    };
    if (!(root.value instanceof Map))
        return fail([], 'a map with app, hosts, services, environments');
    const { environments, ...rest } = Object.fromEntries(root.value);
    if (!environments)
        return fail(['environments'], `the environment ${shown(environment)}`, 'no environments');
    if (!(environments.value instanceof Map))
        return fail(['environments'], 'a map of environments');
    for (const name of environments.value.keys()) {
        const valid = values/* environmentName */.VE.safeParse(name);
        if (!valid.success)
            return fail(['environments', name], valid.error.issues[0].message, shown(name));
    }
    const override = environments.value.get(environment);
    if (!override) {
        const known = [...environments.value.keys()].join(', ') || 'there is none';
        return fail(['environments'], `the input environment to name one of them (${known})`, shown(environment));
    }
    const base = { ...root, value: new Map(Object.entries(rest)) };
    if (override.value === null)
        return base;
    if (!(override.value instanceof Map))
        return fail(['environments', environment], 'a map of keys to override');
    return { ...base, value: merge(base, override).value };
}
/** What the schema expects, for the issues whose part of the schema does not say it in its own words. */
function expectation(issue) {
    switch (issue.code) {
        case 'invalid_type':
            return { array: 'a list', record: 'a map', object: 'a map', string: 'text' }[issue.expected];
        case 'invalid_value':
            return issue.values.map(String).join(' or ');
        case 'invalid_key':
            return issue.issues[0]?.message;
        case 'too_small':
            return `at least ${issue.minimum}`;
        case 'too_big':
            return `at most ${issue.maximum}`;
        default:
            return undefined;
    }
}
function fromIssue(source, merged, issue) {
    if (issue.code === 'invalid_key') {
        const name = shown(issue.path.at(-1));
        return [problemAt(source, merged, issue.path, issue.message, name, 'key')];
    }
    if (issue.code === 'invalid_union') {
        const inside = issue.errors.find((each) => each.length > 0 && each.every(isInside));
        if (inside)
            return inside.flatMap((each) => fromIssue(source, merged, below(issue, each)));
    }
    if (issue.code !== 'unrecognized_keys')
        return [problemAt(source, merged, issue.path, issue.message)];
    const known = issue.message.split(' ');
    return issue.keys.map((key) => {
        const meant = nearest(key, known);
        const expected = meant ? `the key ${meant}` : `one of the keys ${known.join(', ')}`;
        return problemAt(source, merged, [...issue.path, key], expected, `the unknown key ${shown(key)}`, 'key');
    });
}
/** The value is of that kind, but something inside of it does not fit. */
const isInside = ({ path, code }) => path.length > 0 || code === 'unrecognized_keys';
const below = ({ path }, issue) => ({
    ...issue,
    path: [...path, ...issue.path],
});
function problemAt(source, root, path, expected, found, pointAt = 'value') {
    const { tree, missing } = find(root, path);
    const offset = missing !== undefined || pointAt === 'key' ? tree.keyAt : tree.at;
    const key = [tree.path, ...(missing === undefined ? [] : [shownKey(missing)])].filter(Boolean).join('.');
    return { ...source.position(offset), key, expected, found: found ?? kind(tree, missing) };
}
function kind({ value }, missing) {
    if (missing !== undefined || value === null)
        return 'nothing';
    if (Array.isArray(value))
        return value.length === 0 ? 'an empty list' : 'a list';
    return value instanceof Map ? 'a map' : shown(value);
}


/***/ }),

/***/ 1640:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Mw: () => (/* binding */ siteFolder),
/* harmony export */   hI: () => (/* binding */ logFolder),
/* harmony export */   qY: () => (/* binding */ certbotFolder),
/* harmony export */   rq: () => (/* binding */ acmeFolder)
/* harmony export */ });
/*
 * Folders of root's on the host, which the site, the set-up and a web server in a container all have to know. In one of
 * an ordinary user's a link could lead a program of root's astray.
 */
/** Holds the site's file of an app whose web server runs in a container, and nothing else. */
function siteFolder(app) {
    return `/etc/kawasemi/${app}/nginx`;
}
/** Where a program such as certbot lays its answers for the certificate authority. */
const acmeFolder = '/var/lib/kawasemi/acme';
/** Certbot's: its names of certificates are links from one part of it to another. */
const certbotFolder = '/etc/letsencrypt';
function logFolder(app) {
    return `/var/log/kawasemi/${app}`;
}


/***/ }),

/***/ 4489:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $8: () => (/* binding */ ownHeaders),
/* harmony export */   _6: () => (/* binding */ siteOptions),
/* harmony export */   fY: () => (/* binding */ toSiteOptions)
/* harmony export */ });
/* unused harmony export headerValue */
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8816);
/* harmony import */ var _section__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1305);
/* harmony import */ var _values__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3750);



const hostFile = _values__WEBPACK_IMPORTED_MODULE_1__/* .basePath */ .Jp;
/** Nothing that one of the web servers would take for more than text. */
const headerValue = (0,_values__WEBPACK_IMPORTED_MODULE_1__/* .text */ .Qq)(/^(?!expr=)[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-]([A-Za-z0-9 !#&'()*+,./:;<=>?@[\]^_|~-]*[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-])?$/, 1000, 'the value of a header, without quotes, backslashes, "$", "%", "`", "{" and "}"');
const ratePattern = /^([1-9][0-9]{0,4})\/(s|m)$/;
const rate = (0,_values__WEBPACK_IMPORTED_MODULE_1__/* .text */ .Qq)(ratePattern, 7, 'requests in a second or a minute, such as 10/s or 30/m').transform((value) => {
    const [, requests, per] = ratePattern.exec(value);
    return { requests: Number(requests), per: per };
});
const flag = zod__WEBPACK_IMPORTED_MODULE_2__/* .boolean */ .zMY({ error: 'true or false' }).prefault(false);
/** Headers that belong to the connection, to the app or to Kawasemi. */
const ownHeaders = /^(-.*|connection|content-(encoding|length|type)|date|keep-alive|location|server|set-cookie|te|trailer|transfer-encoding|upgrade|vary|x-kawasemi-slot)$/i;
const addedHeader = _values__WEBPACK_IMPORTED_MODULE_1__/* .headerName */ .Bv.refine((name) => !ownHeaders.test(name), {
    error: 'the name of a header that the web server may add, such as X-Frame-Options',
});
const siteOptions = {
    tls: (0,_section__WEBPACK_IMPORTED_MODULE_0__/* .section */ .uW)({
        certificate: hostFile
            .optional()
            .describe('File of the host with the certificate and its chain. Caddy gets one by itself without.'),
        key: hostFile.optional().describe("File of the host with the certificate's private key."),
        acme: (0,_section__WEBPACK_IMPORTED_MODULE_0__/* .section */ .uW)({
            email: _values__WEBPACK_IMPORTED_MODULE_1__/* .email */ .Rp.optional().describe('Whom the authority writes to about the certificate.'),
            server: _values__WEBPACK_IMPORTED_MODULE_1__/* .acmeServer */ .ak
                .optional()
                .describe("URL of another authority's directory, such as that for trying things out; Let's Encrypt when left out."),
        })
            .optional()
            .describe("A certificate of an authority such as Let's Encrypt, by whose terms you agree to go; instead of files. `certbot` gets and renews it, or Caddy by itself."),
        listen: _values__WEBPACK_IMPORTED_MODULE_1__/* .port */ .Oh.prefault(443).describe('Port for HTTPS.'),
        'redirect-http': zod__WEBPACK_IMPORTED_MODULE_2__/* .boolean */ .zMY({ error: 'true or false' })
            .prefault(true)
            .describe('Whether plain HTTP only redirects to HTTPS.'),
    })
        .optional()
        .describe('HTTPS. Without it TLS may end in front of the site.'),
    'redirect-www': flag.describe('Whether the domain with `www.` before it redirects to each domain; or for `www.shop.example` the one without.'),
    headers: (0,_section__WEBPACK_IMPORTED_MODULE_0__/* .mapOf */ .A7)(addedHeader, headerValue, 30, 'headers')
        .prefault({})
        .describe('Headers of every answer, such as `X-Frame-Options: DENY`. They take the place of the app’s own.'),
    'rate-limits': (0,_section__WEBPACK_IMPORTED_MODULE_0__/* .atMost */ .Tu)(20, (0,_section__WEBPACK_IMPORTED_MODULE_0__/* .section */ .uW)({
        path: _values__WEBPACK_IMPORTED_MODULE_1__/* .routePath */ .dA.describe('Start of the URL path; the longest match counts.'),
        rate: rate.describe('Requests from one address, such as `10/s` or `30/m`.'),
        burst: (0,_values__WEBPACK_IMPORTED_MODULE_1__/* .integer */ .nd)(0, 10000).prefault(20).describe('How many more may come at once.'),
    }), 'rate limits')
        .prefault([])
        .describe('nginx: requests above it are answered with 429.'),
    gzip: flag.describe('Whether text is compressed.'),
    'maintenance-page': hostFile
        .optional()
        .describe('HTML file of the host for 503: nothing is live, or there is a file `maintenance` in the app’s folder.'),
    include: hostFile
        .optional()
        .describe('File of the host with lines of yours for the site, in the web server’s language.'),
};
function toSiteOptions(file) {
    const { tls, headers, gzip, include } = file;
    const limits = file['rate-limits'];
    const page = file['maintenance-page'];
    return {
        ...(tls && { tls: toTls(tls) }),
        ...(file['redirect-www'] && { redirectWww: true }),
        ...(Object.keys(headers).length > 0 && { headers }),
        ...(limits.length > 0 && {
            rateLimits: limits.map(({ path, rate: each, burst }) => ({ path, ...each, burst })),
        }),
        ...(gzip && { gzip }),
        ...(page !== undefined && { maintenancePage: page }),
        ...(include !== undefined && { include }),
    };
}
function toTls({ certificate, key, acme, listen, ...rest }) {
    return {
        ...(certificate !== undefined && { certificate }),
        ...(key !== undefined && { key }),
        ...(acme && { acme: toAcme(acme) }),
        listen,
        redirectHttp: rest['redirect-http'],
    };
}
function toAcme({ email, server }) {
    return { ...(email !== undefined && { email }), ...(server !== undefined && { server }) };
}


/***/ }),

/***/ 1305:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A7: () => (/* binding */ mapOf),
/* harmony export */   G5: () => (/* binding */ command),
/* harmony export */   Tu: () => (/* binding */ atMost),
/* harmony export */   uW: () => (/* binding */ section)
/* harmony export */ });
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8816);
/* harmony import */ var _values__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3750);


/**
 * A map with fixed keys. For an unknown key the issue's message is the list of the known ones, from which the
 * loader picks the nearest.
 */
function section(shape) {
    const keys = Object.keys(shape);
    return zod__WEBPACK_IMPORTED_MODULE_1__/* .strictObject */ .rej(shape, {
        error: (issue) => {
            if (issue.code === 'unrecognized_keys')
                return keys.join(' ');
            return issue.code === 'invalid_type' ? `a map with ${keys.join(', ')}` : undefined;
        },
    });
}
function atMost(most, of, what) {
    return zod__WEBPACK_IMPORTED_MODULE_1__/* .array */ .YOg(of).max(most, { error: `at most ${most} ${what}` });
}
function mapOf(name, value, most, what) {
    return zod__WEBPACK_IMPORTED_MODULE_1__/* .record */ .g1P(name, value)
        .refine((map) => Object.keys(map).length <= most, { error: `at most ${most} ${what}` });
}
/** A program and its arguments, as a list; no shell takes it apart. */
const command = atMost(50, _values__WEBPACK_IMPORTED_MODULE_0__/* .argument */ .EE, 'words').min(1);


/***/ }),

/***/ 3750:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bv: () => (/* binding */ headerName),
/* harmony export */   CR: () => (/* binding */ probePath),
/* harmony export */   EE: () => (/* binding */ argument),
/* harmony export */   Ej: () => (/* binding */ size),
/* harmony export */   G3: () => (/* binding */ databaseFile),
/* harmony export */   Hc: () => (/* binding */ host),
/* harmony export */   Hh: () => (/* binding */ assetsUrl),
/* harmony export */   JB: () => (/* binding */ appName),
/* harmony export */   Jp: () => (/* binding */ basePath),
/* harmony export */   Oh: () => (/* binding */ port),
/* harmony export */   Qq: () => (/* binding */ text),
/* harmony export */   Rp: () => (/* binding */ email),
/* harmony export */   VE: () => (/* binding */ environmentName),
/* harmony export */   ak: () => (/* binding */ acmeServer),
/* harmony export */   bl: () => (/* binding */ domain),
/* harmony export */   cG: () => (/* binding */ variableName),
/* harmony export */   cn: () => (/* binding */ fieldPath),
/* harmony export */   dA: () => (/* binding */ routePath),
/* harmony export */   iO: () => (/* binding */ composeName),
/* harmony export */   n3: () => (/* binding */ interpreter),
/* harmony export */   nT: () => (/* binding */ userName),
/* harmony export */   nd: () => (/* binding */ integer),
/* harmony export */   nn: () => (/* binding */ bodyPattern),
/* harmony export */   oZ: () => (/* binding */ packageName),
/* harmony export */   p0: () => (/* binding */ duration),
/* harmony export */   qN: () => (/* binding */ repoPath),
/* harmony export */   tx: () => (/* binding */ assetsPath)
/* harmony export */ });
/* unused harmony export parseDuration */
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7030);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_net__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var zod__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8816);


/*
 * The kinds of value kawasemi.yml is made of. Every `error` here is the text after "expected", so that a
 * problem reads "expected a duration from 1s to 1h, such as 500ms, 10s, 5m or 1h, found 30".
 */
/** Text that matches a pattern and, where the pattern cannot say all of it, a check. */
function text(pattern, longest, expected, fits) {
    const shape = zod__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP({ error: expected })
        .max(longest, { error: `${expected} (at most ${longest} characters)` })
        .regex(pattern, { error: expected });
    return fits ? shape.refine(fits, { error: expected }) : shape;
}
function integer(least, most) {
    const expected = `a whole number from ${least} to ${most}`;
    return zod__WEBPACK_IMPORTED_MODULE_1__/* .int */ .Whr({ error: expected }).min(least, { error: expected }).max(most, { error: expected });
}
const msOf = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const durationPattern = /^([0-9]{1,7})(ms|s|m|h)$/;
/** Milliseconds, or NaN when it is no duration. */
function parseDuration(value) {
    const [, count, unit] = durationPattern.exec(value) ?? [];
    return Number(count) * msOf[unit];
}
/** Text such as `10s`; milliseconds once parsed. The bounds are durations too, both allowed. */
function duration(least, most) {
    const expected = `a duration from ${least} to ${most}, such as 500ms, 10s, 5m or 1h`;
    const within = (ms) => ms >= parseDuration(least) && ms <= parseDuration(most);
    return zod__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP({ error: expected })
        .regex(durationPattern, { error: expected })
        .refine((value) => within(parseDuration(value)), { error: expected })
        .transform(parseDuration);
}
const bytesOf = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const sizePattern = /^([0-9]{1,7})([kmg])$/;
/** Text such as `10m`; bytes once parsed. */
function size(least, most) {
    const parse = (value) => {
        const [, count, unit] = sizePattern.exec(value) ?? [];
        return Number(count) * bytesOf[unit];
    };
    const expected = `a size from ${least} to ${most}, such as 512k, 10m or 1g`;
    return zod__WEBPACK_IMPORTED_MODULE_1__/* .string */ .YjP({ error: expected })
        .regex(sizePattern, { error: expected })
        .refine((value) => parse(value) >= parse(least) && parse(value) <= parse(most), { error: expected })
        .transform(parse);
}
const port = integer(1, 65535);
const appName = text(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, 40, 'a name of 2 to 40 lower-case letters, digits and hyphens, starting with a letter, not ending with a hyphen');
const environmentName = text(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, 40, 'an environment name of 2 to 40 lower-case letters, digits and hyphens, starting with a letter');
/** A name in the compose file: of a service or a volume. */
const composeName = text(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 63, 'a name from the compose file: letters, digits, "_", "." and "-", starting with a letter or digit');
const packageName = text(/^[a-z0-9][a-z0-9+.-]{1,99}$/, 100, 'a name of a Debian package, such as redis-server: lower-case letters, digits, "+", "." and "-"');
const noDots = (path) => !path.split('/').some((part) => part === '.' || part === '..');
const noEmptyParts = (path) => !path.includes('//');
const basePath = text(/^(\/[A-Za-z0-9._-]+){2,}$/, 128, 'an absolute path at least two folders deep, such as /srv/shop, of letters, digits, ".", "_" and "-", without ".."', noDots);
const repoPath = text(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 200, 'a path inside the repository, such as deploy/compose.yaml, without ".."', (path) => !path.split('/').includes('..'));
/** Static files: in an image, or with systemd in the release. */
const assetsPath = text(/^\/?[A-Za-z0-9._@-]+(\/[A-Za-z0-9._@-]+)*\/?$/, 200, 'an absolute path inside the image, such as /app/.next/static, or one inside the release, such as static, without ".."', noDots).transform((path) => path.replace(/\/$/, ''));
const routePath = text(/^\/[A-Za-z0-9._~/-]*$/, 200, 'a path that starts with "/", such as / or /api/, of letters, digits, ".", "_", "~" and "-"', (path) => noDots(path) && noEmptyParts(path));
/** The prefix of an URL's path; ends with a slash once parsed. */
const assetsUrl = text(/^(\/[A-Za-z0-9._~-]+)+\/?$/, 200, 'the start of the assets\' URL path, such as /_next/static/, other than "/"', noDots).transform((path) => (path.endsWith('/') ? path : `${path}/`));
/** What a probe asks for: a path, perhaps with a query. */
const probePath = text(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/, 500, 'a path that starts with "/", such as /health, perhaps with a query');
const hostName = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const isHostName = (name) => name.length <= 253 && hostName.test(name) && !/(^|\.)[0-9]+$/.test(name);
const domain = text(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 253, 'a domain in lower case without a wildcard, such as shop.example (other scripts in punycode: xn--…)', isHostName);
const email = text(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 254, 'an e-mail address, such as admin@shop.example');
const acmeServer = text(/^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(\/[A-Za-z0-9._~-]+)+$/, 300, "the https URL of an authority's directory, such as https://ca.example/acme/directory", noDots);
const hostPattern = /^([a-zA-Z_][a-zA-Z0-9_.-]{0,31})@(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]+))(?::([0-9]{1,5}))?$/;
function parseHost(value) {
    const [, user = '', ipv6, plain = '', portText = '22'] = hostPattern.exec(value) ?? [];
    const address = ipv6 ?? plain;
    const portNumber = Number(portText);
    const known = ipv6 === undefined ? (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIPv4)(address) || isHostName(address) : (0,node_net__WEBPACK_IMPORTED_MODULE_0__.isIPv6)(address);
    if (!known || portNumber < 1 || portNumber > 65535)
        return undefined;
    const shown = ipv6 === undefined ? address : `[${address}]`;
    return { name: portNumber === 22 ? address : `${shown}:${portNumber}`, address, user, port: portNumber };
}
/** `user@address` or `user@address:port`. */
const host = text(hostPattern, 300, 'user@address or user@address:port, such as deploy@203.0.113.7 or deploy@[2001:db8::7]:2222', (value) => parseHost(value) !== undefined).transform((value) => parseHost(value));
const userName = text(/^[a-z_][a-z0-9_-]{0,31}$/, 32, 'the name of a user of the host: lower-case letters, digits, "_" and "-"; not root', (name) => name !== 'root');
/** A program of the host. */
const interpreter = text(/^(\/[A-Za-z0-9._+-]+)*\/?[A-Za-z0-9._+][A-Za-z0-9._+-]*$/, 200, 'a program, such as python3.12 or /opt/python/bin/python3', noDots);
const headerName = text(/^[A-Za-z0-9-]+$/, 64, 'the name of a header: letters, digits and "-"');
const fieldPath = text(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 200, 'the path of a JSON field, its parts joined by dots, such as checks.database');
const bodyPattern = text(/^[\s\S]+$/, 500, 'a regular expression, such as "ok|ready"', (pattern) => {
    try {
        return new RegExp(pattern) instanceof RegExp;
    }
    catch {
        return false;
    }
});
/** Text without control characters, which a program may be given as one argument. */
const argument = text(/^[^\u0000-\u001f\u007f]*$/, 1000, 'text without control characters');
/** A variable of the release's `env`, by its name. */
const variableName = text(/^[A-Za-z_][A-Za-z0-9_]*$/, 100, 'the name of a variable, such as DATABASE_URL: letters, digits and "_", not starting with a digit');
/** Where an SQLite database lies. */
const databaseFile = text(/^\/?[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 200, 'the path of a file, such as shared/db.sqlite3, of letters, digits, ".", "_", "-" and "/", without ".."', noDots);


/***/ }),

/***/ 276:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ connectionOf),
/* harmony export */   m: () => (/* binding */ shellLines)
/* harmony export */ });
/* harmony import */ var _host_quote__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(282);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2386);


/**
 * The connection that the release's own variables describe; nothing where the server is an accessory.
 *
 * @throws {Trouble} naming the variable; never its value, which may be a secret
 */
function connectionOf(database, env) {
    if (database.urlEnv !== undefined)
        return fromUrl(database.kind, database.urlEnv, env);
    return database.env && fromVariables(database.env, env);
}
function fromVariables(names, env) {
    const value = (key) => {
        const name = names[key];
        return name === undefined ? undefined : plain(name, variable(`database.env.${key}`, name, env));
    };
    const [host, port, user, password] = [value('host'), value('port'), value('user'), value('password')];
    return {
        ...(host !== undefined && { host }),
        ...(port !== undefined && { port: checkedPort(names.port, port) }),
        name: value('name'),
        ...(user !== undefined && { user }),
        ...(password !== undefined && { password }),
        options: new Map(),
    };
}
const schemes = { postgres: /^postgres(ql)?(\+\w+)?:$/i, mysql: /^(mysql2?|mariadb)(\+\w+)?:$/i };
function fromUrl(kind, name, env) {
    const text = variable('database.url-env', name, env);
    const wrong = new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q(`env: ${name}`, `is no URL of a ${kind} database that can be read.`, `Write it as ${kind === 'postgres' ? 'postgresql' : 'mysql'}://user:password@host:port/name, with every special character of user, password and name percent-encoded.`);
    if (!URL.canParse(text))
        throw wrong;
    const url = new URL(text);
    if (!schemes[kind].test(url.protocol) || url.hash !== '')
        throw wrong;
    const decoded = (part) => {
        try {
            return plain(name, decodeURIComponent(part));
        }
        catch (error) {
            throw error instanceof _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q ? error : wrong;
        }
    };
    const path = decoded(url.pathname.replace(/^\//, ''));
    if (path === '')
        throw wrong;
    const options = new Map([...url.searchParams].map(([key, value]) => [key, plain(name, value)]));
    const host = options.get('host') ?? decoded(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    const port = options.get('port') ?? url.port;
    return {
        ...(host !== '' && { host }),
        ...(port !== '' && { port: checkedPort(name, port) }),
        name: path,
        ...(url.username !== '' && { user: decoded(url.username) }),
        ...(url.password !== '' && { password: decoded(url.password) }),
        options,
    };
}
function variable(key, name, env) {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && value !== '')
        return value;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q(`env: ${name}`, `has no value, but ${key} in kawasemi.yml says that the database is found by it.`, 'Give the variable in the input `env`, or correct its name in kawasemi.yml.');
}
/** The tools' own files end a value at the end of the line. */
function plain(name, value) {
    if (value.length <= 1000 && !/[\0\r\n]/.test(value))
        return value;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q(`env: ${name}`, 'holds a line break or a NUL byte, or more than 1000 characters, which the database tools cannot be told.', 'Give the database another password, user or name.');
}
function checkedPort(name, value) {
    if (/^[0-9]{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65535)
        return value;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q(`env: ${name}`, 'is no port.', 'Give a number from 1 to 65535.');
}
/** Variables as lines of shell, to be read with `.`. */
function shellLines(variables, keyword) {
    return [...variables].map(([name, value]) => `${keyword}${name}=${(0,_host_quote__WEBPACK_IMPORTED_MODULE_1__/* .quote */ .h)(value)}\n`).join('');
}


/***/ }),

/***/ 6301:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BP: () => (/* binding */ databaseRoom),
/* harmony export */   EY: () => (/* binding */ databaseDump),
/* harmony export */   IL: () => (/* binding */ databaseCheck),
/* harmony export */   Tp: () => (/* binding */ databaseAt),
/* harmony export */   f_: () => (/* binding */ databaseLibrary),
/* harmony export */   jJ: () => (/* binding */ connectionFolder),
/* harmony export */   rk: () => (/* binding */ databaseReady)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _host_program__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(630);



/** The folder of a release that holds them. */
const connectionFolder = 'database.connection';
/** The shell functions that the calls here name. They need the runtime's `runtime_accessory`. */
const databaseLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "database.sh", 'utf8');
/** Comes before the others: which database they mean. */
function databaseAt(kind, database, place) {
    const [where, what, ...more] = placeOf(database, place);
    return (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('database_at', where, what, kind.pack, kind.title, kind.client, ...more);
}
function placeOf(database, place) {
    const { app, base, release, image, folder = `releases/${release}` } = place;
    if (database.kind !== 'sqlite') {
        return database.accessory === undefined
            ? ['host', `${base}/${folder}/${connectionFolder}`]
            : ['accessory', database.accessory];
    }
    const { file, volume } = database;
    if (volume !== undefined)
        return ['volume', file, image ?? '', `${app}_${volume}`];
    return ['host', file.startsWith('/') ? file : `${base}/${file}`];
}
/** Waits until the database can be used. `seconds` is the host's own time. */
const databaseReady = (seconds) => (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('database_ready', String(seconds));
/** Warns where a second slot may not get as many connections as the live one has. */
const databaseRoom = () => (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('database_room');
/** Dumps beside `file`; not yet a backup. */
const databaseDump = (file) => (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('database_dump', file);
/** Reads the dump whole and counts it; only then it is `file`, and in the ledger as the release's backup. */
const databaseCheck = (file, release) => (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('database_check', file, release);


/***/ }),

/***/ 1232:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  X: () => (/* binding */ databaseKinds)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/databases/connection.ts
var databases_connection = __webpack_require__(276);
// EXTERNAL MODULE: ./src/databases/database.ts
var databases_database = __webpack_require__(6301);
;// CONCATENATED MODULE: ./src/databases/lock-seconds.ts
/**
 * No client of MySQL or SQLite reads its lock timeout from the environment, and nobody else can set it for a session
 * that the migration opens. So the migration is told, in whole seconds, and has to do it: `SET lock_wait_timeout` or
 * SQLite's busy timeout.
 */
function lockSeconds(ms) {
    return { KAWASEMI_LOCK_TIMEOUT: String(Math.max(1, Math.round(ms / 1000))) };
}

;// CONCATENATED MODULE: ./src/databases/mysql.ts





/** MySQL and MariaDB. */
const mysql = {
    title: 'MySQL',
    client: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "mysql-client.sh", 'utf8'),
    packages: {
        client: ['mysqldump', 'default-mysql-client'],
        server: ['mysqld_safe', 'default-mysql-server'],
    },
    extension: 'sql.gz',
    pack: 'gzip',
    transactional: false,
    files(database, env) {
        const connection = database.kind === 'sqlite' ? undefined : (0,databases_connection/* connectionOf */.a)(database, env);
        if (!connection)
            return [];
        const name = new Map([['database', connection.name]]);
        return [
            { path: `${databases_database/* connectionFolder */.jJ}/env`, content: (0,databases_connection/* shellLines */.m)(name, ''), mode: 0o600 },
            { path: `${databases_database/* connectionFolder */.jJ}/cnf`, content: optionFile(connection), mode: 0o600 },
        ];
    },
    lockTimeout: lockSeconds,
};
function optionFile({ host, port, user, password, options }) {
    const socket = options.get('unix_socket') ?? options.get('socket');
    const lines = Object.entries({ host, port, socket, user, password }).flatMap(([key, value]) => value === undefined ? [] : [`${key}=${quoted(value)}\n`]);
    return `[client]\n${lines.join('')}`;
}
/** A value of an option file: in double quotes, with `\` as the escape. */
function quoted(value) {
    return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\t', '\\t')}"`;
}

;// CONCATENATED MODULE: ./src/databases/postgres.ts




const postgres = {
    title: 'PostgreSQL',
    client: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "postgres-client.sh", 'utf8'),
    packages: { client: ['pg_dump', 'postgresql-client'], server: ['pg_ctlcluster', 'postgresql'] },
    extension: 'dump',
    // Its own format is packed already.
    pack: 'cat',
    transactional: true,
    files(database, env) {
        const connection = database.kind === 'sqlite' ? undefined : (0,databases_connection/* connectionOf */.a)(database, env);
        if (!connection)
            return [];
        return [
            { path: `${databases_database/* connectionFolder */.jJ}/env`, content: environment(connection), mode: 0o600 },
            { path: `${databases_database/* connectionFolder */.jJ}/pgpass`, content: passwordFile(connection.password), mode: 0o600 },
        ];
    },
    // libpq, node-postgres and psycopg all read PGOPTIONS.
    lockTimeout: (ms) => ({ PGOPTIONS: `-c lock_timeout=${Math.round(ms)}` }),
};
/** Options of a URL that libpq also takes from its environment. The others are the app's driver's own. */
const urlOptions = {
    sslmode: 'PGSSLMODE',
    sslrootcert: 'PGSSLROOTCERT',
    sslcert: 'PGSSLCERT',
    sslkey: 'PGSSLKEY',
    channel_binding: 'PGCHANNELBINDING',
    gssencmode: 'PGGSSENCMODE',
    target_session_attrs: 'PGTARGETSESSIONATTRS',
    options: 'PGOPTIONS',
};
function environment({ host, port, name, user, options }) {
    const variables = new Map();
    if (host !== undefined)
        variables.set('PGHOST', host);
    if (port !== undefined)
        variables.set('PGPORT', port);
    variables.set('PGDATABASE', name);
    if (user !== undefined)
        variables.set('PGUSER', user);
    for (const [option, value] of options) {
        if (Object.hasOwn(urlOptions, option))
            variables.set(urlOptions[option], value);
    }
    return (0,databases_connection/* shellLines */.m)(variables, 'export ');
}
/** libpq's password file: fields with `:` between them, in which `\` and `:` are escaped. */
function passwordFile(password) {
    return password === undefined ? '' : `*:*:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`;
}

;// CONCATENATED MODULE: ./src/databases/sqlite.ts



const sqlite = {
    title: 'SQLite',
    client: (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "sqlite-client.sh", 'utf8'),
    packages: { client: ['sqlite3', 'sqlite3'] },
    extension: 'sqlite3.gz',
    pack: 'gzip',
    transactional: true,
    files: () => [],
    lockTimeout: lockSeconds,
};

;// CONCATENATED MODULE: ./src/databases/kinds.ts



/** Every kind of database we know, by its name in kawasemi.yml. */
const databaseKinds = { postgres: postgres, mysql: mysql, sqlite: sqlite };


/***/ }),

/***/ 182:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   m: () => (/* binding */ exec)
/* harmony export */ });
/* harmony import */ var _actions_exec__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2697);

/**
 * Runs a program of the runner to its end, through `@actions/exec`. Any exit code is an answer.
 *
 * @throws when the program cannot be started
 */
async function exec(command, args, options = {}) {
    const { cwd, env = withoutInputs(process.env), stdin = '', onLine } = options;
    const { exitCode, stdout, stderr } = await (0,_actions_exec__WEBPACK_IMPORTED_MODULE_0__/* .getExecOutput */ .H)(quoted(command), [...args], {
        ...(cwd !== undefined && { cwd }),
        env: { ...env },
        // Given even when it is empty: without it the child's stdin would stay open for ever.
        input: Buffer.from(stdin),
        // It would print the command, and output without `stop-commands` around it.
        silent: true,
        ignoreReturnCode: true,
        ...(onLine && { listeners: { stdline: onLine, errline: onLine } }),
    });
    return { code: exitCode, stdout, stderr };
}
/** The toolkit takes its first argument apart at blanks, but for those in double quotes. */
function quoted(command) {
    return `"${command.replace(/[\\"]/g, '\\$&')}"`;
}
/** The runner hands over inputs as `INPUT_*`, the SSH key among them: no child has business with those. */
function withoutInputs(env) {
    const entries = Object.entries(env).filter(([name, value]) => value !== undefined && !name.startsWith('INPUT_'));
    return Object.fromEntries(entries);
}


/***/ }),

/***/ 9754:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  pz: () => (/* reexport */ ConnectionLost),
  vi: () => (/* reexport */ ForwardingForbidden),
  Ng: () => (/* binding */ connect)
});

// UNUSED EXPORTS: PortClosed

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./src/host/host-key.ts

/** Every type of host key that ssh2 speaks and that is still safe, in the order in which they are asked for. */
const hostKeyTypes = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'ssh-rsa',
];
function isHostKeyType(type) {
    return hostKeyTypes.includes(type);
}
/** What to offer for a type: an RSA key signs with SHA-2 only, never with SHA-1 as the type's own name would mean. */
function signatureAlgorithms(type) {
    return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
}
/** `SHA256:…` as ssh-keygen and sshd print it: base64 without padding. */
function fingerprint(blob) {
    return `SHA256:${(0,external_node_crypto_.createHash)('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
function describeKey({ type, blob }) {
    return `${type} ${fingerprint(blob)}`;
}
/** The key's type where the blob is whole, that is where its fields fill it to the last byte; undefined elsewhere. */
function readKeyBlob(blob) {
    let at = 0;
    let type = '';
    let fields = 0;
    while (at + 4 <= blob.length) {
        const length = blob.readUInt32BE(at);
        if (at + 4 + length > blob.length)
            return undefined;
        if (fields === 0)
            type = blob.toString('latin1', at + 4, at + 4 + length);
        at += 4 + length;
        fields += 1;
    }
    return at === blob.length && fields > 1 ? { type, fields } : undefined;
}

;// CONCATENATED MODULE: ./src/host/known-hosts.ts



const MAX_BYTES = 64 * 1024;
function judge(pins, blob) {
    if (pins.revoked.includes(fingerprint(blob)))
        return 'revoked';
    if (pins.keys.some((key) => key.blob.equals(blob)))
        return 'pinned';
    return pins.fingerprints.includes(fingerprint(blob)) ? 'pinned' : 'unknown';
}
/**
 * Reads OpenSSH known_hosts lines and `SHA256:` fingerprints and keeps what applies to one host.
 *
 * @throws {Trouble} on a line that cannot be read, on a kind of key that cannot be used, and when no line applies.
 */
function pinsFor(text, address, port) {
    const entries = parseKnownHosts(text);
    const pinning = entries.filter((entry) => entry.marker !== 'revoked');
    const exact = pinning.filter((entry) => entry.names !== undefined && namesPort(entry, address, port));
    // As OpenSSH does: a line without a port counts for another port where no line names that port.
    const named = exact.length > 0
        ? exact
        : pinning.filter((entry) => entry.names !== undefined && namesHost(entry, address));
    const keys = [];
    const fingerprints = [];
    for (const entry of [...named, ...pinning.filter((entry) => entry.names === undefined)]) {
        if (entry.marker === 'cert-authority')
            throw unusable(entry, 'a certificate authority (@cert-authority)');
        if (entry.type === undefined || entry.blob === undefined)
            fingerprints.push(entry.fingerprint);
        else if (isHostKeyType(entry.type))
            keys.push({ type: entry.type, blob: entry.blob });
        else
            throw unusable(entry, `a key of the type ${entry.type}`);
    }
    // A key that is bad on one port is bad on any, so here a line without a port always counts.
    const revoked = entries
        .filter((entry) => entry.marker === 'revoked' && (namesPort(entry, address, port) || namesHost(entry, address)))
        .map((entry) => entry.fingerprint);
    if (keys.length === 0 && fingerprints.length === 0)
        throw nothingApplies(entries, address, port);
    const pinnedTypes = hostKeyTypes.filter((type) => keys.some((key) => key.type === type));
    const types = fingerprints.length > 0 ? [...new Set([...pinnedTypes, ...hostKeyTypes])] : pinnedTypes;
    return { keys, fingerprints, revoked, types };
}
/** How a host is written in a known_hosts line. */
function knownHostsName(address, port) {
    return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;
}
function parseKnownHosts(text) {
    if (Buffer.byteLength(text) > MAX_BYTES)
        throw new trouble/* Trouble */.q('known-hosts', `is larger than ${MAX_BYTES / 1024} KB.`, 'Keep only the lines of your hosts.');
    const entries = [];
    text
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\n|\r/)
        .forEach((raw, index) => {
        const line = raw.trim();
        if (line !== '' && !line.startsWith('#'))
            entries.push(parseLine(line, index + 1));
    });
    return entries;
}
const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/;
function parseLine(line, number) {
    const fields = line.split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority')
        throw malformed(number, `begins with an unknown marker, ${show(marker)}.`);
    const base = {
        line: number,
        ...(marker === undefined ? {} : { marker: marker.slice(1) }),
    };
    // `ssh-keygen -l` prints the size in bits before the fingerprint, and people paste the whole line.
    if (/^\d{3,5}$/.test(fields[0] ?? '') && fields[1]?.includes(':'))
        fields.shift();
    const [first = '', second = '', third = ''] = fields;
    if (/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(first) || /^(MD5:)?([0-9a-f]{2}:){15}/i.test(second))
        throw malformed(number, 'is an MD5 fingerprint, which proves nothing any more.', 'Use the SHA256 one: ssh-keygen -lf FILE.');
    if (first.startsWith('SHA256:'))
        return { ...base, fingerprint: readFingerprint(first, number) };
    if (second.startsWith('SHA256:'))
        return { ...base, names: checkNames(first, number), fingerprint: readFingerprint(second, number) };
    if (looksLikeType(first) && second.startsWith('AAAA'))
        throw malformed(number, 'has no host name before the key.', `Write it as: ADDRESS ${first} ${second.slice(0, 12)}…`);
    if (second === '')
        throw malformed(number, 'is neither a known_hosts line nor a SHA256 fingerprint.');
    if (third === '')
        throw malformed(number, `has no key after ${show(second)}.`);
    const blob = readKey(second, third, number);
    return { ...base, names: checkNames(first, number), type: second, blob, fingerprint: fingerprint(blob) };
}
function readFingerprint(field, number) {
    const match = FINGERPRINT.exec(field);
    if (!match)
        throw malformed(number, 'has a SHA256 fingerprint that is not 43 characters of base64: it was cut off or changed.');
    return `SHA256:${match[1]}`;
}
function readKey(type, base64, number) {
    if (!looksLikeType(type))
        throw malformed(number, `has ${show(type)} where the type of a key should be.`);
    const blob = Buffer.from(base64, 'base64');
    const whole = blob.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') ? readKeyBlob(blob) : undefined;
    if (whole === undefined)
        throw malformed(number, 'has a key that is cut off or is no base64.');
    if (whole.type !== type)
        throw malformed(number, `says ${show(type)}, but its key is of the type ${show(whole.type)}.`);
    const fields = expectedFields[type];
    if (fields !== undefined && whole.fields !== fields)
        throw malformed(number, `has a damaged ${type} key.`);
    return blob;
}
const expectedFields = {
    'ssh-ed25519': 2,
    'ecdsa-sha2-nistp256': 3,
    'ecdsa-sha2-nistp384': 3,
    'ecdsa-sha2-nistp521': 3,
    'ssh-rsa': 3,
};
function looksLikeType(field) {
    return /^(ssh|ecdsa|sk-ssh|sk-ecdsa|rsa)-[a-z0-9@.-]{1,60}$/.test(field);
}
const HASHED = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/;
function checkNames(names, number) {
    if (names.startsWith('|')) {
        const match = HASHED.exec(names);
        if (!match ||
            Buffer.from(match[1], 'base64').length !== 20 ||
            Buffer.from(match[2], 'base64').length !== 20)
            throw malformed(number, 'has a hashed name that cannot be read.');
    }
    return names;
}
function namesPort(entry, address, port) {
    const written = knownHostsName(address, port);
    return matches(entry, port === 22 ? [written, `[${address.toLowerCase()}]:22`] : [written]);
}
function namesHost(entry, address) {
    return matches(entry, [knownHostsName(address, 22)]);
}
/** One host may be written in several ways; a negated pattern that fits any of them takes the whole line out. */
function matches(entry, writings) {
    if (entry.names === undefined)
        return true;
    const hashed = HASHED.exec(entry.names);
    if (hashed) {
        const salt = Buffer.from(hashed[1], 'base64');
        const wanted = Buffer.from(hashed[2], 'base64');
        return writings.some((name) => (0,external_node_crypto_.createHmac)('sha1', salt).update(name).digest().equals(wanted));
    }
    const patterns = entry.names.toLowerCase().split(',');
    const fits = (pattern) => writings.some((name) => matchesPattern(pattern, name));
    if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1))))
        return false;
    return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern));
}
/** `*` and `?` as ssh_config(5) has them, in time that grows with pattern × name and no faster. */
function matchesPattern(pattern, name) {
    let p = 0;
    let n = 0;
    let star = -1;
    let resume = 0;
    while (n < name.length) {
        if (pattern[p] === '*') {
            star = p;
            p += 1;
            resume = n;
        }
        else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
            p += 1;
            n += 1;
        }
        else if (star >= 0) {
            p = star + 1;
            resume += 1;
            n = resume;
        }
        else
            return false;
    }
    while (pattern[p] === '*')
        p += 1;
    return p === pattern.length;
}
/** Bounded and without control characters: what is shown came from outside. */
function show(value) {
    const clean = value.replace(/[^\x20-\x7e]/g, '?');
    return `“${clean.length > 40 ? `${clean.slice(0, 40)}…` : clean}”`;
}
const HOW_TO_PIN = 'On the host itself, run: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub, and give its SHA256:… fingerprint, or a whole known_hosts line.';
function malformed(number, cause, fix = 'Each line is: NAMES TYPE KEY, or a SHA256:… fingerprint.') {
    return new trouble/* Trouble */.q(`known-hosts, line ${number}`, cause, fix);
}
function unusable(entry, what) {
    return new trouble/* Trouble */.q(`known-hosts, line ${entry.line}`, `pins the host by ${what}, which cannot be checked here.`, `Remove the line and pin a key of one of these types: ${hostKeyTypes.join(', ')}.`);
}
function nothingApplies(entries, address, port) {
    const name = knownHostsName(address, port);
    if (entries.length === 0)
        return new trouble/* Trouble */.q('known-hosts', `is empty, so ${name} cannot be recognised.`, HOW_TO_PIN);
    const named = entries.filter((entry) => entry.names && !entry.names.startsWith('|') && entry.marker !== 'revoked');
    const examples = [...new Set(named.map((entry) => show(entry.names)))].slice(0, 5).join(', ');
    return new trouble/* Trouble */.q('known-hosts', `has no key for ${name}${examples ? `, only for ${examples}` : ''}.`, HOW_TO_PIN);
}

;// CONCATENATED MODULE: ./src/host/connection-trouble.ts



/** The connection ended while something was still going on in it. What runs on the host may go on running. */
class ConnectionLost extends trouble/* Trouble */.q {
    constructor(name, cause) {
        super(name, `the SSH connection ended: ${cause}.`, 'Run the job again; it continues where the host stands.');
        this.name = 'ConnectionLost';
    }
}
/** The server allows this user no forwarded connections. */
class ForwardingForbidden extends trouble/* Trouble */.q {
    constructor(name, what) {
        super(name, `the SSH server forbids ${what}.`, 'Set AllowTcpForwarding local (or yes) for this user in sshd_config without DisableForwarding, and drop no-port-forwarding, restrict and permitopen from authorized_keys; or install bash on the host.');
        this.name = 'ForwardingForbidden';
    }
}
/** Nothing accepts connections on a port of the host. */
class PortClosed extends trouble/* Trouble */.q {
    constructor(name, port) {
        super(name, `nothing accepts connections on 127.0.0.1:${port} of the host.`, 'Check that the service listens on that port.');
        this.name = 'PortClosed';
    }
}
/** No TCP connection came to be. */
function socketTrouble({ name, address, port }, error) {
    const inner = error instanceof AggregateError ? error.errors[0] : error;
    const code = inner.code ?? 'unknown error';
    const checkPort = `Check the address, the port, and that a firewall lets the runner reach port ${port}.`;
    switch (code) {
        case 'ENOTFOUND':
        case 'EAI_NODATA':
        case 'ENODATA':
            return new trouble/* Trouble */.q(name, `the name ${address} does not exist in DNS.`, 'Correct the address in the config.');
        case 'EAI_AGAIN':
            return new trouble/* Trouble */.q(name, `DNS gave no answer for ${address}.`, 'Run the job again, or check the name servers.');
        case 'ECONNREFUSED':
            return new trouble/* Trouble */.q(name, `${address} refuses connections on port ${port}.`, `Check that sshd runs and listens on port ${port}.`);
        case 'ETIMEDOUT':
            return new trouble/* Trouble */.q(name, `${address} did not answer on port ${port} in time.`, checkPort);
        case 'EHOSTUNREACH':
        case 'ENETUNREACH':
        case 'EADDRNOTAVAIL':
            return new trouble/* Trouble */.q(name, `there is no way from here to ${address} (${code}).`, checkPort);
        default:
            return new trouble/* Trouble */.q(name, `no connection to ${address} port ${port} (${code}).`, checkPort);
    }
}
/** `reason` is the jump host's. */
function unreachableTrouble(jump, { name, address, port }, reason) {
    return new trouble/* Trouble */.q(name, `${jump} does not reach ${address} port ${port} (${clean(reason)}).`, 'Check the address and the port as they are seen from the jump host, the firewalls in between, and that sshd runs there.');
}
function jumpForbiddenTrouble(jump, { name, address, port }) {
    return new trouble/* Trouble */.q(name, `${jump} forbids connections to ${address} port ${port}.`, "Set AllowTcpForwarding local (or yes) for its user in the jump host's sshd_config without DisableForwarding, and see what PermitOpen there, and restrict, no-port-forwarding and permitopen in its authorized_keys, allow.");
}
/** TCP stands, but the SSH handshake before authentication failed; the error is ssh2's. */
function handshakeTrouble({ name, port }, error) {
    const text = clean(error.message);
    if (error.level === 'client-timeout')
        return new trouble/* Trouble */.q(name, 'the server began to speak SSH but did not finish in time.', 'Check the load of the host, then run the job again.');
    if (/^connection lost/i.test(text) || 'code' in error)
        return new trouble/* Trouble */.q(name, `the server ended the connection before the login was done (${text}).`, 'It may block this address (fail2ban, hosts.deny), have too many connections at once (MaxStartups), or be no SSH server.');
    if (/identification|greeting|header line|version/i.test(text))
        return new trouble/* Trouble */.q(name, `what listens on port ${port} is no SSH server (${text}).`, 'Correct the port in the config.');
    if (/no matching/.test(text))
        return new trouble/* Trouble */.q(name, `the server shares no algorithm with us (${text}).`, 'Update the SSH server, or allow current algorithms in sshd_config.');
    return new trouble/* Trouble */.q(name, `the SSH handshake failed (${text}).`, 'Check the log of sshd on the host.');
}
/** `left` is what the server would still accept; `partial` tells that it took the key but wants more. */
function authenticationTrouble({ name, user }, key, left, partial) {
    const offered = `${key.type} ${key.fingerprint}`;
    const wanted = left.map(clean).join(', ');
    if (partial)
        return new trouble/* Trouble */.q(name, `the server took the key (${offered}) but wants ${wanted} too.`, 'Let a key be enough for this user (AuthenticationMethods in sshd_config).');
    if (left.length > 0 && !left.includes('publickey'))
        return new trouble/* Trouble */.q(name, `the server accepts no keys from the user ${user}, only ${wanted}.`, 'Set PubkeyAuthentication yes in sshd_config.');
    return new trouble/* Trouble */.q(name, `the server does not accept this key for the user ${user}: ${offered}.`, `Add its public half to the user's ~/.ssh/authorized_keys, or correct the user. Neither that file nor its folder may be writable by others.`);
}
/** The host showed keys, and none of them is pinned. */
function hostKeyTrouble({ name, address, port }, pins, presented) {
    const expected = [...pins.keys.map(describeKey), ...pins.fingerprints];
    const shown = presented.map(describeKey);
    const cause = shown.length > 0
        ? `the host key is not the pinned one. Expected ${list(expected)}; the host presented ${list(shown)}.`
        : `the host has no key of the pinned type. Expected ${list(expected)}.`;
    return new trouble/* Trouble */.q(name, cause, 'Either the host was set up anew or somebody sits in between: compare on the console of the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub) before you pin anything new.', [
        ...expected.map((each) => `expected:  ${each}`),
        ...shown.map((each) => `presented: ${each}`),
        ...(presented.length > 0
            ? ['The lines to pin, only if the fingerprints on the console are the same:']
            : []),
        ...presented.map(({ type, blob }) => `${knownHostsName(address, port)} ${type} ${blob.toString('base64')}`),
    ]);
}
function revokedTrouble({ name }, key) {
    return new trouble/* Trouble */.q(name, `the host presented a key that known-hosts marks @revoked: ${describeKey(key)}.`, 'Give the host a new key and pin that one. Do not connect to it before.');
}
function sessionTrouble(name, error) {
    return new trouble/* Trouble */.q(name, `the server refused to start a program (${clean(error.message)}).`, 'Allow at least 4 sessions for one connection (MaxSessions in sshd_config), and check the disk and the log of sshd.');
}
function list(keys) {
    const shown = keys.slice(0, 5).join(' or ');
    return keys.length > 5 ? `${shown} or ${keys.length - 5} more` : shown;
}
/** Text of the server's choosing, made fit to be shown. */
function clean(text) {
    const plain = text.replace(/[^\x20-\x7e]/g, '?');
    return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}

;// CONCATENATED MODULE: ./src/host/lines.ts
/** No line is kept beyond this many bytes; what follows up to its end is dropped. */
const MAX_LINE_BYTES = 1024 * 1024;
/** Cuts a stream of bytes into lines of text. Bytes that are no UTF-8 become replacement characters. */
class LineSplitter {
    onLine;
    maxBytes;
    parts = [];
    kept = 0;
    dropped = 0;
    constructor(onLine, maxBytes = MAX_LINE_BYTES) {
        this.onLine = onLine;
        this.maxBytes = maxBytes;
    }
    push(chunk) {
        let from = 0;
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
            this.keep(chunk.subarray(from, at));
            this.emit();
            from = at + 1;
        }
        this.keep(chunk.subarray(from));
    }
    /** The last line may lack its newline. */
    end() {
        if (this.kept > 0)
            this.emit();
    }
    keep(bytes) {
        const room = Math.min(bytes.length, this.maxBytes - this.kept);
        if (room > 0)
            this.parts.push(bytes.subarray(0, room));
        this.kept += room;
        this.dropped += bytes.length - room;
    }
    emit() {
        const line = Buffer.concat(this.parts).toString('utf8');
        const ending = this.dropped > 0 ? `… (${this.dropped} bytes more)` : '';
        this.parts = [];
        this.kept = 0;
        this.dropped = 0;
        this.onLine(line + ending);
    }
}

;// CONCATENATED MODULE: ./src/host/channel.ts



/** Sends a program to a `sh` on the host and waits for its end. */
async function runProgram(session, program, onLine) {
    const channel = await exec(session, 'sh');
    const exit = follow(session, channel, onLine);
    channel.end(program);
    return exit;
}
/**
 * A shell that reads its program from standard input reads ahead and would swallow the first lines of the
 * conversation. So this one takes exactly the program's bytes (their number is the first line) and then runs them.
 */
const TAKE_PROGRAM = 'read -r n && p=$(dd bs="$n" count=1 iflag=fullblock 2>/dev/null) && eval "$p"';
async function startConversation(session, program) {
    const channel = await exec(session, `sh -c '${TAKE_PROGRAM}'`);
    const lines = new external_node_stream_.Readable({ objectMode: true, highWaterMark: 1000, read: () => void channel.resume() });
    const exit = follow(session, channel, (line) => {
        if (!lines.destroyed && !lines.push(line))
            channel.pause();
    });
    const end = () => void (lines.destroyed || lines.push(null));
    exit.then(end, end);
    let over = false;
    const ended = new Promise((resolve) => {
        channel.once('close', () => {
            over = true;
            resolve(false);
        });
    });
    const bytes = Buffer.from(program, 'utf8');
    channel.write(Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes]));
    return {
        lines,
        exit,
        send(line) {
            if (line.includes('\n'))
                throw new RangeError('a line of a conversation holds no line break');
            if (channel.writable)
                channel.write(`${line}\n`);
        },
        async sendBytes(bytes) {
            if (over || !channel.writable)
                return false;
            // Where the program is gone, nobody calls back.
            const taken = new Promise((resolve) => channel.write(bytes, (error) => resolve(!error)));
            return Promise.race([taken, ended]);
        },
        end: () => void channel.end(),
    };
}
/** Starts a command by the user's login shell. */
function exec(session, command) {
    return new Promise((resolve, reject) => {
        const fail = (error) => reject(session.lost() ?? sessionTrouble(session.name, error));
        try {
            session.client.exec(command, (error, channel) => (error ? fail(error) : resolve(channel)));
        }
        catch {
            reject(session.lost() ?? new ConnectionLost(session.name, 'it was already closing'));
        }
    });
}
/** Hands over the lines of a channel and waits until it has ended and all of them were handed over. */
async function follow(session, channel, onLine) {
    let status;
    let failure;
    // An error of a callback must not pass through ssh2, which would take it for one of the protocol.
    const guarded = (stream) => new LineSplitter((line) => {
        if (failure !== undefined)
            return;
        try {
            onLine(line, stream);
        }
        catch (error) {
            failure = error;
            channel.close();
        }
    });
    const out = guarded('out');
    const err = guarded('err');
    channel.on('data', (chunk) => out.push(chunk));
    channel.stderr.on('data', (chunk) => err.push(chunk));
    channel.on('error', () => { });
    channel.on('exit', (code, signal) => {
        status = code === null ? { code: undefined, signal: signal ?? 'unknown' } : { code };
    });
    await Promise.all([
        new Promise((resolve) => channel.once('close', resolve)),
        new Promise((resolve) => channel.stderr.once('end', resolve)),
    ]);
    out.end();
    err.end();
    if (failure !== undefined)
        throw failure;
    if (status !== undefined)
        return status;
    throw (session.lost() ?? new ConnectionLost(session.name, 'the server closed the channel without an exit status'));
}

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
;// CONCATENATED MODULE: ./src/host/handshake.ts




/**
 * Connects and authenticates. The first key of the host that is pinned is accepted. A host has several keys and shows
 * one per handshake, so where that one is not pinned, the next handshake asks for one of another pinned type.
 *
 * @throws {Trouble} one kind for each thing that can be wrong.
 */
async function shakeHands(ssh2, options) {
    const presented = [];
    const remember = (key) => {
        if (key === undefined)
            return false;
        if (judge(options.pins, key.blob) === 'revoked')
            throw revokedTrouble(options, key);
        presented.push(key);
        return true;
    };
    for (let types = options.pins.types; types.length > 0; types = types.filter((type) => !shows(presented, type))) {
        const attempt = await tryTypes(ssh2, options, types);
        if ('client' in attempt)
            return attempt;
        if (!remember(attempt.unknown))
            break;
    }
    // Only to say in the error which key the host has: that key is not pinned, or its type would have been asked for.
    if (presented.length === 0) {
        const others = hostKeyTypes.filter((type) => !options.pins.types.includes(type));
        const attempt = others.length > 0 ? await tryTypes(ssh2, options, others) : { unknown: undefined };
        if ('client' in attempt)
            attempt.client.destroy();
        else
            remember(attempt.unknown);
    }
    throw hostKeyTrouble(options, options.pins, presented);
}
function shows(presented, type) {
    return presented.some((key) => key.type === type);
}
/** One handshake. `unknown` is the key the host showed, undefined where it has none of these types. */
async function tryTypes(ssh2, options, types) {
    const socket = await (options.open ?? (() => openSocket(options)))();
    const client = new ssh2.Client();
    const { signal, key, user } = options;
    let denied;
    let left = [];
    let partial = false;
    let offered = false;
    let turns = () => 0;
    const outcome = new Promise((resolve, reject) => {
        client.once('ready', () => resolve({ client, socket, turns }));
        client.on('error', (error) => {
            if (signal?.aborted)
                reject(reasonOf(signal));
            else if (denied !== undefined)
                resolve({ unknown: denied });
            else if (error.message === 'Handshake failed: no matching host key format')
                resolve({ unknown: undefined });
            else if (error.level === 'client-authentication' || (offered && isDisconnect(error)))
                reject(authenticationTrouble(options, key, left, partial));
            else
                reject(handshakeTrouble(options, error));
        });
        client.once('close', () => {
            if (signal?.aborted)
                reject(reasonOf(signal));
            else
                reject(handshakeTrouble(options, new Error(`connection lost ${offered ? 'during login' : 'before login'}`)));
        });
    });
    const abort = () => socket.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    try {
        client.connect({
            sock: socket,
            username: user,
            readyTimeout: options.timeouts.handshake,
            keepaliveInterval: options.timeouts.keepalive,
            keepaliveCountMax: 3,
            algorithms: { serverHostKey: types.flatMap(signatureAlgorithms) },
            hostVerifier: (blob) => {
                if (judge(options.pins, blob) === 'pinned')
                    return true;
                const type = readKeyBlob(blob)?.type ?? '';
                if (isHostKeyType(type))
                    denied = { type, blob: Buffer.from(blob) };
                return false;
            },
            // The parsed key is handed over, so that a passphrase is worked through only once, and nothing else is tried.
            authHandler: (methodsLeft, partialSuccess, next) => {
                if (!offered) {
                    offered = true;
                    next({ type: 'publickey', username: user, key: key.parsed });
                }
                else {
                    left = methodsLeft ?? [];
                    partial = partialSuccess === true;
                    next(false);
                }
            },
        });
        turns = countTurns(socket);
        const result = await outcome;
        if (!('client' in result))
            socket.destroy();
        return result;
    }
    catch (error) {
        socket.destroy();
        throw error;
    }
    finally {
        signal?.removeEventListener('abort', abort);
        client.removeAllListeners();
        client.on('error', () => { });
    }
}
function openSocket(options) {
    const { signal } = options;
    return new Promise((resolve, reject) => {
        if (signal?.aborted)
            return reject(reasonOf(signal));
        const socket = (0,external_node_net_.connect)({ host: options.address, port: options.port, noDelay: true });
        const end = (error) => {
            socket.destroy();
            finish();
            reject(error);
        };
        const finish = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', abort);
            socket.removeAllListeners();
            socket.on('error', () => { });
        };
        const abort = () => end(reasonOf(signal));
        const timer = setTimeout(() => end(socketTrouble(options, Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }))), options.timeouts.socket);
        signal?.addEventListener('abort', abort, { once: true });
        socket.once('error', (error) => end(socketTrouble(options, error)));
        socket.once('connect', () => {
            finish();
            resolve(socket);
        });
    });
}
function reasonOf(signal) {
    return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
/** ssh2 gives such an error the number of the reason that the server sent. */
function isDisconnect(error) {
    return typeof error.code === 'number';
}
/** To be called when ssh2 has paused the socket, so that nothing flows past it. */
function countTurns(socket) {
    let turns = 0;
    let asked = false;
    const write = socket.write.bind(socket);
    socket.write = ((...args) => {
        asked = true;
        return write(...args);
    });
    socket.on('data', () => {
        if (asked)
            turns += 1;
        asked = false;
    });
    return () => turns;
}

;// CONCATENATED MODULE: ./src/host/private-key.ts



const private_key_MAX_BYTES = 64 * 1024;
const OPENSSH_MAGIC = 'openssh-key-v1\0';
/** ssh-keygen takes 16 or 24; each takes some 15 ms here. */
const MAX_ROUNDS = 300;
const PASTE_AGAIN = 'Paste the whole file again with its line breaks, for example with: gh secret set NAME < KEYFILE.';
/**
 * Reads a private key as people paste it. Windows line ends, indentation and a missing last newline are mended
 * silently; all else gets an error of its own, none of which holds a byte of the key.
 *
 * @throws {Trouble} when the key cannot be used, with the reason.
 */
function readPrivateKey(parseKey, pasted, passphrase) {
    const { label, body, pem } = findKey(pasted);
    const encrypted = isEncrypted(label, body);
    if (encrypted && !passphrase)
        throw private_key_trouble('is protected by a passphrase, and none was given.', 'Set the input ssh-passphrase.');
    const parsed = parse(parseKey, label, pem, encrypted ? passphrase : undefined);
    if (parsed === undefined && encrypted)
        throw private_key_trouble('cannot be opened with this passphrase.', 'Check the input ssh-passphrase, or whether the key is whole.');
    if (parsed === undefined)
        throw private_key_trouble('is damaged: its inside cannot be read.', PASTE_AGAIN);
    return { parsed, type: parsed.type, fingerprint: fingerprint(parsed.getPublicSSH()) };
}
/** Takes the one block that ends in PRIVATE KEY out of what was pasted, or says what was pasted instead. */
function findKey(pasted) {
    if (pasted.trim() === '')
        throw private_key_trouble('is empty.', 'Set the input ssh-key from a secret; a secret that does not exist is empty too.');
    if (pasted.length > private_key_MAX_BYTES)
        throw private_key_trouble('is larger than 64 KB.', 'Paste the private key and nothing else.');
    const lines = pasted
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\n|\r/)
        .map((line) => line.trim());
    const begin = lines.findIndex((line) => /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----$/.test(line));
    if (begin < 0)
        throw notAKey(lines.filter((line) => line !== ''));
    const label = lines[begin].slice('-----BEGIN '.length, -'-----'.length);
    const length = lines.slice(begin).indexOf(`-----END ${label}-----`);
    if (length < 0)
        throw private_key_trouble('is cut off: it has no END line.', PASTE_AGAIN);
    const body = lines.slice(begin + 1, begin + length);
    if (body.join('') === '')
        throw private_key_trouble('has nothing between its BEGIN and END lines.', PASTE_AGAIN);
    // Old keys have headers, then an empty line; elsewhere an empty line is a slip of the paste.
    const kept = body.some((line) => line.includes(':')) ? body : body.filter((line) => line !== '');
    return { label, body: kept, pem: [lines[begin], ...kept, `-----END ${label}-----`, ''].join('\n') };
}
function notAKey(lines) {
    const [first = ''] = lines;
    if (/^PuTTY-User-Key-File-/.test(first))
        return private_key_trouble('is in the format of PuTTY (PPK).', 'Convert it: puttygen KEY.ppk -O private-openssh -o KEYFILE.');
    if (/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ AAAA/.test(first) ||
        /^-----? ?BEGIN [A-Z0-9 ]*PUBLIC KEY ?-?----/.test(first))
        return private_key_trouble('is the public half of a key.', 'Paste the other file, the one without .pub.');
    if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----./.test(first)) {
        const what = first.includes('\\n') ? 'the characters \\n' : 'spaces';
        return private_key_trouble(`is on one line: its line breaks were turned into ${what}.`, PASTE_AGAIN);
    }
    if (lines.some((line) => /PRIVATE KEY/.test(line)) || /^(b3BlbnNzaC1rZXktdjE|MII)/.test(first))
        return private_key_trouble('has no whole BEGIN line.', 'Paste the file from -----BEGIN to -----END, both lines included.');
    if (/^LS0tLS1CRUdJTi/.test(first))
        return private_key_trouble('is encoded in base64 once more.', 'Paste the file as it is, from -----BEGIN to -----END.');
    if (/^(~|\.{0,2}\/|[A-Za-z]:\\)\S*$/.test(first) && lines.length === 1)
        return private_key_trouble('is the name of a file.', 'Paste what is in the file: a runner does not have your files.');
    return private_key_trouble('is no private key.', 'Paste an OpenSSH or PEM private key, from -----BEGIN to -----END.');
}
/**
 * Whether a passphrase is needed.
 *
 * @throws {Trouble} where trying one would take minutes: the number of rounds is in the file, and may be damaged.
 */
function isEncrypted(label, body) {
    if (label === 'ENCRYPTED PRIVATE KEY')
        return true;
    if (label !== 'OPENSSH PRIVATE KEY')
        return body.some((line) => /^Proc-Type: ?4,ENCRYPTED/.test(line));
    const container = Buffer.from(body.join(''), 'base64');
    if (!container.toString('latin1').startsWith(OPENSSH_MAGIC))
        return false;
    const [cipher, , options] = readFields(container.subarray(OPENSSH_MAGIC.length), 3);
    if (cipher === undefined || cipher.toString('latin1') === 'none')
        return false;
    const rounds = options && options.length >= 4 ? options.readUInt32BE(options.length - 4) : 0;
    if (rounds > MAX_ROUNDS)
        throw private_key_trouble(`asks for ${rounds} rounds of key derivation, more than ${MAX_ROUNDS}.`, 'Save it with fewer: ssh-keygen -p -a 16 -f KEYFILE; if that says the key is invalid, it was damaged.');
    return true;
}
/** The first length-prefixed fields, as many as are whole. */
function readFields(bytes, count) {
    const found = [];
    for (let at = 0; found.length < count && at + 4 <= bytes.length;) {
        const end = at + 4 + bytes.readUInt32BE(at);
        if (end > bytes.length)
            break;
        found.push(bytes.subarray(at + 4, end));
        at = end;
    }
    return found;
}
/** @throws {Trouble} for kinds of keys that nobody here can sign with. */
function parse(parseKey, label, pem, passphrase) {
    let source = pem;
    if (label === 'PRIVATE KEY' || label === 'ENCRYPTED PRIVATE KEY')
        source = fromPkcs8(pem, passphrase);
    else if (!['OPENSSH', 'RSA', 'EC', 'DSA'].some((kind) => label === `${kind} PRIVATE KEY`))
        throw unsupported('in a format that is not known');
    if (source === undefined)
        return undefined;
    let result;
    try {
        result = parseKey(source, source === pem ? passphrase : undefined);
    }
    catch {
        return undefined;
    }
    if (Array.isArray(result))
        result = result[0];
    if (result instanceof Error) {
        const type = /^Unsupported OpenSSH private key type: ([a-z0-9@.-]{1,60})$/.exec(result.message)?.[1];
        if (type?.startsWith('sk-'))
            throw unsupported('bound to a hardware token, which no runner can touch');
        if (type !== undefined)
            throw unsupported(`of the type ${type}`);
        const cipher = /^Unsupported cipher for OpenSSH key: ([a-z0-9@.-]{1,60})$/.exec(result.message)?.[1];
        if (cipher !== undefined)
            throw unsupported(`encrypted with ${cipher}`);
        return undefined;
    }
    if (result?.type === 'ssh-dss')
        throw unsupported('of the type DSA, which servers no longer accept');
    return works(result) ? result : undefined;
}
/** A damaged key, or one opened with a wrong passphrase, can look whole until it signs. */
function works(key) {
    try {
        if (!key?.isPrivateKey())
            return false;
        const signature = key.sign('test');
        return (Buffer.isBuffer(signature) && key.verify('test', signature) === true && key.getPublicSSH().length > 0);
    }
    catch {
        return false;
    }
}
/** ssh2 knows the older PEM forms only; Node turns the newer ones into those. */
function fromPkcs8(pem, passphrase) {
    let key;
    try {
        key = (0,external_node_crypto_.createPrivateKey)({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
    }
    catch {
        return undefined;
    }
    if (key.asymmetricKeyType === 'rsa')
        return key.export({ type: 'pkcs1', format: 'pem' });
    if (key.asymmetricKeyType === 'ec')
        return key.export({ type: 'sec1', format: 'pem' });
    throw unsupported(`of the type ${key.asymmetricKeyType ?? 'unknown'} in PKCS#8 form`);
}
function private_key_trouble(cause, fix) {
    return new trouble/* Trouble */.q('The private key (input ssh-key)', cause, fix);
}
function unsupported(what) {
    return private_key_trouble(`is ${what}.`, 'Make a new one for deploys: ssh-keygen -t ed25519 -f KEYFILE.');
}

;// CONCATENATED MODULE: ./src/host/stream.ts

/**
 * An SSH channel as an ordinary stream: it is destroyed when the other side is gone, `destroy()` always ends in
 * `close`, and a lost connection is an error and never a clean end (which would make half an answer look whole).
 * The methods of a socket that HTTP calls are there and do nothing.
 */
class ChannelStream extends external_node_stream_.Duplex {
    channel;
    bytesRead = 0;
    bytesWritten = 0;
    constructor(channel, lost) {
        super({ allowHalfOpen: true });
        this.channel = channel;
        channel.on('data', (chunk) => {
            this.bytesRead += chunk.length;
            if (!this.destroyed && !this.push(chunk))
                channel.pause();
        });
        channel.once('end', () => this.endReading(lost()));
        channel.once('close', () => {
            this.endReading(lost());
            if (this.readableEnded)
                this.destroy();
            else
                this.once('end', () => this.destroy());
        });
        channel.on('error', (error) => this.destroy(error));
    }
    reading = true;
    endReading(error) {
        if (error)
            this.destroy(error);
        else if (this.reading && !this.destroyed) {
            this.reading = false;
            this.push(null);
        }
    }
    _read() {
        this.channel.resume();
    }
    _write(chunk, _encoding, done) {
        this.bytesWritten += chunk.length;
        this.channel.write(chunk, done);
    }
    _final(done) {
        this.channel.end();
        done();
    }
    _destroy(error, done) {
        this.channel.resume();
        this.channel.destroy();
        done(error);
    }
    destroySoon() {
        if (this.writableFinished)
            this.destroy();
        else
            this.once('finish', () => this.destroy());
        this.end();
    }
    setTimeout() {
        return this;
    }
    setNoDelay() {
        return this;
    }
    setKeepAlive() {
        return this;
    }
    ref() {
        return this;
    }
    unref() {
        return this;
    }
}

;// CONCATENATED MODULE: ./src/host/relay.ts




/** A shell's status for a program that is not there. */
const NOT_FOUND = 127;
/** Bytes that a login shell may print before the program begins. */
const mostNoise = 64 * 1024;
/**
 * What passes bytes on between its standard streams and a port. POSIX sh opens no port, bash does. It ends as soon as
 * either side does, so that nothing of it stays behind an app that never answers. The mark comes after whatever the
 * user's profile prints, once the port is open.
 */
function relayProgram(port, mark) {
    const program = [
        `exec 3<>/dev/tcp/127.0.0.1/${port} 4<&0 || exit 1`,
        `printf %s ${mark}`,
        'cat <&3 & reader=$!',
        'cat <&4 >&3 & writer=$!',
        'wait -n',
        'kill $reader $writer',
    ].join('; ');
    return `bash --norc -c '${program}'`;
}
/**
 * A stream to a port of the host's loopback, through a program there: for servers that forward no connections.
 *
 * @throws {PortClosed} when nothing listens there.
 * @throws {ForwardingForbidden} when there is no bash either.
 */
async function relayPort(session, port) {
    const mark = (0,external_node_crypto_.randomBytes)(12).toString('hex');
    const channel = await exec(session, relayProgram(port, mark));
    channel.stderr.resume();
    const status = await untilMark(channel, mark);
    if (status === 'open')
        return new ChannelStream(channel, session.lost);
    const lost = session.lost();
    if (lost)
        throw lost;
    if (status === NOT_FOUND)
        throw new ForwardingForbidden(session.name, `connections to port ${port}`);
    if (status === undefined)
        throw new ConnectionLost(session.name, 'the server closed the channel');
    throw new PortClosed(session.name, port);
}
/** Reads up to the mark and no further: `open`, or the status with which the program ended before it. */
function untilMark(channel, mark) {
    return new Promise((resolve) => {
        let seen = Buffer.alloc(0);
        let status;
        const take = (chunk) => {
            seen = Buffer.concat([seen, chunk]);
            const at = seen.indexOf(mark);
            if (at < 0 && seen.length <= mostNoise)
                return;
            channel.off('data', take).off('close', close);
            if (at < 0) {
                channel.destroy();
                return resolve(undefined);
            }
            channel.pause();
            const early = seen.subarray(at + mark.length);
            if (early.length > 0)
                channel.unshift(early);
            resolve('open');
        };
        const close = () => resolve(status);
        channel.on('exit', (code) => {
            status = code ?? undefined;
        });
        channel.on('error', () => { });
        channel.on('data', take);
        channel.once('close', close);
    });
}

;// CONCATENATED MODULE: ./src/host/tunnel.ts


const LOOPBACK = '127.0.0.1';
/** RFC 4254, 5.1: the codes with which a channel is refused. */
const ADMINISTRATIVELY_PROHIBITED = 1;
/** Opens a stream to a port of the host's loopback. */
function dialPort(session, port) {
    return forward(session, LOOPBACK, port, ({ reason }) => reason === ADMINISTRATIVELY_PROHIBITED
        ? new ForwardingForbidden(session.name, `connections to port ${port} of the host`)
        : new PortClosed(session.name, port));
}
/** Opens a stream to another machine, as the host sees it. Given up after so many milliseconds. */
function reachMachine(session, machine, timeout) {
    const { address, port } = machine;
    return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(unreachableTrouble(session.name, machine, 'it did not answer in time')), timeout);
        forward(session, address, port, ({ reason, message }) => reason === ADMINISTRATIVELY_PROHIBITED
            ? jumpForbiddenTrouble(session.name, machine)
            : unreachableTrouble(session.name, machine, message))
            .then(resolve, reject)
            .finally(() => clearTimeout(late));
    });
}
/** @param refusal what to say when the server refuses, with the reason's number and text */
function forward(session, address, port, refusal) {
    return new Promise((resolve, reject) => {
        try {
            session.client.forwardOut(LOOPBACK, 0, address, port, (error, channel) => {
                if (!error)
                    return resolve(new ChannelStream(channel, session.lost));
                const { reason, message } = error;
                if (reason === undefined)
                    reject(session.lost() ?? new ConnectionLost(session.name, clean(message)));
                else
                    reject(refusal({ reason, message }));
            });
        }
        catch {
            reject(session.lost() ?? new ConnectionLost(session.name, 'it was already closing'));
        }
    });
}
/** The ports of the host that are listened on for us, and who gets the connections that arrive there. */
class Listeners {
    session;
    takers = new Map();
    constructor(session) {
        this.session = session;
        session.client.on('tcp connection', (details, accept, reject) => {
            const taker = this.takers.get(details.destPort);
            if (taker === undefined)
                reject();
            else
                taker(new ChannelStream(accept(), session.lost));
        });
    }
    /** The host chooses the port. */
    async open(onStream) {
        const { client, name } = this.session;
        const port = await this.ask((done) => client.forwardIn(LOOPBACK, 0, done), () => new ForwardingForbidden(name, 'listening on the host for us'));
        this.takers.set(port, onStream);
        return {
            port,
            close: async () => {
                if (!this.takers.delete(port) || this.session.lost())
                    return;
                const refused = () => new ConnectionLost(name, `port ${port} could not be given back`);
                await this.ask((done) => client.unforwardIn(LOOPBACK, port, (error) => done(error, undefined)), refused);
            },
        };
    }
    ask(request, refused) {
        return new Promise((resolve, reject) => {
            const fail = () => reject(this.session.lost() ?? refused());
            try {
                request((error, value) => (error ? fail() : resolve(value)));
            }
            catch {
                fail();
            }
        });
    }
}

;// CONCATENATED MODULE: ./src/host/connection.ts








const TIMEOUTS = { socket: 15_000, handshake: 20_000, keepalive: 15_000 };
/**
 * Connects to a host whose key is pinned and logs in with a private key.
 *
 * @throws {Trouble} of its own for a bad key, a bad pin, DNS, a refused or silent port, another host key, a failed login.
 */
async function connect(options) {
    const { address, port, user, signal } = options;
    if (signal?.aborted)
        throw reasonOf(signal);
    const pins = pinsFor(options.knownHosts, address, port);
    const ssh2 = await loadSsh2();
    const key = readPrivateKey(ssh2.utils.parseKey, options.privateKey, options.passphrase);
    const name = `${displayName(user, address, port)}${options.role === undefined ? '' : ` (${options.role})`}`;
    const jump = await options.jump?.hold();
    try {
        const authenticated = await shakeHands(ssh2, {
            name,
            address,
            port,
            user,
            key,
            pins,
            timeouts: TIMEOUTS,
            signal,
            ...(jump && { open: () => jump.open(address, port, name) }),
        });
        const connection = new SshConnection(name, authenticated, signal);
        connection.closed.then(() => jump?.release());
        return connection;
    }
    catch (error) {
        await jump?.release();
        throw error;
    }
}
/** Loaded only when used. It is CommonJS, whose exports some loaders put behind `default`. */
async function loadSsh2() {
    const loaded = await __webpack_require__.e(/* import() */ 472).then(__webpack_require__.t.bind(__webpack_require__, 5472, 23));
    return loaded.default ?? loaded;
}
function displayName(user, address, port) {
    const bracketed = address.includes(':') ? `[${address}]` : address;
    return `${user}@${port === 22 ? address : `${bracketed}:${port}`}`;
}
class SshConnection {
    name;
    ssh;
    closed;
    session;
    listeners;
    end;
    closing = false;
    execChannels = 0;
    streams = 0;
    /** As far as we know. */
    forwards = true;
    constructor(name, ssh, signal) {
        this.name = name;
        this.ssh = ssh;
        const { client, socket } = ssh;
        this.session = { name, client, lost: () => this.end };
        this.listeners = new Listeners(this.session);
        let cause;
        client.on('error', (error) => {
            cause ??= error;
        });
        const abort = () => socket.destroy();
        signal?.addEventListener('abort', abort, { once: true });
        this.closed = new Promise((resolve) => {
            // ssh2 tells this before it ends the channels, so each of them finds the reason already here.
            client.once('close', () => {
                signal?.removeEventListener('abort', abort);
                if (signal?.aborted)
                    this.end = reasonOf(signal);
                else if (this.closing)
                    this.end = new ConnectionLost(name, 'it was closed on our side');
                else
                    this.end = new ConnectionLost(name, cause ? clean(cause.message) : 'the server closed it');
                resolve(this.closing && !signal?.aborted ? undefined : this.end);
            });
        });
        if (signal?.aborted)
            abort();
    }
    get lost() {
        return this.end;
    }
    get traffic() {
        const { socket, turns } = this.ssh;
        return {
            execChannels: this.execChannels,
            streams: this.streams,
            bytesIn: socket.bytesRead,
            bytesOut: socket.bytesWritten,
            roundTrips: turns(),
        };
    }
    run(program, onLine) {
        this.execChannels += 1;
        return runProgram(this.session, program, onLine);
    }
    converse(program) {
        this.execChannels += 1;
        return startConversation(this.session, program);
    }
    async dial(port) {
        if (this.forwards) {
            try {
                this.streams += 1;
                return await dialPort(this.session, port);
            }
            catch (error) {
                if (!(error instanceof ForwardingForbidden))
                    throw error;
                this.forwards = false;
            }
        }
        this.execChannels += 1;
        return relayPort(this.session, port);
    }
    reach(address, port, name) {
        return reachMachine(this.session, { address, port, name }, TIMEOUTS.socket);
    }
    listen(onStream) {
        return this.listeners.open((stream) => {
            this.streams += 1;
            onStream(stream);
        });
    }
    async close() {
        if (this.end === undefined && !this.closing) {
            this.closing = true;
            this.ssh.client.end();
            const late = setTimeout(() => this.ssh.socket.destroy(), 2000);
            await this.closed;
            clearTimeout(late);
        }
        else
            await this.closed;
    }
}


/***/ }),

/***/ 1322:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Pf: () => (/* binding */ fieldsOf),
/* harmony export */   b6: () => (/* binding */ textOf),
/* harmony export */   pq: () => (/* binding */ countOf)
/* harmony export */ });
/* A host may tell anything: each fact is read as what it should be, or as nothing. Never `String(fact)` or
 * `Number(fact)`: an object with a `toString` of its own makes both throw. */
/** '' for what is no text. */
function textOf(fact) {
    return typeof fact === 'string' ? fact : '';
}
/** Whole and 0 or more; undefined for what is not. */
function countOf(fact) {
    return typeof fact === 'number' && Number.isSafeInteger(fact) && fact >= 0 ? fact : undefined;
}
/** Empty for what is no object. */
function fieldsOf(fact) {
    return typeof fact === 'object' && fact !== null ? fact : {};
}


/***/ }),

/***/ 5165:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ contentOf)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_1__);


/** A stream per file costs more than most files are long. */
const wholeBytes = 1024 * 1024;
/** What a file holds, in pieces. */
async function* contentOf(file, size) {
    if (size <= wholeBytes)
        yield await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_1__.readFile)(file);
    else
        yield* (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.createReadStream)(file);
}


/***/ }),

/***/ 9835:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  oD: () => (/* binding */ UnfitFiles),
  n: () => (/* binding */ folderLine),
  pF: () => (/* binding */ linkLine),
  Ui: () => (/* binding */ makeManifest),
  Rl: () => (/* binding */ manifestLines),
  AW: () => (/* binding */ modeLetter),
  p: () => (/* binding */ mostFiles)
});

// UNUSED EXPORTS: pathReason

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./src/host/files-links.ts
/** As many links in a row as the kernel follows; a longer way leads nowhere. */
const mostLinks = 40;
/**
 * Whether a symbolic link leads out of the release, followed as a kernel would: through other links on the way, where
 * `a/..` is not always the folder of `a`. One that leads to nothing inside the release does not leave it.
 *
 * @param targets every link of the release, by path.
 */
function linkLeaves(targets, path) {
    const ahead = path.split('/').reverse();
    const here = [];
    let followed = 0;
    for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
        if (part === '' || part === '.')
            continue;
        if (part === '..') {
            if (here.pop() === undefined)
                return true;
            continue;
        }
        here.push(part);
        const target = targets.get(here.join('/'));
        if (target === undefined)
            continue;
        if (target.startsWith('/'))
            return true;
        followed += 1;
        if (followed > mostLinks)
            return false;
        here.pop();
        ahead.push(...target.split('/').reverse());
    }
    return false;
}

;// CONCATENATED MODULE: ./src/host/files-manifest.ts


const mostFiles = 200000;
const mostPathBytes = 1000;
const mostNameBytes = 255;
/** What a tar header can say. */
const mostFileBytes = 8 * 1024 ** 3 - 1;
/** Entries that cannot be shipped, and why: `path: reason`. */
class UnfitFiles extends Error {
    reasons;
    constructor(reasons) {
        super(reasons.join('; '));
        this.reasons = reasons;
        this.name = 'UnfitFiles';
    }
}
/** @throws {UnfitFiles} naming everything that no release can hold. */
function makeManifest(root, entries) {
    const reasons = unfit(entries);
    if (reasons.length > 0)
        throw new UnfitFiles(reasons);
    const files = sortBy(entries.files, fileLine);
    const links = sortBy(entries.links, linkLine);
    const folders = sortBy(entries.folders, folderLine);
    const hash = (0,external_node_crypto_.createHash)('sha256');
    for (const line of manifestLines({ files, links, folders }))
        hash.update(`${line}\n`);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { root, files, links, folders, bytes, hash: hash.digest('hex') };
}
function manifestLines({ files, links, folders, }) {
    return [...files.map(fileLine), ...folders.map(folderLine), ...links.map(linkLine)];
}
function fileLine(file) {
    return `${file.sha256} ${modeLetter(file)} ./${file.path}`;
}
function folderLine(path) {
    return `folder - ./${path}`;
}
function linkLine({ path, target }) {
    return `link - ./${path}\t${target}`;
}
function modeLetter({ executable }) {
    return executable ? 'x' : '-';
}
function sortBy(items, line) {
    return items
        .map((item) => ({ item, key: Buffer.from(line(item)) }))
        .sort((a, b) => Buffer.compare(a.key, b.key))
        .map(({ item }) => item);
}
function unfit({ files, links, folders }) {
    const paths = [...files.map(({ path }) => path), ...links.map(({ path }) => path), ...folders];
    if (files.length === 0)
        return ['.: there is no file in it'];
    if (paths.length > mostFiles)
        return [`.: ${paths.length} files; at most ${mostFiles} can be shipped`];
    const reasons = [];
    const refuse = (path, reason) => {
        if (reason !== undefined)
            reasons.push(`${JSON.stringify(path)}: ${reason}`);
    };
    for (const path of paths)
        refuse(path, pathReason(path));
    for (const { path, size } of files)
        refuse(path, size > mostFileBytes ? 'larger than 8 GiB' : undefined);
    const targets = new Map(links.map(({ path, target }) => [path, target]));
    for (const { path, target } of links)
        refuse(path, targetReason(targets, path, target));
    const leaves = new Set(paths);
    if (leaves.size < paths.length)
        reasons.push('a path is there twice');
    for (const path of paths) {
        const parent = ancestors(path).find((folder) => leaves.has(folder));
        if (parent !== undefined)
            refuse(path, `${JSON.stringify(parent)} is no folder that holds anything`);
    }
    return reasons;
}
/** Why a path cannot be carried, if it cannot. */
function pathReason(path) {
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..'))
        return 'not a path inside the release';
    if (!isText(path))
        return 'its name holds a control character or is no UTF-8';
    if (Buffer.byteLength(path) > mostPathBytes)
        return `its path is longer than ${mostPathBytes} bytes`;
    if (parts.some((part) => Buffer.byteLength(part) > mostNameBytes))
        return `a name is longer than ${mostNameBytes} bytes`;
    return undefined;
}
function targetReason(targets, path, target) {
    if (target === '' || !isText(target) || Buffer.byteLength(target) > mostPathBytes)
        return 'the link leads to a path that cannot be carried';
    if (linkLeaves(targets, path))
        return `the link leads out of the release, to ${JSON.stringify(target)}`;
    return undefined;
}
/** Lines, and columns by tabs, have to stay what they are. */
function isText(name) {
    return !/[\x00-\x1f\x7f]/.test(name) && Buffer.from(name).toString() === name;
}
function ancestors(path) {
    const parts = path.split('/');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}


/***/ }),

/***/ 3816:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   DQ: () => (/* binding */ loginOf),
/* harmony export */   Og: () => (/* binding */ waysTo)
/* harmony export */ });
/* unused harmony export JumpHost */
/* harmony import */ var _connection__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9754);

function loginOf({ key, passphrase, knownHosts }, signal) {
    return { privateKey: key, knownHosts, signal, ...(passphrase !== undefined && { passphrase }) };
}
/**
 * How each of these hosts is reached: directly, or through its jump host, which lets the same key in and is pinned as
 * they are, and may itself be reached through another. Those behind the same one share one connection to it.
 */
function waysTo(hosts, login) {
    const jumps = new Map();
    const wayTo = ({ address, port, user, jump }) => {
        const way = { ...login, address, port, user };
        return jump === undefined ? way : { ...way, jump: sharedJump(jump) };
    };
    const sharedJump = (jump) => {
        const key = placeOf(jump);
        const shared = jumps.get(key) ?? new JumpHost(wayTo(jump));
        jumps.set(key, shared);
        return shared;
    };
    return hosts.map(wayTo);
}
/** Behind two jump hosts the same address may be two servers. */
function placeOf({ user, name, jump }) {
    return `${user}@${name}${jump ? ` behind ${placeOf(jump)}` : ''}`;
}
/** A host through which others are reached; connected while at least one of them is, and anew once that was lost. */
class JumpHost {
    options;
    connection;
    holds = 0;
    constructor(options) {
        this.options = options;
    }
    /** @throws {Trouble} as `connect` does, for the jump host. */
    async hold() {
        this.holds += 1;
        let held = true;
        const release = async () => {
            if (!held)
                return;
            held = false;
            this.holds -= 1;
            if (this.holds === 0)
                await this.close();
        };
        try {
            const connection = await this.connected();
            return { open: (address, port, name) => connection.reach(address, port, name), release };
        }
        catch (error) {
            await release();
            throw error;
        }
    }
    connected() {
        if (this.connection !== undefined)
            return this.connection;
        const made = (0,_connection__WEBPACK_IMPORTED_MODULE_0__/* .connect */ .Ng)({ ...this.options, role: 'jump host' });
        this.connection = made;
        const forget = () => {
            if (this.connection === made)
                this.connection = undefined;
        };
        made.then(({ closed }) => closed.then(forget), forget);
        return made;
    }
    async close() {
        const last = this.connection;
        this.connection = undefined;
        await (await last?.catch(() => undefined))?.close();
    }
}


/***/ }),

/***/ 6961:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   NP: () => (/* binding */ factsLibrary),
/* harmony export */   SI: () => (/* binding */ errandLibrary),
/* harmony export */   e0: () => (/* binding */ leaseLibrary),
/* harmony export */   ez: () => (/* binding */ prelude),
/* harmony export */   h0: () => (/* binding */ resourcesLibrary),
/* harmony export */   oF: () => (/* binding */ stageLibrary),
/* harmony export */   x8: () => (/* binding */ detachLibrary)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** The shell functions of this room, as text. Read once, when the bundle loads them. */
const prelude = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "prelude.sh", 'utf8');
const leaseLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "lease.sh", 'utf8');
const resourcesLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "resources.sh", 'utf8');
const factsLibrary = resourcesLibrary + (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "facts.sh", 'utf8');
const stageLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "stage.sh", 'utf8');
const detachLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "detach.sh", 'utf8');
const errandLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "errand.sh", 'utf8');


/***/ }),

/***/ 630:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Nt: () => (/* binding */ renderProgram),
/* harmony export */   T1: () => (/* binding */ call),
/* harmony export */   y9: () => (/* binding */ renderScript)
/* harmony export */ });
/* harmony import */ var _quote__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(282);

function call(name, ...args) {
    if (!/^[a-z][a-z0-9_]*$/.test(name))
        throw new RangeError(`not a shell function's name: ${name}`);
    return { name, args };
}
function renderCall({ name, args }) {
    return [name, ...args.map(_quote__WEBPACK_IMPORTED_MODULE_0__/* .quote */ .h)].join(' ');
}
/**
 * A whole POSIX sh program: fixed libraries of functions, then the plan as calls with quoted arguments.
 * All of it is inside functions and the last line starts it, so that half a program never runs. The libraries' comments,
 * a quarter of their text, are not sent.
 */
function renderProgram(libraries, calls) {
    return renderScript(libraries.map((library) => library.replace(/^ *# (?!shellcheck ).*(\n|$)/gm, '')), calls);
}
/** The same for people: with its comments. */
function renderScript(libraries, calls) {
    const body = calls.map((each) => `  ${renderCall(each)}`).join('\n');
    return `${libraries.join('\n')}\nmain() {\n${body}\n}\nmain\n`;
}


/***/ }),

/***/ 282:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ quote)
/* harmony export */ });
/**
 * The one place where a value becomes part of a shell program: POSIX single quotes, in which nothing is special
 * but the quote itself.
 *
 * @throws {RangeError} on a NUL byte, which no shell word can hold.
 */
function quote(value) {
    if (value.includes('\0'))
        throw new RangeError('a shell word cannot hold a NUL byte');
    return `'${value.replaceAll("'", `'\\''`)}'`;
}


/***/ }),

/***/ 7422:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   h: () => (/* binding */ HostFailure),
/* harmony export */   z: () => (/* binding */ Reading)
/* harmony export */ });
/* harmony import */ var _fact__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1322);
/* harmony import */ var _records__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2376);


const printedLines = 200;
/** A program on the host said why it cannot go on. `code` is for callers, `message` for people. */
class HostFailure extends Error {
    host;
    code;
    outcome;
    constructor(host, code, message, outcome) {
        super(message);
        this.host = host;
        this.code = code;
        this.outcome = outcome;
        this.name = 'HostFailure';
    }
}
/** Reads the lines of one program. After a reconnection the host sends them from the start, so known ones are skipped. */
class Reading {
    host;
    nonce;
    reporter;
    facts = new Map();
    printed = [];
    failure;
    seen = 0;
    position = 0;
    constructor(host, nonce, reporter) {
        this.host = host;
        this.nonce = nonce;
        this.reporter = reporter;
    }
    /** The last line may have been cut with the connection, so it is taken once more. */
    startOver() {
        this.position = 0;
        this.seen = Math.max(0, this.seen - 1);
    }
    /** The fact that the line tells, if it is one. */
    take(line, stream) {
        if (stream === 'err') {
            this.text(line);
            return undefined;
        }
        this.position += 1;
        if (this.position <= this.seen)
            return undefined;
        this.seen = this.position;
        const parsed = (0,_records__WEBPACK_IMPORTED_MODULE_0__/* .parseLine */ .A)(this.nonce, line);
        if (parsed.kind === 'text') {
            this.text(parsed.text);
            return undefined;
        }
        const { record } = parsed;
        if (record.k === 'begin')
            this.reporter.stepBegin(this.host, record.step);
        if (record.k === 'end')
            this.reporter.stepEnd(this.host, record.step, record.ms);
        if (record.k === 'fact')
            this.fact(record.name, record.value);
        if (record.k === 'fail')
            this.failure ??= { code: record.code, message: record.message };
        return record.k === 'fact' ? record : undefined;
    }
    fact(name, value) {
        if (name === 'warning')
            this.reporter.warning(`${this.host}: ${(0,_fact__WEBPACK_IMPORTED_MODULE_1__/* .textOf */ .b6)(value)}`);
        else
            this.facts.set(name, value);
    }
    text(line) {
        if (line === '')
            return;
        this.reporter.output(this.host, line);
        this.printed.push(line);
        if (this.printed.length > printedLines)
            this.printed.shift();
    }
    end(code) {
        const outcome = { facts: this.facts, printed: this.printed };
        if (this.failure)
            throw new HostFailure(this.host, this.failure.code, this.failure.message, outcome);
        if (code !== 0) {
            const why = code === 255
                ? 'the program was killed on the host'
                : `the program ended with status ${code ?? 'unknown'}`;
            throw new HostFailure(this.host, 'program', why, outcome);
        }
        return outcome;
    }
}


/***/ }),

/***/ 2376:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A: () => (/* binding */ parseLine)
/* harmony export */ });
/* unused harmony export MAX_TEXT */
/** Text is cut after this many characters; records are not, since a cut one is none. */
const MAX_TEXT = 4096;
/**
 * Tells the record lines of a program from whatever else it and its children print. A record begins with a control
 * character and the run's nonce, which no child knows; what looks like one but is none is text.
 */
function parseLine(nonce, line) {
    const begin = `\x1e${nonce} `;
    const record = line.startsWith(begin) ? readRecord(line.slice(begin.length)) : undefined;
    return record ? { kind: 'record', record } : { kind: 'text', text: cleanText(line) };
}
function readRecord(json) {
    let value;
    try {
        value = JSON.parse(json);
    }
    catch {
        return undefined;
    }
    if (typeof value !== 'object' || value === null)
        return undefined;
    const fields = value;
    const { k, step, ms, name, code, message } = fields;
    if (k === 'begin' && isText(step))
        return { k, step };
    if (k === 'end' && isText(step) && isDuration(ms))
        return { k, step, ms };
    if (k === 'fact' && isText(name) && isFactValue(fields.value))
        return { k, name, value: fields.value };
    if (k === 'fail' && isText(code) && isText(message))
        return { k, code, message };
    return undefined;
}
function isText(value) {
    return typeof value === 'string';
}
function isDuration(value) {
    return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
function isFactValue(value) {
    return value !== null && ['string', 'number', 'boolean', 'object'].includes(typeof value);
}
const CSI_SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]/g;
const OSC_SEQUENCE = /\x1b\][^\x07\x1b]*(\x07|\x1b\\)/g;
const CONTROL_CHARACTERS = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;
/** Without colours and control characters, tabs kept, and bounded. */
function cleanText(line) {
    const bounded = line.length > MAX_TEXT * 2 ? line.slice(0, MAX_TEXT * 2) : line;
    const text = bounded.replace(OSC_SEQUENCE, '').replace(CSI_SEQUENCE, '').replace(CONTROL_CHARACTERS, '');
    return text.length > MAX_TEXT || bounded !== line ? `${text.slice(0, MAX_TEXT)}…` : text;
}


/***/ }),

/***/ 8823:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ readResources)
/* harmony export */ });
/* harmony import */ var _fact__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1322);

/** @param asked and `answered`: when, by our own clock */
function readResources(facts, asked, answered) {
    const clock = (0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .countOf */ .pq)(facts.get('clock'));
    const memory = readMemory(facts.get('memory'));
    return {
        ...(clock !== undefined && { clock: { asked, host: clock, answered } }),
        ...(memory && { memory }),
        disks: [...facts].flatMap(([name, value]) => (name.startsWith('disk ') ? (readDisk(value) ?? []) : [])),
    };
}
function readMemory(value) {
    const total = (0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .countOf */ .pq)((0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .fieldsOf */ .Pf)(value).total);
    const available = (0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .countOf */ .pq)((0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .fieldsOf */ .Pf)(value).available);
    return total !== undefined && total > 0 && available !== undefined ? { total, available } : undefined;
}
function readDisk(value) {
    const { folder, device, ...counts } = (0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .fieldsOf */ .Pf)(value);
    const number = (name) => (0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .countOf */ .pq)(counts[name]);
    const usedBytes = number('used');
    const freeBytes = number('free');
    if (typeof folder !== 'string' || usedBytes === undefined || freeBytes === undefined)
        return undefined;
    return {
        folder,
        device: (0,_fact__WEBPACK_IMPORTED_MODULE_0__/* .textOf */ .b6)(device),
        usedBytes,
        freeBytes,
        usedInodes: number('usedInodes') ?? 0,
        freeInodes: number('freeInodes') ?? 0,
    };
}


/***/ }),

/***/ 1786:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  hD: () => (/* reexport */ host_reading/* HostFailure */.h),
  HV: () => (/* binding */ HostSession),
  yj: () => (/* reexport */ LeaseHeld)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/host/connection.ts + 10 modules
var host_connection = __webpack_require__(9754);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/host/resources.ts
var resources = __webpack_require__(8823);
;// CONCATENATED MODULE: ./src/host/facts.ts





/**
 * Turns the fact records of a host into facts. Everything a host says is data: checked, or left out.
 *
 * @param asked and `answered`: when, in milliseconds of our own clock
 */
function readFacts(records, asked, answered) {
    const values = new Map();
    const history = [];
    const present = [];
    for (const { name, value } of records) {
        const event = name === 'ledger' ? (0,ledger/* readEvent */.j)(value) : undefined;
        if (event)
            history.push(event);
        else if (name === 'present')
            present.push((0,fact/* textOf */.b6)(value));
        else if (name !== 'ledger')
            values.set(name, value);
    }
    const text = (name) => (0,fact/* textOf */.b6)(values.get(name));
    const live = values.get('live');
    return {
        machine: text('machine'),
        ...(0,resources/* readResources */.M)(values, asked, answered),
        live: (0,slot/* isSlot */.RK)(live) ? live : undefined,
        releases: { blue: text('slot-blue'), green: text('slot-green') },
        present,
        history: (0,release_history/* withoutRestored */.Jk)(history),
        runtime: values,
    };
}

// EXTERNAL MODULE: ./src/host/libraries.ts
var host_libraries = __webpack_require__(6961);
// EXTERNAL MODULE: ./src/host/program.ts
var host_program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/host/records.ts
var records = __webpack_require__(2376);
;// CONCATENATED MODULE: ./src/host/lease.ts






/** Seconds of the host's clock a lease lasts after its last renewal, and how often the runner renews it. */
const leaseSeconds = 45;
const renewalMs = 15_000;
/**
 * The one channel that stays open: it tells the host's facts, takes the lease, renews it and frees it. Closing it
 * frees nothing.
 */
class LeaseChannel {
    host;
    nonce;
    conversation;
    renewal;
    lines;
    constructor(host, nonce, conversation) {
        this.host = host;
        this.nonce = nonce;
        this.conversation = conversation;
        this.lines = conversation.lines[Symbol.asyncIterator]();
    }
    /** @throws {Trouble} when the host was never set up. */
    static async open(connection, options) {
        const { app, base, owner, nonce } = options;
        const program = (0,host_program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* leaseLibrary */.e0, host_libraries/* factsLibrary */.NP, options.runtimeLibrary], [
            (0,host_program/* call */.T1)('lease_serve', nonce, base, owner.id, owner.url, String(leaseSeconds), String(options.token), app),
        ]);
        const channel = new LeaseChannel(connection.name, nonce, await connection.converse(program));
        const facts = await channel.readFacts();
        if (options.token > 0)
            channel.startRenewing();
        return { channel, facts };
    }
    /** The facts as they are now. */
    async refresh() {
        this.conversation.send('facts');
        return this.readFacts();
    }
    /** Of the facts, those that a deploy itself changes; the others are `before`'s. */
    async refreshState(before) {
        this.conversation.send('state');
        const { live, releases, present, history } = await this.readFacts();
        return { ...before, live, releases, present, history };
    }
    /** Asks once. Renewals begin when it was given. */
    async take() {
        const { name, value } = await this.ask('take', ['taken', 'held', 'busy']);
        if (name === 'taken') {
            const token = (0,fact/* countOf */.pq)(value);
            if (token === undefined)
                throw new trouble/* Trouble */.q(this.host, 'gave the lease without its token.', 'Look at lease.json there.');
            this.startRenewing();
            return { kind: 'taken', token };
        }
        if (name === 'busy')
            return { kind: 'busy', by: (0,fact/* textOf */.b6)(value) };
        return { kind: 'held', ...readHolder(value) };
    }
    startRenewing() {
        clearInterval(this.renewal);
        this.renewal = setInterval(() => this.conversation.send('renew'), renewalMs);
        this.renewal.unref();
    }
    /** Frees the lease. `busy` means that a program of this run still works on the host and keeps it. */
    async release() {
        clearInterval(this.renewal);
        const { value } = await this.ask('release', ['release']);
        return value;
    }
    /**
     * Frees what this owner still holds, whoever of its programs took it: `drop` for the `post` step, `settle` for a job
     * whose earlier attempt was ended without one.
     */
    async drop(command) {
        const { value } = await this.ask(command, ['release']);
        return value;
    }
    close() {
        clearInterval(this.renewal);
        this.conversation.end();
    }
    async ask(command, answers) {
        this.conversation.send(command);
        for (;;) {
            const fact = await this.nextFact();
            if (answers.includes(fact.name))
                return fact;
        }
    }
    async readFacts() {
        const asked = Date.now();
        const seen = [];
        for (;;) {
            const fact = await this.nextFact();
            if (fact.name === 'ready')
                return readFacts(seen, asked, Date.now());
            seen.push(fact);
        }
    }
    async nextFact() {
        const noise = [];
        for (;;) {
            const { value, done } = await this.lines.next();
            if (done) {
                // Where the connection is gone, this says so.
                await this.conversation.exit;
                throw new trouble/* Trouble */.q(this.host, 'closed the channel before it answered.', 'See what it printed; is /bin/sh a POSIX shell there?', noise);
            }
            const line = (0,records/* parseLine */.A)(this.nonce, value);
            if (line.kind === 'text') {
                if (line.text && noise.length < 50)
                    noise.push(line.text);
            }
            else if (line.record.k === 'fact')
                return line.record;
            else if (line.record.k === 'fail')
                throw notReady(this.host, line.record);
        }
    }
}
function notReady(host, { code, message }) {
    return new trouble/* Trouble */.q(host, `is not ready: ${message}.`, code === 'other-app'
        ? 'Give each app on a host a `base` of its own in kawasemi.yml and run setup-host for it. If the app was renamed, remove the file `app` in that folder once nothing of the old name runs.'
        : 'Run setup-host for this environment once; see docs/setup-host.md.');
}
function readHolder(value) {
    const fields = (0,fact/* fieldsOf */.Pf)(value);
    const seconds = (name) => (0,fact/* countOf */.pq)(fields[name]) ?? 0;
    return {
        owner: (0,fact/* textOf */.b6)(fields.owner),
        url: (0,fact/* textOf */.b6)(fields.url),
        since: seconds('since'),
        expires: seconds('expires'),
        now: seconds('now'),
    };
}

;// CONCATENATED MODULE: ./src/host/lease-wait.ts

/** Of a lock that somebody holds: each waits two seconds for it. */
const mostTries = 30;
/**
 * Takes the lease of a host, and waits where that is worth it. A holder that is gone lets its lease run out, so that is
 * waited for; one that renews it is alive, and is waited for with patience only.
 *
 * @param take asks the host once
 * @returns the fencing token
 * @throws {LeaseHeld} naming the holder and its run.
 * @throws {Trouble} when somebody who is no program of ours keeps the lock for a minute.
 */
async function waitForLease(name, take, waiting) {
    const first = await takeWhileBusy(name, take, waiting);
    const answer = first.kind === 'held' ? await takeAfter(first, name, take, waiting) : first;
    if (answer.kind === 'held')
        throw new LeaseHeld(name, answer);
    return answer.token;
}
/**
 * A program of an ended run may still be at work (that is how a migration is never cut in half): let it end, for it has
 * an end. Nobody knows how long a person will be.
 */
async function takeWhileBusy(name, take, { base, reporter }) {
    let told;
    for (let tries = 0; tries < mostTries;) {
        const answer = await take();
        if (answer.kind !== 'busy')
            return answer;
        if (answer.by !== told)
            reporter.info(`${name}: waiting for ${answer.by || 'somebody who holds its lock'}`);
        told = answer.by;
        tries = told === '' ? tries + 1 : 0;
    }
    throw new trouble/* Trouble */.q(name, `somebody who is no program of ours has held ${base}/lease.lock for a minute: perhaps a person who works there.`, 'Run this again when they are done; `lslocks` on the server shows whose process it is.');
}
async function takeAfter(held, name, take, waiting) {
    const { reporter, wait, patience } = waiting;
    reporter.info(`${name}: the lease is held by ${held.owner} (${held.url}) for ${held.expires - held.now} s more; waiting whether it renews it`);
    let isAlive = false;
    for (let waited = 1000;; waited += 1000) {
        await wait(1000);
        const answer = await takeWhileBusy(name, take, waiting);
        if (answer.kind === 'taken')
            return answer;
        if (!isAlive && answer.expires === held.expires)
            continue;
        if (waited > patience)
            return answer;
        if (!isAlive)
            reporter.warning(`${name}: waiting, for ${patience / 60_000} min at most, for another run that is at work there. To go on sooner, cancel it: ${answer.url}`);
        isAlive = true;
    }
}
/** Another run is alive and at work on the host. */
class LeaseHeld extends trouble/* Trouble */.q {
    constructor(host, { owner, url, since, now }) {
        const minutes = Math.max(0, Math.round((now - since) / 60));
        super(host, `another run is at work there: ${owner} took the lease ${minutes} min ago and goes on renewing it (${url}).`, 'Wait until that run ends, or cancel it, then run this again.');
        this.name = 'LeaseHeld';
    }
}

// EXTERNAL MODULE: ./src/host/reading.ts
var host_reading = __webpack_require__(7422);
;// CONCATENATED MODULE: ./src/host/session.ts









const reconnections = 5;
/** One host for the whole life of an action: one connection, the lease's channel, and one channel per stage. */
class HostSession {
    connection;
    lease;
    options;
    nonce;
    facts;
    token = 0;
    runs = 0;
    reconnecting;
    constructor(connection, lease, options, nonce, facts) {
        this.connection = connection;
        this.lease = lease;
        this.options = options;
        this.nonce = nonce;
        this.facts = facts;
    }
    static async open(options) {
        const nonce = (0,external_node_crypto_.randomBytes)(12).toString('hex');
        const { connection, channel, facts } = await join(options, nonce, 0);
        return new HostSession(connection, channel, options, nonce, facts);
    }
    get name() {
        return this.connection.name;
    }
    /** Who this run is: `RUN/ATTEMPT/JOB`. */
    get owner() {
        return this.options.owner.id;
    }
    get base() {
        return this.options.base;
    }
    get traffic() {
        return this.connection.traffic;
    }
    /** Whether the host can be asked now. */
    get isConnected() {
        return this.connection.lost === undefined;
    }
    /** A stream to the host's own loopback. */
    dial(port) {
        return this.lasting((connection) => connection.dial(port));
    }
    listen(...args) {
        return this.connection.listen(...args);
    }
    /**
     * Takes the lease, then reads the facts anew.
     *
     * @param patience milliseconds to wait for a run that is alive and at work
     * @throws {Trouble} as `waitForLease` does.
     */
    async take(patience = 0) {
        const take = () => this.lasting(() => this.lease.take());
        this.token = await waitForLease(this.name, take, { ...this.options, patience });
        this.facts = await this.lasting(() => this.lease.refresh());
    }
    /** Reads anew what a deploy itself changes. */
    async refresh() {
        this.facts = await this.lasting(() => this.lease.refreshState(this.facts));
        return this.facts;
    }
    async release() {
        if (this.token === 0)
            return;
        const answer = await this.lasting(() => this.lease.release());
        if (answer === 'busy')
            this.options.reporter.warning(`${this.name}: a program of this run still works there and keeps the lease until it ends`);
        this.token = 0;
    }
    drop(command) {
        return this.lease.drop(command);
    }
    /**
     * Runs a program that changes nothing, so it needs no lease and waits for nobody.
     *
     * @throws {HostFailure} when it does not end well.
     */
    ask(libraries, calls) {
        const { app, base } = this.options;
        return this.follow((0,host_program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* factsLibrary */.NP, ...libraries], [(0,host_program/* call */.T1)('ask_begin', this.nonce, base, app), ...calls]));
    }
    /** The folder under runs/ of a program that is about to start; no other program has it, whatever became of tokens. */
    newRun(stage) {
        this.runs += 1;
        return `${this.token}-${this.runs}-${stage}-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
    }
    /**
     * Runs a stage's program under the host's flock, apart from the connection: when that drops, it goes on, and is
     * followed again.
     *
     * @throws {HostFailure} when the program says why it failed.
     */
    async run(program) {
        const { base } = this.options;
        const run = this.newRun(program.stage);
        const text = (0,host_program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* detachLibrary */.x8, host_libraries/* leaseLibrary */.e0, host_libraries/* stageLibrary */.oF, ...program.libraries], [this.begin('stage_begin', run, program.stage), ...program.calls]);
        return this.follow((0,host_program/* renderProgram */.Nt)([host_libraries/* detachLibrary */.x8], [(0,host_program/* call */.T1)('start_and_follow', `${base}/runs/${run}`, text)]));
    }
    /**
     * Runs a program under the host's flock that is fed over the connection and ends with it. `begin` is asked for what
     * answers its facts: bytes for its standard input, or nothing. After a lost connection all of it begins anew.
     *
     * @throws {HostFailure} when the program says why it failed.
     */
    exchange(program, begin) {
        return this.lasting((connection) => this.exchangeOnce(connection, program, begin()));
    }
    async exchangeOnce(connection, program, answer) {
        const run = this.newRun(program.stage);
        const talk = await connection.converse((0,host_program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* detachLibrary */.x8, host_libraries/* leaseLibrary */.e0, host_libraries/* stageLibrary */.oF, ...program.libraries], [
            (0,host_program/* call */.T1)('run_folder', `${this.base}/runs/${run}`),
            this.begin('stage_begin', run, program.stage),
            ...program.calls,
        ]));
        const reading = new host_reading/* Reading */.z(this.name, this.nonce, this.options.reporter);
        let failure;
        let sending;
        const send = async (bytes) => {
            try {
                for await (const chunk of bytes)
                    if (!(await talk.sendBytes(chunk)))
                        return;
            }
            catch (error) {
                failure = error;
                talk.end();
            }
        };
        for await (const line of talk.lines) {
            const fact = reading.take(line, 'out');
            if (fact === undefined || failure !== undefined)
                continue;
            try {
                const bytes = answer(fact.name, fact.value);
                if (bytes)
                    sending = send(bytes);
            }
            catch (error) {
                failure = error;
                talk.end();
            }
        }
        await sending;
        if (failure !== undefined)
            throw failure;
        return reading.end((await talk.exit).code);
    }
    /** The call with which a program on the host starts: who runs it, under which token. */
    begin(name, run, ...more) {
        const { app, base, owner } = this.options;
        const token = String(this.token);
        return (0,host_program/* call */.T1)(name, this.nonce, base, run, owner.id, owner.url, token, String(leaseSeconds), app, ...more);
    }
    /** The calls that start a program of its own inside a stage, and the name by which it is followed. */
    companion(stage, begin, program) {
        const run = this.newRun(stage);
        const text = (0,host_program/* renderProgram */.Nt)([host_libraries/* prelude */.ez, host_libraries/* detachLibrary */.x8, host_libraries/* leaseLibrary */.e0, host_libraries/* stageLibrary */.oF, ...program.libraries], [this.begin(begin, run), ...program.calls]);
        return { run, call: (0,host_program/* call */.T1)('detach', `${this.base}/runs/${run}`, text) };
    }
    /** Follows a program that runs on the host. */
    followAgain(run) {
        return this.follow((0,host_program/* renderProgram */.Nt)([host_libraries/* detachLibrary */.x8], [(0,host_program/* call */.T1)('follow', `${this.base}/runs/${run}`)]));
    }
    /** Runs what starts a program, follows it or only reads; again as often as the connection is lost, which starts nothing twice. */
    async follow(program) {
        const reading = new host_reading/* Reading */.z(this.name, this.nonce, this.options.reporter);
        return this.lasting(async (connection) => {
            reading.startOver();
            const { code } = await connection.run(program, (line, stream) => reading.take(line, stream));
            return reading.end(code);
        });
    }
    /** Does it again over a new connection where it is lost meanwhile. */
    async lasting(work) {
        for (let tries = 0;; tries += 1) {
            const connection = await this.whole();
            try {
                return await work(connection);
            }
            catch (error) {
                if (!(error instanceof host_connection/* ConnectionLost */.pz) || tries >= reconnections)
                    throw error;
                await this.reconnect(connection);
            }
        }
    }
    /** The connection; a new one where it was lost since somebody last used it. */
    async whole() {
        const { connection } = this;
        const state = await Promise.race([connection.closed, Promise.resolve('open')]);
        if (state !== 'open')
            await this.reconnect(connection);
        return this.connection;
    }
    /** Connects again; all who find the same connection lost wait for the same new one. */
    async reconnect(lost) {
        if (lost !== this.connection)
            return;
        this.reconnecting ??= this.connectAgain().finally(() => {
            this.reconnecting = undefined;
        });
        await this.reconnecting;
    }
    async connectAgain() {
        const { reporter, ssh, wait } = this.options;
        ssh.signal?.throwIfAborted();
        reporter.warning(`${this.name}: the connection was lost; what runs there goes on, connecting again`);
        this.lease.close();
        for (let tries = 0;; tries += 1) {
            await wait(500 * 2 ** tries);
            try {
                const { connection, channel, facts } = await join(this.options, this.nonce, this.token);
                this.connection = connection;
                this.lease = channel;
                this.facts = facts;
                return;
            }
            catch (error) {
                if (tries >= reconnections || ssh.signal?.aborted)
                    throw error;
            }
        }
    }
    async close() {
        this.lease.close();
        await this.connection.close();
    }
}
async function join(options, nonce, token) {
    const connection = await (0,host_connection/* connect */.Ng)(options.ssh);
    try {
        return { connection, ...(await LeaseChannel.open(connection, { ...options, nonce, token })) };
    }
    catch (error) {
        await connection.close();
        throw error;
    }
}


/***/ }),

/***/ 426:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bc: () => (/* binding */ isDigest),
/* harmony export */   DC: () => (/* binding */ hashFile),
/* harmony export */   Ib: () => (/* binding */ mediaTypes),
/* harmony export */   T4: () => (/* binding */ readLayout),
/* harmony export */   hk: () => (/* binding */ annotations),
/* harmony export */   nD: () => (/* binding */ blobPath)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1455);
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__webpack_require__.n(node_fs_promises__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_3___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_3__);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2386);





const mediaTypes = {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
const annotations = {
    service: 'io.kawasemi.service',
    unpackedSize: 'io.kawasemi.unpacked-size',
    version: 'org.opencontainers.image.version',
    /** By it programs such as skopeo find one image among several. */
    reference: 'org.opencontainers.image.ref.name',
};
const limits = { json: 8 * 1024 * 1024, images: 100, layers: 512, unpacked: 2 ** 44 };
/** @throws {RangeError} for anything but a sha256 digest, so that no digest leads out of the folder. */
function blobPath(dir, digest) {
    if (!isDigest(digest))
        throw new RangeError(`not a digest: ${digest}`);
    return (0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(dir, 'blobs', 'sha256', digest.slice('sha256:'.length));
}
function isDigest(value) {
    return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
/**
 * Reads a layout and believes nothing in it: every blob is hashed, every size, type and name is checked.
 *
 * @throws {Trouble} that names the first thing that is wrong.
 */
async function readLayout(dir) {
    try {
        return await new LayoutReader(dir).read();
    }
    catch (error) {
        const code = error.code;
        if (error instanceof Bad || (code !== undefined && /^E[A-Z]+$/.test(code))) {
            const cause = code === 'ENOENT' ? `${error.path} is missing.` : error.message;
            throw new _release_trouble__WEBPACK_IMPORTED_MODULE_4__/* .Trouble */ .q(`the image layout ${dir}`, cause, 'Build it again with build-image.');
        }
        throw error;
    }
}
class Bad extends Error {
}
function check(holds, otherwise) {
    if (!holds)
        throw new Bad(otherwise);
}
class LayoutReader {
    dir;
    blobs = new Map();
    constructor(dir) {
        this.dir = dir;
    }
    async read() {
        const layout = parse('oci-layout', await this.readSmall((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(this.dir, 'oci-layout')));
        check(layout.imageLayoutVersion === '1.0.0', 'oci-layout is of an unknown version.');
        const index = parse('index.json', await this.readSmall((0,node_path__WEBPACK_IMPORTED_MODULE_3__.join)(this.dir, 'index.json')));
        check(index.schemaVersion === 2 && Array.isArray(index.manifests), 'index.json is no image index.');
        check(index.manifests.length > 0, 'it holds no image.');
        check(index.manifests.length <= limits.images, `it holds more than ${limits.images} images.`);
        const images = new Map();
        const versions = new Set();
        for (const descriptor of index.manifests) {
            const { service, version } = names(descriptor);
            check(!images.has(service), `it holds two images for the service ${service}.`);
            images.set(service, await this.readImage(descriptor));
            versions.add(version);
        }
        check(versions.size === 1, 'its images are of different versions.');
        return {
            dir: this.dir,
            version: [...versions][0],
            images: Object.fromEntries(images),
            blobs: Object.fromEntries(this.blobs),
            bytes: [...this.blobs.values()].reduce((sum, blob) => sum + blob.size, 0),
        };
    }
    async readImage(descriptor) {
        const manifestDigest = await this.readBlob(descriptor, mediaTypes.manifest);
        const manifest = parse('a manifest', await this.readSmall(blobPath(this.dir, manifestDigest)));
        check(manifest.schemaVersion === 2, 'a manifest is of an unknown version.');
        check(isObject(manifest.config) && Array.isArray(manifest.layers), 'a manifest has no config or no layers.');
        check(manifest.layers.length <= limits.layers, `an image has more than ${limits.layers} layers.`);
        const configDigest = await this.readBlob(manifest.config, mediaTypes.config);
        const config = parse('an image config', await this.readSmall(blobPath(this.dir, configDigest)));
        const diffIds = isObject(config.rootfs) ? config.rootfs.diff_ids : undefined;
        check(Array.isArray(diffIds) && diffIds.every(isDigest), 'an image config does not name its layers.');
        check(diffIds.length === manifest.layers.length, 'a manifest and its config have different layers.');
        const layers = [];
        for (const [index, layer] of manifest.layers.entries()) {
            const digest = await this.readBlob(layer, mediaTypes.layer);
            const { size } = this.blobs.get(digest);
            layers.push({ digest, diffId: diffIds[index], size, unpackedSize: unpackedSize(layer) });
        }
        const variant = config.variant === undefined || config.variant === '' ? {} : { variant: word(config.variant) };
        return {
            manifestDigest,
            configDigest,
            os: word(config.os),
            architecture: word(config.architecture),
            ...variant,
            size: layers.reduce((sum, layer) => sum + layer.size, 0),
            unpackedSize: layers.reduce((sum, layer) => sum + layer.unpackedSize, 0),
            layers,
        };
    }
    /** Checks a descriptor and hashes the blob it names, once. */
    async readBlob(descriptor, mediaType) {
        check(isObject(descriptor) && isDigest(descriptor.digest), 'a descriptor has no sha256 digest.');
        const { digest, size } = descriptor;
        check(descriptor.mediaType === mediaType, `${digest} should be of the type ${mediaType}.`);
        check(Number.isSafeInteger(size) && size >= 0, `${digest} has no size.`);
        const known = this.blobs.get(digest);
        if (known === undefined) {
            const found = await hashFile(blobPath(this.dir, digest));
            check(found.digest === digest, `the blob ${digest} is damaged.`);
            check(found.size === size, `the blob ${digest} has ${found.size} bytes, and ${size} are announced.`);
            this.blobs.set(digest, { size: found.size, mediaType });
        }
        else {
            check(known.size === size && known.mediaType === mediaType, `${digest} is described in two ways.`);
        }
        return digest;
    }
    async readSmall(path) {
        const handle = await openRegular(path);
        try {
            check((await handle.stat()).size <= limits.json, `${path} is too large.`);
            return await handle.readFile('utf8');
        }
        finally {
            await handle.close();
        }
    }
}
/** The digest and size of a file's content. */
async function hashFile(path) {
    const handle = await openRegular(path);
    const hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256');
    let size = 0;
    for await (const chunk of (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createReadStream)(path, { fd: handle, highWaterMark: 1024 * 1024 })) {
        hash.update(chunk);
        size += chunk.length;
    }
    return { digest: `sha256:${hash.digest('hex')}`, size };
}
/** A link could lead out of the folder, and a pipe would hang. */
async function openRegular(path) {
    const handle = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_2__.open)(path, node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.O_RDONLY | node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.O_NOFOLLOW | node_fs__WEBPACK_IMPORTED_MODULE_1__.constants.O_NONBLOCK);
    if ((await handle.stat()).isFile())
        return handle;
    await handle.close();
    throw new Bad(`${path} is no file.`);
}
function names(descriptor) {
    const marks = isObject(descriptor) && isObject(descriptor.annotations) ? descriptor.annotations : {};
    const service = marks[annotations.service];
    const version = marks[annotations.version];
    check(typeof service === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(service), 'an image names no service.');
    check(typeof version === 'string' && /^[\x20-\x7e]{1,200}$/.test(version), `${service} names no version.`);
    return { service, version };
}
function unpackedSize(layer) {
    const marks = isObject(layer.annotations) ? layer.annotations : {};
    const size = Number(marks[annotations.unpackedSize]);
    check(Number.isInteger(size) && size >= 0 && size < limits.unpacked, `${layer.digest} has no unpacked size.`);
    return size;
}
function word(value) {
    check(typeof value === 'string' && /^[A-Za-z0-9._-]{1,40}$/.test(value), 'an image config names no platform.');
    return value;
}
function parse(what, text) {
    try {
        const value = JSON.parse(text);
        if (isObject(value))
            return value;
    }
    catch {
        // Said below.
    }
    throw new Bad(`${what} is no JSON object.`);
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}


/***/ }),

/***/ 3018:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I_: () => (/* binding */ imageTag),
/* harmony export */   YZ: () => (/* binding */ pushedTag),
/* harmony export */   tO: () => (/* binding */ imageName),
/* harmony export */   x5: () => (/* binding */ pushedName),
/* harmony export */   z: () => (/* binding */ cacheTag)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);

/** `kawasemi/APP-SERVICE`: the image's name in the runner's Docker, in the tunnel registry and on the host. */
function imageName(app, service) {
    return `kawasemi/${safe(app)}-${safe(service)}`;
}
/** `kawasemi/APP-SERVICE:RELEASE`. */
function imageTag(app, service, release) {
    return `${imageName(app, service)}:${tagOf(release)}`;
}
/** `ghcr.io/OWNER/APP/SERVICE`: where a registry keeps the service's images. `at` is the part before the service. */
function pushedName(at, service) {
    return `${at}/${safe(service)}`;
}
/** `ghcr.io/OWNER/APP/SERVICE:VERSION`. */
function pushedTag(at, service, version) {
    return `${pushedName(at, service)}:${tagOf(version)}`;
}
/** What a build of the service's image leaves for the next one. */
function cacheTag(at, service) {
    return `${pushedName(at, service)}:buildcache`;
}
function tagOf(version) {
    return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/.test(version) ? version : safe(version);
}
/** Docker's names are stricter than Compose's: what has to change keeps a piece of its hash, so that no two meet. */
function safe(name) {
    if (/^[a-z0-9]+([._-][a-z0-9]+)*$/.test(name) && name.length <= 60)
        return name;
    const plain = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 50)
        .replace(/^-|-$/g, '');
    return `${plain || 'x'}-${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(name).digest('hex').slice(0, 8)}`;
}


/***/ }),

/***/ 9137:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   O1: () => (/* binding */ describeAnswer),
/* harmony export */   Sj: () => (/* binding */ mostBody),
/* harmony export */   TN: () => (/* binding */ oneLine),
/* harmony export */   Wn: () => (/* binding */ describeStatus)
/* harmony export */ });
/** Bytes of a body that are kept. */
const mostBody = 64 * 1024;
/** An answer on one line, for people: `status 500 in 12 ms, body {"status":"unhealthy"}`. */
function describeAnswer(answer) {
    const ms = `${Math.round(answer.ms)} ms`;
    if (answer.kind === 'unanswered')
        return `${answer.reason} after ${ms}`;
    const body = answer.body === '' ? 'no body' : `body ${oneLine(answer.body, 200)}`;
    return `${describeStatus(answer)} in ${ms}, ${body}`;
}
/** Redirects are not followed, so the place one points to is part of what came back. */
function describeStatus({ status, headers }) {
    const location = headers.location;
    return location === undefined ? `status ${status}` : `status ${status} to ${oneLine(location, 200)}`;
}
/** Text from outside, made harmless for a log: short and without control characters. */
function oneLine(text, longest) {
    const flat = text
        .slice(0, longest + 1)
        .replace(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
        .trim();
    return text.length > longest ? `${flat.slice(0, longest)}…` : flat;
}


/***/ }),

/***/ 9465:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ judge)
/* harmony export */ });
/* harmony import */ var node_vm__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(714);
/* harmony import */ var node_vm__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_vm__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _answer__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9137);


/** Milliseconds a body pattern may take. */
const patternTime = 200;
/** Why the answer is not what was expected, such as `status 500, expected 200`; undefined when it is. */
function judge(answer, expected) {
    if (answer.kind === 'unanswered')
        return answer.reason;
    return (judgeStatus(answer, expected.status) ??
        judgeHeaders(answer, expected.headers) ??
        judgeJson(answer, expected.json) ??
        judgeBody(answer, expected.body));
}
function judgeStatus(answer, statuses) {
    const { status } = answer;
    const met = statuses.length === 0 ? status >= 200 && status < 300 : statuses.includes(status);
    return met ? undefined : `${(0,_answer__WEBPACK_IMPORTED_MODULE_1__/* .describeStatus */ .Wn)(answer)}, expected ${statuses.join(' or ') || '2xx'}`;
}
function judgeHeaders({ headers }, expected) {
    for (const [name, part] of Object.entries(expected)) {
        const value = headers[name.toLowerCase()];
        if (value === undefined)
            return `no header ${name}, expected one with ${shown(part)}`;
        if (!value.includes(part))
            return `header ${name} is ${shown(value)}, expected one with ${shown(part)}`;
    }
    return undefined;
}
function judgeJson({ body, cut }, expected) {
    const fields = Object.entries(expected);
    if (fields.length === 0)
        return undefined;
    if (cut)
        return `body is longer than ${_answer__WEBPACK_IMPORTED_MODULE_1__/* .mostBody */ .Sj / 1024} KB, expected JSON that is not`;
    const document = parse(body);
    if (document === undefined)
        return `body is not JSON: ${(0,_answer__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(body, 100) || 'empty'}`;
    for (const [path, value] of fields) {
        const found = field(document.value, path);
        if (found === undefined)
            return `no field ${path}, expected ${shown(value)}`;
        if (found !== value)
            return `field ${path} is ${shown(found)}, expected ${shown(value)}`;
    }
    return undefined;
}
function parse(text) {
    try {
        return { value: JSON.parse(text) };
    }
    catch {
        return undefined;
    }
}
function field(document, path) {
    let value = document;
    for (const name of path.split('.')) {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
            return undefined;
        value = value[name];
    }
    return value;
}
function judgeBody({ body }, pattern) {
    if (pattern === undefined)
        return undefined;
    try {
        return matches(pattern, body)
            ? undefined
            : `body does not match ${shown(pattern)}: ${(0,_answer__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(body, 100) || 'empty'}`;
    }
    catch (error) {
        const late = error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
        return late
            ? `pattern ${shown(pattern)} took longer than ${patternTime} ms on the body`
            : `pattern ${shown(pattern)} is not a regular expression`;
    }
}
/**
 * Some patterns take time that doubles with every letter of the body, and a regular expression cannot be stopped
 * from the thread it runs in. A script in a context of its own can, so that is where it runs.
 */
function matches(pattern, body) {
    return (0,node_vm__WEBPACK_IMPORTED_MODULE_0__.runInNewContext)('new RegExp(pattern).test(body)', { pattern, body }, { timeout: patternTime });
}
function shown(value) {
    return (0,_answer__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(JSON.stringify(value) ?? String(value), 100);
}


/***/ }),

/***/ 9879:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   K: () => (/* binding */ probeUrl),
/* harmony export */   d: () => (/* binding */ probe)
/* harmony export */ });
/* harmony import */ var _answer__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9137);

/**
 * Asks a service over a connection that is given: in a deploy a channel through the SSH connection to the host's
 * loopback. Nothing else is dialled, redirects are not followed, and whatever goes wrong is an answer too.
 */
async function probe(request, connect) {
    const { Client } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 6752, 19));
    // The origin is only a name here: what `connect` gives is used in its place. A channel has all the client needs
    // of a socket; one that opens after the time is over is closed by it.
    const client = new Client('http://127.0.0.1', {
        connect: (_, done) => {
            connect().then((stream) => done(null, stream), (error) => done(error, null));
        },
    });
    return ask(client, request);
}
/**
 * Asks any `http:` or `https:` address, the certificate checked.
 *
 * @param timeout milliseconds for all of it
 * @throws {RangeError} when the address is not one
 */
async function probeUrl(address, timeout) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
        throw new RangeError('not an http:// or https:// address without a user name');
    }
    const { Client } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 6752, 19));
    const client = new Client(url.origin, { allowH2: false });
    return ask(client, { host: url.host, path: `${url.pathname}${url.search}`, timeout });
}
class OutOfTime extends Error {
}
async function ask(client, { host, path, timeout }) {
    const began = performance.now();
    let answered = false;
    let timer;
    const outOfTime = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new OutOfTime()), timeout);
    });
    const exchange = async () => {
        const headers = { host, 'x-forwarded-proto': 'https', 'user-agent': 'kawasemi', accept: '*/*' };
        const response = await client.request({ path, method: 'GET', headers, reset: true });
        answered = true;
        const { text, cut } = await readBody(response.body);
        const ms = performance.now() - began;
        return {
            kind: 'answered',
            status: response.statusCode,
            headers: flat(response.headers),
            body: text,
            cut,
            ms,
        };
    };
    try {
        return await Promise.race([exchange(), outOfTime]);
    }
    catch (error) {
        const ms = performance.now() - began;
        const late = answered
            ? `an answer that did not end within ${timeout} ms`
            : `no answer within ${timeout} ms`;
        return { kind: 'unanswered', reason: error instanceof OutOfTime ? late : reasonOf(error), ms };
    }
    finally {
        clearTimeout(timer);
        client.destroy().catch(() => undefined);
    }
}
async function readBody(body) {
    const chunks = [];
    let length = 0;
    for await (const chunk of body) {
        chunks.push(chunk);
        length += chunk.length;
        // Leaving the loop destroys the body, and with it the connection.
        if (length > _answer__WEBPACK_IMPORTED_MODULE_0__/* .mostBody */ .Sj)
            break;
    }
    return { text: Buffer.concat(chunks).subarray(0, _answer__WEBPACK_IMPORTED_MODULE_0__/* .mostBody */ .Sj).toString('utf8'), cut: length > _answer__WEBPACK_IMPORTED_MODULE_0__/* .mostBody */ .Sj };
}
function flat(headers) {
    const entries = Object.entries(headers).map(([name, value]) => [
        name.toLowerCase(),
        [value].flat().join(', '),
    ]);
    return Object.fromEntries(entries);
}
function reasonOf(error) {
    const { code = '', name, message = String(error), } = error;
    // The tunnel says it in words of its own.
    if (/refused|nothing accepts connections/i.test(`${code} ${message}`))
        return 'connection refused';
    if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') {
        return 'connection closed before the answer was complete';
    }
    if (name === 'HTTPParserError')
        return 'an answer that is not HTTP';
    return (0,_answer__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(`no answer: ${message}`, 300);
}


/***/ }),

/***/ 5710:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   g: () => (/* binding */ pollUntil)
/* harmony export */ });
/* unused harmony export systemClock */
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8500);
/* harmony import */ var node_timers_promises__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_timers_promises__WEBPACK_IMPORTED_MODULE_0__);

const systemClock = {
    now: () => performance.now(),
    sleep: (ms, signal) => (0,node_timers_promises__WEBPACK_IMPORTED_MODULE_0__.setTimeout)(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
};
/** Milliseconds that a timer may end too early. */
const timerSlack = 5;
/**
 * Probes until enough answers in a row were good, or the deadline is there, which no attempt outlasts.
 *
 * @param probeOnce is told the milliseconds that are left
 */
async function pollUntil(probeOnce, { deadline, interval, successes }, clock = systemClock) {
    const began = clock.now();
    const waited = () => clock.now() - began;
    const lastAnswers = [];
    let attempts = 0;
    let inARow = 0;
    while (inARow < successes && waited() < deadline) {
        if (attempts > 0)
            await clock.sleep(Math.min(interval, deadline - waited()));
        const left = deadline - waited();
        if (left <= 0)
            break;
        const look = await within(left, () => probeOnce(left), clock);
        attempts++;
        inARow = look.unmet === undefined ? inARow + 1 : 0;
        // One that the deadline cut off says less than the answers before it.
        if (look.unmet !== undefined && lastAnswers.length > 0 && deadline - waited() < timerSlack)
            break;
        lastAnswers.push({ ...look, after: waited() });
        if (lastAnswers.length > 5)
            lastAnswers.shift();
    }
    return { healthy: inARow >= successes, attempts, lastAnswers, waited: waited() };
}
/** The look, or when it takes longer, that there was none. */
async function within(left, look, clock) {
    const done = new AbortController();
    const late = clock.sleep(left, done.signal).then(() => {
        const reason = 'no answer before the deadline';
        return { answer: { kind: 'unanswered', reason, ms: left }, unmet: reason };
    });
    try {
        return await Promise.race([look(), late]);
    }
    finally {
        done.abort();
    }
}


/***/ }),

/***/ 5205:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CF: () => (/* binding */ goodReleases),
/* harmony export */   GH: () => (/* binding */ backupOf),
/* harmony export */   Il: () => (/* binding */ wentBack),
/* harmony export */   J7: () => (/* binding */ interruptedMigration),
/* harmony export */   Jk: () => (/* binding */ withoutRestored),
/* harmony export */   LE: () => (/* binding */ schemaChangesSince),
/* harmony export */   dv: () => (/* binding */ findRelease),
/* harmony export */   eZ: () => (/* binding */ hasHappened),
/* harmony export */   jQ: () => (/* binding */ isDraining),
/* harmony export */   jf: () => (/* binding */ leftBy),
/* harmony export */   lN: () => (/* binding */ releasesToKeep),
/* harmony export */   xe: () => (/* binding */ lastSwitch),
/* harmony export */   zf: () => (/* binding */ lastKnownGood)
/* harmony export */ });
/** The release as it was last shipped. */
function findRelease(history, id) {
    const shipped = history.findLast((event) => event.event === 'shipped' && event.release === id);
    return shipped?.event === 'shipped' ? shipped.details : undefined;
}
/** What takes an event of the same release back: an answer of the gate holds for what it asked, not for what came after. */
const undoneBy = {
    gated: ['started', 'gate-failed', 'bake-failed', 'taken-back'],
    'bake-failed': ['switching'],
    baked: ['bake-failed', 'taken-back', 'rolled-back'],
};
/** Since the release was last shipped: did this happen to it, and was it not undone since? */
function hasHappened(history, id, name) {
    const undoes = undoneBy[name] ?? [];
    const last = history.findLast(({ event, release }) => release === id && (event === 'shipped' || event === name || undoes.includes(event)));
    return last !== undefined && last.event === name;
}
/** Releases that stood their bake, or whose deploy had none, oldest first, each once, without those that somebody rolled back from. */
function goodReleases(history) {
    let good = [];
    let before = [];
    let tried = '';
    for (const event of history) {
        if (event.event === 'switching') {
            before = good;
            tried = event.release;
        }
        // Its switch is as if it had never been: a release that was good before it still is, another is not good by it. Where
        // one failed before its intent there is nothing to undo.
        if (event.event === 'taken-back' && event.release === tried)
            good = before;
        if (event.event === 'baked' || event.event === 'finished')
            good = [...good.filter((id) => id !== event.release), event.release];
        if (event.event === 'bake-failed')
            good = good.filter((id) => id !== event.release);
        if (event.event === 'rolled-back')
            good = good.filter((id) => id !== event.release);
    }
    return good;
}
/** The newest good release before the live one: what a rollback goes back to when it is not told. */
function lastKnownGood(history, live) {
    const good = goodReleases(history);
    const position = good.indexOf(live);
    return position < 0 ? good.at(-1) : good[position - 1];
}
/**
 * The last switch, forward or back: an older run must not switch over it. Where the host went down right after the rename,
 * the intent of what is live says whose that was.
 */
function lastSwitch(history, live) {
    const switches = history.filter(({ event, release }) => event === 'switched' || event === 'switched-back' || (event === 'switching' && release === live));
    const runOf = ({ owner }) => Number.parseInt(owner, 10) || 0;
    const last = switches.at(-1);
    if (!last)
        return { run: 0, byHand: false };
    const run = runOf(last);
    if (run > 0)
        return { run, byHand: false };
    // Also of runs that were cut off before they switched: a person went back in spite of them.
    const before = history.slice(0, history.indexOf(last));
    return { run: before.reduce((newest, event) => Math.max(newest, runOf(event)), 0), byHand: true };
}
/**
 * Whether an earlier attempt of this very job (`owner` is RUN/ATTEMPT/JOB) went back to what is live now; also where it was
 * cut off right after the rename, and the ledger has no more than its intent.
 */
function wentBack(history, owner, live) {
    const last = history.findLast(({ event, release }) => ['switched', 'switched-back', 'rolled-back', 'finished'].includes(event) ||
        (event === 'switching' && release === live));
    if (!last || !isEarlierAttempt(last.owner, owner))
        return false;
    if (last.event === 'rolled-back')
        return true;
    if (last.event !== 'switching' && last.event !== 'switched')
        return false;
    // A job may deploy and, where that turns out badly, go back: what its own run deployed is not what it went back to.
    const run = findRelease(history, last.release)?.run;
    return last.release === live && run !== undefined && run !== Number.parseInt(owner, 10);
}
/** The release that an earlier attempt of this very job left, by the last of its switches to `live`. */
function leftBy(history, owner, live) {
    const away = history.findLast((event) => event.event === 'switching' &&
        event.release === live &&
        event.from !== '' &&
        isEarlierAttempt(event.owner, owner));
    return away?.event === 'switching' ? away.from : undefined;
}
function isEarlierAttempt(one, owner) {
    const [run, attempt, job] = owner.split('/');
    const [oneRun, oneAttempt, oneJob] = one.split('/');
    return run === oneRun && job === oneJob && Number(oneAttempt) < Number(attempt);
}
/** Whether the release was live until somebody switched away from it who then did not wait for its connections to end. */
function isDraining(history, id) {
    const last = history.findLast((event) => (event.event === 'drained' && event.release === id) ||
        (event.event === 'switched' && (event.release === id || event.from === id)));
    return last?.event === 'switched' && last.from === id;
}
/** The checked backup of the release, if there is one. */
function backupOf(history, id) {
    const found = history.findLast((event) => event.event === 'backed-up' && event.release === id);
    return found?.event === 'backed-up' ? { file: found.file, bytes: found.bytes } : undefined;
}
/** Releases whose migrations changed the schema since `id` last was live or was shipped: old code would meet new schema. */
function schemaChangesSince(history, id) {
    // The first time: when it is shipped again to go back to it, it knows no more than before.
    const shipped = history.findIndex((event) => event.event === 'shipped' && event.release === id);
    const own = history.findLastIndex((event) => event.event === 'migrated' && event.release === id);
    const changes = history
        .slice(Math.max(shipped, own) + 1)
        .filter((event) => (event.event === 'migrated' && event.schema !== event.schemaBefore) ||
        (event.event === 'migration-failed' && event.schemaChanged));
    return [...new Set(changes.map((event) => event.release))];
}
/** Without the migrations that somebody took back by hand: those since the backup was made that was put back. */
function withoutRestored(history) {
    let events = [];
    for (const event of history) {
        if (event.event === 'restored') {
            const made = events.findLastIndex((each) => each.event === 'backed-up' &&
                (event.file === '' ? each.release === event.release : each.file === event.file));
            events = events.filter((each, index) => made < 0 || index < made || !migrationEvents.has(each.event));
        }
        events = [...events, event];
    }
    return events;
}
const migrationEvents = new Set(['migrating', 'migrated', 'migration-failed']);
/** A migration that began and of which no end is known: the schema may be half changed. */
function interruptedMigration(history) {
    const last = history.findLast(({ event }) => migrationEvents.has(event));
    return last?.event === 'migrating' ? last.release : undefined;
}
/**
 * Releases that stay on a host: those in use, the newest `keep` good ones, the one that was shipped last, and those of
 * the same time whose migration ended half-way, since their backup is the last one of a whole database.
 */
function releasesToKeep(history, inUse, keep) {
    const newest = history.findLast((event) => event.event === 'shipped')?.release;
    const good = goodReleases(history).slice(-keep);
    const since = history.findIndex(({ event, release }) => event === 'shipped' && release === good[0]);
    const halfDone = history
        .slice(Math.max(0, since))
        .filter((event) => event.event === 'migration-failed' && event.schemaChanged)
        .map(({ release }) => release);
    return [...new Set([...inUse, ...good, ...halfDone, ...(newest ? [newest] : [])])].filter((id) => id !== '');
}


/***/ }),

/***/ 6196:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ eventFields),
/* harmony export */   j: () => (/* binding */ readEvent)
/* harmony export */ });
/* harmony import */ var _slot__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1833);

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const backupPattern = /^\/[\w./-]{1,400}$/;
const hashPattern = /^[0-9a-f]{8,64}$/;
function isFields(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function text(value, pattern) {
    return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
function readImages(value) {
    if (!isFields(value))
        return undefined;
    const images = Object.create(null);
    for (const [service, identity] of Object.entries(value)) {
        if (!isFields(identity))
            return undefined;
        const manifest = text(identity.manifest, digestPattern);
        const config = text(identity.config, digestPattern);
        if (!manifest || !config || !idPattern.test(service))
            return undefined;
        images[service] = { manifest, config };
    }
    return { ...images };
}
function readRelease(value) {
    if (!isFields(value))
        return undefined;
    const id = text(value.id, idPattern);
    const version = text(value.version, /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/);
    const config = text(value.config, hashPattern);
    const images = readImages(value.images);
    if (!id || !version || !config || !images)
        return undefined;
    if (!Number.isSafeInteger(value.run) || !(0,_slot__WEBPACK_IMPORTED_MODULE_0__/* .isSlot */ .RK)(value.slot))
        return undefined;
    const commit = text(value.commit, /^[0-9a-f]{0,64}$/) ?? '';
    return { id, version, run: value.run, commit, slot: value.slot, images, config };
}
/** One ledger line as the host sent it, or nothing where it is not an event we know: a newer version may have written it. */
function readEvent(value) {
    if (!isFields(value))
        return undefined;
    const at = text(value.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const owner = text(value.owner, /^[\w./-]{1,200}$/);
    const release = text(value.release, idPattern);
    if (!at || !owner || !release)
        return undefined;
    const common = { at, owner, release };
    switch (value.event) {
        case 'shipped': {
            const details = readRelease(value.details);
            return details && details.id === release ? { ...common, event: 'shipped', details } : undefined;
        }
        case 'backed-up': {
            const file = text(value.file, backupPattern);
            return file && typeof value.bytes === 'number'
                ? { ...common, event: 'backed-up', file, bytes: value.bytes }
                : undefined;
        }
        case 'restored':
            return { ...common, event: 'restored', file: text(value.file, backupPattern) ?? '' };
        case 'migrated':
            return {
                ...common,
                event: 'migrated',
                schemaBefore: text(value.schemaBefore, hashPattern) ?? '',
                schema: text(value.schema, hashPattern) ?? '',
            };
        case 'migration-failed':
            return { ...common, event: 'migration-failed', schemaChanged: value.schemaChanged !== false };
        case 'switching':
        case 'switched':
        case 'switched-back':
            return (0,_slot__WEBPACK_IMPORTED_MODULE_0__/* .isSlot */ .RK)(value.slot)
                ? { ...common, event: value.event, slot: value.slot, from: text(value.from, idPattern) ?? '' }
                : undefined;
        case 'backup-off':
        case 'migrating':
        case 'started':
        case 'gated':
        case 'gate-failed':
        case 'baked':
        case 'bake-failed':
        case 'taken-back':
        case 'drained':
        case 'finished':
        case 'rolled-back':
            return { ...common, event: value.event };
        default:
            return undefined;
    }
}
/** The fields of a ledger line as the host's `ledger` function takes them: JSON without its braces. */
function eventFields(event, release, more = {}) {
    return JSON.stringify({ event, release, ...more }).slice(1, -1);
}


/***/ }),

/***/ 1833:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q0: () => (/* binding */ slots),
/* harmony export */   RK: () => (/* binding */ isSlot),
/* harmony export */   jx: () => (/* binding */ otherSlot)
/* harmony export */ });
/** The two places on a host where a release of the app can run. */
const slots = ['blue', 'green'];
function otherSlot(slot) {
    return slot === 'blue' ? 'green' : 'blue';
}
function isSlot(value) {
    return value === 'blue' || value === 'green';
}


/***/ }),

/***/ 5339:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  G: () => (/* binding */ runtimeOf)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
;// CONCATENATED MODULE: ./src/runtimes/compose-files.ts



/** Config belongs into a release, data does not: more than this is data. */
const mostBytes = 8 * 1024 * 1024;
const mostFiles = 2000;
/**
 * The files of the checkout that containers see.
 *
 * @throws {Trouble} where one is missing, leads out of the checkout, or there is too much.
 */
function readCopies(projectDir, copies) {
    const root = (0,external_node_fs_.realpathSync)(projectDir);
    const files = new Map();
    let bytes = 0;
    const add = (copy, path, to) => {
        if (files.has(to))
            return;
        const { size, mode } = (0,external_node_fs_.statSync)(path);
        bytes += size;
        if (bytes > mostBytes || files.size >= mostFiles)
            throw tooMuch(copy);
        files.set(to, {
            path: to,
            content: (0,external_node_fs_.readFileSync)(path),
            mode: copy.secret ? 0o600 : mode & 0o100 ? 0o755 : 0o644,
        });
    };
    for (const copy of [...copies].sort((a, b) => Number(!a.secret) - Number(!b.secret))) {
        const found = [...filesUnder(root, copy)];
        if (found.length === 0 && copy.secret?.required !== false)
            throw missing(copy);
        for (const { path, inside } of found)
            add(copy, path, inside === '' ? copy.to : `${copy.to}/${inside}`);
    }
    return [...files.values()];
}
/** Real files, with their path below what was asked for; in a stable order. */
function* filesUnder(root, copy) {
    const pending = [{ inside: '', above: [] }];
    for (let folders = 0, each = pending.shift(); each !== undefined; each = pending.shift()) {
        const { inside, above } = each;
        const path = resolveInside(root, copy, inside);
        if (path === undefined)
            continue;
        const stats = (0,external_node_fs_.statSync)(path);
        if (stats.isFile())
            yield { path, inside };
        if (!stats.isDirectory())
            continue;
        folders += 1;
        if (folders > mostFiles)
            throw tooMuch(copy);
        if (above.includes(path)) {
            throw new trouble/* Trouble */.q(copy.where, `${(0,external_node_path_.join)(copy.from, inside)} is a symlink to a folder it is in.`, 'Remove it.');
        }
        for (const name of (0,external_node_fs_.readdirSync)(path).sort()) {
            if (/[\u0000-\u001f\u007f]/.test(name)) {
                throw new trouble/* Trouble */.q(copy.where, `${copy.from} holds a file whose name has control characters.`, 'Rename it.');
            }
            pending.push({ inside: inside === '' ? name : `${inside}/${name}`, above: [...above, path] });
        }
    }
}
function resolveInside(root, copy, inside) {
    const path = (0,external_node_path_.join)(root, copy.from, inside);
    if ((0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false }) === undefined)
        return undefined;
    let real;
    try {
        real = (0,external_node_fs_.realpathSync)(path);
    }
    catch {
        throw new trouble/* Trouble */.q(copy.where, `${(0,external_node_path_.relative)(root, path)} is a symlink that leads nowhere.`, 'Correct it.');
    }
    if (!real.startsWith(`${root}/`)) {
        throw new trouble/* Trouble */.q(copy.where, `${(0,external_node_path_.relative)(root, path)} is a symlink that leads out of the repository.`, 'Put the file itself there.');
    }
    return real;
}
function missing(copy) {
    return copy.secret
        ? new trouble/* Trouble */.q(copy.where, `${copy.from} is not in the repository.`, 'Give its variables by the `env` input and write them under `environment`, or mark the file `required: false`.')
        : new trouble/* Trouble */.q(copy.where, `${copy.from} is not in the repository or holds no files, so it seems to be for data, which a new release would not see.`, 'Use a named volume for data (and declare it under volumes), or an absolute path of the host.');
}
function tooMuch(copy) {
    return new trouble/* Trouble */.q(copy.where, `the mounted files are more than ${mostFiles} or larger than ${mostBytes / 1024 / 1024} MB together (reached at ${copy.from}).`, 'Copy them into the image in the Dockerfile, or use a named volume.');
}

// EXTERNAL MODULE: ./src/release/slot.ts
var slot = __webpack_require__(1833);
;// CONCATENATED MODULE: ./src/runtimes/compose-json.ts

const unexpected = 'Kawasemi does not understand it. Write it in the long form of the Compose specification.';
function isFields(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** A mapping; nothing counts as an empty one. @throws {Trouble} */
function fieldsOf(value, where) {
    if (value === undefined || value === null)
        return {};
    if (!isFields(value))
        throw new trouble/* Trouble */.q(where, 'is not a mapping.', unexpected);
    return value;
}
/** A mapping's keys with their values, which are mappings too. @throws {Trouble} */
function sectionsOf(value, where) {
    return Object.entries(fieldsOf(value, where)).map(([name, each]) => {
        if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(name)) {
            throw new trouble/* Trouble */.q(`${where}: ${JSON.stringify(name.slice(0, 80))}`, 'is not a name that can be used on the host.', 'Use letters, digits, "_", "." and "-", at most 63, starting with a letter or digit.');
        }
        return [name, fieldsOf(each, `${where}.${name}`)];
    });
}
/** A list; nothing counts as an empty one. @throws {Trouble} */
function listOf(value, where) {
    if (value === undefined || value === null)
        return [];
    if (!Array.isArray(value))
        throw new trouble/* Trouble */.q(where, 'is not a list.', unexpected);
    return value;
}
/** @throws {Trouble} where it is anything but text on one line. */
function textOf(value, where) {
    if (typeof value !== 'string' || /[\u0000-\u001f\u007f]/.test(value)) {
        throw new trouble/* Trouble */.q(where, 'is not text on one line.', unexpected);
    }
    return value;
}
/** Text that is taken as it is, as a string in a file that Compose interpolates. */
function literal(value) {
    return value.replaceAll('$', '$$$$');
}
/** The value behind resolved text, in which a dollar is written twice. @throws {Trouble} where a variable is left in it. */
function plainText(value, where) {
    const text = textOf(value, where);
    if (text.replaceAll('$$', '').includes('$')) {
        throw new trouble/* Trouble */.q(where, 'still holds a variable.', 'Write the value itself there.');
    }
    return text.replaceAll('$$', '$');
}
/** The fields whose names are in the list, in its order. */
function pick(fields, names) {
    return Object.fromEntries(names
        .filter((name) => fields[name] !== undefined && fields[name] !== null)
        .map((name) => [name, fields[name]]));
}

;// CONCATENATED MODULE: ./src/runtimes/compose-names.ts

/** What things are called on the host. App names have no `_` and are checked by the config. */
function projectName(app, part) {
    return `${app}-${part}`;
}
/** The service's key in its slot's project: Compose makes it a name on every network, so it must differ by slot. */
function slotService(service, slot) {
    return `${service}-${slot}`;
}
/** The image that was built for a service, as it is tagged on the host. */
function imageReference(app, service, release) {
    if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(service) || service.length > 60) {
        throw new trouble/* Trouble */.q(`service ${service}`, 'its name cannot be part of an image name.', 'Rename it in the compose file and in kawasemi.yml: lower-case letters and digits, joined by ".", "_" or "-", 60 at most.');
    }
    return `kawasemi/${app}-${service}:${release}`;
}
function sharedVolume(app, volume) {
    return `${app}_${volume}`;
}
function slotVolume(app, slot, volume) {
    return `${app}-${slot}_${volume}`;
}

;// CONCATENATED MODULE: ./src/runtimes/compose-product.ts



/** Where a key of a service stands, for messages. */
function keyOf(product, service, key) {
    return `${product.config.compose.file}: services.${service}.${key}`;
}
/** @throws {Trouble} where the compose file and kawasemi.yml do not name the same services. */
function readProduct(input) {
    const { config, release, projectDir } = input;
    const { file } = config.compose;
    const model = fieldsOf(input.model, file);
    const services = new Map(sectionsOf(model.services, `${file}: services`));
    refuseAmbiguousApp(config.app);
    refuseUnknown(config, services);
    refuseUnnamed(config, services);
    const section = (name) => new Map(sectionsOf(model[name], `${file}: ${name}`));
    const only = (names) => new Map(names.map((name) => [name, services.get(name)]));
    return {
        config,
        release,
        projectDir,
        switched: only(Object.keys(config.services)),
        accessories: only(config.accessories),
        networks: section('networks'),
        volumes: section('volumes'),
        configs: section('configs'),
        secrets: section('secrets'),
        defaultName: typeof model.name === 'string' ? model.name : '',
        notices: new Set(),
        warnings: new Set(),
    };
}
/** `shop-blue`'s own volumes would have the names of `shop`'s volumes of its blue slot. */
function refuseAmbiguousApp(app) {
    if (!/-(blue|green|accessories)$/.test(app))
        return;
    throw new trouble/* Trouble */.q(`app ${app}`, 'ends like a slot, so on the host its parts could be taken for those of another app.', 'Choose a name that does not end with -blue, -green or -accessories.');
}
function listed(config) {
    return [
        ...Object.keys(config.services).map((name) => [name, 'services']),
        ...config.accessories.map((name) => [name, 'accessories']),
        ...config.compose.ignore.map((name) => [name, 'compose.ignore']),
    ];
}
function refuseUnknown(config, services) {
    const seen = new Map();
    for (const [name, key] of listed(config)) {
        if (!services.has(name)) {
            throw new trouble/* Trouble */.q(`kawasemi.yml: ${key}: ${name}`, `${config.compose.file} has no service of this name (it has ${[...services.keys()].join(', ') || 'none'}).`, 'Correct the name, or take it out.');
        }
        const other = seen.get(name);
        if (other !== undefined) {
            throw new trouble/* Trouble */.q(`kawasemi.yml: ${key}: ${name}`, `is under ${other} too.`, 'Leave it in one of them.');
        }
        seen.set(name, key);
    }
}
/** Services of a profile nobody asked for are not part of a plain `docker compose up` either. */
function refuseUnnamed(config, services) {
    const known = new Set(listed(config).map(([name]) => name));
    for (const [name, service] of services) {
        if (known.has(name) || (Array.isArray(service.profiles) && service.profiles.length > 0))
            continue;
        throw new trouble/* Trouble */.q(`${config.compose.file}: services.${name}`, 'kawasemi.yml does not say what it is.', 'Put it under services (switched), accessories (never switched) or compose.ignore (not deployed).');
    }
}
/** A path of the checkout relative to its root; nothing where it lies outside. */
function insideCheckout(product, path) {
    const inside = (0,external_node_path_.relative)(product.projectDir, path);
    return inside === '..' || inside.startsWith('../') ? undefined : inside;
}
/** The `.env` that Compose reads by itself. */
function isDotenv(product, path) {
    const inside = insideCheckout(product, path);
    return inside === '.env' || inside === (0,external_node_path_.join)((0,external_node_path_.dirname)(product.config.compose.file), '.env');
}
/** The networks a service is on; none with a `network_mode`. */
function networksOf(product, name, service) {
    if (service.network_mode !== undefined && service.network_mode !== null)
        return [];
    const networks = Array.isArray(service.networks)
        ? Object.fromEntries(service.networks.map((network) => [String(network), null]))
        : (service.networks ?? { default: null });
    return sectionsOf(networks, keyOf(product, name, 'networks'));
}
// biome-ignore format: a list of words
const passed = [
    'command', 'entrypoint', 'working_dir', 'user', 'hostname', 'domainname', 'tty', 'stdin_open', 'init',
    'stop_signal', 'healthcheck', 'cap_add', 'cap_drop', 'security_opt', 'privileged', 'read_only', 'tmpfs',
    'shm_size', 'sysctls', 'ulimits', 'extra_hosts', 'dns', 'dns_search', 'dns_opt', 'devices',
    'device_cgroup_rules', 'group_add', 'ipc', 'pid', 'uts', 'userns_mode', 'cgroup', 'cgroup_parent',
    'mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'oom_kill_disable', 'oom_score_adj',
    'pids_limit', 'cpus', 'cpu_count', 'cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period',
    'cpu_rt_runtime', 'cpu_shares', 'cpuset', 'blkio_config', 'storage_opt', 'platform', 'runtime',
    'isolation', 'annotations', 'expose',
];
// biome-ignore format: a list of words
const handled = [
    'image', 'build', 'ports', 'networks', 'network_mode', 'volumes', 'environment', 'env_file', 'depends_on',
    'restart', 'deploy', 'container_name', 'logging', 'labels', 'configs', 'secrets', 'stop_grace_period',
    'scale',
];
/** They say how a developer's machine runs the file, or what we decide ourselves. */
const dropped = ['profiles', 'pull_policy', 'develop', 'attach', 'extends'];
/** What Kawasemi has no opinion on. @throws {Trouble} on a key it does not know at all. */
function passedKeys(product, name, service) {
    for (const [key, value] of Object.entries(service)) {
        const empty = value === null || (Array.isArray(value) && value.length === 0);
        if (empty || key.startsWith('x-'))
            continue;
        if (passed.includes(key) || handled.includes(key) || dropped.includes(key))
            continue;
        throw new trouble/* Trouble */.q(keyOf(product, name, key), 'cannot be deployed with Kawasemi.', otherWay[key] ?? 'Remove it.');
    }
    return pick(service, passed);
}
const otherWay = {
    links: 'Services on one network find each other by name: remove it, or use networks.NAME.aliases.',
    external_links: 'Put the other container on a network declared as external instead.',
    volumes_from: 'Mount the named volumes one by one instead.',
    mac_address: 'Two slots cannot share it: remove it.',
};

;// CONCATENATED MODULE: ./src/runtimes/compose-storage.ts




/**
 * Where a file of the checkout is on the host. A slot sees its own release's. Accessories outlive releases, so what
 * they see lies apart and does not change under them.
 */
function placeOf(product, part, inside) {
    const { config, release } = product;
    return part === 'accessories'
        ? { to: `accessories/${inside}`, source: `${config.base}/shared/accessories/${inside}` }
        : { to: `files/${inside}`, source: `${config.base}/releases/${release.id}/files/${inside}` };
}
function mounts(product, part, name, service, copies) {
    const where = keyOf(product, name, 'volumes');
    return listOf(service.volumes, where).map((each) => {
        const mount = fieldsOf(each, where);
        switch (mount.type) {
            case 'volume':
                checkVolume(product, part, name, mount);
                return pick(mount, ['type', 'source', 'target', 'read_only', 'volume']);
            case 'tmpfs':
                return pick(mount, ['type', 'target', 'tmpfs']);
            case 'bind':
                return bind(product, part, name, mount, copies);
            default:
                throw new trouble/* Trouble */.q(where, `a mount of type ${String(mount.type).slice(0, 40)} cannot be deployed with Kawasemi.`, 'Use volume, bind or tmpfs.');
        }
    });
}
function checkVolume(product, part, name, mount) {
    if (mount.source === undefined || mount.source === null)
        return;
    const where = keyOf(product, name, 'volumes');
    const volume = textOf(mount.source, where);
    if (!product.volumes.has(volume)) {
        throw new trouble/* Trouble */.q(where, `the volume ${JSON.stringify(volume)} is not one of the file's volumes.`, 'Correct the name.');
    }
    const declared = Object.hasOwn(product.config.volumes, volume) ? product.config.volumes[volume] : undefined;
    if (part === 'accessories') {
        if (declared !== 'slot')
            return;
        throw new trouble/* Trouble */.q(`kawasemi.yml: volumes.${volume}`, `is \`slot\`, but the accessory ${name} uses it, and accessories have no slots.`, 'Declare it as `shared`.');
    }
    if (declared === undefined) {
        throw new trouble/* Trouble */.q(`kawasemi.yml: volumes.${volume}`, `is missing: ${name} uses this volume, and two slots would each have their own without saying so.`, `Declare it: \`${volume}: shared\` for data that outlives a release (media, uploads), \`${volume}: slot\` for files of one release (collected static files).`);
    }
    if (declared === 'slot' && product.volumes.get(volume)?.external) {
        throw new trouble/* Trouble */.q(`kawasemi.yml: volumes.${volume}`, 'is `slot`, but external.', 'Declare it as `shared`.');
    }
}
/** @throws {Trouble} where kawasemi.yml declares a volume that the compose file lacks. */
function refuseUnknownVolumes({ config, volumes }) {
    for (const volume of Object.keys(config.volumes)) {
        if (volumes.has(volume))
            continue;
        throw new trouble/* Trouble */.q(`kawasemi.yml: volumes.${volume}`, `${config.compose.file} has no volume of this name (it has ${[...volumes.keys()].join(', ') || 'none'}).`, 'Correct the name, or take it out.');
    }
}
function bind(product, part, name, mount, copies) {
    const where = keyOf(product, name, 'volumes');
    const path = plainText(mount.source, where);
    if (!path.startsWith('/'))
        throw new trouble/* Trouble */.q(where, `${path} is not an absolute path.`, 'Resolve the compose file first.');
    if (/(^|\/)docker\.sock$/.test(path)) {
        product.warnings.add(`${where}: with ${path} this container can do everything on the host.`);
    }
    const inside = insideCheckout(product, path);
    if (inside === undefined)
        return pick(mount, ['type', 'source', 'target', 'read_only', 'bind']);
    if (inside === '') {
        throw new trouble/* Trouble */.q(where, 'mounts the whole project, as on a developer’s machine.', 'Copy the files in the Dockerfile instead.');
    }
    const { to, source } = placeOf(product, part, inside);
    copies.push({ from: inside, to, where });
    if (mount.read_only !== true) {
        product.notices.add(`${where}: ${inside} belongs to the release, so ${name} sees it read-only.`);
    }
    return {
        ...pick(mount, ['type', 'target']),
        source: literal(source),
        read_only: true,
        bind: { ...pick(fieldsOf(mount.bind, where), ['propagation', 'selinux']), create_host_path: false },
    };
}
/** The `configs` or `secrets` that the services of one project name. */
function grants(product, part, kind, services, copies) {
    const used = new Set();
    for (const [name, service] of services) {
        const where = keyOf(product, name, kind);
        for (const each of listOf(service[kind], where)) {
            const source = typeof each === 'string' ? each : textOf(fieldsOf(each, where).source, where);
            if (!product[kind].has(source)) {
                throw new trouble/* Trouble */.q(where, `${JSON.stringify(source)} is not one of the file's ${kind}.`, 'Correct the name.');
            }
            used.add(source);
        }
    }
    return Object.fromEntries([...used].map((name) => [name, grant(product, part, kind, name, product[kind].get(name), copies)]));
}
function grant(product, part, kind, name, fields, copies) {
    const where = `${product.config.compose.file}: ${kind}.${name}`;
    if (typeof fields.environment === 'string')
        return { environment: fields.environment };
    if (kind === 'secrets') {
        throw new trouble/* Trouble */.q(where, 'is not from a variable.', 'Give it as `environment: NAME`, and NAME by the `env` input.');
    }
    if (typeof fields.content === 'string')
        return { content: fields.content };
    const inside = fields.file === undefined ? undefined : insideCheckout(product, plainText(fields.file, where));
    if (!inside)
        throw new trouble/* Trouble */.q(where, 'is not a file of the repository.', 'Use `file:` with a path in it, or `content:`.');
    const { to, source } = placeOf(product, part, inside);
    copies.push({ from: inside, to, where });
    return { file: literal(source) };
}
/** Env files are read by Compose on the host, so accessories' too lie with the release. */
function envFiles(product, name, service, copies) {
    const where = keyOf(product, name, 'env_file');
    const folder = `${product.config.base}/releases/${product.release.id}`;
    const entry = (path, required = true) => ({ path: literal(`${folder}/${path}`), required });
    return listOf(service.env_file, where).flatMap((each) => {
        const fields = typeof each === 'string' ? { path: each } : fieldsOf(each, where);
        const path = plainText(fields.path, where);
        // Compose's own `.env` is seldom in a checkout: what it holds there comes from the `env` input here.
        if (isDotenv(product, path))
            return [entry('env.defaults'), entry('env')];
        const inside = insideCheckout(product, path);
        if (inside === undefined)
            return [{ path: literal(path), required: fields.required !== false }];
        const required = fields.required !== false;
        copies.push({ from: inside, to: `files/${inside}`, where, secret: { required } });
        return [{ ...entry(`files/${inside}`, required), ...pick(fields, ['format']) }];
    });
}
/** The name that the file's author chose for a volume or network, where there is one. */
function chosenName(product, name, fields) {
    if (typeof fields.name !== 'string')
        return fields.external ? name : undefined;
    return fields.name === `${product.defaultName}_${name}` && !fields.external ? undefined : fields.name;
}
/** The volumes of one project, and those of them that have to be there before it starts. */
function volumesOf(product, part, services) {
    const { app, volumes: declared } = product.config;
    const section = [];
    const shared = [];
    for (const [volume, fields] of product.volumes) {
        if (!isMounted(volume, services))
            continue;
        const where = `${product.config.compose.file}: volumes.${volume}`;
        if (part !== 'accessories' && declared[volume] === 'slot') {
            section.push([
                volume,
                { name: slotVolume(app, part, volume), ...pick(fields, ['driver', 'driver_opts', 'labels']) },
            ]);
            continue;
        }
        // As an ordinary volume of two projects Compose would warn that it belongs to another one.
        const name = volumeName(product, volume, fields);
        section.push([volume, { name, external: true }]);
        if (!fields.external)
            shared.push({ name, ...driverOf(fields, where) });
    }
    return { section: Object.fromEntries(section), shared };
}
/** The name on the host of a volume that is the same for all. @throws {Trouble} where it cannot be one. */
function volumeName(product, volume, fields) {
    const where = `${product.config.compose.file}: volumes.${volume}`;
    const name = plainText(chosenName(product, volume, fields) ?? sharedVolume(product.config.app, volume), where);
    if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/.test(name))
        return name;
    throw new trouble/* Trouble */.q(where, `${JSON.stringify(name)} is not a volume's name.`, 'Correct `name`.');
}
function isMounted(volume, services) {
    return [...services.values()].some((service) => Array.isArray(service.volumes) &&
        service.volumes.some((mount) => mount?.type === 'volume' && mount.source === volume));
}
function driverOf(fields, where) {
    const driver = fields.driver === undefined ? 'local' : plainText(fields.driver, `${where}.driver`);
    const options = Object.entries(fieldsOf(fields.driver_opts, `${where}.driver_opts`)).map(([key, value]) => plainText(`${key}=${String(value)}`, `${where}.driver_opts.${key}`));
    return { driver: driver || 'local', options };
}

;// CONCATENATED MODULE: ./src/runtimes/compose-adopt.ts




/*
 * A database that ran before Kawasemi came goes on in its container: no second one may open its volume, and stopping it
 * would be a gap. Whatever container runs on a volume that only one accessory mounts is that accessory; it is put on the
 * networks on which the slots look for it.
 */
/** What the host has to know to find and connect such a container: words of one line each. */
function adoptionLines(product) {
    return [...product.accessories].flatMap(([name, service]) => {
        // The old web server does not follow the live link.
        if (name === product.config.proxy?.service)
            return [];
        const own = ownVolumes(product, name, service);
        if (own.length === 0)
            return [];
        return [...own.map((volume) => ['own', name, volume]), ...networkLines(product, name, service)];
    });
}
function ownVolumes(product, name, service) {
    const only = new Map([[name, service]]);
    const others = new Map([...product.switched, ...product.accessories].filter(([other]) => other !== name));
    return [...product.volumes]
        .filter(([volume]) => isMounted(volume, only) && !isMounted(volume, others))
        .map(([volume, fields]) => volumeName(product, volume, fields));
}
function networkLines(product, name, service) {
    return networksOf(product, name, service).map(([network, settings]) => {
        const where = keyOf(product, name, `networks.${network}`);
        const fields = product.networks.get(network) ?? {};
        const real = fields.external
            ? (chosenName(product, network, fields) ?? network)
            : `${projectName(product.config.app, 'accessories')}_${network}`;
        const aliases = listOf(fieldsOf(settings, where).aliases, where).map((alias) => plainText(alias, where));
        return ['network', name, real, name, ...aliases];
    });
}

;// CONCATENATED MODULE: ./src/runtimes/compose-images.ts



/** The images that nobody builds here. */
/** Those of switched services: a release keeps what was behind the name when it was shipped, as it keeps what was built. */
function takenImages(product) {
    const { config, release } = product;
    return [...product.switched].flatMap(([service, fields]) => {
        if (fields.build)
            return [];
        const name = imageName(product, service, fields);
        const reference = imageReference(config.app, service, release.id);
        return [{ name, reference, fetch: whenToFetch(name, fields.pull_policy) }];
    });
}
/** Those of accessories, which a deploy never changes. */
function accessoryImages(product) {
    return [
        ...new Set([...product.accessories].map(([service, fields]) => imageName(product, service, fields))),
    ];
}
function imageName(product, service, fields) {
    return textOf(fields.image, keyOf(product, service, 'image')).replaceAll('$$', '$');
}
/** As Compose has it: `latest` is fetched even where only what is missing should be. */
function whenToFetch(image, policy) {
    if (policy === 'never')
        return 'never';
    if (typeof policy === 'string' && /^(always|daily|weekly|every_.+)$/.test(policy))
        return 'always';
    if (image.includes('@'))
        return 'missing';
    const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest';
    return tag === 'latest' ? 'always' : 'missing';
}

;// CONCATENATED MODULE: ./src/runtimes/compose-networks.ts





/*
 * Each network of the product is there once in every project. Within a slot's own network a service is found by its
 * plain name. Where accessories are on the network too, the slot joins theirs as well, but without that name: on it
 * both slots meet, and the plain name would lead to both.
 */
/** The key of the accessories' network within a slot's project. */
function joined(network) {
    return `accessories_${network}`;
}
function withAccessories(product, network) {
    return [...product.accessories].some(([name, service]) => networksOf(product, name, service).some(([each]) => each === network));
}
function definition(product, network) {
    const found = product.networks.get(network);
    if (found || network === 'default')
        return found ?? {};
    throw new trouble/* Trouble */.q(`${product.config.compose.file}: networks.${network}`, 'is used but not declared.', 'Declare it under the top-level `networks`.');
}
/** A switched service's networks. */
function slotServiceNetworks(product, name, service) {
    const networks = networksOf(product, name, service);
    const entries = networks.flatMap(([network, settings]) => {
        const where = keyOf(product, name, `networks.${network}`);
        if (settings.ipv4_address || settings.ipv6_address || settings.mac_address) {
            throw new trouble/* Trouble */.q(where, 'has a fixed address, which two slots cannot share.', 'Remove it: services find each other by name.');
        }
        const kept = pick(settings, ['priority']);
        const aliases = listOf(settings.aliases, where).map((alias) => plainText(alias, where));
        if (definition(product, network).external) {
            if (aliases.length > 0) {
                product.notices.add(`${where}: its aliases are left out, since both slots would answer to them on an external network.`);
            }
            return [[network, kept]];
        }
        const own = [
            network,
            { ...kept, aliases: [...new Set([name, ...aliases, ...formerName(product, name, service)])] },
        ];
        return withAccessories(product, network) ? [own, [joined(network), kept]] : [own];
    });
    refuseUnreachable(product, name, networks);
    return Object.fromEntries(entries);
}
/** Docker resolves a container's name on its networks, so a `container_name` that is dropped lives on as an alias. */
function formerName(product, name, service) {
    if (typeof service.container_name !== 'string' || service.container_name === '')
        return [];
    return [plainText(service.container_name, keyOf(product, name, 'container_name'))];
}
function refuseUnreachable(product, name, networks) {
    if (product.config.services[name]?.role !== 'web' || networks.length === 0)
        return;
    if (networks.some(([network]) => definition(product, network).internal !== true))
        return;
    throw new trouble/* Trouble */.q(keyOf(product, name, 'networks'), 'are all internal, so Docker publishes no port of the service and the proxy cannot reach it.', 'Put it on a network that is not `internal` as well.');
}
/** The networks of a slot's project. */
function slotNetworks(product, slot) {
    const used = usedBy(product, product.switched);
    const own = used.map((network) => [network, networkOf(product, slot, network)]);
    const others = used
        .filter((network) => !definition(product, network).external && withAccessories(product, network))
        .map((network) => [
        joined(network),
        { name: `${projectName(product.config.app, 'accessories')}_${network}`, external: true },
    ]);
    const clash = others.find(([key]) => used.includes(key));
    if (clash) {
        throw new trouble/* Trouble */.q(`${product.config.compose.file}: networks.${clash[0]}`, 'has a name that Kawasemi needs.', 'Rename it.');
    }
    return Object.fromEntries([...own, ...others]);
}
function accessoryNetworks(product) {
    return Object.fromEntries(usedBy(product, product.accessories).map((network) => [
        network,
        networkOf(product, 'accessories', network),
    ]));
}
function usedBy(product, services) {
    return [
        ...new Set([...services].flatMap(([name, service]) => networksOf(product, name, service).map(([n]) => n))),
    ];
}
function networkOf(product, part, network) {
    const where = `${product.config.compose.file}: networks.${network}`;
    const fields = definition(product, network);
    if (fields.external)
        return { name: chosenName(product, network, fields) ?? network, external: true };
    if (chosenName(product, network, fields) !== undefined) {
        product.notices.add(`${where}: its fixed name is left out, since each slot has a network of its own.`);
    }
    const kept = pick(fields, ['driver', 'driver_opts', 'internal', 'attachable', 'enable_ipv6', 'labels']);
    const ranges = fieldsOf(fields.ipam, `${where}.ipam`);
    if (listOf(ranges.config, `${where}.ipam.config`).length === 0)
        return kept;
    if (part === 'accessories')
        return { ...kept, ipam: ranges };
    product.notices.add(`${where}: its address range is for the accessories; Docker chooses those of the slots.`);
    return kept;
}

// EXTERNAL MODULE: ./src/config/places.ts
var places = __webpack_require__(1640);
;// CONCATENATED MODULE: ./src/runtimes/compose-proxy.ts




/*
 * The product's own web server, as the accessory that follows the live link. It is on the host's network, so that the
 * slots' ports of the loopback are in reach and clients keep their addresses; it sees the app's folder as a folder,
 * since a link that is mounted by itself would stay what it was; and its site is the one that setup-host wrote.
 */
const itsConfiguration = /^\/etc\/nginx(\/nginx\.conf|\/conf\.d(\/.*)?)?\/?$/;
/** Makes the app's folder one that nginx's workers may enter: its group on the host has a number, which they get. */
const start = `group="kawasemi:x:$(stat -c %g "$1"):nginx"
grep -qxF "$group" /etc/group || echo "$group" >>/etc/group
exec nginx -g "daemon off;"`;
/** @throws {Trouble} where it cannot serve the site as the compose file has it. */
function withSiteServer(product) {
    const name = product.config.proxy?.service;
    const service = name === undefined ? undefined : product.accessories.get(name);
    if (name === undefined || service === undefined)
        return product;
    return {
        ...product,
        accessories: new Map([...product.accessories, [name, siteServer(product, name, service)]]),
    };
}
function siteServer(product, name, service) {
    const { app, base } = product.config;
    refuseOwnStart(product, name, service);
    const { networks: _, ports: __, ...rest } = service;
    leaveOutPorts(product, name, service);
    const kept = keptMounts(product, name, service);
    return {
        ...rest,
        network_mode: 'host',
        command: ['sh', '-c', literal(start), 'sh', base],
        depends_on: otherAccessories(product, name, service),
        volumes: [
            ...kept,
            mount(base, base, true),
            mount((0,places/* siteFolder */.Mw)(app), '/etc/nginx/conf.d', true),
            mount((0,places/* logFolder */.hI)(app), (0,places/* logFolder */.hI)(app), false),
            ...certificateMounts(product, name, kept),
        ],
    };
}
function mount(source, target, readOnly) {
    return { type: 'bind', source, target, read_only: readOnly, bind: { create_host_path: false } };
}
/**
 * What certbot needs of it. Where setup-host has not run yet, Docker makes the folders as certbot would. A mount that is
 * there already stays as it is written: with another one, the container that runs would have other settings.
 */
function certificateMounts(product, name, kept) {
    if (!product.config.proxy?.tls?.acme)
        return [];
    return [places/* certbotFolder */.qY, places/* acmeFolder */.rq].flatMap((folder) => {
        const there = kept.find(({ target }) => folderOf(target) === folder);
        if (there === undefined)
            return [{ ...mount(folder, folder, true), bind: { create_host_path: true } }];
        if (there.type === 'bind' && folderOf(there.source) === folder)
            return [];
        throw new trouble/* Trouble */.q(keyOf(product, name, 'volumes'), `puts something else on ${folder}, where nginx finds what certbot got on the server.`, `Remove that line, or write \`${folder}:${folder}:ro\`.`);
    });
}
function folderOf(path) {
    return String(path).replace(/\/+$/, '');
}
function refuseOwnStart(product, name, service) {
    for (const key of ['command', 'entrypoint', 'user']) {
        if (service[key] === undefined || service[key] === null)
            continue;
        throw new trouble/* Trouble */.q(keyOf(product, name, key), "changes how nginx starts, which Kawasemi does: as root, with workers that may enter the app's folder.", 'Remove it.');
    }
}
function leaveOutPorts(product, name, service) {
    const where = keyOf(product, name, 'ports');
    if (listOf(service.ports, where).length === 0)
        return;
    product.notices.add(`${where}: left out, since ${name} is on the host's own network; it listens on ${product.config.proxy?.listen}.`);
}
function keptMounts(product, name, service) {
    const where = keyOf(product, name, 'volumes');
    const mounts = listOf(service.volumes, where).map((each) => fieldsOf(each, where));
    return mounts.filter((each) => {
        const target = plainText(each.target, where);
        if (!itsConfiguration.test(target))
            return true;
        product.notices.add(`${where}: ${target} is left out, since the site that setup-host writes takes its place.`);
        return false;
    });
}
/** A site that looks on every request which slot is live waits for no release. */
function otherAccessories(product, name, service) {
    const written = fieldsOf(service.depends_on, keyOf(product, name, 'depends_on'));
    return pick(written, Object.keys(written).filter((other) => !product.switched.has(other)));
}

;// CONCATENATED MODULE: ./src/runtimes/compose-service.ts






/** One switched service in one slot's project. @throws {Trouble} where it cannot be there twice. */
function switchedService(product, slot, name, service, copies) {
    const { app, services } = product.config;
    const config = services[name];
    const passed = passedKeys(product, name, service);
    refuseSharedNamespaces(product, name, service);
    const result = {
        ...passed,
        ...common(product, slot, name, service, copies),
        image: literal(imageReference(app, name, product.release.id)),
        // Whatever is behind the name that was built or taken for this release, now and after a rollback.
        pull_policy: 'never',
        labels: {
            ...fieldsOf(service.labels, keyOf(product, name, 'labels')),
            ...ownLabels(product, slot, name),
        },
        environment: { ...environment(product, name, service), ...ownEnvironment(product, slot) },
        restart: restart(product, name, service),
        stop_grace_period: `${Math.ceil(config.stopTimeout / 1000)}s`,
    };
    if (service.network_mode === 'none')
        result.network_mode = 'none';
    else
        result.networks = slotServiceNetworks(product, name, service);
    if (config.role === 'web')
        result.ports = [port(product, slot, name, service, config)];
    else
        refusePorts(product, name, service);
    const replicas = copiesOf(product, name, service);
    if (replicas > 1 && config.role === 'web') {
        throw new trouble/* Trouble */.q(keyOf(product, name, 'deploy.replicas'), 'is more than one, but a slot has one port for it.', 'Let the service start several processes itself, or set it to 1.');
    }
    if (replicas > 1)
        result.scale = replicas;
    if (typeof service.container_name === 'string' && service.container_name !== '') {
        product.notices.add(`${keyOf(product, name, 'container_name')}: left out, since two slots cannot share it; within its slot the service still answers to ${service.container_name}.`);
    }
    const dependencies = slotDependencies(product, slot, name, service);
    if (Object.keys(dependencies).length > 0)
        result.depends_on = dependencies;
    return result;
}
/** An accessory as it was written, but that it comes back after a reboot. */
function accessory(product, name, service, copies) {
    const where = (key) => keyOf(product, name, key);
    if (service.build) {
        throw new trouble/* Trouble */.q(where('build'), 'an accessory is never switched, so it cannot run an image that each release builds anew.', 'Give it an `image`, or put it under services.');
    }
    const result = {
        ...passedKeys(product, name, service),
        ...common(product, 'accessories', name, service, copies),
        image: textOf(service.image, where('image')),
        environment: environment(product, name, service),
        restart: accessoryRestart(product, name, service),
        ...pick(service, ['container_name', 'stop_grace_period', 'network_mode', 'labels', 'scale']),
    };
    const networks = networksOf(product, name, service);
    if (networks.length > 0)
        result.networks = Object.fromEntries(networks);
    const ports = listOf(service.ports, where('ports'));
    if (ports.length > 0)
        result.ports = ports;
    warnOfOpenPorts(product, name, ports);
    const dependencies = accessoryDependencies(product, name, service);
    if (Object.keys(dependencies).length > 0)
        result.depends_on = dependencies;
    return result;
}
/** What is the same for both kinds. */
function common(product, part, name, service, copies) {
    const result = { logging: logging(product, name, service) };
    const volumes = mounts(product, part, name, service, copies);
    if (volumes.length > 0)
        result.volumes = volumes;
    const env = envFiles(product, name, service, copies);
    if (env.length > 0)
        result.env_file = env;
    for (const kind of ['configs', 'secrets']) {
        const granted = listOf(service[kind], keyOf(product, name, kind));
        if (granted.length > 0)
            result[kind] = granted;
    }
    const deploy = fieldsOf(service.deploy, keyOf(product, name, 'deploy'));
    if (deploy.resources)
        result.deploy = { resources: deploy.resources };
    return result;
}
function logging(product, name, service) {
    const written = fieldsOf(service.logging, keyOf(product, name, 'logging'));
    return Object.keys(written).length > 0
        ? pick(written, ['driver', 'options'])
        : { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } };
}
function environment(product, name, service) {
    const where = keyOf(product, name, 'environment');
    const entries = Object.entries(fieldsOf(service.environment, where));
    for (const [variable, value] of entries) {
        if (/[=\0]/.test(variable) || variable === '' || (typeof value === 'object' && value !== null)) {
            throw new trouble/* Trouble */.q(`${where}.${JSON.stringify(variable.slice(0, 80))}`, 'is not a variable with a value.', 'Correct it.');
        }
    }
    return Object.fromEntries(entries);
}
function ownEnvironment({ config, release }, slot) {
    return {
        KAWASEMI_APP: literal(config.app),
        KAWASEMI_SLOT: slot,
        KAWASEMI_RELEASE: literal(release.id),
        KAWASEMI_VERSION: literal(release.version),
    };
}
function ownLabels({ config, release }, slot, name) {
    return {
        'kawasemi.app': literal(config.app),
        'kawasemi.slot': slot,
        'kawasemi.service': literal(name),
        'kawasemi.release': literal(release.id),
    };
}
/** With `always`, a slot that was stopped would come back when Docker restarts. */
function restart(product, name, service) {
    const asked = askedRestart(product, name, service);
    if (asked !== 'always')
        return asked || 'unless-stopped';
    product.notices.add(`${keyOf(product, name, 'restart')}: unless-stopped instead of always, or a stopped slot would come back.`);
    return 'unless-stopped';
}
function accessoryRestart(product, name, service) {
    const asked = askedRestart(product, name, service);
    if (asked)
        return asked;
    product.notices.add(`${keyOf(product, name, 'restart')}: unless-stopped, so that ${name} is there after a reboot.`);
    return 'unless-stopped';
}
/** `deploy.restart_policy` outweighs `restart`. */
function askedRestart(product, name, service) {
    const where = keyOf(product, name, 'deploy');
    const policy = fieldsOf(fieldsOf(service.deploy, where).restart_policy, `${where}.restart_policy`);
    if (policy.condition === 'none')
        return 'no';
    if (policy.condition === 'any')
        return 'always';
    if (policy.condition === 'on-failure') {
        return Number.isSafeInteger(policy.max_attempts) ? `on-failure:${policy.max_attempts}` : 'on-failure';
    }
    return service.restart === undefined || service.restart === null
        ? ''
        : plainText(service.restart, keyOf(product, name, 'restart'));
}
function port(product, slot, name, service, web) {
    const where = keyOf(product, name, 'ports');
    for (const each of listOf(service.ports, where)) {
        const published = fieldsOf(each, where);
        if (published.target === web.port && (published.protocol ?? 'tcp') === 'tcp')
            continue;
        throw new trouble/* Trouble */.q(where, `publishes port ${String(published.target).slice(0, 20)}, which both slots would need at the same time; only ${web.port} is switched.`, 'Remove it; services of the app reach it over their network without publishing.');
    }
    const written = listOf(service.ports, where);
    if (written.length > 0) {
        product.notices.add(`${where}: published on 127.0.0.1:${web.slots.blue} and :${web.slots.green} instead, for the proxy.`);
    }
    return {
        mode: 'ingress',
        host_ip: '127.0.0.1',
        target: web.port,
        published: String(web.slots[slot]),
        protocol: 'tcp',
    };
}
function refusePorts(product, name, service) {
    const where = keyOf(product, name, 'ports');
    if (listOf(service.ports, where).length === 0)
        return;
    throw new trouble/* Trouble */.q(where, 'a worker takes no traffic, and both slots would need the port at the same time.', 'Remove it, or give the service `role: web` and ports for its slots.');
}
function refuseSharedNamespaces(product, name, service) {
    const mode = service.network_mode;
    const isWeb = product.config.services[name]?.role === 'web';
    if (mode !== undefined && mode !== null && (mode !== 'none' || isWeb)) {
        throw new trouble/* Trouble */.q(keyOf(product, name, 'network_mode'), `is ${JSON.stringify(mode)}: both slots would meet on the same ports.`, 'Remove it and use `networks`.');
    }
    for (const key of ['pid', 'ipc']) {
        if (typeof service[key] !== 'string' || !/^(service|container):/.test(service[key]))
            continue;
        throw new trouble/* Trouble */.q(keyOf(product, name, key), 'shares another container, which may be of the other slot.', 'Remove it.');
    }
}
function copiesOf(product, name, service) {
    const deploy = fieldsOf(service.deploy, keyOf(product, name, 'deploy'));
    const asked = service.scale ?? deploy.replicas ?? 1;
    if (Number.isSafeInteger(asked) && asked >= 1)
        return asked;
    throw new trouble/* Trouble */.q(keyOf(product, name, 'deploy.replicas'), 'is not a number from 1.', 'Correct it, or put the service under compose.ignore.');
}
/** What the slot's services wait for within their slot. Accessories are up before; workers come after the switch. */
function slotDependencies(product, slot, name, service) {
    const { services } = product.config;
    const where = keyOf(product, name, 'depends_on');
    const kept = [];
    for (const [other, settings] of Object.entries(fieldsOf(service.depends_on, where))) {
        const role = Object.hasOwn(services, other) ? services[other].role : undefined;
        if (role === undefined)
            continue;
        if (role === 'worker' && services[name].role === 'web') {
            product.notices.add(`${where}.${other}: left out, since workers start at the switch, after ${name}.`);
            continue;
        }
        kept.push([slotService(other, slot), condition(fieldsOf(settings, `${where}.${other}`))]);
    }
    return Object.fromEntries(kept);
}
function accessoryDependencies(product, name, service) {
    const where = keyOf(product, name, 'depends_on');
    const kept = [];
    for (const [other, settings] of Object.entries(fieldsOf(service.depends_on, where))) {
        if (product.switched.has(other)) {
            throw new trouble/* Trouble */.q(`${where}.${other}`, 'an accessory is there before and after a service that is switched.', 'Remove it.');
        }
        if (product.accessories.has(other))
            kept.push([other, condition(fieldsOf(settings, `${where}.${other}`))]);
    }
    return Object.fromEntries(kept);
}
function condition(settings) {
    return { condition: 'service_started', ...pick(settings, ['condition', 'restart']) };
}
function warnOfOpenPorts(product, name, ports) {
    const where = keyOf(product, name, 'ports');
    const slotPorts = Object.values(product.config.services).flatMap((each) => each.role === 'web' ? [each.slots.blue, each.slots.green] : []);
    for (const each of ports) {
        const { published, host_ip: address } = fieldsOf(each, where);
        if (slotPorts.includes(Number(published))) {
            throw new trouble/* Trouble */.q(where, `publishes ${String(published)}, which is a slot's port in kawasemi.yml.`, 'Choose another port for the slot.');
        }
        if (address === undefined || address === '' || address === '0.0.0.0' || address === '::') {
            product.warnings.add(`${where}: ${name} is published on every address of the host, past its firewall; 127.0.0.1:${String(published ?? '')} would keep it inside.`);
        }
    }
}

;// CONCATENATED MODULE: ./src/runtimes/compose-model.ts










/**
 * Pure. The model is in Compose's long form; `${VAR}` stays in it, to be filled in on the host.
 *
 * @throws {Trouble} that names service, key, cause and fix, where the product cannot run in two slots as it is.
 */
function composeProjects(input) {
    const product = withSiteServer(readProduct(input));
    refuseUnknownVolumes(product);
    const copies = [];
    const project = (slot) => slotProject(product, slot, copies);
    const { blue, green } = { blue: project('blue'), green: project('green') };
    const accessories = product.accessories.size > 0 ? accessoriesProject(product, copies) : undefined;
    const shared = [...slot/* slots */.Q0, 'accessories'].flatMap((part) => volumesOf(product, part, servicesOf(product, part)).shared);
    return {
        slots: { blue, green },
        accessories,
        copies: distinct([...copies.filter((copy) => !copy.secret), ...copies.filter((copy) => copy.secret)], (copy) => copy.to),
        sharedVolumes: distinct(shared, (volume) => volume.name),
        adoption: adoptionLines(product),
        takenImages: takenImages(product),
        accessoryImages: accessoryImages(product),
        notices: [...product.notices],
        warnings: [...product.warnings],
    };
}
function servicesOf(product, part) {
    return part === 'accessories' ? product.accessories : product.switched;
}
function slotProject(product, slot, copies) {
    return {
        name: projectName(product.config.app, slot),
        services: Object.fromEntries([...product.switched].map(([name, service]) => [
            slotService(name, slot),
            switchedService(product, slot, name, service, copies),
        ])),
        networks: slotNetworks(product, slot),
        volumes: volumesOf(product, slot, product.switched).section,
        configs: grants(product, slot, 'configs', product.switched, copies),
        secrets: grants(product, slot, 'secrets', product.switched, copies),
    };
}
function accessoriesProject(product, copies) {
    return {
        name: projectName(product.config.app, 'accessories'),
        services: Object.fromEntries([...product.accessories].map(([name, service]) => [name, accessory(product, name, service, copies)])),
        networks: accessoryNetworks(product),
        volumes: volumesOf(product, 'accessories', product.accessories).section,
        configs: grants(product, 'accessories', 'configs', product.accessories, copies),
        secrets: grants(product, 'accessories', 'secrets', product.accessories, copies),
    };
}
/** Of two with the same key the later one: an env file that is also mounted stays secret. */
function distinct(all, key) {
    return [...new Map(all.map((each) => [key(each), each])).values()];
}
/** @throws {Trouble} for variables of the projects that have no value: they would become empty on the host. */
function refuseUnset(unset, projects, file) {
    const text = JSON.stringify([projects.slots.blue, projects.accessories]);
    // `$$` is a dollar; whether a single one begins a variable's name is for Compose to say, which found the names.
    const used = new Set([...text.replaceAll('$$', '').matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name));
    const missing = unset.filter((name) => used.has(name));
    if (missing.length === 0)
        return;
    throw new trouble/* Trouble */.q(`${file}: ${missing.map((name) => `\${${name}}`).join(', ')}`, `${missing.length > 1 ? 'have' : 'has'} no value, so it would be empty on the host.`, `Give ${missing.join(', ')} by the \`env\` input, or write a default: \${${missing[0]}:-…}.`);
}

;// CONCATENATED MODULE: ./src/runtimes/variable.ts

/**
 * The name of a variable of the release, as it is.
 *
 * @param reserved names that have a meaning of their own on the host.
 * @throws {Trouble} on what is no name of a variable, or is reserved.
 */
function checkedVariable(name, reserved) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new trouble/* Trouble */.q(`env: ${JSON.stringify(name.slice(0, 80))}`, 'is not the name of a variable.', 'Use letters, digits and "_", not starting with a digit.');
    }
    if (reserved.test(name)) {
        throw new trouble/* Trouble */.q(`env: ${name}`, 'is one that Kawasemi sets itself, or that would steer Docker on the host.', 'Give the variable another name.');
    }
    return name;
}

;// CONCATENATED MODULE: ./src/runtimes/env-file.ts


/** These would steer Docker itself on the host, or are ours. */
const reserved = /^(COMPOSE_|DOCKER_|BUILDKIT_|KAWASEMI_)/;
/**
 * An env file that Compose reads back exactly: double quotes, with `\`, `"` and `$` escaped. Single quotes would not
 * do: a value that ends in a backslash does not come back.
 *
 * @throws {Trouble} on a name that cannot be there, or a value with a NUL byte.
 */
function renderEnvFile(env) {
    return Object.entries(env)
        .map(([name, value]) => `${checkedVariable(name, reserved)}="${escapeValue(name, value)}"\n`)
        .join('');
}
function escapeValue(name, value) {
    if (value.includes('\0')) {
        throw new trouble/* Trouble */.q(`env: ${name}`, 'holds a NUL byte, which no variable can.', 'Encode the value, for example as base64.');
    }
    return value.replace(/[\\"$]/g, '\\$&').replaceAll('\r', '\\r');
}

;// CONCATENATED MODULE: ./src/runtimes/compose.ts









const library = [
    (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "compose.sh", 'utf8'),
    (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "compose-adopt.sh", 'utf8'),
    (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "compose-once.sh", 'utf8'),
].join('\n');
function plan(input) {
    const { config, release, projectDir, compose } = input;
    const projects = composeProjects({ config, release, projectDir, model: compose.model });
    refuseUnset(compose.unset, projects, config.compose.file);
    return {
        files: [
            ...projectFiles(projects),
            { path: 'compose.parts', content: parts(config, projects), mode: 0o644 },
            { path: 'env.defaults', content: compose.dotenv ?? '', mode: 0o600 },
            { path: 'env', content: renderEnvFile(input.env), mode: 0o600 },
            ...readCopies(projectDir, projects.copies),
        ],
        prepare: [],
        takenImages: projects.takenImages,
        accessoryImages: projects.accessoryImages,
        notices: projects.notices,
        warnings: projects.warnings,
    };
}
/** JSON is YAML too, and has no way to write anything but data. */
function projectFiles({ slots, accessories }) {
    const file = (name, project) => ({
        path: name,
        content: `${JSON.stringify(project, undefined, 2)}\n`,
        mode: 0o600,
    });
    return [
        file('compose.blue.json', slots.blue),
        file('compose.green.json', slots.green),
        ...(accessories ? [file('compose.accessories.json', accessories)] : []),
    ];
}
/** What the shell functions have to know of a release: lines of words, tabs between them. */
function parts(config, { sharedVolumes, adoption }) {
    const lines = [
        ['app', config.app],
        ...Object.entries(config.services).map(([name, service]) => [service.role, name]),
        ...config.accessories.map((name) => ['accessory', name]),
        ...sharedVolumes.map(({ name, driver, options }) => ['volume', name, driver, ...options]),
        ...adoption,
    ];
    return lines.map((words) => `${words.join('\t')}\n`).join('');
}
function refusal(facts) {
    const problem = facts.get('docker-problem');
    if (typeof problem === 'string' && problem !== '') {
        return new trouble/* Trouble */.q('Docker on the host', 'does not answer this user.', 'Install and start it (restart it where it hangs), and put the user into the group `docker` (then log in anew).', problem.split('\n').slice(0, 5));
    }
    const version = (0,fact/* textOf */.b6)(facts.get('compose'));
    const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})/.exec(version) ?? [];
    if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 20))
        return undefined;
    return new trouble/* Trouble */.q('Docker Compose on the host', version === '' ? 'is missing.' : `is ${version.slice(0, 40)}, too old.`, 'Install the Compose plugin, 2.20 or newer (`docker compose version`).');
}
/** Seconds, at least 1, for a program of the host. */
function seconds(ms) {
    return String(Math.max(1, Math.ceil(ms / 1000)));
}
/** A project for each slot and one for the accessories. */
const composeRuntime = {
    variables: 'env',
    library,
    refusal,
    plan,
    accessoriesUp: (slot, timeout) => [(0,program/* call */.T1)('runtime_accessories_up', slot, seconds(timeout))],
    checkImages: (app, { id, images }) => Object.entries(images).map(([service, { config, manifest }]) => (0,program/* call */.T1)('runtime_check_image', service, imageReference(app, service, id), config, manifest)),
    takeAssets: (app, { id }, service, { path, url }) => (0,program/* call */.T1)('take_assets', id, imageReference(app, service, id), path, url),
    start: (slot) => [(0,program/* call */.T1)('runtime_start', slot)],
    // Docker brings back whatever ran.
    arm: () => [],
    disarm: () => [],
    startWorkers: (slot) => [(0,program/* call */.T1)('runtime_start_workers', slot)],
    moveWorkers: (from, to) => [(0,program/* call */.T1)('runtime_stop_workers', from), (0,program/* call */.T1)('runtime_start_workers', to)],
    stop: (slot) => [(0,program/* call */.T1)('runtime_stop', slot)],
    remove: (slot) => [(0,program/* call */.T1)('runtime_remove', slot)],
    logs: (slot, lines) => [(0,program/* call */.T1)('runtime_logs', slot, String(lines))],
    status: (slot) => [(0,program/* call */.T1)('runtime_status', slot)],
    oneOff: (slot, { service, name, command, timeout, env }) => [
        (0,program/* call */.T1)('runtime_once', slot, name, seconds(timeout), service, ...Object.entries(env).map(([key, value]) => `${key}=${value}`), '--', ...command),
    ],
    tidy: () => [],
    setup: () => ({ library: '', calls: [], docker: true }),
};

;// CONCATENATED MODULE: ./src/runtimes/systemd-environment.ts


const systemd_environment_reserved = /^KAWASEMI_/;
/** The kernel takes no longer string; the name, `=` and a closing zero are part of it. */
const longest = 128 * 1024 - 1;
/**
 * A release's variables as a file that systemd's `EnvironmentFile` and a POSIX shell's `.` read alike, and exactly:
 * double quotes, in which both know the same four characters to escape. Line breaks stay as they are.
 *
 * @throws {Trouble} on what cannot be a variable; its value is never in the message.
 */
function renderEnvironment(env) {
    return Object.entries(env)
        .map(([name, value]) => `${checkedVariable(name, systemd_environment_reserved)}="${checkedValue(name, value).replace(/[\\"$`]/g, '\\$&')}"\n`)
        .join('');
}
/** systemd leaves out what is no text, without a word to the process. */
function checkedValue(name, value) {
    const why = value.includes('\0')
        ? 'holds a NUL byte, which no variable can.'
        : /[\p{Cs}\p{Noncharacter_Code_Point}]/u.test(value)
            ? 'holds what is no character, which systemd does not take.'
            : Buffer.byteLength(`${name}=${value}`) > longest
                ? 'is longer than 128 KB, which no variable can be.'
                : undefined;
    if (why === undefined)
        return value;
    throw new trouble/* Trouble */.q(`env: ${name}`, why, 'Encode the value as base64, or give it to the app in a file.');
}

// EXTERNAL MODULE: ./src/host/quote.ts
var quote = __webpack_require__(282);
;// CONCATENATED MODULE: ./src/runtimes/systemd-launcher.ts


/**
 * The script that starts a service of a release: `sh SCRIPT SLOT`, or with more words another command in its place. It
 * names the release's own folders, so that what runs keeps them when the slot passes on to another release.
 */
function renderLauncher(config, release, service, process) {
    const folder = `${config.base}/releases/${release.id}`;
    const port = service.role === 'web'
        ? [
            'case $1 in',
            ...slot/* slots */.Q0.map((slot) => `  ${slot}) PORT=${service.slots[slot]} ;;`),
            'esac',
            'export PORT',
        ]
        : [];
    return `${[
        '#!/bin/sh',
        ...port,
        `KAWASEMI_APP=${(0,quote/* quote */.h)(config.app)} KAWASEMI_SLOT=$1`,
        `KAWASEMI_RELEASE=${(0,quote/* quote */.h)(release.id)} KAWASEMI_VERSION=${(0,quote/* quote */.h)(release.version)}`,
        'export KAWASEMI_APP KAWASEMI_SLOT KAWASEMI_RELEASE KAWASEMI_VERSION',
        ...searchPath(folder),
        `cd ${(0,quote/* quote */.h)(`${folder}/files`)} || exit 126`,
        'shift',
        'if [ "$#" -gt 0 ]; then exec "$@"; fi',
        `exec ${process.command.map(commandWord).join(' ')}`,
    ].join('\n')}\n`;
}
/** Programs of the release's own environment come first. */
function searchPath(folder) {
    return [
        `PATH=${(0,quote/* quote */.h)(`${folder}/venv/bin`)}:${(0,quote/* quote */.h)(`${folder}/files/node_modules/.bin`)}:\${PATH:-/usr/local/bin:/usr/bin:/bin}`,
        'export PATH',
        `if [ -d ${(0,quote/* quote */.h)(`${folder}/venv`)} ]; then export VIRTUAL_ENV=${(0,quote/* quote */.h)(`${folder}/venv`)}; fi`,
    ];
}
/** `${PORT}` and our own variables mean their values; all else is literal. */
function commandWord(word) {
    return word
        .split(/\$\{(PORT|KAWASEMI_(?:SLOT|RELEASE|VERSION|APP))\}/)
        .map((part, index) => (index % 2 === 1 ? `"\${${part}-}"` : part === '' ? '' : (0,quote/* quote */.h)(part)))
        .join('')
        .replace(/^$/, "''");
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./src/runtimes/systemd-lock.ts




const systemd_lock_mostFiles = 50;
const systemd_lock_mostBytes = 16 * 1024 * 1024;
/**
 * A hash of everything that decides what pip installs: the requirements, the files they include, and wheels of the
 * repo. Two releases with the same hash share a virtual environment.
 *
 * @throws {Trouble} where a file is missing, or the app itself would be installed into what releases share.
 */
function requirementsHash(projectDir, requirements) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    const seen = new Set();
    const add = (path, from) => {
        if (seen.has(path))
            return;
        seen.add(path);
        if (seen.size > systemd_lock_mostFiles) {
            throw new trouble/* Trouble */.q(requirements, `includes more than ${systemd_lock_mostFiles} files.`, 'Put them together.');
        }
        const content = hashFile(hash, projectDir, path, from);
        if (path.endsWith('.whl'))
            return;
        for (const other of includesOf(path, content.toString('utf8')))
            add(other, path);
    };
    add(requirements, 'kawasemi.yml: systemd.python.requirements');
    return hash.digest('hex');
}
/** A hash of a package-lock.json and the package.json beside it. */
function packageLockHash(projectDir, lock) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    hashFile(hash, projectDir, lock, 'kawasemi.yml: systemd.node.lock');
    hashFile(hash, projectDir, (0,external_node_path_.join)((0,external_node_path_.dirname)(lock), 'package.json'), lock);
    return hash.digest('hex');
}
function hashFile(hash, projectDir, path, from) {
    const stats = (0,external_node_fs_.lstatSync)((0,external_node_path_.join)(projectDir, path), { throwIfNoEntry: false });
    if (!stats?.isFile()) {
        throw new trouble/* Trouble */.q(from, `${path} is not in the repository as a file.`, 'Correct the name, or add the file.');
    }
    if (stats.size > systemd_lock_mostBytes) {
        throw new trouble/* Trouble */.q(from, `${path} is larger than 16 MB.`, 'Publish the package on an index instead.');
    }
    const content = (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(projectDir, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
    return content;
}
/** Files of the repo that a requirements file names: others of its kind, and wheels. */
function includesOf(path, text) {
    const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
    return lines.flatMap((line, index) => {
        const plain = line.replace(/(^|\s)#.*$/, '').trim();
        const where = `${path}, line ${index + 1}`;
        // pip takes these relative to the file that has them,
        const [, include] = /^(?:-r|--requirement|-c|--constraint)[\s=]*(\S+)$/.exec(plain) ?? [];
        if (include !== undefined)
            return /^https?:/.test(include) ? [] : [inside(where, (0,external_node_path_.join)((0,external_node_path_.dirname)(path), include))];
        // and packages relative to the folder it runs in, which is the release's.
        const [, file] = /^(?:[A-Za-z0-9._[\],-]+\s*@\s*)?((?:file:(?:\/\/)?)?[./][^\s;]*)/.exec(plain) ?? [];
        const editable = /^(-e|--editable)\b/.test(plain);
        if (file === undefined && !editable)
            return [];
        if (file?.endsWith('.whl'))
            return [inside(where, file.replace(/^file:(\/\/)?/, ''))];
        throw new trouble/* Trouble */.q(where, 'would install a folder of the release into an environment that releases share.', 'Leave it out (the release is the working folder, so its modules are found), or build a wheel.');
    });
}
function inside(where, path) {
    const plain = (0,external_node_path_.normalize)(path);
    if (!plain.startsWith('/') && plain !== '..' && !plain.startsWith('../'))
        return plain;
    throw new trouble/* Trouble */.q(where, `${path} leads out of the repository.`, 'Put the file into it.');
}

;// CONCATENATED MODULE: ./src/runtimes/systemd-units.ts


/** Where system units are. The deploy user's own are in its home. */
const systemUnits = '/etc/systemd/system';
/** `APP-SERVICE@`: with the slot and `.service` after it the unit of one service in one slot. */
function unitPrefix(app, service) {
    return `${app}-${service}@`;
}
/** The unit in which a command runs once in a slot. */
function onceUnit(app, slot) {
    return `${app}-once-${slot}.service`;
}
/** The first line of each unit of an app, by which its units are told from those of others. */
function unitMark(app) {
    return `# A service of ${app}, run by Kawasemi. Changes made here are lost with the next deploy or setup-host.`;
}
/** The services as systemd runs them. @throws {Trouble} where one has no command. */
function processes(config) {
    return Object.entries(config.services).map(([name, service]) => {
        if (service.process)
            return [name, service, service.process];
        throw new trouble/* Trouble */.q(`services.${name}`, 'has no command.', 'Say in kawasemi.yml how systemd runs it.');
    });
}
/**
 * A unit for both slots; systemd puts the slot where `%i` is. What it runs is a script of the release, so that a unit of
 * the system, which only root may change, takes new commands too.
 */
function renderUnit(config, name, service, process) {
    const { app, base, systemd } = config;
    const system = systemd?.scope === 'system';
    const release = `${checkedBase(base)}/slots/%i/release`;
    const lines = [
        unitMark(app),
        '[Unit]',
        `Description=${app} ${name} (%i)`,
        // Whatever of it there is on the host: a service that is there after a reboot, but late, costs nothing.
        ...(system
            ? ['After=network.target docker.service postgresql.service mariadb.service mysql.service']
            : []),
        'StartLimitIntervalSec=0',
        '',
        '[Service]',
        'Type=exec',
        `ExecStart=/bin/sh ${release}/run/${name} %i`,
        `WorkingDirectory=${release}/files`,
        `EnvironmentFile=${release}/environment`,
        ...(system ? [`User=${systemd.user}`] : []),
        `UMask=${umask(system)}`,
        `SyslogIdentifier=${app}-${name}`,
        `Restart=${process.restart}`,
        'RestartSec=1',
        'KillMode=mixed',
        `TimeoutStopSec=${Math.ceil(service.stopTimeout / 1000)}`,
        // Also where the host's default is less: a web server has a file for every connection.
        'LimitNOFILE=65536',
        ...(process.memory === undefined ? [] : [`MemoryMax=${process.memory}`]),
        ...(process.cpu === undefined ? [] : [`CPUQuota=${Math.max(1, Math.round(process.cpu * 100))}%`]),
        'NoNewPrivileges=yes',
        'RestrictSUIDSGID=yes',
        'LockPersonality=yes',
        // A user's own manager has not the rights for these.
        ...(system
            ? ['PrivateTmp=yes', 'ProtectSystem=full', 'ProtectKernelTunables=yes', 'ProtectControlGroups=yes']
            : []),
        '',
        '[Install]',
        `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
    ];
    return `${lines.join('\n')}\n`;
}
/** The words after `systemd-run` for a command that runs once; always the same ones, since sudo compares them. */
function onceWords({ app, base, systemd }, slot) {
    const place = `${checkedBase(base)}/slots/${slot}`;
    const system = systemd?.scope === 'system';
    const properties = [
        `WorkingDirectory=${place}/release/files`,
        `EnvironmentFile=${place}/release/environment`,
        ...(system ? [`User=${systemd.user}`] : []),
        `UMask=${umask(system)}`,
        'KillMode=mixed',
        'TimeoutStopSec=10',
        'NoNewPrivileges=yes',
    ];
    return [
        ...(system ? [] : ['--user']),
        '--quiet',
        '--collect',
        '--wait',
        '--pipe',
        `--unit=${onceUnit(app, slot)}`,
        ...properties.map((property) => `--property=${property}`),
        '/bin/sh',
        `${place}/once`,
    ];
}
/** What sudo lets the deploy user do without a password: exactly these verbs on exactly these units. */
function renderSudoers(config, user) {
    const units = processes(config).flatMap(([name]) => slot/* slots */.Q0.map((slot) => `${unitPrefix(config.app, name)}${slot}.service`));
    const verbs = ['start', 'stop', 'enable', 'disable', 'reset-failed'];
    const commands = [
        ...units.flatMap((unit) => verbs.map((verb) => ['/usr/bin/systemctl', verb, unit])),
        ...slot/* slots */.Q0.flatMap((slot) => [
            ['/usr/bin/systemd-run', ...onceWords(config, slot)],
            ['/usr/bin/systemctl', 'stop', onceUnit(config.app, slot)],
        ]),
    ];
    const rule = commands.map((words) => words.map(sudoersWord).join(' ')).join(', \\\n  ');
    return `# What the deploys of ${config.app} may do as root. Written by Kawasemi's setup-host.\n"${user}" ALL=(root) NOPASSWD: \\\n  ${rule}\n`;
}
/** Another user's files in shared folders are of the deploy user's group, so that it can back them up. */
function umask(system) {
    return system ? '0007' : '0027';
}
function sudoersWord(word) {
    if (!/^[A-Za-z0-9@%._=:/-]+$/.test(word)) {
        throw new trouble/* Trouble */.q('sudoers', `${JSON.stringify(word)} cannot be part of a rule.`, 'Choose a plainer name.');
    }
    return word.replace(/[=:]/g, '\\$&');
}
function checkedBase(base) {
    // The schema refuses others; here they would become part of another language.
    if (/^(\/[A-Za-z0-9._-]+)+$/.test(base))
        return base;
    throw new trouble/* Trouble */.q(`base ${JSON.stringify(base)}`, 'cannot be part of a unit.', 'Choose a plainer path.');
}

;// CONCATENATED MODULE: ./src/runtimes/systemd-setup.ts




const systemd_setup_library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "systemd-setup.sh", 'utf8');
/** What root prepares once, so that deploys need no rights of root: either way of running units has its own. */
function systemdSetup(config, settings, user) {
    return {
        library: systemd_setup_library,
        docker: config.accessories.length > 0,
        calls: [
            (0,program/* call */.T1)('journal_reader'),
            (0,program/* call */.T1)('folder', '2750', 'shared/data'),
            ...(settings.scope === 'user'
                ? [(0,program/* call */.T1)('own_systemd'), ...settings.shared.map((path) => (0,program/* call */.T1)('shared_data', path, ''))]
                : systemCalls(config, settings, user)),
        ],
    };
}
function systemCalls(config, { user: runsAs, shared }, user) {
    return [
        (0,program/* call */.T1)('app_user', runsAs),
        ...shared.map((path) => (0,program/* call */.T1)('shared_data', path, runsAs)),
        ...processes(config).map(([name, service, process]) => (0,program/* call */.T1)('unit', `${systemUnits}/${unitPrefix(config.app, name)}.service`, renderUnit(config, name, service, process).trimEnd(), unitMark(config.app))),
        (0,program/* call */.T1)('units_end'),
        (0,program/* call */.T1)('sudoers', `/etc/sudoers.d/kawasemi-${config.app}`, renderSudoers(config, user).trimEnd()),
    ];
}

;// CONCATENATED MODULE: ./src/runtimes/systemd.ts











const systemd_library = [
    (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "systemd.sh", 'utf8'),
    (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "systemd-prepare.sh", 'utf8'),
    (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "systemd-once.sh", 'utf8'),
].join('\n');
/** Functions of the same name: the later ones count, and facts are of both. */
const libraryWithAccessories = [
    composeRuntime.library,
    systemd_library,
    'runtime_facts() { compose_facts; systemd_facts; }\n',
].join('\n');
/** The oldest with everything the units say. */
const oldestSystemd = 245;
/** Services as units of systemd, a set for each slot; accessories, where there are any, in Compose. */
function systemdRuntime(config) {
    const settings = settingsOf(config);
    const withAccessories = config.accessories.length > 0;
    return {
        variables: 'environment',
        library: withAccessories ? libraryWithAccessories : systemd_library,
        refusal: (facts) => systemd_refusal(settings.scope, facts) ?? (withAccessories ? composeRuntime.refusal(facts) : undefined),
        plan: (input) => systemd_plan(input, withAccessories),
        accessoriesUp: (slot, timeout) => (withAccessories ? composeRuntime.accessoriesUp(slot, timeout) : []),
        checkImages: () => [],
        takeAssets: (_app, release, _service, { path, url }) => (0,program/* call */.T1)('systemd_assets', release.id, path, url),
        start: (slot) => [(0,program/* call */.T1)('runtime_start', slot)],
        arm: (slot) => [(0,program/* call */.T1)('runtime_arm', slot)],
        disarm: (slot) => [(0,program/* call */.T1)('runtime_disarm', slot)],
        startWorkers: (slot) => [(0,program/* call */.T1)('runtime_start_workers', slot)],
        moveWorkers: (from, to) => [(0,program/* call */.T1)('runtime_workers_back', to, from)],
        stop: (slot) => [(0,program/* call */.T1)('runtime_stop', slot)],
        remove: (slot) => [(0,program/* call */.T1)('runtime_remove', slot)],
        logs: (slot, lines) => [(0,program/* call */.T1)('runtime_logs', slot, String(lines))],
        status: (slot) => [(0,program/* call */.T1)('runtime_status', slot)],
        tidy: () => [(0,program/* call */.T1)('runtime_tidy')],
        oneOff: composeRuntime.oneOff,
        setup: (_config, user) => systemdSetup(config, settings, user),
    };
}
function settingsOf({ systemd }) {
    if (systemd)
        return systemd;
    throw new trouble/* Trouble */.q('kawasemi.yml', 'has no section `systemd`.', 'Say in it how systemd runs the app.');
}
function systemd_plan(input, withAccessories) {
    const { config, release, env } = input;
    const accessories = withAccessories ? planAccessories(input) : undefined;
    return {
        files: [
            ...processes(config).flatMap(([name, service, process]) => [
                { path: `run/${name}`, content: renderLauncher(config, release, service, process), mode: 0o644 },
                { path: `units/${name}`, content: renderUnit(config, name, service, process), mode: 0o644 },
            ]),
            { path: 'systemd.parts', content: systemd_parts(config, release), mode: 0o644 },
            { path: 'environment', content: renderEnvironment(env), mode: 0o600 },
            ...(accessories?.files ?? []),
        ],
        prepare: prepare(config, release.id, input.projectDir),
        takenImages: [],
        accessoryImages: accessories?.accessoryImages ?? [],
        notices: accessories?.notices ?? [],
        warnings: accessories?.warnings ?? [],
    };
}
/** To Compose the app is one with accessories and nothing else. */
function planAccessories(input) {
    const whole = composeRuntime.plan({ ...input, config: { ...input.config, services: {} } });
    const unused = ['compose.blue.json', 'compose.green.json'];
    return { ...whole, files: whole.files.filter(({ path }) => !unused.includes(path)) };
}
/** What the shell functions have to know of a release: lines of words, tabs between them. */
function systemd_parts(config, release) {
    const { scope, user } = settingsOf(config);
    const lines = [
        ['app', config.app],
        ['release', release.id],
        ['version', release.version],
        ['scope', scope],
        ['user', user],
        ['mark', unitMark(config.app)],
        ...processes(config).map(([name, service]) => service.role === 'web'
            ? ['web', name]
            : ['worker', name, service.singleton === false ? 'several' : 'singleton']),
    ];
    return lines.map((words) => `${words.join('\t')}\n`).join('');
}
function prepare(config, id, projectDir) {
    const { python, node, build, buildTimeout, shared } = settingsOf(config);
    const seconds = String(Math.ceil(buildTimeout / 1000));
    return [
        (0,program/* call */.T1)('systemd_ready', id),
        (0,program/* call */.T1)('systemd_share', id, ...shared),
        ...(python
            ? [
                (0,program/* call */.T1)('begin', 'virtual environment'),
                (0,program/* call */.T1)('systemd_python', id, requirementsHash(projectDir, python.requirements), python.interpreter, python.requirements, seconds),
                (0,program/* call */.T1)('end'),
            ]
            : []),
        ...(node
            ? [
                (0,program/* call */.T1)('begin', 'node_modules'),
                (0,program/* call */.T1)('systemd_node', id, packageLockHash(projectDir, node.lock), node.lock, seconds),
                (0,program/* call */.T1)('end'),
            ]
            : []),
        ...build.flatMap((words) => [
            (0,program/* call */.T1)('begin', `build: ${words[0]}`),
            (0,program/* call */.T1)('systemd_build', id, seconds, ...words),
            (0,program/* call */.T1)('end'),
        ]),
    ];
}
function systemd_refusal(scope, facts) {
    const version = Number((0,fact/* textOf */.b6)(facts.get('systemd')));
    if (!Number.isInteger(version) || version < oldestSystemd) {
        return new trouble/* Trouble */.q('systemd on the host', version > 0 ? `is version ${version}, too old.` : 'does not answer.', `Use a host that systemd ${oldestSystemd} or newer runs (Ubuntu 20.04, Debian 11).`);
    }
    if (scope === 'system')
        return undefined;
    const user = (0,fact/* textOf */.b6)(facts.get('user'));
    const manager = (0,fact/* textOf */.b6)(facts.get('systemd-user'));
    const mend = `Run setup-host again; or as root: apt-get install libpam-systemd dbus-user-session, then loginctl enable-linger ${user}.`;
    if (facts.get('linger') !== true) {
        return new trouble/* Trouble */.q(`the user ${user} on the host`, 'has no systemd of its own that outlives its logins, so services would end with them.', mend);
    }
    if (!/^(running|degraded|starting|initializing|maintenance)$/.test(manager)) {
        return new trouble/* Trouble */.q(`systemd of the user ${user} on the host`, 'does not answer.', mend, [
            manager.slice(0, 300),
        ]);
    }
    return undefined;
}

;// CONCATENATED MODULE: ./src/runtimes/kinds.ts


/** What runs the app's services: its `systemd` section says so, else Docker Compose. */
function runtimeOf(config) {
    return config.systemd ? systemdRuntime(config) : composeRuntime;
}


/***/ }),

/***/ 2636:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Dc: () => (/* binding */ onHosts),
/* harmony export */   Si: () => (/* binding */ runStage),
/* harmony export */   WE: () => (/* binding */ explain),
/* harmony export */   bn: () => (/* binding */ allOf),
/* harmony export */   dw: () => (/* binding */ stage),
/* harmony export */   iv: () => (/* binding */ skip),
/* harmony export */   kr: () => (/* binding */ openAll),
/* harmony export */   on: () => (/* binding */ on)
/* harmony export */ });
/* unused harmony export named */
/* harmony import */ var _host_session__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1786);
/* harmony import */ var _release_history__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5205);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2386);



/** Runs one stage and tells how long it took and how it ended. */
async function stage({ reporter, clock, signal }, name, work) {
    signal.throwIfAborted();
    reporter.stageBegin(name);
    const began = clock.now();
    try {
        const result = await work();
        reporter.stageEnd(name, clock.now() - began, 'done');
        return result;
    }
    catch (error) {
        reporter.stageEnd(name, clock.now() - began, 'failed');
        throw error;
    }
}
/** Says that a stage had nothing to do. */
function skip({ reporter }, name, why) {
    reporter.stageBegin(name);
    reporter.stageEnd(name, 0, 'skipped', why);
}
/** The same work on every host at once. */
function onHosts(deploy, work) {
    return allOf(deploy.hosts.map(work));
}
/** Waits for all of them: what is under way on one host is not left alone because of another. The first trouble is thrown. */
async function allOf(works) {
    const ends = await Promise.allSettled(works);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed)
        throw failed.reason;
    return ends.map((end) => end.value);
}
/** The release with the slot it has on this host: they need not be the same on all, since a host may have joined later. */
function on(host, release) {
    const slot = (0,_release_history__WEBPACK_IMPORTED_MODULE_1__/* .findRelease */ .dv)(host.facts.history, release.id)?.slot;
    return slot === undefined ? release : { ...release, slot };
}
/** Opens all of them or none: where one fails, those that did open are closed. The first trouble is thrown. */
async function openAll(opening) {
    const ends = await Promise.allSettled(opening);
    const opened = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    const failed = ends.find((end) => end.status === 'rejected');
    if (!failed)
        return opened;
    await Promise.all(opened.map((each) => each.close()));
    throw failed.reason;
}
/** Runs a program and turns what it says into trouble with the fix that belongs to the stage. */
async function runStage(host, program, fix) {
    try {
        return await host.run(program);
    }
    catch (error) {
        throw error instanceof _host_session__WEBPACK_IMPORTED_MODULE_0__/* .HostFailure */ .hD ? explain(error, fix) : error;
    }
}
function explain(failure, fix) {
    const general = generalFixes[failure.code];
    return new _release_trouble__WEBPACK_IMPORTED_MODULE_2__/* .Trouble */ .q(failure.host, `${failure.message}.`, general ?? fix, failure.outcome.printed);
}
/** Failures that any stage can meet. */
const generalFixes = {
    'lease-lost': 'Another run took this host over; see its log. Run this again when it has ended.',
    'lock-busy': 'Wait for its end, then run this again; `lslocks` on the server shows whose process has its lease.lock.',
    'slot-is-live': 'Run the deploy again: it will choose the other slot.',
    'not-set-up': 'Run setup-host for this environment; see docs/setup-host.md.',
    program: 'See what the program printed; then run this again: it goes on where the ledger says it stopped.',
};
/** The release's version, for people. */
function named(release) {
    return release.version;
}


/***/ }),

/***/ 1152:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Gj: () => (/* binding */ gate),
/* harmony export */   N7: () => (/* binding */ watchProbes),
/* harmony export */   Yr: () => (/* binding */ isWarm),
/* harmony export */   ZC: () => (/* binding */ webServices),
/* harmony export */   pF: () => (/* binding */ stopIdle),
/* harmony export */   zd: () => (/* binding */ requireWarm)
/* harmony export */ });
/* harmony import */ var _host_program__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(630);
/* harmony import */ var _probes_answer__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(9137);
/* harmony import */ var _probes_expectation__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9465);
/* harmony import */ var _probes_http__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(9879);
/* harmony import */ var _probes_poll__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5710);
/* harmony import */ var _release_ledger__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6196);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2386);
/* harmony import */ var _deploy__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2636);








/** Probes in a row that have to fail during a bake before they speak against a release. */
const failuresInBake = 3;
/**
 * Probes every web service of the release in its slot, on every host. It is let through when all are healthy in time;
 * else the last answers and the logs are shown and it is taken down everywhere.
 */
async function gate(deploy, release) {
    const failures = await (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .onHosts */ .Dc)(deploy, (host) => probeSlot(deploy, host, (0,_deploy__WEBPACK_IMPORTED_MODULE_3__.on)(host, release).slot, deploy.config.gate));
    if (failures.some((each) => each.length > 0))
        return takeDown(deploy, release, failures);
    await (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .onHosts */ .Dc)(deploy, (host) => (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .runStage */ .Si)(host, {
        stage: 'gate',
        libraries: [],
        calls: [(0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_5__/* .eventFields */ .e)('gated', release.id, { slot: (0,_deploy__WEBPACK_IMPORTED_MODULE_3__.on)(host, release).slot }))],
    }, 'Run this again.'));
}
/** One healthy look at each service: enough for a release that was healthy before and is still running. */
async function isWarm(deploy, host, slot) {
    const { interval, timeout } = deploy.config.gate;
    const failures = await probeSlot(deploy, host, slot, { deadline: timeout, interval, successes: 1 });
    return failures.length === 0;
}
/**
 * The gate of an earlier job says nothing of now: the host may have been started anew since, or somebody stopped it.
 *
 * @throws {Trouble} when a host's release does not answer as its gate saw it do.
 */
async function requireWarm(deploy, release) {
    await (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .onHosts */ .Dc)(deploy, async (host) => {
        if (await isWarm(deploy, host, (0,_deploy__WEBPACK_IMPORTED_MODULE_3__.on)(host, release).slot))
            return;
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_2__/* .Trouble */ .q(host.name, `${release.id} passed its gate, but is not healthy now. Traffic was not touched.`, 'Run the job with health-gate again, then this one.');
    });
}
async function probeSlot(deploy, host, slot, plan) {
    const outcomes = await Promise.all(webServices(deploy.config).map(async ([service, settings]) => {
        const outcome = await (0,_probes_poll__WEBPACK_IMPORTED_MODULE_1__/* .pollUntil */ .g)((left) => look(deploy, host, settings, slot, left), plan);
        return { service, outcome };
    }));
    return outcomes.filter(({ outcome }) => !outcome.healthy);
}
function webServices(config) {
    return Object.entries(config.services).flatMap(([name, service]) => service.role === 'web' ? [[name, service]] : []);
}
async function look({ config, signal }, host, service, slot, left) {
    signal.throwIfAborted();
    const request = {
        host: config.proxy?.domains[0] ?? 'localhost',
        path: service.health.path,
        timeout: Math.min(left, config.gate.timeout),
    };
    const answer = await (0,_probes_http__WEBPACK_IMPORTED_MODULE_6__/* .probe */ .d)(request, () => host.dial(service.slots[slot]));
    return { answer, unmet: (0,_probes_expectation__WEBPACK_IMPORTED_MODULE_0__/* .judge */ .S)(answer, service.health) };
}
/**
 * Stops a release that is not let through, on every host.
 *
 * @returns what its services logged last, in the order of the hosts
 */
function stopIdle(deploy, release, why) {
    const { runtime } = deploy;
    return (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .onHosts */ .Dc)(deploy, async (host) => {
        const { slot } = (0,_deploy__WEBPACK_IMPORTED_MODULE_3__.on)(host, release);
        const { printed } = await (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .runStage */ .Si)(host, {
            stage: 'gate',
            libraries: [runtime.library],
            calls: [
                ...runtime.logs(slot, 40),
                ...runtime.stop(slot),
                (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_5__/* .eventFields */ .e)('gate-failed', release.id, { slot, why })),
            ],
        }, 'The release was not let through, but it could not be stopped either; the live slot was not touched.');
        return printed;
    });
}
/** @param failures of each host, in the order of the hosts */
async function takeDown(deploy, release, failures) {
    const { hosts } = deploy;
    const why = hosts
        .flatMap(({ name }, index) => {
        const where = hosts.length > 1 ? `${name}: ` : '';
        return failures[index].map(({ service, outcome }) => `${where}${service}: ${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'}`);
    })
        .join('; ');
    const printed = await stopIdle(deploy, release, why);
    const details = hosts.map((host, index) => {
        const failed = failures[index];
        // Of a host that is well the logs say nothing.
        if (failed.length === 0)
            return [];
        const lines = [...failed.flatMap(describeFailure), ...printed[index]];
        return hosts.length > 1 ? lines.map((line) => `${host.name}: ${line}`) : lines;
    });
    const { waited, attempts } = failures.flat()[0].outcome;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_2__/* .Trouble */ .q(`Gate of ${release.version}`, `${why} (${attempts} probes in ${Math.round(waited / 1000)} s). It was taken down again; traffic was not touched.`, 'Mend the app and deploy again. If it only needs longer to start, raise `gate.deadline` in kawasemi.yml.', details.flat());
}
function describeFailure({ service, outcome }) {
    return outcome.lastAnswers.map(({ answer, after }) => `${service}, after ${(after / 1000).toFixed(1)} s: ${(0,_probes_answer__WEBPACK_IMPORTED_MODULE_7__/* .describeAnswer */ .O1)(answer)}`);
}
/** Probes the live release for as long as its bake lasts. */
function watchProbes(deploy, release) {
    let stopped = false;
    const { config, clock, hosts } = deploy;
    const watchOne = async (host, name, service) => {
        for (let failures = 0; !stopped;) {
            const { unmet } = await look(deploy, host, service, (0,_deploy__WEBPACK_IMPORTED_MODULE_3__.on)(host, release).slot, config.gate.timeout);
            // Over a lost connection nothing is known.
            failures = unmet === undefined || !host.isConnected ? 0 : failures + 1;
            if (failures >= failuresInBake && !stopped)
                return `${name}: ${unmet}, ${failures} times in a row`;
            await clock.wait(config.gate.interval);
        }
        return new Promise(() => undefined);
    };
    const all = hosts.flatMap((host) => webServices(config).map(([name, service]) => watchOne(host, name, service)));
    const trouble = Promise.race(all);
    trouble.catch(() => undefined);
    return {
        trouble,
        stop: () => {
            stopped = true;
        },
    };
}


/***/ }),

/***/ 133:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $g: () => (/* binding */ isFinished),
/* harmony export */   DG: () => (/* binding */ isLive),
/* harmony export */   Vc: () => (/* binding */ isLiveAlready),
/* harmony export */   _8: () => (/* binding */ liveRelease),
/* harmony export */   d7: () => (/* binding */ tellRows),
/* harmony export */   e7: () => (/* binding */ liveId),
/* harmony export */   j7: () => (/* binding */ reportLive)
/* harmony export */ });
/* harmony import */ var _release_history__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5205);

/** What takes traffic on the host now. */
function liveRelease({ facts }) {
    const { live, releases, history } = facts;
    return live && (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .findRelease */ .dv)(history, releases[live]);
}
/** The id of what takes traffic on the host now. */
function liveId({ facts }) {
    return facts.live && facts.releases[facts.live];
}
/** Whether the release takes traffic on every host already, so that only the end of its deploy is missing. */
function isLive({ hosts }, id) {
    return hosts.every((host) => liveId(host) === id);
}
/** Said then of what comes before the switch. */
const isLiveAlready = 'it takes traffic already';
/** Whether the release takes traffic on every host and its deploy was brought to its end. */
function isFinished(deploy, id) {
    return isLive(deploy, id) && deploy.hosts.every(({ facts }) => (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .hasHappened */ .eZ)(facts.history, id, 'finished'));
}
/**
 * For the summary: what takes traffic, on the first host and on each of several.
 *
 * @param lost hosts that could not be asked.
 */
function reportLive({ hosts, report }, lost = new Set()) {
    delete report.live;
    const rows = hosts.map((host, at) => {
        if (lost.has(host))
            return { host: host.name, live: 'unknown' };
        const release = liveRelease(host);
        const { live: slot } = host.facts;
        if (!release || !slot)
            return { host: host.name };
        const live = { slot, version: release.version };
        if (at === 0)
            report.live = live;
        return { host: host.name, live };
    });
    tellRows(report, rows);
}
/** Nothing where there is one host only: what is said of it is said of all. */
function tellRows(report, rows) {
    if (rows.length > 1)
        report.perHost = rows;
}


/***/ }),

/***/ 4514:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  VN: () => (/* binding */ open_close),
  gv: () => (/* binding */ drop),
  ho: () => (/* binding */ open_open),
  _r: () => (/* binding */ release),
  G9: () => (/* binding */ settle),
  s: () => (/* binding */ take)
});

// EXTERNAL MODULE: ./src/host/jump.ts
var jump = __webpack_require__(3816);
// EXTERNAL MODULE: ./src/host/session.ts + 3 modules
var session = __webpack_require__(1786);
// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 20 modules
var kinds = __webpack_require__(5339);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/release/slot.ts
var release_slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/stages/gate.ts
var gate = __webpack_require__(1152);
// EXTERNAL MODULE: ./src/stages/live.ts
var stages_live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/take-back.ts
var take_back = __webpack_require__(8482);
;// CONCATENATED MODULE: ./src/stages/converge.ts






/**
 * Brings the hosts together again when a run died between the switches of two of them: those that have the new release
 * go back, by the intent that is in the ledger of all. A host without that intent is new, and disagrees with nobody
 * while nothing is live there.
 *
 * @returns the release that was taken back, where one was.
 * @throws {Trouble} when they disagree and no intent says why, or what they would go back to does not run any more.
 */
async function converge(deploy) {
    const { hosts, reporter } = deploy;
    const undos = hosts.filter((host) => isAhead(host, hosts)).flatMap(undoOf);
    if (undos.length > 0) {
        await requireOld(deploy, undos);
        const names = undos.map(({ host }) => host.name).join(', ');
        reporter.warning(`An earlier run ended while it switched to ${undos[0].release.id}; taking it back on ${names}.`);
        await (0,take_back/* takeBack */.z)(deploy, undos, 'taken-back', 'the run that switched it ended before every host had');
    }
    const live = liveIds(hosts);
    if (new Set(live.map(({ id }) => id)).size > 1) {
        throw disagreement(live, 'no run that died says which is right');
    }
    return undos[0]?.release;
}
function disagreement(live, why) {
    const each = live.map(({ name, id }) => `${name}: ${id}`).join(', ');
    return new trouble/* Trouble */.q('The hosts', `serve different releases (${each}), and ${why}.`, "On those that are wrong switch by hand as docs/by-hand.md says; a rollback is done when all serve what you want. Or remove `live` in the app's folder there (503 until the next deploy), and run this again.");
}
/** The old release was left running; but since then the host may have been started anew, or somebody stopped it. */
async function requireOld(deploy, undos) {
    const warm = await Promise.all(undos.map(({ host, from }) => from === undefined || (0,gate/* isWarm */.Yr)(deploy, host, from.slot)));
    const cold = undos.filter((_, at) => !warm[at]);
    if (cold.length === 0)
        return;
    const each = cold.map(({ host, from }) => `${from.release} is not healthy on ${host.name}`).join(', ');
    throw disagreement(liveIds(deploy.hosts), `${each}, which a run that died came from`);
}
/**
 * The last switch that was meant to happen on the host, while it may be taken back: not any more once the old release
 * drained or the deploy was finished there, since that comes after the switch of all hosts, and the old slot may be stopped.
 */
function intentOf({ facts: { history } }) {
    const at = history.findLastIndex(({ event }) => event === 'switching');
    const last = history[at];
    if (last?.event !== 'switching')
        return undefined;
    const isOver = history
        .slice(at)
        .some(({ event, release }) => (event === 'finished' && release === last.release) || (event === 'drained' && release === last.from));
    return isOver ? undefined : last;
}
function liveIds(hosts) {
    return hosts.flatMap((host) => {
        const id = (0,stages_live/* liveId */.e7)(host);
        return id === undefined ? [] : [{ name: host.name, id }];
    });
}
/** It switched as was meant, and another one that was meant to did not. */
function isAhead(host, hosts) {
    const id = intentOf(host)?.release;
    return id !== undefined && (0,stages_live/* liveId */.e7)(host) === id && hosts.some((other) => isBehind(other, id));
}
/** Where somebody removed `live` it counts as new; one that had nothing before was to get its first release. */
function isBehind(host, id) {
    const intent = intentOf(host);
    if (intent?.release !== id)
        return false;
    const live = (0,stages_live/* liveId */.e7)(host);
    return live === undefined ? intent.from === '' : live !== id;
}
function undoOf(host) {
    const { slot, release: id, from } = intentOf(host);
    const { history, releases } = host.facts;
    const release = (0,release_history/* findRelease */.dv)(history, id);
    const old = (0,release_slot/* otherSlot */.jx)(slot);
    if (!release || (from !== '' && releases[old] !== from))
        return [];
    return [
        { host, release: { ...release, slot }, from: from === '' ? undefined : { slot: old, release: from } },
    ];
}

// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
;// CONCATENATED MODULE: ./src/stages/open.ts






/** Connects to every host of the environment and reads what it says of itself. Nothing is changed there. */
async function open_open(request) {
    const { config, ssh, owner, reporter, report, signal, clock } = request;
    const runtime = (0,kinds/* runtimeOf */.G)(config);
    const ways = (0,jump/* waysTo */.Og)(config.hosts, (0,jump/* loginOf */.DQ)(ssh, signal));
    const hosts = await (0,stages_deploy/* openAll */.kr)(ways.map((way) => session/* HostSession */.HV.open({
        ssh: way,
        app: config.app,
        base: config.base,
        owner,
        runtimeLibrary: runtime.library,
        reporter,
        wait: clock.wait,
    })));
    const deploy = { config, hosts, runtime, reporter, report, signal, clock };
    describe(deploy);
    return deploy;
}
/**
 * Takes the lease on every host, or on none; what an earlier run left half switched is brought together.
 *
 * @param patience milliseconds to wait for a run that is alive and at work
 * @returns the release that was taken back for that, where one was.
 */
async function take(deploy, patience = 0) {
    const taken = [];
    try {
        for (const host of deploy.hosts) {
            await host.take(patience);
            taken.push(host);
        }
    }
    catch (error) {
        await Promise.all(taken.map((host) => host.release()));
        throw error;
    }
    const undone = await converge(deploy);
    describe(deploy);
    return undone;
}
/**
 * Frees the lease. Never throws: whatever was done is done, and a lease that stays runs out by itself. A cancel has ended
 * the connections; then the end of the job frees it.
 */
async function release(deploy) {
    if (deploy.signal.aborted)
        return;
    for (const host of deploy.hosts) {
        await host
            .release()
            .catch((error) => deploy.reporter.info(`${host.name}: the lease was not freed and will run out: ${error.message}`));
    }
}
/** For a job's end: frees what this run still holds, whichever of its steps took it. */
function drop(deploy) {
    return free(deploy, 'drop');
}
/** Where nothing is left to do: frees what an earlier attempt of this job held when it was ended. */
function settle(deploy) {
    return free(deploy, 'settle');
}
async function free(deploy, command) {
    for (const host of deploy.hosts) {
        const answer = await host.drop(command);
        if (answer === 'busy') {
            deploy.reporter.warning(`${host.name}: a program of this run still works there, and frees the lease when it ends.`);
        }
    }
}
async function open_close(deploy) {
    await Promise.all(deploy.hosts.map((host) => host.close().catch(() => undefined)));
}
function describe(deploy) {
    const { config, hosts, report } = deploy;
    report.app = config.app;
    report.environment = config.environment;
    report.hosts = hosts.map(({ name }) => name);
    const live = (0,stages_live/* liveRelease */._8)(hosts[0]);
    if (live && report.from === undefined) {
        report.from = live.version;
        report.fromCommit = live.commit;
    }
    (0,stages_live/* reportLive */.j7)(deploy);
}


/***/ }),

/***/ 4613:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  jq: () => (/* binding */ build),
  r_: () => (/* binding */ configHash),
  nw: () => (/* binding */ digestsOf),
  IC: () => (/* binding */ imagesOf),
  jP: () => (/* binding */ planFiles),
  lf: () => (/* binding */ readBuilt),
  RG: () => (/* binding */ readConfigFile),
  Wh: () => (/* binding */ readProject),
  RS: () => (/* binding */ readReleaseFiles),
  Xi: () => (/* binding */ refuseOtherImages),
  YE: () => (/* binding */ temporaryLayout)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/config/load.ts + 13 modules
var load = __webpack_require__(9124);
// EXTERNAL MODULE: ./src/databases/kinds.ts + 4 modules
var kinds = __webpack_require__(1232);
// EXTERNAL MODULE: ./node_modules/ignore/index.js
var ignore = __webpack_require__(298);
var ignore_default = /*#__PURE__*/__webpack_require__.n(ignore);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/host/files-content.ts
var files_content = __webpack_require__(5165);
// EXTERNAL MODULE: ./src/host/files-manifest.ts + 1 modules
var files_manifest = __webpack_require__(9835);
;// CONCATENATED MODULE: ./src/host/files-read.ts







/** At the root of what is shipped; the syntax of .gitignore. */
const ignoreFile = '.kawasemiignore';
/**
 * Never needed on a server, or made there. The ignore file can take each of them back by `!`. `.env` is among them
 * because settings are given to a deploy, and a file of the release is no place for secrets.
 */
const usuallyIgnored = ['__pycache__/', '*.py[co]', '.venv/', 'venv/', 'node_modules/', '.env'];
/** It holds the checkout's credentials, so nothing takes it back. */
const neverShipped = '.git';
/** Files that are read at the same time. */
const readers = 8;
/**
 * Reads what a release consists of from a folder on the runner.
 *
 * @param ignoreText what the ignore file says; empty where there is none.
 * @throws {Trouble} naming every entry that cannot be shipped: a link out of the folder, a socket or device, a name that
 * is no plain text.
 */
async function readFiles(root, ignoreText) {
    const walk = new Walk(root, ignore_default()({ ignorecase: false }).add(usuallyIgnored).add(ignoreText));
    await walk.folder('');
    const files = await inTurns(walk.files, (path) => readFile(root, path));
    try {
        if (walk.refused.length > 0)
            throw new files_manifest/* UnfitFiles */.oD(walk.refused);
        return (0,files_manifest/* makeManifest */.Ui)(root, { files, links: walk.links, folders: walk.folders });
    }
    catch (error) {
        throw error instanceof files_manifest/* UnfitFiles */.oD ? unfitTrouble(root, error) : error;
    }
}
class Walk {
    root;
    ignored;
    files = [];
    links = [];
    folders = [];
    refused = [];
    constructor(root, ignored) {
        this.root = root;
        this.ignored = ignored;
    }
    /** @returns whether anything in it is part of the release. */
    async folder(path) {
        let holds = false;
        for (const entry of await this.entries(path)) {
            const text = decode(entry.name);
            const inside = path === '' ? text : `${path}/${text}`;
            if (text === neverShipped || this.ignored.ignores(entry.isDirectory() ? `${inside}/` : inside))
                continue;
            holds = true;
            if (!Buffer.from(text).equals(entry.name))
                this.refuse(inside, 'its name is no UTF-8');
            else
                await this.entry(inside, entry);
        }
        return holds;
    }
    async entry(path, entry) {
        if (entry.isDirectory()) {
            if (!(await this.folder(path)))
                this.folders.push(path);
        }
        else if (entry.isSymbolicLink()) {
            const target = await (0,promises_.readlink)((0,external_node_path_.join)(this.root, path), 'buffer');
            const text = decode(target);
            if (Buffer.from(text).equals(target))
                this.links.push({ path, target: text });
            else
                this.refuse(path, 'the name it leads to is no UTF-8');
        }
        else if (entry.isFile())
            this.files.push(path);
        else
            this.refuse(path, 'neither a file, a folder nor a link');
    }
    refuse(path, reason) {
        this.refused.push(`${JSON.stringify(path)}: ${reason}`);
    }
    async entries(path) {
        try {
            return await (0,promises_.readdir)((0,external_node_path_.join)(this.root, path), { withFileTypes: true, encoding: 'buffer' });
        }
        catch (error) {
            throw unreadable((0,external_node_path_.join)(this.root, path), error);
        }
    }
}
/** What is no UTF-8 becomes something else, which the caller sees. */
function decode(name) {
    return name.toString('utf8');
}
async function readFile(root, path) {
    const file = (0,external_node_path_.join)(root, path);
    try {
        const { mode, size: bytes } = await (0,promises_.stat)(file);
        const hash = (0,external_node_crypto_.createHash)('sha256');
        let size = 0;
        for await (const chunk of (0,files_content/* contentOf */.$)(file, bytes)) {
            hash.update(chunk);
            size += chunk.length;
        }
        return { path, executable: (mode & 0o100) !== 0, size, sha256: hash.digest('hex') };
    }
    catch (error) {
        throw unreadable(file, error);
    }
}
async function inTurns(items, work) {
    const results = [];
    let next = 0;
    const worker = async () => {
        for (let index = next++; index < items.length; index = next++)
            results[index] = await work(items[index]);
    };
    await Promise.all(Array.from({ length: readers }, worker));
    return results;
}
function unreadable(path, error) {
    const { code } = error;
    if (code === undefined)
        return error;
    return new trouble/* Trouble */.q(path, `cannot be read (${code}).`, `Make it readable, or name it in ${ignoreFile}.`);
}
const shownReasons = 20;
function unfitTrouble(root, { reasons }) {
    return new trouble/* Trouble */.q(root, `${reasons.length === 1 ? 'one entry' : `${reasons.length} entries`} cannot be part of a release: ${reasons[0]}.`, `Take ${reasons.length === 1 ? 'it' : 'them'} out, or name ${reasons.length === 1 ? 'it' : 'them'} in ${ignoreFile}.`, reasons.slice(0, shownReasons));
}

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
;// CONCATENATED MODULE: ./src/images/bake.ts



// biome-ignore format: a list of words
const understood = [
    'context', 'dockerfile', 'args', 'labels', 'target', 'secrets', 'network', 'additional_contexts', 'cache_from',
    'cache_to', 'no_cache', 'pull', 'platforms', 'tags',
];
/**
 * What there is to build, one target per different image, in the order of the services.
 *
 * @throws {Trouble} for a build setting that would silently be left out.
 */
function planBuild(input) {
    const targets = new Map();
    for (const [service, section] of Object.entries(input.services)) {
        if (section.build === undefined || section.build === null)
            continue;
        const plan = planTarget(input, service, section);
        const key = JSON.stringify(plan);
        const known = targets.get(key);
        const name = known?.name ?? `${targetName(service)}-${targets.size + 1}`;
        const tags = { ...known?.tags, [service]: (0,names/* imageTag */.I_)(input.app, service, input.release) };
        targets.set(key, { ...plan, name, tags });
    }
    return [...targets.values()];
}
function planTarget(input, service, section) {
    const build = literal(section.build);
    const unknown = Object.keys(build).find((key) => !understood.includes(key) && build[key] !== null);
    if (unknown !== undefined) {
        throw new trouble/* Trouble */.q(`services.${service}.build.${unknown}`, 'Kawasemi does not build with this setting.', 'Take it out, or build the image elsewhere and name it with `image:`.');
    }
    const context = String(build.context);
    const remote = /^[a-z][a-z0-9+.-]*:\/\/|^git@/i.test(context);
    const dockerfile = String(build.dockerfile ?? 'Dockerfile');
    const platform = platformOf(service, build, section, input.platform);
    return {
        context,
        dockerfile: remote ? dockerfile : (0,external_node_path_.resolve)(context, dockerfile),
        args: strings(build.args),
        labels: {
            ...strings(build.labels),
            'org.opencontainers.image.revision': input.revision,
            'org.opencontainers.image.version': input.version,
        },
        secrets: wantedSecrets(service, build, input.secretFiles),
        ...(typeof build.target === 'string' ? { target: build.target } : {}),
        ...(platform === undefined ? {} : { platform }),
        ...(typeof build.network === 'string' ? { network: build.network } : {}),
        contexts: strings(build.additional_contexts),
        cacheFrom: list(build.cache_from),
        cacheTo: list(build.cache_to),
        noCache: build.no_cache === true,
        pull: build.pull === true,
    };
}
function platformOf(service, build, section, preset) {
    const platforms = list(build.platforms);
    if (platforms.length > 1) {
        throw new trouble/* Trouble */.q(`services.${service}.build.platforms`, `a host runs one platform, and this names ${platforms.length}.`, 'Name the one of the hosts.');
    }
    return platforms[0] ?? (typeof section.platform === 'string' ? section.platform : preset);
}
/** Every given secret is at hand in every build; one that the compose file asks for must be among them. */
function wantedSecrets(service, build, files) {
    const secrets = { ...files };
    for (const wanted of Array.isArray(build.secrets) ? build.secrets : []) {
        const source = String(wanted.source);
        const file = Object.hasOwn(files, source) ? files[source] : undefined;
        if (file === undefined) {
            throw new trouble/* Trouble */.q(`services.${service}.build.secrets`, `the secret ${source} has no value.`, 'Give it in the input `build-secrets`, or as a top-level secret with `file:` or `environment:`.');
        }
        secrets[String(wanted.target ?? source)] = file;
    }
    return secrets;
}
/**
 * The targets with a cache at a registry, one for each image: of all stages, not only of what the image holds. A cache
 * that is not there, or cannot be written, costs time only.
 *
 * @param at as in {@link cacheTag}
 */
function withCache(targets, at) {
    return targets.map((target) => {
        const ref = `type=registry,ref=${(0,names/* cacheTag */.z)(at, Object.keys(target.tags)[0])}`;
        return {
            ...target,
            cacheFrom: [...target.cacheFrom, ref],
            cacheTo: [...target.cacheTo, `${ref},mode=max,image-manifest=true,ignore-error=true`],
        };
    });
}
/** The bake file for `docker buildx bake`, as JSON. */
function renderBakeFile(targets) {
    const entries = targets.map((target) => [target.name, escapeTemplates(bakeTarget(target))]);
    const group = { default: { targets: targets.map((target) => target.name) } };
    return JSON.stringify({ group, target: Object.fromEntries(entries) });
}
function bakeTarget(target) {
    return {
        context: target.context,
        dockerfile: target.dockerfile,
        args: target.args,
        labels: target.labels,
        tags: Object.values(target.tags),
        secret: secretSpecs(target),
        contexts: target.contexts,
        'cache-from': target.cacheFrom,
        'cache-to': target.cacheTo,
        'no-cache': target.noCache,
        pull: target.pull,
        ...(target.target === undefined ? {} : { target: target.target }),
        ...(target.platform === undefined ? {} : { platforms: [target.platform] }),
        ...(target.network === undefined ? {} : { network: target.network }),
    };
}
/** The arguments of `docker build` for one target. The values of build args stay in the environment, out of argv. */
function buildArguments(target) {
    const flag = (name, values) => values.flatMap((value) => [name, value]);
    return [
        'build',
        '--progress=plain',
        ...flag('--file', [target.dockerfile]),
        ...flag('--tag', Object.values(target.tags)),
        ...flag('--build-arg', Object.keys(target.args)),
        ...flag('--label', pairs(target.labels)),
        ...flag('--secret', secretSpecs(target)),
        ...flag('--build-context', pairs(target.contexts)),
        ...flag('--cache-from', target.cacheFrom),
        ...flag('--target', target.target === undefined ? [] : [target.target]),
        ...flag('--platform', target.platform === undefined ? [] : [target.platform]),
        ...flag('--network', target.network === undefined ? [] : [target.network]),
        ...(target.noCache ? ['--no-cache'] : []),
        ...(target.pull ? ['--pull'] : []),
        '--',
        target.context,
    ];
}
/** BuildKit reads these as lines of CSV, so a path with a comma has to be quoted. */
function secretSpecs(target) {
    return Object.entries(target.secrets).map(([id, file]) => `id=${id},"src=${file.replaceAll('"', '""')}"`);
}
/** Compose writes a dollar that means itself as two. */
function literal(value) {
    return mapStrings(value, (text) => text.replaceAll('$$', '$'));
}
/** Bake evaluates `${…}` and `%{…}` in a JSON file's strings. This is the escape that holds for every text. */
function escapeTemplates(value) {
    return mapStrings(value, (text) => text.replace(/[$%]/g, (sign) => `\${"${sign}"}`));
}
function mapStrings(value, change) {
    if (typeof value === 'string')
        return change(value);
    if (Array.isArray(value))
        return value.map((item) => mapStrings(item, change));
    if (typeof value !== 'object' || value === null)
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}
/** Names of bake's targets have no dots. */
function targetName(service) {
    return service.replace(/[^A-Za-z0-9_-]/g, '-');
}
function strings(value) {
    const entries = Object.entries((value ?? {}));
    return Object.fromEntries(entries.flatMap(([key, item]) => (item === null ? [] : [[key, String(item)]])));
}
function list(value) {
    return Array.isArray(value) ? value.map(String) : [];
}
function pairs(map) {
    return Object.entries(map).map(([key, value]) => `${key}=${value}`);
}

;// CONCATENATED MODULE: ./src/images/builder.ts

/**
 * Works with a builder that can write a cache to a registry. The runner's own can where somebody set one up, or where
 * Docker keeps its images in the containerd store. Docker's classic store cannot: then a builder in a container is made
 * for the time of the work. Where none can be made, there is no cache: that costs time only.
 *
 * @param warn is told why there is no cache
 * @param work gets the arguments of `docker buildx bake` that name the builder, nothing where there is no cache
 */
async function withCachingBuilder(exec, env, warn, work) {
    if (await canCache(exec, env))
        return work([]);
    const name = `kawasemi-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
    try {
        const create = ['buildx', 'create', '--driver', 'docker-container', '--bootstrap', '--name', name];
        const { code, stderr } = await exec('docker', create, { env });
        if (code === 0)
            return await work(['--builder', name]);
        warn(`The build goes without a cache: it needs a builder in a container, which cannot be started (${lastLine(stderr)}). Let the runner reach the image moby/buildkit, turn on the containerd image store of its Docker, or set \`cache\` to \`off\``);
        return await work(undefined);
    }
    finally {
        await exec('docker', ['buildx', 'rm', '--force', name], { env });
    }
}
async function canCache(exec, env) {
    const { stdout: builder } = await exec('docker', ['buildx', 'inspect'], { env });
    if (driverOf(builder) !== 'docker')
        return true;
    const { stdout: store } = await exec('docker', ['info', '--format', '{{json .DriverStatus}}'], { env });
    return store.includes('io.containerd.snapshotter');
}
/** The driver of a builder, as `docker buildx inspect` names it. */
function driverOf(inspected) {
    return /^Driver:[ \t]*([a-z-]+)[ \t\r]*$/m.exec(inspected)?.[1];
}
function lastLine(stderr) {
    return stderr.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) || 'Docker says nothing';
}

;// CONCATENATED MODULE: ./src/images/docker-environment.ts
/** What Docker's command line itself needs to be found and set up. A name of ours must not take its place. */
const dockersOwn = /^(PATH|HOME|XDG_RUNTIME_DIR|DOCKER_.*|BUILDX_.*|BUILDKIT_.*)$/;
/**
 * For `docker compose config`: `env`, and of the runner's own environment only what Docker needs. The rest is unknown
 * on the host, so a compose file must not find it here.
 */
function composeEnvironment(env) {
    return { ...env, ...runnersOwn((name) => dockersOwn.test(name)) };
}
/**
 * For builds: the runner's own environment, since proxies and build caches are set up there. The action's inputs,
 * which the runner puts there too, are left out.
 */
function buildEnvironment(more = {}) {
    return { ...runnersOwn((name) => !name.startsWith('INPUT_')), ...more };
}
/** The first of the names that Docker would take for its own. */
function dockersOwnAmong(names) {
    return names.find((name) => dockersOwn.test(name));
}
function runnersOwn(wanted) {
    return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => value !== undefined && wanted(name) ? [[name, value]] : []));
}

;// CONCATENATED MODULE: ./src/images/build.ts







/**
 * Builds every service that has a `build:` into the runner's Docker, and answers service → tag.
 * Secrets are files of mode 0600 while the build runs.
 *
 * @throws {Trouble} when nothing is to be built, or the build fails; with the end of its output.
 */
async function buildImages(exec, request) {
    const folder = await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), 'kawasemi-build-'));
    try {
        const secretFiles = await writeSecrets(folder, request);
        const targets = planBuild({ ...request, services: request.model.services, secretFiles });
        if (targets.length === 0) {
            throw new trouble/* Trouble */.q('the compose file', 'no service in it has a `build:`.', 'Take the build-image step out.');
        }
        const buildx = await buildxVersion(exec);
        if (buildx !== undefined)
            await bake(exec, targets, request, buildx);
        else
            for (const target of targets)
                await buildOne(exec, target, request);
        return Object.assign({}, ...targets.map((target) => target.tags));
    }
    finally {
        await (0,promises_.rm)(folder, { recursive: true, force: true });
    }
}
/** Secrets of the input go before those of the compose file. The folder is ours alone (0700). */
async function writeSecrets(folder, request) {
    const files = {};
    const values = {};
    const asked = secretsOfBuilds(request.model);
    for (const [id, secret] of Object.entries(request.model.secrets ?? {})) {
        if (!asked.has(id))
            continue;
        if (typeof secret?.file === 'string')
            files[id] = (0,external_node_path_.resolve)(request.projectDir, secret.file);
        const variable = typeof secret?.environment === 'string' ? secret.environment : '';
        if (Object.hasOwn(request.env, variable))
            values[id] = request.env[variable];
    }
    for (const [id, path] of Object.entries(request.secretFiles))
        files[id] = (0,external_node_path_.resolve)(request.projectDir, path);
    for (const [index, [id, value]] of Object.entries({ ...values, ...request.secrets }).entries()) {
        files[id] = (0,external_node_path_.join)(folder, String(index));
        await (0,promises_.writeFile)(files[id], value, { mode: 0o600 });
    }
    const bad = Object.keys(files).find((id) => !/^[A-Za-z0-9_.-]+$/.test(id));
    if (bad !== undefined) {
        throw new trouble/* Trouble */.q(`the build secret ${JSON.stringify(bad)}`, 'its name is no id.', 'Use letters, digits, _ . -');
    }
    return files;
}
/** The others are for the host, and may be there only. */
function secretsOfBuilds({ services }) {
    const builds = Object.values(services).map(({ build }) => (build ?? {}));
    return new Set(builds.flatMap(({ secrets }) => (secrets ?? []).map(({ source }) => source)));
}
/** What buildx says of itself, such as `github.com/docker/buildx v0.36.1 …`; nothing where there is none. */
async function buildxVersion(exec) {
    const { code, stdout } = await exec('docker', ['buildx', 'version'], { env: buildEnvironment() });
    return code === 0 ? stdout : undefined;
}
/** Since 0.17 buildx lets a bake file use the host's network only where that is said beside it. */
function allowances(targets, buildx) {
    const isOlder = /\bv?0\.(?:[1-9]|1[0-6])\./.test(buildx);
    return !isOlder && targets.some(({ network }) => network === 'host') ? ['--allow=network.host'] : [];
}
async function bake(exec, targets, request, buildx) {
    const { cache } = request;
    const env = buildEnvironment({
        ...cache?.env,
        // An attestation would make each image an index of two, which `docker save` writes differently.
        BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
        // Newer ones would ask whether the bake file may read outside of the project: secrets are there, and it is ours.
        BUILDX_BAKE_ENTITLEMENTS_FS: '0',
    });
    const allowed = allowances(targets, buildx);
    const build = (planned, builder) => run(exec, ['buildx', 'bake', ...builder, ...allowed, '--file', '-', '--load', '--progress=plain'], request, {
        env,
        stdin: renderBakeFile(planned),
    });
    if (!cache)
        return build(targets, []);
    await withCachingBuilder(exec, env, cache.warn, (builder) => builder ? build(withCache(targets, cache.at), builder) : build(targets, []));
}
async function buildOne(exec, target, request) {
    const env = buildEnvironment({ ...target.args, DOCKER_BUILDKIT: '1' });
    const clash = dockersOwnAmong(Object.keys(target.args));
    if (clash !== undefined) {
        throw new trouble/* Trouble */.q(`the build arg ${clash}`, 'without buildx, Docker itself needs this name.', 'Rename it.');
    }
    await run(exec, buildArguments(target), request, { env });
}
const tailLines = 40;
async function run(exec, args, request, options) {
    const tail = [];
    const onLine = (line) => {
        request.onLine(line);
        tail.push(line);
        if (tail.length > tailLines)
            tail.shift();
    };
    const { code } = await exec('docker', args, { ...options, cwd: request.projectDir, onLine });
    if (code === 0)
        return;
    const error = tail.findLast((line) => /^error\b/i.test(line.trim())) ?? `docker ended with status ${code}.`;
    throw new trouble/* Trouble */.q('the image build', error.trim(), 'The build output above says where.', tail);
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./src/images/compose-config.ts





/** Keys of a service that decide where and how it runs. They hold no secrets, and their `${VAR}` must be known here. */
// biome-ignore format: a list of words
const resolvedKeys = [
    'image', 'container_name', 'hostname', 'build', 'ports', 'expose', 'volumes', 'tmpfs', 'networks', 'network_mode',
    'depends_on', 'restart', 'deploy', 'scale', 'profiles', 'pull_policy', 'platform', 'links', 'volumes_from',
    'extra_hosts', 'mem_limit', 'cpus', 'configs', 'secrets', 'stop_grace_period',
];
const resolvedTopKeys = ['name', 'external', 'file', 'environment'];
const topSections = ['networks', 'volumes', 'secrets', 'configs'];
/**
 * Lets Compose itself read a compose file, without putting secrets into the answer.
 *
 * Compose is asked twice. Without interpolation it keeps `${VAR}`, but mangles short ports and volumes that hold one;
 * with interpolation it inlines secrets. So the first answer is taken, and only the keys that decide where a service
 * runs come from the second. For that one the env files are left out: they may be on the host only.
 *
 * @throws {Trouble} when Compose is missing or refuses the file.
 */
async function resolveCompose(exec, question) {
    if (!(0,external_node_fs_.existsSync)((0,external_node_path_.resolve)(question.projectDir, question.file))) {
        throw new trouble/* Trouble */.q(question.file, 'is not in the checkout.', 'Correct `compose.file` in kawasemi.yml; it is relative to that file.');
    }
    const raw = await ask(exec, question, ['--no-interpolate']);
    const resolved = await ask(exec, question, [], withoutEnvFiles(Object.keys(raw.model.services)));
    return {
        model: mergeModels(raw.model, resolved.model),
        dotenv: await readIfThere((0,external_node_path_.join)(question.projectDir, '.env')),
        unset: unsetVariables(resolved.stderr, raw.stdout),
    };
}
async function ask(exec, question, flags, second) {
    const files = ['--file', question.file, ...(second === undefined ? [] : ['--file', '-'])];
    const args = ['compose', '--project-directory', question.projectDir, ...files];
    const { code, stdout, stderr } = await exec('docker', [...args, '--profile', '*', 'config', '--format', 'json', ...flags], {
        cwd: question.projectDir,
        env: composeEnvironment(question.env),
        ...(second === undefined ? {} : { stdin: second }),
    });
    if (code !== 0) {
        throw new trouble/* Trouble */.q(question.file, `is not accepted by Docker Compose: ${compose_config_lastLine(stderr)}.`, 'Run `docker compose config` beside it to see the same; variables come from the input `env`.');
    }
    return { model: parseModel(question.file, stdout), stdout, stderr };
}
function parseModel(file, text) {
    let parsed;
    try {
        parsed = JSON.parse(text);
    }
    catch {
        parsed = undefined;
    }
    if (!isSection(parsed) || typeof parsed.name !== 'string' || !isSection(parsed.services)) {
        throw new trouble/* Trouble */.q(file, 'Docker Compose found no services in it.', 'Add a `services:` section.');
    }
    return parsed;
}
/** A second compose file that takes each service's env files away. A JSON string is a YAML string too. */
function withoutEnvFiles(services) {
    const entry = (name) => `  ${JSON.stringify(name)}: {env_file: !reset []}\n`;
    return `services:\n${services.map(entry).join('')}`;
}
/** The first model with the keys of the second that must be known on the runner. */
function mergeModels(raw, resolved) {
    const merged = { name: resolved.name, services: {} };
    for (const [name, service] of Object.entries(raw.services)) {
        merged.services[name] = mergeService(name, service, resolved.services[name] ?? {});
    }
    for (const section of topSections) {
        const entries = Object.entries(resolved[section] ?? {});
        if (entries.length === 0)
            continue;
        merged[section] = Object.fromEntries(entries.map(([name, entry]) => [
            name,
            { ...raw[section]?.[name], ...pick(entry ?? {}, resolvedTopKeys) },
        ]));
    }
    return merged;
}
function mergeService(name, raw, resolved) {
    const service = { ...omit(raw, resolvedKeys), ...pick(resolved, resolvedKeys) };
    if (raw.environment !== undefined)
        service.environment = asMap(raw.environment, null);
    if (raw.labels !== undefined)
        service.labels = asMap(raw.labels, '');
    if (isSection(service.deploy))
        service.deploy = omit(service.deploy, ['labels']);
    for (const path of envFilePaths(raw.env_file)) {
        if (!path.includes('$'))
            continue;
        throw new trouble/* Trouble */.q(`services.${name}.env_file`, `the path ${path} holds a variable.`, 'Write the path out.');
    }
    return service;
}
/** Compose writes a map or a list of `KEY=VALUE`. A key alone has the value `alone`. */
function asMap(value, alone) {
    const text = (item) => (item === null || item === undefined ? alone : String(item));
    if (!Array.isArray(value))
        return Object.fromEntries(Object.entries(value ?? {}).map(([k, v]) => [k, text(v)]));
    return Object.fromEntries(value.map(String).map((item) => {
        const at = item.indexOf('=');
        return at < 0 ? [item, alone] : [item.slice(0, at), item.slice(at + 1)];
    }));
}
function envFilePaths(value) {
    return (Array.isArray(value) ? value : []).map((item) => String(isSection(item) ? item.path : item));
}
/**
 * The names Compose warned about, but only those that stand in the model as variables: a password with a dollar in
 * `.env` makes it warn about a piece of the password.
 */
function unsetVariables(stderr, rawModel) {
    const warned = [...stderr.matchAll(/The \\?"([A-Za-z_][A-Za-z0-9_]*)\\?" variable is not set/g)].map((m) => m[1]);
    return [...new Set(warned)].filter((name) => new RegExp(`\\$\\{?${name}\\b`).test(rawModel)).sort();
}
/** Compose's messages are `time=… level=… msg="…"` lines for warnings, and a plain last line for the error. */
function compose_config_lastLine(stderr) {
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    return lines.at(-1)?.trim() ?? 'it said nothing';
}
async function readIfThere(path) {
    try {
        return await (0,promises_.readFile)(path, 'utf8');
    }
    catch (error) {
        if (error.code === 'ENOENT')
            return undefined;
        throw error;
    }
}
function isSection(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function pick(from, keys) {
    return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}
function omit(from, keys) {
    return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
}

// EXTERNAL MODULE: ./src/images/layout.ts
var images_layout = __webpack_require__(426);
;// CONCATENATED MODULE: ./src/images/skopeo.ts


/**
 * Runs skopeo, which moves images between layouts and registries byte for byte.
 *
 * @throws {Trouble} when it is not on the runner. A failure of its own is an answer.
 */
async function skopeo(exec, { args, ...options }) {
    try {
        return await exec('skopeo', args, { ...options, env: buildEnvironment() });
    }
    catch {
        throw new trouble/* Trouble */.q('skopeo', 'is not on this runner, and images are pushed with it.', 'Install it (`apt-get install skopeo`, 1.6 or later); runners of GitHub with Ubuntu have it.');
    }
}
/** What skopeo said went wrong, without the time and the level before it. */
function skopeoSaid(stderr) {
    const line = stderr.trimEnd().split('\n').at(-1) ?? '';
    const message = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replace(/\\(.)/g, '$1') ?? line;
    return message.trim().slice(0, 500) || 'it said nothing';
}
/** As Docker itself does, a registry on the machine's own loopback is asked without TLS. */
function isLoopback(host) {
    return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}

;// CONCATENATED MODULE: ./src/images/push.ts




/**
 * Brings the layout's images to the registry, byte for byte, so that they have the same digests there. Layers that are
 * there already are not sent again. Afterwards the registry is asked what it has under each name.
 *
 * @throws {Trouble} when the registry does not take an image, or has another one under its name.
 */
async function pushImages(exec, login, layout) {
    const pushed = [];
    for (const [service, { manifestDigest }] of Object.entries(layout.images)) {
        const name = (0,names/* pushedTag */.YZ)(login.registry.at, service, layout.version);
        await push(exec, login, layout.dir, service, name);
        await check(exec, login, name, manifestDigest);
        pushed.push(`${name}@${manifestDigest}`);
    }
    return pushed;
}
async function push(exec, login, dir, service, name) {
    // What may be run on this machine is its owner's policy; what may be pushed is what we have just built.
    const args = ['--insecure-policy', 'copy', '--preserve-digests', '--retry-times=2', ...login.flags('dest-')];
    // The layout is named from inside, since a colon in its path would end the path.
    const images = [`oci:.:${service}`, `docker://${name}`];
    const { code, stderr } = await skopeo(exec, { args: [...args, ...images], cwd: dir });
    if (code === 0)
        return;
    throw new trouble/* Trouble */.q(name, `could not be pushed: ${skopeoSaid(stderr)}.`, 'See whether the user may write there; at ghcr.io the job needs `permissions: packages: write`.');
}
async function check(exec, login, name, digest) {
    const args = ['inspect', '--raw', ...login.flags(''), `docker://${name}`];
    const { code, stdout, stderr } = await skopeo(exec, { args });
    if (code !== 0) {
        throw new trouble/* Trouble */.q(name, `was pushed, but cannot be read: ${skopeoSaid(stderr)}.`, 'Run this again; the user must be allowed to read there, too.');
    }
    const found = `sha256:${(0,external_node_crypto_.createHash)('sha256').update(stdout).digest('hex')}`;
    if (found === digest)
        return;
    throw new trouble/* Trouble */.q(name, `is ${found} at the registry, but ${digest} was pushed.`, 'Another run may have pushed the same version at the same time: give each its own version, and run this again.');
}

;// CONCATENATED MODULE: ./src/images/registry-login.ts





/**
 * Works while logged in at the registry. The login is in a folder of this run alone (0700), gone when the work is done;
 * the runner's own settings of Docker are not touched.
 *
 * @throws {Trouble} when the registry does not take the user and the password.
 */
async function withLogin(exec, registry, work) {
    const folder = await (0,promises_.mkdtemp)((0,external_node_path_.join)(process.env.RUNNER_TEMP || (0,external_node_os_.tmpdir)(), 'kawasemi-registry-'));
    try {
        const authFile = (0,external_node_path_.join)(folder, 'auth.json');
        const insecure = isLoopback(registry.host);
        const flags = (prefix) => [
            `--${prefix === '' ? '' : prefix}authfile=${authFile}`,
            ...(insecure ? [`--${prefix}tls-verify=false`] : []),
        ];
        await logIn(exec, registry, flags(''));
        return await work({ registry, flags, env: await dockerSettings(folder, registry) });
    }
    finally {
        await (0,promises_.rm)(folder, { recursive: true, force: true });
    }
}
async function logIn(exec, { host, user, password }, flags) {
    const args = ['login', ...flags, '--username', user, '--password-stdin', host];
    const { code, stderr } = await skopeo(exec, { args, stdin: password });
    if (code === 0)
        return;
    throw new trouble/* Trouble */.q(`The registry ${host}`, `does not let ${user} in: ${skopeoSaid(stderr)}.`, 'Give `registry-user` and `registry-password`; at ghcr.io the token of the run will do where the job has `permissions: packages: write`.');
}
/** A copy of the runner's own settings that has the login too. Plugins, contexts and builders stay where they are. */
async function dockerSettings(folder, registry) {
    const own = process.env.DOCKER_CONFIG || (0,external_node_path_.join)((0,external_node_os_.homedir)(), '.docker');
    const names = await (0,promises_.readdir)(own).catch(() => []);
    for (const name of names) {
        if (!['config.json', 'auth.json'].includes(name))
            await (0,promises_.symlink)((0,external_node_path_.join)(own, name), (0,external_node_path_.join)(folder, name));
    }
    const text = await (0,promises_.readFile)((0,external_node_path_.join)(own, 'config.json'), 'utf8').catch(() => '{}');
    await (0,promises_.writeFile)((0,external_node_path_.join)(folder, 'config.json'), settingsWith(text, registry), { mode: 0o600 });
    return { DOCKER_CONFIG: folder, BUILDX_CONFIG: process.env.BUILDX_CONFIG || (0,external_node_path_.join)(own, 'buildx') };
}
/** The text of a config.json of Docker's that lets us in at the registry, and is else the same. */
function settingsWith(text, { host, user, password }) {
    const settings = parse(text);
    const helpers = section(settings.credHelpers);
    return JSON.stringify({
        ...settings,
        auths: {
            ...section(settings.auths),
            [host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') },
        },
        // A program that keeps the runner's passwords would be asked first; an empty name says: not for this registry.
        ...((settings.credsStore !== undefined || host in helpers) && {
            credHelpers: { ...helpers, [host]: '' },
        }),
    });
}
function parse(text) {
    try {
        return section(JSON.parse(text));
    }
    catch {
        return {};
    }
}
function section(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
var external_node_zlib_default = /*#__PURE__*/__webpack_require__.n(external_node_zlib_);
;// CONCATENATED MODULE: ./src/images/compress-layer.ts







/**
 * Level 1 makes a layer about a tenth larger than level 6 in half the time. The gzip header gets no name and no
 * date, so that the same layer always gives the same bytes.
 */
const gzipOptions = { level: 1, chunkSize: 256 * 1024 };
const pieces = { highWaterMark: 1024 * 1024 };
/**
 * Copies a layer out of an archive to `path`, gzip-compressed. One that Docker's containerd store hands over with
 * gzip already stays as it is. Holds a few pieces of it in memory, never all.
 */
async function compressLayer(archive, { offset, size }, path) {
    const source = () => (0,external_node_fs_.createReadStream)(archive, { ...pieces, start: offset, end: offset + size - 1 });
    const target = (0,external_node_fs_.createWriteStream)(path, pieces);
    const packed = new Meter();
    const unpacked = new Meter();
    const kind = await compression(archive, offset);
    if (kind === 'gzip') {
        await (0,external_node_stream_promises_.pipeline)(source(), packed, target);
        await (0,external_node_stream_promises_.pipeline)(source(), external_node_zlib_default().createGunzip(), unpacked, async (bytes) => {
            for await (const _ of bytes)
                ;
        });
    }
    else if (kind === 'zstd') {
        await (0,external_node_stream_promises_.pipeline)(source(), zstd(), unpacked, external_node_zlib_default().createGzip(gzipOptions), packed, target);
    }
    else {
        await (0,external_node_stream_promises_.pipeline)(source(), unpacked, external_node_zlib_default().createGzip(gzipOptions), packed, target);
    }
    return {
        digest: packed.digest(),
        size: packed.bytes,
        diffId: unpacked.digest(),
        unpackedSize: unpacked.bytes,
    };
}
/** By the first bytes: a tar file begins with a name, which no file has like these. */
async function compression(archive, offset) {
    const handle = await (0,promises_.open)(archive);
    try {
        const start = Buffer.alloc(4);
        await handle.read(start, 0, 4, offset);
        if (start.readUInt16BE(0) === 0x1f8b)
            return 'gzip';
        return start.readUInt32BE(0) === 0x28b52ffd ? 'zstd' : 'none';
    }
    finally {
        await handle.close();
    }
}
function zstd() {
    if (typeof (external_node_zlib_default()).createZstdDecompress === 'function')
        return external_node_zlib_default().createZstdDecompress();
    throw new trouble/* Trouble */.q('a layer', 'is compressed with zstd, which this Node cannot read.', 'Use Node 22.15 or newer.');
}
/** Hashes and counts what passes through. */
class Meter extends external_node_stream_.Transform {
    hash = (0,external_node_crypto_.createHash)('sha256');
    bytes = 0;
    _transform(chunk, _encoding, done) {
        this.hash.update(chunk);
        this.bytes += chunk.length;
        done(null, chunk);
    }
    digest() {
        return `sha256:${this.hash.digest('hex')}`;
    }
}

;// CONCATENATED MODULE: ./src/images/tar-index.ts


const blockSize = 512;
const maxEntries = 100_000;
const maxHeaderText = 1024 * 1024;
/**
 * The regular files of a tar file by path; links inside the archive lead to the file they name.
 *
 * @throws {Error} when it is no tar file.
 */
async function indexTar(file) {
    const handle = await (0,promises_.open)(file);
    try {
        const { files, links } = await readHeaders(handle);
        for (const [path, to] of links) {
            const target = files.get(to);
            if (target !== undefined)
                files.set(path, target);
        }
        return files;
    }
    finally {
        await handle.close();
    }
}
async function readHeaders(handle) {
    const { size: end } = await handle.stat();
    const files = new Map();
    const links = new Map();
    let next = {};
    let at = 0;
    while (at + blockSize <= end) {
        const header = parseHeader(await readAt(handle, at, blockSize));
        if (header === undefined)
            break;
        const entry = { offset: at + blockSize, size: next.size ?? header.size };
        at = entry.offset + Math.ceil(entry.size / blockSize) * blockSize;
        if (at > end)
            throw new Error('the tar file ends in the middle of a file');
        if (files.size + links.size > maxEntries)
            throw new Error('the tar file holds too many files');
        if (header.type === 'x' || header.type === 'L' || header.type === 'K') {
            if (entry.size > maxHeaderText)
                throw new Error('the tar file has an extended header that is too long');
            const text = (await readAt(handle, entry.offset, entry.size)).toString('utf8');
            next = { ...next, ...extendedHeader(header.type, text) };
            continue;
        }
        const path = external_node_path_.posix.normalize(next.path ?? header.path);
        const link = next.link ?? header.link;
        if (header.type === '0')
            files.set(path, entry);
        if (header.type === '1')
            links.set(path, external_node_path_.posix.normalize(link));
        if (header.type === '2')
            links.set(path, external_node_path_.posix.join(external_node_path_.posix.dirname(path), link));
        next = {};
    }
    return { files, links };
}
async function readAt(handle, offset, size) {
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await handle.read(buffer, 0, size, offset);
    if (bytesRead !== size)
        throw new Error('the tar file is cut off');
    return buffer;
}
function parseHeader(block) {
    if (block.every((byte) => byte === 0))
        return undefined;
    const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    if (sum !== number(block.subarray(148, 156)))
        throw new Error('this is no tar file');
    const ustar = tar_index_text(block.subarray(257, 262)) === 'ustar';
    const prefix = ustar ? tar_index_text(block.subarray(345, 500)) : '';
    const name = tar_index_text(block.subarray(0, 100));
    const type = String.fromCharCode(block[156]);
    return {
        path: prefix === '' ? name : `${prefix}/${name}`,
        link: tar_index_text(block.subarray(157, 257)),
        size: number(block.subarray(124, 136)),
        type: type === '\0' || type === '7' ? '0' : type,
    };
}
function tar_index_text(field) {
    const end = field.indexOf(0);
    return field.subarray(0, end < 0 ? field.length : end).toString('utf8');
}
/** Octal digits, or, from 8 GB on, a binary number behind a set top bit. */
function number(field) {
    const value = (field[0] & 0x80) === 0
        ? Number.parseInt(tar_index_text(field).trim() || '0', 8)
        : field.readUIntBE(field.length - 6, 6);
    if (!Number.isSafeInteger(value) || value < 0)
        throw new Error('the tar file has a number that is none');
    return value;
}
/** GNU tar's long names are the text itself; a pax header is lines of `LENGTH KEY=VALUE`. */
function extendedHeader(type, body) {
    const plain = body.replace(/\0+$/, '');
    if (type === 'L')
        return { path: plain };
    if (type === 'K')
        return { link: plain };
    const found = {};
    for (const [, key, value] of body.matchAll(/^\d+ ([A-Za-z]+)=(.*)$/gm)) {
        if (key === 'path')
            found.path = value;
        if (key === 'linkpath')
            found.link = value;
        if (key === 'size' && /^\d{1,15}$/.test(value))
            found.size = Number(value);
    }
    return found;
}

;// CONCATENATED MODULE: ./src/images/save-layout.ts








/** Layers compressed at the same time. zlib works outside the main thread, and runners have two cores or four. */
const parallel = 2;
const memoFile = 'layers.json';
/**
 * Takes images out of the runner's Docker and lays them down as an OCI image layout.
 * The bytes depend on the images alone, so the same layer has the same digest in every run.
 *
 * @throws {Trouble} when Docker cannot save the images, or a link stands where the layout's folders belong.
 */
async function saveLayout(exec, request) {
    const { dir } = request;
    await refuseLinks([dir, (0,external_node_path_.join)(dir, 'blobs'), (0,external_node_path_.join)(dir, 'blobs', 'sha256')]);
    await (0,promises_.mkdir)((0,external_node_path_.join)(dir, 'blobs', 'sha256'), { recursive: true });
    const archive = (0,external_node_path_.join)(dir, 'images.tar.part');
    try {
        await dockerSave(exec, archive, Object.values(request.tags));
        const files = await indexTar(archive);
        const saved = await readManifest(archive, files);
        const images = Object.entries(request.tags).map(([service, tag]) => ({
            service,
            image: findImage(saved, tag),
        }));
        const layers = await storeLayers(request.dir, archive, files, images.map(({ image }) => image));
        const descriptors = [];
        for (const { service, image } of images)
            descriptors.push(await storeImage(request, service, image, layers));
        await writeWhole((0,external_node_path_.join)(dir, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
        await writeWhole((0,external_node_path_.join)(dir, 'index.json'), {
            schemaVersion: 2,
            mediaType: images_layout/* mediaTypes */.Ib.index,
            manifests: descriptors,
        });
        await writeWhole((0,external_node_path_.join)(dir, memoFile), Object.fromEntries(layers));
    }
    finally {
        await (0,promises_.rm)(archive, { force: true });
    }
    const layout = await (0,images_layout/* readLayout */.T4)(dir);
    await removeOthers(layout);
    return layout;
}
/** A checkout may bring anything under the layout's name; what is old in the layout is deleted, so it must be a folder. */
async function refuseLinks(paths) {
    for (const path of paths) {
        const found = await (0,promises_.lstat)(path).catch(() => undefined);
        if (found === undefined || found.isDirectory())
            continue;
        throw new trouble/* Trouble */.q(`the layout's folder ${path}`, 'is there already, and is a link or a file.', 'Remove it from the repository, or choose another `layout`.');
    }
}
async function dockerSave(exec, archive, tags) {
    const args = ['save', '--output', archive, ...new Set(tags)];
    const { code, stderr } = await exec('docker', args, { env: buildEnvironment() });
    if (code === 0)
        return;
    throw new trouble/* Trouble */.q('docker save', stderr.trim() || `it ended with status ${code}.`, 'Is the disk of the runner full?');
}
/** Docker before 25 and since, with either image store, writes a manifest.json that names configs and layers. */
async function readManifest(archive, files) {
    const manifest = JSON.parse((await readEntry(archive, files, 'manifest.json')).toString('utf8'));
    return Promise.all(manifest.map(async ({ Config, RepoTags, Layers }) => {
        const config = await readEntry(archive, files, Config);
        const diffIds = JSON.parse(config.toString('utf8')).rootfs.diff_ids ??
            [];
        const paths = Layers ?? [];
        if (paths.length !== diffIds.length || !diffIds.every(images_layout/* isDigest */.Bc)) {
            throw new Error(`docker save wrote ${paths.length} layers for a config with ${diffIds.length}`);
        }
        const layers = paths.map((path, index) => ({ path, diffId: diffIds[index] }));
        return { tags: RepoTags ?? [], config, layers };
    }));
}
async function readEntry(archive, files, path) {
    const entry = files.get(path);
    if (entry === undefined)
        throw new Error(`docker save wrote no ${path}`);
    const handle = await (0,promises_.open)(archive);
    try {
        const content = Buffer.alloc(entry.size);
        await handle.read(content, 0, entry.size, entry.offset);
        return content;
    }
    finally {
        await handle.close();
    }
}
function findImage(saved, tag) {
    const image = saved.find(({ tags }) => tags.some((each) => each.replace(/^docker\.io\//, '') === tag));
    if (image === undefined)
        throw new Error(`docker save wrote no image tagged ${tag}`);
    return image;
}
/** Every layer once, compressed; what the layout already has is taken as it is. */
async function storeLayers(dir, archive, files, images) {
    const memo = await readMemo(dir);
    const wanted = new Map(images.flatMap(({ layers }) => layers.map(({ diffId, path }) => [diffId, path])));
    const stored = new Map();
    const queue = wanted.entries();
    const worker = async () => {
        for (const [diffId, path] of queue) {
            const known = memo.get(diffId);
            if (known !== undefined && (await isIntact(dir, known)))
                stored.set(diffId, known);
            else
                stored.set(diffId, await compressFrom(dir, archive, files.get(path), diffId));
        }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    return new Map([...stored].sort());
}
async function compressFrom(dir, archive, entry, diffId) {
    if (entry === undefined)
        throw new Error(`docker save wrote no layer ${diffId}`);
    const part = (0,external_node_path_.join)(dir, 'blobs', 'sha256', `${diffId.slice('sha256:'.length)}.part`);
    const layer = await compressLayer(archive, entry, part);
    if (layer.diffId !== diffId)
        throw new Error(`docker save wrote a layer ${layer.diffId} where ${diffId} belongs`);
    await (0,promises_.rename)(part, (0,images_layout/* blobPath */.nD)(dir, layer.digest));
    return { digest: layer.digest, size: layer.size, unpackedSize: layer.unpackedSize };
}
async function isIntact(dir, layer) {
    try {
        const found = await (0,images_layout/* hashFile */.DC)((0,images_layout/* blobPath */.nD)(dir, layer.digest));
        return found.digest === layer.digest && found.size === layer.size;
    }
    catch {
        return false;
    }
}
/** Uncompressed digest → blob, from the build before. A file that cannot be used is as good as none. */
async function readMemo(dir) {
    try {
        const memo = JSON.parse(await (0,promises_.readFile)((0,external_node_path_.join)(dir, memoFile), 'utf8'));
        const usable = Object.entries(memo).filter(([diffId, { digest, size, unpackedSize }]) => (0,images_layout/* isDigest */.Bc)(diffId) &&
            (0,images_layout/* isDigest */.Bc)(digest) &&
            Number.isSafeInteger(size) &&
            Number.isSafeInteger(unpackedSize));
        return new Map(usable);
    }
    catch {
        return new Map();
    }
}
async function storeImage({ dir, version }, service, image, stored) {
    const layers = image.layers.map(({ diffId }) => {
        const { digest, size, unpackedSize } = stored.get(diffId);
        return {
            mediaType: images_layout/* mediaTypes */.Ib.layer,
            digest,
            size,
            annotations: { [images_layout/* annotations */.hk.unpackedSize]: String(unpackedSize) },
        };
    });
    const config = await storeSmall(dir, images_layout/* mediaTypes */.Ib.config, image.config);
    const manifest = { schemaVersion: 2, mediaType: images_layout/* mediaTypes */.Ib.manifest, config, layers };
    const descriptor = await storeSmall(dir, images_layout/* mediaTypes */.Ib.manifest, Buffer.from(JSON.stringify(manifest)));
    return {
        ...descriptor,
        annotations: {
            [images_layout/* annotations */.hk.service]: service,
            [images_layout/* annotations */.hk.version]: version,
            [images_layout/* annotations */.hk.reference]: service,
        },
    };
}
async function storeSmall(dir, mediaType, content) {
    const digest = `sha256:${(0,external_node_crypto_.createHash)('sha256').update(content).digest('hex')}`;
    await (0,promises_.writeFile)((0,images_layout/* blobPath */.nD)(dir, digest), content);
    return { mediaType, digest, size: content.length };
}
async function writeWhole(path, content) {
    await (0,promises_.writeFile)(`${path}.part`, `${JSON.stringify(content, null, 2)}\n`);
    await (0,promises_.rename)(`${path}.part`, path);
}
/** Blobs of earlier builds, so that a folder that is kept does not grow for ever. */
async function removeOthers({ dir, blobs }) {
    const folder = (0,external_node_path_.join)(dir, 'blobs', 'sha256');
    for (const name of await (0,promises_.readdir)(folder)) {
        if (!Object.hasOwn(blobs, `sha256:${name}`))
            await (0,promises_.rm)((0,external_node_path_.join)(folder, name), { force: true });
    }
}

// EXTERNAL MODULE: ./src/runtimes/kinds.ts + 20 modules
var runtimes_kinds = __webpack_require__(5339);
;// CONCATENATED MODULE: ./src/stages/project.ts














/**
 * Reads kawasemi.yml for one environment.
 *
 * @param name how messages call the file
 * @throws {Trouble} when it is not there
 * @throws {ConfigError} when it is wrong
 */
async function readConfigFile(path, name, environment) {
    const text = await (0,promises_.readFile)(path, 'utf8').catch((error) => {
        throw new trouble/* Trouble */.q(name, error.code === 'ENOENT' ? 'is not in the checkout.' : `cannot be read (${error.code}).`, 'Check the repo out before this step (actions/checkout), or name the file with the input `config`.');
    });
    return (0,load/* loadConfig */.Z9)(text, name, environment);
}
/** systemd needs a compose file for accessories only. */
function usesCompose({ systemd, accessories }) {
    return !systemd || accessories.length > 0;
}
/** Reads the product's compose file. `configFile` lies at the root of the product's repo. */
async function readProject(exec, config, configFile, env) {
    const projectDir = (0,external_node_path_.dirname)((0,external_node_path_.resolve)(configFile));
    return {
        config,
        projectDir,
        env,
        exec,
        compose: usesCompose(config)
            ? await resolveCompose(exec, { file: config.compose.file, projectDir, env })
            : { model: { name: '', services: {} }, dotenv: undefined, unset: [] },
    };
}
/**
 * The files of a release that runs from them; nothing where images hold it all.
 *
 * @throws {Trouble} naming what cannot be shipped.
 */
async function readReleaseFiles({ config, projectDir }) {
    if (!config.systemd)
        return undefined;
    const ignored = await (0,promises_.readFile)((0,external_node_path_.join)(projectDir, ignoreFile), 'utf8').catch(() => '');
    return readFiles(projectDir, ignored);
}
/**
 * What the release consists of besides its images. It needs no host, so what cannot run in two slots is refused before
 * anything is built.
 */
function planFiles({ config, projectDir, env, compose }, release) {
    const plan = (0,runtimes_kinds/* runtimeOf */.G)(config).plan({ config, release, env, projectDir, compose });
    const { database } = config;
    const connection = database ? kinds/* databaseKinds */.X[database.kind].files(database, env) : [];
    return { ...plan, files: [...plan.files, ...connection] };
}
/**
 * Builds what the config's services build, lays it down as an OCI layout, and pushes it where there is a registry.
 * Nothing where no service has a build.
 */
async function build(project, request) {
    const { config, exec, projectDir, env, compose } = project;
    if (config.systemd)
        return undefined;
    const services = Object.fromEntries(Object.entries(compose.model.services).filter(([name]) => name in config.services));
    if (!Object.values(services).some((service) => service.build !== undefined))
        return undefined;
    const { identity, registry, platform, dir, onLine } = request;
    const layOut = async (login) => {
        const tags = await buildImages(exec, {
            app: config.app,
            release: identity.id,
            version: identity.version,
            revision: identity.commit,
            model: { ...compose.model, services },
            projectDir,
            secrets: request.secrets,
            secretFiles: request.secretFiles,
            env,
            ...(platform !== undefined && { platform }),
            ...(login?.registry.cache && { cache: { at: login.registry.at, env: login.env, warn: request.warn } }),
            onLine,
        });
        return saveLayout(exec, { dir, version: identity.version, tags });
    };
    if (!registry)
        return layOut();
    return withLogin(exec, registry, async (login) => {
        const layout = await layOut(login);
        for (const image of await pushImages(exec, login, layout))
            onLine(`pushed ${image}`);
        return layout;
    });
}
/** The layout a build step left, with the digests that step gave out. @throws {Trouble} where the two differ. */
async function readBuilt(dir, digests) {
    const layout = await (0,images_layout/* readLayout */.T4)(dir);
    for (const [service, digest] of Object.entries(digests ?? {})) {
        const found = layout.images[service]?.manifestDigest;
        if (found === digest)
            continue;
        throw unlikeBuilt(`says ${digest} for ${service}, but the layout in ${dir} holds ${found ?? 'nothing'} for it.`);
    }
    const extra = Object.keys(layout.images).find((service) => digests && !Object.hasOwn(digests, service));
    if (extra)
        throw unlikeBuilt(`names no image of ${extra}, but the layout in ${dir} holds one.`);
    return layout;
}
/**
 * For a release of which these images are on the host, or were built now: nothing but what was tested is deployed.
 *
 * @throws {Trouble} where they are not what the digests name.
 */
function refuseOtherImages(images, digests) {
    if (!digests)
        return;
    for (const service of new Set([...Object.keys(images), ...Object.keys(digests)])) {
        const found = images[service]?.manifest;
        if (found === digests[service])
            continue;
        throw unlikeBuilt(`says ${digests[service] ?? 'nothing'} for ${service}, but this run's release has ${found ?? 'no image'} for it.`);
    }
}
function unlikeBuilt(cause) {
    return new trouble/* Trouble */.q('Input digests', cause, 'Hand over the layout and the digests of the same build.');
}
function imagesOf(layout) {
    return Object.fromEntries(Object.entries(layout?.images ?? {}).map(([service, { manifestDigest, configDigest }]) => [
        service,
        { manifest: manifestDigest, config: configDigest },
    ]));
}
/** A hash of the files a release runs with; of those that may hold secrets only that they are there. */
function configHash({ files }, manifest) {
    const hash = (0,external_node_crypto_.createHash)('sha256').update(manifest?.hash ?? '');
    for (const { path, content, mode } of files) {
        hash.update(`${path}\0${mode}\0`);
        if (mode !== 0o600 || path.startsWith('compose.'))
            hash.update(content);
        hash.update('\0');
    }
    return hash.digest('hex').slice(0, 16);
}
/** Service → the digest of its manifest, as the actions hand it on. */
function digestsOf(images) {
    return JSON.stringify(Object.fromEntries(Object.entries(images).map(([service, { manifest }]) => [service, manifest])));
}
/** A folder of the runner for a build that nobody asked to keep. */
function temporaryLayout() {
    const dir = (0,external_node_path_.join)(process.env.RUNNER_TEMP ?? '/tmp', 'kawasemi-layout');
    return { dir, remove: () => (0,promises_.rm)(dir, { recursive: true, force: true }) };
}


/***/ }),

/***/ 6543:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   PX: () => (/* binding */ accessories),
/* harmony export */   ni: () => (/* binding */ start),
/* harmony export */   s7: () => (/* binding */ slotLibrary)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _host_program__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(630);
/* harmony import */ var _release_ledger__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6196);
/* harmony import */ var _deploy__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2636);





const slotLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "slot.sh", 'utf8');
/** How long accessories may take to be ready, in ms. */
const accessoriesTimeout = 2 * 60 * 1000;
/** The calls that bring up what is never switched; nothing where the app has none. */
function accessories({ config, runtime }, release) {
    if (config.accessories.length === 0)
        return [];
    return [
        (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('begin', 'accessories'),
        ...runtime.accessoriesUp(release.slot, accessoriesTimeout),
        (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('end'),
    ];
}
/** Starts the release's web services in its slot. Workers wait for the switch. */
async function start(deploy, release) {
    const { config, runtime } = deploy;
    await (0,_deploy__WEBPACK_IMPORTED_MODULE_2__/* .onHosts */ .Dc)(deploy, (host) => {
        const placed = (0,_deploy__WEBPACK_IMPORTED_MODULE_2__.on)(host, release);
        return (0,_deploy__WEBPACK_IMPORTED_MODULE_2__/* .runStage */ .Si)(host, {
            stage: 'start',
            libraries: [runtime.library, slotLibrary],
            calls: [
                (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('refuse_live', placed.slot),
                (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('slot_holds', placed.slot, placed.id),
                ...accessories(deploy, placed),
                (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('begin', 'services'),
                ...runtime.checkImages(config.app, placed),
                ...runtime.start(placed.slot),
                (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_4__/* .eventFields */ .e)('started', placed.id, { slot: placed.slot })),
                (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('end'),
            ],
        }, 'See the lines above; the live slot was not touched. Mend it and deploy again.');
    });
}


/***/ }),

/***/ 8482:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   z: () => (/* binding */ takeBack)
/* harmony export */ });
/* harmony import */ var _host_program__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(630);
/* harmony import */ var _release_ledger__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(6196);
/* harmony import */ var _deploy__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2636);
/* harmony import */ var _live__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(133);
/* harmony import */ var _start__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6543);





/**
 * Puts the old slot back on every host where the release takes traffic. What was tried stays in its slot, stopped, for
 * whoever wants to look.
 *
 * Never throws: a host that cannot be taken back is a warning, since the others have to be; the next run brings it to
 * where they are.
 *
 * @returns whether on one of them the release took no traffic any more: somebody else was faster.
 */
async function takeBack(deploy, undos, verdict, why) {
    const keepsFirst = mayKeepFirst(deploy, undos, verdict);
    const ends = await Promise.allSettled(undos.map(async (undo) => {
        const { host, release, from } = undo;
        const { live, releases } = await host.refresh();
        let faster = live === undefined || releases[live] !== release.id;
        if (!faster && (from || !keepsFirst))
            faster = !(await takeBackHost(deploy, undo, verdict, why));
        else if (faster && verdict === 'taken-back')
            await putDown(deploy, undo, why);
        await host.refresh();
        return faster;
    }));
    const lost = new Set();
    for (const [at, end] of ends.entries()) {
        if (end.status === 'fulfilled')
            continue;
        const { host, release } = undos[at];
        lost.add(host);
        deploy.reporter.warning(`${host.name} could not be taken back, so it may still serve ${release.id}: ${end.reason.message} The next deploy or rollback brings the hosts together.`);
    }
    (0,_live__WEBPACK_IMPORTED_MODULE_1__/* .reportLive */ .j7)(deploy, lost);
    return ends.some((end) => end.status === 'fulfilled' && end.value);
}
/** Where nothing was there before, something bad is better than nothing; but not on some hosts only. */
function mayKeepFirst({ hosts }, undos, verdict) {
    return (hosts.length === 1 || verdict === 'bake-failed') && undos.every(({ from }) => !from);
}
/** @returns whether it was still to be done */
async function takeBackHost({ runtime }, { host, release, from }, verdict, why) {
    const undone = (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_4__/* .eventFields */ .e)(verdict, release.id, { slot: release.slot, why }));
    const { facts } = await (0,_deploy__WEBPACK_IMPORTED_MODULE_0__/* .runStage */ .Si)(host, {
        stage: 'take-back',
        libraries: [runtime.library, _start__WEBPACK_IMPORTED_MODULE_2__/* .slotLibrary */ .s7],
        calls: [
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('still_live', release.slot, release.id),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('begin', 'switch back'),
            ...(from
                ? [
                    (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('switch_live', from.slot, from.release),
                    undone,
                    (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_4__/* .eventFields */ .e)('switched-back', from.release, { slot: from.slot, from: release.id })),
                ]
                : [(0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('take_off'), undone]),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('end'),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('fact', 'taken-back', 'true'),
            ...runtime.logs(release.slot, 60),
            ...runtime.stop(release.slot),
            ...(from ? runtime.startWorkers(from.slot) : []),
        ],
    }, 'Run the rollback action, or switch back by hand as docs/by-hand.md says.');
    return facts.has('taken-back');
}
/** A host that did not get as far as the switch: what waited for it there stops, or a reboot would bring it up. */
async function putDown({ runtime }, { host, release }, why) {
    if (host.facts.releases[release.slot] !== release.id)
        return;
    await (0,_deploy__WEBPACK_IMPORTED_MODULE_0__/* .runStage */ .Si)(host, {
        stage: 'put-down',
        libraries: [runtime.library],
        calls: [
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('begin', 'stop'),
            ...runtime.stop(release.slot),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_4__/* .eventFields */ .e)('taken-back', release.id, { slot: release.slot, why })),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_3__/* .call */ .T1)('end'),
        ],
    }, 'The live slot was not touched. The next deploy stops what is left there.');
}


/***/ })

};
;