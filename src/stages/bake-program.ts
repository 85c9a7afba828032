import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../host/program'
import type { StageProgram } from '../host/session'
import { proxyOf } from '../proxies/kinds'
import { accessLogPath, plainLog } from '../proxies/proxy'
import type { Release } from '../release/release'
import type { Deploy } from './deploy'
import { slotLibrary } from './start'
import type { Place } from './take-back'

const library = readFileSync(join(__dirname, 'bake.sh'), 'utf8')

/** The watcher as a program of its own: it looks at the access log and the containers, and switches back by itself. */
export function bakeProgram(
  { config, runtime }: Deploy,
  release: Release,
  from: Place | undefined,
): StageProgram {
  const { duration, maxErrorPercent, maxP95, minRequests } = config.bake
  return {
    stage: 'bake',
    libraries: [runtime.library, slotLibrary, config.proxy ? proxyOf(config.proxy).log : plainLog, library],
    calls: [
      call(
        'bake',
        release.slot,
        release.id,
        from?.slot ?? '',
        from?.release ?? '',
        String(Math.ceil(duration / 1000)),
        // The shell counts in whole numbers.
        String(Math.round(maxErrorPercent * 100)),
        String(minRequests),
        config.proxy ? accessLogPath(config) : '/dev/null',
        maxP95 === undefined ? '' : String(maxP95),
      ),
    ],
  }
}
