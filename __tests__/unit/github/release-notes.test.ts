import fc from 'fast-check'
import { githubApi } from '../../../src/github/api'
import { publishNotes, renderNotes } from '../../../src/github/release-notes'
import { type FakeGitHub, startGitHub } from '../../support/github-api'

const digest = `sha256:${'c'.repeat(64)}`
const notes = renderNotes({
  environment: 'production',
  version: 'v1.4.0',
  url: 'https://shop.example/',
  digests: { web: digest },
  commit: 'a'.repeat(40),
  runUrl: 'https://github.com/example/shop/actions/runs/7',
})

let github: FakeGitHub
beforeEach(async () => {
  github = await startGitHub()
})
afterEach(async () => {
  await github.close()
  expect(github.wrong).toEqual([])
})

const publish = () =>
  publishNotes(githubApi({ url: github.url, token: 'x' }), 'example/shop', 'v1.4.0', notes)
const asked = () => github.calls.map(({ method, path }) => `${method} ${path}`)

test('the notes say where, what, and with which digests', () => {
  expect(notes).toContain('Deployed to production at https://shop.example/ as `v1.4.0`')
  expect(notes).toContain(`| web | \`${digest}\` |`)
})

test('a release that is not there is made', async () => {
  github.answer(({ method }) =>
    method === 'GET'
      ? { status: 404 }
      : { status: 201, body: { html_url: 'https://github.com/example/shop/releases/1' } },
  )
  expect(await publish()).toBe('https://github.com/example/shop/releases/1')
  expect(asked()).toEqual([
    'GET /repos/example/shop/releases/tags/v1.4.0',
    'POST /repos/example/shop/releases',
  ])
  expect(github.calls[1]!.body).toMatchObject({
    tag_name: 'v1.4.0',
    body: notes,
    generate_release_notes: true,
  })
})

test('one that is there keeps what people wrote; a second run replaces what the first one wrote', async () => {
  let body = 'Words of a person.'
  github.answer(({ method, body: sent }) => {
    if (method === 'PATCH') body = String(sent?.body)
    return { status: 200, body: { id: 5, body } }
  })
  await publish()
  await publish()
  expect(asked().at(-1)).toBe('PATCH /repos/example/shop/releases/5')
  expect(body).toBe(`${notes}\n\nWords of a person.`)
})

test('a no of GitHub is thrown, with its reason', async () => {
  github.answer(() => ({ status: 403, body: { message: 'Resource not accessible by integration' } }))
  await expect(publish()).rejects.toThrow('403 Resource not accessible by integration')
})

test('names of others stay text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const text = renderNotes({
        environment: name,
        version: name,
        url: '',
        digests: { [name]: digest },
        commit: '',
        runUrl: '',
      })
      expect(text.match(/<!--/g)).toHaveLength(2)
      expect(text.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3)
    }),
  )
})
