import { logger } from './logger'

/** Runtimes kill after 10 seconds by default; be gone before. */
const DEADLINE_MS = 9_000

/** On SIGTERM or SIGINT: runs `stop` once and exits 0, or 1 when it takes longer than nine seconds. */
export function onStopSignal(stop: () => Promise<void>): void {
  let stopping = false
  const handle = (signal: string) => {
    if (stopping) return
    stopping = true
    logger.info('Stopping', { signal })
    setTimeout(() => {
      logger.error('Stopping took too long')
      process.exit(1)
    }, DEADLINE_MS)
    stop().then(
      () => {
        logger.info('Stopped')
        process.exit(0)
      },
      (error: unknown) => {
        logger.error('Stopping failed', { reason: String(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
}
