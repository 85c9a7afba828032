import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { installPackages } from '../lab/docker'
import type { Slot } from '../src/release/slot'
import { until } from './nginx'
import { listens } from './web-server'

/**
 * A Flask app under gunicorn, with threads as the examples have it, since a sync worker closes every connection after its
 * answer. One worker: among several, kept connections spread by chance, and one web server would have better luck for good.
 */

export async function ensureFlask(): Promise<void> {
  const files = ['/usr/bin/gunicorn', '/usr/lib/python3/dist-packages/flask']
  if (!files.every((file) => existsSync(file))) await installPackages(['gunicorn', 'python3-flask'])
}

export async function startFlask(slot: Slot, port: number): Promise<ChildProcess> {
  const options = '--worker-class gthread --workers 1 --threads 4 --keep-alive 65 --log-level error'
  const child = spawn(
    '/usr/bin/gunicorn',
    [...options.split(' '), '--bind', `127.0.0.1:${port}`, 'flask_app:app'],
    {
      cwd: __dirname,
      env: { ...process.env, SLOT: slot, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  await until(() => {
    if (child.exitCode !== null) throw new Error(`gunicorn ended with ${child.exitCode}`)
    return listens(port)
  })
  return child
}
