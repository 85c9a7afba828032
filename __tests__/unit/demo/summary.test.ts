import { summaryHtml } from '../../../demo/summary-html'
import { summaryText } from '../../../demo/summary-text'
import { renderSummary } from '../../../src/github/summary'

const summary = renderSummary({
  title: 'Deploy',
  app: 'shop',
  environment: 'production',
  hosts: ['deploy@203.0.113.7'],
  from: 'v1',
  to: 'v2',
  live: { slot: 'blue', version: 'v1' },
  stages: [
    { stage: 'ship', ms: 1200, outcome: 'done' },
    { stage: 'drain', ms: 0, outcome: 'skipped', note: 'a | b' },
    { stage: 'gate', ms: 10_000, outcome: 'failed' },
  ],
  warnings: ['*mind* this'],
  failure: {
    thing: 'Gate of v2',
    cause: 'status 500 <b>',
    fix: 'Raise `gate.deadline`.',
    log: ['<script>', '``` | x', ...Array.from({ length: 10 }, (_, at) => `line ${at}`)],
  },
  runUrl: 'https://github.example/example/product/actions/runs/1',
})

test('as text', () => {
  expect(summaryText(summary, 60).join('\n')).toBe(`❌ Deploy of shop v2 to production failed

┃ Gate of v2 status 500 <b>
┃ ➜ Raise gate.deadline.

Version        v1 → v2
Takes traffic  🔵 blue: v1
Host           deploy@203.0.113.7

ship 1.2 s   █████
gate 10.0 s       ██████████████████████████████████████████

    Stage    Time
────────────────────────
✅  ship    1.2 s
➖  drain          a | b
❌  gate   10.0 s
    all    11.2 s

• ⚠️ *mind* this

▾ The last lines of the log
  <script>
  \`\`\` | x
  line 0
  line 1
  line 2
  line 3
  … and 6 lines more

This run · deployed with Kawasemi 🐦`)
})

test('as HTML: tables, and nothing of others that is a tag', () => {
  const page = summaryHtml(summary)
  expect(page).toContain('<td class="left">gate</td>')
  expect(page).toContain('<code>gate.deadline</code>')
  expect(page).toContain('status 500 &#60;b&#62;')
  expect(page).toContain('<pre>&#60;script&#62;\n``` | x\nline 0')
  expect(page).toContain('<td class="left">a | b</td>')
  expect(page).not.toMatch(/<(script|b)>/)
})
