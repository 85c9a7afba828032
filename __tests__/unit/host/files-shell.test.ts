import { spawnSync } from 'node:child_process'
import { filesLibrary } from '../../../src/host/files'
import { leaseLibrary, prelude, stageLibrary } from '../../../src/host/libraries'
import { call, renderProgram } from '../../../src/host/program'

test('passes sh -n and shellcheck', () => {
  const program = renderProgram(
    [prelude, leaseLibrary, stageLibrary, filesLibrary],
    [call('files_take', 'r')],
  )
  expect(spawnSync('sh', ['-n'], { input: program, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
  // SC2154: its variables come from the prelude and the stage. SC2015: a failed test is meant to fail the whole line.
  const args = ['--shell=sh', '--exclude=SC2154,SC2015', '-']
  const { error, stdout } = spawnSync('shellcheck', args, { input: filesLibrary, encoding: 'utf8' })
  if (error && !process.env.CI) return
  expect(stdout).toBe('')
})

/** What comes out of the frames, and with which status. */
function unframed(input: string): { out: string; status: number | null } {
  const { stdout, status } = spawnSync('sh', ['-c', `${filesLibrary}\nfiles_frames`], {
    input,
    encoding: 'latin1',
  })
  return { out: stdout, status }
}

test.each([
  ['one frame', '00000003abc00000000', 'abc', 0],
  [
    'several, with bytes that look like frames',
    '0000000800000000' + '00000001x' + '00000000',
    '00000000x',
    0,
  ],
  ['what follows the end', '00000000rest', '', 0],
  ['no end', '00000003abc', 'abc', 1],
  ['a frame that was cut', '00000009abc', 'abc', 1],
  ['a size that was cut', '00000003abc0000', 'abc', 1],
  ['nothing', '', '', 1],
  ['something else', 'hello world, how are you', '', 1],
  ['a size that is none', '000000-1abc', '', 1],
])('frames: %s', (_, input, out, status) => {
  expect(unframed(input)).toEqual({ out, status })
})
