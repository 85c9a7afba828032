"use strict";
exports.id = 892;
exports.ids = [892];
exports.modules = {

/***/ 8892:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/github/exec.ts
var exec = __webpack_require__(182);
// EXTERNAL MODULE: ./src/stages/project.ts + 12 modules
var project = __webpack_require__(4613);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./src/images/archive.ts
var archive = __webpack_require__(8888);
;// CONCATENATED MODULE: ./src/release/findings.ts
/** From the worst to the mildest; `unknown` is what nobody has rated yet. */
const severities = ['critical', 'high', 'medium', 'low', 'unknown'];
/** Those that are as bad as the limit, or worse. */
function over(findings, limit) {
    return findings.filter((finding) => rank(finding) <= severities.indexOf(limit));
}
/** The worst first. */
function rank({ severity }) {
    return severities.indexOf(severity);
}

;// CONCATENATED MODULE: ./src/images/findings.ts

const most = 10000;
/**
 * What a report of osv-scanner says, each vulnerability of a package once, the worst first.
 *
 * @throws {RangeError} when it is no such report.
 */
function readFindings(where, report) {
    const found = [];
    for (const result of list(parse(report), 'results')) {
        const source = findings_text(object(result.source), 'path');
        for (const entry of list(result, 'packages')) {
            const { name, version } = namesOf(object(entry.package));
            for (const group of list(entry, 'groups')) {
                const id = idOf(group);
                const severity = severityOf(findings_text(group, 'max_severity'));
                if (id !== '')
                    found.push({ where: where(source), name, version, id, severity });
                if (found.length > most)
                    throw new RangeError(`more than ${most} findings`);
            }
        }
    }
    const seen = new Set();
    return found
        .filter(({ where, name, version, id }) => {
        const key = [where, name, version, id].join('\0');
        return !seen.has(key) && seen.add(key);
    })
        .toSorted((a, b) => rank(a) - rank(b));
}
/** By CVSS's own names for its scores. */
function severityOf(score) {
    const value = score === '' ? Number.NaN : Number(score);
    if (!(value > 0))
        return 'unknown';
    if (value >= 9)
        return 'critical';
    if (value >= 7)
        return 'high';
    return value >= 4 ? 'medium' : 'low';
}
/** A CVE number where there is one: it is what people know. */
function idOf(group) {
    const ids = [...strings(group.aliases), ...strings(group.ids)];
    return ids.find((id) => id.startsWith('CVE-')) ?? ids[0] ?? '';
}
function namesOf(entry) {
    return { name: findings_text(entry, 'name'), version: findings_text(entry, 'version') };
}
function parse(report) {
    let parsed;
    try {
        parsed = JSON.parse(report);
    }
    catch {
        throw new RangeError('a report that is not JSON');
    }
    const read = object(parsed);
    if (!('results' in read))
        throw new RangeError('a report without results');
    return read;
}
function object(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
function list(of, name) {
    const value = of[name];
    return Array.isArray(value) ? value.map(object) : [];
}
function strings(value) {
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
function findings_text(of, name) {
    const value = of[name];
    return typeof value === 'string' ? value.slice(0, 300) : '';
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./src/release/trouble.ts
var trouble = __webpack_require__(2386);
;// CONCATENATED MODULE: ./src/images/scanner.ts




/*
 * The scanner is Google's osv-scanner, made from its source by Go. The sum is that of the whole module, and the module's
 * own go.sum has the sums of all it is made of, so what runs can be nothing else, whatever a tag or a release says later.
 */
const path = 'github.com/google/osv-scanner/v2';
const version = 'v2.5.0';
const sum = 'h1:HKPS70sj4tvNpBxmQl6MG2OdLiLbQpNxbOs2S+HA43U=';
/**
 * The path of the scanner; made where it is not in the folder yet, which takes minutes.
 *
 * @param folder that nobody else writes to
 * @throws {Trouble} without Go, or when what Go brings is not what was pinned.
 */
async function ensureScanner(exec, folder) {
    const file = (0,external_node_path_.join)(folder, `osv-scanner-${version}`);
    if ((0,external_node_fs_.existsSync)(file))
        return file;
    await (0,promises_.mkdir)(folder, { recursive: true });
    const source = await download(exec);
    await go(exec, ['build', '-mod=readonly', '-trimpath', '-o', file, './cmd/osv-scanner'], source);
    return file;
}
async function download(exec) {
    const said = await go(exec, ['mod', 'download', '-json', `${path}@${version}`]);
    const { Sum: found, Dir: folder } = JSON.parse(said);
    if (found !== sum || typeof folder !== 'string') {
        throw new trouble/* Trouble */.q('The scanner', `of version ${version} should have the sum ${sum}, but has ${String(found).slice(0, 100)}.`, 'Somebody changed it on the way, or at its source: find out before you go on.');
    }
    return folder;
}
async function go(exec, args, cwd) {
    const { code, stdout, stderr } = await exec('go', args, cwd === undefined ? {} : { cwd }).catch((error) => {
        throw new trouble/* Trouble */.q('The scanner', `is made by Go, which cannot be started (${error.message}).`, 'Install Go 1.21 or newer on this runner; those of GitHub have it.');
    });
    if (code === 0)
        return stdout;
    throw new trouble/* Trouble */.q('The scanner', `could not be made: \`go ${args[0]}\` ended with ${code}.`, 'See its last lines; the runner has to reach a Go module proxy.', stderr.split('\n').slice(-20));
}

;// CONCATENATED MODULE: ./src/stages/scan.ts








/** osv-scanner's own, for a runner that has a database of its own; no request goes out then. */
const databaseVariable = 'OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY';
/**
 * Looks for known vulnerabilities in what would be deployed.
 *
 * @throws {Trouble} when the scanner could not work; findings are no trouble here.
 */
async function scan(exec, request) {
    const { layout, projectDir, lists } = request;
    const accepted = await readAccepted(request);
    const scanner = await ensureScanner(exec, request.tools);
    const run = (target, args) => exec(scanner, ['scan', target, ...args], { env: environment() });
    const lookUp = async (targets, where) => {
        const offline = process.env[databaseVariable] === undefined ? [] : ['--offline'];
        const config = accepted ? ['--config', accepted] : [];
        const { code, stdout, stderr } = await run('source', [
            '--format',
            'json',
            ...offline,
            ...config,
            ...targets,
        ]);
        if (code === nothingToScan)
            return [];
        if (code !== clean && code !== vulnerable)
            throw unusable(code, stderr);
        try {
            return readFindings(where, stdout);
        }
        catch (error) {
            throw unusable(code, `${error.message}\n${stderr}`);
        }
    };
    if (!layout)
        return lookUp(['--recursive', projectDir], (source) => (0,external_node_path_.relative)(projectDir, source));
    await (0,promises_.mkdir)(lists, { recursive: true });
    const files = [];
    for (const services of sharedImages(layout)) {
        await withArchive(layout, services[0], async (archive) => {
            // Scanned directly, an image whose packages nobody could look up would pass for one without findings. So it only
            // says what is in it.
            const asked = ['--offline', '--all-packages', '--format', 'spdx-2-3', '--archive', archive];
            const { code, stdout, stderr } = await run('image', asked);
            if (code === nothingToScan)
                return;
            if (code !== clean && code !== vulnerable)
                throw unusable(code, stderr);
            for (const service of services) {
                const file = (0,external_node_path_.join)(lists, `${service}.spdx.json`);
                await (0,promises_.writeFile)(file, stdout);
                files.push('--lockfile', file);
            }
        });
    }
    return files.length === 0 ? [] : lookUp(files, (source) => (0,external_node_path_.basename)(source, '.spdx.json'));
}
/** The services of each image: those that run the same one are together. */
function sharedImages({ images }) {
    const services = new Map();
    for (const [service, { manifestDigest }] of Object.entries(images))
        services.set(manifestDigest, [...(services.get(manifestDigest) ?? []), service]);
    return [...services.values()];
}
/** What osv-scanner ends with. */
const clean = 0;
const vulnerable = 1;
const nothingToScan = 128;
/** @throws {Trouble} when something is as bad as the limit, or worse. */
function refuseFindings(findings, limit, accepted) {
    const wrong = over(findings, limit);
    const [first] = wrong;
    if (!first)
        return;
    const others = wrong.length > 1 ? ` and ${wrong.length - 1} more` : '';
    throw new trouble/* Trouble */.q('Scan', `${first.name} ${first.version} of ${first.where} has ${first.id} (${first.severity})${others}; the limit is \`${limit}\`. Nothing was shipped.`, `Take versions without it (the table in the summary names them all), or accept a finding for a time: a block \`[[IgnoredVulns]]\` with id, ignoreUntil and reason in ${accepted}.`);
}
/** Nothing is accepted for ever: whoever accepts has to look again. */
async function readAccepted({ projectDir, accepted }) {
    const file = (0,external_node_path_.join)(projectDir, accepted);
    const content = await (0,promises_.readFile)(file, 'utf8').catch((error) => {
        if (error.code === 'ENOENT')
            return undefined;
        throw new trouble/* Trouble */.q(accepted, `cannot be read (${error.code}).`, 'Make it a file of this checkout.');
    });
    if (content === undefined)
        return undefined;
    const endless = withoutEnd(content);
    if (endless === undefined)
        return file;
    throw new trouble/* Trouble */.q(`${accepted}, line ${endless}`, 'accepts a finding for ever.', 'Say until when: `ignoreUntil = 2027-01-31` (`effectiveUntil` in PackageOverrides).');
}
/** The line of the first block that has no date at which it ends. */
function withoutEnd(toml) {
    const lines = toml.split('\n');
    const starts = lines.flatMap((line, index) => (/^\s*\[/.test(line) ? [index] : []));
    for (const [position, start] of starts.entries()) {
        const end = /^\s*\[\[\s*(IgnoredVulns|PackageOverrides)\s*\]\]/.exec(lines[start]);
        if (!end)
            continue;
        const date = end[1] === 'IgnoredVulns' ? /^\s*ignoreUntil\s*=\s*\d{4}-/ : /^\s*effectiveUntil\s*=\s*\d{4}-/;
        if (!lines.slice(start, starts[position + 1]).some((line) => date.test(line)))
            return start + 1;
    }
    return undefined;
}
async function withArchive(layout, service, work) {
    const folder = await (0,promises_.mkdtemp)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), 'kawasemi-scan-'));
    try {
        const file = (0,external_node_path_.join)(folder, 'image.tar');
        const image = layout.images[service];
        await (0,promises_.writeFile)(file, (0,archive/* archiveOf */.Y)(layout, [{ tag: `kawasemi/${service.toLowerCase()}:scan`, image, known: 0 }]));
        await work(file);
    }
    finally {
        await (0,promises_.rm)(folder, { recursive: true, force: true });
    }
}
/** The scanner needs nothing of the run; the proxy of the runner's environment it does. */
function environment() {
    const names = [
        'PATH',
        'HOME',
        'TMPDIR',
        'HTTPS_PROXY',
        'https_proxy',
        'NO_PROXY',
        'no_proxy',
        'SSL_CERT_FILE',
    ];
    const given = [...names, databaseVariable].flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(given);
}
function unusable(code, said) {
    return new trouble/* Trouble */.q('Scan', `the scanner ended with ${code}, so nothing is known.`, 'See its last lines; it has to reach api.osv.dev. Run it again.', said.split('\n').slice(-20));
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var commands_environment = __webpack_require__(2589);
;// CONCATENATED MODULE: ./src/commands/scan.ts






const lists = 'kawasemi-packages';
async function run(context) {
    const { inputs, outputs, report } = context;
    const { layout, limit, accepted } = inputs;
    const findings = await scan(exec/* exec */.m, {
        layout: layout === undefined ? undefined : await (0,project/* readBuilt */.lf)((0,commands_environment/* inWorkspace */.ve)(layout), inputs.digests),
        projectDir: (0,commands_environment/* inWorkspace */.ve)('.'),
        accepted,
        lists: (0,commands_environment/* inWorkspace */.ve)(lists),
        tools: (0,external_node_path_.join)(process.env.RUNNER_TOOL_CACHE ?? (0,external_node_path_.join)((0,external_node_os_.homedir)(), '.cache'), 'kawasemi'),
    });
    report.findings = findings;
    outputs.set('findings', String(findings.length));
    outputs.set('packages', layout === undefined ? '' : lists);
    refuseFindings(findings, limit, accepted);
}


/***/ }),

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


/***/ })

};
;