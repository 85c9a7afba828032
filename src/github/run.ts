import { Trouble } from '../release/trouble'

/** Which workflow run this is, as GitHub says it. Every field was checked: branch and tag names are written by strangers. */
export interface RunIdentity {
  /** Grows over time within one repository; the same for every attempt of a run. */
  readonly id: number
  readonly attempt: number
  readonly job: string
  readonly repository: string
  readonly actor: string
  readonly url: string
  /** Of GitHub itself, without a slash at its end. */
  readonly server: string
  /** Of GitHub's API, without a slash at its end. */
  readonly apiUrl: string
  /** The commit, 40 (or 64) hex digits. */
  readonly sha: string
  readonly ref: string
  /** The workflow that was called first: `OWNER/REPO/FILE@REF`; only shown. */
  readonly workflow: string
  /** Whether the runner is one of GitHub's own. */
  readonly hosted: boolean
  readonly refType: 'branch' | 'tag'
  /** The version to deploy when nobody names one: the tag, else the first 12 digits of the commit. */
  readonly defaultVersion: string
}

export const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/

/**
 * @param env the runner's environment (`GITHUB_*`)
 * @throws {Trouble} when a variable is missing or is not what GitHub would write.
 */
export function readRun(env: Readonly<Record<string, string | undefined>>): RunIdentity {
  const id = wholeNumber(env, 'GITHUB_RUN_ID')
  const attempt = wholeNumber(env, 'GITHUB_RUN_ATTEMPT', '1')
  const sha = checked(env, 'GITHUB_SHA', /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
  const repository = checked(env, 'GITHUB_REPOSITORY', /^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/)
  const server = checked(
    env,
    'GITHUB_SERVER_URL',
    /^https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$/,
    'https://github.com',
  )
  const refType = env.GITHUB_REF_TYPE === 'tag' ? 'tag' : 'branch'
  const refName = env.GITHUB_REF_NAME ?? ''
  return {
    id,
    attempt,
    job: checked(env, 'GITHUB_JOB', /^[A-Za-z0-9_-]{1,100}$/, 'job'),
    repository,
    actor: checked(env, 'GITHUB_ACTOR', /^[A-Za-z0-9_.[\]-]{1,100}$/, 'unknown'),
    server,
    url: `${server}/${repository}/actions/runs/${id}${attempt > 1 ? `/attempts/${attempt}` : ''}`,
    apiUrl: checked(
      env,
      'GITHUB_API_URL',
      /^https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:\/[A-Za-z0-9._-]{1,50}){0,5}$/,
      'https://api.github.com',
    ),
    sha,
    ref: shown(env.GITHUB_REF),
    workflow: shown(env.GITHUB_WORKFLOW_REF),
    hosted: env.RUNNER_ENVIRONMENT === 'github-hosted',
    refType,
    // A tag such as `web/v1.2` is no version; the commit always is one.
    defaultVersion: refType === 'tag' && versionPattern.test(refName) ? refName : sha.slice(0, 12),
  }
}

/** A ref may hold almost any character; it is only shown, so it is cleaned rather than refused. */
function shown(value = ''): string {
  return value.replace(/[^\x21-\x7e]/g, '?').slice(0, 250)
}

function checked(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  pattern: RegExp,
  fallback?: string,
): string {
  const value = env[name] || fallback
  if (value !== undefined && pattern.test(value)) return value
  throw new Trouble(
    name,
    value === undefined ? 'is not set.' : 'is not what GitHub sets it to.',
    'Run Kawasemi as a step of a GitHub Actions workflow, and let no earlier step change this variable.',
  )
}

function wholeNumber(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback?: string,
): number {
  return Number(checked(env, name, /^[1-9]\d{0,14}$/, fallback))
}
