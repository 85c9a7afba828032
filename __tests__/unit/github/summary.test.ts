import fc from 'fast-check'
import { renderSummary } from '../../../src/github/summary'
import type { DeployReport } from '../../../src/release/deploy-report'

const done: DeployReport = {
  title: 'Deploy',
  app: 'shop',
  environment: 'production',
  hosts: ['web1.example', 'web2.example'],
  from: '1.3.2',
  to: '1.4.0',
  release: '20261122-1-a1b2c3d4e5f6',
  live: { slot: 'green', version: '1.4.0' },
  moved: { bytes: 1_040_000, ofBytes: 339_000_000 },
  switchMs: 3,
  stages: [
    { stage: 'ship', ms: 2140, outcome: 'done', note: '1.0 MB moved' },
    { stage: 'backup', ms: 0, outcome: 'skipped', note: 'no database' },
    { stage: 'bake', ms: 30_100, outcome: 'done' },
  ],
  warnings: [],
  runUrl: 'https://github.com/shop/web/actions/runs/1',
}

test('a deploy that went well', () => {
  const text = renderSummary(done)
  expect(text).toMatch(/^## ✅ Deploy of shop 1.4.0 to production\n/)
  expect(text).toContain('| **Version** | `1.3.2` → `1.4.0` |')
  expect(text).toContain('| **Takes traffic** | 🟢 green: `1.4.0` |')
  expect(text).toContain('| **Hosts** | `web1.example`, `web2.example` |')
  expect(text).toContain('| **Moved** | 1.0 MB of 339 MB |')
  expect(text).toContain('| **Switch** | 3 ms |')
  expect(text).toContain('| ✅ | ship | 2.1 s | 1.0 MB moved |')
  expect(text).toContain('| ➖ | backup |  | no database |')
  expect(text).toContain('(https://github.com/shop/web/actions/runs/1)')
  expect(text).not.toContain('CAUTION')
})

test('each of several hosts has a row of its own', () => {
  const text = renderSummary({
    ...done,
    perHost: [
      { host: 'web1.example', live: { slot: 'green', version: '1.4.0' }, switchMs: 3 },
      { host: 'web2.example', live: 'unknown' },
      { host: 'web3|example' },
    ],
  })
  expect(text).toContain('| Host | Takes traffic | Switch |')
  expect(text).toContain('| `web1.example` | 🟢 green: `1.4.0` | 3 ms |')
  expect(text).toContain('| `web2.example` | not known |  |')
  expect(text).toMatch(/\| `web3.*example` \| nothing \| {2}\|/)
  expect(text).not.toContain('**Hosts**')
})

test('a look at a running app: what needs a person comes first, with what to do', () => {
  const checks = [
    { check: 'memory', of: 'web1', found: '50 % used' },
    { check: 'disk', of: 'web1', found: '91 % used', fix: 'Free some | now.' },
  ] as const
  const report = {
    title: 'Check-up',
    app: 'shop',
    environment: 'production',
    hosts: [],
    stages: [],
    warnings: [],
  }
  const text = renderSummary({ ...report, checks, failure: { thing: 'x', cause: 'y', fix: 'z', log: [] } })
  expect(text).toMatch(/^## ❌ Check-up of shop in production found trouble\n/)
  expect(text).toContain(
    '| ❌ | disk | web1 | 91 % used<br>➜ Free some \\| now. |\n| ✅ | memory | web1 | 50 % used |',
  )
  expect(renderSummary({ ...report, checks: [checks[0]] })).toMatch(/^## ✅ Check-up of shop in production\n/)
})

test('the timeline has the stages one after the other, without those that were skipped', () => {
  const stages = [...done.stages, { stage: 'drain', ms: 0.2, outcome: 'failed' } as const]
  expect(renderSummary({ ...done, stages })).toContain(
    [
      '```mermaid',
      'gantt',
      '  dateFormat x',
      '  axisFormat %s s',
      '  ship 2.1 s :0, 2140',
      '  bake 30.1 s :2140, 32240',
      '  drain 0 ms :crit, 32240, 32241',
      '```',
    ].join('\n'),
  )
  expect(renderSummary({ ...done, stages: stages.slice(0, 2) })).not.toContain('mermaid')
})

test('what changed is one click away, where both commits are known', () => {
  const [fromCommit, toCommit] = ['a'.repeat(40), 'b'.repeat(40)]
  expect(renderSummary({ ...done, fromCommit, toCommit })).toContain(
    `| **Changes** | [what changed](https://github.com/shop/web/compare/${fromCommit}...${toCommit}) |`,
  )
  expect(renderSummary({ ...done, toCommit })).not.toContain('compare')
  expect(renderSummary({ ...done, fromCommit, toCommit: fromCommit })).not.toContain('compare')
})

test('a deploy that failed says why, what to do, and shows the log', () => {
  const failure = {
    thing: 'Health gate',
    cause: '`web` answered 500.',
    fix: 'Mend `/health`.',
    log: ['one', '</details>', '```'],
  }
  const text = renderSummary({ ...done, failure })
  expect(text).toMatch(/^## ❌ Deploy of shop 1.4.0 to production failed\n/)
  expect(text).toContain('> **Health gate** `web` answered 500.\n>\n> ➜ Mend `/health`.')
  expect(text).toContain('````\none\n</details>\n```\n````\n\n</details>')
})

test('a plan does not look like something that was done', () => {
  expect(renderSummary({ ...done, title: 'Rollback', plan: true })).toMatch(
    /^## 📋 Plan: Rollback of shop 1.4.0 /,
  )
})

test('a set-up has a table of its changes on each host', () => {
  const changes = [
    { host: 'ops@web1.example', changes: ['make the user deploy', 'write a|b'] },
    { host: 'ops@web2.example', changes: [] },
  ]
  const setUp = { title: 'Host set-up', hosts: [], stages: [], warnings: [], changes }
  const text = renderSummary({ ...setUp, plan: true })
  expect(text).toContain('| Host |  | Would change |')
  expect(text).toContain('| `ops@web1.example` | 1 | make the user deploy |')
  expect(text).toContain('|  | 2 | write a\\|b |')
  expect(text).toContain('| `ops@web2.example` |  | nothing to change |')
  expect(renderSummary(setUp)).toContain('| Host |  | Changed |')
})

test('a run that failed before it knew anything has a summary too', () => {
  const failure = { thing: 'Input environment', cause: 'is missing.', fix: 'Give it.', log: [] }
  expect(renderSummary({ title: 'Rollback', hosts: [], stages: [], warnings: [], failure })).toBe(
    '## ❌ Rollback failed\n\n> [!CAUTION]\n> **Input environment** is missing.\n>\n> ➜ Give it.\n',
  )
})

test('the rows of a table keep their number of cells, whatever the names are', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a|b', 'x\n| y |', '`|`', '\\|', '\\'))
  fc.assert(
    fc.property(text, text, text, (app, to, note) => {
      const summary = renderSummary({
        ...done,
        app,
        to,
        from: to,
        hosts: [note],
        stages: [{ stage: 'gate', ms: 5, outcome: 'failed', note }],
      })
      const cells = summary
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) => line.replace(/\\./g, '').split('|').length - 2)
      expect(cells.filter((count) => count !== 2 && count !== 4)).toEqual([])
      expect(summary.match(/^(?:#|>|<)/gm)).toHaveLength(2)
    }),
  )
})
