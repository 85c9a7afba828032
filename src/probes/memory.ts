import type { Memory } from '../host/resources'
import type { Checked } from '../release/check-up'

/** @param most percent that may be used */
export function judgeMemory(of: string, { total, available }: Memory, most: number): Checked {
  const check = 'memory'
  const used = Math.max(0, Math.ceil(((total - available) * 100) / total))
  const left = `${Math.floor(available / 2 ** 20)} of ${Math.floor(total / 2 ** 20)} MB left`
  if (used <= most) return { check, of, found: `${used} % used, ${left}` }
  return {
    check,
    of,
    found: `${used} % used, at most ${most} % may be; ${left}`,
    fix: 'See what takes it (`ps aux --sort=-rss | head`); stop it, give the server more, or `retire.previous: stopped`.',
  }
}
