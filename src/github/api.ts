/** Where GitHub's API is, and who asks it. */
export interface ApiAccess {
  /** `GITHUB_API_URL`, without a slash at its end. */
  readonly url: string
  readonly token: string
}

export interface GitHubApi {
  /**
   * @param path begins with a slash; whoever makes it has checked its parts
   * @param attempts how often to ask while GitHub is out of reach or answers with a 5xx; more than once only for what may
   *   be done twice
   * @throws {ApiError}
   */
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object, attempts?: number): Promise<unknown>
}

/** GitHub said no, or nothing. Its message is one line, to be shown to a person. */
export class ApiError extends Error {
  constructor(
    /** 0 where there was no answer. */
    readonly status: number,
    message: string,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** Milliseconds for one request: a runner that is cancelled has no more than a few seconds left. */
const timeout = 5000

/** Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are used. */
export function githubApi({ url, token }: ApiAccess): GitHubApi {
  return {
    async request(method, path, body, attempts = 1) {
      for (let left = attempts - 1; ; left -= 1) {
        try {
          return await ask({ url, token }, method, path, body)
        } catch (error) {
          const again = error instanceof ApiError && (error.status === 0 || error.status >= 500)
          if (!again || left <= 0) throw error
          await new Promise((resolve) => setTimeout(resolve, 500))
        }
      }
    },
  }
}

async function ask(
  { url, token }: ApiAccess,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body: object | undefined,
): Promise<unknown> {
  const { getOctokit } = await import('@actions/github')
  try {
    const { data } = await getOctokit(token, {
      baseUrl: url,
      userAgent: 'kawasemi',
      log: silent,
      request: { signal: AbortSignal.timeout(timeout) },
    }).request(`${method} ${path}`, {
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      ...(body && { data: body }),
    })
    return data
  } catch (error) {
    throw apiError(error as OctokitError)
  }
}

/** What a person has to know of a failed request is in our own annotation. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

interface OctokitError extends NodeJS.ErrnoException {
  status?: number
  /** Not there when there was no answer. */
  response?: { data?: unknown }
}

function apiError({ status, response, code, message }: OctokitError): ApiError {
  if (status === undefined || !response) return new ApiError(0, `no answer (${code ?? message})`)
  return new ApiError(status, `${status} ${messageOf(response.data)}`.trim())
}

function messageOf(answer: unknown): string {
  const message = (answer as { message?: unknown } | undefined)?.message
  return typeof message === 'string' ? message.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200) : ''
}
