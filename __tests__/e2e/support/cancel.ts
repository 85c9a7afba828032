import { once } from 'node:events'
import type { RunningAction } from '../../../lab/runner'

/** GitHub's cancel: SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL. */
export async function cancel({ kill, done }: Pick<RunningAction, 'kill' | 'done'>): Promise<void> {
  kill('SIGINT')
  const ended = new AbortController()
  void done.then(() => ended.abort())
  for (const [signal, ms] of [
    ['SIGTERM', 7500],
    ['SIGKILL', 2500],
  ] as const) {
    await once(ended.signal, 'abort', { signal: AbortSignal.timeout(ms) }).catch(() => undefined)
    if (ended.signal.aborted) return
    kill(signal)
  }
}
