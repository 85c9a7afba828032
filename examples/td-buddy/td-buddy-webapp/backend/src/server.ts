import { createServer } from 'node:http'
import { createApp } from './app'
import { openRedis } from './cache'
import { readConfig } from './config'
import { openDatabase } from './database'
import { EventStream } from './events'
import { readFault } from './faults'
import { logger } from './logger'
import { onStopSignal } from './shutdown'

const config = readConfig(process.env)
const fault = readFault(process.env)
const pool = openDatabase(config.databaseUrl)
const redis = openRedis(config.redisUrl)
const events = new EventStream(config.identity)
const server = createServer(createApp({ config, fault, pool, redis, events }))

// Longer than the proxy keeps its idle connections (nginx: 60 s), so that it is never the server that closes
// one just as the proxy sends a request on it.
server.keepAliveTimeout = 65_000
server.headersTimeout = 66_000

if (fault === 'listen') {
  logger.warn('Drill: this version never listens')
  setInterval(() => {}, 60_000)
} else {
  server.listen(config.port, () => logger.info('Listening', { port: config.port, ...config.identity }))
}

onStopSignal(async () => {
  // close() takes no new connection, closes the idle ones and waits for the requests that are under way. Their
  // connections become idle later and would be kept for 65 seconds, so they are closed as they do.
  const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined
  const sweeping = setInterval(() => server.closeIdleConnections(), 100)
  events.close()
  await closed
  clearInterval(sweeping)
  await pool.end()
  redis.disconnect()
})
