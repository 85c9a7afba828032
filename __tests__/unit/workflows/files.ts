import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'

export const root = join(__dirname, '../../..')

export interface Step {
  id?: string
  uses?: string
  run?: string
  with?: Record<string, unknown>
  env?: Record<string, string>
}

export interface Job {
  uses?: string
  steps?: Step[]
  permissions?: Record<string, string>
  concurrency?: Record<string, unknown>
  environment?: Record<string, unknown>
}

export interface WorkflowFile {
  /** Relative to the root of the repository. */
  readonly name: string
  readonly text: string
  readonly content: {
    on: Record<string, { inputs?: Record<string, { description?: string }> } | null>
    permissions?: Record<string, string>
    jobs: Record<string, Job>
  }
}

function read(name: string): WorkflowFile {
  const text = readFileSync(join(root, name), 'utf8')
  return { name, text, content: parse(text) }
}

const inFolder = (folder: string) => readdirSync(join(root, folder)).map((file) => read(join(folder, file)))

const ours = inFolder('.github/workflows')

/** The workflows that products call. */
export const called = ours.filter(({ content }) => content.on.workflow_call)

/** The workflows of this repository itself. */
export const own = ours.filter(({ content }) => !content.on.workflow_call)

/** The examples' workflows, which call ours. */
export const callers = readdirSync(join(root, 'examples')).flatMap((example) =>
  inFolder(join('examples', example, '.github/workflows')),
)

/** The name of the workflow of ours that a job calls. */
export function calledBy({ uses = '' }: Job): string {
  return basename(uses.replace(/@.*$/, ''))
}
