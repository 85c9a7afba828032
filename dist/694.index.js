"use strict";
exports.id = 694;
exports.ids = [694];
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


/***/ })

};
;