import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { detachLibrary } from '../../../src/host/libraries'
import { call, renderProgram } from '../../../src/host/program'

test('what an earlier program left in the folder never passes for the end of this one', () => {
  const base = mkdtempSync(join(tmpdir(), 'kawasemi-runs-'))
  try {
    const run = join(base, '1-1-ship')
    mkdirSync(run)
    const { pid } = spawnSync('true')
    writeFileSync(join(run, 'pid'), `${pid}\n`)
    writeFileSync(join(run, 'status'), '0\n')
    const program = `sleep 0.2; echo $$ >'${run}/pid'; echo working; echo 7 >'${run}/status'`
    const { status, stdout } = spawnSync('sh', [], {
      input: renderProgram([detachLibrary], [call('start_and_follow', run, program)]),
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 7, stdout: 'working\n' })
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
})
