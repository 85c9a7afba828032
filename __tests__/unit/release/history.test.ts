import {
  backupOf,
  findRelease,
  goodReleases,
  hasHappened,
  interruptedMigration,
  isDraining,
  lastKnownGood,
  lastSwitch,
  leftBy,
  releasesToKeep,
  schemaChangesSince,
  wentBack,
  withoutRestored,
} from '../../../src/release/history'
import { type LedgerEvent, readEvent } from '../../../src/release/ledger'
import { releaseId } from '../../../src/release/release'
import { planRollback } from '../../../src/release/rollback'
import { Trouble } from '../../../src/release/trouble'

const at = '2026-11-22T05:00:00Z'

function event(run: number, fields: Record<string, unknown>): LedgerEvent {
  const read = readEvent({ at, owner: `${run}/1/deploy`, ...fields })
  if (!read) throw new Error(`no event: ${JSON.stringify(fields)}`)
  return read
}

/** All events of one good deploy. */
function deployed(
  version: string,
  run: number,
  slot: 'blue' | 'green',
  schema: [string, string],
  from = '',
): LedgerEvent[] {
  const release = releaseId(version, run)
  const details = { id: release, version, run, commit: 'abc123', slot, images: {}, config: 'aaaaaaaa' }
  const [schemaBefore, schemaAfter] = schema
  return [
    event(run, { event: 'shipped', release, details }),
    event(run, { event: 'backed-up', release, file: `/srv/shop/backups/${release}.dump`, bytes: 1000 }),
    event(run, { event: 'migrating', release }),
    event(run, { event: 'migrated', release, schemaBefore, schema: schemaAfter }),
    event(run, { event: 'started', release }),
    event(run, { event: 'gated', release }),
    event(run, { event: 'switching', release, slot, from }),
    event(run, { event: 'switched', release, slot, from }),
    event(run, { event: 'baked', release }),
    event(run, { event: 'finished', release }),
  ]
}

const v1 = deployed('v1', 1, 'blue', ['00000001', '00000002'])
const v2 = deployed('v2', 2, 'green', ['00000002', '00000002'], 'v1-1')
const v3 = deployed('v3', 3, 'blue', ['00000002', '00000003'], 'v2-2')
const all = [...v1, ...v2, ...v3]

describe('the history of a host', () => {
  test('forgets the migrations since a backup that somebody put back', () => {
    const restored = event(9, { event: 'restored', release: 'v3-3', owner: 'by-hand' })
    const history = withoutRestored([...all, restored])
    expect(schemaChangesSince(all, 'v2-2')).toEqual(['v3-3'])
    expect(schemaChangesSince(history, 'v2-2')).toEqual([])
    expect(hasHappened(history, 'v3-3', 'migrated')).toBe(false)
    expect(hasHappened(history, 'v2-2', 'migrated')).toBe(true)
    const again = event(3, {
      event: 'migrated',
      release: 'v3-3',
      schemaBefore: '00000002',
      schema: '00000003',
    })
    expect(hasHappened(withoutRestored([...all, restored, again]), 'v3-3', 'migrated')).toBe(true)
    const cut = event(4, { event: 'migrating', release: 'v3-3' })
    expect(interruptedMigration([...all, cut])).toBe('v3-3')
    expect(interruptedMigration(withoutRestored([...all, cut, restored]))).toBeUndefined()
    const unknown = event(9, { event: 'restored', release: 'v8-8' })
    expect(withoutRestored([...all, unknown])).toEqual([...all, unknown])
  })

  test('knows by its file which backup somebody put back, of several of one release', () => {
    const file = (name: string) => `/srv/shop/backups/scheduled.${name}.dump`
    const saved = (name: string) =>
      event(8, { event: 'backed-up', release: 'v2-2', file: file(name), bytes: 1000 })
    const failed = event(4, { event: 'migration-failed', release: 'v4-4', schemaChanged: true })
    const history = [...v1, ...v2, saved('11'), failed, saved('12')]
    const restored = (name: string) =>
      withoutRestored([...history, event(9, { event: 'restored', release: 'v2-2', file: file(name) })])
    expect(schemaChangesSince(restored('11'), 'v2-2')).toEqual([])
    expect(schemaChangesSince(restored('12'), 'v2-2')).toEqual(['v4-4'])
  })

  test.each(['started', 'gate-failed', 'bake-failed', 'taken-back'])(
    '%s takes back what the gate said before',
    (name) => {
      const gated = v1.slice(0, 6)
      const undone = [...gated, event(1, { event: name, release: 'v1-1' })]
      expect(hasHappened(gated, 'v1-1', 'gated')).toBe(true)
      expect(hasHappened(undone, 'v1-1', 'gated')).toBe(false)
      expect(hasHappened([...undone, ...v2], 'v2-2', 'gated')).toBe(true)
      expect(hasHappened([...undone, event(1, { event: 'gated', release: 'v1-1' })], 'v1-1', 'gated')).toBe(
        true,
      )
    },
  )

  test('another switch begins after a failed bake, so that one is over', () => {
    const failed = [...v1.slice(0, 8), event(1, { event: 'bake-failed', release: 'v1-1' })]
    expect(hasHappened(failed, 'v1-1', 'bake-failed')).toBe(true)
    const again = event(1, { event: 'switching', release: 'v1-1', slot: 'blue', from: '' })
    expect(hasHappened([...failed, again], 'v1-1', 'bake-failed')).toBe(false)
  })

  test('the backup from before a migration that ended half-way stays as long as the good releases of its time', () => {
    const broken = [
      ...deployed('v2', 2, 'green', ['00000002', '00000002'], 'v1-1').slice(0, 3),
      event(2, { event: 'migration-failed', release: 'v2-2', schemaChanged: true }),
    ]
    expect(releasesToKeep([...v1, ...broken, ...v3], ['v1-1', 'v3-3'], 5)).toContain('v2-2')
    expect(releasesToKeep([...v1, ...broken, ...v3], ['v3-3'], 1)).toEqual(['v3-3'])
  })

  test('good releases come oldest first; the last known good is the one before the live one', () => {
    expect(goodReleases(all)).toEqual(['v1-1', 'v2-2', 'v3-3'])
    expect(lastKnownGood(all, 'v3-3')).toBe('v2-2')
    expect(lastKnownGood(v1, 'v1-1')).toBeUndefined()
  })

  test('a switch that was taken back leaves the good releases as they were before it', () => {
    const tried = deployed('v4', 4, 'green', ['00000003', '00000003'], 'v3-3').slice(0, 9)
    expect(goodReleases([...all, ...tried])).toContain('v4-4')
    const undone = [...all, ...tried, event(5, { event: 'taken-back', release: 'v4-4' })]
    expect(goodReleases(undone)).toEqual(['v1-1', 'v2-2', 'v3-3'])
    expect(hasHappened(undone, 'v4-4', 'baked')).toBe(false)
    const rollback = [
      ...all,
      event(5, { event: 'switching', release: 'v2-2', slot: 'green', from: 'v3-3' }),
      event(5, { event: 'rolled-back', release: 'v3-3' }),
      event(6, { event: 'taken-back', release: 'v2-2' }),
    ]
    expect(goodReleases(rollback)).toEqual(['v1-1', 'v2-2', 'v3-3'])
  })

  test('one that was put down before its switch had begun takes nothing back', () => {
    const tried = deployed('v4', 4, 'green', ['00000003', '00000003'], 'v3-3').slice(0, 6)
    const putDown = [...all, ...tried, event(4, { event: 'taken-back', release: 'v4-4' })]
    expect(goodReleases(putDown)).toEqual(['v1-1', 'v2-2', 'v3-3'])
    const next = [...putDown, ...deployed('v5', 5, 'green', ['00000003', '00000003'], 'v3-3')]
    expect(lastKnownGood(next, 'v5-5')).toBe('v3-3')
  })

  test('a release that failed its bake, or that somebody rolled back from, is not good', () => {
    expect(goodReleases([...all, event(4, { event: 'bake-failed', release: 'v2-2' })])).toEqual([
      'v1-1',
      'v3-3',
    ])
    const back = [...all, event(5, { event: 'rolled-back', release: 'v3-3' })]
    expect(lastKnownGood(back, 'v2-2')).toBe('v1-1')
  })

  test('what happened before a release was shipped again does not count', () => {
    expect(hasHappened(all, 'v2-2', 'migrated')).toBe(true)
    const again = [...all, v2[0]!]
    expect(hasHappened(again, 'v2-2', 'migrated')).toBe(false)
    expect(backupOf(again, 'v2-2')?.bytes).toBe(1000)
  })

  test('the run of the last switch', () => {
    expect(lastSwitch(all)).toEqual({ run: 3, byHand: false })
    expect(
      lastSwitch([
        ...all,
        event(9, { event: 'switched-back', release: 'v2-2', slot: 'green', from: 'v3-3' }),
      ]),
    ).toEqual({ run: 9, byHand: false })
    expect(lastSwitch([])).toEqual({ run: 0, byHand: false })
  })

  test('a switch by hand comes after the last run, and is no run itself', () => {
    const back = { event: 'switched-back', release: 'v2-2', slot: 'green', from: 'v3-3' }
    const byHand = readEvent({ at, owner: 'by-hand', ...back })!
    expect(lastSwitch([...all, byHand])).toEqual({ run: 3, byHand: true })
    expect(lastSwitch([byHand])).toEqual({ run: 0, byHand: true })
    expect(lastSwitch([...all, byHand, event(9, back)])).toEqual({ run: 9, byHand: false })
  })

  test('a switch by hand comes after a run that was cut off before it switched', () => {
    const back = { event: 'switched-back', release: 'v2-2', slot: 'green', from: 'v3-3' }
    const byHand = readEvent({ at, owner: 'by-hand', ...back })!
    const cutOff = event(4, { event: 'started', release: 'v4-4', slot: 'green' })
    expect(lastSwitch([...all, cutOff])).toEqual({ run: 3, byHand: false })
    expect(lastSwitch([...all, cutOff, byHand])).toEqual({ run: 4, byHand: true })
    expect(lastSwitch([...all, byHand, cutOff])).toEqual({ run: 3, byHand: true })
  })

  test('a switch whose record was lost with the power counts where its release is live', () => {
    const intent = event(9, { event: 'switching', release: 'v9-9', slot: 'green', from: 'v3-3' })
    expect(lastSwitch([...all, intent], 'v3-3')).toEqual({ run: 3, byHand: false })
    expect(lastSwitch([...all, intent], 'v9-9')).toEqual({ run: 9, byHand: false })
  })

  test('a bake counts until the release fails one or is rolled back from', () => {
    expect(hasHappened(all, 'v3-3', 'baked')).toBe(true)
    for (const undone of ['bake-failed', 'rolled-back'])
      expect(hasHappened([...all, event(4, { event: undone, release: 'v3-3' })], 'v3-3', 'baked')).toBe(false)
  })

  test('a release drains from the switch away from it until somebody waited for it, or it is live again', () => {
    const away = event(4, { event: 'switched', release: 'v4-4', slot: 'green', from: 'v3-3' })
    const drained = event(4, { event: 'drained', release: 'v3-3' })
    const back = event(5, { event: 'switched', release: 'v3-3', slot: 'blue', from: 'v4-4' })
    expect(isDraining(all, 'v3-3')).toBe(false)
    expect(isDraining([...all, away], 'v3-3')).toBe(true)
    expect(isDraining([...all, away, drained], 'v3-3')).toBe(false)
    expect(isDraining([...all, away, back], 'v3-3')).toBe(false)
    expect(isDraining([...all, away, back], 'v4-4')).toBe(true)
  })

  describe('a later attempt of the same job goes on with a rollback', () => {
    const switching = event(8, { event: 'switching', release: 'v2-2', slot: 'green', from: 'v3-3' })
    const switched = event(8, { event: 'switched', release: 'v2-2', slot: 'green', from: 'v3-3' })
    const back = [...all, switching, switched, event(8, { event: 'rolled-back', release: 'v3-3' })]

    test.each([
      ['as it ended', back],
      ['cut off before the ledger knew whom it left', back.slice(0, -1)],
      ['cut off right after the rename', back.slice(0, -2)],
    ])('%s', (_, history) => {
      expect(wentBack(history, '8/2/deploy', 'v2-2')).toBe(true)
      expect(leftBy(history, '8/2/deploy', 'v2-2')).toBe('v3-3')
      for (const owner of ['8/1/deploy', '8/2/test', '9/2/deploy'])
        expect(wentBack(history, owner, 'v2-2')).toBe(false)
      const since = event(10, { event: 'switched', release: 'v4-4', slot: 'blue', from: 'v2-2' })
      expect(wentBack([...history, since], '8/2/deploy', 'v4-4')).toBe(false)
    })

    test('but not with one that moved no traffic, or was taken back', () => {
      expect(wentBack([...all, switching], '8/2/deploy', 'v3-3')).toBe(false)
      const undone = [
        event(8, { event: 'taken-back', release: 'v2-2' }),
        event(8, { event: 'switched-back', release: 'v3-3', slot: 'blue', from: 'v2-2' }),
      ]
      expect(wentBack([...all, switching, switched, ...undone], '8/2/deploy', 'v3-3')).toBe(false)
    })

    test('nor with a deploy: where the job goes back from what an earlier attempt deployed, it does', () => {
      for (let cut = 1; cut <= 4; cut += 1)
        expect(wentBack(all.slice(0, cut < 4 ? -cut : undefined), '3/2/deploy', 'v3-3')).toBe(false)
      // A release that another run made, and this one switched to.
      const later = v3.map((each) => (each.event === 'shipped' ? each : { ...each, owner: '8/1/deploy' }))
      expect(wentBack([...v1, ...v2, ...later], '8/2/deploy', 'v3-3')).toBe(false)
    })
  })

  test('a rollback knows whose migrations the old code has never seen', () => {
    expect(schemaChangesSince(all, 'v2-2')).toEqual(['v3-3'])
    expect(schemaChangesSince(all, 'v3-3')).toEqual([])
    const failed = [...all, event(4, { event: 'migration-failed', release: 'v4-4', schemaChanged: true })]
    expect(schemaChangesSince(failed, 'v3-3')).toEqual(['v4-4'])
  })

  test('a migration without an end is an interrupted one', () => {
    expect(interruptedMigration(all)).toBeUndefined()
    expect(interruptedMigration([...all, event(4, { event: 'migrating', release: 'v4-4' })])).toBe('v4-4')
  })

  test('retention keeps what is in use, the newest good ones and what was shipped last', () => {
    const failed = event(4, {
      event: 'shipped',
      release: 'v4-4',
      details: { ...(findRelease(all, 'v3-3') as object), id: 'v4-4' },
    })
    expect(releasesToKeep([...all, failed], ['v1-1', ''], 1)).toEqual(['v1-1', 'v3-3', 'v4-4'])
  })
})

describe('planning a rollback', () => {
  const present = ['v1-1', 'v2-2', 'v3-3']

  test.each([
    [undefined, 'v2-2'],
    ['v1', 'v1-1'],
    ['v1-1', 'v1-1'],
    ['2', 'v1-1'],
    ['1', 'v2-2'],
  ])('to %s', (to, expected) => {
    expect(planRollback(all, 'v3-3', present, to).target.id).toBe(expected)
  })

  test.each([
    ['v9', present, /nothing is known of `v9`.*v2-2, v1-1/],
    ['7', present, /nothing is known/],
    ['v3', present, /is live already/],
    ['v1', ['v3-3'], /was pruned.*No earlier good release/],
  ])('to %s is refused by name', (to, there, message) => {
    expect(() => planRollback(all, 'v3-3', there, to)).toThrow(Trouble)
    expect(() => planRollback(all, 'v3-3', there, to)).toThrow(message)
  })
})

describe('a line of the ledger', () => {
  test.each([
    [null],
    ['text'],
    [{ event: 'baked', release: 'v1' }],
    [{ at, owner: '1/1/x', event: 'baked', release: '../../etc' }],
    [{ at, owner: '1/1/x', event: 'switched', release: 'v1', slot: 'red' }],
    [{ at, owner: '1/1/x', event: 'shipped', release: 'v1', details: { id: 'v2' } }],
    [{ at, owner: '1/1/x', event: 'backed-up', release: 'v1', file: '/srv/$(id)', bytes: 1 }],
    [{ at, owner: '1/1/x', event: 'of the future', release: 'v1' }],
  ])('%j is left out', (value) => {
    expect(readEvent(value)).toBeUndefined()
  })

  test('an image is known by both its digests', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const details = {
      id: 'v1-1',
      version: 'v1',
      run: 1,
      commit: '',
      slot: 'blue',
      config: 'aaaaaaaa',
      images: { web: { manifest: digest, config: digest } },
    }
    expect(event(1, { event: 'shipped', release: 'v1-1', details })).toMatchObject({ details })
    expect(
      readEvent({
        at,
        owner: '1/1/x',
        event: 'shipped',
        release: 'v1-1',
        details: { ...details, images: { web: { manifest: 'latest' } } },
      }),
    ).toBeUndefined()
  })
})
