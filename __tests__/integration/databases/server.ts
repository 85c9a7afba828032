import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must, run } from '../../../lab/run'
import type { Shell } from './database-host'

/**
 * A database server in a container. It is an accessory as Compose labels it; and, since the tools are in there too, a
 * host whose own programs reach a server.
 */
export class Server {
  readonly container: string
  /** A folder of an app on that host: here and there under the same path. Its `backups` is as small as asked for. */
  readonly base: string
  readonly shell: Shell

  constructor(
    readonly app: string,
    private readonly image: string,
    private readonly env: Record<string, string>,
  ) {
    this.container = `${app}-db`
    this.base = mkdtempSync(join(tmpdir(), 'kawasemi-server-'))
    this.shell = ['docker', 'exec', '-i', this.container, 'sh']
  }

  async start(): Promise<void> {
    const label = 'com.docker.compose'
    await must('docker', [
      ...['run', '-d', '--name', this.container, '--label', 'kawasemi.lab=1'],
      ...['--label', `${label}.project=${this.app}-accessories`, '--label', `${label}.service=db`],
      ...['--label', `${label}.oneoff=False`, '-v', `${this.base}:${this.base}`],
      ...['--tmpfs', `${this.base}/full:size=16k`],
      ...Object.entries(this.env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
      this.image,
    ])
  }

  /** Runs a program in the container; its words reach it as they are. */
  exec(...words: string[]): Promise<string> {
    return must('docker', ['exec', this.container, ...words])
  }

  tried(...words: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
    return run('docker', ['exec', this.container, ...words])
  }

  async remove(): Promise<void> {
    await must('docker', ['rm', '-f', '-v', this.container])
  }
}

/** What people and generators put into names and passwords; no line break, which is refused. */
export const nasty = [
  "'",
  '"',
  '`',
  '$',
  '$(x)',
  '\\',
  ' ',
  '#',
  ';',
  ':',
  '%',
  '@',
  '/',
  '=',
  '*',
  '&',
  '|',
  '<',
  '>',
  '!',
  '\t',
  'é',
  '水',
  'a',
  '-',
]
