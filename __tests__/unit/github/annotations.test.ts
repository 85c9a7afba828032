import { ConfigError } from '../../../src/config/config-error'
import { explain } from '../../../src/github/annotations'
import { Trouble } from '../../../src/release/trouble'

const issues = 'https://github.com/kawasemi/kawasemi/issues'

test('Trouble: what, why, what to do; the details are for the log', () => {
  expect(explain(new Trouble('Health gate', 'web answered 500.', 'Mend it.', ['a line']), issues)).toEqual({
    title: 'Health gate',
    cause: 'web answered 500.',
    fix: 'Mend it.',
    details: ['a line'],
  })
})

test('a configuration with several problems is one annotation, at the first of them', () => {
  const error = new ConfigError('kawasemi.yml', [
    { line: 3, column: 5, key: 'app', expected: 'a name', found: '5' },
    { line: 9, column: 1, key: 'hosts', expected: 'a list', found: '"x"' },
  ])
  expect(explain(error, issues)).toEqual({
    title: 'kawasemi.yml',
    cause:
      'kawasemi.yml:3:5: app: expected a name, found 5\nkawasemi.yml:9:1: hosts: expected a list, found "x"',
    fix: '',
    details: [],
    place: { file: 'kawasemi.yml', line: 3, column: 5 },
  })
})

test('anything else is a bug of ours, with its stack for the log and where to report it', () => {
  const found = explain(new TypeError('x is not a function', { cause: new Error('deep') }), issues)
  expect(found.title).toBe('This is a bug in Kawasemi')
  expect(found.cause).toBe('TypeError: x is not a function')
  expect(found.fix).toContain(issues)
  expect(found.details.join('\n')).toMatch(/annotations\.test/)
  expect(found.details).toContain('Error: deep')
  expect(explain('just text', issues)).toMatchObject({ cause: 'just text', details: [] })
})
