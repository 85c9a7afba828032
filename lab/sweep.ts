import { hostname } from 'node:os'
import { isAlive } from './cache'
import { LABEL } from './docker'
import { must, run } from './run'

/** The label that names the process a server belongs to. */
export const CREATOR = `${LABEL}.creator`

/** This process, as the label has it. */
export function creator(): string {
  return `${hostname()}:${process.pid}`
}

/** Removes the servers of processes that are gone: tests that were killed cannot clean up after themselves. */
export async function sweep(): Promise<void> {
  await remove('container', isGone)
  await remove('volume', isGone)
}

/** Removes every container and volume of the lab, those of running processes too. */
export async function removeAll(): Promise<void> {
  await remove('container', () => true)
  await remove('volume', () => true)
}

function isGone(owner: string): boolean {
  const [host, pid] = owner.split(':')
  return host === hostname() && !isAlive(Number(pid))
}

async function remove(kind: 'container' | 'volume', unwanted: (owner: string) => boolean): Promise<void> {
  const all = kind === 'container' ? ['--all'] : []
  const name = kind === 'container' ? '.Names' : '.Name'
  const format = `{{${name}}} {{.Label "${CREATOR}"}}`
  const listed = await must('docker', [kind, 'ls', ...all, '--filter', `label=${LABEL}`, '--format', format])
  for (const line of listed.split('\n').filter(Boolean)) {
    const [found = '', owner = ''] = line.split(' ')
    if (!unwanted(owner)) continue
    await run('docker', [kind, 'rm', '--force', ...(kind === 'container' ? ['--volumes'] : []), found])
  }
}
