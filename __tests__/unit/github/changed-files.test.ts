import { githubApi } from '../../../src/github/api'
import { changedFiles } from '../../../src/github/changed-files'
import { type FakeGitHub, startGitHub } from '../../support/github-api'

const [from, to] = ['a'.repeat(40), 'b'.repeat(40)]

let github: FakeGitHub
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(async () => {
  await github.close()
  expect(github.wrong).toEqual([])
})

const ask = () => changedFiles(githubApi({ url: github.url, token: 'x' }), 'example/shop', from, to)
const answer = (body: object, status = 200) => github.answer(() => ({ status, body }))

test('names the files, those that were moved by both names', async () => {
  answer({ status: 'ahead', files: [{ filename: 'a' }, { filename: 'b', previous_filename: 'c' }] })
  expect(await ask()).toEqual(['a', 'b', 'c'])
  expect(github.calls[0]!.path).toBe(`/repos/example/shop/compare/${from}...${to}`)
})

test.each([
  ['the live release is not what the commit follows', { status: 'diverged', files: [] }],
  ['there are more than GitHub tells', { status: 'ahead', files: Array(300).fill({ filename: 'a' }) }],
  ['the answer is none that we know', { status: 'ahead' }],
])('says nothing where %s', async (_, body) => {
  answer(body)
  expect(await ask()).toBeUndefined()
})

test('says nothing where GitHub says no', async () => {
  answer({ message: 'Not Found' }, 404)
  expect(await ask()).toBeUndefined()
})
