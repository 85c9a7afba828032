/** Writes the tables of inputs, outputs, secrets and permissions in the docs, from the action.yml and workflow files. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = join(__dirname, '..')

/** Pages that hold such tables, each between its marks. */
export const pages = ['README.md', 'README.ja.md', 'docs/actions.md', 'docs/workflows.md'].map((name) =>
  join(root, name),
)

interface Described {
  description: string
  required?: boolean
  default?: string
}

interface Job {
  permissions?: Record<string, string>
  steps?: { uses?: string }[]
}

interface Workflow {
  on: { workflow_call: Record<'inputs' | 'outputs' | 'secrets', Record<string, Described>> }
  jobs: Record<string, Job>
}

const marks =
  /(<!-- (inputs|outputs|secrets|permissions) of ((?:workflow )?[\w-]+), written by npm run tables -->\n)[\s\S]*?(<!-- end -->)/g

/** The page with its tables made anew. */
export function withTables(page: string): string {
  return page.replace(marks, (_, begin: string, kind: string, of: string, end: string) => {
    const table = kind === 'permissions' ? permissionsTable() : tableOf(of, kind as Kind)
    return `${begin}${table}\n${end}`
  })
}

/** The workflows that products call, by their name. */
export function calledWorkflows(): Map<string, Workflow> {
  const folder = join(root, '.github/workflows')
  const all = readdirSync(folder).map((file): [string, Workflow] => [
    file.replace(/\.yml$/, ''),
    parse(readFileSync(join(folder, file), 'utf8')),
  ])
  return new Map(all.filter(([, { on }]) => on.workflow_call))
}

type Kind = 'inputs' | 'outputs' | 'secrets'

function tableOf(of: string, kind: Kind): string {
  const rows = Object.entries(describedIn(of, kind)).map(
    ([name, { description, required, default: preset }]) => {
      const text = description.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|')
      if (kind !== 'inputs') return `| \`${name}\` | ${text} |`
      const left = required ? '**required**' : preset === undefined || preset === '' ? '' : `\`${preset}\``
      return `| \`${name}\` | ${left} | ${text} |`
    },
  )
  const head =
    kind === 'inputs'
      ? ['| input | default | meaning |', '|---|---|---|']
      : [`| ${kind.slice(0, -1)} | meaning |`, '|---|---|']
  return [...head, ...rows].join('\n')
}

function describedIn(of: string, kind: Kind): Record<string, Described> {
  const [, workflow] = /^workflow (.*)$/.exec(of) ?? []
  if (workflow) return calledWorkflows().get(workflow)!.on.workflow_call[kind] ?? {}
  const file = join(root, of === 'deploy' ? '' : `actions/${of}`, 'action.yml')
  return parse(readFileSync(file, 'utf8'))[kind] ?? {}
}

/** What a job takes; for one that has its caller's permissions, what it cannot do without. */
export function permissionsOf({ permissions, steps = [] }: Job): Record<string, string> {
  const deploys = steps.some(({ uses }) => uses === '$/')
  return permissions ?? { contents: 'read', ...(deploys && { deployments: 'write' }) }
}

/** What a caller has to grant: the most that any job of the workflow takes. */
function permissionsTable(): string {
  const rows = [...calledWorkflows()].map(([name, { jobs }]) => {
    const most = new Map<string, string>()
    for (const job of Object.values(jobs)) {
      for (const [scope, access] of Object.entries(permissionsOf(job))) {
        if (most.get(scope) !== 'write') most.set(scope, access)
      }
    }
    const granted = [...most].map(([scope, access]) => `\`${scope}: ${access}\``).join(', ')
    return `| \`${name}.yml\` | ${granted} |`
  })
  return ['| workflow | `permissions` of the caller |', '|---|---|', ...rows].join('\n')
}

if (require.main === module) {
  for (const page of pages) writeFileSync(page, withTables(readFileSync(page, 'utf8')))
}
