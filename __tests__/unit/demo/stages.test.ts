import { readStageLine } from '../../../demo/stages'
import { actionsReporter } from '../../../src/github/log'

/** What the log of an action looks like, as the demo gets it. */
function logged(tell: (reporter: ReturnType<typeof actionsReporter>) => void): string[] {
  const lines: string[] = []
  const sink = {
    info: (line: string) => void lines.push(line),
    startGroup: (title: string) => void lines.push(`::group::${title}`),
    endGroup: () => void lines.push('::endgroup::'),
    warning: (message: string) => void lines.push(`::warning::${message}`),
  }
  tell(actionsReporter({ title: 'Deploy', hosts: [], stages: [], warnings: [] }, sink))
  return lines
}

test('stages are read from the log as the reporter writes it', () => {
  const lines = logged((reporter) => {
    reporter.stageBegin('ship')
    reporter.stepBegin('host', 'images')
    reporter.output('host', '✓ gate 12 ms')
    reporter.stepEnd('host', 'images', 120)
    reporter.stageEnd('ship', 1200, 'done')
    reporter.stageBegin('drain')
    reporter.stageEnd('drain', 0, 'skipped', 'the first release')
    reporter.stageBegin('gate')
    reporter.stageEnd('gate', 61_000, 'failed')
    reporter.close()
  })
  expect(lines.flatMap((line) => readStageLine(line) ?? [])).toEqual([
    { stage: 'ship', kind: 'begin' },
    { stage: 'ship', kind: 'done' },
    { stage: 'drain', kind: 'begin' },
    { stage: 'drain', kind: 'skipped' },
    { stage: 'gate', kind: 'begin' },
    { stage: 'gate', kind: 'failed' },
  ])
})
