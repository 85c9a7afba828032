import { Pool } from 'pg'
import { logger } from './logger'

export function openDatabase(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'td-buddy',
    // Two releases share the server's 100 connections while one takes over from the other.
    max: 20,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
  })
  // Without a listener, losing an idle connection (the server restarts) would end the process.
  pool.on('error', (error) => logger.warn('Lost an idle database connection', { reason: error.message }))
  return pool
}
