const { relative } = require('node:path')
const Sequencer = require('@jest/test-sequencer').default

/** End-to-end tests that take about a minute or less, the longest first. */
const short = [
  'migration',
  'certificates',
  'secrets',
  'adopt',
  'operate',
  'setup-web-servers',
  'lab',
  'setup-host',
].map((name) => `${name}.test.ts`)

/**
 * Jest runs the longest files first, by the time they took before, and by their size where they never ran, as in a fresh
 * checkout. That says little of an end-to-end test, and one of some minutes would run alone at the end: so the short ones
 * come last there.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests)
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted
    const place = ({ path }) => short.indexOf(relative(`${__dirname}/e2e`, path))
    return sorted.toSorted((a, b) => place(a) - place(b))
  }
}
