import fc from 'fast-check'
import { type GitHubApi, githubApi } from '../../../src/github/api'
import { type IssueOf, keepIssue } from '../../../src/github/issue'
import type { Finding } from '../../../src/release/findings'
import { type FakeGitHub, startGitHub } from '../../support/github-api'

const of: IssueOf = {
  repository: 'example/shop',
  app: 'shop',
  environment: 'production',
  runUrl: 'https://github.com/example/shop/actions/runs/7',
}
const well: Finding = { check: 'memory', of: 'web1', found: '50 % used' }
const disk: Finding = { check: 'disk', of: '/srv/shop on web1', found: '91 % used', fix: 'Free some.' }
const dns: Finding = { check: 'dns', of: 'shop.example', found: 'has no record', fix: 'Give it one.' }

interface Kept {
  number: number
  body: string
  state: string
  html_url: string
  user: { type: string }
  author_association: string
  pull_request?: object
}

let github: FakeGitHub
/** GitHub's issues, the newest last. */
let issues: Kept[]
beforeEach(async () => {
  github = await startGitHub()
  issues = []
  github.answer(({ method, path, body }) => {
    const number = Number(/\/issues\/(\d+)$/.exec(path)?.[1])
    if (method === 'GET')
      return { status: 200, body: issues.filter(({ state }) => state === 'open').toReversed() }
    if (method === 'PATCH') {
      Object.assign(issues.find((each) => each.number === number)!, body)
      return { status: 200, body: {} }
    }
    return { status: 201, body: path.endsWith('/issues') ? add({ body: String(body?.body) }) : {} }
  })
})
afterEach(async () => {
  await github.close()
  expect(github.wrong).toEqual([])
})

function add(change: Partial<Kept>): Kept {
  const number = issues.length + 1
  const html_url = `https://github.com/example/shop/issues/${number}`
  const issue = {
    number,
    body: '',
    state: 'open',
    html_url,
    user: { type: 'Bot' },
    author_association: 'NONE',
    ...change,
  }
  issues.push(issue)
  return issue
}

const keep = (...findings: Finding[]) => keepIssue(githubApi({ url: github.url, token: 'x' }), of, findings)
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
  expect(issues[0]!.body).toContain('| ❌ | disk | /srv/shop on web1 | 91 % used<br>➜ Free some. |')
  expect(issues[0]!.body).not.toContain('memory')
})

test('is left alone while nothing changes, rewritten for a figure, commented when trouble comes or goes', async () => {
  await keep(disk)
  expect(await keep(disk)).toMatchObject({ change: 'same', url: expect.stringMatching(/1$/) })
  expect(changes()).toEqual(['POST /issues'])
  expect((await keep({ ...disk, found: '92 % used' })).change).toBe('same')
  expect(changes().slice(1)).toEqual(['PATCH /issues/1'])
  expect(issues[0]!.body).toContain('92 %')
  expect((await keep({ ...disk, found: '92 % used' }, dns)).change).toBe('changed')
  expect(changes().slice(2)).toEqual(['POST /issues/1/comments', 'PATCH /issues/1'])
  expect((await keep(dns)).change).toBe('changed')
  const comments = github.calls.filter(({ path }) => path.endsWith('/comments')).map(({ body }) => body!.body)
  expect(comments[0]).toMatch(/^New: dns of shop\.example\./)
  expect(comments[1]).toMatch(/^Well again: disk of \/srv\/shop on web1\./)
  expect(issues).toHaveLength(1)
})

test('is closed when all is well, and another one is opened the next time', async () => {
  await keep(disk)
  expect((await keep(well)).change).toBe('closed')
  expect(issues[0]).toMatchObject({ state: 'closed', state_reason: 'completed' })
  expect((await keep(disk)).change).toBe('opened')
  expect(issues).toHaveLength(2)
})

test('of another environment, of a pull request, or with a mark that a stranger wrote is not ours', async () => {
  await keepIssue(githubApi({ url: github.url, token: 'x' }), { ...of, environment: 'staging' }, [disk])
  await keep(disk)
  const { body } = issues[1]!
  issues.length = 1
  add({ body, user: { type: 'User' } })
  add({ body, pull_request: {} })
  expect((await keep(disk)).change).toBe('opened')
  expect(issues).toHaveLength(4)
})

test('is found behind a hundred others, whatever line ends GitHub keeps', async () => {
  await keep(disk)
  issues[0]!.body = issues[0]!.body.replaceAll('\n', '\r\n')
  const open = () => issues.toReversed()
  for (let count = 0; count < 120; count += 1) add({ body: 'another' })
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
      const finding: Finding = { check: 'health', of: text, found: text, fix: text }
      expect((await keepIssue(api, of, [finding])).change).toBe('opened')
      expect(body.match(/<!--/g)).toHaveLength(2)
      expect(body.match(/-->/g)).toHaveLength(2)
      expect(body.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3)
      expect((await keepIssue(api, of, [finding])).change).toBe('same')
    }),
  )
})
