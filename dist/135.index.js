"use strict";
exports.id = 135;
exports.ids = [135];
exports.modules = {

/***/ 6694:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var _stages_deliver__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(861);
/* harmony import */ var _stages_identity__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(143);
/* harmony import */ var _stages_live__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(133);
/* harmony import */ var _stages_open__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4514);
/* harmony import */ var _stages_project__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4613);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2589);






async function run(context) {
    const { inputs, outputs, report } = context;
    const identity = (0,_stages_identity__WEBPACK_IMPORTED_MODULE_5__/* .identityOf */ .c)(context.run, inputs.version ?? context.run.defaultVersion);
    report.to = identity.version;
    report.toCommit = identity.commit;
    report.release = identity.id;
    const config = await (0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .readConfig */ .Xg)(inputs);
    const project = await (0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .readCheckout */ .b$)(config, inputs);
    const layout = config.systemd ? undefined : await (0,_stages_project__WEBPACK_IMPORTED_MODULE_3__/* .readBuilt */ .lf)((0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .inWorkspace */ .ve)(inputs.layout), inputs.digests);
    const { pullFrom } = inputs;
    const request = { identity, layout, ...(pullFrom && { pullFrom }) };
    await (0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .withHosts */ .g3)(context, config, true, async (deploy) => {
        (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_0__/* .preflight */ .Mz)(deploy, request);
        await (0,_stages_open__WEBPACK_IMPORTED_MODULE_2__/* .take */ .s)(deploy);
        (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_0__/* .preflight */ .Mz)(deploy, request);
        const before = (0,_stages_live__WEBPACK_IMPORTED_MODULE_1__/* .liveRelease */ ._8)(deploy.hosts[0])?.id ?? '';
        const release = await (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_0__/* .deliver */ .cK)(deploy, project, request);
        outputs.set('release', release.id);
        outputs.set('slot', release.slot);
        outputs.set('previous-release', before === release.id ? '' : before);
    });
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


/***/ })

};
;