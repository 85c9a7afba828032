import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type ActionName, inputTable } from '../../../src/github/input-table'
import { outputsOf } from '../../../src/github/outputs'

const root = join(__dirname, '../../..')

interface ActionFile {
  name: string
  description: string
  inputs: Record<string, { description?: string; required?: unknown; default?: unknown }>
  outputs?: Record<string, { description?: string }>
  runs: { using: string; main: string; post?: string; 'post-if'?: string }
}

const files = Object.keys(inputTable).map((name) => {
  const folder = name === 'deploy' ? root : join(root, 'actions', name)
  const text = readFileSync(join(folder, 'action.yml'), 'utf8')
  return { name: name as ActionName, folder, text, file: parse(text) as ActionFile }
})

const outputs: Record<string, readonly string[]> = {
  ...outputsOf,
  deploy: [
    ...new Set(
      Object.entries(outputsOf).flatMap(([name, all]) =>
        ['rollback', 'release-notes', 'scan', 'setup-host', 'operate'].includes(name) ? [] : all,
      ),
    ),
    // Where one job does all, no layout outlives it, and the gate's words are in its log.
  ].filter((output) => !['layout', 'provenance', 'subjects', 'report'].includes(output)),
}

test('every folder of actions/ is in the table', () => {
  expect(readdirSync(join(root, 'actions')).toSorted()).toEqual(
    files
      .map(({ name }) => name as string)
      .filter((name) => name !== 'deploy')
      .toSorted(),
  )
})

describe.each(files)('$name', ({ name, folder, text, file }) => {
  test('has the inputs of the code: names, required, defaults', () => {
    const found = Object.entries(file.inputs).map(([input, spec]) => [
      input,
      { required: spec.required, ...('default' in spec && { default: spec.default }) },
    ])
    const wanted = Object.entries(inputTable[name]).map(([input, spec]) => [
      input,
      { required: false, ...spec },
    ])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted))
  })

  test('has the outputs of the code', () => {
    expect(Object.keys(file.outputs ?? {}).toSorted()).toEqual([...outputs[name]!].toSorted())
  })

  test('describes everything', () => {
    for (const { description } of [...Object.values(file.inputs), ...Object.values(file.outputs ?? {})]) {
      expect(description).toMatch(/^.{15,}\.$/)
    }
    // The marketplace takes no longer one.
    expect(file.description.length).toBeLessThan(125)
  })

  test('starts entries that exist, on node24', () => {
    expect(file.runs.using).toBe('node24')
    for (const entry of [file.runs.main, file.runs.post]) {
      if (entry !== undefined) expect(existsSync(join(folder, entry))).toBe(true)
    }
    expect(file.runs.main).toMatch(new RegExp(`/?${name}\\.js$`))
    expect(file.runs['post-if']).toBe(file.runs.post && 'always()')
  })

  test('has nothing GitHub cannot read: no anchors, no aliases', () => {
    expect(text).not.toMatch(/:\s+[&*]\w/)
  })
})
