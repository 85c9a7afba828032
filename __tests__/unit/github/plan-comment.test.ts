import { ApiError, githubApi } from '../../../src/github/api'
import { adviceOn, type CommentOf, keepComment } from '../../../src/github/plan-comment'
import { type FakeGitHub, startGitHub } from '../../support/github-api'
import { type KeptComments, keepComments } from '../../support/github-comments'

const of: CommentOf = {
  repository: 'example/shop',
  number: 12,
  app: 'shop',
  environment: 'production',
  runUrl: 'https://github.com/example/shop/actions/runs/7',
}

let github: FakeGitHub
let comments: KeptComments
beforeEach(async () => {
  github = await startGitHub()
  comments = keepComments()
  github.answer(comments.answer)
})
afterEach(async () => {
  await github.close()
  expect(github.wrong).toEqual([])
})

const keep = (text: string, change: Partial<CommentOf> = {}) =>
  keepComment(githubApi({ url: github.url, token: 'x' }), { ...of, ...change }, text)
const changes = () =>
  github.calls
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace('/repos/example/shop', '')}`)

test('is written once, and rewritten from then on', async () => {
  comments.add({ body: 'What do you think?', user: { type: 'User' } })
  expect(await keep('one')).toBe('https://github.com/example/shop/pull/12#issuecomment-2')
  expect(await keep('two')).toBe('https://github.com/example/shop/pull/12#issuecomment-2')
  expect(changes()).toEqual(['POST /issues/12/comments', 'PATCH /issues/comments/2'])
  expect(comments.all.map(({ body }) => body)).toEqual([
    'What do you think?',
    '<!-- kawasemi plan: shop production -->\ntwo',
  ])
})

test('there is one for each app and environment', async () => {
  await keep('one')
  await keep('two', { environment: 'staging' })
  await keep('three', { app: 'shop-staging' })
  expect(comments.all).toHaveLength(3)
  await keep('four', { environment: 'staging' })
  expect(comments.all.map(({ body }) => body.split('\n')[1])).toEqual(['one', 'four', 'three'])
})

test("a stranger's with the mark, or one that quotes it, is left alone", async () => {
  const mark = '<!-- kawasemi plan: shop production -->'
  comments.add({ body: `${mark}\nfake`, user: { type: 'User' }, author_association: 'CONTRIBUTOR' })
  comments.add({ body: `> ${mark}\n> old`, user: { type: 'User' }, author_association: 'OWNER' })
  comments.add({ body: `${mark}\nof somebody who is gone`, user: null })
  await keep('real')
  expect(changes()).toEqual(['POST /issues/12/comments'])
})

test('is found behind a hundred others', async () => {
  await keep('old')
  const all = [
    ...Array.from({ length: 120 }, () => ({ body: 'another', user: { type: 'User' } })),
    ...comments.all,
  ]
  let page = 0
  github.answer((call) =>
    call.method === 'GET'
      ? { status: 200, body: all.slice(page * 100, ++page * 100) }
      : comments.answer(call),
  )
  await keep('new')
  expect(changes().at(-1)).toBe('PATCH /issues/comments/1')
})

test('is no longer than GitHub takes, cut at the end of a line, and says where the rest is', async () => {
  await keep(`${'| a row of a table |\n'.repeat(5000)}`)
  const { body } = comments.all[0]!
  expect(body.length).toBeLessThan(65_536)
  const lines = body.trimEnd().split('\n')
  expect(lines.at(-1)).toBe(`… and more, which is in the summary of [this run](${of.runUrl}).`)
  expect(lines.slice(1, -2).every((line) => line === '| a row of a table |')).toBe(true)
})

test('what GitHub does not take is told with what to do, where that is known', async () => {
  github.answer(() => ({ status: 403, body: { message: 'Resource not accessible by integration' } }))
  const error = await keep('one').catch((each: unknown) => each)
  expect(error).toBeInstanceOf(ApiError)
  expect((error as ApiError).message).toBe('403 Resource not accessible by integration')
  expect(adviceOn(error as ApiError)).toContain('`permissions: pull-requests: write`')
  expect(adviceOn(new ApiError(502, ''))).toBe('')
})
