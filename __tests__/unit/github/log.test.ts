import fc from 'fast-check'
import { actionsReporter, type LogSink, plainText } from '../../../src/github/log'
import type { DeployReport } from '../../../src/release/deploy-report'

function recorder() {
  const lines: string[] = []
  const sink: LogSink = {
    info: (line) => lines.push(line),
    startGroup: (title) => lines.push(`::group::${title}`),
    endGroup: () => lines.push('::endgroup::'),
    warning: (message) => lines.push(`::warning::${message}`),
  }
  const report: DeployReport = { title: 'Deploy', hosts: [], stages: [], warnings: [] }
  return { lines, report, reporter: actionsReporter(report, sink, () => 'TOKEN') }
}

test('a group per stage, steps with their times, and the stages in the report', () => {
  const { lines, report, reporter } = recorder()
  reporter.stageBegin('ship')
  reporter.stepBegin('web1', 'pull images')
  reporter.stepEnd('web1', 'pull images', 390)
  reporter.stageEnd('ship', 2140, 'done', '1.0 MB moved')
  reporter.stageEnd('backup', 0, 'skipped', 'no database')
  expect(lines).toEqual([
    '::group::ship',
    '  web1: pull images …',
    '  web1: pull images 390 ms',
    '::endgroup::',
    '✓ ship     2.1 s  1.0 MB moved',
    '– backup   0 ms  no database',
  ])
  expect(report.stages).toEqual([
    { stage: 'ship', ms: 2140, outcome: 'done', note: '1.0 MB moved' },
    { stage: 'backup', ms: 0, outcome: 'skipped', note: 'no database' },
  ])
})

test('colours stay, and no other escape reaches the terminal of whoever reads the log', () => {
  const clipboard = '\x1b]52;c;ZXZpbA==\x07'
  expect(plainText(`\x1b[31mred\x1b[0m \x1b[2J\x9b2J${clipboard}`)).toBe(
    '\x1b[31mred\x1b[0m [2J2J]52;c;ZXZpbA==',
  )
})

test('a command is none after a blank that only the runner takes for one', () => {
  expect(plainText('\x85::error::fake')).toBe(':\u200b:error::fake')
})

test('what others print stands between stop-commands tokens, and commands work again after it', () => {
  const { lines, report, reporter } = recorder()
  reporter.stageBegin('start')
  reporter.output('web1', '::error::fake')
  reporter.output('web1', '##[error]fake\n::add-mask::x\rback')
  reporter.warning('disk is nearly full')
  reporter.warning('disk is nearly full')
  reporter.output('web1', 'last')
  reporter.close()
  expect(lines).toEqual([
    '::group::start',
    '::stop-commands::TOKEN',
    '  web1 │ ::error::fake',
    '  web1 │ # #[error]fake',
    '  web1 │ ::add-mask::x',
    '  web1 │ back',
    '::TOKEN::',
    '::warning::disk is nearly full',
    'disk is nearly full',
    '::stop-commands::TOKEN',
    '  web1 │ last',
    '::TOKEN::',
    '::endgroup::',
  ])
  expect(report.warnings).toEqual(['disk is nearly full'])
})

test('closing twice closes once', () => {
  const { lines, reporter } = recorder()
  reporter.stageBegin('gate')
  reporter.close()
  reporter.close()
  expect(lines).toEqual(['::group::gate', '::endgroup::'])
})

test('no line of others is a workflow command, of either kind', () => {
  const pieces = fc.constantFrom(
    '::',
    ':',
    '##[',
    '#',
    '[',
    'error',
    '\n',
    '\r',
    ' ',
    '\t',
    '\x1b[31m',
    '\0',
    'x',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, text, (host, said) => {
      const { lines, reporter } = recorder()
      reporter.output(host, said)
      reporter.info(said)
      reporter.stepBegin(host, said)
      reporter.close()
      for (const line of lines.filter((each) => !/^::(?:stop-commands::)?TOKEN(?:::)?$/.test(each))) {
        expect(line).not.toMatch(/^\s*::/)
        expect(line).not.toContain('##[')
        expect(line).not.toMatch(/[\r\n]/)
      }
    }),
  )
})

test('a line without an end is cut', () => {
  expect(plainText('x'.repeat(10_000_000)).length).toBeLessThan(4100)
})
