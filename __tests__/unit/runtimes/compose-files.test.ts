import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCopies } from '../../../src/runtimes/compose-files'

describe('files of the checkout that containers see', () => {
  let outer: string
  let dir: string
  beforeEach(() => {
    outer = mkdtempSync(join(tmpdir(), 'kawasemi-files-'))
    dir = join(outer, 'checkout')
    mkdirSync(join(dir, 'conf/deep'), { recursive: true })
    writeFileSync(join(dir, 'conf/a'), 'A')
    writeFileSync(join(dir, 'conf/deep/run.sh'), 'B')
    chmodSync(join(dir, 'conf/deep/run.sh'), 0o755)
    writeFileSync(join(outer, 'outside'), 'C')
  })
  afterEach(() => rmSync(outer, { recursive: true }))
  const copy = (from: string, secret?: { required: boolean }) => ({
    from,
    to: `files/${from}`,
    where: 'c.yml: services.web.volumes',
    ...(secret && { secret }),
  })
  const read = (...copies: Parameters<typeof readCopies>[1]) =>
    readCopies(dir, copies).map(({ path, content, mode }) => [path, String(content), mode.toString(8)])

  it('are read with the folders they are in, and stay executable', () => {
    expect(read(copy('conf'), copy('conf/a'))).toEqual([
      ['files/conf/a', 'A', '644'],
      ['files/conf/deep/run.sh', 'B', '755'],
    ])
  })

  it('stay secret as env files, which may be missing where they need not be there', () => {
    expect(
      read(copy('conf/a'), copy('conf/a', { required: true }), copy('no.env', { required: false })),
    ).toEqual([['files/conf/a', 'A', '600']])
    expect(() => read(copy('no.env', { required: true }))).toThrow(
      /services\.web.*no\.env is not in the repository.*`env` input/,
    )
  })

  it('are refused where they seem to be data', () => {
    mkdirSync(join(dir, 'uploads'))
    expect(() => read(copy('uploads'))).toThrow(
      /uploads is not in the repository or holds no files.*named volume/,
    )
    expect(() => read(copy('nowhere'))).toThrow(/nowhere is not in the repository/)
  })

  it('are followed through symlinks, but not out of the checkout', () => {
    symlinkSync('deep', join(dir, 'conf/link'))
    expect(read(copy('conf')).map(([path]) => path)).toContain('files/conf/link/run.sh')
    symlinkSync('..', join(dir, 'conf/deep/loop'))
    expect(() => read(copy('conf'))).toThrow(/conf\/deep\/loop is a symlink to a folder it is in/)
    rmSync(join(dir, 'conf/deep/loop'))
    symlinkSync('../../outside', join(dir, 'conf/out'))
    expect(() => read(copy('conf'))).toThrow(/conf\/out is a symlink that leads out of the repository/)
    expect(() => read(copy('conf/out'))).toThrow(/leads out of the repository/)
    rmSync(join(dir, 'conf/out'))
    symlinkSync('gone', join(dir, 'conf/out'))
    expect(() => read(copy('conf'))).toThrow(/leads nowhere/)
  })

  it('are bounded in size and number', () => {
    writeFileSync(join(dir, 'conf/big'), Buffer.alloc(8 * 1024 * 1024))
    expect(() => read(copy('conf'))).toThrow(/larger than 8 MB/)
    rmSync(join(dir, 'conf/big'))
    for (let i = 0; i < 2001; i++) writeFileSync(join(dir, 'conf', String(i)), '')
    expect(() => read(copy('conf'))).toThrow(/more than 2000/)
  })
})
