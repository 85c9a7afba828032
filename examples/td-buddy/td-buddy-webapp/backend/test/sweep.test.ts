import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partitionStatements } from '../src/sweep'

test('partitions are kept across the turn of a year', () => {
  assert.deepEqual(partitionStatements(new Date('2025-12-31T23:59:59Z')), [
    'CREATE TABLE IF NOT EXISTS generation_history_y2026m01 PARTITION OF generation_history ' +
      "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')",
    'DROP TABLE IF EXISTS generation_history_y2025m10',
  ])
})
