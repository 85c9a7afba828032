import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLayout } from '../../../src/images/layout'
import type { Finding } from '../../../src/release/findings'
import { refuseFindings, scan, withoutEnd } from '../../../src/stages/scan'
import { writeLayout } from '../images/layout-fixture'

jest.mock('../../../src/images/scanner', () => ({ ensureScanner: async () => 'scanner' }))

const finding: Finding = { where: 'web', name: 'left', version: '1', id: 'CVE-2026-1', severity: 'high' }

test('what is as bad as the limit stops the run, and names the first', () => {
  const others = [finding, { ...finding, id: 'CVE-2026-2' }]
  expect(() => refuseFindings(others, 'high', 'accepted.toml')).toThrow(
    /left 1 of web has CVE-2026-1 \(high\) and 1 more.*ignoreUntil and reason in accepted\.toml/s,
  )
  expect(() => refuseFindings([finding], 'critical', 'accepted.toml')).not.toThrow()
})

test.each([
  ['[[IgnoredVulns]]\nid = "CVE-1"\nignoreUntil = 2027-01-31\nreason = "x"\n', undefined],
  ['[[IgnoredVulns]]\nid = "CVE-1"\n[[IgnoredVulns]]\nid = "CVE-2"\nignoreUntil = 2027-01-31\n', 1],
  ['# none\n\n[[PackageOverrides]]\nname = "left"\nignore = true\n', 3],
  ['[[PackageOverrides]]\nname = "left"\neffectiveUntil = 2027-01-31T00:00:00Z\n', undefined],
  ['[[IgnoredVulns]]\n# ignoreUntil = 2027-01-31\nid = "CVE-1"\n', 1],
])('nothing is accepted for ever: %j', (toml, line) => {
  expect(withoutEnd(toml)).toBe(line)
})

test('an image that several services run is looked into once, and found fault with for each of them', async () => {
  const layout = await readLayout(writeLayout())
  const lists = mkdtempSync(join(tmpdir(), 'kawasemi-lists-'))
  const asked: string[] = []
  const exec = async (_: string, [, target = '', ...args]: readonly string[]) => {
    asked.push(target)
    if (target === 'image') return { code: 0, stdout: '{}', stderr: '' }
    const packages = [{ package: { name: 'left', version: '1' }, groups: [{ ids: ['CVE-2026-1'] }] }]
    const results = args
      .filter((_, index) => args[index - 1] === '--lockfile')
      .map((path) => ({ source: { path }, packages }))
    return { code: 1, stdout: JSON.stringify({ results }), stderr: '' }
  }
  const request = { layout, projectDir: lists, accepted: 'none.toml', lists, tools: lists }
  const findings = await scan(exec, request)
  expect(asked).toEqual(['image', 'source'])
  expect(findings.map(({ where, id }) => `${where} ${id}`)).toEqual(['web CVE-2026-1', 'worker CVE-2026-1'])
  expect(readdirSync(lists)).toEqual(['web.spdx.json', 'worker.spdx.json'])
  for (const folder of [lists, layout.dir]) rmSync(folder, { recursive: true })
})
