"use strict";
exports.id = 626;
exports.ids = [626];
exports.modules = {

/***/ 1626:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./src/github/api.ts
var api = __webpack_require__(8943);
// EXTERNAL MODULE: ./src/release/check-up.ts
var check_up = __webpack_require__(751);
// EXTERNAL MODULE: ./src/github/checks-table.ts
var checks_table = __webpack_require__(5927);
// EXTERNAL MODULE: ./src/github/markdown.ts
var markdown = __webpack_require__(5566);
;// CONCATENATED MODULE: ./src/github/issue.ts



/**
 * Keeps one issue for an app and an environment: opened when trouble comes, its text rewritten when a figure is another
 * one, commented when trouble came or went, closed when all is well.
 *
 * @throws {ApiError}
 */
async function keepIssue(api, of, checks) {
    const issues = `/repos/${of.repository}/issues`;
    const troubles = (0,check_up/* troublesIn */.m3)(checks);
    const found = await findIssue(api, issues, markOf(of));
    if (!found) {
        if (troubles.length === 0)
            return { change: 'none', url: '' };
        const answer = await api.request('POST', issues, { title: titleOf(of), body: bodyOf(of, troubles) });
        return { change: 'opened', url: readIssue(answer)?.url ?? '' };
    }
    const { number, url } = found;
    if (troubles.length === 0) {
        await comment(api, issues, number, `All is well again, found by [this run](${of.runUrl}).`);
        await api.request('PATCH', `${issues}/${number}`, { state: 'closed', state_reason: 'completed' }, 3);
        return { change: 'closed', url };
    }
    const news = newsOf(namesIn(found.body), troubles.map(check_up/* nameOf */.Vb));
    if (news !== '')
        await comment(api, issues, number, `${news}\n\nFound by [this run](${of.runUrl}).`);
    const body = bodyOf(of, troubles);
    if (withoutRun(body) !== withoutRun(found.body))
        await api.request('PATCH', `${issues}/${number}`, { body }, 3);
    return { change: news === '' ? 'same' : 'changed', url };
}
function comment(api, issues, number, body) {
    return api.request('POST', `${issues}/${number}/comments`, { body });
}
function titleOf({ app, environment }) {
    return `Trouble in ${environment} of ${app}`;
}
/** By which the issue is found again, whatever people make of its title. */
function markOf({ app, environment }) {
    return `<!-- kawasemi operate: ${app} ${environment} -->`;
}
const namesPattern = /^<!-- kawasemi troubles: ([\w%. !~*'()-]*) -->$/m;
function bodyOf({ app, environment, runUrl, ...of }, troubles) {
    return [
        markOf({ app, environment, runUrl, ...of }),
        `<!-- kawasemi troubles: ${troubles.map((each) => encodeURIComponent((0,check_up/* nameOf */.Vb)(each).replace(/\p{Surrogate}/gu, '?'))).join(' ')} -->`,
        `Something needs a person in **${environment}** of **${app}**:`,
        '',
        (0,checks_table/* checksTable */.E)(troubles),
        '',
        `As [this run](${runUrl}) found it. The text is kept up to date, and the issue is closed when all is well.`,
    ].join('\n');
}
function withoutRun(body) {
    return body.replaceAll('\r\n', '\n').replace(/\[this run\]\([^)]*\)/g, '');
}
/** The troubles that an issue's text was written about. */
function namesIn(body) {
    const [, names = ''] = namesPattern.exec(body.replaceAll('\r\n', '\n')) ?? [];
    return names
        .split(' ')
        .filter((name) => name !== '')
        .map(decoded);
}
function decoded(name) {
    try {
        return decodeURIComponent(name);
    }
    catch {
        return name;
    }
}
function newsOf(before, now) {
    const line = (title, names) => names.length === 0 ? [] : [`${title}: ${names.map((name) => (0,markdown/* inline */.mG)(name, 200)).join(', ')}.`];
    return [
        ...line('New', now.filter((name) => !before.includes(name))),
        ...line('Well again', before.filter((name) => !now.includes(name))),
    ].join('\n');
}
const perPage = 100;
/** A repository with more open issues than these would take minutes to look through. */
const mostPages = 20;
/** The newest open one with the mark. A stranger can write the mark too, so it must be of a bot or of somebody of the project. */
async function findIssue(api, issues, mark) {
    for (let page = 1; page <= mostPages; page += 1) {
        const answer = await api.request('GET', `${issues}?state=open&per_page=${perPage}&page=${page}`, undefined, 3);
        const listed = Array.isArray(answer) ? answer : [];
        const found = listed
            .filter(isOurs)
            .map(readIssue)
            .find((issue) => issue?.body.includes(mark));
        if (found)
            return found;
        if (listed.length < perPage)
            return undefined;
    }
    return undefined;
}
function isOurs(listed) {
    if (listed?.pull_request !== undefined)
        return false;
    const { user, author_association: association } = listed ?? {};
    return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(String(association));
}
function readIssue(answer) {
    const { number, body, html_url: url } = (answer ?? {});
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number <= 0)
        return undefined;
    return {
        number,
        body: typeof body === 'string' ? body : '',
        url: typeof url === 'string' && /^https?:\/\/[\w.:/-]{1,500}$/.test(url) ? url : '',
    };
}

// EXTERNAL MODULE: ./src/github/log.ts
var log = __webpack_require__(3385);
;// CONCATENATED MODULE: ./src/github/webhook.ts

/** Milliseconds. */
const timeout = 10_000;
const shownTroubles = 20;
/** A message as Slack, Mattermost and others take it; what others wrote is only text in it. */
function messageFor({ app, environment, runUrl }, troubles, issue) {
    const links = [...(issue.url === '' ? [] : [`<${issue.url}|issue>`]), `<${runUrl}|run>`].join(', ');
    const where = `*${environment}* of *${app}*`;
    if (troubles.length === 0)
        return `:white_check_mark: All is well again in ${where} (${links})`;
    const more = troubles.length > shownTroubles ? [`… and ${troubles.length - shownTroubles} more`] : [];
    return [
        `:warning: Trouble in ${where} (${links})`,
        ...troubles
            .slice(0, shownTroubles)
            .map(({ check, of, found }) => `• ${check} of ${webhook_text(of)}: ${webhook_text(found)}`),
        ...more,
    ].join('\n');
}
function webhook_text(value) {
    const short = (0,log/* plainText */.w)(value).slice(0, 300);
    return short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
/**
 * Posts to an incoming webhook, once; proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are used. Its address is a
 * secret, so no error holds it.
 *
 * @throws {Error}
 */
async function postMessage(webhook, message) {
    const { HttpClient } = await Promise.resolve(/* import() */).then(__webpack_require__.bind(__webpack_require__, 4942));
    const client = new HttpClient('kawasemi', [], {
        allowRedirects: false,
        allowRetries: false,
        keepAlive: false,
        socketTimeout: timeout,
    });
    let status;
    try {
        const answer = await client.post(webhook, JSON.stringify({ text: message }), {
            'content-type': 'application/json',
        });
        answer.message.resume();
        status = answer.message.statusCode;
    }
    catch (error) {
        const { code, name } = error;
        throw new Error(`no answer (${code ?? name})`);
    }
    finally {
        client.dispose();
    }
    if (status === undefined || status < 200 || status >= 300)
        throw new Error(`status ${status}`);
}

// EXTERNAL MODULE: ./src/release/trouble.ts
var release_trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/live.ts
var stages_live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/open.ts + 1 modules
var stages_open = __webpack_require__(4514);
// EXTERNAL MODULE: ./src/host/session.ts + 3 modules
var session = __webpack_require__(1786);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/host/resources.ts
var resources = __webpack_require__(8823);
;// CONCATENATED MODULE: ./src/probes/host-state.ts





const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "host-state.sh", 'utf8');
/**
 * Asks a host, in one program that changes nothing.
 *
 * @param live the slot that takes traffic, where one does
 * @throws {HostFailure} when the program does not end well.
 */
async function askHostState(host, config, live, runtimeLibrary) {
    const asked = Date.now();
    const { facts } = await host.ask([runtimeLibrary, library], callsFor(config, live));
    return readHostState(facts, asked, Date.now());
}
function callsFor({ base, systemd, accessories }, live) {
    const docker = !systemd || accessories.length > 0;
    return [
        (0,program/* call */.T1)('host_clock'),
        (0,program/* call */.T1)('host_memory'),
        (0,program/* call */.T1)('host_disk', base),
        (0,program/* call */.T1)('host_disk', `${base}/backups`),
        ...(docker ? [(0,program/* call */.T1)('host_docker_disk')] : []),
        (0,program/* call */.T1)('host_units'),
        ...(live ? [(0,program/* call */.T1)('host_services', live)] : []),
        ...(live ? accessories.map((name) => (0,program/* call */.T1)('host_accessory', name)) : []),
    ];
}
function readHostState(facts, asked, answered) {
    const failed = facts.get('failed-units');
    const services = facts.get('services');
    const accessories = [...facts].filter(([name]) => name.startsWith('accessory '));
    return {
        ...(0,resources/* readResources */.M)(facts, asked, answered),
        ...(typeof failed === 'string' && { failedUnits: failed.split('\n').filter((name) => name !== '') }),
        ...(typeof services === 'string' && { services }),
        accessories: Object.fromEntries(accessories.map(([name, value]) => [name.slice('accessory '.length), (0,fact/* textOf */.b6)(value)])),
    };
}

// EXTERNAL MODULE: ./src/probes/answer.ts
var answer = __webpack_require__(9137);
;// CONCATENATED MODULE: ./src/probes/units.ts

const shownUnits = 5;
/** @param failed names of systemd's units that have failed */
function judgeUnits(of, failed) {
    const check = 'units';
    if (failed.length === 0)
        return { check, of, found: 'none has failed' };
    const names = failed.slice(0, shownUnits).map((name) => (0,answer/* oneLine */.TN)(name, 80));
    const more = failed.length > shownUnits ? ` and ${failed.length - shownUnits} more` : '';
    return {
        check,
        of,
        found: `${names.join(', ')}${more} failed`,
        fix: 'See why: `systemctl status` and `journalctl -u` with the name. When it is mended: `systemctl reset-failed`.',
    };
}

// EXTERNAL MODULE: ./src/probes/expectation.ts
var expectation = __webpack_require__(9465);
// EXTERNAL MODULE: ./src/probes/http.ts
var http = __webpack_require__(9879);
// EXTERNAL MODULE: ./src/probes/poll.ts
var poll = __webpack_require__(5710);
// EXTERNAL MODULE: ./src/probes/tls.ts
var probes_tls = __webpack_require__(2862);
// EXTERNAL MODULE: ./src/stages/gate.ts
var gate = __webpack_require__(1152);
;// CONCATENATED MODULE: ./src/stages/live-health.ts





/**
 * Asks every web service of the live slot for its health: through the proxy where that leads to it, as visitors come, else
 * in its slot. One bad answer may be chance; the same again is not.
 */
function liveHealth({ config }, host, slot) {
    return Promise.all((0,gate/* webServices */.ZC)(config).map((each) => healthOf(config, host, slot, each)));
}
async function healthOf({ gate, proxy }, host, slot, [name, service]) {
    const { path } = service.health;
    const domain = proxy?.domains[0] ?? 'localhost';
    const through = proxy && !proxy.ownSite && serviceAt(proxy, path) === name ? proxy : undefined;
    const dial = () => (through ? dialSite(host, through, gate.timeout) : host.dial(service.slots[slot]));
    const plan = { deadline: 2 * gate.timeout + gate.interval, interval: gate.interval, successes: 1 };
    const outcome = await (0,poll/* pollUntil */.g)(async (left) => {
        const answer = await (0,http/* probe */.d)({ host: domain, path, timeout: Math.min(left, gate.timeout) }, dial);
        return { answer, unmet: (0,expectation/* judge */.S)(answer, service.health) };
    }, plan);
    const checked = { check: 'health', of: `${name} on ${host.name}` };
    const where = through ? 'through the proxy' : `in slot ${slot}`;
    if (outcome.healthy)
        return { ...checked, found: `healthy ${where}` };
    return {
        ...checked,
        found: `${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'} (${path}, ${where}, ${outcome.attempts} times)`,
        fix: `See its log and what it depends on; \`${path}\` says more. To go back to the release before: the rollback workflow.`,
    };
}
/** A connection as a visitor's, from the host's own loopback. */
async function dialSite(host, { domains, listen, tls }, timeout) {
    return tls ? (0,probes_tls/* secure */.ek)(await host.dial(tls.listen), domains[0], timeout) : host.dial(listen);
}
/** The service that the proxy hands a path to: the longest route that fits. */
function serviceAt({ routes }, path) {
    const [plain = ''] = path.split('?');
    const fits = (start) => start.endsWith('/') ? plain.startsWith(start) : plain === start || plain.startsWith(`${start}/`);
    return routes.filter((route) => fits(route.path)).sort((a, b) => b.path.length - a.path.length)[0]?.service;
}

// EXTERNAL MODULE: ./src/databases/database.ts
var database = __webpack_require__(6301);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/stages/migrate.ts + 1 modules
var migrate = __webpack_require__(319);
// EXTERNAL MODULE: ./src/stages/retire.ts
var retire = __webpack_require__(5252);
;// CONCATENATED MODULE: ./src/stages/routine.ts







/* What is done with a running app from time to time, apart from deploys. The lease is held meanwhile. */
/** Seconds a database that runs may take to let us in. */
const readySeconds = 15;
const hour = 60 * 60 * 1000;
/**
 * A checked backup as deploys make them, when the last one of these is old enough.
 *
 * @param now milliseconds since 1970
 * @returns nothing where the app has no database that is backed up
 */
async function backUp(deploy, host, live, { backupHours }, now) {
    const { config, runtime } = deploy;
    const found = (0,migrate/* databaseOf */.zJ)(deploy, live);
    if (!found || config.backup === 'off')
        return undefined;
    const checked = { check: 'backup', of: host.name };
    const last = lastScheduled(host.facts.history, host.base);
    const age = last && now - Date.parse(last.at);
    if (last && age < backupHours * hour)
        return { ...checked, found: `made ${hoursOf(age)} ago, ${megabytes(last.bytes)}` };
    const file = `${scheduledIn(host.base)}${host.token}.${found.kind.extension}`;
    // Releases go and these backups stay: their scripts find the database by whatever is live then.
    const lasting = { ...found, place: { ...found.place, folder: 'live/release' } };
    const when = `on ${new Date(now).toISOString().slice(0, 16).replace('T', ' at ')} UTC`;
    const { facts } = await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'backup',
        libraries: [runtime.library, database/* databaseLibrary */.f_],
        calls: [...(0,migrate/* readyCalls */.bv)(lasting, readySeconds), ...(0,migrate/* dumpCalls */.Q$)(lasting, file, runtime.library, when)],
    }, 'Mend the database or its disk; the next run tries again.');
    return {
        ...checked,
        found: `made now and read back, ${megabytes((0,fact/* countOf */.pq)((0,fact/* fieldsOf */.Pf)(facts.get('backup')).bytes) ?? 0)}: ${file}`,
    };
}
function scheduledIn(base) {
    return `${base}/backups/scheduled.`;
}
function lastScheduled(history, base) {
    return history.findLast((event) => event.event === 'backed-up' && event.file.startsWith(scheduledIn(base)));
}
/** Removes what nobody can want back. */
async function prune(deploy, host, { keepBackups }) {
    const { config, runtime } = deploy;
    const { history, releases, present } = host.facts;
    const keep = (0,release_history/* releasesToKeep */.lN)(history, Object.values(releases), config.retire.keep);
    await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'retire',
        libraries: [runtime.library, retire/* pruneLibrary */.ml],
        calls: [...(0,retire/* pruneCalls */.eq)(runtime, keep), (0,program/* call */.T1)('prune_scheduled', String(keepBackups))],
    }, 'Nothing has to be done; the next run tries again.');
    const removed = present.filter((id) => !keep.includes(id)).length;
    const stay = present.length - removed;
    return { check: 'prune', of: host.name, found: `releases: ${stay} kept, ${removed} removed` };
}
function hoursOf(ms) {
    const hours = Math.max(0, ms) / hour;
    return hours < 1 ? 'less than an hour' : `${Math.floor(hours)} h`;
}
function megabytes(bytes) {
    return `${(bytes / 1e6).toFixed(1)} MB`;
}

// EXTERNAL MODULE: ./src/stages/surroundings.ts + 3 modules
var surroundings = __webpack_require__(9031);
// EXTERNAL MODULE: ./src/stages/verify.ts
var verify = __webpack_require__(9790);
;// CONCATENATED MODULE: ./src/stages/operate.ts










/** Looks at all of one host, which need not be ours for that: nothing is changed. */
async function lookAtHost(deploy, watch) {
    const [host] = deploy.hosts;
    const looks = [
        ['live', () => lookAtLive(deploy, host)],
        ['health', () => operate_healthOf(deploy, host)],
        ['certificate', () => (0,surroundings/* lookAtCertificates */.XS)(deploy.config, host, watch.limits, watch.now)],
        ['host', () => hostState(deploy, host, watch)],
    ];
    const all = await Promise.all(looks
        .filter(([check]) => !isLeftOut(watch, check))
        .map(([check, look]) => asChecks(deploy, check, host.name, look)));
    return all.flat().filter(({ check }) => !isLeftOut(watch, check));
}
function isLeftOut({ skip }, check) {
    return check !== 'host' && skip.has(check);
}
/** Trouble on the way is told like what was looked for; a cancelled run and a bug of ours are not. */
async function asChecks({ signal }, check, of, look) {
    try {
        return await look();
    }
    catch (error) {
        signal.throwIfAborted();
        const trouble = error instanceof session/* HostFailure */.hD ? (0,stages_deploy/* explain */.WE)(error, 'See the log of the run.') : error;
        if (trouble instanceof release_trouble/* Trouble */.q)
            return [{ check, of, found: trouble.cause_, fix: trouble.fix }];
        throw error;
    }
}
async function lookAtLive({ config }, host) {
    const checked = { check: 'live', of: host.name };
    const release = (0,stages_live/* liveRelease */._8)(host);
    if (!release)
        return [{ ...checked, found: 'nothing is live', fix: 'Deploy a version, or run the rollback workflow.' }];
    const unmet = await (0,verify/* unmetByProxy */.RB)(config, host, release);
    if (unmet === undefined)
        return [{ ...checked, found: `${release.version} takes traffic` }];
    return [
        {
            ...checked,
            found: `the proxy does not answer with ${release.id}, which is live: ${unmet}`,
            fix: verify/* siteFix */.ty,
        },
    ];
}
async function operate_healthOf(deploy, host) {
    const { live } = host.facts;
    return live ? liveHealth(deploy, host, live) : [];
}
async function hostState(deploy, host, { limits }) {
    const { config, runtime } = deploy;
    const of = host.name;
    const refusal = runtime.refusal(host.facts.runtime);
    const state = await askHostState(host, config, host.facts.live, runtime.library);
    return [
        ...(refusal
            ? [{ check: 'services', of, found: `${refusal.thing} ${refusal.cause_}`, fix: refusal.fix }]
            : judgeServices(of, state.services, state.accessories)),
        ...(0,surroundings/* judgeResources */.F_)(of, state, limits),
        ...(state.failedUnits ? [judgeUnits(of, state.failedUnits)] : []),
    ];
}
function judgeServices(of, dead, accessories) {
    const check = 'services';
    const unwell = Object.entries(accessories).filter(([, state]) => !/^running( healthy| starting)?$/.test(state));
    const parts = [
        ...(dead ? [dead] : []),
        ...unwell.map(([name, state]) => state === 'gone' ? `${name} has no container that runs` : `${name} is ${state}`),
    ];
    if (dead === undefined)
        return [];
    if (parts.length === 0)
        return [{ check, of, found: 'all up' }];
    return [
        {
            check,
            of,
            found: parts.join('; '),
            fix: 'See its log and start it again: docs/by-hand.md has the commands.',
        },
    ];
}
/** Releases that take traffic on several hosts have to be one. */
function compareHosts(app, hosts) {
    const ids = new Set(hosts.flatMap(({ live }) => live?.id ?? []));
    if (ids.size < 2)
        return [];
    return [
        {
            check: 'live',
            of: app,
            found: hosts.map(({ name, live }) => `${name} serves ${live?.id ?? 'nothing'}`).join(', '),
            fix: 'The next deploy or rollback brings them together.',
        },
    ];
}
/**
 * Backup and prune, under the lease. A run that is at work there does both itself.
 *
 * @param first whether the host is the one whose database is backed up
 */
async function keepUp(deploy, watch, first) {
    const [host] = deploy.hosts;
    const { limits, skip, now } = watch;
    const backUpLive = async () => {
        const live = (0,stages_live/* liveRelease */._8)(host);
        return first && live ? backUp(deploy, host, live, limits, now) : undefined;
    };
    const works = [
        ['backup', backUpLive],
        ['prune', () => prune(deploy, host, limits)],
    ];
    const wanted = works.filter(([check]) => !skip.has(check));
    if (wanted.length === 0)
        return [];
    try {
        await host.take();
    }
    catch (error) {
        if (!(error instanceof session/* LeaseHeld */.yj))
            throw error;
        deploy.reporter.warning(`${host.name}: backup and prune were left out, since ${error.cause_}`);
        return [];
    }
    const checks = [];
    for (const [check, work] of wanted)
        checks.push(...(await asChecks(deploy, check, host.name, async () => [(await work()) ?? []].flat())));
    return checks;
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(2589);
;// CONCATENATED MODULE: ./src/commands/operate.ts











/** Looks at a running app, keeps it up, and tells people what needs them. Red when something does. */
async function run(context) {
    const { inputs, outputs, report, run, reporter } = context;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    report.app = config.app;
    const checks = await findAll(context, config);
    report.checks = checks;
    const troubles = (0,check_up/* troublesIn */.m3)(checks);
    for (const { found, ...of } of checks)
        reporter.info(`${(0,check_up/* nameOf */.Vb)({ found, ...of })}: ${found}`);
    outputs.set('troubles', JSON.stringify(troubles.map(check_up/* nameOf */.Vb)));
    const of = { repository: run.repository, app: config.app, environment: config.environment, runUrl: run.url };
    const issue = await tell(context, of, checks);
    outputs.set('issue-url', issue?.url ?? '');
    if (troubles.length === 0)
        return;
    throw new release_trouble/* Trouble */.q(`${config.environment} of ${config.app}`, `needs a person: ${troubles.map(check_up/* nameOf */.Vb).join(', ')}.`, issue?.url
        ? `What to do about each is in ${issue.url}.`
        : 'What to do about each is in the summary of this run.');
}
/** Each host by itself: one that is down must not hide how the others are. */
async function findAll(context, config) {
    const { inputs, report, state } = context;
    const watch = { limits: inputs.limits, skip: new Set(inputs.skip), now: Date.now() };
    state.save('lease', 'held');
    const [domains, ways] = await Promise.all([
        watch.skip.has('dns') ? [] : (0,surroundings/* lookAtDomains */.It)(config),
        (0,stages_deploy/* allOf */.bn)(config.hosts.map((host) => reach(context, config, host))),
    ]);
    const deploys = ways.filter((way) => 'hosts' in way);
    const unreached = ways.flatMap((way) => ('hosts' in way ? [] : way));
    try {
        const looks = await (0,stages_deploy/* allOf */.bn)(deploys.map((deploy) => lookAfter(deploy, watch, deploy === ways[0])));
        report.hosts = config.hosts.map(({ name }) => name);
        const hosts = deploys.flatMap((deploy) => deploy.hosts);
        if (deploys[0])
            (0,stages_live/* reportLive */.j7)({ ...deploys[0], hosts });
        const lives = hosts.map((host) => ({ name: host.name, live: (0,stages_live/* liveRelease */._8)(host) }));
        return [...unreached, ...looks.flat(), ...compareHosts(config.app, lives), ...domains];
    }
    finally {
        await Promise.all(deploys.map((deploy) => (0,stages_open/* release */._r)(deploy).finally(() => (0,stages_open/* close */.VN)(deploy))));
    }
}
async function reach(context, config, host) {
    let deploy;
    const trouble = await asChecks(context, 'host', `${host.user}@${host.name}`, async () => {
        deploy = await (0,environment/* openHosts */.UR)(context, { ...config, hosts: [host] });
        return [];
    });
    return deploy ?? trouble;
}
async function lookAfter(deploy, watch, first) {
    const seen = await lookAtHost(deploy, watch);
    const kept = await asChecks(deploy, 'host', deploy.hosts[0].name, () => keepUp(deploy, watch, first));
    return [...seen, ...kept];
}
/** Trouble with telling is a warning: the run itself is red already, or all is well. */
async function tell(context, of, checks) {
    const { inputs, run, reporter } = context;
    const troubles = (0,check_up/* troublesIn */.m3)(checks);
    const warn = (what) => (error) => {
        reporter.warning(`${what}: ${error instanceof Error ? error.message : error}`);
        return undefined;
    };
    const { githubToken, webhook } = inputs;
    const issue = githubToken === undefined
        ? undefined
        : await keepIssue((0,api/* githubApi */.M)({ url: run.apiUrl, token: githubToken }), of, checks).catch(warn('The issue could not be kept (the job needs `permissions: issues: write`)'));
    // Without an issue nobody knows what was told before.
    const isNews = issue ? !['none', 'same'].includes(issue.change) : troubles.length > 0;
    if (webhook !== undefined && isNews)
        await postMessage(webhook, messageFor(of, troubles, issue ?? { url: '' })).catch(warn('The webhook could not be told'));
    return issue;
}


/***/ }),

/***/ 8943:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ githubApi),
/* harmony export */   h: () => (/* binding */ ApiError)
/* harmony export */ });
/** GitHub said no, or nothing. Its message is one line, to be shown to a person. */
class ApiError extends Error {
    status;
    constructor(
    /** 0 where there was no answer. */
    status, message) {
        super(message);
        this.status = status;
        this.name = 'ApiError';
    }
}
/** Milliseconds for one request: a runner that is cancelled has no more than a few seconds left. */
const timeout = 5000;
/** Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are used. */
function githubApi({ url, token }) {
    return {
        async request(method, path, body, attempts = 1) {
            for (let left = attempts - 1;; left -= 1) {
                try {
                    return await ask({ url, token }, method, path, body);
                }
                catch (error) {
                    const again = error instanceof ApiError && (error.status === 0 || error.status >= 500);
                    if (!again || left <= 0)
                        throw error;
                    await new Promise((resolve) => setTimeout(resolve, 500));
                }
            }
        },
    };
}
async function ask({ url, token }, method, path, body) {
    const { getOctokit } = await __webpack_require__.e(/* import() */ 413).then(__webpack_require__.bind(__webpack_require__, 2413));
    try {
        const { data } = await getOctokit(token, {
            baseUrl: url,
            userAgent: 'kawasemi',
            log: silent,
            request: { signal: AbortSignal.timeout(timeout) },
        }).request(`${method} ${path}`, {
            headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
            ...(body && { data: body }),
        });
        return data;
    }
    catch (error) {
        throw apiError(error);
    }
}
/** What a person has to know of a failed request is in our own annotation. */
const silent = { debug: () => { }, info: () => { }, warn: () => { }, error: () => { } };
function apiError({ status, response, code, message }) {
    if (status === undefined || !response)
        return new ApiError(0, `no answer (${code ?? message})`);
    return new ApiError(status, `${status} ${messageOf(response.data)}`.trim());
}
function messageOf(answer) {
    const message = answer?.message;
    return typeof message === 'string' ? message.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200) : '';
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