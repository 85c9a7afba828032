"use strict";
exports.id = 552;
exports.ids = [552];
exports.modules = {

/***/ 65:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   JO: () => (/* binding */ tarEnd),
/* harmony export */   pI: () => (/* binding */ tarHeader),
/* harmony export */   vr: () => (/* binding */ tarPadding)
/* harmony export */ });
/* Tar files as GNU tar and Docker read them. Neither owners nor times: whoever unpacks takes their own. */
const blockSize = 512;
const nameBytes = 100;
const tarEnd = Buffer.alloc(2 * blockSize);
/** The blocks before an entry's content, with GNU's own entries before them where a name does not fit. */
function tarHeader(entry) {
    const { name, link = '' } = entry;
    return Buffer.concat([
        ...(Buffer.byteLength(link) > nameBytes ? [longName('K', link)] : []),
        ...(Buffer.byteLength(name) > nameBytes ? [longName('L', name)] : []),
        headerBlock(entry),
    ]);
}
function longName(type, name) {
    const text = Buffer.from(`${name}\0`);
    const block = headerBlock({ name: '././@LongLink', type, mode: 0, size: text.length });
    return Buffer.concat([block, text, tarPadding(text.length)]);
}
function headerBlock({ name, type, mode, size, link = '' }) {
    const block = Buffer.alloc(blockSize);
    const octal = (value, at, digits) => block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
    Buffer.from(name).copy(block, 0, 0, nameBytes);
    octal(mode, 100, 7);
    octal(0, 108, 7);
    octal(0, 116, 7);
    octal(size, 124, 11);
    octal(0, 136, 11);
    block.write(' '.repeat(8), 148, 'latin1');
    block.write(type, 156, 'latin1');
    Buffer.from(link).copy(block, 157, 0, nameBytes);
    block.write('ustar  ', 257, 'latin1');
    octal(block.reduce((sum, byte) => sum + byte, 0), 148, 6);
    block.write('\0 ', 154, 'latin1');
    return block;
}
/** What follows a content of that size. */
function tarPadding(size) {
    return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}


/***/ }),

/***/ 8888:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Y: () => (/* binding */ archiveOf)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3024);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _host_tar__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(65);
/* harmony import */ var _release_trouble__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(2386);
/* harmony import */ var _layout__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(426);





/**
 * A tar stream for `docker load`, as `docker save` writes it: manifest.json for Docker's classic store, index.json for the
 * containerd store, both over the same blobs, so that each store gives the image the id that was recorded for it.
 *
 * @throws {Trouble} when a blob of the layout is not what it was.
 */
async function* archiveOf(layout, images) {
    yield* small('oci-layout', { imageLayoutVersion: '1.0.0' });
    yield* small('index.json', {
        schemaVersion: 2,
        mediaType: _layout__WEBPACK_IMPORTED_MODULE_4__/* .mediaTypes */ .Ib.index,
        manifests: images.map(descriptorOf(layout)),
    });
    yield* small('manifest.json', images.map(savedImage));
    for (const digest of blobsOf(images))
        yield* blobOf(layout, digest);
    yield _host_tar__WEBPACK_IMPORTED_MODULE_2__/* .tarEnd */ .JO;
}
function descriptorOf(layout) {
    return ({ tag, image: { manifestDigest } }) => ({
        mediaType: _layout__WEBPACK_IMPORTED_MODULE_4__/* .mediaTypes */ .Ib.manifest,
        digest: manifestDigest,
        size: layout.blobs[manifestDigest].size,
        annotations: {
            'io.containerd.image.name': `docker.io/${tag}`,
            'org.opencontainers.image.ref.name': tag.slice(tag.lastIndexOf(':') + 1),
        },
    });
}
function savedImage({ tag, image }) {
    return {
        Config: nameOf(image.configDigest),
        RepoTags: [tag],
        Layers: image.layers.map(({ digest }) => nameOf(digest)),
    };
}
/** Each once; what one image has to bring is not left out for another that lacks it less. */
function blobsOf(images) {
    return new Set(images.flatMap(({ image: { manifestDigest, configDigest, layers }, known }) => [
        manifestDigest,
        configDigest,
        ...layers.slice(known).map(({ digest }) => digest),
    ]));
}
function nameOf(digest) {
    return `blobs/${digest.replace(':', '/')}`;
}
async function* small(name, content) {
    const text = Buffer.from(JSON.stringify(content));
    yield (0,_host_tar__WEBPACK_IMPORTED_MODULE_2__/* .tarHeader */ .pI)({ name, type: '0', mode: 0o644, size: text.length });
    yield text;
    yield (0,_host_tar__WEBPACK_IMPORTED_MODULE_2__/* .tarPadding */ .vr)(text.length);
}
async function* blobOf({ dir, blobs }, digest) {
    const { size } = blobs[digest];
    yield (0,_host_tar__WEBPACK_IMPORTED_MODULE_2__/* .tarHeader */ .pI)({ name: nameOf(digest), type: '0', mode: 0o644, size });
    const hash = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256');
    let left = size;
    for await (const chunk of (0,node_fs__WEBPACK_IMPORTED_MODULE_1__.createReadStream)((0,_layout__WEBPACK_IMPORTED_MODULE_4__/* .blobPath */ .nD)(dir, digest))) {
        left -= chunk.length;
        if (left < 0)
            break;
        hash.update(chunk);
        yield chunk;
    }
    if (left !== 0 || `sha256:${hash.digest('hex')}` !== digest) {
        throw new _release_trouble__WEBPACK_IMPORTED_MODULE_3__/* .Trouble */ .q(dir, `the blob ${digest} changed while it was being sent.`, 'Build the images again.');
    }
    yield (0,_host_tar__WEBPACK_IMPORTED_MODULE_2__/* .tarPadding */ .vr)(size);
}


/***/ }),

/***/ 4649:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ judgeClock)
/* harmony export */ });
/** @param most seconds that the clocks may differ; what the question took is in the host's favour */
function judgeClock(of, { asked, host, answered }, most) {
    const check = 'clock';
    const ahead = host - answered;
    const behind = asked - host;
    const off = Math.max(0, ahead, behind);
    if (off <= most * 1000)
        return { check, of, found: `within ${most} s of the runner's` };
    return {
        check,
        of,
        found: `${Math.round(off / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the runner's, at most ${most} s may be`,
        fix: 'Let it be set by itself: `timedatectl set-ntp true`, and see `timedatectl status`.',
    };
}


/***/ }),

/***/ 861:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  cK: () => (/* binding */ deliver),
  Mz: () => (/* binding */ deliver_preflight),
  t2: () => (/* binding */ recorded),
  sc: () => (/* binding */ troublesBefore)
});

// EXTERNAL MODULE: ./src/host/connection.ts + 10 modules
var connection = __webpack_require__(9754);
// EXTERNAL MODULE: ./src/probes/clock.ts
var probes_clock = __webpack_require__(4649);
// EXTERNAL MODULE: ./src/release/check-up.ts
var check_up = __webpack_require__(751);
// EXTERNAL MODULE: ./src/release/history.ts
var release_history = __webpack_require__(5205);
// EXTERNAL MODULE: ./src/stages/deploy.ts
var stages_deploy = __webpack_require__(2636);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/host/fact.ts
var fact = __webpack_require__(1322);
// EXTERNAL MODULE: ./src/host/program.ts
var program = __webpack_require__(630);
// EXTERNAL MODULE: ./src/stages/entries.ts
var entries = __webpack_require__(8463);
;// CONCATENATED MODULE: ./src/stages/holds-files.ts






const library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "plan.sh", 'utf8');
/**
 * Whether the host has the files of a release as they are planned now. Its settings may be others than an earlier attempt
 * laid down. No content travels, but sums with a key that this run makes and forgets.
 */
async function holdsFiles(host, id, { files }) {
    const key = (0,external_node_crypto_.randomBytes)(32).toString('hex');
    const paths = files.map(({ path }) => path);
    const { facts } = await host.ask([library], [(0,program/* call */.T1)('plan_files', key, `${host.base}/releases/${id}`, ...paths)]);
    return (0,fact/* textOf */.b6)(facts.get('files')) === files.map(({ content }) => (0,entries/* fileSum */.E_)(key, content)).join(' ');
}

// EXTERNAL MODULE: ./src/stages/live.ts
var live = __webpack_require__(133);
// EXTERNAL MODULE: ./src/stages/preflight.ts
var preflight = __webpack_require__(2684);
// EXTERNAL MODULE: ./src/stages/project.ts + 12 modules
var stages_project = __webpack_require__(4613);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
// EXTERNAL MODULE: ./src/host/files-manifest.ts + 1 modules
var files_manifest = __webpack_require__(9835);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./src/host/files-patch.ts



const sumDigits = 12;
const mostBlocks = 129;
const largest = 8 * 1024 ** 3;
const largestBlock = 1 + largest / 128;
/** What a host says is data: undefined where it is no large file. */
function readLargeFile(value) {
    if (typeof value !== 'object' || value === null)
        return undefined;
    const { tree, path, size, block, start, end } = value;
    if (typeof path !== 'string' || !path.startsWith('./'))
        return undefined;
    if (!isCount(tree, 1000) || !isCount(size, largest) || !isCount(block, largestBlock) || block === 0)
        return undefined;
    const sums = [start, end].map(readSums);
    if (sums[0] === undefined || sums[1] === undefined)
        return undefined;
    return { tree, path: path.slice(2), size, block, start: sums[0], end: sums[1].toReversed() };
}
function isCount(value, most) {
    return Number.isSafeInteger(value) && value >= 0 && value <= most;
}
function readSums(value) {
    if (typeof value !== 'string' || value.length > mostBlocks * sumDigits || !/^[0-9a-f]*$/.test(value))
        return undefined;
    return value.match(/.{12}/g) ?? [];
}
/** @returns undefined where the two have too little in common. */
async function findPatch(root, file, old) {
    const handle = await (0,promises_.open)((0,external_node_path_.join)(root, file.path));
    try {
        const most = Math.min(file.size, old.size);
        const start = await sameBytes(handle, old.start, old.block, most, (at) => at);
        const end = await sameBytes(handle, old.end, old.block, most - start, (at) => file.size - at - old.block);
        return start + end > file.size / 4 ? { file, tree: old.tree, start, end } : undefined;
    }
    finally {
        await handle.close();
    }
}
async function sameBytes(handle, sums, block, most, place) {
    let done = 0;
    const bytes = Buffer.alloc(Math.min(block, most));
    for (const sum of sums) {
        if (done + block > most)
            break;
        const { bytesRead } = await handle.read(bytes, 0, block, place(done));
        if (bytesRead < block)
            break;
        if ((0,external_node_crypto_.createHash)('sha256').update(bytes).digest('hex').slice(0, sumDigits) !== sum)
            break;
        done += block;
    }
    return done;
}

;// CONCATENATED MODULE: ./src/host/files-plan.ts



/*
 * Neither side tells the other its whole list. Files are put into 256 groups by the first byte of their content's sum;
 * the runner sends a sum per group, and the host answers with the groups in which its newest release differs and the
 * contents it has for them, each by the first 16 digits of its sum. Only these groups' lines travel then.
 */
/** Digits of a content's sum that stand for it on the way. The host checks the whole manifest's sum in the end. */
const shortDigits = 16;
const hex = /^[0-9a-f]*$/;
const groups = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
function groupOf({ sha256 }) {
    return sha256.slice(0, 2);
}
function files_plan_short({ sha256 }) {
    return sha256.slice(0, shortDigits);
}
/** A sum per group, in the order of the groups. */
function groupSums(manifest) {
    const sums = new Map(groups.map((group) => [group, (0,external_node_crypto_.createHash)('sha256')]));
    for (const line of (0,files_manifest/* manifestLines */.Rl)({ ...manifest, links: [], folders: [] }))
        sums.get(line.slice(0, 2)).update(`${line}\n`);
    return [...sums.values()].map((sum) => sum.digest('hex').slice(0, shortDigits));
}
/** Reads the answer of a host, which is data like any other: what is no group or sum is left out. */
class HostAnswer {
    differing = new Set();
    known = new Set();
    /** The groups, with spaces between. */
    addDiffering(value) {
        for (const group of (0,fact/* textOf */.b6)(value).split(' ', groups.length))
            if (group.length === 2 && hex.test(group))
                this.differing.add(group);
    }
    /** Short sums, one after the other. */
    addKnown(value, most) {
        const text = (0,fact/* textOf */.b6)(value);
        if (!hex.test(text))
            return;
        for (let at = 0; at + shortDigits <= text.length && this.known.size < most; at += shortDigits)
            this.known.add(text.slice(at, at + shortDigits));
    }
}
function planTransfer(manifest, host) {
    const files = manifest.files.filter((file) => host.differing.has(groupOf(file)));
    // By path, because files of one folder are often alike, which the compression finds only where they are near.
    const send = files
        .filter((file) => !host.known.has(files_plan_short(file)))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const contents = new Map(send.map(({ sha256, size }) => [sha256, size]));
    return {
        lines: [
            ...files.map((file) => `${files_plan_short(file)} ${(0,files_manifest/* modeLetter */.AW)(file)} ./${file.path}`),
            ...manifest.folders.map(files_manifest/* folderLine */.n),
            ...manifest.links.map(files_manifest/* linkLine */.pF),
        ],
        send,
        bytes: [...contents.values()].reduce((sum, size) => sum + size, 0),
    };
}

// EXTERNAL MODULE: ./src/host/files-content.ts
var files_content = __webpack_require__(5165);
// EXTERNAL MODULE: ./src/host/tar.ts
var tar = __webpack_require__(65);
;// CONCATENATED MODULE: ./src/host/files-tar.ts







/*
 * A tar stream for GNU tar. It holds `lines`; `patches` and `middle/NUMBER` for large files of which a part travels; then
 * `files/PATH` for each content that travels whole. Neither owners nor times: the host takes its own.
 */
/**
 * Release files are read-only: releases share them by hard links, and what writes into its own release must not change
 * an older one.
 */
const fileModes = { plain: 0o440, executable: 0o550 };
async function* tarOf(root, transfer, patches = []) {
    for await (const bytes of entriesOf(root, transfer, patches))
        if (bytes.length > 0)
            yield bytes;
}
async function* entriesOf(root, { lines, send }, patches) {
    yield* textOf('lines', lines);
    yield* textOf('patches', patches.map(patchLine));
    for (const [number, patch] of patches.entries())
        yield* middleOf(root, number, patch);
    const patched = new Set(patches.map(({ file }) => file.sha256));
    const sent = new Map();
    for (const file of send) {
        if (patched.has(file.sha256))
            continue;
        const same = sent.get(file.sha256);
        // Empty files are not linked: there may be more of them than a file may have names.
        if (same === undefined || file.size === 0) {
            sent.set(file.sha256, file);
            yield* fileOf(root, file);
            // The host makes a copy for one that has the same content and another mode.
        }
        else if (same.executable === file.executable)
            yield linkTo(file, same);
    }
    yield tar/* tarEnd */.JO;
}
async function* textOf(name, lines) {
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    yield (0,tar/* tarHeader */.pI)({ name, type: '0', mode: 0o600, size: text.length });
    yield text;
    yield (0,tar/* tarPadding */.vr)(text.length);
}
function patchLine({ file, tree, start, end }) {
    return [tree, start, end, (0,files_manifest/* modeLetter */.AW)(file), `./${file.path}`].join('\t');
}
/** The host checks the content of the whole file. */
async function* middleOf(root, number, { file, start, end }) {
    const size = file.size - start - end;
    yield (0,tar/* tarHeader */.pI)({ name: `middle/${number}`, type: '0', mode: 0o600, size });
    let left = size;
    if (size > 0) {
        const range = { start, end: file.size - end - 1 };
        for await (const chunk of (0,external_node_fs_.createReadStream)((0,external_node_path_.join)(root, file.path), range)) {
            left -= chunk.length;
            yield chunk;
        }
    }
    if (left !== 0)
        throw changed(root, file.path);
    yield (0,tar/* tarPadding */.vr)(size);
}
async function* fileOf(root, file) {
    const { path, size, executable } = file;
    yield (0,tar/* tarHeader */.pI)({
        name: `files/${path}`,
        type: '0',
        mode: executable ? fileModes.executable : fileModes.plain,
        size,
    });
    const hash = (0,external_node_crypto_.createHash)('sha256');
    let left = size;
    for await (const chunk of (0,files_content/* contentOf */.$)((0,external_node_path_.join)(root, path), size)) {
        left -= chunk.length;
        if (left < 0)
            throw changed(root, path);
        hash.update(chunk);
        yield chunk;
    }
    if (left !== 0 || hash.digest('hex') !== file.sha256)
        throw changed(root, path);
    yield (0,tar/* tarPadding */.vr)(size);
}
function changed(root, path) {
    return new trouble/* Trouble */.q((0,external_node_path_.join)(root, path), 'it changed while the release was being sent.', 'Let nothing write there during a deploy, or name it in .kawasemiignore; then run this again.');
}
function linkTo(file, same) {
    return (0,tar/* tarHeader */.pI)({
        name: `files/${file.path}`,
        type: '1',
        mode: fileModes.plain,
        size: 0,
        link: `files/${same.path}`,
    });
}

;// CONCATENATED MODULE: ./src/host/files.ts










/** Its shell functions. */
const filesLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "files.sh", 'utf8');
/**
 * Lays the files of a release down in `releases/ID/files`. Only contents the host lacks travel; all others are hard links
 * to those of the releases its slots hold, and of transfers that were interrupted. Nothing that is live is touched, and
 * the folder is there only once all of it is.
 *
 * @throws {HostFailure} when the host says why it could not take them; what has arrived stays for the next try.
 * @throws {Trouble} when the disk is too small, or a file changed meanwhile.
 */
async function sendFiles(host, release, manifest) {
    const moved = { files: 0, contentBytes: 0, bytes: 0 };
    await host.exchange({
        stage: 'files',
        libraries: [filesLibrary],
        calls: [
            (0,program/* call */.T1)('files_take', release, manifest.hash, String(manifest.files.length), groupSums(manifest).join(' ')),
        ],
    }, () => answerTo(host, manifest, moved));
    return moved;
}
function answerTo(host, manifest, moved) {
    const contents = new HostAnswer();
    const large = [];
    return (name, value) => {
        const file = name === 'files-large' && large.length < mostLarge ? readLargeFile(value) : undefined;
        if (file)
            large.push(file);
        if (name === 'files-differ')
            contents.addDiffering(value);
        if (name === 'files-known')
            contents.addKnown(value, 10 * files_manifest/* mostFiles */.p);
        if (name !== 'files-ready')
            return undefined;
        const transfer = planTransfer(manifest, contents);
        checkDisk(host, transfer);
        moved.files = transfer.send.length;
        moved.contentBytes = transfer.bytes;
        return counted(framesOf(compressed(patchedTar(manifest.root, transfer, large, moved))), moved);
    };
}
/** More than the host tells. */
const mostLarge = 100;
async function* patchedTar(root, transfer, large, moved) {
    const patches = [];
    for (const old of large) {
        const file = transfer.send.find(({ path }) => path === old.path);
        if (file === undefined || patches.some((patch) => patch.file.sha256 === file.sha256))
            continue;
        const patch = await findPatch(root, file, old);
        if (patch)
            patches.push(patch);
    }
    for (const { start, end } of patches)
        moved.contentBytes -= start + end;
    yield* tarOf(root, transfer, patches);
}
async function* counted(frames, moved) {
    for await (const frame of frames) {
        moved.bytes += frame.length;
        yield frame;
    }
}
function checkDisk({ name, facts }, { bytes }) {
    const [base] = facts.disks;
    if (base === undefined || bytes < base.freeBytes)
        return;
    throw new trouble/* Trouble */.q(name, `the files that are missing there need ${megabytes(bytes)}, and ${megabytes(base.freeBytes)} are free.`, 'Free some space, or name files that need not be there in .kawasemiignore.');
}
function megabytes(bytes) {
    return `${Math.ceil(bytes / 1e6)} MB`;
}
function compressed(bytes) {
    // An error of the source destroys the stream that is read here, which then throws it.
    return (0,external_node_stream_.pipeline)(external_node_stream_.Readable.from(bytes, { objectMode: false }), (0,external_node_zlib_.createGzip)(), () => undefined);
}
const frameBytes = 256 * 1024;
/**
 * Eight digits that say how many bytes follow, then these; `00000000` is the end. So the host knows a whole transfer from
 * one that was cut, and need not wait for ever.
 */
async function* framesOf(bytes) {
    let parts = [];
    let size = 0;
    for await (const chunk of bytes) {
        parts.push(chunk);
        size += chunk.length;
        while (size >= frameBytes) {
            const whole = Buffer.concat(parts);
            yield files_frame(whole.subarray(0, frameBytes));
            parts = [whole.subarray(frameBytes)];
            size -= frameBytes;
        }
    }
    yield Buffer.concat([...(size > 0 ? [files_frame(Buffer.concat(parts))] : []), Buffer.from('00000000')]);
}
function files_frame(bytes) {
    return Buffer.concat([Buffer.from(String(bytes.length).padStart(8, '0')), bytes]);
}

// EXTERNAL MODULE: ./src/host/session.ts + 3 modules
var session = __webpack_require__(1786);
// EXTERNAL MODULE: ./src/images/archive.ts
var archive = __webpack_require__(8888);
// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
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
    await (0,external_node_stream_promises_.pipeline)((0,external_node_fs_.createReadStream)((0,images_layout/* blobPath */.nD)(layout.dir, digest), { start, end }), count, response).catch(() => response.destroy());
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
/** The layout, served behind a port on the host's loopback. */
function throughTunnel(app, port, password) {
    return {
        host: `127.0.0.1:${port}`,
        user: registryUser,
        password,
        nameOf: (service) => (0,names/* imageName */.tO)(app, service),
    };
}
/** A registry that the images were pushed to. */
function fromRegistry({ host, at, user, password }) {
    return { host, user, password, nameOf: (service) => (0,names/* pushedName */.x5)(at, service).slice(host.length + 1) };
}
/** The calls that bring every image of the layout to the host, tagged `kawasemi/APP-SERVICE:RELEASE`. */
function imageCalls({ app, release, layout, from }) {
    const auth = Buffer.from(`${from.user}:${from.password}`).toString('base64');
    const images = Object.entries(layout.images).flatMap(([service, { configDigest, manifestDigest }]) => [
        from.nameOf(service),
        (0,names/* imageTag */.I_)(app, service, release),
        configDigest,
        manifestDigest,
    ]);
    return [(0,program/* call */.T1)('begin', 'images'), (0,program/* call */.T1)('pull_images', from.host, auth, ...images), (0,program/* call */.T1)('end')];
}

;// CONCATENATED MODULE: ./src/images/load.ts








const loadLibrary = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "load.sh", 'utf8');
/** The calls that ask for what the host lacks, load it and check it. */
function loadCalls({ app, release, layout }, store) {
    const images = Object.entries(layout.images).flatMap(([service, { configDigest, manifestDigest, layers }]) => [
        (0,names/* imageTag */.I_)(app, service, release),
        configDigest,
        manifestDigest,
        layers.map(({ diffId }) => diffId).join(' '),
    ]);
    return [
        (0,program/* call */.T1)('begin', 'images'),
        (0,program/* call */.T1)('load_images', store, ...images),
        (0,program/* call */.T1)('load_check', ...images),
        (0,program/* call */.T1)('end'),
    ];
}
/**
 * Brings every image of the layout to the host in a stream, tagged `kawasemi/APP-SERVICE:RELEASE`.
 *
 * @throws {HostFailure} when Docker there does not take them.
 */
async function loadImages(host, plan) {
    const store = host.facts.runtime.get('image-store') === 'classic' ? 'classic' : 'containerd';
    await host.exchange({
        stage: 'images',
        libraries: [filesLibrary, pullLibrary, loadLibrary],
        calls: loadCalls(plan, store),
    }, () => loadAnswer(plan));
}
/** Answers the facts of those calls: with the archive of what the host said it lacks. */
function loadAnswer({ app, release, layout }) {
    const known = new Map();
    return (name, value) => {
        if (name === 'image-lacking') {
            const lacking = (0,fact/* fieldsOf */.Pf)(value);
            known.set((0,fact/* textOf */.b6)(lacking.tag), (0,fact/* countOf */.pq)(lacking.known) ?? 0);
        }
        if (name !== 'images-ready')
            return undefined;
        const images = Object.entries(layout.images).flatMap(([service, image]) => {
            const tag = (0,names/* imageTag */.I_)(app, service, release);
            const count = known.get(tag);
            return count === undefined ? [] : [{ tag, image, known: count }];
        });
        return framesOf((0,archive/* archiveOf */.Y)(layout, images));
    };
}

;// CONCATENATED MODULE: ./src/images/bring.ts




/**
 * The registry that the images were pushed to, where the host is to pull from one. Else a tunnel from which Docker on the host pulls what it lacks. Where there can be none, they are there when this returns,
 * brought in a stream: the SSH server may not listen for us, and rootless Docker sees another loopback than the host's.
 *
 * @throws {HostFailure} when Docker does not take the stream.
 */
async function bringImages(host, plan, pushed) {
    if (pushed)
        return { calls: imageCalls({ ...plan, from: fromRegistry(pushed) }), close: async () => undefined };
    if (host.facts.runtime.get('docker-rootless') === true)
        return stream(host, plan);
    const registry = serveLayout(plan.layout);
    try {
        const tunnel = await host.listen((stream) => registry.handle(stream));
        return {
            calls: imageCalls({ ...plan, from: throughTunnel(plan.app, tunnel.port, registry.password) }),
            close: async () => {
                await tunnel.close().catch(() => undefined);
                registry.close();
            },
        };
    }
    catch (error) {
        registry.close();
        if (error instanceof connection/* ForwardingForbidden */.vi)
            return stream(host, plan);
        throw error;
    }
}
async function stream(host, plan) {
    await loadImages(host, plan);
    return { calls: [], close: async () => undefined };
}

// EXTERNAL MODULE: ./src/release/ledger.ts
var ledger = __webpack_require__(6196);
// EXTERNAL MODULE: ./src/stages/drain.ts
var drain = __webpack_require__(8749);
// EXTERNAL MODULE: ./src/stages/start.ts
var start = __webpack_require__(6543);
;// CONCATENATED MODULE: ./src/stages/ship.ts












const ship_library = (0,external_node_fs_.readFileSync)(__webpack_require__.ab + "ship.sh", 'utf8');
/** Lays the release down in the idle slots. Nothing of it runs yet, and nothing that runs is touched. */
async function ship(deploy, shipment) {
    const sent = await (0,stages_deploy/* allOf */.bn)(shipment.to.map(({ host, release }) => shipTo(deploy, host, release, shipment)));
    deploy.report.moved = {
        bytes: sent.reduce((sum, bytes) => sum + bytes, 0),
        ...(shipment.layout && { ofBytes: shipment.layout.bytes * shipment.to.length }),
    };
}
/** @returns bytes sent to the host, encryption included. */
async function shipTo(deploy, host, release, { plan, files, layout, pullFrom }) {
    const { config, runtime } = deploy;
    const before = host.traffic.bytesOut;
    if (files)
        await sent('what has arrived is kept', () => sendFiles(host, release.id, files));
    const images = layout &&
        (await sent('layers that are there are not sent again', () => bringImages(host, { app: config.app, release: release.id, layout }, pullFrom)));
    try {
        await (0,stages_deploy/* runStage */.Si)(host, {
            stage: 'ship',
            libraries: [runtime.library, pullLibrary, start/* slotLibrary */.s7, ship_library],
            calls: [
                (0,program/* call */.T1)('refuse_live', release.slot),
                ...leftovers(deploy, host, release.slot),
                ...fileCalls(host.base, release, plan.files),
                ...(images?.calls ?? []),
                ...otherImageCalls(release.id, plan),
                (0,program/* call */.T1)('begin', 'check'),
                ...runtime.checkImages(config.app, release),
                (0,program/* call */.T1)('end'),
                ...plan.prepare,
                ...assetCalls(deploy, release),
                // A release counts as laid down once this file is there.
                (0,program/* call */.T1)('put', `${host.base}/releases/${release.id}/release.json`, '0640', `${JSON.stringify(release)}\n`),
                (0,program/* call */.T1)('slot_point', release.slot, release.id),
                (0,program/* call */.T1)('ledger', (0,ledger/* eventFields */.e)('shipped', release.id, { details: release })),
            ],
        }, 'The live slot was not touched. Mend what the lines above say and run this again.');
        return host.traffic.bytesOut - before;
    }
    finally {
        await images?.close();
    }
}
/** A run that died after its switch left the old release to whoever is still connected to it; they are waited for. */
function leftovers(deploy, { facts }, slot) {
    if (!(0,release_history/* isDraining */.jQ)(facts.history, facts.releases[slot]))
        return [];
    return [(0,program/* call */.T1)('begin', 'drain'), ...(0,drain/* drainCalls */.U)(deploy, slot), (0,program/* call */.T1)('end')];
}
/** What is sent while the host's program waits for it. */
async function sent(spared, send) {
    try {
        return await send();
    }
    catch (error) {
        throw error instanceof session/* HostFailure */.hD
            ? (0,stages_deploy/* explain */.WE)(error, `The live slot was not touched. Run this again: ${spared}.`)
            : error;
    }
}
function fileCalls(base, release, files) {
    const folder = `${base}/releases/${release.id}`;
    const folders = new Set(files.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])));
    return [
        (0,program/* call */.T1)('begin', 'files'),
        (0,program/* call */.T1)('release_folder', release.id),
        ...[...folders].map((path) => (0,program/* call */.T1)('release_folder_inside', release.id, path)),
        ...files.map(({ path, content, mode }) => (0,program/* call */.T1)('put_base64', `${folder}/${path}`, octal(mode), Buffer.from(content).toString('base64'))),
        (0,program/* call */.T1)('put', `${folder}/public.json`, '0644', `${JSON.stringify({ release: release.id, version: release.version })}\n`),
        (0,program/* call */.T1)('end'),
    ];
}
function octal(mode) {
    return mode.toString(8).padStart(4, '0');
}
function otherImageCalls(release, { takenImages, accessoryImages }) {
    const taken = takenImages.flatMap(({ name, reference, fetch }) => [name, reference, fetch]);
    const calls = [
        ...(accessoryImages.length > 0 ? [(0,program/* call */.T1)('fetch_images', ...accessoryImages)] : []),
        ...(taken.length > 0 ? [(0,program/* call */.T1)('take_images', release, ...taken)] : []),
    ];
    return calls.length > 0 ? [(0,program/* call */.T1)('begin', 'other images'), ...calls, (0,program/* call */.T1)('end')] : [];
}
function assetCalls({ config, runtime }, release) {
    const calls = Object.entries(config.services).flatMap(([service, settings]) => settings.role === 'web' && settings.assets
        ? [runtime.takeAssets(config.app, release, service, settings.assets)]
        : []);
    return calls.length > 0 ? [(0,program/* call */.T1)('begin', 'assets'), ...calls, (0,program/* call */.T1)('end')] : [];
}

;// CONCATENATED MODULE: ./src/stages/deliver.ts










/** Refuses hosts that cannot take the release, and re-runs that are older than what is live. Changes nothing. */
function deliver_preflight(deploy, request) {
    const [first] = troublesBefore(deploy, request);
    if (first)
        throw first;
}
/** All that speaks against bringing the release to the hosts, before anything is sent. */
function troublesBefore({ hosts, runtime }, { identity, layout }) {
    const images = Object.values(layout?.images ?? {});
    const needs = {
        architectures: [...new Set(images.map(({ architecture }) => architecture))],
        imageBytes: Math.max(0, ...images.map(({ unpackedSize }) => unpackedSize)),
    };
    return hosts.flatMap(({ name, facts }) => {
        const refusals = [runtime.refusal(facts.runtime), (0,preflight/* olderRun */.kO)(name, facts, identity.run)];
        return [...refusals.filter((each) => each !== undefined), ...(0,preflight/* hostTroubles */.BH)(name, facts, needs)];
    });
}
/**
 * Ships the release into the idle slot of every host, but for hosts where an earlier attempt did so and the slot still
 * holds it. Where its settings are others since, such as a secret that was wrong, it is shipped again: with the images
 * that are there.
 *
 * @returns the release as the first host has it, which is the one that backs up and migrates.
 */
async function deliver(deploy, project, request) {
    const { identity, layout, pullFrom } = request;
    const known = recorded(deploy, identity.id);
    const images = known?.images ?? (0,stages_project/* imagesOf */.IC)(layout);
    if (known && (0,live/* isLive */.DG)(deploy, identity.id)) {
        (0,stages_deploy/* skip */.iv)(deploy, 'ship', live/* isLiveAlready */.Vc);
        return known;
    }
    const plan = (0,stages_project/* planFiles */.jP)(project, identity);
    const isThere = await Promise.all(deploy.hosts.map(async (host) => holds(host.facts, identity.id, images) && holdsFiles(host, identity.id, plan)));
    const lacking = deploy.hosts.filter((_, at) => !isThere[at]);
    if (known && lacking.length === 0) {
        (0,stages_deploy/* skip */.iv)(deploy, 'ship', 'done by an earlier attempt');
        return known;
    }
    for (const { name, facts } of lacking)
        warnOfClock(deploy, name, facts);
    await Promise.all(lacking.map((host) => requireStreams(host, deploy.config)));
    const files = await (0,stages_project/* readReleaseFiles */.RS)(project);
    for (const notice of plan.notices)
        deploy.reporter.info(notice);
    for (const warning of plan.warnings)
        deploy.reporter.warning(warning);
    const to = lacking.map((host) => ({
        host,
        release: { ...identity, slot: (0,preflight/* idleSlot */.f0)(host.facts), images, config: (0,stages_project/* configHash */.r_)(plan, files) },
    }));
    await (0,stages_deploy/* stage */.dw)(deploy, 'ship', () => ship(deploy, { to, plan, files, layout: known ? undefined : layout, ...(pullFrom && { pullFrom }) }));
    await Promise.all(deploy.hosts.map((host) => host.refresh()));
    return (0,stages_deploy.on)(deploy.hosts[0], to[0].release);
}
/** Sessions, tokens and the times of a log go wrong with it, but not the deploy. */
function warnOfClock({ reporter }, host, { clock }) {
    const checked = clock && (0,probes_clock/* judgeClock */.M)(host, clock, check_up/* defaultLimits */.MK.clockSeconds);
    if (checked?.fix !== undefined)
        reporter.warning(`${(0,check_up/* nameOf */.Vb)(checked)}: ${checked.found}. ${checked.fix}`);
}
/**
 * The gate asks services over streams to the host's loopback. One that is refused means only that nothing listens there.
 *
 * @throws {ForwardingForbidden} when there can be no such streams, before anything is sent.
 */
async function requireStreams(host, { services }) {
    const web = Object.values(services).find((service) => service.role === 'web');
    if (web?.role !== 'web')
        return;
    try {
        const stream = await host.dial(web.slots[(0,preflight/* idleSlot */.f0)(host.facts)]);
        stream.destroy();
    }
    catch (error) {
        if (error instanceof connection/* ForwardingForbidden */.vi)
            throw error;
    }
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
    if (!facts.present.includes(id))
        return false;
    return Object.entries(images).every(([service, { manifest }]) => known.images[service]?.manifest === manifest);
}


/***/ }),

/***/ 8463:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $2: () => (/* binding */ readEntries),
/* harmony export */   E_: () => (/* binding */ fileSum),
/* harmony export */   Ee: () => (/* binding */ variables),
/* harmony export */   V0: () => (/* binding */ sections)
/* harmony export */ });
/* unused harmony export sumOf */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7598);
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__webpack_require__.n(node_crypto__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _host_fact__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1322);


/** Bytes, one character each, as awk reads them there. */
function bytes(content) {
    return Buffer.from(content).toString('latin1');
}
function linesOf(content) {
    const text = bytes(content);
    return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
function sumOf(key, entry) {
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256')
        .update(key)
        .update(Buffer.from(`${entry}\n`, 'latin1'))
        .digest('hex');
}
/** Of lines `NAME="value"`; a value may go on over several lines. */
function variables(key, content) {
    const found = new Map();
    let name;
    let entry = '';
    for (const line of linesOf(content)) {
        let rest = line;
        if (name === undefined) {
            const [begin, begun] = /^([A-Za-z_][A-Za-z0-9_]*)="/.exec(line) ?? [];
            if (begin === undefined)
                continue;
            name = begun;
            entry = line;
            rest = line.slice(begin.length);
        }
        else
            entry += `\n${line}`;
        if (!rest.replace(/\\[\s\S]/g, '').includes('"'))
            continue;
        found.set(name, sumOf(key, entry));
        name = undefined;
    }
    return found;
}
/** Of JSON that is indented by two: `section/name` for each entry of each of its sections. */
function sections(key, content) {
    const found = new Map();
    let section = '';
    let name = '';
    let lines = [];
    for (const line of linesOf(content)) {
        const [, begun] = /^ {2}"([a-z]+)": [{]$/.exec(line) ?? [];
        if (begun !== undefined) {
            section = begun;
            continue;
        }
        if (/^ {2}[}]/.test(line))
            section = '';
        if (section === '')
            continue;
        if (/^ {4}"/.test(line)) {
            name = line.split('"')[1];
            lines = [];
        }
        lines.push(line);
        if (!/^ {4}[^ ]/.test(line) || /[[{]$/.test(line))
            continue;
        if (/^[A-Za-z0-9_.-]+$/.test(name))
            found.set(`${section}/${name}`, sumOf(key, lines.join('\n').replace(/,$/, '')));
        name = '';
    }
    return found;
}
/** What `plan_files` tells of a file. */
function fileSum(key, content) {
    return (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256').update(`${key}\n`).update(content).digest('hex');
}
const told = /^([A-Za-z0-9_./-]{1,300}):([0-9a-f]{64})$/;
/** Reads what a host told, which is data like any other: what is no name with a sum is left out. */
function readEntries(fact) {
    const found = new Map();
    for (const word of (0,_host_fact__WEBPACK_IMPORTED_MODULE_1__/* .textOf */ .b6)(fact).split(' ')) {
        const [, name, sum] = told.exec(word) ?? [];
        if (name !== undefined)
            found.set(name, sum);
    }
    return found;
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