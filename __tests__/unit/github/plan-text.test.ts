import fc from 'fast-check'
import { planText } from '../../../src/github/plan-text'
import { renderSummary } from '../../../src/github/summary'
import type { DeployPlan } from '../../../src/release/deploy-plan'
import type { DeployReport } from '../../../src/release/deploy-report'

const none = { added: [], changed: [], removed: [] }
const plan: DeployPlan = {
  hosts: [{ host: 'web1', live: { slot: 'blue', version: 'v1' }, slot: 'green' }],
  stages: [
    { stage: 'ship', does: ['to green', 'builds `web`'] },
    { stage: 'migrate', does: ['no migrations in kawasemi.yml'], skipped: true },
  ],
  changes: [
    {
      hosts: ['web1'],
      env: { added: ['NEW', 'NEWER'], changed: [], removed: ['GONE'] },
      settings: { ...none, changed: ['service web'] },
      files: none,
    },
  ],
}
const report: DeployReport = {
  title: 'Deploy',
  plan: true,
  planned: plan,
  app: 'shop',
  environment: 'production',
  hosts: ['web1'],
  from: 'v1',
  to: 'v2',
  live: { slot: 'blue', version: 'v1' },
  stages: [],
  warnings: ['web1: has little disk.'],
  runUrl: 'https://github.com/shop/web/actions/runs/1',
}

test('says what would come where, what every stage would do, and what would be other than now', () => {
  const text = renderSummary(report)
  expect(text).toMatch(/^## 📋 Plan: Deploy of shop v2 to production\n/)
  expect(text).toContain('| **Version** | `v1` → `v2` |')
  expect(text).toContain('| **Takes traffic** | 🔵 blue: `v1` |\n| **Would come to** | 🟢 green |')
  expect(text).toContain('| ship | to green<br>builds `web` |')
  expect(text).toContain('| migrate | ➖ no migrations in kawasemi.yml |')
  expect(text).toContain('| Environment variables | `NEW`, `NEWER` |  | `GONE` |')
  expect(text).toContain('| Settings |  | `service web` |  |')
  expect(text).not.toContain('| Files |')
  expect(text).toContain('- ⚠️ web1: has little disk.\n\n| Other than live |')
  expect(text.match(/little disk/g)).toHaveLength(1)
  expect(text).toContain('nothing was changed; planned with')
})

test('of several hosts each has the slot it would get the release in', () => {
  const hosts = [...plan.hosts, { host: 'web2', slot: 'blue' as const }]
  const perHost = [{ host: 'web1', live: { slot: 'blue', version: 'v1' } as const }, { host: 'web2' }]
  const text = renderSummary({ ...report, planned: { ...plan, hosts }, perHost })
  expect(text).toContain('| Host | Takes traffic | Would come to |')
  expect(text).toContain('| `web1` | 🔵 blue: `v1` | 🟢 green |\n| `web2` | nothing | 🔵 blue |')
})

test('says so where nothing differs, and on which hosts where they are not alike', () => {
  const same = { hosts: ['web1'], env: none, settings: none, files: none }
  expect(planText({ ...plan, changes: [same] })).toContain(
    'Environment variables and settings are those of the live release.',
  )
  const apart = planText({ ...plan, changes: [same, { ...plan.changes[0]!, hosts: ['web2', 'web3'] }] })
  expect(apart[1]).toMatch(/^On `web1`:\n\nEnvironment variables and settings/)
  expect(apart[2]).toMatch(/^On `web2`, `web3`:\n\n\|/)
})

test('keys of kawasemi.yml stand with the rest, or before what each host has of its own', () => {
  const config = { ...none, changed: ['bake.duration'] }
  const row = '| Keys of kawasemi.yml |  | `bake.duration` |  |'
  const [only, stages] = planText({ ...plan, config })
  expect(only).toContain(`${row}\n| Environment variables |`)
  expect(stages).toMatch(/^\| Stage /)
  const [first, ...rest] = planText({ ...plan, config, changes: [plan.changes[0]!, plan.changes[0]!] })
  expect(first!.split('\n')).toEqual([expect.any(String), expect.any(String), row])
  expect(rest).toHaveLength(3)
})

test('a long list is cut', () => {
  const env = { ...none, added: Array.from({ length: 50 }, (_, at) => `N${at}`) }
  const [changes] = planText({ ...plan, changes: [{ ...plan.changes[0]!, env }] })
  expect(changes).toContain('`N39`, and 10 more |')
})

test('the rows of its tables keep their number of cells, whatever names and commands are', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a|b', 'x\n| y |', '`|`', '<!--', '`a` | `b`'),
  )
  fc.assert(
    fc.property(text, text, (name, command) => {
      const names = { added: [name], changed: [name], removed: [name] }
      const all = planText({
        hosts: plan.hosts,
        stages: [{ stage: 'migrate', does: [`\`${command}\` in \`${name}\``] }],
        changes: [{ hosts: [name], env: names, settings: names, files: names }],
      }).join('\n\n')
      const lines = all.split('\n').filter((line) => line !== '')
      const cells = lines.map((line) => line.replace(/\\./g, '').split('|').length - 2)
      expect(cells).toEqual([4, 4, 4, 4, 4, 2, 2, 2])
      expect(all.replace(/\\./g, '').replace(/`[^`]*`/g, '')).not.toContain('<!--')
    }),
  )
})
