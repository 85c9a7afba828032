"use strict";
exports.id = 301;
exports.ids = [301];
exports.modules = {

/***/ 5330:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  zr: () => (/* binding */ backupAndMigrate),
  bQ: () => (/* binding */ startAndGate),
  v3: () => (/* binding */ switchAndFinish)
});

// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/host/session.ts + 3 modules
var session = __webpack_require__(1786);
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
        const faster = await (0,take_back/* takeBack */.z)(deploy, switches, 'bake-failed', verdict.why);
        // A watcher stops the release that it takes back: that no probe is answered any more is not why.
        const cause = faster ? await watched.catch(() => undefined) : undefined;
        throw bakeTrouble(release, cause ?? verdict, switches[0].from);
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
        if (!(error instanceof session/* HostFailure */.hD))
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
                (0,program/* call */.T1)('begin', `${moment} ${index + 1}`),
                ...runtime.oneOff(slot, { service, name: `${moment}-${index + 1}`, command, timeout, env: {} }),
                (0,program/* call */.T1)('end'),
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

// EXTERNAL MODULE: ./src/stages/live.ts
var live = __webpack_require__(133);
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
            (0,program/* call */.T1)('put', `${host.base}/releases/${id}/public.json`, '0644', `${JSON.stringify({ release: id, looked: word })}\n`),
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

// EXTERNAL MODULE: ./src/stages/migrate.ts + 1 modules
var migrate = __webpack_require__(319);
// EXTERNAL MODULE: ./src/stages/retire.ts
var retire = __webpack_require__(5252);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
// EXTERNAL MODULE: ./src/stages/switch.ts + 1 modules
var stages_switch = __webpack_require__(9670);
;// CONCATENATED MODULE: ./src/stages/chain.ts












/** How long a backup counts as new, in ms. */
const newFor = 60 * 60 * 1000;
/** Backup and migration, each left out when the ledger says that it was done for this very release. */
function backupAndMigrate(deploy, release) {
    return withFailureHooks(deploy, release, () => migrateOnce(deploy, release));
}
async function migrateOnce(deploy, release) {
    const { config, hosts } = deploy;
    if ((0,live/* isLive */.DG)(deploy, release.id)) {
        (0,stages_deploy/* skip */.iv)(deploy, 'backup', live/* isLiveAlready */.Vc);
        (0,stages_deploy/* skip */.iv)(deploy, 'migrate', live/* isLiveAlready */.Vc);
        return { backup: '', ran: false };
    }
    await runHooks(deploy, release, 'after-ship', config.hooks.afterShip);
    if (!config.migrations) {
        (0,stages_deploy/* skip */.iv)(deploy, 'backup', 'no migrations in kawasemi.yml');
        (0,stages_deploy/* skip */.iv)(deploy, 'migrate', 'no migrations in kawasemi.yml');
        return { backup: '', ran: false };
    }
    const { history, clock } = hosts[0].facts;
    const made = (0,release_history/* backupOf */.GH)(history, release.id);
    const isMigrated = (0,release_history/* hasHappened */.eZ)(history, release.id, 'migrated');
    if (isMigrated || isBackedUp(history, release.id, clock?.host))
        (0,stages_deploy/* skip */.iv)(deploy, 'backup', 'made by an earlier attempt');
    else
        await (0,stages_deploy/* stage */.dw)(deploy, 'backup', () => (0,migrate/* backup */.RR)(deploy, release));
    if (isMigrated) {
        (0,stages_deploy/* skip */.iv)(deploy, 'migrate', 'done by an earlier attempt');
        return { backup: made?.file ?? '', ran: false };
    }
    await (0,stages_deploy/* stage */.dw)(deploy, 'migrate', () => (0,migrate/* migrate */._r)(deploy, release));
    return { backup: deploy.report.backup ?? made?.file ?? '', ran: true };
}
/**
 * Whether an earlier attempt's backup is the one to keep. It is while a migration of the release has begun and not ended
 * well, since a second one could be of a half migrated database; else it has to be new.
 *
 * @param now milliseconds since 1970 by the clock that wrote the ledger; without it no backup is new
 */
function isBackedUp(history, id, now) {
    // One from before the release was shipped again may be of another database.
    if (!(0,release_history/* hasHappened */.eZ)(history, id, 'backed-up'))
        return false;
    const own = history.filter(({ release }) => release === id);
    const made = own.findLastIndex(({ event }) => event === 'backed-up');
    const migration = own.slice(made).findLast(({ event }) => ['migrating', 'migrated'].includes(event));
    return migration?.event === 'migrating' || (now !== undefined && now - Date.parse(own[made].at) < newFor);
}
/** The release starts in its slot and is let through or taken down. */
async function startAndGate(deploy, release) {
    if ((0,live/* isLive */.DG)(deploy, release.id)) {
        (0,stages_deploy/* skip */.iv)(deploy, 'start', live/* isLiveAlready */.Vc);
        (0,stages_deploy/* skip */.iv)(deploy, 'gate', live/* isLiveAlready */.Vc);
        return;
    }
    await withFailureHooks(deploy, release, async () => {
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
    const baked = (0,live/* isLive */.DG)(deploy, release.id) && isBaked(deploy, release.id);
    return withFailureHooks(deploy, release, async () => {
        const switches = await (0,stages_deploy/* stage */.dw)(deploy, 'switch', () => (0,stages_switch/* switchTo */.S)(deploy, release, { bake: !baked, also: [] }));
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
        await (0,stages_deploy/* stage */.dw)(deploy, 'retire', () => (0,retire/* retire */.S5)(deploy, switches));
        return { switchMs: Math.max(...switches.map(({ ms }) => ms)) };
    });
}
function isBaked({ hosts }, id) {
    return hosts.every(({ facts }) => (0,release_history/* hasHappened */.eZ)(facts.history, id, 'baked'));
}


/***/ }),

/***/ 8749:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   U: () => (/* binding */ drainCalls),
/* harmony export */   Z: () => (/* binding */ drain)
/* harmony export */ });
/* harmony import */ var _host_fact__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1322);
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
    return [(0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('drain', String(Math.ceil(config.drain.timeout / 1000)), ...ports)];
}
async function drainHost(deploy, host, old) {
    const { config, runtime, reporter } = deploy;
    const outcome = await (0,_deploy__WEBPACK_IMPORTED_MODULE_0__/* .runStage */ .Si)(host, {
        stage: 'drain',
        libraries: [runtime.library, _start__WEBPACK_IMPORTED_MODULE_1__/* .slotLibrary */ .s7],
        calls: [
            (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('begin', 'drain'),
            ...drainCalls(deploy, old.slot),
            ...runtime.disarm(old.slot),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('ledger', (0,_release_ledger__WEBPACK_IMPORTED_MODULE_3__/* .eventFields */ .e)('drained', old.release, { slot: old.slot })),
            (0,_host_program__WEBPACK_IMPORTED_MODULE_2__/* .call */ .T1)('end'),
        ],
    }, 'The new release is live and stays so. Run this again to end the deploy.');
    const open = (0,_host_fact__WEBPACK_IMPORTED_MODULE_4__/* .countOf */ .pq)(outcome.facts.get('still-open')) ?? 0;
    if (open > 0)
        reporter.info(`${host.name}: ${open} connections to the old release were still open after ${config.drain.timeout / 1000} s`);
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

/***/ 2684:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   BH: () => (/* binding */ hostTroubles),
/* harmony export */   a$: () => (/* binding */ refuseOlderRun),
/* harmony export */   f0: () => (/* binding */ idleSlot),
/* harmony export */   kO: () => (/* binding */ olderRun)
/* harmony export */ });
/* harmony import */ var _host_fact__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(1322);
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
/** Why a host cannot hold the release, with the numbers. */
function hostTroubles(host, facts, needs) {
    const found = [
        wrongArchitecture(host, facts, needs),
        lackOfDisk(host, facts, needs),
        lackOfMemory(host, facts),
    ];
    return found.filter((each) => each !== undefined);
}
function wrongArchitecture(host, { machine }, { architectures }) {
    const architecture = machines[machine] ?? machine;
    const wrong = architectures.find((each) => each !== architecture);
    if (!wrong)
        return undefined;
    return new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `is ${architecture} (${machine}), but the images are built for ${wrong}.`, `Build on a runner of the host's architecture, or for it with the input \`platform\` (linux/${architecture}).`);
}
function lackOfDisk(host, facts, { imageBytes }) {
    const backups = facts.history.flatMap((event) => (event.event === 'backed-up' ? [event.bytes] : []));
    const backup = 2 * (backups.at(-1) ?? 0);
    const disk = imageBytes + backup + spareDisk;
    const [base] = facts.disks;
    const fullest = facts.disks.toSorted((one, other) => one.freeBytes - other.freeBytes)[0];
    // What the host could not tell is no reason to refuse it.
    if (!fullest || fullest.freeBytes >= disk)
        return undefined;
    const where = fullest === base ? "where the app's folder is" : 'where Docker keeps its images';
    const parts = [
        ...(imageBytes > 0 ? [`${megabytes(imageBytes)} for images`] : []),
        ...(backup > 0 ? [`${megabytes(backup)} for a backup`] : []),
        `${megabytes(spareDisk)} to spare`,
    ];
    return new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `has ${megabytes(fullest.freeBytes)} of disk free ${where}, but this deploy needs ${megabytes(disk)}: ${parts.join(', ')}.`, 'Free disk there (`docker system df` shows what images take), or lower `retire.keep`.');
}
function lackOfMemory(host, facts) {
    // The second slot will want as much memory as the live one, and gets what the release in it now gives up.
    const liveMemory = (0,_host_fact__WEBPACK_IMPORTED_MODULE_3__/* .countOf */ .pq)(facts.runtime.get('live-memory')) ?? 0;
    const idleMemory = (0,_host_fact__WEBPACK_IMPORTED_MODULE_3__/* .countOf */ .pq)(facts.runtime.get('idle-memory')) ?? 0;
    const memory = facts.memory && facts.memory.available + idleMemory;
    if (memory === undefined || memory >= liveMemory)
        return undefined;
    return new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `has ${megabytes(memory)} of memory for the second slot, but it needs about ${megabytes(liveMemory)}: what the live one uses, or may use where it has a \`mem_limit\`.`, 'Free memory there, give the server more, or lower what the services may use.');
}
/** An older run must not go over what a newer run put live. */
function olderRun(host, facts, run) {
    const live = facts.live && facts.releases[facts.live];
    // What is live may always be brought to its end.
    if (live !== undefined && (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .findRelease */ .dv)(facts.history, live)?.run === run)
        return undefined;
    const last = (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .lastSwitch */ .xe)(facts.history, live);
    if (run > last.run || (run === last.run && !last.byHand))
        return undefined;
    const who = last.byHand ? 'a person' : `run ${last.run}`;
    return new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `${who} switched this host after run ${run} began; this run is older than what is live.`, 'To go back on purpose use the rollback action; to go on push anew.');
}
/** For the steps after ship, which a person may run again long after. @throws {Trouble} */
function refuseOlderRun({ hosts }, run) {
    for (const { name, facts } of hosts) {
        const older = olderRun(name, facts, run);
        if (older)
            throw older;
    }
}
function megabytes(bytes) {
    return `${Math.ceil(bytes / 2 ** 20)} MB`;
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

/***/ 9670:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  S: () => (/* binding */ switchTo)
});

// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
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
// EXTERNAL MODULE: ./src/proxies/kinds.ts + 5 modules
var kinds = __webpack_require__(8110);
// EXTERNAL MODULE: ./src/proxies/proxy.ts
var proxy = __webpack_require__(4348);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
;// CONCATENATED MODULE: ./src/stages/bake-program.ts






const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "bake.sh", 'utf8');
/** The watcher as a program of its own: it looks at the access log and the containers, and switches back by itself. */
function bakeProgram({ config, runtime }, release, from) {
    const { duration, maxErrorPercent, maxP95, minRequests } = config.bake;
    return {
        stage: 'bake',
        libraries: [runtime.library, start/* slotLibrary */.s7, config.proxy ? (0,kinds/* proxyOf */.O)(config.proxy).log : proxy/* plainLog */.Ly, library],
        calls: [
            (0,program/* call */.T1)('bake', release.slot, release.id, from?.slot ?? '', from?.release ?? '', String(Math.ceil(duration / 1000)), 
            // The shell counts in whole numbers.
            String(Math.round(maxErrorPercent * 100)), String(minRequests), config.proxy ? (0,proxy/* accessLogPath */.q2)(config) : '/dev/null', maxP95 === undefined ? '' : String(maxP95)),
        ],
    };
}

// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/live.ts
var live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/take-back.ts
var take_back = __webpack_require__(8482);
// EXTERNAL MODULE: ./src/stages/verify.ts
var verify = __webpack_require__(9790);
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
    const planned = await (0,stages_deploy/* onHosts */.Dc)(deploy, (host) => plan(deploy, host, (0,stages_deploy.on)(host, release), options));
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
        await (0,stages_deploy/* allOf */.bn)(switches.map((each) => (0,verify/* verify */.MX)(deploy, each.host, each.release)));
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
async function plan(deploy, host, release, options) {
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
    return (0,program/* call */.T1)('ledger', (0,ledger/* eventFields */.e)('switching', release.id, { slot: release.slot, from: from?.release ?? '' }));
}
async function announce({ runtime }, planned) {
    await (0,stages_deploy/* runStage */.Si)(planned.host, {
        stage: 'intent',
        libraries: [runtime.library],
        calls: [(0,program/* call */.T1)('begin', 'intent'), intentOf(planned), (0,program/* call */.T1)('end')],
    }, 'Nothing was switched on any host. Run this again.');
}
async function perform(deploy, planned, options) {
    const { runtime } = deploy;
    const { host, release, from, watcher } = planned;
    const outcome = await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'switch',
        libraries: [runtime.library, start/* slotLibrary */.s7],
        calls: [
            (0,program/* call */.T1)('begin', 'switch'),
            ...runtime.arm(release.slot),
            ...(watcher ? [(0,program/* call */.T1)('watch_lock')] : []),
            ...(deploy.hosts.length > 1 ? [] : [intentOf(planned)]),
            (0,program/* call */.T1)('timed_switch', release.slot, release.id),
            (0,program/* call */.T1)('ledger', (0,ledger/* eventFields */.e)('switched', release.id, { slot: release.slot, from: from?.release ?? '' })),
            ...options.also,
            (0,program/* call */.T1)('end'),
            ...(watcher ? [watcher.call, (0,program/* call */.T1)('watch_unlock')] : []),
            ...workerCalls(deploy, release),
        ],
    }, 'Where a host had switched it was taken back. Run this again.');
    return { host, release, from, ms: (0,fact/* countOf */.pq)(outcome.facts.get('switch-ms')) ?? 0, watcher: watcher?.run };
}
/** Workers of the other slot end also where nothing was live: they run on when somebody removed `live`. */
function workerCalls({ config, runtime }, { slot }) {
    if (!Object.values(config.services).some(({ role }) => role === 'worker'))
        return [];
    return [(0,program/* call */.T1)('begin', 'workers'), ...runtime.moveWorkers((0,release_slot/* otherSlot */.jx)(slot), slot), (0,program/* call */.T1)('end')];
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