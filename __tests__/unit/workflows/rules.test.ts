import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { permissionsOf } from '../../../scripts/tables'
import { type ActionName, inputTable } from '../../../src/github/input-table'
import { called, calledBy, callers, type Job, own, root, type Step } from './files'

const steps = (jobs: Record<string, Job>): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps)
/** What it does to servers is nothing. */
const onlyPlans = ({ steps = [] }: Job) =>
  steps.filter((step) => step.with?.['ssh-key']).every((step) => step.with?.mode === 'plan') &&
  steps.some((step) => step.with?.mode === 'plan')
const uses = (jobs: Record<string, Job>) => steps(jobs).flatMap((step) => (step.uses ? [step.uses] : []))

describe.each(called)('$name', ({ name, text, content }) => {
  const { jobs } = content
  // A rollback waits for the lease on the servers, never for a release that reviewers keep waiting.
  const group = name.endsWith('/rollback.yml') ? 'kawasemi rollback' : 'kawasemi'

  test('describes every input, secret and output, and gives every input a type', () => {
    const { inputs = {}, secrets = {}, outputs = {} } = content.on.workflow_call as Record<string, object>
    for (const described of [inputs, secrets, outputs].flatMap(Object.values))
      expect(described.description).toMatch(/^.{15,}\.$/)
    for (const input of Object.values(inputs)) expect(['string', 'boolean']).toContain(input.type)
  })

  test('takes no permission but what a job names; a job that builds has what its caller grants', () => {
    const builds = ({ steps = [] }: Job) => steps.some((step) => 'build-secrets' in (step.with ?? {}))
    const building = Object.values(jobs).filter(builds)
    expect(content.permissions).toEqual(building.length > 0 ? undefined : {})
    for (const job of building) expect(job.permissions).toBeUndefined()
    for (const { permissions } of Object.values(jobs).filter((job) => !builds(job))) {
      expect(Object.keys(permissions ?? {})).toContain('contents')
      expect(Object.keys(permissions ?? {}).join()).not.toMatch(/id-token|attestations|packages/)
    }
  })

  test('brings no value of others into a shell but by env', () => {
    for (const { run } of steps(jobs)) expect(run ?? '').not.toContain('${{')
  })

  test("shows no secret to the product's commands", () => {
    for (const { run, env } of steps(jobs))
      if (run !== undefined) expect(Object.values(env ?? {}).join()).not.toMatch(/secrets|token/)
    expect(text).not.toMatch(/^ {0,4}env:/m)
  })

  test('pins the actions of others to a commit, and says which version that is', () => {
    for (const line of text.split('\n').filter((each) => /uses: (?!\$\/)/.test(each)))
      expect(line).toMatch(
        /uses: actions\/(checkout|attest|(up|down)load-artifact)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/,
      )
  })

  test('keeps the token out of the checkout', () => {
    for (const step of steps(jobs))
      if (step.uses?.startsWith('actions/checkout@')) expect(step.with?.['persist-credentials']).toBe(false)
  })

  test('calls our actions with inputs that they have, and with all that they need', () => {
    for (const step of steps(jobs).filter(({ uses }) => uses?.startsWith('$/'))) {
      const folder = step.uses!.slice(2)
      expect(existsSync(join(root, folder, 'action.yml'))).toBe(true)
      const table = inputTable[(folder.replace('actions/', '') || 'deploy') as ActionName]
      const given = Object.keys(step.with ?? {})
      expect(given.filter((name) => !(name in table))).toEqual([])
      const needed = Object.entries(table).filter(([, spec]) => 'required' in spec)
      expect(needed.map(([name]) => name).filter((name) => !given.includes(name))).toEqual([])
    }
  })

  test('never has two runs at one environment, and never cancels one', () => {
    const changing = Object.values(jobs).filter((job) => permissionsOf(job).deployments === 'write')
    for (const { concurrency, environment } of changing) {
      expect(concurrency).toEqual({
        group: `${group} \${{ inputs.config }} ${environment!.name}`,
        queue: 'max',
      })
      expect(environment).toEqual({ name: expect.stringContaining('inputs.'), deployment: false })
    }
    const deploys = steps(jobs).filter((step) => step.uses === '$/' && step.with?.mode !== 'plan')
    expect(changing).toHaveLength(deploys.length || changing.length)
  })

  test('never works on servers while another run does', () => {
    const working = Object.values(jobs).filter(
      (job) => JSON.stringify(job).includes('ssh-key') && !onlyPlans(job),
    )
    for (const { concurrency } of working)
      expect(concurrency).toEqual({
        group: expect.stringMatching(
          new RegExp(`^${group} \\$\\{\\{ inputs.config }} \\$\\{\\{ inputs\\.\\w+ }}$`),
        ),
        queue: 'max',
      })
  })

  test('lets a plan wait for nothing but a newer one of the same pull request', () => {
    for (const { concurrency, permissions } of Object.values(jobs).filter(onlyPlans)) {
      expect(concurrency).toEqual({
        group: `kawasemi plan \${{ inputs.config }} \${{ inputs.environment }} \${{ github.ref }}`,
        'cancel-in-progress': true,
      })
      expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' })
    }
  })

  test('all jobs that hold a secret wait for the environment', () => {
    for (const job of Object.values(jobs))
      if (JSON.stringify(job).includes('secrets.')) expect(job.environment).toBeDefined()
  })
})

test('this repository runs only actions that are pinned', () => {
  for (const { content } of own) for (const each of uses(content.jobs)) expect(each).toMatch(/@[0-9a-f]{40}$/)
})

describe.each(callers)('$name', ({ name, text, content }) => {
  const [job, ...others] = Object.values(content.jobs) as [Job & { secrets: unknown; with: object }, ...Job[]]

  test('is one call, in few lines', () => {
    expect(others).toEqual([])
    expect(job.uses).toMatch(
      /^OWNER\/kawasemi\/\.github\/workflows\/(deploy|operate|plan|release|rollback|setup)\.yml@v0$/,
    )
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(16)
  })

  test('grants what the workflow takes, and no more', () => {
    const table = readFileSync(join(root, 'docs/workflows.md'), 'utf8')
    const row = new RegExp(`^\\| \`${calledBy(job)}\` \\| (.*) \\|$`, 'm').exec(table)![1]!
    const needed = Object.fromEntries(row.split(', ').map((each) => each.replaceAll('`', '').split(': ')))
    expect(content.permissions).toEqual(needed)
  })

  test('names environments that the product has', () => {
    const config = join(root, name, '../../../kawasemi.yml')
    const { environments } = parse(readFileSync(config, 'utf8'))
    const named = Object.entries(job.with).flatMap(([key, value]) =>
      ['environment', 'staging', 'production'].includes(key) && !String(value).includes('${{') ? [value] : [],
    )
    expect(named.filter((name) => !(name in environments))).toEqual([])
  })
})
