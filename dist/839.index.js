"use strict";
exports.id = 839;
exports.ids = [839];
exports.modules = {

/***/ 3839:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var _stages_chain__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6733);
/* harmony import */ var _stages_deliver__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7293);
/* harmony import */ var _stages_identity__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(2524);
/* harmony import */ var _stages_live__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(133);
/* harmony import */ var _stages_open__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4514);
/* harmony import */ var _stages_project__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3662);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3607);







/** The whole chain in one step, over one connection for each host. */
async function run(context) {
    const { inputs, outputs, report } = context;
    const identity = (0,_stages_identity__WEBPACK_IMPORTED_MODULE_6__/* .identityOf */ .c)(context.run, inputs.version ?? context.run.defaultVersion);
    report.to = identity.version;
    report.release = identity.id;
    const config = await (0,_environment__WEBPACK_IMPORTED_MODULE_5__/* .readConfig */ .Xg)(inputs);
    const project = await (0,_environment__WEBPACK_IMPORTED_MODULE_5__/* .readCheckout */ .b$)(config, inputs);
    // Refuses a product that cannot run in two slots before a host is asked or an image built.
    (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .planFiles */ .jP)(project, identity);
    const temporary = (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .temporaryLayout */ .YE)();
    try {
        await (0,_environment__WEBPACK_IMPORTED_MODULE_5__/* .withHosts */ .g3)(context, config, false, async (deploy) => {
            outputs.set('release', identity.id);
            outputs.set('version', identity.version);
            outputs.set('url', (0,_environment__WEBPACK_IMPORTED_MODULE_5__/* .siteUrl */ .hX)(config));
            await deployTo(context, deploy, project, identity, temporary.dir);
        });
    }
    finally {
        await temporary.remove();
    }
}
async function deployTo(context, deploy, project, identity, dir) {
    const { inputs, outputs, reporter } = context;
    const { id } = identity;
    // An earlier attempt's images are the ones that count: never a second build of the same release.
    const known = (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .recorded */ .t2)(deploy, id);
    if (known)
        (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .refuseOtherImages */ .Xi)(known.images, inputs.digests);
    if ((0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .isFinished */ .$g)(deploy, id)) {
        reporter.info(`${id} is live already; nothing is left to do`);
        if (known)
            tell(context, known);
        return;
    }
    (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .preflight */ .Mz)(deploy, { identity, layout: undefined });
    const layout = known ? undefined : await images(context, project, identity, dir);
    const request = { identity, layout };
    (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .preflight */ .Mz)(deploy, request);
    await (0,_stages_open__WEBPACK_IMPORTED_MODULE_3__/* .take */ .s)(deploy);
    (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .preflight */ .Mz)(deploy, request);
    const before = (0,_stages_live__WEBPACK_IMPORTED_MODULE_2__/* .liveRelease */ ._8)(deploy.hosts[0])?.id ?? '';
    outputs.set('previous-release', before === id ? '' : before);
    const goesOn = (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .isLive */ .DG)(deploy, id);
    const release = goesOn ? (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .recorded */ .t2)(deploy, id) : await (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .deliver */ .cK)(deploy, project, request);
    tell(context, release);
    if (!goesOn) {
        const { backup, ran } = await (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .backupAndMigrate */ .zr)(deploy, release);
        outputs.set('backup', backup);
        outputs.set('ran', String(ran));
        await (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .startAndGate */ .bQ)(deploy, release);
    }
    outputs.set('healthy', 'true');
    outputs.set('switch-ms', String((await (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .switchAndFinish */ .v3)(deploy, release)).switchMs));
    outputs.set('live-slot', release.slot);
}
function tell({ outputs }, release) {
    outputs.set('slot', release.slot);
    outputs.set('digests', (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .digestsOf */ .nw)(release.images));
}
/** What an earlier job built and tested, or what is built now. Nothing where no service has a build. */
async function images({ inputs, reporter }, project, identity, dir) {
    if (inputs.layout !== undefined && !project.config.systemd)
        return (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .readBuilt */ .lf)((0,_environment__WEBPACK_IMPORTED_MODULE_5__/* .inWorkspace */ .ve)(inputs.layout), inputs.digests);
    const layout = await (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .build */ .jq)(project, {
        identity,
        secrets: inputs.buildSecrets,
        secretFiles: inputs.buildSecretFiles,
        dir,
        onLine: (line) => reporter.output('build', line),
    });
    (0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .refuseOtherImages */ .Xi)((0,_stages_project__WEBPACK_IMPORTED_MODULE_4__/* .imagesOf */ .IC)(layout), inputs.digests);
    return layout;
}


/***/ })

};
;