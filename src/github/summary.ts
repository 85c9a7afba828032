import type { DeployReport, HostReport, StageReport } from '../release/deploy-report'
import type { Slot } from '../release/slot'
import { checksTable } from './checks-table'
import { size, time } from './format'
import { code, codeBlock, inline } from './markdown'
import { planText } from './plan-text'
import { table } from './table'

const slotMark: Readonly<Record<Slot, string>> = { blue: '🔵', green: '🟢' }
const outcomeMark: Readonly<Record<StageReport['outcome'], string>> = {
  done: '✅',
  skipped: '➖',
  failed: '❌',
}

/** The job summary of a run, as Markdown for GitHub. */
export function renderSummary(report: DeployReport): string {
  const parts = [
    `## ${heading(report)}`,
    failure(report),
    facts(report),
    perHost(report),
    changes(report),
    ...(report.planned ? [warnings(report), ...planText(report.planned)] : []),
    report.checks ? checksTable(report.checks) : '',
    timeline(report),
    stages(report),
    findings(report),
    report.planned ? '' : warnings(report),
    log(report),
  ]
  if (report.runUrl)
    parts.push(
      `<sub>[This run](${report.runUrl}) · ${report.planned ? 'nothing was changed; planned' : 'deployed'} with Kawasemi 🐦</sub>`,
    )
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function heading(report: DeployReport): string {
  const where = report.environment ? ` ${report.checks ? 'in' : 'to'} ${inline(report.environment)}` : ''
  const what = [report.app, report.to]
    .filter((part) => part)
    .map((part) => inline(part!))
    .join(' ')
  const mark = report.failure ? '❌' : report.plan ? '📋' : '✅'
  const end = !report.failure ? '' : report.checks ? ' found trouble' : ' failed'
  return `${mark} ${report.plan ? 'Plan: ' : ''}${inline(report.title)}${what && ` of ${what}`}${where}${end}`
}

function failure({ failure }: DeployReport): string {
  if (!failure) return ''
  return [
    '> [!CAUTION]',
    `> **${inline(failure.thing)}** ${inline(failure.cause)}`,
    '>',
    `> ➜ ${inline(failure.fix)}`,
  ].join('\n')
}

function facts(report: DeployReport): string {
  const { from, to, live, hosts, perHost, planned, moved, switchMs, backup, release } = report
  const rows: [string, string][] = []
  // What runs there now is known only where a host was asked.
  const before = from ? `${code(from)} → ` : ''
  if (to) rows.push(['Version', `${before}${code(to)}${from || hosts.length === 0 ? '' : ' (first deploy)'}`])
  const changes = compareUrl(report)
  if (changes) rows.push(['Changes', `[what changed](${changes})`])
  if (live && !perHost) rows.push(['Takes traffic', traffic(live)])
  if (planned && !perHost) rows.push(['Would come to', place(planned.hosts[0]!.slot)])
  if (hosts.length > 0 && !perHost)
    rows.push([hosts.length === 1 ? 'Host' : 'Hosts', hosts.map((host) => code(host)).join(', ')])
  if (release) rows.push(['Release', code(release)])
  if (moved)
    rows.push([
      'Moved',
      moved.ofBytes === undefined ? size(moved.bytes) : `${size(moved.bytes)} of ${size(moved.ofBytes)}`,
    ])
  if (backup) rows.push(['Backup', code(backup)])
  if (switchMs !== undefined) rows.push(['Switch', time(switchMs)])
  // Markdown has no table without a head: the first fact is the head.
  const [head, ...rest] = rows.map(([name, value]) => [`**${name}**`, value])
  return head ? table(head, [':--', ':--'], rest) : ''
}

/** Where GitHub shows the commits between the two; nothing where one of them is not known. */
function compareUrl({ runUrl, fromCommit, toCommit }: DeployReport): string | undefined {
  const repository = runUrl?.replace(/\/actions\/runs\/.*$/, '')
  if (!repository || !fromCommit || !toCommit || fromCommit === toCommit) return undefined
  return `${repository}/compare/${fromCommit}...${toCommit}`
}

function traffic({ slot, version }: NonNullable<DeployReport['live']>): string {
  return `${place(slot)}: ${code(version)}`
}

function place(slot: Slot): string {
  return `${slotMark[slot]} ${slot}`
}

function perHost({ perHost = [], planned }: DeployReport): string {
  if (perHost.length === 0) return ''
  const last = ({ host, switchMs }: HostReport) => {
    const slot = planned?.hosts.find((each) => each.host === host)?.slot
    return slot ? place(slot) : switchMs === undefined ? '' : time(switchMs)
  }
  return table(
    ['Host', 'Takes traffic', planned ? 'Would come to' : 'Switch'],
    [':--', ':--', planned ? ':--' : '--:'],
    perHost.map((row) => [
      code(row.host),
      row.live === undefined ? 'nothing' : row.live === 'unknown' ? 'not known' : traffic(row.live),
      last(row),
    ]),
  )
}

function changes({ changes = [], plan }: DeployReport): string {
  if (changes.length === 0) return ''
  const rows = changes.flatMap(({ host, changes: lines }) =>
    lines.length === 0
      ? [[code(host), '', 'nothing to change']]
      : lines.map((line, index) => [index === 0 ? code(host) : '', String(index + 1), inline(line, 300)]),
  )
  return table(['Host', '', plan ? 'Would change' : 'Changed'], [':--', '--:', ':--'], rows)
}

function stages({ stages }: DeployReport): string {
  if (stages.length === 0) return ''
  const whole = stages.reduce((sum, { ms }) => sum + ms, 0)
  const rows = stages.map(({ stage, ms, outcome, note }) => [
    outcomeMark[outcome],
    stage,
    outcome === 'skipped' ? '' : time(ms),
    note === undefined ? '' : inline(note, 300),
  ])
  return table(
    ['', 'Stage', 'Time', ''],
    [':-:', ':--', '--:', ':--'],
    [...rows, ['', '**all**', `**${time(whole)}**`, '']],
  )
}

/**
 * The stages one after the other, as a Mermaid chart; all text in it is ours. `%s` counts seconds from the start, whatever
 * the reader's time zone.
 */
function timeline({ stages }: DeployReport): string {
  const ran = stages.filter(({ outcome }) => outcome !== 'skipped')
  if (ran.length < 2) return ''
  let at = 0
  const rows = ran.map(({ stage, ms, outcome }) => {
    const from = at
    at += Math.max(1, Math.round(ms))
    return `  ${stage} ${time(ms)} :${outcome === 'failed' ? 'crit, ' : ''}${from}, ${at}`
  })
  return ['```mermaid', 'gantt', '  dateFormat x', '  axisFormat %s s', ...rows, '```'].join('\n')
}

const mostFindings = 100

function findings({ findings: all }: DeployReport): string {
  if (!all) return ''
  if (all.length === 0) return 'No known vulnerability was found.'
  const rows = all
    .slice(0, mostFindings)
    .map(({ severity, id, name, version, where }) => [
      severity,
      inline(id),
      `${inline(name)} ${inline(version)}`,
      inline(where),
    ])
  const rest = all.length > mostFindings ? `\n\n… and ${all.length - mostFindings} more.` : ''
  return `${table(['Severity', 'Vulnerability', 'Package', 'In'], [':--', ':--', ':--', ':--'], rows)}${rest}`
}

function warnings({ warnings }: DeployReport): string {
  return warnings.length === 0 ? '' : warnings.map((warning) => `- ⚠️ ${inline(warning)}`).join('\n')
}

function log({ failure }: DeployReport): string {
  if (!failure || failure.log.length === 0) return ''
  return `<details open>\n<summary>The last lines of the log</summary>\n\n${codeBlock(failure.log)}\n\n</details>`
}
