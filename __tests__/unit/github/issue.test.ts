import fc from 'fast-check'
import { type GitHubApi, githubApi } from '../../../src/github/api'
import { type IssueOf, keepIssue } from '../../../src/github/issue'
import type { Checked } from '../../../src/release/check-up'
import { type FakeGitHub, startGitHub } from '../../support/github-api'
import { type KeptIssues, keepIssues } from '../../support/github-issues'

const of: IssueOf = {
  repository: 'example/shop',
  app: 'shop',
  environment: 'production',
  runUrl: 'https://github.com/example/shop/actions/runs/7',
}
const well: Checked = { check: 'memory', of: 'web1', found: '50 % used' }
const disk: Checked = { check: 'disk', of: '/srv/shop on web1', found: '91 % used', fix: 'Free some.' }
const dns: Checked = { check: 'dns', of: 'shop.example', found: 'has no record', fix: 'Give it one.' }

let github: FakeGitHub
let issues: KeptIssues
beforeEach(async () => {
  github = await startGitHub()
  issues = keepIssues()
  github.answer(issues.answer)
})
afterEach(async () => {
  await github.close()
  expect(github.wrong).toEqual([])
})

const keep = (...checks: Checked[]) => keepIssue(githubApi({ url: github.url, token: 'x' }), of, checks)
const changes = () =>
  github.calls
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace('/repos/example/shop', '')}`)

test('is opened when trouble comes, and tells it as a table', async () => {
  expect(await keep(well)).toEqual({ change: 'none', url: '' })
  expect(await keep(well, disk)).toEqual({
    change: 'opened',
    url: 'https://github.com/example/shop/issues/1',
  })
  expect(changes()).toEqual(['POST /issues'])
  expect(github.calls.at(-1)!.body!.title).toBe('Trouble in production of shop')
  expect(issues.all[0]!.body).toContain('| ❌ | disk | /srv/shop on web1 | 91 % used<br>➜ Free some. |')
  expect(issues.all[0]!.body).not.toContain('memory')
})

test('is left alone while nothing changes, rewritten for a figure, commented when trouble comes or goes', async () => {
  await keep(disk)
  expect(await keep(disk)).toMatchObject({ change: 'same', url: expect.stringMatching(/1$/) })
  expect(changes()).toEqual(['POST /issues'])
  expect((await keep({ ...disk, found: '92 % used' })).change).toBe('same')
  expect(changes().slice(1)).toEqual(['PATCH /issues/1'])
  expect(issues.all[0]!.body).toContain('92 %')
  expect((await keep({ ...disk, found: '92 % used' }, dns)).change).toBe('changed')
  expect(changes().slice(2)).toEqual(['POST /issues/1/comments', 'PATCH /issues/1'])
  expect((await keep(dns)).change).toBe('changed')
  const { comments } = issues
  expect(comments[0]).toMatch(/^New: dns of shop\.example\./)
  expect(comments[1]).toMatch(/^Well again: disk of \/srv\/shop on web1\./)
  expect(issues.all).toHaveLength(1)
})

test('is closed when all is well, and another one is opened the next time', async () => {
  await keep(disk)
  expect((await keep(well)).change).toBe('closed')
  expect(issues.all[0]).toMatchObject({ state: 'closed', state_reason: 'completed' })
  expect((await keep(disk)).change).toBe('opened')
  expect(issues.all).toHaveLength(2)
})

test('of another environment, of a pull request, or with a mark that a stranger wrote is not ours', async () => {
  await keepIssue(githubApi({ url: github.url, token: 'x' }), { ...of, environment: 'staging' }, [disk])
  await keep(disk)
  const { body } = issues.all[1]!
  issues.all.length = 1
  issues.add({ body, user: { type: 'User' } })
  issues.add({ body, pull_request: {} })
  expect((await keep(disk)).change).toBe('opened')
  expect(issues.all).toHaveLength(4)
})

test('is found behind a hundred others, whatever line ends GitHub keeps', async () => {
  await keep(disk)
  issues.all[0]!.body = issues.all[0]!.body.replaceAll('\n', '\r\n')
  const open = () => issues.all.toReversed()
  for (let count = 0; count < 120; count += 1) issues.add({ body: 'another' })
  let page = 0
  github.answer(() => ({ status: 200, body: open().slice(page * 100, ++page * 100) }))
  expect((await keep(disk)).change).toBe('same')
  expect(page).toBe(2)
})

test('whatever hosts and answers say, marks and table stay ours, and the same trouble is the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
      let body = ''
      const open = () => (body === '' ? [] : [{ number: 1, body, user: { type: 'Bot' } }])
      const api: GitHubApi = {
        async request(method, _, sent) {
          if (method === 'POST') body = (sent as { body: string }).body
          return method === 'GET' ? open() : { number: 1 }
        },
      }
      const checked: Checked = { check: 'health', of: text, found: text, fix: text }
      expect((await keepIssue(api, of, [checked])).change).toBe('opened')
      expect(body.match(/<!--/g)).toHaveLength(2)
      expect(body.match(/-->/g)).toHaveLength(2)
      expect(body.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3)
      expect((await keepIssue(api, of, [checked])).change).toBe('same')
    }),
    { numRuns: 40 },
  )
})
