"use strict";
exports.id = 455;
exports.ids = [455];
exports.modules = {

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

/***/ 8455:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./src/stages/open.ts + 1 modules
var stages_open = __webpack_require__(4514);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
;// CONCATENATED MODULE: ./src/release/rollback.ts


/**
 * Which release a rollback goes to. `to` is a release's id, a version (the newest release of it), or how many good
 * releases to go back; without it, the newest good one before what is live.
 *
 * @param present ids of the releases whose files are still on the host.
 * @throws {Trouble} when there is no such release, naming those there are.
 */
function planRollback(history, live, present, to) {
    const id = to === undefined ? (0,release_history/* lastKnownGood */.zf)(history, live) : findTarget(history, live, to);
    const target = id === undefined ? undefined : (0,release_history/* findRelease */.dv)(history, id);
    const known = (0,release_history/* goodReleases */.CF)(history).filter((each) => each !== live && present.includes(each));
    const choices = known.length > 0
        ? `Known good and still there: ${known.toReversed().join(', ')}.`
        : 'No earlier good release is on the host.';
    if (!target)
        throw new trouble/* Trouble */.q('Rollback', to === undefined ? 'there is no earlier good release.' : `nothing is known of \`${to}\`.`, choices);
    if (target.id === live)
        throw new trouble/* Trouble */.q('Rollback', `${target.id} is live already.`, choices);
    if (!present.includes(target.id))
        throw new trouble/* Trouble */.q('Rollback', `${target.id} was pruned from the host.`, `${choices} Or deploy its version again.`);
    return { target, schemaChangedBy: (0,release_history/* schemaChangesSince */.LE)(history, target.id) };
}
function findTarget(history, live, to) {
    if ((0,release_history/* findRelease */.dv)(history, to))
        return to;
    const ofVersion = history.findLast((event) => event.event === 'shipped' && event.details.version === to);
    if (ofVersion)
        return ofVersion.release;
    if (!/^[1-9]\d?$/.test(to))
        return undefined;
    const before = (0,release_history/* goodReleases */.CF)(history);
    const position = before.indexOf(live);
    return before[(position < 0 ? before.length : position) - Number(to)];
}

// EXTERNAL MODULE: ./src/stages/chain.ts + 3 modules
var chain = __webpack_require__(5330);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/drain.ts
var drain = __webpack_require__(8749);
// EXTERNAL MODULE: ./src/stages/gate.ts
var gate = __webpack_require__(1152);
// EXTERNAL MODULE: ./src/stages/live.ts
var live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/preflight.ts
var preflight = __webpack_require__(2684);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
// EXTERNAL MODULE: ./src/stages/switch.ts + 1 modules
var stages_switch = __webpack_require__(9670);
;// CONCATENATED MODULE: ./src/stages/rollback.ts













/**
 * Goes back to an earlier release on every host: at once where it still runs in the other slot, else it is started and
 * gated first.
 *
 * @throws {Trouble} when there is nothing to go back to.
 */
async function rollback(deploy, options) {
    if (hasGoneBack(deploy))
        return finish(deploy, requireLive(deploy), options);
    const before = (0,live/* liveRelease */._8)(serving(deploy));
    if (before && options.to === undefined && options.undone && options.undone.run > before.run) {
        // Whoever saw the hosts half way to a newer release wanted this one, and not the one before it.
        return settle(deploy, before, `${options.undone.id} was taken back from the hosts that had it`);
    }
    if (before &&
        options.to === undefined &&
        !options.undone &&
        options.left !== undefined &&
        before.id !== options.left)
        return settleOther(deploy, before, options.left);
    const { target } = planFor(deploy, options.to);
    const { reason = '', record = unrecorded } = options;
    return record(target, () => goBack(deploy, target, reason));
}
const unrecorded = (_, work) => work();
async function goBack(deploy, target, reason) {
    // Also for the ledger of a host where nothing was live.
    const left = requireLive(deploy);
    await bringUp(deploy, target);
    const also = [rolledBack(left, target, reason)];
    const switches = await (0,stages_deploy/* stage */.dw)(deploy, 'switch', () => (0,stages_switch/* switchTo */.S)(deploy, target, { bake: false, also }));
    await (0,stages_deploy/* stage */.dw)(deploy, 'drain', () => (0,drain/* drain */.Z)(deploy, switches));
    return switches[0].release;
}
function rolledBack(from, to, reason) {
    return (0,program/* call */.T1)('ledger', (0,ledger/* eventFields */.e)('rolled-back', from, { to: to.id, reason }));
}
/**
 * While the rollback waited, a run switched. Where its bake took it back, all is as was wanted.
 *
 * @throws {Trouble} where it is another release that would be left now.
 */
function settleOther(deploy, now, left) {
    const { name, facts } = serving(deploy);
    if ((0,release_history/* lastKnownGood */.zf)(facts.history, left) === now.id)
        return settle(deploy, now, `${left} was taken back by its own run`);
    throw new trouble/* Trouble */.q(name, `${now.id} went live while this rollback waited to go back from ${left}. Nothing was changed.`, 'Look whether it does well. To go back from it too, run this again.');
}
/** What a rollback would leave. */
function leaving(deploy) {
    return (0,live/* liveId */.e7)(serving(deploy));
}
/** An earlier attempt of this job went back already. Going back further would be wrong. */
function hasGoneBack({ hosts }) {
    return hosts.every((host) => (0,release_history/* wentBack */.Il)(host.facts.history, host.owner, (0,live/* liveId */.e7)(host)));
}
/**
 * Says where a rollback would go to and what schema it would meet there. Changes nothing.
 *
 * @returns the plan; none when an earlier attempt of this job went back already
 * @throws {Trouble} when there is nothing to go back to.
 */
function foresee(deploy, to) {
    return hasGoneBack(deploy) ? undefined : planFor(deploy, to);
}
function planFor(deploy, to) {
    const { reporter, report, config, hosts } = deploy;
    const [first] = hosts;
    const present = first.facts.present.filter((id) => hosts.every(({ facts }) => facts.present.includes(id)));
    const plan = planRollback(first.facts.history, requireLive(deploy), present, to);
    const { target, schemaChangedBy } = plan;
    report.to = target.version;
    report.toCommit = target.commit;
    report.release = target.id;
    if (schemaChangedBy.length > 0) {
        reporter.warning(`${target.version} will meet a database schema that it does not know: ${schemaChangedBy.join(', ')} migrated it since. A database is never restored by itself; the backups are in ${config.base}/backups.`);
    }
    return plan;
}
/** The first host that takes traffic: those of the others that take any serve the same. */
function serving({ hosts }) {
    return hosts.find(({ facts }) => facts.live !== undefined) ?? hosts[0];
}
function requireLive(deploy) {
    const host = serving(deploy);
    const id = (0,live/* liveId */.e7)(host);
    if (id === undefined)
        throw new trouble/* Trouble */.q(host.name, 'nothing is live there.', 'Deploy a version first.');
    return id;
}
/** An earlier attempt went back, and was perhaps ended before it was done. */
async function finish(deploy, id, { reason = '', record = unrecorded }) {
    const { hosts } = deploy;
    const { history } = hosts[0].facts;
    const release = (0,release_history/* findRelease */.dv)(history, id);
    if (!release)
        throw new trouble/* Trouble */.q(hosts[0].name, `the ledger knows no release ${id}.`, 'Deploy a version anew.');
    settle(deploy, release, `${id} was put back by an earlier attempt`);
    // Entered once more, since the attempt may have been cut off before it was.
    const left = hosts
        .map(({ facts, owner }) => (0,release_history/* leftBy */.jf)(facts.history, owner, id))
        .find((each) => each !== undefined);
    const also = left === undefined ? [] : [rolledBack(left, release, reason)];
    return record(release, async () => {
        const switches = await (0,stages_deploy/* stage */.dw)(deploy, 'switch', () => (0,stages_switch/* switchTo */.S)(deploy, release, { bake: false, also }));
        await (0,stages_deploy/* stage */.dw)(deploy, 'drain', () => (0,drain/* drain */.Z)(deploy, switches));
        return switches[0].release;
    });
}
function settle({ report, reporter }, release, how) {
    report.to = release.version;
    report.toCommit = release.commit;
    report.release = release.id;
    reporter.info(how);
    return release;
}
async function bringUp(deploy, target) {
    const warm = await Promise.all(deploy.hosts.map((host) => holdsWarm(deploy, host, target)));
    if (warm.every((each) => each)) {
        (0,stages_deploy/* skip */.iv)(deploy, 'start', 'still running');
        (0,stages_deploy/* skip */.iv)(deploy, 'gate', 'one healthy answer of each service');
        return;
    }
    await (0,stages_deploy/* onHosts */.Dc)(deploy, (host) => place(deploy, host, target));
    await Promise.all(deploy.hosts.map((host) => host.refresh()));
    await (0,chain/* startAndGate */.bQ)(deploy, target);
}
async function holdsWarm(deploy, host, { id }) {
    const slot = (0,preflight/* idleSlot */.f0)(host.facts);
    const { releases, history } = host.facts;
    // Where it was only put into the slot and its start cut off, what still runs there is another release.
    return releases[slot] === id && (0,release_history/* hasHappened */.eZ)(history, id, 'gated') && (await (0,gate/* isWarm */.Yr)(deploy, host, slot));
}
/** Puts a release that is on the host into its idle slot, as shipping it would. */
async function place(deploy, host, target) {
    const release = { ...target, slot: (0,preflight/* idleSlot */.f0)(host.facts) };
    await (0,stages_deploy/* runStage */.Si)(host, {
        stage: 'place',
        libraries: [deploy.runtime.library, start/* slotLibrary */.s7],
        calls: [
            ...deploy.runtime.checkImages(deploy.config.app, release),
            (0,program/* call */.T1)('slot_point', release.slot, release.id),
            (0,program/* call */.T1)('ledger', (0,ledger/* eventFields */.e)('shipped', release.id, { details: release })),
        ],
    }, 'Deploy its version again.');
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(2589);
// EXTERNAL MODULE: ./src/commands/record.ts + 1 modules
var record = __webpack_require__(8738);
;// CONCATENATED MODULE: ./src/commands/rollback.ts




/** A rollback is in a hurry: it waits for a deploy or a backup that is at work, instead of being asked for again. */
const patienceMs = 15 * 60_000;
async function run(context) {
    const { inputs, outputs, report, reporter } = context;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    await (0,environment/* withHosts */.g3)(context, config, false, async (deploy) => {
        outputs.set('url', (0,environment/* siteUrl */.hX)(config));
        if (inputs.mode === 'plan') {
            report.plan = true;
            const plan = foresee(deploy, inputs.to);
            if (plan) {
                outputs.set('release', plan.target.id);
                reporter.info(`A rollback would go from ${report.from} to ${plan.target.id}`);
            }
            else
                reporter.info(`An earlier attempt of this run went back to ${report.from} already`);
            outputs.set('schema-changed-by', JSON.stringify(plan?.schemaChangedBy ?? []));
            return;
        }
        const left = leaving(deploy);
        const undone = await (0,stages_open/* take */.s)(deploy, patienceMs);
        const release = await rollback(deploy, {
            to: inputs.to,
            reason: inputs.reason,
            undone,
            left,
            record: (target, work) => (0,record/* withRecord */.q)(context, config, 'rollback', target, work),
        });
        outputs.set('release', release.id);
        outputs.set('slot', release.slot);
    });
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