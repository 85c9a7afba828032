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

// EXTERNAL MODULE: ./src/stages/chain.ts + 5 modules
var chain = __webpack_require__(6733);
// EXTERNAL MODULE: ./src/stages/find.ts
var find = __webpack_require__(936);
// EXTERNAL MODULE: ./src/stages/open.ts + 1 modules
var stages_open = __webpack_require__(4514);
// EXTERNAL MODULE: ./src/stages/preflight.ts
var preflight = __webpack_require__(2684);
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

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(3437);
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
    const { inputs, outputs, report } = context;
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    await (0,environment/* withHosts */.g3)(context, config, true, async (deploy) => {
        await (0,stages_open/* take */.s)(deploy);
        (0,preflight/* refuseOlderRun */.a$)(deploy, context.run.id);
        const release = (0,find/* findShipped */.Z)(deploy, context.run.id, inputs.release);
        report.release = release.id;
        report.to = release.version;
        await (0,chain/* startAndGate */.bQ)(deploy, release);
        outputs.set('report', `${release.id} is healthy in slot ${release.slot}`);
    });
}


/***/ }),

/***/ 936:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Z: () => (/* binding */ findShipped)
/* harmony export */ });
/* harmony import */ var _release_history__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5205);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2386);


/**
 * The release that an action goes on with: the one that was named, else the one this run shipped.
 *
 * @throws {Trouble} when the ledger knows none.
 */
function findShipped({ hosts }, run, id) {
    const { name, facts } = hosts[0];
    const wanted = id ?? facts.history.findLast((event) => event.event === 'shipped' && event.details.run === run)?.release;
    const release = wanted === undefined ? undefined : (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .findRelease */ .dv)(facts.history, wanted);
    if (release)
        return release;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(name, id === undefined ? `nothing was shipped there by run ${run}.` : `the ledger knows no release ${id}.`, 'Run ssh-deploy first, or give its output `release`.');
}


/***/ })

};
;