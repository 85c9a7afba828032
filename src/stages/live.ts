import type { HostSession } from '../host/session'
import type { HostReport } from '../release/deploy-report'
import { findRelease } from '../release/history'
import type { Release } from '../release/release'
import type { Deploy } from './deploy'

/** What takes traffic on the host now. */
export function liveRelease({ facts }: HostSession): Release | undefined {
  const { live, releases, history } = facts
  return live && findRelease(history, releases[live])
}

/**
 * For the summary: what takes traffic, on the first host and on each of several.
 *
 * @param lost hosts that could not be asked.
 */
export function reportLive({ hosts, report }: Deploy, lost: ReadonlySet<HostSession> = new Set()): void {
  delete report.live
  const rows = hosts.map((host, at): HostReport => {
    if (lost.has(host)) return { host: host.name, live: 'unknown' }
    const release = liveRelease(host)
    const { live: slot } = host.facts
    if (!release || !slot) return { host: host.name }
    const live = { slot, version: release.version }
    if (at === 0) report.live = live
    return { host: host.name, live }
  })
  tellRows(report, rows)
}

/** Nothing where there is one host only: what is said of it is said of all. */
export function tellRows(report: Deploy['report'], rows: readonly HostReport[]): void {
  if (rows.length > 1) report.perHost = rows
}
