import fc from 'fast-check'
import { readRun, versionPattern } from '../../../src/github/run'
import { Trouble } from '../../../src/release/trouble'

const env = {
  GITHUB_RUN_ID: '9876543210',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_JOB: 'deploy',
  GITHUB_REPOSITORY: 'shop/web',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_ACTOR: 'dependabot[bot]',
  GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_WORKFLOW_REF: 'shop/web/.github/workflows/deploy.yml@refs/heads/main',
  RUNNER_ENVIRONMENT: 'github-hosted',
}

test('a run on a branch', () => {
  expect(readRun(env)).toEqual({
    id: 9876543210,
    attempt: 2,
    job: 'deploy',
    repository: 'shop/web',
    actor: 'dependabot[bot]',
    server: 'https://github.com',
    url: 'https://github.com/shop/web/actions/runs/9876543210/attempts/2',
    apiUrl: 'https://api.github.com',
    sha: env.GITHUB_SHA,
    ref: 'refs/heads/main',
    workflow: env.GITHUB_WORKFLOW_REF,
    hosted: true,
    refType: 'branch',
    defaultVersion: '0123456789ab',
  })
})

test('the version of a tag is the tag, unless it is no version', () => {
  const tag = (name: string) =>
    readRun({ ...env, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: name }).defaultVersion
  expect(tag('v1.4.0')).toBe('v1.4.0')
  expect(tag('web/v1.4.0')).toBe('0123456789ab')
  expect(tag('$(reboot)')).toBe('0123456789ab')
})

test.each(['GITHUB_RUN_ID', 'GITHUB_SHA', 'GITHUB_REPOSITORY'])(
  'without %s the run is refused by name',
  (name) => {
    expect(() => readRun({ ...env, [name]: undefined })).toThrow(new RegExp(`^${name}: is not set`))
  },
)

test.each([
  ['GITHUB_RUN_ID', '12 34'],
  ['GITHUB_RUN_ATTEMPT', '0'],
  ['GITHUB_SHA', 'main'],
  ['GITHUB_REPOSITORY', 'a/b/c'],
  ['GITHUB_SERVER_URL', 'https://github.com/)[x](javascript:'],
  ['GITHUB_ACTOR', 'a b'],
])('%s of %j is refused', (name, value) => {
  expect(() => readRun({ ...env, [name]: value })).toThrow(Trouble)
})

test('whatever the names are, the fields keep their shape', () => {
  const hostile = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(hostile, hostile, hostile, (ref, refName, actor) => {
      try {
        const run = readRun({
          ...env,
          GITHUB_REF: ref,
          GITHUB_REF_TYPE: 'tag',
          GITHUB_REF_NAME: refName,
          GITHUB_ACTOR: actor,
        })
        expect(run.defaultVersion).toMatch(versionPattern)
        expect(run.ref).toMatch(/^[\x21-\x7e]{0,250}$/)
        expect(run.actor).toMatch(/^[A-Za-z0-9_.[\]-]+$/)
      } catch (error) {
        expect(error).toBeInstanceOf(Trouble)
      }
    }),
  )
})

test("an enterprise server's API has a path; what is no address is refused", () => {
  const at = (url: string) => readRun({ ...env, GITHUB_API_URL: url })
  expect(at('https://github.corp.example/api/v3').apiUrl).toBe('https://github.corp.example/api/v3')
  expect(() => at('https://user@github.example')).toThrow('GITHUB_API_URL')
  expect(() => at('https://github.example/?to=')).toThrow('GITHUB_API_URL')
})
