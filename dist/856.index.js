"use strict";
exports.id = 856;
exports.ids = [856];
exports.modules = {

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

/***/ 319:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  RR: () => (/* binding */ backup),
  zJ: () => (/* binding */ databaseOf),
  Q$: () => (/* binding */ dumpCalls),
  _r: () => (/* binding */ migrate),
  bv: () => (/* binding */ readyCalls)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/databases/database.ts
var databases_database = __webpack_require__(6301);
// EXTERNAL MODULE: ./src/databases/kinds.ts + 4 modules
var kinds = __webpack_require__(1232);
// EXTERNAL MODULE: ./src/host/libraries.ts
var libraries = __webpack_require__(6961);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/host/quote.ts
var quote = __webpack_require__(282);
;// CONCATENATED MODULE: ./src/databases/restore.ts






const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "database-restore.sh", 'utf8');
const readySeconds = 10;
/** Beside the dump: what a person on the host runs to put it back. */
function restoreFile(dump, { extension }) {
    return `${dump.slice(0, -extension.length)}restore`;
}
function restoreCommand(dump, kind) {
    return `sh ${(0,quote/* quote */.h)(restoreFile(dump, kind))}`;
}
/**
 * The script in that file. It needs nothing of ours but what lies on the host, and holds no secret.
 *
 * @param when for people, as in `before v2.0-7`
 */
function restoreScript(kind, database, place, dump, runtimeLibrary, when = `before ${place.release}`) {
    const head = [
        `# Puts the database of ${place.app} back as it was ${when}, from the dump beside this file.`,
        '# Everything written since is lost. Run it with sh; nothing is asked.',
    ];
    return (0,program/* renderScript */.y9)([...head, libraries/* prelude */.ez, runtimeLibrary, databases_database/* databaseLibrary */.f_, library], [
        (0,program/* call */.T1)('restore_begin', place.base, place.app),
        (0,databases_database/* databaseAt */.Tp)(kind, database, place),
        (0,databases_database/* databaseReady */.rk)(readySeconds),
        (0,program/* call */.T1)('database_restore', dump, place.release),
    ]);
}

// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/host/session.ts + 3 modules
var session = __webpack_require__(1786);
// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
;// CONCATENATED MODULE: ./src/stages/migrate.ts














const migrate_library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "migrate.sh", 'utf8');
/** Seconds a database gets to take connections, right after its server was started. */
const startSeconds = 60;
function databaseOf({ config }, release) {
    const { app, base, database, migrations } = config;
    if (!database)
        return undefined;
    const place = { app, base, release: release.id };
    return {
        database,
        kind: kinds/* databaseKinds */.X[database.kind],
        // A file in a volume is read by the image that knows it.
        place: migrations ? { ...place, image: (0,names/* imageTag */.I_)(app, migrations.service, release.id) } : place,
    };
}
/** @param seconds it has to take connections. */
function readyCalls({ database, kind, place }, seconds) {
    return [(0,program/* call */.T1)('begin', 'database'), (0,databases_database/* databaseAt */.Tp)(kind, database, place), (0,databases_database/* databaseReady */.rk)(seconds), (0,program/* call */.T1)('end')];
}
/** The accessories are started, the database is dumped and the dump read back. Nothing of the app is touched. */
async function backup(deploy, release) {
    const { config, runtime } = deploy;
    const host = deploy.hosts[0];
    const found = databaseOf(deploy, release);
    const wanted = config.backup === 'on' ? found : undefined;
    // The token keeps a second backup of the same release from replacing the first.
    const file = `${host.base}/backups/${release.id}.${host.token}.${found?.kind.extension}`;
    const outcome = await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'backup',
        libraries: [runtime.library, databases_database/* databaseLibrary */.f_, migrate_library],
        calls: [
            ...(0,start/* accessories */.PX)(deploy, release),
            ...(found ? [...readyCalls(found, startSeconds), (0,databases_database/* databaseRoom */.BP)()] : []),
            ...(wanted
                ? dumpCalls(wanted, file, runtime.library)
                : [(0,program/* call */.T1)('ledger', (0,ledger/* eventFields */.e)('backup-off', release.id))]),
        ],
    }, 'Without a checked backup no migration runs. Mend the database or its disk, then run this again.');
    if (!wanted)
        return undefined;
    deploy.report.backup = file;
    return { file, bytes: (0,fact/* countOf */.pq)((0,fact/* fieldsOf */.Pf)(outcome.facts.get('backup')).bytes) ?? 0 };
}
/** @param when what the restore script says of the dump, where it is not the one before the release */
function dumpCalls({ database, kind, place }, file, runtimeLibrary, when) {
    const script = restoreScript(kind, database, place, file, runtimeLibrary, when);
    return [
        (0,program/* call */.T1)('begin', 'dump'),
        (0,databases_database/* databaseDump */.EY)(file),
        (0,program/* call */.T1)('end'),
        (0,program/* call */.T1)('begin', 'check'),
        // Before the ledger says that there is a backup, there is a way back to it.
        (0,program/* call */.T1)('put', restoreFile(file, kind), '0600', script),
        (0,databases_database/* databaseCheck */.IL)(file, place.release),
        (0,program/* call */.T1)('end'),
    ];
}
/** Runs the migration command once, in the new release's image. Traffic is not touched, however it ends. */
async function migrate(deploy, release) {
    const { config, runtime, reporter } = deploy;
    const host = deploy.hosts[0];
    const { migrations } = config;
    if (!migrations)
        return { changed: false };
    const { history } = await host.refresh();
    requireBackup(deploy, release);
    const halfDone = (0,release_history/* interruptedMigration */.J7)(history);
    if (halfDone)
        reporter.warning(`The migration of ${halfDone} was cut off before it ended; the schema may be half changed. The command runs again now.`);
    const found = databaseOf(deploy, release);
    const [oneOff] = runtime.oneOff(release.slot, {
        service: migrations.service,
        name: 'migrate',
        command: migrations.command,
        timeout: migrations.timeout,
        env: found ? found.kind.lockTimeout(migrations.lockTimeout) : {},
    });
    try {
        const outcome = await host.run({
            stage: 'migrate',
            libraries: [runtime.library, databases_database/* databaseLibrary */.f_, migrate_library],
            calls: [
                ...(found ? readyCalls(found, startSeconds) : []),
                (0,program/* call */.T1)('begin', 'migrate'),
                (0,program/* call */.T1)('migration', release.id, found?.kind.title ?? '', oneOff.name, ...oneOff.args),
                (0,program/* call */.T1)('end'),
            ],
        });
        return { changed: outcome.facts.get('schema-changed') === true };
    }
    catch (error) {
        throw error instanceof session/* HostFailure */.hD ? explainMigration(deploy, release, error) : error;
    }
}
/** No migration before a checked backup is in the ledger, unless there is no database or the config says so. */
function requireBackup({ config, hosts }, release) {
    if (!config.database || config.backup === 'off')
        return;
    if ((0,release_history/* backupOf */.GH)(hosts[0].facts.history, release.id))
        return;
    throw new trouble/* Trouble */.q(hosts[0].name, `the ledger knows no checked backup for ${release.id}.`, 'Run run-migrations: it makes the backup first.');
}
/** Failures after which the command has run, at least in part. */
const migrationEnds = new Set(['migration', 'timeout', 'once-failed']);
function explainMigration(deploy, release, failure) {
    if (!migrationEnds.has(failure.code))
        return (0,stages_deploy/* explain */.WE)(failure, 'See the lines above.');
    const { config, hosts } = deploy;
    const changed = failure.outcome.facts.get('schema-changed') !== false;
    const kind = config.database && kinds/* databaseKinds */.X[config.database.kind];
    const made = (0,release_history/* backupOf */.GH)(hosts[0].facts.history, release.id);
    const restore = kind && made && (changed || !kind.transactional)
        ? ` To put the database back as it was before (what was written since is lost), on ${failure.host}: ${restoreCommand(made.file, kind)}`
        : '';
    return new trouble/* Trouble */.q(`Migration of ${release.version}`, `\`${config.migrations?.command.join(' ')}\` ${failure.message}. Traffic was not touched.${kind ? stateOf(kind, changed) : ''}`, `Mend the migration and deploy again.${restore}`, failure.outcome.printed);
}
/** What became of the schema, as far as it can be known. */
function stateOf({ transactional, title }, changed) {
    if (changed) {
        const why = transactional ? '' : `: ${title} does not take a schema change back when a later one fails`;
        return ` The schema was changed in part and stays so${why}.`;
    }
    return transactional
        ? ' The schema is as it was: the database took the change back.'
        : ' The schema is as it was; rows that the migration changed before it failed may have stayed changed.';
}


/***/ }),

/***/ 5252:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   S5: () => (/* binding */ retire),
/* harmony export */   eq: () => (/* binding */ pruneCalls),
/* harmony export */   ml: () => (/* binding */ pruneLibrary)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _host_program__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(630);
/* harmony import */ var _release_history__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5205);
/* harmony import */ var _release_ledger__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6196);
/* harmony import */ var _deploy__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2636);






const pruneLibrary = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(__webpack_require__.ab + "retire.sh", 'utf8');
const keptRuns = 40;
/**
 * Ends a deploy: the old release stays warm or stops, and what nobody can want back is removed. The deploy is over
 * whatever happens here, so trouble is a warning.
 */
async function retire(deploy, switches) {
    await Promise.all(switches.map(async (each) => {
        try {
            await retireOn(deploy, each);
        }
        catch (error) {
            const why = error instanceof Error ? error.message : error;
            deploy.reporter.warning(`${each.host.name}: the deploy is complete, but tidying up failed: ${why}`);
        }
    }));
}
async function retireOn({ config, runtime }, { host, release, from }) {
    const { history, releases } = await host.refresh();
    const keep = (0,_release_history__WEBPACK_IMPORTED_MODULE_2__/* .releasesToKeep */ .lN)(history, [releases.blue, releases.green, release.id], config.retire.keep);
    await (0,_deploy__WEBPACK_IMPORTED_MODULE_3__/* .runStage */ .Si)(host, {
        stage: 'retire',
        libraries: [runtime.library, pruneLibrary],
        calls: [
            (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_5__/* .eventFields */ .e)('finished', release.id)),
            ...(from && config.retire.previous === 'stopped'
                ? [(0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('begin', 'stop old'), ...runtime.stop(from.slot), (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('end')]
                : []),
            ...pruneCalls(runtime, keep),
        ],
    }, 'Nothing has to be done; the next deploy tries again.');
}
/** @param keep ids of the releases that stay */
function pruneCalls(runtime, keep) {
    return [
        (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('begin', 'prune'),
        (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('prune_releases', ...keep),
        (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('prune_runs', String(keptRuns)),
        ...runtime.tidy(),
        (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T1)('end'),
    ];
}


/***/ }),

/***/ 9790:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   MX: () => (/* binding */ verify),
/* harmony export */   RB: () => (/* binding */ unmetByProxy),
/* harmony export */   ty: () => (/* binding */ siteFix)
/* harmony export */ });
/* harmony import */ var _probes_answer__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9137);
/* harmony import */ var _probes_http__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9879);
/* harmony import */ var _probes_poll__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5710);
/* harmony import */ var _proxies_proxy__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4348);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2386);





/** The proxy looks at the link on every request, so the first answer should be right; the rest is for a busy host. */
const plan = { deadline: 5_000, interval: 200, successes: 1 };
/** Asks through the host's proxy which release answers. @throws {Trouble} when it is not this one. */
async function verify({ config }, host, release) {
    const unmet = await unmetByProxy(config, host, release);
    if (unmet === undefined)
        return;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(`The proxy on ${host.name}`, `does not answer with ${release.id} after the switch: ${unmet}. The switch was taken back.`, siteFix);
}
/** What to do where the proxy does not follow the live link. */
const siteFix = "Run setup-host again: the site file must be the one it writes, and the web server must be able to enter the app's folder.";
/** What the host's proxy answers instead of the release; undefined where it is the release, or there is no proxy. */
async function unmetByProxy({ proxy }, host, release) {
    if (!proxy)
        return undefined;
    const outcome = await (0,_probes_poll__WEBPACK_IMPORTED_MODULE_0__/* .pollUntil */ .g)(async (left) => {
        const answer = await (0,_probes_http__WEBPACK_IMPORTED_MODULE_2__/* .probe */ .d)({ host: proxy.domains[0], path: _proxies_proxy__WEBPACK_IMPORTED_MODULE_3__/* .releasePath */ .bD, timeout: left }, () => host.dial(proxy.listen));
        return {
            answer,
            unmet: answer.kind === 'answered' && names(answer.body, release) ? undefined : (0,_probes_answer__WEBPACK_IMPORTED_MODULE_4__/* .describeAnswer */ .O1)(answer),
        };
    }, plan);
    return outcome.healthy ? undefined : (outcome.lastAnswers.at(-1)?.unmet ?? 'no answer');
}
function names(body, release) {
    try {
        return JSON.parse(body)?.release === release.id;
    }
    catch {
        return false;
    }
}


/***/ })

};
;