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
/* harmony import */ var _stages_chain__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6733);
/* harmony import */ var _stages_find__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(936);
/* harmony import */ var _stages_gate__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1152);
/* harmony import */ var _stages_live__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(133);
/* harmony import */ var _stages_open__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(4514);
/* harmony import */ var _stages_preflight__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2684);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(3437);







async function run(context) {
    const { inputs, outputs, report, reporter } = context;
    const config = await (0,_environment__WEBPACK_IMPORTED_MODULE_6__/* .readConfig */ .Xg)(inputs);
    await (0,_environment__WEBPACK_IMPORTED_MODULE_6__/* .withHosts */ .g3)(context, config, false, async (deploy) => {
        await (0,_stages_open__WEBPACK_IMPORTED_MODULE_4__/* .take */ .s)(deploy);
        (0,_stages_preflight__WEBPACK_IMPORTED_MODULE_5__/* .refuseOlderRun */ .a$)(deploy, context.run.id);
        const release = (0,_stages_find__WEBPACK_IMPORTED_MODULE_1__/* .findShipped */ .Z)(deploy, context.run.id, inputs.release);
        report.release = release.id;
        report.to = release.version;
        const before = (0,_stages_live__WEBPACK_IMPORTED_MODULE_3__/* .liveRelease */ ._8)(deploy.hosts[0])?.id ?? '';
        outputs.set('previous-release', before === release.id ? '' : before);
        if ((0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .isFinished */ .$g)(deploy, release.id))
            reporter.info(`${release.id} is live already; nothing is left to do`);
        else {
            if (!(0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .isLive */ .DG)(deploy, release.id))
                await (0,_stages_gate__WEBPACK_IMPORTED_MODULE_2__/* .requireWarm */ .zd)(deploy, release);
            outputs.set('switch-ms', String((await (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .switchAndFinish */ .v3)(deploy, release)).switchMs));
        }
        outputs.set('live-slot', release.slot);
        outputs.set('url', (0,_environment__WEBPACK_IMPORTED_MODULE_6__/* .siteUrl */ .hX)(config));
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