import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inputTable } from '../src/github/input-table'

/*
 * How long an action takes to say that an input is missing, against an empty program of the same Node. The rounds are
 * interleaved, so that a busy machine slows all rows alike; medians of wall time.
 */

const root = join(__dirname, '..')
const node = spawnSync(join(root, 'node_modules/.bin/node'), ['-p', 'process.execPath'], {
  encoding: 'utf8',
}).stdout.trim()
const rounds = 15

const rows: { name: string; args: string[]; times: number[] }[] = [
  { name: 'node -e 0', args: ['-e', '0'], times: [] },
  ...Object.keys(inputTable).map((name) => ({ name, args: [join(root, 'dist', `${name}.js`)], times: [] })),
]

for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    const begin = performance.now()
    spawnSync(node, row.args, { env: {} })
    row.times.push(performance.now() - begin)
  }
}

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!
const empty = median(rows[0]!.times)
console.log(`${'without inputs'.padEnd(16)} ${'ms'.padStart(8)}   against node -e 0`)
for (const { name, times } of rows) {
  const ms = median(times)
  console.log(`${name.padEnd(16)} ${ms.toFixed(1).padStart(8)}   ${(ms / empty).toFixed(2)}`)
}
