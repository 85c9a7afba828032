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
/* harmony import */ var _stages_deliver__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2283);
/* harmony import */ var _stages_identity__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(2524);
/* harmony import */ var _stages_open__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4514);
/* harmony import */ var _stages_project__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4977);
/* harmony import */ var _environment__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3437);






/** The whole chain in one step, over one connection for each host. */
async function run(context) {
    const { inputs, outputs, report } = context;
    const identity = (0,_stages_identity__WEBPACK_IMPORTED_MODULE_5__/* .identityOf */ .c)(context.run, inputs.version ?? context.run.defaultVersion);
    report.to = identity.version;
    report.release = identity.id;
    const config = await (0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .readConfig */ .Xg)(inputs);
    const project = await (0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .readCheckout */ .b$)(config, inputs);
    // Refuses a product that cannot run in two slots before a host is asked or an image built.
    (0,_stages_project__WEBPACK_IMPORTED_MODULE_3__/* .planFiles */ .jP)(project, identity);
    const temporary = (0,_stages_project__WEBPACK_IMPORTED_MODULE_3__/* .temporaryLayout */ .YE)();
    try {
        await (0,_environment__WEBPACK_IMPORTED_MODULE_4__/* .withHosts */ .g3)(context, config, false, async (deploy) => {
            outputs.set('release', identity.id);
            outputs.set('version', identity.version);
            await deployTo(context, deploy, project, identity, temporary.dir);
        });
    }
    finally {
        await temporary.remove();
    }
}
async function deployTo(context, deploy, project, identity, dir) {
    const { outputs, reporter } = context;
    const { id } = identity;
    if ((0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .isFinished */ .$g)(deploy, id)) {
        reporter.info(`${id} is live already; nothing is left to do`);
        return;
    }
    (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .preflight */ .Mz)(deploy, { identity, layout: undefined });
    // An earlier attempt's images are the ones that count: never a second build of the same release.
    const layout = (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .recorded */ .t2)(deploy, id) ? undefined : await (0,_stages_project__WEBPACK_IMPORTED_MODULE_3__/* .build */ .jq)(project, buildRequest(context, identity, dir));
    const request = { identity, layout };
    (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .preflight */ .Mz)(deploy, request);
    await (0,_stages_open__WEBPACK_IMPORTED_MODULE_2__/* .take */ .s)(deploy);
    (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .preflight */ .Mz)(deploy, request);
    const before = (0,_stages_open__WEBPACK_IMPORTED_MODULE_2__/* .liveRelease */ ._8)(deploy.hosts[0])?.id ?? '';
    outputs.set('previous-release', before === id ? '' : before);
    const goesOn = (0,_stages_chain__WEBPACK_IMPORTED_MODULE_0__/* .isLive */ .DG)(deploy, id);
    const release = goesOn ? (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .recorded */ .t2)(deploy, id) : await (0,_stages_deliver__WEBPACK_IMPORTED_MODULE_1__/* .deliver */ .cK)(deploy, project, request);
    outputs.set('slot', release.slot);
    outputs.set('digests', (0,_stages_project__WEBPACK_IMPORTED_MODULE_3__/* .digestsOf */ .nw)(release.images));
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
function buildRequest({ inputs, reporter }, identity, dir) {
    return {
        identity,
        secrets: inputs.buildSecrets,
        secretFiles: inputs.buildSecretFiles,
        dir,
        onLine: (line) => reporter.output('build', line),
    };
}


/***/ }),

/***/ 2283:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  cK: () => (/* binding */ deliver),
  Mz: () => (/* binding */ deliver_preflight),
  t2: () => (/* binding */ recorded)
});

// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: ./src/stages/preflight.ts
var preflight = __webpack_require__(2684);
// EXTERNAL MODULE: ./src/stages/project.ts + 14 modules
var stages_project = __webpack_require__(4977);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:stream/promises"
var promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: ./src/images/layout.ts
var images_layout = __webpack_require__(426);
;// CONCATENATED MODULE: ./src/images/registry.ts





const registryUser = 'kawasemi';
/**
 * A registry (distribution API v2) that only gives, and only what the layout holds, by digest. It listens nowhere:
 * the tunnel hands its streams over. The name in a path does not matter, since a digest says it all.
 */
function serveLayout(layout) {
    const password = (0,external_node_crypto_.randomBytes)(32).toString('hex');
    const expected = sha256(`Basic ${Buffer.from(`${registryUser}:${password}`).toString('base64')}`);
    const sent = { bytes: 0, blobs: 0 };
    const streams = new Set();
    const server = (0,external_node_http_.createServer)({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
        const wanted = findWanted(layout, request, expected);
        if ('refusal' in wanted)
            return refuse(request, response, wanted.refusal);
        void send(layout, wanted, request, response, sent);
    });
    return {
        password,
        handle(stream) {
            streams.add(stream);
            stream.on('error', () => stream.destroy()).once('close', () => streams.delete(stream));
            server.emit('connection', stream);
        },
        get bytesSent() {
            return sent.bytes;
        },
        get blobsSent() {
            return sent.blobs;
        },
        close() {
            for (const stream of streams)
                stream.destroy();
            server.close();
        },
    };
}
const refusals = {
    unauthorized: { status: 401, code: 'UNAUTHORIZED', message: 'authentication required' },
    method: { status: 405, code: 'UNSUPPORTED', message: 'this registry only gives' },
    name: { status: 404, code: 'NAME_UNKNOWN', message: 'no such address' },
    manifest: { status: 404, code: 'MANIFEST_UNKNOWN', message: 'no such manifest' },
    blob: { status: 404, code: 'BLOB_UNKNOWN', message: 'no such blob' },
};
/** Authentication comes first: without it nobody learns what is there. */
function findWanted(layout, request, expected) {
    if (!(0,external_node_crypto_.timingSafeEqual)(sha256(request.headers.authorization ?? ''), expected))
        return { refusal: 'unauthorized' };
    if (request.method !== 'GET' && request.method !== 'HEAD')
        return { refusal: 'method' };
    const path = request.url ?? '';
    if (path === '/v2/' || path === '/v2')
        return { base: true };
    const [, kind, digest] = /^\/v2\/[a-z0-9._/-]{1,255}\/(manifests|blobs)\/(sha256:[0-9a-f]{64})$/.exec(path) ?? [];
    if (kind === undefined || digest === undefined)
        return { refusal: 'name' };
    const blob = Object.hasOwn(layout.blobs, digest) ? layout.blobs[digest] : undefined;
    const isManifest = blob?.mediaType === images_layout/* mediaTypes */.Ib.manifest;
    if (blob === undefined || isManifest !== (kind === 'manifests')) {
        return { refusal: kind === 'manifests' ? 'manifest' : 'blob' };
    }
    return { digest, blob };
}
function refuse(request, response, refusal) {
    const { status, code, message } = refusals[refusal];
    const body = JSON.stringify({ errors: [{ code, message }] });
    response.writeHead(status, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'Docker-Distribution-Api-Version': 'registry/2.0',
        ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="kawasemi"' } : {}),
        ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
        // What a refused upload still sends is not read.
        ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { Connection: 'close' }),
    });
    response.end(body);
}
async function send(layout, wanted, request, response, sent) {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if ('base' in wanted) {
        response.setHeader('Content-Type', 'application/json');
        response.end('{}');
        return;
    }
    const { digest, blob } = wanted;
    const range = parseRange(request.headers.range, blob.size);
    response.setHeader('Docker-Content-Digest', digest).setHeader('ETag', `"${digest}"`);
    response.setHeader('Content-Type', blob.mediaType).setHeader('Accept-Ranges', 'bytes');
    if (range === 'unsatisfiable') {
        response.writeHead(416, { 'Content-Range': `bytes */${blob.size}`, 'Content-Length': 0 }).end();
        return;
    }
    const { start, end } = range ?? { start: 0, end: blob.size - 1 };
    if (range !== undefined)
        response.setHeader('Content-Range', `bytes ${start}-${end}/${blob.size}`);
    response.writeHead(range === undefined ? 200 : 206, { 'Content-Length': end - start + 1 });
    if (request.method === 'HEAD' || end < start) {
        response.end();
        return;
    }
    sent.blobs += 1;
    const count = async function* (bytes) {
        for await (const chunk of bytes) {
            sent.bytes += chunk.length;
            yield chunk;
        }
    };
    // A pull that is given up, or a file that vanished, ends the connection: Docker asks again or says so.
    await (0,promises_.pipeline)((0,external_node_fs_.createReadStream)((0,images_layout/* blobPath */.nD)(layout.dir, digest), { start, end }), count, response).catch(() => response.destroy());
}
/** One range of bytes, as a resumed pull asks for; anything else is answered whole. */
function parseRange(header, size) {
    const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
    if (from === '' && to === '')
        return undefined;
    if (from === '')
        return to === '0' || size === 0
            ? 'unsatisfiable'
            : { start: Math.max(0, size - Number(to)), end: size - 1 };
    if (Number(from) >= size)
        return 'unsatisfiable';
    if (to !== '' && Number(to) < Number(from))
        return undefined;
    return { start: Number(from), end: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}
function sha256(text) {
    return (0,external_node_crypto_.createHash)('sha256').update(text).digest();
}

;// CONCATENATED MODULE: ./src/images/pull.ts





const pullLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "pull.sh", 'utf8');
/** The calls that bring every image of the layout to the host, tagged `kawasemi/APP-SERVICE:RELEASE`. */
function imageCalls({ app, release, layout, port, password }) {
    const auth = Buffer.from(`${registryUser}:${password}`).toString('base64');
    const images = Object.entries(layout.images).flatMap(([service, { configDigest, manifestDigest }]) => [
        (0,names/* imageName */.t)(app, service),
        (0,names/* imageTag */.I)(app, service, release),
        configDigest,
        manifestDigest,
    ]);
    return [(0,program/* call */.T)('begin', 'images'), (0,program/* call */.T)('pull_images', `127.0.0.1:${port}`, auth, ...images), (0,program/* call */.T)('end')];
}

// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
;// CONCATENATED MODULE: ./src/stages/ship.ts








const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "ship.sh", 'utf8');
/** Lays the release down in the idle slots. Nothing of it runs yet, and nothing that runs is touched. */
async function ship(deploy, shipment) {
    const ends = await Promise.allSettled(shipment.to.map(({ host, release }) => shipTo(deploy, host, release, shipment)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed)
        throw failed.reason;
    deploy.report.moved = {
        bytes: ends.reduce((sum, end) => sum + (end.status === 'fulfilled' ? end.value : 0), 0),
        ...(shipment.layout && { ofBytes: shipment.layout.bytes * shipment.to.length }),
    };
}
/** @returns bytes sent to the host, encryption included. */
async function shipTo(deploy, host, release, { plan, layout }) {
    const { config, runtime } = deploy;
    const before = host.traffic.bytesOut;
    const registry = layout && serveLayout(layout);
    const tunnel = registry && (await host.listen((stream) => registry.handle(stream)));
    try {
        await (0,stages_deploy/* runStage */.Si)(host, {
            stage: 'ship',
            libraries: [runtime.library, pullLibrary, start/* slotLibrary */.s7, library],
            calls: [
                (0,program/* call */.T)('refuse_live', release.slot),
                ...fileCalls(host.base, release, plan.files),
                ...(layout && registry && tunnel
                    ? imageCalls({
                        app: config.app,
                        release: release.id,
                        layout,
                        port: tunnel.port,
                        password: registry.password,
                    })
                    : []),
                ...otherImageCalls(plan.otherImages),
                (0,program/* call */.T)('begin', 'check'),
                ...runtime.checkImages(config.app, release),
                (0,program/* call */.T)('end'),
                ...plan.prepare,
                ...assetCalls(deploy, release),
                (0,program/* call */.T)('slot_point', release.slot, release.id),
                (0,program/* call */.T)('ledger', (0,ledger/* eventFields */.e)('shipped', release.id, { details: release })),
            ],
        }, 'The live slot was not touched. Mend what the lines above say and run this again.');
        return host.traffic.bytesOut - before;
    }
    finally {
        await tunnel?.close().catch(() => undefined);
        registry?.close();
    }
}
function fileCalls(base, release, files) {
    const folder = `${base}/releases/${release.id}`;
    const folders = new Set(files.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])));
    return [
        (0,program/* call */.T)('begin', 'files'),
        (0,program/* call */.T)('release_folder', release.id),
        ...[...folders].map((path) => (0,program/* call */.T)('release_folder_inside', release.id, path)),
        ...files.map(({ path, content, mode }) => (0,program/* call */.T)('put_base64', `${folder}/${path}`, octal(mode), Buffer.from(content).toString('base64'))),
        (0,program/* call */.T)('put', `${folder}/public.json`, '0644', `${JSON.stringify({ release: release.id, version: release.version })}\n`),
        // Last, because a release counts as laid down once this file is there.
        (0,program/* call */.T)('put', `${folder}/release.json`, '0640', `${JSON.stringify(release)}\n`),
        (0,program/* call */.T)('end'),
    ];
}
function octal(mode) {
    return mode.toString(8).padStart(4, '0');
}
function otherImageCalls(images) {
    return images.length > 0
        ? [(0,program/* call */.T)('begin', 'other images'), (0,program/* call */.T)('fetch_images', ...images), (0,program/* call */.T)('end')]
        : [];
}
function assetCalls({ config, runtime }, release) {
    const calls = Object.entries(config.services).flatMap(([service, settings]) => settings.role === 'web' && settings.assets
        ? [runtime.takeAssets(config.app, release, service, settings.assets)]
        : []);
    return calls.length > 0 ? [(0,program/* call */.T)('begin', 'assets'), ...calls, (0,program/* call */.T)('end')] : [];
}

;// CONCATENATED MODULE: ./src/stages/deliver.ts





/** Refuses hosts that cannot take the release, and re-runs that are older than what is live. Changes nothing. */
function deliver_preflight(deploy, request) {
    const layout = Object.values(request.layout?.images ?? {});
    for (const { name, facts } of deploy.hosts) {
        const refusal = deploy.runtime.refusal(facts.runtime);
        if (refusal)
            throw refusal;
        (0,preflight/* refuseOlder */.z3)(name, facts, request.identity.run);
        (0,preflight/* checkHost */.RC)(name, facts, {
            architectures: [...new Set(layout.map(({ architecture }) => architecture))],
            imageBytes: Math.max(0, ...layout.map(({ unpackedSize }) => unpackedSize)),
        });
    }
}
/**
 * Ships the release into the idle slot of every host, but for hosts where an earlier attempt did so and the slot still
 * holds it.
 */
async function deliver(deploy, project, request) {
    const { identity, layout } = request;
    const known = recorded(deploy, identity.id);
    const images = known?.images ?? (0,stages_project/* imagesOf */.IC)(layout);
    const lacking = deploy.hosts.filter(({ facts }) => !holds(facts, identity.id, images));
    if (known && lacking.length === 0) {
        (0,stages_deploy/* skip */.iv)(deploy, 'ship', 'done by an earlier attempt');
        return known;
    }
    const plan = (0,stages_project/* planFiles */.jP)(project, identity);
    for (const notice of plan.notices)
        deploy.reporter.info(notice);
    for (const warning of plan.warnings)
        deploy.reporter.warning(warning);
    const to = lacking.map((host) => ({
        host,
        release: { ...identity, slot: (0,preflight/* idleSlot */.f0)(host.facts), images, config: (0,stages_project/* configHash */.r_)(plan) },
    }));
    await (0,stages_deploy/* stage */.dw)(deploy, 'ship', () => ship(deploy, { to, plan, layout: known ? undefined : layout }));
    await Promise.all(deploy.hosts.map((host) => host.refresh()));
    return to[0].release;
}
/** The release as an earlier attempt brought it to every host. Where one lacks it, shipping was not finished. */
function recorded({ hosts }, id) {
    const known = hosts.map(({ facts }) => (0,release_history/* findRelease */.dv)(facts.history, id));
    return known.every((each) => each !== undefined) ? known[0] : undefined;
}
function holds(facts, id, images) {
    const known = (0,release_history/* findRelease */.dv)(facts.history, id);
    if (!known || facts.live === known.slot || facts.releases[known.slot] !== id)
        return false;
    return Object.entries(images).every(([service, { manifest }]) => known.images[service]?.manifest === manifest);
}


/***/ }),

/***/ 2524:
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