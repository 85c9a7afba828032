import { Client } from 'pg'
import { required } from './config'
import { logger } from './logger'
import { onStopSignal } from './shutdown'
import { sweep } from './sweep'

const MINUTE_MS = 60_000

const databaseUrl = required(process.env, 'DATABASE_URL')
const stop = new AbortController()

/** One connection per sweep: a worker that sleeps most of the time need not hold one. */
async function sweepOnce(): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'td-buddy-worker',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    lock_timeout: 5_000,
  })
  try {
    await client.connect()
    logger.info('Sweep done', await sweep(client, new Date()))
  } catch (error) {
    logger.error('Sweep failed; the next one is in a minute', { reason: String(error) })
  } finally {
    await client.end()
  }
}

async function work(): Promise<void> {
  logger.info('Worker started')
  while (!stop.signal.aborted) {
    await sweepOnce()
    await sleep(MINUTE_MS)
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    stop.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const working = work()

onStopSignal(async () => {
  stop.abort()
  await working
})
