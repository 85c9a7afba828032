/** Writes the tables of inputs and outputs in the docs, from the action.yml files. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = join(__dirname, '..')

/** Pages that hold such tables, each between its marks. */
export const pages = ['README.md', 'docs/actions.md'].map((name) => join(root, name))

interface Described {
  description: string
  required?: boolean
  default?: string
}

const marks = /(<!-- (inputs|outputs) of ([\w-]+), written by npm run tables -->\n)[\s\S]*?(<!-- end -->)/g

/** The page with its tables made anew. */
export function withTables(page: string): string {
  return page.replace(marks, (_, begin: string, kind: 'inputs' | 'outputs', action: string, end: string) => {
    return `${begin}${tableOf(action, kind)}\n${end}`
  })
}

function tableOf(action: string, kind: 'inputs' | 'outputs'): string {
  const file = join(root, action === 'deploy' ? '' : `actions/${action}`, 'action.yml')
  const described = (parse(readFileSync(file, 'utf8'))[kind] ?? {}) as Record<string, Described>
  const rows = Object.entries(described).map(([name, { description, required, default: preset }]) => {
    const text = description.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|')
    if (kind === 'outputs') return `| \`${name}\` | ${text} |`
    const left = required ? '**required**' : preset === undefined || preset === '' ? '' : `\`${preset}\``
    return `| \`${name}\` | ${left} | ${text} |`
  })
  const head =
    kind === 'inputs'
      ? ['| input | default | meaning |', '|---|---|---|']
      : ['| output | meaning |', '|---|---|']
  return [...head, ...rows].join('\n')
}

if (require.main === module) {
  for (const page of pages) writeFileSync(page, withTables(readFileSync(page, 'utf8')))
}
