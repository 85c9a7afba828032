/** A built image, as others may look for it. */
export interface Subject {
  /** Its name at the registry, else in Docker: `ghcr.io/OWNER/APP/web`. */
  readonly name: string
  /** `sha256:…` of its manifest. */
  readonly digest: string
}

/** The workflow run that built. */
export interface BuildRun {
  readonly repository: string
  /** Of GitHub, without a slash at its end. */
  readonly server: string
  /** `OWNER/REPO/.github/workflows/FILE@REF`; empty where GitHub did not say. */
  readonly workflow: string
  readonly sha: string
  readonly ref: string
  readonly url: string
  readonly attempt: number
  /** Whether the runner is one of GitHub's own. */
  readonly hosted: boolean
}

/**
 * The in-toto statement (SLSA provenance v1, of GitHub's build type) of a build: what came out, of which commit, by which
 * workflow and run. Nobody has signed it; `actions/attest` makes a signed one of its own knowledge.
 *
 * @param inputs what the build was told; no secrets
 */
export function provenanceOf(
  subjects: readonly Subject[],
  run: BuildRun,
  inputs: Readonly<Record<string, string>>,
): object {
  const { server, repository, workflow, sha, ref, url, attempt, hosted } = run
  const kind = hosted ? 'github-hosted' : 'self-hosted'
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
  }
}

/** The subjects as lines of a checksum file, which `actions/attest` takes. */
export function checksumsOf(subjects: readonly Subject[]): string {
  return subjects.map(({ name, digest }) => `${hexOf(digest)}  ${name}\n`).join('')
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}

/** The file of a workflow, out of `OWNER/REPO/FILE@REF`. */
function pathOf(workflow: string): string {
  return /^[^/@]+\/[^/@]+\/([^@]+)@/.exec(workflow)?.[1] ?? ''
}
