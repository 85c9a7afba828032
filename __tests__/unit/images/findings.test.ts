import fc from 'fast-check'
import { readFindings } from '../../../src/images/findings'
import { over } from '../../../src/release/findings'

const group = (severity: string, ...ids: string[]) => ({ ids, aliases: ids, max_severity: severity })
const report = {
  results: [
    {
      source: { path: '/checkout/package-lock.json', type: 'lockfile' },
      packages: [
        {
          package: { name: 'left', version: '1.0.0', ecosystem: 'npm' },
          groups: [group('5.3', 'GHSA-a'), group('9.8', 'GHSA-b', 'CVE-2026-1'), group('', 'GHSA-c')],
        },
        { package: { name: 'right', version: '2', ecosystem: 'npm' }, groups: [group('7.0', 'GHSA-d')] },
      ],
    },
  ],
}
const read = (value: unknown) => readFindings((source) => source.slice(10), JSON.stringify(value))

test('the worst come first, under the names that people know', () => {
  expect(read(report).map(({ id, severity }) => `${id} ${severity}`)).toEqual([
    'CVE-2026-1 critical',
    'GHSA-d high',
    'GHSA-a medium',
    'GHSA-c unknown',
  ])
  expect(read(report)[0]).toMatchObject({ where: 'package-lock.json', name: 'left', version: '1.0.0' })
})

test('a package that lies there twice counts once', () => {
  const [result] = report.results
  expect(read({ results: [result, result] })).toHaveLength(4)
})

test('a limit holds for what is as bad, or worse', () => {
  const ids = (limit: 'critical' | 'high' | 'low') => over(read(report), limit).map(({ id }) => id)
  expect(ids('critical')).toEqual(['CVE-2026-1'])
  expect(ids('high')).toEqual(['CVE-2026-1', 'GHSA-d'])
  expect(ids('low')).toEqual(['CVE-2026-1', 'GHSA-d', 'GHSA-a'])
})

test('whatever the scanner says is findings, or refused', () => {
  const parts = fc.anything({ withNullPrototype: false })
  const results = fc.array(fc.record({ source: parts, packages: fc.array(parts) }, { requiredKeys: [] }))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        results.map((each) => JSON.stringify({ results: each })),
      ),
      (text) => {
        try {
          for (const { id, severity } of readFindings(String, text)) expect(`${id}${severity}`).toMatch(/./)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      },
    ),
  )
})
