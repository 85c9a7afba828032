import type { Pool } from 'pg'
import type { GenerateRequest } from './generate'

export interface HistoryEntry {
  id: string
  dataType: string
  generatedCount: number
  createdAt: string
}

export interface DayStatistics {
  date: string
  totalGenerations: number
  uniqueUsers: number
  dataTypeBreakdown: Record<string, number>
}

export const HISTORY_MAX = 100

export async function recordGeneration(
  pool: Pool,
  sessionId: string,
  request: GenerateRequest,
  cached: boolean,
): Promise<void> {
  await pool.query(
    `INSERT INTO generation_history (session_id, data_type, parameters, generated_count)
     VALUES ($1, $2, $3, $4)`,
    [sessionId, request.type, { seed: request.seed ?? null, cached }, request.count],
  )
}

/** The newest generations that have not expired, at most HISTORY_MAX. */
export async function recentHistory(pool: Pool): Promise<HistoryEntry[]> {
  const { rows } = await pool.query(
    `SELECT id, data_type AS "dataType", generated_count AS "generatedCount", created_at AS "createdAt"
     FROM generation_history
     WHERE expires_at > now()
     ORDER BY created_at DESC
     LIMIT $1`,
    [HISTORY_MAX],
  )
  return rows
}

/** The last 30 days as the worker summed them up. */
export async function dailyStatistics(pool: Pool): Promise<DayStatistics[]> {
  const { rows } = await pool.query(
    `SELECT to_char(date, 'YYYY-MM-DD') AS date, total_generations AS "totalGenerations",
            unique_users AS "uniqueUsers", data_type_breakdown AS "dataTypeBreakdown"
     FROM usage_statistics
     WHERE date > CURRENT_DATE - 30
     ORDER BY date DESC`,
  )
  return rows
}

/** The last 24 hours as they are now; older generations have expired. */
export async function lastDay(pool: Pool): Promise<{ generations: number; rows: number }> {
  const { rows } = await pool.query(
    `SELECT count(*)::int AS generations, coalesce(sum(generated_count), 0)::int AS rows
     FROM generation_history
     WHERE expires_at > now()`,
  )
  return rows[0]
}
