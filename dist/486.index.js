"use strict";
exports.id = 486;
exports.ids = [486];
exports.modules = {

/***/ 3486:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var _stages_identity__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(143);
/* harmony import */ var _stages_project__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(465);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2589);



async function run(context) {
    const { inputs, outputs, reporter, report } = context;
    const identity = (0,_stages_identity__WEBPACK_IMPORTED_MODULE_2__/* .identityOf */ .c)(context.run, inputs.version ?? context.run.defaultVersion);
    const config = await (0,_environment__WEBPACK_IMPORTED_MODULE_1__/* .readConfig */ .Xg)(inputs);
    report.app = config.app;
    report.to = identity.version;
    report.toCommit = identity.commit;
    const layout = await (0,_stages_project__WEBPACK_IMPORTED_MODULE_0__/* .build */ .jq)(await (0,_environment__WEBPACK_IMPORTED_MODULE_1__/* .readCheckout */ .b$)(config, inputs), {
        identity,
        secrets: inputs.buildSecrets,
        secretFiles: inputs.buildSecretFiles,
        dir: (0,_environment__WEBPACK_IMPORTED_MODULE_1__/* .inWorkspace */ .ve)(inputs.layout),
        onLine: (line) => reporter.output('build', line),
    });
    outputs.set('digests', (0,_stages_project__WEBPACK_IMPORTED_MODULE_0__/* .digestsOf */ .nw)((0,_stages_project__WEBPACK_IMPORTED_MODULE_0__/* .imagesOf */ .IC)(layout)));
    outputs.set('version', identity.version);
    outputs.set('layout', layout ? inputs.layout : '');
    // A workflow that fits every app has this step for those too that are deployed as files.
    if (!layout)
        reporter.info('No service of this app has a `build:`; there is nothing to build');
}


/***/ }),

/***/ 143:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  c: () => (/* binding */ identityOf)
});

;// CONCATENATED MODULE: ./src/release/release.ts
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;
function isVersion(value) {
    return versionPattern.test(value);
}
/** The release's id: a folder's name on the host and an image tag, so without `+`. */
function releaseId(version, run) {
    if (!isVersion(version))
        throw new RangeError(`not a version: ${version}`);
    return `${version.replaceAll('+', '_')}-${run}`;
}

;// CONCATENATED MODULE: ./src/stages/identity.ts

/** The same for every attempt of a run, so that a re-run finds what the first attempt left. */
function identityOf(run, version) {
    return { id: releaseId(version, run.id), version, run: run.id, commit: run.sha };
}


/***/ })

};
;