import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { calledWorkflows, pages, withTables } from '../../../scripts/tables'
import { inputTable } from '../../../src/github/input-table'

const texts = pages.map((page) => ({ name: basename(page), text: readFileSync(page, 'utf8') }))

test.each(texts)(
  'the tables of $name are the ones of the action.yml and workflow files (else: npm run tables)',
  ({ text }) => {
    expect(text).toBe(withTables(text))
  },
)

test('every action has its tables', () => {
  const all = texts.map(({ text }) => text).join('\n')
  for (const name of Object.keys(inputTable)) expect(all).toContain(`<!-- inputs of ${name}, written by`)
})

test('every workflow that products call has its tables', () => {
  const all = texts.map(({ text }) => text).join('\n')
  for (const name of calledWorkflows().keys())
    expect(all).toContain(`<!-- inputs of workflow ${name}, written by`)
})

test('a caller has to grant the most that any job takes', () => {
  const page = withTables('<!-- permissions of workflows, written by npm run tables -->\n<!-- end -->')
  expect(page).toContain('| `deploy.yml` | `contents: read`, `deployments: write` |')
})

test('a table of the docs shows what its action.yml has', () => {
  const page = withTables('<!-- inputs of rollback, written by npm run tables -->\nold\n<!-- end -->')
  expect(page).not.toContain('old')
  expect(page).toMatch(/\| `environment` \| \*\*required\*\* \| \S/)
  expect(page).toMatch(/\| `config` \| `kawasemi.yml` \| \S/)
})
