import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { actionsReporter } from '../../../src/github/log'
import { actionOutputs } from '../../../src/github/outputs'
import { Secrets } from '../../../src/github/secrets'

const folder = mkdtempSync(join(tmpdir(), 'outputs-'))
const file = join(folder, 'output')
const before = process.env.GITHUB_OUTPUT
beforeEach(() => {
  writeFileSync(file, '')
  process.env.GITHUB_OUTPUT = file
})
afterAll(() => {
  if (before === undefined) delete process.env.GITHUB_OUTPUT
  else process.env.GITHUB_OUTPUT = before
  rmSync(folder, { recursive: true })
})

function outputs() {
  const secrets = new Secrets(() => {})
  secrets.add('correct horse battery')
  const report = { title: 'Deploy', hosts: [], stages: [], warnings: [] }
  const sink = { info() {}, startGroup() {}, endGroup() {}, warning() {} }
  return { report, outputs: actionOutputs(secrets, actionsReporter(report, sink)) }
}

test('an output is written for the steps that follow', () => {
  outputs().outputs.set('live-slot', 'green')
  expect(readFileSync(file, 'utf8')).toMatch(/^live-slot<<(\S+)\ngreen\n\1\n$/)
})

test('a secret is left out, with a warning', () => {
  const { report, outputs: given } = outputs()
  given.set('release', 'v1-correct horse battery')
  expect(readFileSync(file, 'utf8')).toBe('')
  expect(report.warnings).toEqual([expect.stringMatching(/^The output release was left empty/)])
})

test('in what people read it is blotted out', () => {
  const { report, outputs: given } = outputs()
  given.set('report', JSON.stringify([{ changes: ['make the user correct horse battery', 'reload nginx'] }]))
  const [, value = ''] = /\n(.*)\n/.exec(readFileSync(file, 'utf8')) ?? []
  expect(JSON.parse(value)).toEqual([{ changes: ['make the user ***', 'reload nginx'] }])
  expect(report.warnings).toEqual([])
})
