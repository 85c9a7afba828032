"use strict";
exports.id = 590;
exports.ids = [590];
exports.modules = {

/***/ 8590:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./src/stages/chain.ts + 3 modules
var chain = __webpack_require__(5330);
// EXTERNAL MODULE: ./src/stages/deliver.ts + 10 modules
var deliver = __webpack_require__(861);
// EXTERNAL MODULE: ./src/stages/identity.ts + 1 modules
var stages_identity = __webpack_require__(143);
// EXTERNAL MODULE: ./src/stages/live.ts
var stages_live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/open.ts + 1 modules
var stages_open = __webpack_require__(4514);
// EXTERNAL MODULE: ./src/stages/project.ts + 12 modules
var stages_project = __webpack_require__(4613);
// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(2589);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/config/load.ts + 13 modules
var load = __webpack_require__(9124);
// EXTERNAL MODULE: ./src/github/api.ts
var github_api = __webpack_require__(8943);
;// CONCATENATED MODULE: ./src/github/plan-comment.ts
/**
 * Keeps one comment for an app and an environment on a pull request: written once, and rewritten from then on.
 *
 * @returns its address; empty where GitHub did not say
 * @throws {ApiError}
 */
async function keepComment(api, of, text) {
    const issues = `/repos/${of.repository}/issues`;
    const comments = `${issues}/${of.number}/comments`;
    const mark = markOf(of);
    const body = `${mark}\n${shortened(text, of.runUrl)}`;
    const found = await findComment(api, comments, mark);
    const answer = found === undefined
        ? await api.request('POST', comments, { body })
        : await api.request('PATCH', `${issues}/comments/${found}`, { body }, 3);
    const { html_url: url } = (answer ?? {});
    return typeof url === 'string' && /^https?:\/\/[\w.:/#-]{1,500}$/.test(url) ? url : '';
}
/** What a person can do about a comment that GitHub did not take. */
function adviceOn(error) {
    if (error.status !== 403 && error.status !== 404)
        return '';
    return ' Give the job `permissions: pull-requests: write`, or the input `github-token` an empty value to do without.';
}
/** By which the comment is found again. It stands at the beginning, where no quotation has it. */
function markOf({ app, environment }) {
    return `<!-- kawasemi plan: ${app} ${environment} -->`;
}
/** GitHub takes 65,536 characters. */
const longest = 65_000;
/** Cut at the end of a line, so that a table stays one. */
function shortened(text, runUrl) {
    if (text.length <= longest)
        return text;
    const whole = text.slice(0, text.lastIndexOf('\n', longest));
    return `${whole}\n\n… and more, which is in the summary of [this run](${runUrl}).\n`;
}
const perPage = 100;
/** A pull request with more comments than these would take minutes to look through. */
const mostPages = 20;
/** A stranger can write the mark too, so it must be of a bot or of somebody of the project. */
async function findComment(api, comments, mark) {
    for (let page = 1; page <= mostPages; page += 1) {
        const answer = await api.request('GET', `${comments}?per_page=${perPage}&page=${page}`, undefined, 3);
        const listed = Array.isArray(answer) ? answer : [];
        const found = listed.find((each) => isOurs(each, mark));
        if (found)
            return found.id;
        if (listed.length < perPage)
            return undefined;
    }
    return undefined;
}
function isOurs({ id, body, user, author_association: association }, mark) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0)
        return false;
    if (typeof body !== 'string' || !body.startsWith(mark))
        return false;
    return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(String(association));
}

// EXTERNAL MODULE: ./src/github/pull-request.ts
var pull_request = __webpack_require__(2524);
;// CONCATENATED MODULE: ./src/github/repository.ts

/* What GitHub knows of a repository at an earlier commit. Trouble with its API means only that less is known. */
/** GitHub names no more in one answer, and says nothing of the others. */
const mostFiles = 300;
/**
 * The files in which a commit differs from an earlier one that it follows.
 *
 * @param from,to hex digits
 * @returns nothing where GitHub does not know all of them
 */
async function changedFiles(api, repository, from, to) {
    try {
        const answer = await api.request('GET', `/repos/${repository}/compare/${from}...${to}`, undefined, 3);
        const { status, files } = (answer ?? {});
        if (status !== 'ahead' && status !== 'identical')
            return undefined;
        if (!Array.isArray(files) || files.length >= mostFiles)
            return undefined;
        return files
            .flatMap(({ filename, previous_filename: before }) => [filename, before])
            .filter((name) => typeof name === 'string');
    }
    catch (error) {
        if (error instanceof github_api/* ApiError */.h)
            return undefined;
        throw error;
    }
}
/**
 * The text of a file as it is in a commit.
 *
 * @param commit hex digits
 * @returns nothing where GitHub does not have it
 */
async function fileAt(api, repository, path, commit) {
    const names = path.split('/');
    // GitHub's API begins above the repository's root.
    if (names.some((name) => name === '..' || name === '.'))
        return undefined;
    const escaped = names.map(encodeURIComponent).join('/');
    try {
        const answer = await api.request('GET', `/repos/${repository}/contents/${escaped}?ref=${commit}`, undefined, 3);
        const { content, encoding } = (answer ?? {});
        if (typeof content !== 'string' || encoding !== 'base64')
            return undefined;
        return Buffer.from(content, 'base64').toString();
    }
    catch (error) {
        if (error instanceof github_api/* ApiError */.h)
            return undefined;
        throw error;
    }
}

// EXTERNAL MODULE: ./src/github/summary.ts + 2 modules
var summary = __webpack_require__(1343);
// EXTERNAL MODULE: ./src/release/deploy-plan.ts
var deploy_plan = __webpack_require__(4812);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
;// CONCATENATED MODULE: ./src/stages/builds.ts

/**
 * The builds of the product; services that share one are together.
 *
 * @param changed paths in the repository that differ from the live release's commit; absent where that is not known
 * @param repository absolute path of the checkout's root
 */
function plannedBuilds({ config, projectDir, compose }, changed, repository) {
    const builds = new Map();
    if (config.systemd)
        return [];
    for (const service of Object.keys(config.services)) {
        const build = compose.model.services[service]?.build;
        if (typeof build !== 'object' || build === null)
            continue;
        const key = JSON.stringify(build);
        const known = builds.get(key);
        if (known)
            known.services.push(service);
        else
            builds.set(key, { services: [service], ...touched(build, projectDir, changed, repository) });
    }
    return [...builds.values()];
}
function touched({ context, dockerfile, additional_contexts: more }, projectDir, changed, repository) {
    const folders = [context ?? projectDir, ...Object.values(more ?? {})].map(String);
    // A build from elsewhere (a URL, an image, another service) says nothing by the files of the checkout.
    if (changed === undefined || folders.some((folder) => !(0,external_node_path_.isAbsolute)(folder)))
        return {};
    const file = (0,external_node_path_.resolve)(folders[0], String(dockerfile ?? 'Dockerfile'));
    const counts = (path) => path === file || folders.some((folder) => isIn(folder, path));
    return { touched: changed.filter((path) => counts((0,external_node_path_.join)(repository, path))).length };
}
function isIn(folder, path) {
    const inside = (0,external_node_path_.relative)(folder, path);
    return inside !== '' && inside !== '..' && !inside.startsWith('../');
}
function imageNeeds(layout, live) {
    return Object.entries(layout.images).map(([service, { manifestDigest }]) => ({
        service,
        same: live?.images[service]?.manifest === manifestDigest,
    }));
}
/** Bytes of the layers that are not there, compressed as they travel. */
function lackingBytes(layout, there) {
    const layers = Object.values(layout.images).flatMap((image) => image.layers);
    const lacking = new Map(layers.filter(({ diffId }) => !there.has(diffId)).map(({ digest, size }) => [digest, size]));
    return [...lacking.values()].reduce((sum, size) => sum + size, 0);
}

// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
// EXTERNAL MODULE: ./src/databases/database.ts
var database = __webpack_require__(6301);
// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/host/files-manifest.ts + 1 modules
var files_manifest = __webpack_require__(9835);
// EXTERNAL MODULE: ./src/host/libraries.ts
var libraries = __webpack_require__(6961);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
// EXTERNAL MODULE: ./src/stages/entries.ts
var entries = __webpack_require__(8463);
;// CONCATENATED MODULE: ./src/stages/differences.ts














const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "plan.sh", 'utf8');
/**
 * Asks a host in what the release that is live differs from what is in the checkout. No value travels, neither there nor
 * back, but sums with a key that this run makes and forgets.
 */
async function askDifferences(deploy, project, host, manifest) {
    const key = (0,external_node_crypto_.randomBytes)(32).toString('hex');
    const live = (0,stages_live/* liveRelease */._8)(host);
    // Rendered under the name of the live release, so that only what is meant to differ does.
    const next = live && (0,stages_project/* planFiles */.jP)(project, live).files;
    const { facts } = await host.ask([libraries/* leaseLibrary */.e0, deploy.runtime.library, library], [(0,program/* call */.T1)('plan_lease'), ...(live && next ? asking(deploy, host, live, next, key) : [])]);
    const held = readHolder(facts.get('held'));
    const list = manifest && readList(facts);
    const shipped = manifest && list ? (0,deploy_plan/* compare */.UD)(listOf((0,files_manifest/* manifestLines */.Rl)(manifest)), list) : deploy_plan/* unchanged */.Cv;
    const slot = host.facts.live;
    const { variables } = deploy.runtime;
    return {
        changes: {
            hosts: [host.name],
            ...(next && slot ? changesOf({ slot, next, facts, key, variables }, shipped) : allNew(project)),
        },
        layers: new Set((0,fact/* textOf */.b6)(facts.get('layers')).match(/sha256:[0-9a-f]{64}/g)),
        ...(held && { held }),
        ...(list && { list }),
    };
}
/** Where nothing is live. */
function allNew({ env }) {
    return {
        env: { ...deploy_plan/* unchanged */.Cv, added: Object.keys(env).sort() },
        settings: deploy_plan/* unchanged */.Cv,
        files: deploy_plan/* unchanged */.Cv,
    };
}
function asking({ config, runtime }, { base, facts }, live, next, key) {
    const folder = `${base}/releases/${live.id}`;
    const images = Object.keys(live.images).map((service) => (0,names/* imageTag */.I_)(config.app, service, live.id));
    return [
        (0,program/* call */.T1)('plan_variables', key, `${folder}/${runtime.variables}`),
        (0,program/* call */.T1)('plan_sections', 'slot', key, `${folder}/compose.${facts.live}.json`),
        (0,program/* call */.T1)('plan_sections', 'accessories', key, `${folder}/compose.accessories.json`),
        (0,program/* call */.T1)('plan_files', key, folder, ...whole(next).map(({ path }) => path)),
        (0,program/* call */.T1)('plan_list', `${folder}/files.list`),
        ...(images.length > 0 ? [(0,program/* call */.T1)('plan_layers', ...images)] : []),
    ];
}
/** Files that are compared as they are: not those of which entries are, and not what only follows from these. */
function whole(files) {
    return files.filter(({ path }) => !/^(?:compose\.\w+\.json|(?:compose|systemd)\.parts|env|environment)$/.test(path) &&
        !path.startsWith(`${database/* connectionFolder */.jJ}/`));
}
function changesOf(both, shipped) {
    const { slot, key, facts } = both;
    const planned = (path) => contentOf(both, path);
    const files = whole(both.next);
    const sums = (0,fact/* textOf */.b6)(facts.get('files')).split(' ');
    const there = new Map(files.flatMap(({ path }, at) => (/^[0-9a-f]{64}$/.test(sums[at] ?? '') ? [[path, sums[at]]] : [])));
    const next = new Map(files.map(({ path, content }) => [path, (0,entries/* fileSum */.E_)(key, content)]));
    return {
        env: (0,deploy_plan/* compare */.UD)((0,entries/* variables */.Ee)(key, planned(both.variables)), (0,entries/* readEntries */.$2)(facts.get('variables'))),
        settings: joined((0,deploy_plan/* compare */.UD)(settingsOf((0,entries/* sections */.V0)(key, planned(`compose.${slot}.json`)), slot), settingsOf((0,entries/* readEntries */.$2)(facts.get('slot')), slot)), (0,deploy_plan/* compare */.UD)(settingsOf((0,entries/* sections */.V0)(key, planned('compose.accessories.json'))), settingsOf((0,entries/* readEntries */.$2)(facts.get('accessories')))), (0,deploy_plan/* compare */.UD)(renamed(next, unitOf), renamed(there, unitOf))),
        files: joined((0,deploy_plan/* compare */.UD)(renamed(next, fileOf), renamed(there, fileOf)), shipped),
    };
}
function contentOf({ next }, path) {
    return next.find((file) => file.path === path)?.content ?? '';
}
/** A service's unit of systemd, or what that starts. */
function unitOf(path) {
    const [, name] = /^(?:run|units)\/(.*)$/.exec(path) ?? [];
    return name && `service ${name}`;
}
/** All others, by what they are called in the checkout. */
function fileOf(path) {
    if (unitOf(path))
        return undefined;
    return path === 'env.defaults' ? '.env' : path.replace(/^(?:files|accessories)\//, '');
}
const singular = {
    networks: 'network',
    volumes: 'volume',
    configs: 'config',
    secrets: 'secret',
};
/** `services/web-blue` → `service web`. */
function settingsOf(entries, slot) {
    return renamed(entries, (name) => {
        const [section = '', entry = ''] = name.split('/');
        if (section !== 'services')
            return `${singular[section] ?? section} ${entry}`;
        return slot === undefined ? `accessory ${entry}` : `service ${entry.replace(new RegExp(`-${slot}$`), '')}`;
    });
}
/** Entries that get the same name count as one; those that get none are left out. */
function renamed(entries, to) {
    const found = new Map();
    for (const [name, sum] of entries) {
        const other = to(name);
        if (other !== undefined)
            found.set(other, `${found.get(other) ?? ''}${sum}`);
    }
    return found;
}
function joined(...all) {
    const names = (kind) => [...new Set(all.flatMap((each) => each[kind]))].sort();
    return { added: names('added'), changed: names('changed'), removed: names('removed') };
}
/** A list of files is no larger than this, in bytes; a host that says so lies. */
const mostList = 64 * 1024 * 1024;
function readList(facts) {
    const parts = [];
    for (let at = 0; facts.has(`list-${at}`); at += 1)
        parts.push((0,fact/* textOf */.b6)(facts.get(`list-${at}`)));
    if (parts.length === 0)
        return undefined;
    try {
        const text = (0,external_node_zlib_.gunzipSync)(Buffer.from(parts.join(''), 'base64'), { maxOutputLength: mostList });
        return listOf(text.toString().split('\n'));
    }
    catch {
        return undefined;
    }
}
/** Path → all else that its line says: the sum of its content and its mode, or where a link leads. */
function listOf(lines) {
    const found = new Map();
    for (const line of lines) {
        const [, what, path, target = ''] = /^(\S+ \S) \.\/([^\t]*)(\t.*)?$/.exec(line) ?? [];
        if (what !== undefined)
            found.set(path, what + target);
    }
    return found;
}
function readHolder(value) {
    if (typeof value !== 'object' || value === null)
        return undefined;
    const { owner, url } = (0,fact/* fieldsOf */.Pf)(value);
    return { owner: (0,fact/* textOf */.b6)(owner), url: (0,fact/* textOf */.b6)(url) };
}

// EXTERNAL MODULE: ./src/databases/kinds.ts + 4 modules
var kinds = __webpack_require__(1232);
// EXTERNAL MODULE: ./src/stages/gate.ts
var gate = __webpack_require__(1152);
// EXTERNAL MODULE: ./src/stages/preflight.ts
var preflight = __webpack_require__(2684);
;// CONCATENATED MODULE: ./src/stages/foresee.ts




/** What each stage of a deploy would do, in the order of the stages. Pure. */
function foreseeStages(foreseen) {
    const { config, ship } = foreseen;
    const { afterShip, beforeSwitch, afterSwitch } = config.hooks;
    return [
        does('ship', [...ship, ...prepare(config), ...hooks(afterShip)]),
        backup(config),
        migrate(config),
        does('start', start(config)),
        does('gate', [...foresee_gate(config), ...hooks(beforeSwitch)]),
        does('switch', [...switchOver(foreseen), ...hooks(afterSwitch)]),
        bake(foreseen),
        drain(foreseen),
        does('retire', retire(foreseen)),
    ];
}
function does(stage, lines) {
    return { stage, does: lines };
}
function nothing(stage, why) {
    return { stage, does: [why], skipped: true };
}
function hooks(commands) {
    return commands.map(({ service, command, timeout }) => `then \`${command.join(' ')}\` in \`${service}\`, at most ${span(timeout)}`);
}
/** What is made on the host of the files that were shipped. */
function prepare({ systemd }) {
    if (!systemd)
        return [];
    const { python, node, build } = systemd;
    return [
        ...(python ? [`a virtual environment by \`${python.requirements}\`, where that is not there yet`] : []),
        ...(node ? [`node_modules by \`${node.lock}\`, where they are not there yet`] : []),
        ...build.map((words) => `then \`${words.join(' ')}\` there`),
    ];
}
function backup({ migrations, database, backup: wanted }) {
    if (!migrations)
        return nothing('backup', 'no migrations in kawasemi.yml');
    if (!database)
        return nothing('backup', 'no database in kawasemi.yml');
    if (wanted === 'off')
        return nothing('backup', '`backup: off` in kawasemi.yml');
    return does('backup', [
        `a dump of the ${kinds/* databaseKinds */.X[database.kind].title} database, read back before anything is migrated`,
    ]);
}
function migrate({ migrations }) {
    if (!migrations)
        return nothing('migrate', 'no migrations in kawasemi.yml');
    const { command, service, timeout } = migrations;
    return does('migrate', [`\`${command.join(' ')}\` in \`${service}\`, at most ${span(timeout)}`]);
}
function start(config) {
    const workers = workersOf(config);
    return [
        ...(config.accessories.length > 0
            ? [`${foresee_names(config.accessories)}: started where it does not run, else left as it is`]
            : []),
        `${foresee_names((0,gate/* webServices */.ZC)(config).map(([name]) => name))} in the new slot`,
        ...(workers.length > 0 ? [`${foresee_names(workers)} waits for the switch`] : []),
    ];
}
function workersOf({ services }) {
    return Object.keys(services).filter((name) => services[name].role === 'worker');
}
function foresee_gate(config) {
    const { deadline, successes } = config.gate;
    return (0,gate/* webServices */.ZC)(config).map(([name, { health }]) => `\`${name}\` has to answer \`${health.path}\` well${successes > 1 ? ` ${successes} times in a row` : ''} within ${span(deadline)}; else it is taken down, and traffic is not touched`);
}
function switchOver({ config, live }) {
    const workers = workersOf(config);
    return [
        live ? `traffic goes from \`${live.version}\` to the new release` : 'the release gets the first traffic',
        ...(workers.length > 0 ? [`${foresee_names(workers)} ${live ? 'takes over' : 'starts'}`] : []),
    ];
}
function bake({ config, live }) {
    const { duration, maxErrorPercent, maxP95, minRequests } = config.bake;
    if (duration === 0)
        return nothing('bake', 'its duration is 0');
    const back = live ? `traffic goes back to \`${live.version}\`` : 'the deploy fails';
    const slow = maxP95 === undefined ? '' : `, or a 95th percentile over ${span(maxP95)}`;
    return does('bake', [
        `watched for ${span(duration)}; ${back} for more than ${maxErrorPercent} % of answers with a 5xx status${slow} (of ${minRequests} requests or more), a restart, or a health check that fails`,
    ]);
}
function drain({ config, live }) {
    if (!live)
        return nothing('drain', 'the first release');
    return does('drain', [`connections to \`${live.version}\` may take ${span(config.drain.timeout)} to end`]);
}
function retire({ config, facts, live, identity }) {
    const { previous, keep } = config.retire;
    const kept = keptAfter(facts, identity, keep);
    const removed = facts.present.filter((id) => !kept.includes(id));
    const stay = `the newest ${keep} good releases stay`;
    return [
        ...(live
            ? [
                previous === 'stopped'
                    ? `\`${live.version}\` is stopped`
                    : `\`${live.version}\` stays warm, for a rollback at once`,
            ]
            : []),
        removed.length > 0 ? `${foresee_names(removed)} removed; ${stay}` : `nothing is removed; ${stay}`,
    ];
}
/** Ids of the releases that stay, by the ledger as it would be then. */
function keptAfter(facts, identity, keep) {
    const { history, live, releases } = facts;
    const common = { at: '', owner: '', release: identity.id };
    const details = { ...identity, slot: (0,preflight/* idleSlot */.f0)(facts), images: {}, config: '' };
    const after = [
        ...history,
        { ...common, event: 'shipped', details },
        { ...common, event: 'finished' },
    ];
    return (0,release_history/* releasesToKeep */.lN)(after, live ? [releases[live], identity.id] : [identity.id], keep);
}
function foresee_names(all) {
    return all.map((name) => `\`${name}\``).join(', ');
}
/** `500 ms`, `30 s`, `10 min`, `2 h`. */
function span(ms) {
    if (ms < 1000)
        return `${ms} ms`;
    if (ms < 120_000)
        return `${ms / 1000} s`;
    return ms < 7_200_000 ? `${Math.round(ms / 6000) / 10} min` : `${Math.round(ms / 360_000) / 10} h`;
}

;// CONCATENATED MODULE: ./src/stages/plan.ts










/**
 * Says what a deploy would do on every host, and warns of what would stop it. Changes nothing there: it takes no lease, and
 * does not wait for whoever has it.
 */
async function planDeploy(deploy, project, request) {
    const { config, hosts, reporter } = deploy;
    const { identity, layout, repository } = request;
    const [first] = hosts;
    const live = (0,stages_live/* liveRelease */._8)(first);
    const manifest = await (0,stages_project/* readReleaseFiles */.RS)(project);
    const [told, { files, config: keys }] = await Promise.all([
        (0,stages_deploy/* onHosts */.Dc)(deploy, (host) => askDifferences(deploy, project, host, manifest)),
        live?.commit ? request.since(live.commit) : {},
    ]);
    for (const warning of (0,stages_project/* planFiles */.jP)(project, identity).warnings)
        reporter.warning(warning);
    for (const { message } of (0,deliver/* troublesBefore */.sc)(deploy, request))
        reporter.warning(message);
    warn(deploy, told);
    const ship = layout
        ? hosts.map((host, at) => builtLines(host, layout, told[at]))
        : manifest
            ? told.map((each) => [fileLine(manifest, each)])
            : [plannedBuilds(project, files, repository).map(buildLine)];
    return {
        hosts: hosts.map(hostPlan),
        stages: foreseeStages({
            config,
            facts: first.facts,
            live,
            identity,
            ship: [
                ...onEach(hosts, hosts.map(({ facts }) => [`to ${(0,preflight/* idleSlot */.f0)(facts)}`])),
                ...onEach(hosts, ship),
            ],
        }),
        ...(keys && { config: keys }),
        changes: (0,deploy_plan/* together */.bs)(told.map(({ changes }) => changes)),
    };
}
function hostPlan(host) {
    const { name, facts } = host;
    const live = (0,stages_live/* liveRelease */._8)(host);
    return {
        host: name,
        ...(live && facts.live && { live: { slot: facts.live, version: live.version } }),
        slot: (0,preflight/* idleSlot */.f0)(facts),
    };
}
function warn({ hosts, reporter }, told) {
    for (const [at, host] of hosts.entries()) {
        const { held } = told[at];
        if (held)
            reporter.warning(`${host.name}: another run is at work there now: ${held.owner} (${held.url}). A deploy would fail while it is.`);
    }
    const halfDone = (0,release_history/* interruptedMigration */.J7)(hosts[0].facts.history);
    if (halfDone)
        reporter.warning(`The migration of ${halfDone} was cut off before it ended; the schema may be half changed. A deploy would run the command again.`);
    if (new Set(hosts.map((host) => (0,stages_live/* liveRelease */._8)(host)?.id)).size > 1)
        reporter.warning('The hosts serve different releases; a deploy would bring them together first, or say why not.');
}
/** Lines that are the same on all hosts once, the others with the host's name. */
function onEach(hosts, lines) {
    const same = lines.every((each) => JSON.stringify(each) === JSON.stringify(lines[0]));
    if (same)
        return [...(lines[0] ?? [])];
    return lines.flatMap((each, at) => each.map((line) => `\`${hosts[at].name}\`: ${line}`));
}
function buildLine({ services, touched }) {
    const which = `builds ${services.map((name) => `\`${name}\``).join(', ')}`;
    if (touched === undefined)
        return which;
    return touched === 0
        ? `${which}, from the same files as the live release`
        : `${which}; ${count(touched, 'file')} of the build ${touched === 1 ? 'differs' : 'differ'}`;
}
function builtLines(host, layout, { layers }) {
    const needs = imageNeeds(layout, (0,stages_live/* liveRelease */._8)(host));
    const named = (same) => needs.filter((each) => each.same === same).map(({ service }) => `\`${service}\``);
    return [
        ...(named(false).length > 0 ? [`${named(false).join(', ')}: another image`] : []),
        ...(named(true).length > 0 ? [`${named(true).join(', ')}: the image that is live`] : []),
        `at most ${size(lackingBytes(layout, layers))} of ${size(layout.bytes)} travel`,
    ];
}
function fileLine(manifest, { list }) {
    if (!list)
        return `all ${count(manifest.files.length, 'file')} that the host lacks, of ${size(manifest.bytes)}`;
    const there = new Set([...list.values()].map((what) => what.slice(0, 64)));
    const lacking = new Map(manifest.files.filter(({ sha256 }) => !there.has(sha256)).map(({ sha256, size }) => [sha256, size]));
    const bytes = [...lacking.values()].reduce((sum, size) => sum + size, 0);
    return `${count(lacking.size, 'file')} of ${manifest.files.length} would travel, ${size(bytes)} before compression`;
}
function count(number, what) {
    return `${number} ${what}${number === 1 ? '' : 's'}`;
}
function size(bytes) {
    return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

;// CONCATENATED MODULE: ./src/commands/plan.ts














/** Says what a deploy would do: in the summary, in an output, and on the pull request where the run is for one. */
async function plan(context) {
    const { inputs, outputs, report, run } = context;
    const pull = (0,pull_request/* readPullRequest */.D)(process.env);
    const commit = pull?.head ?? run.sha;
    const version = inputs.version ?? pull?.head.slice(0, 12) ?? run.defaultVersion;
    const identity = (0,stages_identity/* identityOf */.c)({ id: run.id, sha: commit }, version);
    report.plan = true;
    report.to = version;
    report.toCommit = commit;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    const project = await (0,environment/* readCheckout */.b$)(config, inputs);
    // Refuses a product that cannot run in two slots before a host is asked.
    (0,stages_project/* planFiles */.jP)(project, identity);
    const layout = inputs.layout !== undefined && !config.systemd
        ? await (0,stages_project/* readBuilt */.lf)((0,environment/* inWorkspace */.ve)(inputs.layout), inputs.digests)
        : undefined;
    const deploy = await (0,environment/* openHosts */.UR)(context, config);
    try {
        report.planned = await planDeploy(deploy, project, {
            identity,
            layout,
            repository: (0,environment/* inWorkspace */.ve)('.'),
            since: (live) => since(context, live),
        });
    }
    finally {
        await (0,stages_open/* close */.VN)(deploy);
    }
    outputs.set('version', version);
    outputs.set('slot', report.planned.hosts[0].slot);
    outputs.set('url', (0,environment/* siteUrl */.hX)(config));
    outputs.set('plan', (0,deploy_plan/* planOutput */.pp)(report.planned));
    if (pull)
        await comment(context, pull.number, config.app);
}
/** As far as GitHub tells, which is asked only where there is a token. */
async function since({ inputs, run }, live) {
    if (inputs.githubToken === undefined)
        return {};
    const api = (0,github_api/* githubApi */.M)({ url: run.apiUrl, token: inputs.githubToken });
    const path = (0,external_node_path_.relative)((0,environment/* inWorkspace */.ve)('.'), (0,environment/* inWorkspace */.ve)(inputs.config));
    const [files, before] = await Promise.all([
        changedFiles(api, run.repository, live, run.sha),
        fileAt(api, run.repository, path, live),
    ]);
    const after = await (0,promises_.readFile)((0,environment/* inWorkspace */.ve)(inputs.config), 'utf8');
    return { files, config: before === undefined ? undefined : keysBetween(before, after, path, inputs) };
}
function keysBetween(before, after, path, { environment }) {
    const keys = (text) => (0,load/* configKeys */.nK)(text, path, environment);
    try {
        return (0,deploy_plan/* compare */.UD)(keys(after), keys(before));
    }
    catch (error) {
        // It need not have had this environment then.
        if (error instanceof load/* ConfigError */.xL)
            return undefined;
        throw error;
    }
}
/** The plan is made; that it cannot be shown there is a warning. */
async function comment({ inputs, run, report, outputs, reporter, hide }, number, app) {
    if (inputs.githubToken === undefined)
        return;
    const { environment, githubToken: token } = inputs;
    const of = { repository: run.repository, number, app, environment, runUrl: run.url };
    try {
        const text = (0,summary/* renderSummary */.B)(hideIn(report, hide));
        outputs.set('comment-url', await keepComment((0,github_api/* githubApi */.M)({ url: run.apiUrl, token }), of, text));
    }
    catch (error) {
        if (!(error instanceof github_api/* ApiError */.h))
            throw error;
        reporter.warning(`The plan could not be written on the pull request: ${error.message}.${adviceOn(error)}`);
    }
}
/** GitHub masks secrets in logs and summaries, and nowhere else. Before the text is rendered: escaped, one would not be found. */
function hideIn(value, hide) {
    return JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'string' ? hide(each) : each));
}

// EXTERNAL MODULE: ./src/commands/record.ts + 1 modules
var record = __webpack_require__(8738);
;// CONCATENATED MODULE: ./src/commands/deploy.ts









/** The whole chain in one step, over one connection for each host; or what it would do. */
async function run(context) {
    if (context.inputs.mode === 'plan')
        return plan(context);
    const { inputs, outputs, report } = context;
    const identity = (0,stages_identity/* identityOf */.c)(context.run, inputs.version ?? context.run.defaultVersion);
    report.to = identity.version;
    report.toCommit = identity.commit;
    report.release = identity.id;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    const project = await (0,environment/* readCheckout */.b$)(config, inputs);
    // Refuses a product that cannot run in two slots before a host is asked or an image built.
    (0,stages_project/* planFiles */.jP)(project, identity);
    const temporary = (0,stages_project/* temporaryLayout */.YE)();
    try {
        await (0,environment/* withHosts */.g3)(context, config, false, async (deploy) => {
            outputs.set('release', identity.id);
            outputs.set('version', identity.version);
            outputs.set('url', (0,environment/* siteUrl */.hX)(config));
            await deployTo(context, deploy, project, identity, temporary.dir);
        });
    }
    finally {
        await temporary.remove();
    }
}
async function deployTo(context, deploy, project, identity, dir) {
    const { inputs, outputs, reporter } = context;
    const { id } = identity;
    // An earlier attempt's images are the ones that count: never a second build of the same release.
    const known = (0,deliver/* recorded */.t2)(deploy, id);
    if (known)
        (0,stages_project/* refuseOtherImages */.Xi)(known.images, inputs.digests);
    if ((0,stages_live/* isFinished */.$g)(deploy, id)) {
        reporter.info(`${id} is live already; nothing is left to do`);
        await (0,stages_open/* settle */.G9)(deploy);
        if (known)
            tell(context, known);
        return;
    }
    (0,deliver/* preflight */.Mz)(deploy, { identity, layout: undefined });
    const layout = known ? undefined : await deploy_images(context, project, identity, dir);
    const { pullFrom } = inputs;
    const request = { identity, layout, ...(pullFrom && { pullFrom }) };
    (0,deliver/* preflight */.Mz)(deploy, request);
    await (0,stages_open/* take */.s)(deploy);
    (0,deliver/* preflight */.Mz)(deploy, request);
    const before = (0,stages_live/* liveRelease */._8)(deploy.hosts[0])?.id ?? '';
    outputs.set('previous-release', before === id ? '' : before);
    await (0,record/* withRecord */.q)(context, deploy.config, 'deploy', identity, () => deploy_chain(context, deploy, project, request));
}
async function deploy_chain(context, deploy, project, request) {
    const { outputs } = context;
    const release = await (0,deliver/* deliver */.cK)(deploy, project, request);
    tell(context, release);
    const { backup, ran } = await (0,chain/* backupAndMigrate */.zr)(deploy, release);
    outputs.set('backup', backup);
    outputs.set('ran', String(ran));
    await (0,chain/* startAndGate */.bQ)(deploy, release);
    outputs.set('healthy', 'true');
    outputs.set('switch-ms', String((await (0,chain/* switchAndFinish */.v3)(deploy, release)).switchMs));
    outputs.set('live-slot', release.slot);
}
function tell({ outputs }, release) {
    outputs.set('slot', release.slot);
    outputs.set('digests', (0,stages_project/* digestsOf */.nw)(release.images));
}
/** What an earlier job built and tested, or what is built now. Nothing where no service has a build. */
async function deploy_images({ inputs, reporter }, project, identity, dir) {
    if (inputs.layout !== undefined && !project.config.systemd)
        return (0,stages_project/* readBuilt */.lf)((0,environment/* inWorkspace */.ve)(inputs.layout), inputs.digests);
    const layout = await (0,stages_project/* build */.jq)(project, {
        identity,
        secrets: inputs.buildSecrets,
        secretFiles: inputs.buildSecretFiles,
        ...(inputs.platform !== undefined && { platform: inputs.platform }),
        ...(inputs.registry && { registry: inputs.registry }),
        dir,
        onLine: (line) => reporter.output('build', line),
        warn: (message) => reporter.warning(message),
    });
    (0,stages_project/* refuseOtherImages */.Xi)((0,stages_project/* imagesOf */.IC)(layout), inputs.digests);
    return layout;
}


/***/ }),

/***/ 8738:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  y: () => (/* binding */ closeRecord),
  q: () => (/* binding */ withRecord)
});

// EXTERNAL MODULE: ./src/github/api.ts
var github_api = __webpack_require__(8943);
;// CONCATENATED MODULE: ./src/github/deployments.ts
/**
 * Does the work of a deploy with a record of it on GitHub, which is closed however the work ends. Where the process is
 * killed meanwhile, `closeLeftOpen` does that in the post step.
 *
 * @param isCancelled asked when the work has failed
 */
async function withDeployment(keeper, request, isCancelled, work) {
    const id = await begin(keeper, request);
    if (id === undefined)
        return work();
    const end = async (state, attempts) => {
        if (await setStatus(keeper, request, id, { state, description: endings[state] }, attempts))
            keeper.state.save('deployment', '');
    };
    try {
        const result = await work();
        await end('success', 3);
        return result;
    }
    catch (error) {
        // A cancelled runner is killed in a few seconds, and the post step comes after it.
        await (isCancelled() ? end('error', 1) : end('failure', 3));
        throw error;
    }
}
/** For the post step: what a run that was cancelled or killed could not close itself. */
async function closeLeftOpen(keeper, request) {
    const [, id, siteUrl = ''] = /^(\d{1,15}) (.*)$/.exec(keeper.state.get('deployment')) ?? [];
    if (id === undefined)
        return;
    const status = { state: 'error', description: endings.error };
    await setStatus(keeper, { ...request, siteUrl }, Number(id), status, 3);
}
const endings = {
    success: 'It takes traffic.',
    failure: 'It does not take traffic; the run says why.',
    error: 'The run was cancelled or cut off.',
};
async function begin(keeper, request) {
    const { repository, environment, commit, version, task } = request;
    try {
        const answer = await keeper.api.request('POST', `/repos/${repository}/deployments`, {
            ref: commit,
            task,
            environment,
            description: `${version} by Kawasemi`,
            payload: { version },
            // Whether this commit may be deployed is decided by who runs the workflow, and nothing is to be merged into it.
            auto_merge: false,
            required_contexts: [],
        });
        const id = answer?.id;
        if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) {
            keeper.warn("GitHub's answer to the deployment record holds no id, so there is none of this deploy.");
            return undefined;
        }
        // GitHub shows the address of the last status, so whoever closes the record has to know it too.
        keeper.state.save('deployment', `${id} ${request.siteUrl}`);
        await setStatus(keeper, request, id, { state: 'in_progress', description: 'Under way.' }, 1);
        return id;
    }
    catch (error) {
        keeper.warn(`There is no deployment record of this deploy on GitHub: ${reason(error)}.${advice(error)}`);
        return undefined;
    }
}
async function setStatus({ api, warn }, { repository, siteUrl, runUrl }, id, status, attempts) {
    const body = { ...status, log_url: runUrl, ...(siteUrl !== '' && { environment_url: siteUrl }) };
    try {
        await api.request('POST', `/repos/${repository}/deployments/${id}/statuses`, body, attempts);
        return true;
    }
    catch (error) {
        warn(`GitHub's deployment record could not be brought to "${status.state}": ${reason(error)}.`);
        return false;
    }
}
function reason(error) {
    return error instanceof Error ? error.message : String(error);
}
function advice(error) {
    const status = error.status;
    if (status !== 403 && status !== 404)
        return '';
    return ' Give the job `permissions: deployments: write`, or the input `github-token` an empty value to do without.';
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var commands_environment = __webpack_require__(2589);
;// CONCATENATED MODULE: ./src/commands/record.ts



/** Does the work with a record of it on GitHub, where the action has a token to keep one. */
async function withRecord(context, config, task, { commit, version }, work) {
    const { run, signal } = context;
    const keeper = keeperOf(context);
    if (!keeper)
        return work();
    const { environment } = config;
    const { repository, url: runUrl } = run;
    const request = { repository, environment, commit, version, task, siteUrl: (0,commands_environment/* siteUrl */.hX)(config), runUrl };
    return withDeployment(keeper, request, () => signal.aborted, work);
}
/** For the post step. */
async function closeRecord(context) {
    const { repository, url: runUrl } = context.run;
    const keeper = keeperOf(context);
    if (keeper)
        await closeLeftOpen(keeper, { repository, runUrl });
}
function keeperOf({ inputs, run, reporter, state }) {
    if (inputs.githubToken === undefined)
        return undefined;
    const api = (0,github_api/* githubApi */.M)({ url: run.apiUrl, token: inputs.githubToken });
    return { api, state, warn: (message) => reporter.warning(message) };
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


/***/ })

};
;