import type { Client } from 'pg'

/** Any fixed number: while one release takes over from another, two workers may be awake at once. */
const ADVISORY_LOCK = 8_402_118

export interface Swept {
  skipped: boolean
  expired: number
}

/** Sums up the usage of today and yesterday, removes expired generations, and keeps the months' partitions. */
export async function sweep(client: Client, now: Date): Promise<Swept> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS locked', [ADVISORY_LOCK])
  if (!rows[0].locked) return { skipped: true, expired: 0 }
  await sumUpUsage(client)
  const { rowCount } = await client.query('DELETE FROM generation_history WHERE expires_at <= now()')
  for (const statement of partitionStatements(now)) await client.query(statement)
  return { skipped: false, expired: rowCount ?? 0 }
}

/** A day's rows only become fewer once they begin to expire, so a smaller sum never replaces a greater one. */
async function sumUpUsage(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO usage_statistics
       (date, total_generations, unique_users, data_type_breakdown, performance_metrics)
     SELECT day, sum(n), max(users), jsonb_object_agg(data_type, n), jsonb_build_object('rows', sum(generated))
     FROM (
       SELECT created_at::date AS day, data_type, count(*) AS n, sum(generated_count) AS generated
       FROM generation_history GROUP BY 1, 2
     ) AS by_type
     JOIN (
       SELECT created_at::date AS day, count(DISTINCT session_id) AS users
       FROM generation_history GROUP BY 1
     ) AS by_day USING (day)
     WHERE day >= CURRENT_DATE - 1
     GROUP BY day
     ON CONFLICT (date) DO UPDATE SET
       total_generations = EXCLUDED.total_generations,
       unique_users = EXCLUDED.unique_users,
       data_type_breakdown = EXCLUDED.data_type_breakdown,
       performance_metrics = EXCLUDED.performance_metrics
     WHERE usage_statistics.total_generations < EXCLUDED.total_generations`,
  )
}

/**
 * The next month's partition is made ahead of time and the one of two months ago, in which every row has
 * expired, is dropped. A month that nobody prepared falls into the default partition, where rows expire too.
 */
export function partitionStatements(now: Date): string[] {
  const next = monthOf(now, 1)
  const old = monthOf(now, -2)
  return [
    `CREATE TABLE IF NOT EXISTS ${partitionName(next)} PARTITION OF generation_history ` +
      `FOR VALUES FROM ('${isoDate(next)}') TO ('${isoDate(monthOf(now, 2))}')`,
    `DROP TABLE IF EXISTS ${partitionName(old)}`,
  ]
}

function monthOf(now: Date, offset: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1))
}

function partitionName(month: Date): string {
  const number = String(month.getUTCMonth() + 1).padStart(2, '0')
  return `generation_history_y${month.getUTCFullYear()}m${number}`
}

function isoDate(month: Date): string {
  return `${month.toISOString().slice(0, 10)} 00:00:00+00`
}
