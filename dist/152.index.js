"use strict";
exports.id = 152;
exports.ids = [152];
exports.modules = {

/***/ 3152:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./src/github/api.ts
var github_api = __webpack_require__(8943);
// EXTERNAL MODULE: ./src/github/markdown.ts
var markdown = __webpack_require__(5566);
;// CONCATENATED MODULE: ./src/github/release-notes.ts


const begin = '<!-- kawasemi -->';
const end = '<!-- /kawasemi -->';
/** Our part of a release's notes. Marks around it let a later run replace it and leave the rest alone. */
function renderNotes({ environment, version, url, digests, commit, runUrl }) {
    const where = url === '' ? '' : ` at ${url}`;
    const lines = [
        `Deployed to ${(0,markdown/* inline */.mG)(environment)}${where} as ${(0,markdown/* code */.aY)(version)}, commit ${(0,markdown/* code */.aY)(commit)}, by [this run](${runUrl}).`,
    ];
    const rows = Object.entries(digests).map(([service, digest]) => `| ${(0,markdown/* inline */.mG)(service)} | ${(0,markdown/* code */.aY)(digest)} |`);
    if (rows.length > 0)
        lines.push('', '| image of | digest |', '|---|---|', ...rows);
    return [begin, ...lines, end].join('\n');
}
/**
 * Writes the notes into the release of a tag, which is made where there is none yet, with GitHub's own list of changes.
 *
 * @param tag checked by whoever calls
 * @returns the release's address on GitHub
 * @throws {ApiError}
 */
async function publishNotes(api, repository, tag, notes) {
    const releases = `/repos/${repository}/releases`;
    const found = await findRelease(api, `${releases}/tags/${encodeURIComponent(tag)}`);
    const answer = found
        ? await api.request('PATCH', `${releases}/${found.id}`, { body: withNotes(found.body, notes) }, 3)
        : await api.request('POST', releases, {
            tag_name: tag,
            name: tag,
            body: notes,
            generate_release_notes: true,
        });
    const { html_url: address } = (answer ?? {});
    return typeof address === 'string' ? address : '';
}
async function findRelease(api, path) {
    try {
        const { id, body } = ((await api.request('GET', path, undefined, 3)) ?? {});
        if (typeof id !== 'number' || !Number.isSafeInteger(id))
            throw new github_api/* ApiError */.h(0, 'an answer without an id');
        return { id, body: typeof body === 'string' ? body : '' };
    }
    catch (error) {
        if (error instanceof github_api/* ApiError */.h && error.status === 404)
            return undefined;
        throw error;
    }
}
/** What people wrote stays as it is; what an earlier run wrote is replaced. */
function withNotes(body, notes) {
    const from = body.indexOf(begin);
    const to = body.indexOf(end, from);
    if (from >= 0 && to >= 0)
        return body.slice(0, from) + notes + body.slice(to + end.length);
    return body === '' ? notes : `${notes}\n\n${body}`;
}

;// CONCATENATED MODULE: ./src/commands/release-notes.ts


/** What was deployed stays deployed: trouble with the notes is a warning. */
async function run(context) {
    const { inputs, run, outputs, report, reporter } = context;
    const { deployedTo: environment, url, digests = {}, githubToken, version = run.defaultVersion } = inputs;
    report.to = version;
    outputs.set('release-url', '');
    const tag = /^refs\/tags\/([\w./+-]{1,200})$/.exec(run.ref)?.[1];
    if (tag === undefined)
        return reporter.info('This run is not about a tag; there are no notes to write');
    if (githubToken === undefined)
        return reporter.warning('There is no `github-token`, so no release notes were written.');
    const notes = renderNotes({ environment, version, url, digests, commit: run.sha, runUrl: run.url });
    try {
        const api = (0,github_api/* githubApi */.M)({ url: run.apiUrl, token: githubToken });
        outputs.set('release-url', await publishNotes(api, run.repository, tag, notes));
    }
    catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        reporter.warning(`The release notes of ${tag} were not written: ${reason}. The job needs \`permissions: contents: write\`; run it again to try once more.`);
    }
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