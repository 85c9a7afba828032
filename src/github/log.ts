import { randomUUID } from 'node:crypto'
import { endGroup, info, startGroup, warning } from '@actions/core'
import type { DeployReport } from '../release/deploy-report'
import type { Reporter } from '../release/report'
import { time } from './format'

/** A line longer than this is cut: a program that prints a megabyte without a newline must not drown the log. */
const longestLine = 4000

/** Where the log goes; the workflow commands of `@actions/core` unless a test looks on. */
export interface LogSink {
  info(line: string): void
  startGroup(title: string): void
  endGroup(): void
  warning(message: string): void
}

/** A reporter that must be closed on every way out, or the runner stays deaf to what follows. */
export interface ClosableReporter extends Reporter {
  close(): void
}

/**
 * The run's log on GitHub: one group per stage, steps with their times, and what other programs print between
 * `stop-commands` tokens, so that a `::error` from a server stays text. Stages are written to the report as they end.
 */
export function actionsReporter(
  report: DeployReport,
  sink: LogSink = { info, startGroup, endGroup, warning },
  token: () => string = randomUUID,
): ClosableReporter {
  let resume: string | undefined
  let inGroup = false

  /** Everything of ours comes through here: workflow commands are understood again. */
  function ours(): LogSink {
    if (resume !== undefined) {
      sink.info(`::${resume}::`)
      resume = undefined
    }
    return sink
  }

  return {
    stageBegin(stage) {
      ours().startGroup(stage)
      inGroup = true
    },
    stageEnd(stage, ms, outcome, note) {
      closeGroup()
      report.stages.push({ stage, ms, outcome, ...(note !== undefined && { note }) })
      const mark = { done: '✓', skipped: '–', failed: '✗' }[outcome]
      ours().info(plainText(`${mark} ${stage.padEnd(8)} ${time(ms)}${note === undefined ? '' : `  ${note}`}`))
    },
    stepBegin(host, step) {
      ours().info(plainText(`  ${host}: ${step} …`))
    },
    stepEnd(host, step, ms) {
      ours().info(plainText(`  ${host}: ${step} ${time(ms)}`))
    },
    info(message) {
      ours().info(plainText(message))
    },
    // Found again, it is told in the log and no second time as an annotation.
    warning(message) {
      if (report.warnings.includes(message)) {
        ours().info(plainText(message))
        return
      }
      report.warnings.push(message)
      ours().warning(message)
    },
    output(host, text) {
      if (resume === undefined) {
        resume = token()
        sink.info(`::stop-commands::${resume}`)
      }
      for (const line of text.split(/\r\n|\n|\r/)) sink.info(plainText(`  ${host} │ ${line}`))
    },
    close() {
      closeGroup()
    },
  }

  function closeGroup(): void {
    ours()
    if (inGroup) sink.endGroup()
    inGroup = false
  }
}

/**
 * A line that can do nothing but be read. `##[` is the runner's older way to write commands, found anywhere in a line,
 * and what is left of a log after `stop-commands` is still coloured and folded by it. Colours stay; what else an escape
 * can tell the terminal of somebody who reads a downloaded log does not.
 */
export function plainText(line: string): string {
  const cut = line.length > longestLine ? `${line.slice(0, longestLine)} … (${line.length} characters)` : line
  return cut
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g, '')
    .replace(/\x1b(?!\[[0-9;]{0,40}m)/g, '')
    .replaceAll('##[', '# #[')
    .replace(/^(\s*):(?=:)/, '$1:\u200b')
}
