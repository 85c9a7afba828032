import type { Checked } from '../release/check-up'
import { oneLine } from './answer'

const shownUnits = 5

/** @param failed names of systemd's units that have failed */
export function judgeUnits(of: string, failed: readonly string[]): Checked {
  const check = 'units'
  if (failed.length === 0) return { check, of, found: 'none has failed' }
  const names = failed.slice(0, shownUnits).map((name) => oneLine(name, 80))
  const more = failed.length > shownUnits ? ` and ${failed.length - shownUnits} more` : ''
  return {
    check,
    of,
    found: `${names.join(', ')}${more} failed`,
    fix: 'See why: `systemctl status` and `journalctl -u` with the name. When it is mended: `systemctl reset-failed`.',
  }
}
