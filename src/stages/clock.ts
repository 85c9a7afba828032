import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from './deploy'

export const systemClock: Clock = {
  now: () => Math.round(performance.now()),
  wait: (ms) => sleep(ms, undefined, { ref: true }),
}
