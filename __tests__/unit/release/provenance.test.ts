import fc from 'fast-check'
import { checksumsOf, provenanceOf } from '../../../src/release/provenance'

const run = {
  repository: 'shop/web',
  server: 'https://github.com',
  workflow: 'shop/web/.github/workflows/release.yml@refs/tags/v1',
  sha: 'a'.repeat(40),
  ref: 'refs/tags/v1',
  url: 'https://github.com/shop/web/actions/runs/7',
  attempt: 1,
  hosted: true,
}
const digest = `sha256:${'0f'.repeat(32)}`
const subjects = [{ name: 'ghcr.io/shop/web/api', digest }]

test('a statement says what came out, of which commit, by which run', () => {
  expect(provenanceOf(subjects, run, { version: 'v1' })).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/shop/web/api', digest: { sha256: '0f'.repeat(32) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: {
            ref: 'refs/tags/v1',
            repository: 'https://github.com/shop/web',
            path: '.github/workflows/release.yml',
          },
          inputs: { version: 'v1' },
        },
        internalParameters: { github: { runner_environment: 'github-hosted' } },
        resolvedDependencies: [
          { uri: 'git+https://github.com/shop/web@refs/tags/v1', digest: { gitCommit: 'a'.repeat(40) } },
        ],
      },
      runDetails: {
        builder: { id: 'https://github.com/actions/runner/github-hosted' },
        metadata: { invocationId: 'https://github.com/shop/web/actions/runs/7/attempts/1' },
      },
    },
  })
})

test('a second attempt is named once', () => {
  const url = `${run.url}/attempts/2`
  const { predicate } = provenanceOf(subjects, { ...run, url, attempt: 2 }, {}) as {
    predicate: { runDetails: { metadata: object } }
  }
  expect(predicate.runDetails.metadata).toEqual({ invocationId: url })
})

test('whatever the workflow is called, the statement is JSON of the same form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (workflow, hosted) => {
      const statement = provenanceOf(subjects, { ...run, workflow, hosted }, {})
      expect(JSON.parse(JSON.stringify(statement))).toEqual(statement)
    }),
  )
})

test('the checksums are as sha256sum writes them', () => {
  expect(checksumsOf(subjects)).toBe(`${'0f'.repeat(32)}  ghcr.io/shop/web/api\n`)
})
