import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sendFiles } from '../../../src/host/files'
import { readFiles } from '../../../src/host/files-read'
import { HostSession } from '../../../src/host/session'
import type { Reporter } from '../../../src/release/report'
import type { Slot } from '../../../src/release/slot'
import type { Sshd } from './sshd'

/** A base folder as setup-host makes it, on this machine, behind an SSH server. */
export interface FilesHost {
  readonly base: string
  open(port?: number): Promise<HostSession>
  /** Ships the folder as a release. */
  ship(session: HostSession, release: string, source: string): ReturnType<typeof sendFiles>
  /** What the stages after it do: the release is in the slot, and the slot takes traffic. */
  golive(slot: Slot, release: string): void
  /** The path of a release's file. */
  at(release: string, path: string): string
  readonly warnings: string[]
  stop(): Promise<void>
}

export function makeFilesHost(sshd: Sshd): FilesHost {
  const base = mkdtempSync(join(tmpdir(), 'files-host-'))
  for (const folder of ['slots/blue', 'slots/green', 'releases', 'runs'])
    mkdirSync(join(base, folder), { recursive: true })
  const warnings: string[] = []
  const nothing = () => undefined
  const reporter: Reporter = {
    stageBegin: nothing,
    stageEnd: nothing,
    stepBegin: nothing,
    stepEnd: nothing,
    info: nothing,
    output: nothing,
    warning: (message) => void warnings.push(message),
  }
  const sessions: HostSession[] = []
  const link = (target: string, path: string) => {
    rmSync(path, { force: true })
    symlinkSync(target, path)
  }
  return {
    base,
    warnings,
    async open(port = sshd.port) {
      const session = await HostSession.open({
        app: 'shop',
        ssh: {
          ...sshd.options,
          port,
          knownHosts: sshd.hostKeys.map(({ publicKey }) => `[127.0.0.1]:${port} ${publicKey}`).join('\n'),
        },
        base,
        owner: { id: '1/1/deploy', url: 'https://ci.example/1' },
        runtimeLibrary: 'runtime_facts() { :; }',
        reporter,
        wait: () => Promise.resolve(),
      })
      sessions.push(session)
      await session.take()
      return session
    },
    ship: async (session, release, source) => sendFiles(session, release, await readFiles(source, '')),
    golive(slot, release) {
      link(`../../releases/${release}`, join(base, 'slots', slot, 'release'))
      link(`slots/${slot}`, join(base, 'live'))
    },
    at: (release, path) => join(base, 'releases', release, 'files', path),
    async stop() {
      await Promise.all(sessions.map((session) => session.close()))
      rmSync(base, { recursive: true })
    },
  }
}

/** A wire that is cut once this many bytes have gone to the host; the connections after that one are whole. */
export async function startWireCutAfter(target: number, bytes: number) {
  let left = bytes
  const cuts = new Set<() => void>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    const cut = () => {
      near.destroy()
      far.destroy()
    }
    cuts.add(cut)
    near.on('error', cut).on('close', cut)
    far.on('error', cut).on('close', cut)
    far.pipe(near)
    near.on('data', (chunk: Buffer) => {
      if (left > 0) {
        left -= chunk.length
        if (left <= 0) return cut()
      }
      if (!far.write(chunk)) {
        near.pause()
        far.once('drain', () => near.resume())
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    wasCut: () => left <= 0,
    stop: () => {
      for (const cut of cuts) cut()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
