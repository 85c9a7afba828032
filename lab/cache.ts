import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { until } from './run'

/** Where the lab keeps what is not inside Docker: logs, locks, work in progress. */
export function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kawasemi-lab')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Runs `work` while no other process of this user runs work under the same name. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const file = join(cacheFolder(), `${name}.lock`)
  await until(
    async () => take(file),
    1800,
    () => `Another process has held ${file} for half an hour. If there is none, remove the file.`,
  )
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (holderIsGone(file)) rmSync(file, { force: true })
    return false
  }
}

function holderIsGone(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    // An empty file is a lock being taken at this moment.
    return pid > 0 && !isAlive(pid)
  } catch {
    return false
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
