import type { Config } from '../config/schema'

/**
 * What stands in front of the slots. Its site follows the live link on every request, so it is installed once and
 * a deploy never touches it.
 */
export interface ProxyKind {
  readonly kind: string
  /** Where the site's file lives on the host. */
  sitePath(config: Config): string
  /**
   * The whole site, as text of that file. Pure.
   *
   * @throws {Trouble} when the config has no proxy, or a value that must not reach the proxy's own language.
   */
  renderSite(config: Config): string
}

/** The header by which clients on the host's own loopback learn which slot answered. */
export const slotHeader = 'X-Kawasemi-Slot'

/** Answers clients on the host's own loopback with the live release's `public.json`. */
export const releasePath = '/.well-known/kawasemi'

/**
 * The access log a bake reads: one line per answer, these fields in this order with a tab between. A slot is `-`
 * where none was chosen (503), the time is in seconds, the path has no query, and what a client may forge is escaped.
 */
export const accessLogFields = [
  'time',
  'slot',
  'status',
  'seconds',
  'upstream-status',
  'upstream',
  'method',
  'path',
] as const

/**
 * In a folder of root's: nginx opens its logs as root and follows links, so none may lie where an ordinary user can
 * put some. The app's folder has a link to it, `shared/logs/access.log`.
 */
export function accessLogPath(config: Pick<Config, 'app'>): string {
  return `/var/log/kawasemi/${config.app}/access.log`
}
