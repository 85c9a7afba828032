/** Everything the backend reads from its environment, in one place. */
export interface Config {
  port: number
  databaseUrl: string
  redisUrl: string
  claudeApiKey: string
  corsOrigins: string[]
  /** Reverse proxies in front of this server; the client's address is taken that many hops from the right. */
  trustedProxies: number
  /** Requests one client may make to /api/ in one window. */
  rateLimitMax: number
  rateLimitWindowMs: number
  testEndpoints: boolean
  identity: Identity
}

/** Which build this is, and where a deploy put it. */
export interface Identity {
  version: string
  slot: string | null
  release: string | null
}

type Env = Record<string, string | undefined>

const FIFTEEN_MINUTES_MS = 15 * 60 * 1000
const PUBLIC_ORIGINS = 'https://td-buddy.example,https://www.td-buddy.example'

export function readConfig(env: Env): Config {
  return {
    port: wholeNumber(env, 'PORT', 3001, 1, 65535),
    databaseUrl: required(env, 'DATABASE_URL'),
    redisUrl: env.REDIS_URL || 'redis://redis:6379',
    claudeApiKey: env.CLAUDE_API_KEY ?? '',
    corsOrigins: (env.CORS_ORIGINS || PUBLIC_ORIGINS).split(',').map((origin) => origin.trim()),
    trustedProxies: wholeNumber(env, 'TRUSTED_PROXIES', 1, 0, 10),
    rateLimitMax: wholeNumber(env, 'RATE_LIMIT_MAX', 100, 1, 1_000_000_000),
    rateLimitWindowMs: wholeNumber(env, 'RATE_LIMIT_WINDOW_MS', FIFTEEN_MINUTES_MS, 1000, 86_400_000),
    testEndpoints: env.ENABLE_TEST_ENDPOINTS === 'true',
    identity: readIdentity(env),
  }
}

export function readIdentity(env: Env): Identity {
  return {
    version: env.APP_VERSION || 'dev',
    slot: env.KAWASEMI_SLOT || null,
    release: env.KAWASEMI_RELEASE || null,
  }
}

export function required(env: Env, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

/** An unset or empty variable (Compose passes `${NAME:-}` as empty) means the default. */
function wholeNumber(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = env[name]
  if (!text) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${name} must be a whole number from ${min} to ${max}, not "${text}"`)
  }
  return value
}
