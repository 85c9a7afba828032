import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeFilesHost } from '../__tests__/integration/host/files-host'
import { type Sshd, startSshd } from '../__tests__/integration/host/sshd'
import type { Slot } from '../src/release/slot'
import { type Part, renderTable } from './part'
import { startCountingWire } from './wire'

/**
 * What a release of files costs on the wire, against `rsync -azc` over the same SSH server: all bytes of the connection,
 * both directions, with the handshake; and the time from its first byte to its end, with ours reading the files, taking
 * the lease and giving it back.
 */

const shape = { folders: 50, filesEach: 100, fileBytes: 9_400, bundleBytes: 3_000_000 }

interface Row {
  readonly name: string
  /** What happens to the product before it is shipped. */
  readonly change: (source: string) => void
}

const rows: readonly Row[] = [
  { name: 'first shipment', change: () => undefined },
  {
    name: 'one line changed',
    change: (source) => appendFileSync(fileAt(source, 7, 42), 'one_more = True\n'),
  },
  { name: 'one line of a 3 MB file', change: (source) => insertLine(bundleOf(source)) },
  { name: 'nothing changed', change: () => undefined },
]

export interface FilesResult {
  row: string
  bytes: { kawasemi: number; rsync: number }
  /** Milliseconds. */
  time: { kawasemi: number; rsync: number }
}

function fileAt(source: string, folder: number, file: number): string {
  return join(source, `package_${folder}`, `module_${file}.py`)
}

function bundleOf(source: string): string {
  return join(source, 'bundle.js')
}

function insertLine(file: string): void {
  const text = readFileSync(file, 'utf8')
  const middle = text.indexOf('\n', text.length / 2) + 1
  writeFileSync(file, `${text.slice(0, middle)}one_more = true\n${text.slice(middle)}`)
}

/** Text that compresses about as source code does; the same in every run. */
function makeProduct(source: string): void {
  let state = 1
  const random = (below: number) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
  const words = Array.from({ length: 3000 }, () =>
    Array.from({ length: 3 + random(8) }, () => String.fromCharCode(97 + random(26))).join(''),
  )
  const text = (bytes: number) => {
    let text = ''
    while (text.length < bytes)
      text += `    ${words[random(3000)]}_${words[random(3000)]} = ${words[random(3000)]}(${random(100000)})\n`
    return text
  }
  writeFileSync(bundleOf(source), text(shape.bundleBytes))
  for (let folder = 0; folder < shape.folders; folder++) {
    mkdirSync(join(source, `package_${folder}`))
    for (let file = 0; file < shape.filesEach; file++)
      writeFileSync(fileAt(source, folder, file), text(shape.fileBytes))
  }
}

function ensureRsync(): void {
  if (spawnSync('rsync', ['--version']).status === 0) return
  const install =
    'apt-get update -qq; apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends rsync'
  execFileSync('sh', ['-c', process.getuid?.() === 0 ? install : `sudo -n sh -c '${install}'`], {
    stdio: 'ignore',
  })
}

async function measured(sshd: Sshd, work: (port: number) => Promise<void>) {
  const wire = await startCountingWire(sshd.port)
  const began = performance.now()
  try {
    await work(wire.port)
    return { bytes: wire.bytes(), time: performance.now() - began }
  } finally {
    await wire.stop()
  }
}

async function measureAll(): Promise<FilesResult[]> {
  ensureRsync()
  const folder = mkdtempSync(join(tmpdir(), 'bench-files-'))
  const source = join(folder, 'source')
  mkdirSync(source)
  makeProduct(source)
  const sshd = await startSshd()
  const host = makeFilesHost(sshd)
  const key = join(folder, 'key')
  writeFileSync(key, sshd.userKey.privateKey, { mode: 0o600 })
  try {
    const results: FilesResult[] = []
    for (const [index, row] of rows.entries()) {
      row.change(source)
      const ours = await measured(sshd, async (port) => {
        const session = await host.open(port)
        await host.ship(session, `r${index}`, source)
        await session.release()
        await session.close()
      })
      const slot: Slot = index % 2 === 0 ? 'blue' : 'green'
      host.golive(slot, `r${index}`)
      const theirs = await measured(sshd, (port) => rsync(source, join(folder, 'rsync'), sshd, key, port))
      results.push({
        row: row.name,
        bytes: { kawasemi: ours.bytes, rsync: theirs.bytes },
        time: { kawasemi: ours.time, rsync: theirs.time },
      })
    }
    return results
  } finally {
    await host.stop()
    await sshd.stop()
    rmSync(folder, { recursive: true })
  }
}

/** As a process beside this one, which has to carry its bytes meanwhile. */
async function rsync(source: string, to: string, sshd: Sshd, key: string, port: number): Promise<void> {
  const known = `${key}.known`
  writeFileSync(known, sshd.hostKeys.map(({ publicKey }) => `[127.0.0.1]:${port} ${publicKey}\n`).join(''))
  const ssh = `ssh -p ${port} -i ${key} -F none -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${known}`
  await promisify(execFile)('rsync', [
    '-azc',
    '--delete',
    '-e',
    ssh,
    `${source}/`,
    `${sshd.user}@127.0.0.1:${to}/`,
  ])
}

export const filesPart: Part = {
  name: 'files',
  async run() {
    const data = await measureAll()
    const head = ['50 MB in 5,000 files', 'bytes', 'rsync -azc', 'ratio', 'ms', 'rsync ms']
    const table = renderTable(
      head,
      data.map(({ row, bytes, time }) => [
        row,
        bytes.kawasemi,
        bytes.rsync,
        bytes.kawasemi / bytes.rsync,
        Math.round(time.kawasemi),
        Math.round(time.rsync),
      ]),
    )
    return { data, table }
  },
}
