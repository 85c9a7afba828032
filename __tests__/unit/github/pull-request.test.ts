import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { readPullRequest } from '../../../src/github/pull-request'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kawasemi-event-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function read(event: unknown, env: Record<string, string> = {}): ReturnType<typeof readPullRequest> {
  const path = join(folder, 'event.json')
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event))
  return readPullRequest({ GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: path, ...env })
}

const sha = 'a'.repeat(40)
const eventOf = (from: string | null) => ({
  pull_request: {
    number: 12,
    head: { sha, repo: from === null ? null : { full_name: from } },
    base: { repo: { full_name: 'example/shop' } },
  },
})

test('says which pull request, and the commit that people know it by', () => {
  expect(read(eventOf('example/shop'))).toEqual({ number: 12, head: sha, withoutSecrets: false })
})

test.each([
  ['a fork', eventOf('stranger/shop'), {}],
  ['a fork that is gone', eventOf(null), {}],
  ['Dependabot', eventOf('example/shop'), { GITHUB_ACTOR: 'dependabot[bot]' }],
])("of %s there are no secrets, unless the base's workflow runs", (_, event, env) => {
  expect(read(event, env)?.withoutSecrets).toBe(true)
  expect(read(event, { ...env, GITHUB_EVENT_NAME: 'pull_request_target' })?.withoutSecrets).toBe(false)
})

test('a push is about none, and so is a run without an event that can be read', () => {
  expect(read(eventOf('example/shop'), { GITHUB_EVENT_NAME: 'push' })).toBeUndefined()
  expect(read(eventOf('example/shop'), { GITHUB_EVENT_PATH: '/nowhere' })).toBeUndefined()
  expect(read('{')).toBeUndefined()
  expect(readPullRequest({})).toBeUndefined()
})

test('whatever the event holds, what comes of it is a number and hex digits', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (number, headSha, whole) => {
      for (const event of [
        { pull_request: { number, head: { sha: headSha } } },
        { pull_request: whole },
        whole,
      ]) {
        const found = read(event)
        if (!found) continue
        expect(found.number).toBeGreaterThan(0)
        expect(found.head).toMatch(/^[0-9a-f]{40,64}$/)
      }
    }),
    { numRuns: 50 },
  )
})
