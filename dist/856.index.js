"use strict";
exports.id = 223;
exports.ids = [223];
exports.modules = {

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

/***/ 8868:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  zr: () => (/* binding */ backupAndMigrate),
  $g: () => (/* binding */ isFinished),
  DG: () => (/* binding */ isLive),
  bQ: () => (/* binding */ startAndGate),
  v3: () => (/* binding */ switchAndFinish)
});

// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/host/session.ts + 2 modules
var session = __webpack_require__(1219);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/gate.ts
var gate = __webpack_require__(1152);
// EXTERNAL MODULE: ./src/stages/take-back.ts
var take_back = __webpack_require__(8482);
;// CONCATENATED MODULE: ./src/stages/bake.ts





/**
 * Follows the watchers of all hosts, and probes from outside meanwhile. Whichever finds the release bad first, every
 * host goes back. A host that is only lost from sight is left to its own watcher.
 *
 * @throws {Trouble} when the release was taken back.
 */
async function bake(deploy, release, switches) {
    const probes = (0,gate/* watchProbes */.N7)(deploy, release);
    try {
        const watched = followAll(deploy, switches);
        watched.catch(() => undefined);
        const verdict = await Promise.race([watched, probes.trouble.then((why) => ({ why, log: [] }))]);
        if (verdict === undefined)
            return;
        probes.stop();
        await (0,take_back/* takeBack */.z)(deploy, switches, 'bake-failed', verdict.why);
        throw bakeTrouble(release, verdict, switches[0].from);
    }
    finally {
        probes.stop();
    }
}
/** The first verdict against the release, or nothing when all watchers ended well. */
function followAll(deploy, switches) {
    return new Promise((resolve, reject) => {
        const watches = switches.map(async (each) => {
            const verdict = await follow(deploy, each);
            if (verdict)
                resolve(verdict);
        });
        Promise.all(watches).then(() => resolve(undefined), reject);
    });
}
async function follow(deploy, { host, watcher }) {
    if (watcher === undefined)
        return undefined;
    try {
        await host.followAgain(watcher);
        return undefined;
    }
    catch (error) {
        if (!(error instanceof session/* HostFailure */.h))
            throw error;
        if (error.code !== 'bake')
            throw (0,stages_deploy/* explain */.WE)(error, 'See the log.');
        const where = deploy.hosts.length > 1 ? `on ${host.name} ` : '';
        return { why: `${where}${error.message}`, log: error.outcome.printed };
    }
}
function bakeTrouble(release, { why, log }, from) {
    return new trouble/* Trouble */.q(`Bake of ${release.version}`, `${why}. ${from ? `Traffic is back on ${from.release}.` : 'There was no earlier release to go back to, so it stays live.'}`, 'Mend the app and deploy again; the limits are `bake` in kawasemi.yml.', log);
}

// EXTERNAL MODULE: ./src/stages/drain.ts
var drain = __webpack_require__(8749);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
;// CONCATENATED MODULE: ./src/stages/hooks.ts


/**
 * Runs the commands of one moment in their order, on every host, in one program.
 *
 * @throws {Trouble} at the first one that fails.
 */
async function runHooks(deploy, release, moment, hooks) {
    if (hooks.length === 0)
        return;
    const { runtime } = deploy;
    await (0,stages_deploy/* onHosts */.Dc)(deploy, (host) => {
        const { slot } = (0,stages_deploy.on)(host, release);
        return (0,stages_deploy/* runStage */.Si)(host, {
            stage: moment,
            libraries: [runtime.library],
            calls: hooks.flatMap(({ service, command, timeout }, index) => [
                (0,program/* call */.T)('begin', `${moment} ${index + 1}`),
                ...runtime.oneOff(slot, { service, name: `${moment}-${index + 1}`, command, timeout, env: {} }),
                (0,program/* call */.T)('end'),
            ]),
        }, `Mend the command under \`hooks.${moment}\` in kawasemi.yml, or what it found.`);
    });
}
/** For moments after which nothing can be held back any more. */
async function tryHooks(deploy, release, moment, hooks) {
    try {
        await runHooks(deploy, release, moment, hooks);
    }
    catch (error) {
        deploy.reporter.warning(`A command of hooks.${moment} failed: ${error instanceof Error ? error.message : error}`);
    }
}
/** Runs the commands for a failure when the work fails, then lets it fail. */
async function withFailureHooks(deploy, release, work) {
    try {
        return await work();
    }
    catch (error) {
        if (!deploy.signal.aborted)
            await tryHooks(deploy, release, 'on-failure', deploy.config.hooks.onFailure);
        throw error;
    }
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./src/probes/answer.ts
var probes_answer = __webpack_require__(9137);
// EXTERNAL MODULE: ./src/probes/http.ts
var http = __webpack_require__(9879);
// EXTERNAL MODULE: ./src/probes/poll.ts
var poll = __webpack_require__(5710);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
;// CONCATENATED MODULE: ./src/stages/look.ts








/** One is enough; the rest is for a busy host. Milliseconds. */
const plan = { deadline: 5_000, interval: 200, successes: 1 };
/** Every worker of a web server has a cache of its own. */
const looks = 8;
/**
 * Before anything is started: whether a site file that is not ours follows the live link, so that the switch does not
 * have to find out. For the first release it has to answer 503, since nothing is live.
 *
 * @throws {Trouble} when its lines are missing or wrong, when it caches, or when the web server cannot enter the app's
 *   folder.
 */
async function requireSite(deploy) {
    const { proxy } = deploy.config;
    if (!proxy?.ownSite)
        return;
    await (0,stages_deploy/* onHosts */.Dc)(deploy, async (host) => {
        const { live, releases } = host.facts;
        const id = live && releases[live];
        const ask = (left) => (0,http/* probe */.d)({ host: proxy.domains[0], path: proxies_proxy/* releasePath */.bD, timeout: left }, () => host.dial(proxy.listen));
        await requireAnswer(host, proxy, id, ask);
        if (id !== undefined)
            await requireFresh(host, id, ask);
    });
}
async function requireAnswer(host, proxy, id, ask) {
    const outcome = await (0,poll/* pollUntil */.g)(async (left) => {
        const answer = await ask(left);
        return { answer, unmet: complaint(answer, id, proxy) };
    }, plan);
    if (!outcome.healthy)
        throw siteTrouble(host, outcome.lastAnswers.at(-1)?.unmet ?? 'does not answer');
}
function complaint(answer, id, { listen }) {
    const said = (0,probes_answer/* describeAnswer */.O1)(answer);
    if (answer.kind === 'unanswered')
        return `does not answer on port ${listen}: ${said}`;
    const release = releaseIn(answer);
    if (release !== undefined && release === id)
        return undefined;
    if (id === undefined)
        return answer.status === 503
            ? undefined
            : `does not look for what is live (${said}), where it has to answer 503`;
    if (answer.status === 503)
        return `answers 503 though ${id} is live: the web server's user cannot enter the app's folder, or the lines name another one`;
    if (release !== undefined)
        return `takes ${release} for live, though ${id} is`;
    return `does not have the lines that tell which release is live (${said})`;
}
/** The file is replaced by one with a new word in it: whoever still answers with the old one has it in a cache. */
async function requireFresh(host, id, ask) {
    const word = (0,external_node_crypto_.randomBytes)(6).toString('hex');
    for (let at = 0; at < looks; at++)
        await ask(plan.deadline);
    await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'look',
        libraries: [],
        calls: [
            (0,program/* call */.T)('put', `${host.base}/releases/${id}/public.json`, '0644', `${JSON.stringify({ release: id, looked: word })}\n`),
        ],
    }, 'Nothing was started. Run this again.');
    for (let at = 0; at < looks; at++) {
        const answer = await ask(plan.deadline);
        if (answer.kind === 'unanswered' || answer.body.includes(word))
            continue;
        throw siteTrouble(host, 'answers from a cache: a switch would come late, or never (nginx: open_file_cache)');
    }
}
function releaseIn(answer) {
    if (answer.kind === 'unanswered')
        return undefined;
    try {
        const { release } = JSON.parse(answer.body);
        return typeof release === 'string' ? release : undefined;
    }
    catch {
        return undefined;
    }
}
function siteTrouble({ name }, cause) {
    return new trouble/* Trouble */.q(`Your site on ${name}`, `${cause}. Nothing was started; traffic was not touched.`, 'Run setup-host again: it prints the lines that the site needs.');
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/databases/database.ts
var databases_database = __webpack_require__(6301);
// EXTERNAL MODULE: ./src/databases/kinds.ts + 5 modules
var kinds = __webpack_require__(394);
// EXTERNAL MODULE: ./src/host/libraries.ts
var libraries = __webpack_require__(6961);
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
/** The script in that file. It needs nothing of ours but what lies on the host, and holds no secret. */
function restoreScript(kind, database, place, dump, runtimeLibrary) {
    const head = [
        `# Puts the database of ${place.app} back as it was before ${place.release}, from the dump beside this file.`,
        '# Everything written since is lost. Run it with sh; nothing is asked.',
    ];
    return (0,program/* renderProgram */.N)([...head, libraries/* prelude */.ez, runtimeLibrary, databases_database/* databaseLibrary */.f_, library], [
        (0,program/* call */.T)('restore_begin', place.base, place.app),
        (0,databases_database/* databaseAt */.Tp)(kind, database, place),
        (0,databases_database/* databaseReady */.rk)(readySeconds),
        (0,program/* call */.T)('database_restore', dump, place.release),
    ]);
}

// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
;// CONCATENATED MODULE: ./src/stages/migrate.ts













const migrate_library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "migrate.sh", 'utf8');
/** Seconds a database gets to take connections, right after its server was started. */
const migrate_readySeconds = 60;
function databaseOf({ config }, release) {
    const { app, base, database, migrations } = config;
    if (!database)
        return undefined;
    const place = { app, base, release: release.id };
    return {
        database,
        kind: kinds/* databaseKinds */.X[database.kind],
        // A file in a volume is read by the image that knows it.
        place: migrations ? { ...place, image: (0,names/* imageTag */.I)(app, migrations.service, release.id) } : place,
    };
}
function readyCalls({ database, kind, place }) {
    return [
        (0,program/* call */.T)('begin', 'database'),
        (0,databases_database/* databaseAt */.Tp)(kind, database, place),
        (0,databases_database/* databaseReady */.rk)(migrate_readySeconds),
        (0,program/* call */.T)('end'),
    ];
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
            ...(found ? [...readyCalls(found), (0,databases_database/* databaseRoom */.BP)()] : []),
            ...(wanted
                ? dumpCalls(wanted, file, runtime.library)
                : [(0,program/* call */.T)('ledger', (0,ledger/* eventFields */.e)('backup-off', release.id))]),
        ],
    }, 'Without a checked backup no migration runs. Mend the database or its disk, then run this again.');
    if (!wanted)
        return undefined;
    const made = outcome.facts.get('backup');
    deploy.report.backup = file;
    return { file, bytes: Number(made?.bytes) || 0 };
}
function dumpCalls({ database, kind, place }, file, runtimeLibrary) {
    const script = restoreScript(kind, database, place, file, runtimeLibrary);
    return [
        (0,program/* call */.T)('begin', 'dump'),
        (0,databases_database/* databaseDump */.EY)(file),
        (0,program/* call */.T)('end'),
        (0,program/* call */.T)('begin', 'check'),
        // Before the ledger says that there is a backup, there is a way back to it.
        (0,program/* call */.T)('put', restoreFile(file, kind), '0600', script),
        (0,databases_database/* databaseCheck */.IL)(file, place.release),
        (0,program/* call */.T)('end'),
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
                ...(found ? readyCalls(found) : []),
                (0,program/* call */.T)('begin', 'migrate'),
                (0,program/* call */.T)('migration', release.id, found?.kind.title ?? '', oneOff.name, ...oneOff.args),
                (0,program/* call */.T)('end'),
            ],
        });
        return { changed: outcome.facts.get('schema-changed') === true };
    }
    catch (error) {
        throw error instanceof session/* HostFailure */.h ? explainMigration(deploy, release, error) : error;
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

;// CONCATENATED MODULE: ./src/stages/retire.ts






const retire_library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "retire.sh", 'utf8');
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
    const keep = (0,release_history/* releasesToKeep */.lN)(history, [releases.blue, releases.green, release.id], config.retire.keep);
    await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'retire',
        libraries: [runtime.library, retire_library],
        calls: [
            (0,program/* call */.T)('ledger', (0,ledger/* eventFields */.e)('finished', release.id)),
            ...(from && config.retire.previous === 'stopped'
                ? [(0,program/* call */.T)('begin', 'stop old'), ...runtime.stop(from.slot), (0,program/* call */.T)('end')]
                : []),
            (0,program/* call */.T)('begin', 'prune'),
            (0,program/* call */.T)('prune_releases', ...keep),
            (0,program/* call */.T)('prune_runs', String(keptRuns)),
            ...runtime.tidy(),
            (0,program/* call */.T)('end'),
        ],
    }, 'Nothing has to be done; the next deploy tries again.');
}

// EXTERNAL MODULE: ./src/stages/switch.ts + 2 modules
var stages_switch = __webpack_require__(4410);
;// CONCATENATED MODULE: ./src/stages/chain.ts











/** Backup and migration, each left out when the ledger says that it was done for this very release. */
function backupAndMigrate(deploy, release) {
    return withFailureHooks(deploy, release, () => migrateOnce(deploy, release));
}
async function migrateOnce(deploy, release) {
    const { config, hosts } = deploy;
    await runHooks(deploy, release, 'after-ship', config.hooks.afterShip);
    if (!config.migrations) {
        (0,stages_deploy/* skip */.iv)(deploy, 'backup', 'no migrations in kawasemi.yml');
        (0,stages_deploy/* skip */.iv)(deploy, 'migrate', 'no migrations in kawasemi.yml');
        return { backup: '', ran: false };
    }
    const { history } = hosts[0].facts;
    // A second backup could be one of a half migrated database: the first one is the one to keep.
    const made = (0,release_history/* backupOf */.GH)(history, release.id);
    if (made && (0,release_history/* hasHappened */.eZ)(history, release.id, 'backed-up'))
        (0,stages_deploy/* skip */.iv)(deploy, 'backup', 'made by an earlier attempt');
    else
        await (0,stages_deploy/* stage */.dw)(deploy, 'backup', () => backup(deploy, release));
    if ((0,release_history/* hasHappened */.eZ)(history, release.id, 'migrated')) {
        (0,stages_deploy/* skip */.iv)(deploy, 'migrate', 'done by an earlier attempt');
        return { backup: made?.file ?? '', ran: false };
    }
    await (0,stages_deploy/* stage */.dw)(deploy, 'migrate', () => migrate(deploy, release));
    return { backup: deploy.report.backup ?? made?.file ?? '', ran: true };
}
/** The release starts in its slot and is let through or taken down. */
function startAndGate(deploy, release) {
    return withFailureHooks(deploy, release, async () => {
        await requireSite(deploy);
        await (0,stages_deploy/* stage */.dw)(deploy, 'start', () => (0,start/* start */.ni)(deploy, release));
        await (0,stages_deploy/* stage */.dw)(deploy, 'gate', () => (0,gate/* gate */.Gj)(deploy, release));
        await runLastHooks(deploy, release);
    });
}
async function runLastHooks(deploy, release) {
    try {
        await runHooks(deploy, release, 'before-switch', deploy.config.hooks.beforeSwitch);
    }
    catch (error) {
        const why = 'a command of hooks.before-switch failed';
        if (!deploy.signal.aborted)
            await (0,gate/* stopIdle */.pF)(deploy, release, why).catch((other) => deploy.reporter.warning(other.message));
        throw error;
    }
}
/** From the switch to the end. */
function switchAndFinish(deploy, release) {
    const baked = isLive(deploy, release.id) && isBaked(deploy, release.id);
    return withFailureHooks(deploy, release, async () => {
        const switches = await (0,stages_deploy/* stage */.dw)(deploy, 'switch', () => (0,stages_switch/* switchTo */.S)(deploy, release, { bake: !baked, also: () => [] }));
        await tryHooks(deploy, release, 'after-switch', deploy.config.hooks.afterSwitch);
        if (baked)
            (0,stages_deploy/* skip */.iv)(deploy, 'bake', 'stood in an earlier attempt');
        else if (deploy.config.bake.duration > 0)
            await (0,stages_deploy/* stage */.dw)(deploy, 'bake', () => bake(deploy, release, switches));
        else
            (0,stages_deploy/* skip */.iv)(deploy, 'bake', 'its duration is 0');
        if (switches.some(({ from }) => from))
            await (0,stages_deploy/* stage */.dw)(deploy, 'drain', () => (0,drain/* drain */.Z)(deploy, switches));
        else
            (0,stages_deploy/* skip */.iv)(deploy, 'drain', 'the first release');
        await (0,stages_deploy/* stage */.dw)(deploy, 'retire', () => retire(deploy, switches));
        return { switchMs: Math.max(...switches.map(({ ms }) => ms)) };
    });
}
/** Whether the release takes traffic on every host and its deploy was brought to its end. */
function isFinished({ hosts }, id) {
    return hosts.every(({ facts }) => isLiveOn(facts, id) && (0,release_history/* hasHappened */.eZ)(facts.history, id, 'finished'));
}
function isBaked({ hosts }, id) {
    return hosts.every(({ facts }) => (0,release_history/* hasHappened */.eZ)(facts.history, id, 'baked'));
}
/** Whether the release takes traffic on every host already, so that only the end of its deploy is missing. */
function isLive({ hosts }, id) {
    return hosts.every(({ facts }) => isLiveOn(facts, id));
}
function isLiveOn(facts, id) {
    return facts.live !== undefined && facts.releases[facts.live] === id;
}


/***/ }),

/***/ 8749:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ drainCalls),
/* harmony export */   Z: () => (/* binding */ drain)
/* harmony export */ });
/* harmony import */ var _host_program__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(630);
/* harmony import */ var _release_ledger__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6196);
/* harmony import */ var _deploy__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2636);
/* harmony import */ var _start__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6543);




/** Waits until nobody is connected to the old slot, or the limit is over: then it says how many still are. */
async function drain(deploy, switches) {
    await (0,_deploy__WEBPACK_IMPORTED_MODULE_0__/* .allOf */ .bn)(switches.map(async ({ host, from }) => from && drainHost(deploy, host, from)));
}
/** The calls that wait until nobody is connected to a slot any more, within the config's limit. */
function drainCalls({ config }, slot) {
    const ports = Object.values(config.services).flatMap((service) => service.role === 'web' ? [String(service.slots[slot])] : []);
    return [(0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T)('drain', String(Math.ceil(config.drain.timeout / 1000)), ...ports)];
}
async function drainHost(deploy, host, old) {
    const { config, runtime, reporter } = deploy;
    const outcome = await (0,_deploy__WEBPACK_IMPORTED_MODULE_0__/* .runStage */ .Si)(host, {
        stage: 'drain',
        libraries: [runtime.library, _start__WEBPACK_IMPORTED_MODULE_1__/* .slotLibrary */ .s7],
        calls: [
            (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T)('begin', 'drain'),
            ...drainCalls(deploy, old.slot),
            ...runtime.disarm(old.slot),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_3__/* .eventFields */ .e)('drained', old.release, { slot: old.slot })),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T)('end'),
        ],
    }, 'The new release is live and stays so. Run this again to end the deploy.');
    const open = Number(outcome.facts.get('still-open')) || 0;
    if (open > 0)
        reporter.info(`${host.name}: ${open} connections to the old release were still open after ${config.drain.timeout / 1000} s`);
}


/***/ }),

/***/ 1152:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Gj: () => (/* binding */ gate),
/* harmony export */   N7: () => (/* binding */ watchProbes),
/* harmony export */   Yr: () => (/* binding */ isWarm),
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
        calls: [(0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_5__/* .eventFields */ .e)('gated', release.id, { slot: (0,_deploy__WEBPACK_IMPORTED_MODULE_3__.on)(host, release).slot }))],
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
                (0,_host_program__WEBPACK_IMPORTED_MODULE_4__/* .call */ .T)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_5__/* .eventFields */ .e)('gate-failed', release.id, { slot, why })),
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

/***/ 2684:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   RC: () => (/* binding */ checkHost),
/* harmony export */   a$: () => (/* binding */ refuseOlderRun),
/* harmony export */   f0: () => (/* binding */ idleSlot),
/* harmony export */   z3: () => (/* binding */ refuseOlder)
/* harmony export */ });
/* harmony import */ var _release_history__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5205);
/* harmony import */ var _release_slot__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1833);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2386);



/** `uname -m` → the name images use. */
const machines = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm',
    riscv64: 'riscv64',
    s390x: 's390x',
    ppc64le: 'ppc64le',
};
const spareDisk = 256 * 2 ** 20;
/** The slot that takes no traffic. */
function idleSlot(facts) {
    return facts.live ? (0,_release_slot__WEBPACK_IMPORTED_MODULE_2__/* .otherSlot */ .jx)(facts.live) : 'blue';
}
/** Refuses a host that cannot hold the release, with the numbers, before anything is sent. */
function checkHost(host, facts, needs) {
    const architecture = machines[facts.machine] ?? facts.machine;
    const wrong = needs.architectures.find((each) => each !== architecture);
    if (wrong) {
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `is ${architecture} (${facts.machine}), but the images are built for ${wrong}.`, "Build on a runner of the host's architecture.");
    }
    const backups = facts.history.flatMap((event) => (event.event === 'backed-up' ? [event.bytes] : []));
    const backup = 2 * (backups.at(-1) ?? 0);
    const disk = needs.imageBytes + backup + spareDisk;
    const dockerFree = Number(facts.runtime.get('docker-disk-free')) || facts.diskFree;
    const free = Math.min(facts.diskFree, dockerFree);
    // The second slot will want as much memory as the live one, and gets what the release in it now gives up.
    const liveMemory = Number(facts.runtime.get('live-memory')) || 0;
    const memory = facts.memoryAvailable + (Number(facts.runtime.get('idle-memory')) || 0);
    if (free < disk) {
        const where = free === facts.diskFree ? "where the app's folder is" : 'where Docker keeps its images';
        const parts = [
            ...(needs.imageBytes > 0 ? [`${megabytes(needs.imageBytes)} for images`] : []),
            ...(backup > 0 ? [`${megabytes(backup)} for a backup`] : []),
            `${megabytes(spareDisk)} to spare`,
        ];
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `has ${megabytes(free)} of disk free ${where}, but this deploy needs ${megabytes(disk)}: ${parts.join(', ')}.`, 'Free disk there (`docker system df` shows what images take), or lower `retire.keep`.');
    }
    if (memory < liveMemory) {
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `has ${megabytes(memory)} of memory for the second slot, but it needs about ${megabytes(liveMemory)}: what the live one uses, or may use where it has a \`mem_limit\`.`, 'Free memory there, give the server more, or lower what the services may use.');
    }
}
/** An older run must not go over what a newer run put live. */
function refuseOlder(host, facts, run) {
    const live = facts.live && facts.releases[facts.live];
    // What is live may always be brought to its end.
    if (live !== undefined && (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .findRelease */ .dv)(facts.history, live)?.run === run)
        return;
    const newest = (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .lastSwitchRun */ .mJ)(facts.history, live);
    if (run < newest) {
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `run ${newest} switched this host after run ${run} began; this re-run is older than what is live.`, 'To go back on purpose use the rollback action; to go on push anew.');
    }
}
/** For the steps after ship, which a person may run again long after. @throws {Trouble} */
function refuseOlderRun({ hosts }, run) {
    for (const { name, facts } of hosts)
        refuseOlder(name, facts, run);
}
function megabytes(bytes) {
    return `${Math.ceil(bytes / 2 ** 20)} MB`;
}


/***/ }),

/***/ 4410:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  S: () => (/* binding */ switchTo)
});

// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/release/slot.ts
var release_slot = __webpack_require__(1833);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/proxies/kinds.ts + 6 modules
var kinds = __webpack_require__(6430);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxies_proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
;// CONCATENATED MODULE: ./src/stages/bake-program.ts






const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "bake.sh", 'utf8');
/** The watcher as a program of its own: it looks at the access log and the containers, and switches back by itself. */
function bakeProgram({ config, runtime }, release, from) {
    const { duration, maxErrorPercent, minRequests } = config.bake;
    return {
        stage: 'bake',
        libraries: [runtime.library, start/* slotLibrary */.s7, config.proxy ? (0,kinds/* proxyOf */.O)(config.proxy).log : proxies_proxy/* plainLog */.Ly, library],
        calls: [
            (0,program/* call */.T)('bake', release.slot, release.id, from?.slot ?? '', from?.release ?? '', String(Math.ceil(duration / 1000)), String(Math.floor(maxErrorPercent)), String(minRequests), config.proxy ? (0,proxies_proxy/* accessLogPath */.q2)(config) : '/dev/null'),
        ],
    };
}

// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/live.ts
var live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/take-back.ts
var take_back = __webpack_require__(8482);
// EXTERNAL MODULE: ./src/probes/answer.ts
var probes_answer = __webpack_require__(9137);
// EXTERNAL MODULE: ./src/probes/http.ts
var http = __webpack_require__(9879);
// EXTERNAL MODULE: ./src/probes/poll.ts
var poll = __webpack_require__(5710);
;// CONCATENATED MODULE: ./src/stages/verify.ts





/** The proxy looks at the link on every request, so the first answer should be right; the rest is for a busy host. */
const plan = { deadline: 5_000, interval: 200, successes: 1 };
/** Asks through the host's proxy which release answers. @throws {Trouble} when it is not this one. */
async function verify({ config }, host, release) {
    const { proxy } = config;
    if (!proxy)
        return;
    const outcome = await (0,poll/* pollUntil */.g)(async (left) => {
        const answer = await (0,http/* probe */.d)({ host: proxy.domains[0], path: proxies_proxy/* releasePath */.bD, timeout: left }, () => host.dial(proxy.listen));
        return {
            answer,
            unmet: answer.kind === 'answered' && names(answer.body, release) ? undefined : (0,probes_answer/* describeAnswer */.O1)(answer),
        };
    }, plan);
    if (outcome.healthy)
        return;
    throw new trouble/* Trouble */.q(`The proxy on ${host.name}`, `does not answer with ${release.id} after the switch: ${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'}. The switch was taken back.`, "Run setup-host again: the site file must be the one it writes, and the web server must be able to enter the app's folder.");
}
function names(body, release) {
    try {
        return JSON.parse(body)?.release === release.id;
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./src/stages/switch.ts











/**
 * Puts the release live on every host and starts its workers, then asks through the proxy whether it is what answers.
 * With `bake`, the watcher starts on the host together with the switch, so that nobody has to be there for it.
 *
 * No host switches before every host was gated, and before the intent is in the ledger of all of them: by it the next
 * run brings them together when this one dies in between.
 *
 * @throws {Trouble} after all hosts were taken back, when one of them did not switch or its proxy does not follow.
 */
async function switchTo(deploy, release, options) {
    const planned = await (0,stages_deploy/* onHosts */.Dc)(deploy, (host) => switch_plan(deploy, host, (0,stages_deploy.on)(host, release), options));
    // One host writes its intent in the program that switches.
    if (planned.length > 1)
        await (0,stages_deploy/* allOf */.bn)(planned.map((each) => announce(deploy, each)));
    const ends = await Promise.allSettled(planned.map((each) => perform(deploy, each, options)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) {
        await (0,take_back/* takeBack */.z)(deploy, planned, 'taken-back', 'not every host switched');
        throw failed.reason;
    }
    const switches = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    tellSwitches(deploy, switches);
    try {
        await (0,stages_deploy/* allOf */.bn)(switches.map((each) => verify(deploy, each.host, each.release)));
    }
    catch (error) {
        // A watcher was faster: its bake says why.
        if (options.bake && (await wasTakenBack(deploy, release)))
            return switches;
        await (0,take_back/* takeBack */.z)(deploy, switches, 'taken-back', 'the proxy did not follow the live link');
        throw error;
    }
    return switches;
}
function tellSwitches({ report, reporter }, switches) {
    const rows = switches.map(({ host, release: { slot, version }, ms }) => ({
        host: host.name,
        live: { slot, version },
        switchMs: ms,
    }));
    report.switchMs = Math.max(...rows.map(({ switchMs }) => switchMs));
    report.live = rows[0].live;
    (0,live/* tellRows */.d7)(report, rows);
    if (rows.length < 2)
        return;
    for (const { host, live, switchMs } of rows)
        reporter.info(`  ${host}: ${live.slot} takes traffic, ${live.version}, switched in ${switchMs} ms`);
}
async function wasTakenBack({ hosts }, release) {
    const facts = await Promise.all(hosts.map((host) => host.refresh()));
    return facts.some(({ history }) => (0,release_history/* hasHappened */.eZ)(history, release.id, 'bake-failed'));
}
async function switch_plan(deploy, host, release, options) {
    await host.refresh();
    if (!(0,release_history/* hasHappened */.eZ)(host.facts.history, release.id, 'gated')) {
        throw new trouble/* Trouble */.q(host.name, `${release.id} has not passed its gate there.`, 'Run health-gate first.');
    }
    const from = previous(host, release);
    const watched = options.bake && deploy.config.bake.duration > 0;
    const watcher = watched
        ? host.companion('bake', 'bake_begin', bakeProgram(deploy, release, from))
        : undefined;
    return { host, release, from, watcher };
}
/** What the slot that is not the release's held when the switch began, also when this is a second try. */
function previous(host, release) {
    const { live, releases, history } = host.facts;
    const slot = (0,release_slot/* otherSlot */.jx)(release.slot);
    if (live === slot)
        return { slot, release: releases[slot] };
    const intent = history.findLast((event) => event.event === 'switching' && event.release === release.id);
    return intent?.event === 'switching' && intent.from !== '' && intent.from === releases[slot]
        ? { slot, release: intent.from }
        : undefined;
}
function intentOf({ release, from }) {
    return (0,program/* call */.T)('ledger', (0,ledger/* eventFields */.e)('switching', release.id, { slot: release.slot, from: from?.release ?? '' }));
}
async function announce({ runtime }, planned) {
    await (0,stages_deploy/* runStage */.Si)(planned.host, {
        stage: 'intent',
        libraries: [runtime.library],
        calls: [(0,program/* call */.T)('begin', 'intent'), intentOf(planned), (0,program/* call */.T)('end')],
    }, 'Nothing was switched on any host. Run this again.');
}
async function perform(deploy, planned, options) {
    const { runtime } = deploy;
    const { host, release, from, watcher } = planned;
    const outcome = await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'switch',
        libraries: [runtime.library, start/* slotLibrary */.s7],
        calls: [
            (0,program/* call */.T)('begin', 'switch'),
            ...runtime.arm(release.slot),
            ...(watcher ? [(0,program/* call */.T)('watch_lock')] : []),
            ...(deploy.hosts.length > 1 ? [] : [intentOf(planned)]),
            (0,program/* call */.T)('timed_switch', release.slot, release.id),
            (0,program/* call */.T)('ledger', (0,ledger/* eventFields */.e)('switched', release.id, { slot: release.slot, from: from?.release ?? '' })),
            ...options.also(from),
            (0,program/* call */.T)('end'),
            ...(watcher ? [watcher.call, (0,program/* call */.T)('watch_unlock')] : []),
            ...workerCalls(deploy, release, from),
        ],
    }, 'Where a host had switched it was taken back. Run this again.');
    return { host, release, from, ms: Number(outcome.facts.get('switch-ms')) || 0, watcher: watcher?.run };
}
function workerCalls({ config, runtime }, release, from) {
    if (!Object.values(config.services).some(({ role }) => role === 'worker'))
        return [];
    return [(0,program/* call */.T)('begin', 'workers'), ...runtime.moveWorkers(from?.slot, release.slot), (0,program/* call */.T)('end')];
}


/***/ })

};
;