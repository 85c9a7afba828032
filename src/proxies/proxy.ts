import { logFolder } from '../config/places'
import type { Config, ProxyConfig } from '../config/schema'

/**
 * What stands in front of the slots. Its site follows the live link on every request, so it is installed once and
 * a deploy never touches it.
 */
export interface ProxyKind {
  readonly kind: ProxyConfig['kind']
  /** As whom it answers on Debian and Ubuntu; this user has to be able to enter the app's folder. */
  readonly webUser: string
  /** What it is on Debian and Ubuntu: the command by which it is known to be there, its package, its processes' name. */
  readonly program: { readonly command: string; readonly package: string; readonly process: string }
  /**
   * What setup-host needs to know of it, as functions of its program: `web_installed`, `web_adapt FILE`,
   * `web_prepare FILE`, `web_enable FILE`, `web_test`, `web_clash BEFORE NOW`, `web_reads FILE`, `web_reload`, and
   * `web_back FILE` after one of them failed; where certbot gets the certificate also `stand_in FOLDER PORT`, for when
   * there is no web server yet, and `stand_in_goes`.
   */
  readonly setup: string
  /**
   * What certbot runs once it has a new certificate: lines of sh, as root. It does not reload a web server that would not
   * take its configuration. Left out where the web server gets certificates by itself.
   */
  readonly renewed?: string
  /** How logrotate has it begin a new access log: lines of its configuration. */
  readonly rotate: readonly string[]
  /** The shell function `access_log_lines`: its log on stdin becomes lines of `accessLogFields`. */
  readonly log: string
  /** Where the site's file lives on the host. */
  sitePath(config: Config): string
  /**
   * The whole site, as text of that file. Pure.
   *
   * @param certified false where the certificate of its TLS is still to be got: then it is there in plain HTTP, and
   * answers the authority
   * @throws {Trouble} when the config has no proxy, or a value that must not reach the proxy's own language.
   */
  renderSite(config: Config, certified?: boolean): string
  /** What a site file of somebody's own needs, with comments that say where. The same errors. */
  renderLines(config: Config): string
}

/** The header by which clients on the host's own loopback learn which slot answered. */
export const slotHeader = 'X-Kawasemi-Slot'

/** Answers clients on the host's own loopback with the live release's `public.json`. */
export const releasePath = '/.well-known/kawasemi'

/**
 * The access log a bake reads: one line per answer, these fields in this order with a tab between. A slot is `-`
 * where none was chosen (503), the times are in seconds, the path has no query, and what a client may forge is escaped.
 * What a kind does not know of the upstream is `-`.
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
  return `${logFolder(config.app)}/access.log`
}

/** For kinds whose log has the fields as they are. */
export const plainLog = 'access_log_lines() { cat; }'
