import type { Finding } from '../../../src/release/findings'
import { refuseFindings, withoutEnd } from '../../../src/stages/scan'

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
