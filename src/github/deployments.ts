import type { GitHubApi } from './api'
import type { State } from './state'

/** How a deploy ended, as GitHub shows it: it did what it should, it did not, or somebody stopped it. */
export type DeploymentEnd = 'success' | 'failure' | 'error'

export interface DeploymentRequest {
  readonly repository: string
  readonly environment: string
  /** The commit of the release. */
  readonly commit: string
  readonly version: string
  readonly task: 'deploy' | 'rollback'
  /** Where people find the app; empty where there is no such place. */
  readonly siteUrl: string
  readonly runUrl: string
}

/** What a record is kept with. */
export interface Keeper {
  readonly api: GitHubApi
  readonly state: State
  /** Trouble with GitHub's API never fails a deploy: it is told. */
  warn(message: string): void
}

/**
 * Does the work of a deploy with a record of it on GitHub, which is closed however the work ends. Where the process is
 * killed meanwhile, `closeLeftOpen` does that in the post step.
 *
 * @param isCancelled asked when the work has failed
 */
export async function withDeployment<Result>(
  keeper: Keeper,
  request: DeploymentRequest,
  isCancelled: () => boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  const id = await begin(keeper, request)
  if (id === undefined) return work()
  const end = async (state: DeploymentEnd, attempts: number) => {
    if (await setStatus(keeper, request, id, { state, description: endings[state] }, attempts))
      keeper.state.save('deployment', '')
  }
  try {
    const result = await work()
    await end('success', 3)
    return result
  } catch (error) {
    // A cancelled runner is killed in a few seconds, and the post step comes after it.
    await (isCancelled() ? end('error', 1) : end('failure', 3))
    throw error
  }
}

/** For the post step: what a run that was cancelled or killed could not close itself. */
export async function closeLeftOpen(
  keeper: Keeper,
  request: Pick<DeploymentRequest, 'repository' | 'runUrl'>,
): Promise<void> {
  const [, id, siteUrl = ''] = /^(\d{1,15}) (.*)$/.exec(keeper.state.get('deployment')) ?? []
  if (id === undefined) return
  const status = { state: 'error', description: endings.error } as const
  await setStatus(keeper, { ...request, siteUrl }, Number(id), status, 3)
}

const endings: Readonly<Record<DeploymentEnd, string>> = {
  success: 'It takes traffic.',
  failure: 'It does not take traffic; the run says why.',
  error: 'The run was cancelled or cut off.',
}

async function begin(keeper: Keeper, request: DeploymentRequest): Promise<number | undefined> {
  const { repository, environment, commit, version, task } = request
  try {
    const answer = await keeper.api.request('POST', `/repos/${repository}/deployments`, {
      ref: commit,
      task,
      environment,
      description: `${version} by Kawasemi`,
      payload: { version },
      // Whether this commit may be deployed is decided by who runs the workflow, and nothing is to be merged into it.
      auto_merge: false,
      required_contexts: [],
    })
    const id = (answer as { id?: unknown } | undefined)?.id
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) {
      keeper.warn("GitHub's answer to the deployment record holds no id, so there is none of this deploy.")
      return undefined
    }
    // GitHub shows the address of the last status, so whoever closes the record has to know it too.
    keeper.state.save('deployment', `${id} ${request.siteUrl}`)
    await setStatus(keeper, request, id, { state: 'in_progress', description: 'Under way.' }, 1)
    return id
  } catch (error) {
    keeper.warn(`There is no deployment record of this deploy on GitHub: ${reason(error)}.${advice(error)}`)
    return undefined
  }
}

async function setStatus(
  { api, warn }: Keeper,
  { repository, siteUrl, runUrl }: Pick<DeploymentRequest, 'repository' | 'siteUrl' | 'runUrl'>,
  id: number,
  status: { state: DeploymentEnd | 'in_progress'; description: string },
  attempts: number,
): Promise<boolean> {
  const body = { ...status, log_url: runUrl, ...(siteUrl !== '' && { environment_url: siteUrl }) }
  try {
    await api.request('POST', `/repos/${repository}/deployments/${id}/statuses`, body, attempts)
    return true
  } catch (error) {
    warn(`GitHub's deployment record could not be brought to "${status.state}": ${reason(error)}.`)
    return false
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function advice(error: unknown): string {
  const status = (error as { status?: number }).status
  if (status !== 403 && status !== 404) return ''
  return ' Give the job `permissions: deployments: write`, or the input `github-token` an empty value to do without.'
}
