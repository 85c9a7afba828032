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
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2386);

async function run(context) {
    void context.inputs;
    throw new _release_trouble__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .q('build-image', 'is not written yet.', 'Wait for it.');
}


/***/ })

};
;