import { spawn } from 'node:child_process'
import type { Exec } from '../src/images/exec'

/** Exec with nothing but Node, as the actions' one behaves. */
export const localExec: Exec = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env })
    const out = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        out[name] += text
        for (const line of text.split('\n').filter((each) => each !== '')) options.onLine?.(line)
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, ...out }))
    child.stdin.on('error', () => undefined).end(options.stdin ?? '')
  })
