"use strict";
exports.id = 362;
exports.ids = [362];
exports.modules = {

/***/ 9362:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var _stages_chain__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5330);
/* harmony import */ var _stages_gate__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1152);
/* harmony import */ var _stages_live__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(133);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2589);
/* harmony import */ var _record__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(8738);
/* harmony import */ var _with_release__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(6487);






async function run(context) {
    const { outputs, reporter } = context;
    await (0,_with_release__WEBPACK_IMPORTED_MODULE_5__/* .withRelease */ ._)(context, false, async (deploy, release) => {
        const before = (0,_stages_live__WEBPACK_IMPORTED_MODULE_2__/* .liveRelease */ ._8)(deploy.hosts[0])?.id ?? '';
        outputs.set('previous-release', before === release.id ? '' : before);
        if ((0,_stages_live__WEBPACK_IMPORTED_MODULE_2__/* .isFinished */ .$g)(deploy, release.id))
            reporter.info(`${release.id} is live already; nothing is left to do`);
        else {
            await (0,_record__WEBPACK_IMPORTED_MODULE_4__/* .withRecord */ .q)(context, deploy.config, 'deploy', release, async () => {
                if (!(0,_stages_live__WEBPACK_IMPORTED_MODULE_2__/* .isLive */ .DG)(deploy, release.id))
                    await (0,_stages_gate__WEBPACK_IMPORTED_MODULE_1__/* .requireWarm */ .zd)(deploy, release);
                outputs.set('switch-ms', String((await (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .switchAndFinish */ .v3)(deploy, release)).switchMs));
            });
        }
        outputs.set('live-slot', release.slot);
        outputs.set('url', (0,_environment__WEBPACK_IMPORTED_MODULE_3__/* .siteUrl */ .hX)(deploy.config));
    });
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

/***/ 6487:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  _: () => (/* binding */ withRelease)
});

// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
;// CONCATENATED MODULE: ./src/stages/find.ts


/**
 * The release that an action goes on with: the one that was named, else the one this run shipped.
 *
 * @throws {Trouble} when the ledger knows none.
 */
function findShipped({ hosts }, run, id) {
    const { name, facts } = hosts[0];
    const wanted = id ?? facts.history.findLast((event) => event.event === 'shipped' && event.details.run === run)?.release;
    const release = wanted === undefined ? undefined : (0,release_history/* findRelease */.dv)(facts.history, wanted);
    if (release)
        return release;
    throw new trouble/* Trouble */.q(name, id === undefined ? `nothing was shipped there by run ${run}.` : `the ledger knows no release ${id}.`, 'Run ssh-deploy first, or give its output `release`.');
}

// EXTERNAL MODULE: ./src/stages/open.ts + 1 modules
var stages_open = __webpack_require__(4514);
// EXTERNAL MODULE: ./src/stages/preflight.ts
var preflight = __webpack_require__(2684);
// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(2589);
;// CONCATENATED MODULE: ./src/commands/with-release.ts




/** Takes the lease and goes on with the release that an earlier step or job of this run shipped. */
async function withRelease(context, keepLease, work) {
    const { inputs, report, run } = context;
    await (0,environment/* withHosts */.g3)(context, await (0,environment/* readConfig */.Xg)(inputs), keepLease, async (deploy) => {
        await (0,stages_open/* take */.s)(deploy);
        (0,preflight/* refuseOlderRun */.a$)(deploy, run.id);
        const shipped = findShipped(deploy, run.id, inputs.release);
        report.release = shipped.id;
        report.to = shipped.version;
        report.toCommit = shipped.commit;
        await work(deploy, shipped);
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