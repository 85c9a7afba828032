import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'

/*
 * `npm test`: everything, in the order in which trouble is cheapest to find. A part that fails does not keep the others
 * from running, but for those that need it. In CI a skipped test is a failed one.
 */

const root = join(__dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'kawasemi-test-'))

interface Result {
  readonly part: string
  readonly seconds: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** The names of the failed tests; of other parts nothing. */
  readonly failures?: readonly string[]
}

interface JestResults {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  /** Files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

function run(command: string, args: readonly string[]): boolean {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  return status === 0
}

function timed(part: string, work: () => Omit<Result, 'part' | 'seconds'>): Result {
  console.log(`\n── ${part}`)
  const begin = performance.now()
  return { part, ...work(), seconds: (performance.now() - begin) / 1000 }
}

/** A part that passes or fails as a whole. */
function check(part: string, command: string, ...args: readonly string[]): Result {
  return timed(part, () => {
    const passed = run(command, args)
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 }
  })
}

function jest(project: string, ...args: readonly string[]): Result {
  return timed(project, () => {
    const file = join(folder, `${project}.json`)
    const well = run('jest', ['--selectProjects', project, '--json', `--outputFile=${file}`, ...args])
    const results = readResults(file)
    if (!results) return { passed: 0, failed: 1, skipped: 0 }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    return {
      passed: results.numPassedTests,
      // Jest can fail without a failed test: a leak, a crash of a worker.
      failed: well ? failed : Math.max(1, failed),
      skipped: results.numPendingTests + results.numTodoTests,
      failures: failuresOf(results),
    }
  })
}

function failuresOf({ testResults }: JestResults): string[] {
  return testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const tests = assertionResults.filter(({ status }) => status === 'failed')
      const file = relative(root, name)
      return tests.length > 0 ? tests.map(({ fullName }) => `${file}: ${fullName}`) : [file]
    })
}

function readResults(file: string): JestResults | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function notRun(part: string): Result {
  return { part, seconds: 0, passed: 0, failed: 1, skipped: 0 }
}

const results = [
  check('lint', 'biome', 'check', '--error-on-warnings', '.'),
  check('types', 'tsc', '--noEmit'),
  check('dist', 'tsx', 'scripts/build.ts', '--check'),
  jest('unit', '--maxWorkers=100%'),
]
const lab = check('lab', 'tsx', 'lab/up.ts')
results.push(lab)
// Each file has servers of its own, and waits about as much as it works.
for (const project of ['integration', 'e2e'])
  results.push(lab.failed > 0 ? notRun(project) : jest(project, '--maxWorkers=2'))
rmSync(folder, { recursive: true })

console.log()
// Again at the end, where a person looks first after half an hour.
for (const failure of results.flatMap(({ failures }) => failures ?? [])) console.log(`failed: ${failure}`)
for (const { part, seconds, passed, failed, skipped } of results) {
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  console.log(`${part.padEnd(12)} ${seconds.toFixed(1).padStart(7)} s   ${counts}`)
}
const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0)
const skipped = sum((result) => result.skipped)
const failed = sum((result) => result.failed) + (process.env.CI ? skipped : 0)
console.log(
  `${'all'.padEnd(12)} ${sum(({ seconds }) => seconds)
    .toFixed(1)
    .padStart(7)} s`,
)
if (skipped > 0) console.log(`${skipped} skipped${process.env.CI ? ', which counts as failed in CI' : ''}`)
console.log(`${sum((result) => result.passed)} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
