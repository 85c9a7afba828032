import { type Call, call } from '../../../src/host/program'
import { type Folder, fullDisk, makeFolder } from './shell'

/** What a full disk does to our files, also where `set -e` is off: nothing, and whoever writes is told. */

let folder: Folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

/** Tells what became of the call, which runs in a condition. */
const tried = 'tried() { if "$@"; then note written; else note refused; fi; }'
const onFullDisk = (blocks: string, { name, args }: Call, token = 0) =>
  folder.run([fullDisk, tried], [call('full_disk', blocks), call('tried', name, ...args)], { token }).output

// Nothing of the new file fits, or only its beginning.
describe.each(['0', '1'])('with room for %s blocks', (blocks) => {
  const long = 'x'.repeat(2000)

  test.each([
    ['put', long],
    ['put_base64', Buffer.from(long).toString('base64')],
  ])('%s leaves the file that is there', (name, content) => {
    folder.write('file', 'good\n')
    expect(onFullDisk(blocks, call(name, `${folder.base}/file`, '0640', content))).toContain('refused\n')
    expect(folder.read('file')).toBe('good\n')
  })

  test('a line that is not in the ledger is told', () => {
    expect(onFullDisk(blocks, call('ledger', `"event":"baked","note":"${long}"`))).toContain('refused\n')
  })
})

test('a program that ends leaves the lease that is there', () => {
  const lease = '{"token":4,"expires":99999999999,"owner":"7/1/deploy","url":"u","since":1}\n'
  folder.write('lease.json', lease)
  expect(onFullDisk('0', call('lease_leave', '0'), 4)).toContain('refused\n')
  expect(folder.read('lease.json')).toBe(lease)
  folder.write('runs/dropped', '4')
  expect(onFullDisk('0', call('lease_leave', '0'), 4)).toContain('refused\n')
  expect(folder.read('lease.json')).toBe(lease)
})
