import { githubApi } from '../../../src/github/api'
import { closeLeftOpen, type Keeper, withDeployment } from '../../../src/github/deployments'
import type { StateName } from '../../../src/github/state'
import { type FakeGitHub, startGitHub } from '../../support/github-api'

let github: FakeGitHub
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(async () => {
  await github.close()
  expect(github.wrong).toEqual([])
})

const request = {
  repository: 'example/shop',
  environment: 'production',
  commit: 'a'.repeat(40),
  version: 'v1.4.0',
  task: 'deploy',
  siteUrl: 'https://shop.example/',
  runUrl: 'https://github.com/example/shop/actions/runs/7',
} as const

function keeper(token = 'ghs_0123456789'): Keeper & { warnings: string[]; kept: Map<StateName, string> } {
  const kept = new Map<StateName, string>()
  const warnings: string[] = []
  return {
    api: githubApi({ url: github.url, token }),
    state: { save: (name, value) => kept.set(name, value), get: (name) => kept.get(name) ?? '' },
    warn: (message) => warnings.push(message),
    warnings,
    kept,
  }
}

const never = () => false
const states = () => github.calls.slice(1).map(({ body }) => body?.state)

test('a deploy that goes well is one record, from under way to success, with the address of the app', async () => {
  const keeping = keeper()
  const result = await withDeployment(keeping, request, never, async () => {
    expect(states()).toEqual(['in_progress'])
    return 'done'
  })
  expect(result).toBe('done')
  expect(github.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /repos/example/shop/deployments',
    'POST /repos/example/shop/deployments/101/statuses',
    'POST /repos/example/shop/deployments/101/statuses',
  ])
  expect(github.calls[0]).toMatchObject({
    authorization: 'token ghs_0123456789',
    body: { ref: request.commit, environment: 'production', task: 'deploy', required_contexts: [] },
  })
  expect(github.calls[2]!.body).toMatchObject({
    state: 'success',
    environment_url: 'https://shop.example/',
    log_url: request.runUrl,
  })
  expect(keeping.warnings).toEqual([])
  expect(keeping.kept.get('deployment')).toBe('')
})

test.each([
  ['failure', false],
  ['error', true],
])('work that throws ends as %s, when somebody cancelled it: %s', async (state, cancelled) => {
  const work = withDeployment(
    keeper(),
    request,
    () => cancelled,
    () => Promise.reject(new Error('the gate said no')),
  )
  await expect(work).rejects.toThrow('the gate said no')
  expect(states()).toEqual(['in_progress', state])
})

test('what a killed run left open is closed by the post step, once', async () => {
  const keeping = keeper()
  void withDeployment(keeping, request, never, () => new Promise(() => undefined))
  while (states().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await closeLeftOpen(keeping, request)
  expect(states()).toEqual(['in_progress', 'error'])
  expect(github.calls.at(-1)!.body).toMatchObject({
    environment_url: request.siteUrl,
    log_url: request.runUrl,
  })
  await closeLeftOpen(keeper(), request)
  expect(github.calls).toHaveLength(3)
})

test.each([
  [
    'a token without the right',
    { status: 403, body: { message: 'Resource not accessible by integration' } },
    /403 Resource.*deployments: write/,
  ],
  ['an answer that is none', { status: 201, body: [] }, /holds no id/],
  ['trouble at GitHub', { status: 502 }, /502/],
  ['a closed door', { status: 0, dead: true }, /no answer/],
])('%s is a warning; the deploy goes on', async (_, answer, warning) => {
  github.answer(() => answer)
  const keeping = keeper()
  await expect(withDeployment(keeping, request, never, async () => 'done')).resolves.toBe('done')
  expect(keeping.warnings).toHaveLength(1)
  expect(keeping.warnings[0]).toMatch(warning)
  expect(keeping.warnings[0]).not.toContain('ghs_')
})

test('the end of a deploy is told again when GitHub stumbles', async () => {
  let stumbles = 2
  github.answer(({ body }) => (body?.state === 'success' && stumbles-- > 0 ? { status: 502 } : undefined))
  const keeping = keeper()
  await withDeployment(keeping, request, never, async () => undefined)
  expect(states()).toEqual(['in_progress', 'success', 'success', 'success'])
  expect(keeping.warnings).toEqual([])
})

test('a record that could not be closed is left to the post step', async () => {
  github.answer(({ body }) => (body?.state === 'failure' ? { status: 500 } : undefined))
  const keeping = keeper()
  await expect(
    withDeployment(keeping, request, never, () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no')
  expect(keeping.warnings).toEqual([expect.stringContaining('could not be brought to "failure"')])
  github.answer(undefined)
  await closeLeftOpen(keeping, request)
  expect(states().at(-1)).toBe('error')
})

test('the stand-in refuses what GitHub does not know', async () => {
  const other = await startGitHub()
  const api = githubApi({ url: other.url, token: 'x' })
  await api.request('POST', '/repos/a/b/deployments', { environment: 1, auto_marge: true })
  await api.request('POST', '/repos/a/b/deployment', {})
  expect(other.wrong).toEqual([
    expect.stringContaining("must have required property 'ref'"),
    expect.stringContaining('/environment must be string'),
    expect.stringContaining('auto_marge is no property'),
    expect.stringContaining('no such operation'),
  ])
  await other.close()
})
