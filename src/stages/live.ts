import type { HostSession } from '../host/session'
import type { HostReport } from '../release/deploy-report'
import { findRelease, hasHappened } from '../release/history'
import type { Release } from '../release/release'
import type { Deploy } from './deploy'

/** What takes traffic on the host now. */
export function liveRelease({ facts }: HostSession): Release | undefined {
  const { live, releases, history } = facts
  return live && findRelease(history, releases[live])
}

/** The id of what takes traffic on the host now. */
export function liveId({ facts }: HostSession): string | undefined {
  return facts.live && facts.releases[facts.live]
}

/** Whether the release takes traffic on every host already, so that only the end of its deploy is missing. */
export function isLive({ hosts }: Deploy, id: string): boolean {
  return hosts.every((host) => liveId(host) === id)
}

/** Said then of what comes before the switch. */
export const isLiveAlready = 'it takes traffic already'

/** Whether the release takes traffic on every host and its deploy was brought to its end. */
export function isFinished(deploy: Deploy, id: string): boolean {
  return isLive(deploy, id) && deploy.hosts.every(({ facts }) => hasHappened(facts.history, id, 'finished'))
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
