import { headers } from 'next/headers'

export interface HistoryEntry {
  id: string
  dataType: string
  generatedCount: number
  createdAt: string
}

const PATIENCE_MS = 2_000

/** The newest generations, or null when the backend has no answer: the page is useful without them. */
export async function fetchHistory(): Promise<HistoryEntry[] | null> {
  const backend = process.env.BACKEND_URL || 'http://backend:3001'
  try {
    const response = await fetch(`${backend}/api/history?limit=20`, {
      headers: await visitorHeaders(),
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (!response.ok) throw new Error(`the backend answered ${response.status}`)
    const body = (await response.json()) as { history: HistoryEntry[] }
    return body.history
  } catch (error) {
    console.error(JSON.stringify({ level: 'warn', message: 'No history', reason: String(error) }))
    return null
  }
}

/** Passed on, so that the backend's rate limit counts visitors and not this server. */
async function visitorHeaders(): Promise<Record<string, string>> {
  const forwardedFor = (await headers()).get('x-forwarded-for')
  return forwardedFor === null ? {} : { 'X-Forwarded-For': forwardedFor }
}
