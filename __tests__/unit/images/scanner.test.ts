import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureScanner } from '../../../src/images/scanner'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kawasemi-scanner-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a source that is not what was pinned is not built', async () => {
  const asked: string[] = []
  const exec = async (_: string, [command = '']: readonly string[]) => {
    asked.push(command)
    return { code: 0, stdout: JSON.stringify({ Sum: 'h1:other', Dir: folder }), stderr: '' }
  }
  await expect(ensureScanner(exec, folder)).rejects.toThrow(/should have the sum h1:\S+, but has h1:other/)
  expect(asked).toEqual(['mod'])
})

test('without Go it says what to install', async () => {
  const exec = () => Promise.reject(new Error('not found'))
  await expect(ensureScanner(exec, folder)).rejects.toThrow(/Install Go/)
})
