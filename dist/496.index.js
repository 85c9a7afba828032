"use strict";
exports.id = 496;
exports.ids = [496];
exports.modules = {

/***/ 3496:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./src/stages/chain.ts + 3 modules
var chain = __webpack_require__(5330);
// EXTERNAL MODULE: ./src/probes/answer.ts
var probes_answer = __webpack_require__(9137);
// EXTERNAL MODULE: ./src/probes/expectation.ts
var expectation = __webpack_require__(9465);
// EXTERNAL MODULE: ./src/probes/http.ts
var http = __webpack_require__(9879);
// EXTERNAL MODULE: ./src/probes/poll.ts
var poll = __webpack_require__(5710);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
;// CONCATENATED MODULE: ./src/stages/probe-url.ts





/**
 * Probes an address from the runner until it is healthy.
 *
 * @param gate times in milliseconds
 * @returns the last answers, one a line
 * @throws {Trouble} when it is not healthy in time.
 */
async function gateUrl(url, health, gate) {
    const outcome = await (0,poll/* pollUntil */.g)(async (left) => {
        const answer = await (0,http/* probeUrl */.K)(url, Math.min(left, gate.timeout));
        return { answer, unmet: (0,expectation/* judge */.S)(answer, health) };
    }, gate);
    const answers = outcome.lastAnswers.map(({ answer, after }) => `after ${(after / 1000).toFixed(1)} s: ${(0,probes_answer/* describeAnswer */.O1)(answer)}`);
    if (outcome.healthy)
        return answers;
    throw new trouble/* Trouble */.q(url, `${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'} (${outcome.attempts} probes in ${Math.round(outcome.waited / 1000)} s).`, 'See the last answers in the log. If it only needs longer, raise the input `deadline`.', answers);
}

// EXTERNAL MODULE: ./src/commands/with-release.ts + 1 modules
var with_release = __webpack_require__(6487);
;// CONCATENATED MODULE: ./src/commands/health-gate.ts



async function run(context) {
    const { inputs, outputs } = context;
    outputs.set('healthy', 'false');
    if (inputs.kind === 'url')
        await gateAddress(context, inputs);
    else
        await gateRelease({ ...context, inputs });
    outputs.set('healthy', 'true');
}
async function gateAddress({ outputs, report }, { url, health, gate }) {
    report.to = url;
    outputs.set('report', (await gateUrl(url, health, gate)).join('\n'));
}
async function gateRelease(context) {
    await (0,with_release/* withRelease */._)(context, true, async (deploy, release) => {
        await (0,chain/* startAndGate */.bQ)(deploy, release);
        context.outputs.set('report', `${release.id} is healthy in slot ${release.slot}`);
    });
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


/***/ })

};
;