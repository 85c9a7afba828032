const backend = process.env.BACKEND_URL ?? 'http://backend:8000'

export async function load({ fetch, request }) {
  const version = process.env.APP_VERSION ?? 'dev'
  try {
    const host = request.headers.get('host') ?? 'localhost'
    const answer = await fetch(`${backend}/api/v1/thoughts/`, {
      headers: { host },
      signal: AbortSignal.timeout(3000),
    })
    const { thoughts } = await answer.json()
    return { version, thoughts: thoughts ?? [] }
  } catch {
    return { version, thoughts: [] }
  }
}
