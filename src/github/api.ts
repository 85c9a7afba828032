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
const mostBytes = 4 * 1024 * 1024

/**
 * A few requests as JSON, which is all we need of GitHub. Its own client would make the bundle a quarter larger.
 * Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are used.
 */
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
  const { EnvHttpProxyAgent, request } = await import('undici')
  const dispatcher = new EnvHttpProxyAgent({ maxResponseSize: mostBytes })
  try {
    const answer = await request(`${url}${path}`, {
      method,
      dispatcher,
      signal: AbortSignal.timeout(timeout),
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'kawasemi',
        'x-github-api-version': '2022-11-28',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    const { statusCode: status } = answer
    if (status >= 200 && status < 300) return parsed(text)
    throw new ApiError(status, `${status} ${messageOf(parsed(text))}`.trim())
  } catch (error) {
    if (error instanceof ApiError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new ApiError(0, `no answer (${code ?? message})`)
  } finally {
    await dispatcher.destroy()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function messageOf(answer: unknown): string {
  const message = (answer as { message?: unknown } | undefined)?.message
  return typeof message === 'string' ? message.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200) : ''
}
