"use strict";
exports.id = 862;
exports.ids = [862];
exports.modules = {

/***/ 5862:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   run: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var _stages_open__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4514);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3607);


/** The end of a job: frees the lease, also when the run was cancelled. */
async function run(context) {
    const deploy = await (0,_environment__WEBPACK_IMPORTED_MODULE_1__/* .openHosts */ .UR)(context, await (0,_environment__WEBPACK_IMPORTED_MODULE_1__/* .readConfig */ .Xg)(context.inputs));
    try {
        await (0,_stages_open__WEBPACK_IMPORTED_MODULE_0__/* .drop */ .gv)(deploy);
    }
    finally {
        await (0,_stages_open__WEBPACK_IMPORTED_MODULE_0__/* .close */ .VN)(deploy);
    }
}


/***/ })

};
;