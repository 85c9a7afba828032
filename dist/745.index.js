"use strict";
exports.id = 745;
exports.ids = [745];
exports.modules = {

/***/ 7745:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var _stages_chain__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5330);
/* harmony import */ var _with_release__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6487);


async function run(context) {
    await (0,_with_release__WEBPACK_IMPORTED_MODULE_1__/* .withRelease */ ._)(context, true, async (deploy, release) => {
        const { backup, ran } = await (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .backupAndMigrate */ .zr)(deploy, release);
        context.outputs.set('backup', backup);
        context.outputs.set('ran', String(ran));
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