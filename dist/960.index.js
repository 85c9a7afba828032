"use strict";
exports.id = 960;
exports.ids = [960];
exports.modules = {

/***/ 2960:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  run: () => (/* binding */ run)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./src/stages/identity.ts + 1 modules
var stages_identity = __webpack_require__(143);
// EXTERNAL MODULE: ./src/stages/project.ts + 12 modules
var project = __webpack_require__(4613);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./src/images/names.ts
var names = __webpack_require__(3018);
;// CONCATENATED MODULE: ./src/release/provenance.ts
/**
 * The in-toto statement (SLSA provenance v1, of GitHub's build type) of a build: what came out, of which commit, by which
 * workflow and run. Nobody has signed it; `actions/attest` makes a signed one of its own knowledge.
 *
 * @param inputs what the build was told; no secrets
 */
function provenanceOf(subjects, run, inputs) {
    const { server, repository, workflow, sha, ref, url, attempt, hosted } = run;
    const kind = hosted ? 'github-hosted' : 'self-hosted';
    return {
        _type: 'https://in-toto.io/Statement/v1',
        subject: subjects.map(({ name, digest }) => ({ name, digest: { sha256: hexOf(digest) } })),
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: {
            buildDefinition: {
                buildType: 'https://actions.github.io/buildtypes/workflow/v1',
                externalParameters: {
                    workflow: { ref, repository: `${server}/${repository}`, path: pathOf(workflow) },
                    inputs,
                },
                internalParameters: { github: { runner_environment: kind } },
                resolvedDependencies: [{ uri: `git+${server}/${repository}@${ref}`, digest: { gitCommit: sha } }],
            },
            runDetails: {
                builder: { id: `https://github.com/actions/runner/${kind}` },
                metadata: { invocationId: /\/attempts\/\d+$/.test(url) ? url : `${url}/attempts/${attempt}` },
            },
        },
    };
}
/** The subjects as lines of a checksum file, which `actions/attest` takes. */
function checksumsOf(subjects) {
    return subjects.map(({ name, digest }) => `${hexOf(digest)}  ${name}\n`).join('');
}
function hexOf(digest) {
    return digest.slice('sha256:'.length);
}
/** The file of a workflow, out of `OWNER/REPO/FILE@REF`. */
function pathOf(workflow) {
    return /^[^/@]+\/[^/@]+\/([^@]+)@/.exec(workflow)?.[1] ?? '';
}

;// CONCATENATED MODULE: ./src/stages/provenance.ts




const files = { provenance: 'provenance.json', subjects: 'subjects.txt' };
/**
 * Says beside the images where they come from, so that it travels with them.
 *
 * @param at where they were pushed to, if anywhere: `ghcr.io/OWNER/APP`
 * @param inputs what the build was told; no secrets
 * @returns the names of the two files in the layout's folder: the statement, and what it is about
 */
async function writeProvenance(layout, app, at, run, inputs) {
    const subjects = Object.entries(layout.images).map(([service, { manifestDigest }]) => ({
        name: at === undefined ? (0,names/* imageName */.tO)(app, service) : (0,names/* pushedName */.x5)(at, service),
        digest: manifestDigest,
    }));
    const statement = JSON.stringify(provenanceOf(subjects, run, inputs), null, 2);
    await (0,promises_.writeFile)((0,external_node_path_.join)(layout.dir, files.provenance), `${statement}\n`);
    await (0,promises_.writeFile)((0,external_node_path_.join)(layout.dir, files.subjects), checksumsOf(subjects));
    return files;
}

// EXTERNAL MODULE: ./src/commands/environment.ts + 1 modules
var environment = __webpack_require__(2589);
;// CONCATENATED MODULE: ./src/commands/build-image.ts





async function run(context) {
    const { inputs, outputs, reporter, report } = context;
    const identity = (0,stages_identity/* identityOf */.c)(context.run, inputs.version ?? context.run.defaultVersion);
    const config = await (0,environment/* readConfig */.Xg)(inputs);
    report.app = config.app;
    report.to = identity.version;
    report.toCommit = identity.commit;
    const layout = await (0,project/* build */.jq)(await (0,environment/* readCheckout */.b$)(config, inputs), {
        identity,
        secrets: inputs.buildSecrets,
        secretFiles: inputs.buildSecretFiles,
        ...(inputs.platform !== undefined && { platform: inputs.platform }),
        ...(inputs.registry && { registry: inputs.registry }),
        dir: (0,environment/* inWorkspace */.ve)(inputs.layout),
        onLine: (line) => reporter.output('build', line),
        warn: (message) => reporter.warning(message),
    });
    if (layout) {
        const files = await writeProvenance(layout, config.app, inputs.registry?.at, context.run, {
            ...{ config: inputs.config, environment: inputs.environment, version: identity.version },
            ...(inputs.platform !== undefined && { platform: inputs.platform }),
            ...(inputs.registry && { registry: inputs.registry.at }),
        });
        outputs.set('provenance', (0,external_node_path_.join)(inputs.layout, files.provenance));
        outputs.set('subjects', (0,external_node_path_.join)(inputs.layout, files.subjects));
    }
    outputs.set('digests', (0,project/* digestsOf */.nw)((0,project/* imagesOf */.IC)(layout)));
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