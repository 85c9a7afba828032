import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fieldsOf } from '../../../src/host/fact'
import { call } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import { type Folder, makeFolder } from './shell'

/** What the shell functions make of files that a crash, or a person, left behind. */

let folder: Folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

const event = call('ledger', '"event":"baked","release":"v1-1"')

function readable(lines: string): number {
  return lines.split('\n').filter((line) => {
    try {
      return JSON.parse(line).event === 'baked'
    } catch {
      return false
    }
  }).length
}

describe('the ledger', () => {
  test.each([
    ['no file', undefined, 1],
    ['an empty file', '', 1],
    ['a whole line', '{"event":"baked"}\n', 2],
    ['half a line', '{"event":"ba', 1],
    ['a line that lost its end', '{"event":"baked"}', 2],
    ['zeros', '{"event":"baked"}\n\0\0\0', 2],
  ])('after %s takes a new line whole', (_, before, events) => {
    if (before !== undefined) folder.write('ledger.jsonl', before)
    expect(folder.run([], [event])).toMatchObject({ status: 0 })
    expect(readable(folder.read('ledger.jsonl'))).toBe(events)
  })
})

describe('the lease', () => {
  const token = () => JSON.parse(folder.read('lease.json')).token
  const line = (fields: object) =>
    `${JSON.stringify({ token: 4, expires: 0, owner: '6/1/deploy', url: '', since: 1, ...fields })}\n`
  const future = 99_999_999_999
  const heldBy = (output: string) => {
    const records = output.split('\n').map((each) => parseLine('n', each))
    const held = records.find((each) => each.kind === 'record')
    return held?.record.k === 'fact' && held.record.name === 'held' && fieldsOf(held.record.value).owner
  }

  test('tokens grow from one to the next', () => {
    for (const expected of [1, 2, 3]) {
      expect(folder.run([], [call('lease_take')]).output).toContain(
        `{"k":"fact","name":"taken","value":${expected}}`,
      )
      expect(token()).toBe(expected)
    }
  })

  test.each([undefined, '', '{"token":4,"expi', 'not JSON\n', '\0\0\0\0'])(
    'after a lease.json that holds %j they grow from the newest that the ledger knows',
    (content) => {
      if (content !== undefined) folder.write('lease.json', content)
      folder.run([], [event], { token: 11 })
      folder.run([], [event], { token: 9 })
      folder.run([], [call('lease_take')])
      expect(token()).toBe(12)
    },
  )

  test('is refused while another run holds it, and taken over by the next attempt of the same job', () => {
    folder.write('lease.json', line({ expires: future }))
    expect(folder.run([], [call('lease_take')]).output).toContain('"name":"held"')
    expect(token()).toBe(4)
    const next = { owner: '6/2/deploy' }
    expect(folder.run([], [call('lease_take')], next).output).toContain('"name":"taken","value":5')
  })

  test.each([
    ['a program of ours, or what it left behind', 'stage migrate of run 6'],
    ['somebody else, where it has ended well', ''],
  ])('is not taken while its lock is held, and says by whom: %s', (_, said) => {
    folder.write('runs/active', said === '' ? '' : `${said}\n`)
    const held = `(flock 9; exec sleep 20) 9>>'${folder.base}/lease.lock' & until ! flock -n '${folder.base}/lease.lock' true; do :; done`
    const { output } = folder.run([`with_lock() { ${held}; lease_take; kill $!; }`], [call('with_lock')])
    expect(output).toContain(`"name":"busy","value":"${said}"`)
  })

  test('is not taken while a bake goes on, whose watcher can have the lock meanwhile', () => {
    const lock = (name: string) => `'${folder.base}/${name}.lock'`
    const held = `(flock 8; exec sleep 20) 8>>${lock('watch')} & until ! flock -n ${lock('watch')} true; do :; done`
    const waiting = `sleep() { flock -n ${lock('lease')} echo "the lock is free"; }`
    const { output } = folder.run(
      [waiting, `with_bake() { ${held}; lease_take; kill $!; }`],
      [call('with_bake')],
    )
    expect(output).toContain('the lock is free')
    expect(output).toContain('"name":"busy","value":"the bake of ')
  })

  test('is freed by the post step of the attempt that holds it, by no other', () => {
    folder.write('lease.json', line({ expires: future }))
    const drop = (owner: string) => folder.run([], [call('lease_drop', 'lease_is_mine')], { owner }).output
    expect(drop('6/2/deploy')).toContain('"not-held"')
    expect(drop('6/1/test')).toContain('"not-held"')
    expect(drop('6/1/deploy')).toContain('"done"')
    expect(JSON.parse(folder.read('lease.json')).expires).toBe(0)
  })

  test('is freed by the next attempt of the same job, which finds nothing left to do', () => {
    folder.write('lease.json', line({ expires: future }))
    const settle = (owner: string) => folder.run([], [call('lease_drop', 'lease_is_own')], { owner }).output
    expect(settle('7/1/deploy')).toContain('"not-held"')
    expect(settle('6/2/test')).toContain('"not-held"')
    expect(settle('6/2/deploy')).toContain('"done"')
    expect(JSON.parse(folder.read('lease.json')).expires).toBe(0)
  })

  test.each([undefined, '{"token":4,"expi'])(
    'that was lost while its run goes on (%j) is written whole again, and who is refused is told by whom',
    (content) => {
      folder.run([], [call('lease_take')])
      folder.run([], [event], { token: 1 })
      if (content === undefined) rmSync(join(folder.base, 'lease.json'))
      else folder.write('lease.json', content)
      expect(folder.run([], [call('lease_keep', 'renew', '0')], { token: 1 }).output).toContain('"done"')
      expect(JSON.parse(folder.read('lease.json'))).toMatchObject({ token: 1, since: expect.any(Number) })
      expect(heldBy(folder.run([], [call('lease_take')], { owner: '8/1/deploy' }).output)).toBe('7/1/deploy')
    },
  )

  test('without its beginning, as an older version may have written it, is told as held', () => {
    folder.write('lease.json', line({ expires: future }).replace('"since":1', '"since":'))
    expect(heldBy(folder.run([], [call('lease_take')]).output)).toBe('6/1/deploy')
  })

  test('of somebody else is neither renewed nor freed', () => {
    folder.write('lease.json', line({ expires: future }))
    expect(folder.run([], [call('lease_keep', 'renew', '0')], { token: 3 }).output).toContain('"lost"')
    expect(folder.run([], [call('lease_keep', 'release', '0')], { token: 3 }).output).toContain('"lost"')
    expect(folder.read('lease.json')).toBe(line({ expires: future }))
  })
})
