import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { logger } from './logger'

const GENERATED_SECONDS = 5 * 60
const RESPONSE_SECONDS = 10 * 60

export function openRedis(url: string): Redis {
  // A question that Redis cannot answer now fails now; nobody waits in a queue for it to come back.
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 3,
    connectTimeout: 5_000,
    commandTimeout: 1_000,
  })
  redis.on('error', (error: Error) => logger.warn('Redis is in trouble', { reason: error.message }))
  return redis
}

/**
 * The cache is shared by two releases during a deploy, so what is stored must be readable by both.
 * It only ever saves work: when Redis is away, a read is a miss and a write is dropped.
 */
export class CacheService {
  constructor(private readonly redis: Redis) {}

  getGeneratedData<T>(request: unknown): Promise<T | undefined> {
    return this.get(generatedKey(request))
  }

  cacheGeneratedData(request: unknown, data: unknown): Promise<void> {
    return this.set(generatedKey(request), data, GENERATED_SECONDS)
  }

  getAPIResponse<T>(endpoint: string, params: unknown): Promise<T | undefined> {
    return this.get(responseKey(endpoint, params))
  }

  cacheAPIResponse(endpoint: string, params: unknown, response: unknown): Promise<void> {
    return this.set(responseKey(endpoint, params), response, RESPONSE_SECONDS)
  }

  async forgetAPIResponse(endpoint: string, params: unknown): Promise<void> {
    await this.redis.del(responseKey(endpoint, params)).catch(ignore)
  }

  private async get<T>(key: string): Promise<T | undefined> {
    const text = await this.redis.get(key).catch(ignore)
    return text ? (JSON.parse(text) as T) : undefined
  }

  private async set(key: string, value: unknown, seconds: number): Promise<void> {
    await this.redis.setex(key, seconds, JSON.stringify(value)).catch(ignore)
  }
}

function generatedKey(request: unknown): string {
  return `generated:${createHash('sha256').update(JSON.stringify(request)).digest('hex')}`
}

function responseKey(endpoint: string, params: unknown): string {
  return `api:${endpoint}:${Buffer.from(JSON.stringify(params)).toString('base64')}`
}

/** Redis' trouble is logged once, by the client's own `error` event. */
function ignore(): undefined {
  return undefined
}
