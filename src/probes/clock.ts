import type { ClockReading } from '../host/resources'
import type { Checked } from '../release/check-up'

/** @param most seconds that the clocks may differ; what the question took is in the host's favour */
export function judgeClock(of: string, { asked, host, answered }: ClockReading, most: number): Checked {
  const check = 'clock'
  const ahead = host - answered
  const behind = asked - host
  const off = Math.max(0, ahead, behind)
  if (off <= most * 1000) return { check, of, found: `within ${most} s of the runner's` }
  return {
    check,
    of,
    found: `${Math.round(off / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the runner's, at most ${most} s may be`,
    fix: 'Let it be set by itself: `timedatectl set-ntp true`, and see `timedatectl status`.',
  }
}
