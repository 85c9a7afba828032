import { z } from 'zod'
import { environmentName, fileSchema } from './schema'

/** The part of JSON Schema that our own schema turns into. */
export interface JsonSchema {
  description?: string
  default?: unknown
  const?: unknown
  required?: string[]
  properties?: Record<string, JsonSchema>
  propertyNames?: JsonSchema
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  [other: string]: unknown
}

const draft = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema

/** The JSON Schema by which editors complete and check kawasemi.yml: the file with its environments. */
export function editorSchema(): JsonSchema {
  const { $schema, properties, ...file } = draft(fileSchema)
  const { $schema: _, ...name } = draft(environmentName)
  const environments: JsonSchema = {
    type: 'object',
    description:
      'Environments of the app; each overrides what is written above it: maps key by key, all else whole.',
    propertyNames: name,
    additionalProperties: { anyOf: [overrides({ ...file, properties: properties! }), { type: 'null' }] },
  }
  return {
    $schema,
    title: 'kawasemi.yml',
    description: 'An app and the environments it is deployed to.',
    ...file,
    // What is not here may be in every environment.
    required: ['app', 'environments'],
    properties: { ...properties, environments },
  }
}

/** The same schema with nothing required. */
function overrides(schema: JsonSchema): JsonSchema {
  const { required: _, default: __, oneOf, ...rest } = schema
  const loose: JsonSchema = { ...rest }
  // Without its role a service can be of either kind.
  const either = oneOf ?? rest.anyOf
  if (either) loose.anyOf = either.map(overrides)
  if (rest.properties) loose.properties = mapValues(rest.properties, overrides)
  if (typeof rest.additionalProperties === 'object') {
    loose.additionalProperties = overrides(rest.additionalProperties)
  }
  return loose
}

function mapValues(map: Record<string, JsonSchema>, change: (each: JsonSchema) => JsonSchema) {
  return Object.fromEntries(Object.entries(map).map(([key, each]) => [key, change(each)]))
}

interface Row {
  key: string
  byDefault: string
  meaning: string
}

/** Every key as a Markdown table, for the docs. */
export function keyTable(): string {
  const rows = new Map<string, Row>()
  for (const row of rowsOf(editorSchema(), '')) {
    const same = rows.get(row.key)
    // A key of both kinds of service is one row, which says each meaning once.
    const meaning = same && same.meaning !== row.meaning ? `${same.meaning} ${row.meaning}` : row.meaning
    rows.set(row.key, { ...row, ...same, meaning })
  }
  const lines = [...rows.values()].map(
    ({ key, byDefault, meaning }) => `| \`${key}\` | ${byDefault} | ${meaning} |`,
  )
  return ['| key | default | meaning |', '|---|---|---|', ...lines].join('\n')
}

function rowsOf(schema: JsonSchema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const key = path === '' ? name : `${path}.${name}`
    const required = schema.required?.includes(name) || (path === '' && neededSomewhere.includes(name))
    return [{ key, byDefault: defaultOf(each, required), meaning: meaningOf(each) }, ...below(each, key)]
  })
}

/** Needed, be it at the top of the file or in each environment. */
const neededSomewhere = ['hosts', 'services']

function below(schema: JsonSchema, key: string): Row[] {
  if (key === 'environments') return []
  const { additionalProperties, items } = schema
  const entry = typeof additionalProperties === 'object' ? additionalProperties : undefined
  return [
    ...kinds(schema.oneOf ?? [], key),
    ...rowsOf(schema, key),
    ...(entry ? below(entry, `${key}.NAME`) : []),
    ...(items ? rowsOf(items, `${key}[]`) : []),
  ]
}

/** The keys of a part that comes in several kinds (a service's roles); what only one kind has says so. */
function kinds(options: JsonSchema[], key: string): Row[] {
  const rows = options.map((each) => rowsOf(each, key))
  return rows.flatMap((own, index) => {
    const others = rows.filter((_, other) => other !== index).flat()
    const { role, kind: named } = options[index]!.properties ?? {}
    const kind = (role ?? named)?.const
    return own.map((row) =>
      others.some(({ key: other }) => other === row.key)
        ? row
        : { ...row, byDefault: `${row.byDefault} (${kind})` },
    )
  })
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return '**required**'
  const value = schema.default
  if (value === undefined || typeof value === 'object') return ''
  return `\`${value}\``
}

function meaningOf({ const: only, description = '' }: JsonSchema): string {
  return (only === undefined ? description : `\`${only}\`: ${description}`).replaceAll('|', '\\|')
}
