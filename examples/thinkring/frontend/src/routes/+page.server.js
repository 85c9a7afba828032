const version = process.env.APP_VERSION ?? 'dev'
const backend = process.env.BACKEND_URL ?? 'http://backend:8000'

/** What the API says, and which version of it said so: always the one that was released together with this page. */
export async function load() {
  try {
    const answer = await fetch(`${backend}/api/v1/thoughts/`, { signal: AbortSignal.timeout(3000) })
    const { thoughts = [] } = await answer.json()
    return { version, api: answer.headers.get('x-thinkring-version'), thoughts }
  } catch {
    return { version, api: '', thoughts: [] }
  }
}
