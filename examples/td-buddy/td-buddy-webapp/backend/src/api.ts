import { type RequestHandler, Router } from 'express'
import type { Pool } from 'pg'
import type { CacheService } from './cache'
import { generateRows, parseGenerateRequest } from './generate'
import {
  dailyStatistics,
  HISTORY_MAX,
  type HistoryEntry,
  lastDay,
  recentHistory,
  recordGeneration,
} from './history'
import { logDataGeneration } from './logger'
import { sessionOf } from './session'

/** The part of the API that works with data: everything a client's rate limit counts. */
export function dataRoutes(pool: Pool, cache: CacheService): Router {
  const router = Router()
  router.post('/generate', generateHandler(pool, cache))
  router.get('/history', historyHandler(pool, cache))
  router.get('/statistics', async (_req, res) => {
    const [last24Hours, days] = await Promise.all([lastDay(pool), dailyStatistics(pool)])
    res.json({ last24Hours, days })
  })
  return router
}

function generateHandler(pool: Pool, cache: CacheService): RequestHandler {
  return async (req, res) => {
    const started = performance.now()
    const request = parseGenerateRequest(req.body)
    if (typeof request === 'string') {
      res.status(400).json({ error: request })
      return
    }
    const sessionId = sessionOf(req, res)
    // Rows without a seed are different each time, so only seeded ones are worth keeping.
    const known = request.seed === undefined ? undefined : await cache.getGeneratedData<string[]>(request)
    const cached = known !== undefined
    const rows = known ?? generateRows(request)
    if (request.seed !== undefined && !cached) await cache.cacheGeneratedData(request, rows)
    await recordGeneration(pool, sessionId, request, cached)
    await cache.forgetAPIResponse('history', {})
    const durationMs = Math.round(performance.now() - started)
    logDataGeneration({ sessionId, dataType: request.type, count: rows.length, cached, durationMs })
    res.json({ type: request.type, count: rows.length, cached, rows })
  }
}

/** All limits share one cached list, so that one deletion after a generation is enough. */
function historyHandler(pool: Pool, cache: CacheService): RequestHandler {
  return async (req, res) => {
    const limit = Number(req.query.limit ?? 20)
    if (!Number.isInteger(limit) || limit < 1 || limit > HISTORY_MAX) {
      res.status(400).json({ error: `limit must be a whole number from 1 to ${HISTORY_MAX}.` })
      return
    }
    let history = await cache.getAPIResponse<HistoryEntry[]>('history', {})
    const cached = history !== undefined
    if (history === undefined) {
      history = await recentHistory(pool)
      await cache.cacheAPIResponse('history', {}, history)
    }
    res.json({ cached, history: history.slice(0, limit) })
  }
}
