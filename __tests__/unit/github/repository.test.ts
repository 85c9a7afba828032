import { githubApi } from '../../../src/github/api'
import { changedFiles, fileAt } from '../../../src/github/repository'
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

test('the text of a file as it was', async () => {
  const at = (path: string) => fileAt(githubApi({ url: github.url, token: 'x' }), 'example/shop', path, from)
  answer({
    encoding: 'base64',
    content: Buffer.from('app: shop\n')
      .toString('base64')
      .replace(/(.{8})/g, '$1\n'),
  })
  expect(await at('kawasemi.yml')).toBe('app: shop\n')
  expect(await at('b c?d.yml')).toBe('app: shop\n')
  expect(await at('../../pulls')).toBeUndefined()
  expect(github.calls.map(({ path }) => path)).toEqual([
    '/repos/example/shop/contents/kawasemi.yml',
    '/repos/example/shop/contents/b%20c%3Fd.yml',
  ])
  answer({ encoding: 'none', content: '' })
  expect(await at('kawasemi.yml')).toBeUndefined()
  answer({ message: 'Not Found' }, 404)
  expect(await at('kawasemi.yml')).toBeUndefined()
})
