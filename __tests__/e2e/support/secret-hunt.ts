import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A value as programs print it: line by line, plain, in base64, for a URL, inside JSON. */
export function formsOf(value: string): string[] {
  const parts = new Set([value, ...value.split('\n')].filter((part) => part.trim().length >= 8))
  return [...parts].flatMap((part) => {
    const base64 = Buffer.from(part).toString('base64')
    return [part, base64.replace(/=+$/, ''), encodeURIComponent(part), JSON.stringify(part).slice(1, -1)]
  })
}

/** For `grep -F -f`: one line for each form. */
export function patterns(values: readonly string[]): string {
  return `${[...new Set(values.flatMap(formsOf))].filter((form) => !form.includes('\n')).join('\n')}\n`
}

export function findIn(text: string, values: readonly string[]): string[] {
  return values.filter((value) => formsOf(value).some((form) => text.includes(form)))
}

/** A log as GitHub shows it: what was masked is not there, and neither are the lines that masked it. */
export function masked(log: string): string {
  const lines = log.split('\n')
  const masks = lines.flatMap((line) => (line.startsWith('::add-mask::') ? [decode(line.slice(12))] : []))
  let text = lines.filter((line) => !line.startsWith('::add-mask::')).join('\n')
  for (const mask of masks.sort((one, other) => other.length - one.length))
    text = text.replaceAll(mask, '***')
  return text
}

function decode(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%')
}

export interface Watch {
  /** Ends it: the command lines that held a value, and how often all of them were looked at. */
  stop(): Promise<{ hits: string[]; samples: number }>
}

/**
 * Looks at the command lines of all processes again and again: this machine's, and with them those of servers and
 * containers that run on it.
 */
export function watchCommandLines(values: readonly string[]): Watch {
  const folder = mkdtempSync(join(tmpdir(), 'kawasemi-watch-'))
  const list = join(folder, 'patterns')
  writeFileSync(list, patterns(values), { mode: 0o600 })
  const loop = `while [ -d "$1" ]; do
    grep -aFHf "$1/patterns" /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '
    printf '\\nsample\\n'
    sleep 0.05
  done`
  const child = spawn('sh', ['-c', loop, 'sh', folder], { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  return {
    stop: async () => {
      rmSync(folder, { recursive: true, force: true })
      await ended
      const lines = text.split('\n').filter((line) => line !== '')
      return {
        hits: [...new Set(lines.filter((line) => line !== 'sample'))],
        samples: lines.filter((line) => line === 'sample').length,
      }
    },
  }
}
