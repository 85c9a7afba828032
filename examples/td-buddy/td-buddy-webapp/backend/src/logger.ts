import winston from 'winston'

/** One JSON line per event on standard output: the container runtime keeps, rotates and ships them. */
export const logger = winston.createLogger({
  level: process.env.LOG_LEVEL || 'info',
  format: winston.format.combine(
    winston.format.timestamp(),
    winston.format.errors({ stack: true }),
    winston.format.json(),
  ),
  defaultMeta: { service: 'td-buddy-backend', version: process.env.APP_VERSION || 'dev' },
  transports: [new winston.transports.Console()],
})

export function logDataGeneration(data: {
  sessionId: string
  dataType: string
  count: number
  cached: boolean
  durationMs: number
}): void {
  logger.info('Data generation completed', data)
}
