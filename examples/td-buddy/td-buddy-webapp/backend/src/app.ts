import cors from 'cors'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import { dataRoutes } from './api'
import { CacheService } from './cache'
import type { Config } from './config'
import type { EventStream } from './events'
import { type Fault, faultMiddleware } from './faults'
import { healthHandler } from './health'
import { logger } from './logger'

const SLOWEST_MS = 10_000

export interface Parts {
  config: Config
  fault: Fault
  pool: Pool
  redis: Redis
  events: EventStream
}

export function createApp({ config, fault, pool, redis, events }: Parts): Express {
  const app = express()
  app.set('trust proxy', config.trustedProxies)
  app.disable('x-powered-by')
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          scriptSrc: ["'self'"],
          imgSrc: ["'self'", 'data:', 'https:'],
        },
      },
    }),
  )
  app.use(cors({ origin: config.corsOrigins, credentials: true }))
  app.use((_req, res, next) => {
    res.set('X-TD-Version', config.identity.version)
    next()
  })
  app.use(faultMiddleware(fault))

  app.get('/health', healthHandler(config, pool, redis))
  app.get('/api/version', (_req, res) => {
    res.set('Cache-Control', 'no-store').json(config.identity)
  })
  if (config.testEndpoints) app.get('/api/slow', slowHandler)

  app.use('/api', limiter(config), express.json({ limit: '16kb' }))
  app.get('/api/events', events.handler)
  app.use('/api', dataRoutes(pool, new CacheService(redis)))

  app.use((_req, res) => {
    res.status(404).json({ error: 'There is nothing here.' })
  })
  app.use(errorHandler)
  return app
}

/** Counted in this process: a deploy begins new windows, and several servers count each for itself. */
function limiter(config: Config): RequestHandler {
  return rateLimit({
    windowMs: config.rateLimitWindowMs,
    limit: config.rateLimitMax,
    standardHeaders: true,
    legacyHeaders: false,
    message: { error: 'Too many requests. Please wait a little.' },
  })
}

/** Answers after `ms`, so that a test can have a request in flight while the server is being stopped. */
const slowHandler: RequestHandler = (req, res) => {
  const ms = Math.min(Math.max(Number(req.query.ms) || 0, 0), SLOWEST_MS)
  const timer = setTimeout(() => res.json({ waited: ms }), ms)
  res.on('close', () => clearTimeout(timer))
}

const errorHandler: ErrorRequestHandler = (error, req, res, next) => {
  if (res.headersSent) {
    next(error)
    return
  }
  const status = typeof error?.status === 'number' && error.status < 500 ? error.status : 500
  if (status === 500)
    logger.error('Request failed', { path: req.path, reason: String(error?.stack ?? error) })
  res
    .status(status)
    .json({ error: status === 500 ? 'Something went wrong.' : 'The request could not be read.' })
}
