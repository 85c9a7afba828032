"use strict";
exports.id = 496;
exports.ids = [496];
exports.modules = {

/***/ 1115:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./src/stages/chain.ts + 2 modules
var chain = __webpack_require__(5989);
// EXTERNAL MODULE: ./src/stages/find.ts
var find = __webpack_require__(936);
// EXTERNAL MODULE: ./src/stages/open.ts
var stages_open = __webpack_require__(9343);
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
    const disk = needs.imageBytes + 2 * (backups.at(-1) ?? 0) + spareDisk;
    const dockerFree = Number(facts.runtime.get('docker-disk-free')) || facts.diskFree;
    const free = Math.min(facts.diskFree, dockerFree);
    // The second slot will want as much memory as the live one, and gets what the release in it now gives up.
    const liveMemory = Number(facts.runtime.get('live-memory')) || 0;
    const memory = facts.memoryAvailable + (Number(facts.runtime.get('idle-memory')) || 0);
    if (free < disk) {
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `has ${megabytes(free)} of disk free, but this deploy needs ${megabytes(disk)}: images ${megabytes(needs.imageBytes)}, a backup, and ${megabytes(spareDisk)} to spare.`, 'Free disk there (`docker system df` shows what images take), or lower `retire.keep`.');
    }
    if (memory < liveMemory) {
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_1__/* .Trouble */ .q(host, `has ${megabytes(memory)} of memory for the second slot, but it needs about ${megabytes(liveMemory)}: what the live one uses, or may use where it has a \`mem_limit\`.`, 'Free memory there, give the server more, or lower what the services may use.');
    }
}
/** An older run must not go over what a newer run put live. */
function refuseOlder(host, facts, run) {
    const newest = (0,_release_history__WEBPACK_IMPORTED_MODULE_0__/* .lastSwitchRun */ .mJ)(facts.history);
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


/***/ })

};
;