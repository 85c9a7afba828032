import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ensureScanner } from '../src/images/scanner'
import { alone, cacheFolder } from './cache'
import { run } from './run'

/** A vulnerability that the lab makes up. All versions of the package have it. */
export interface Advisory {
  readonly id: string
  /** As OSV calls them: `npm`, `PyPI`, `Debian:12`. */
  readonly ecosystem: string
  readonly name: string
}

/** Of the images and lock files of the examples; the scanner wants to know something of each. */
const ecosystems = ['npm', 'PyPI', 'Debian', 'Alpine']

/** RUNNER_TOOL_CACHE of the lab's workflow runs: what they make in it, such as the scanner, is made once. */
export function toolCache(): string {
  const folder = join(cacheFolder(), 'tools')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** What a job needs to scan for the lab's own vulnerabilities: Go makes the scanner once, which takes minutes. */
export async function ensureScan(
  folder: string,
  advisories: readonly Advisory[],
): Promise<Record<string, string>> {
  const exec = (command: string, args: readonly string[], { cwd }: { cwd?: string } = {}) =>
    run(command, [...args], cwd === undefined ? {} : { cwd })
  await alone('scanner', () => ensureScanner(exec, join(toolCache(), 'kawasemi')))
  for (const ecosystem of ecosystems) {
    const file = join(folder, 'osv-scalibr', ecosystem, 'all.zip')
    mkdirSync(dirname(file), { recursive: true })
    const known = advisories.filter((each) => each.ecosystem.split(':')[0] === ecosystem)
    const unused = { id: 'LAB-0', ecosystem, name: 'nobody-uses-this' }
    writeFileSync(
      file,
      zip([unused, ...known].map((each) => [`${each.id}.json`, JSON.stringify(entry(each))])),
    )
  }
  return { OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY: folder }
}

function entry({ id, ecosystem, name }: Advisory): object {
  const time = '2026-01-01T00:00:00Z'
  const worst = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }]
  const affected = [{ package: { ecosystem, name }, ranges }]
  return { schema_version: '1.6.0', id, published: time, modified: time, severity: [worst], affected }
}

/** An archive of a few small files, not compressed. */
function zip(files: readonly (readonly [name: string, content: string])[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const [path, data] = [Buffer.from(name), Buffer.from(content)]
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(path.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, path)
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data])
    bodies.push(body)
    offset += body.length
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(Buffer.concat(directory).length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, ...directory, Buffer.from('PK\x05\x06'), end])
}
