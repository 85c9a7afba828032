/** Writes what comes from the schema of kawasemi.yml: the JSON Schema for editors and the table in the docs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { editorSchema, keyTable } from '../src/config/json-schema'

const at = (...parts: string[]) => join(__dirname, '..', ...parts)

export const schemaFile = at('schema', 'kawasemi.schema.json')
export const docsFile = at('docs', 'kawasemi-yml.md')

export function schemaText(): string {
  return `${JSON.stringify(editorSchema(), null, 2)}\n`
}

const begin = '<!-- keys: written by npm run schema -->'
const end = '<!-- end of keys -->'

/** The page with its table made anew. */
export function docsText(page: string): string {
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${docsFile} has lost its marks`)
  return `${before}${begin}\n${keyTable()}\n${end}${after}`
}

if (require.main === module) {
  writeFileSync(schemaFile, schemaText())
  writeFileSync(docsFile, docsText(readFileSync(docsFile, 'utf8')))
}
