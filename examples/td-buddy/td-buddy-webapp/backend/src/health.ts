import type { RequestHandler } from 'express'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { Config } from './config'

const CHECK_MS = 2_000

/** 200 when the database and the cache answer within two seconds each, else 503. */
export function healthHandler(config: Config, pool: Pool, redis: Redis): RequestHandler {
  return async (_req, res) => {
    const [database, cache] = await Promise.all([
      check(() => pool.query('SELECT 1')),
      check(() => redis.ping()),
    ])
    const healthy = database === 'ok' && cache === 'ok'
    res.status(healthy ? 200 : 503).json({
      status: healthy ? 'healthy' : 'unhealthy',
      timestamp: new Date().toISOString(),
      version: config.identity.version,
      uptime: process.uptime(),
      database,
      redis: cache,
      // Asking Claude itself would cost money and make its outages ours.
      claude: config.claudeApiKey ? 'configured' : 'not configured',
    })
  }
}

async function check(question: () => Promise<unknown>): Promise<'ok' | 'error'> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<'error'>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS, 'error')
  })
  const answer = question().then(
    () => 'ok' as const,
    () => 'error' as const,
  )
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
