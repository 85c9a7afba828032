import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { docsFile, docsText, schemaFile, schemaText } from '../../../scripts/schema'
import { editorSchema, type JsonSchema } from '../../../src/config/json-schema'
import { loadConfig } from '../../../src/config/load'
import { changed } from './sample'

const page = readFileSync(docsFile, 'utf8')

test('the committed schema is the one the code describes (else: npm run schema)', () => {
  expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText())
})

test('the table in the docs is the one the code describes (else: npm run schema)', () => {
  expect(page).toBe(docsText(page))
})

const example = page.split('```yaml\n')[1]!.split('```')[0]!

test('the example in the docs is a good file', () => {
  for (const environment of ['staging', 'production']) {
    expect(loadConfig(example, 'kawasemi.yml', environment).app).toBe('shop')
  }
})

test('the messages in the docs are the ones the example would give', () => {
  const spoilt = changed('health:', 'healt:', changed('duration: 10s', 'duration: 10', example))
  const messages = page.split('```\n').find((block) => block.startsWith('kawasemi.yml:'))!
  for (const message of messages.trim().split('\n')) {
    expect(() => loadConfig(spoilt, 'kawasemi.yml', 'staging')).toThrow(message)
  }
})

const examples = join(__dirname, '../../../examples')

test.each(readdirSync(examples))(
  "%s has a good file, and its environments keep out of each other's way",
  (name) => {
    const file = join(examples, name, 'kawasemi.yml')
    const text = readFileSync(file, 'utf8')
    const { environments = {} } = parse(text) as { environments?: object }
    const configs = Object.keys(environments).map((environment) => loadConfig(text, file, environment))
    expect(configs.length).toBeGreaterThan(0)
    const [apps, domains] = [configs.map(({ app }) => app), configs.map(({ proxy }) => proxy?.domains[0])]
    for (const names of [apps, domains]) expect(new Set(names).size).toBe(configs.length)
  },
)

test('every key is described', () => {
  const bare: string[] = []
  const visit = (schema: JsonSchema, path: string): void => {
    for (const [key, each] of Object.entries(schema.properties ?? {})) {
      if (!each.description) bare.push(`${path}.${key}`)
      visit(each, `${path}.${key}`)
    }
    for (const each of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) visit(each, path)
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`)
    if (schema.items) visit(schema.items, `${path}[]`)
  }
  visit(editorSchema(), '')
  expect(bare).toEqual([])
})

test('no map with fixed keys lets another one in, and nothing is required of an override but in its lists', () => {
  const visit = (schema: unknown, inOverride: boolean): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { type, properties, additionalProperties, required } = schema as JsonSchema
    if (type === 'object' && properties) expect(additionalProperties).toBe(false)
    if (inOverride) expect(required).toBeUndefined()
    for (const [key, each] of Object.entries(schema))
      visit(each, (inOverride || key === 'environments') && key !== 'items')
  }
  visit(editorSchema(), false)
})
