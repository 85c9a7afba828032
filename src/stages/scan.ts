import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { archiveOf } from '../images/archive'
import type { Exec } from '../images/exec'
import { readFindings } from '../images/findings'
import type { Layout } from '../images/layout'
import { ensureScanner } from '../images/scanner'
import { type Finding, over, type Severity } from '../release/findings'
import { Trouble } from '../release/trouble'

/** osv-scanner's own, for a runner that has a database of its own; no request goes out then. */
const databaseVariable = 'OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY'

export interface ScanRequest {
  /** Built images; without them the files of `projectDir` are looked at, for the packages that they name. */
  readonly layout: Layout | undefined
  readonly projectDir: string
  /** Path of the file of accepted findings, relative to `projectDir`; there need be none. */
  readonly accepted: string
  /** A folder that gets a list of each image's packages, in the form of SPDX. */
  readonly lists: string
  /** Where the scanner is kept. */
  readonly tools: string
}

/**
 * Looks for known vulnerabilities in what would be deployed.
 *
 * @throws {Trouble} when the scanner could not work; findings are no trouble here.
 */
export async function scan(exec: Exec, request: ScanRequest): Promise<readonly Finding[]> {
  const { layout, projectDir, lists } = request
  const accepted = await readAccepted(request)
  const scanner = await ensureScanner(exec, request.tools)
  const run = (target: string, args: readonly string[]) =>
    exec(scanner, ['scan', target, ...args], { env: environment() })

  const lookUp = async (targets: readonly string[], where: (source: string) => string) => {
    const offline = process.env[databaseVariable] === undefined ? [] : ['--offline']
    const config = accepted ? ['--config', accepted] : []
    const { code, stdout, stderr } = await run('source', [
      '--format',
      'json',
      ...offline,
      ...config,
      ...targets,
    ])
    if (code === nothingToScan) return []
    if (code !== clean && code !== vulnerable) throw unusable(code, stderr)
    try {
      return readFindings(where, stdout)
    } catch (error) {
      throw unusable(code, `${(error as Error).message}\n${stderr}`)
    }
  }

  if (!layout) return lookUp(['--recursive', projectDir], (source) => relative(projectDir, source))
  await mkdir(lists, { recursive: true })
  const files: string[] = []
  for (const services of sharedImages(layout)) {
    await withArchive(layout, services[0]!, async (archive) => {
      // Scanned directly, an image whose packages nobody could look up would pass for one without findings. So it only
      // says what is in it.
      const asked = ['--offline', '--all-packages', '--format', 'spdx-2-3', '--archive', archive]
      const { code, stdout, stderr } = await run('image', asked)
      if (code === nothingToScan) return
      if (code !== clean && code !== vulnerable) throw unusable(code, stderr)
      for (const service of services) {
        const file = join(lists, `${service}.spdx.json`)
        await writeFile(file, stdout)
        files.push('--lockfile', file)
      }
    })
  }
  return files.length === 0 ? [] : lookUp(files, (source) => basename(source, '.spdx.json'))
}

/** The services of each image: those that run the same one are together. */
function sharedImages({ images }: Layout): string[][] {
  const services = new Map<string, string[]>()
  for (const [service, { manifestDigest }] of Object.entries(images))
    services.set(manifestDigest, [...(services.get(manifestDigest) ?? []), service])
  return [...services.values()]
}

/** What osv-scanner ends with. */
const clean = 0
const vulnerable = 1
const nothingToScan = 128

/** @throws {Trouble} when something is as bad as the limit, or worse. */
export function refuseFindings(findings: readonly Finding[], limit: Severity, accepted: string): void {
  const wrong = over(findings, limit)
  const [first] = wrong
  if (!first) return
  const others = wrong.length > 1 ? ` and ${wrong.length - 1} more` : ''
  throw new Trouble(
    'Scan',
    `${first.name} ${first.version} of ${first.where} has ${first.id} (${first.severity})${others}; the limit is \`${limit}\`. Nothing was shipped.`,
    `Take versions without it (the table in the summary names them all), or accept a finding for a time: a block \`[[IgnoredVulns]]\` with id, ignoreUntil and reason in ${accepted}.`,
  )
}

/** Nothing is accepted for ever: whoever accepts has to look again. */
async function readAccepted({ projectDir, accepted }: ScanRequest): Promise<string | undefined> {
  const file = join(projectDir, accepted)
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Trouble(accepted, `cannot be read (${error.code}).`, 'Make it a file of this checkout.')
  })
  if (content === undefined) return undefined
  const endless = withoutEnd(content)
  if (endless === undefined) return file
  throw new Trouble(
    `${accepted}, line ${endless}`,
    'accepts a finding for ever.',
    'Say until when: `ignoreUntil = 2027-01-31` (`effectiveUntil` in PackageOverrides).',
  )
}

/** The line of the first block that has no date at which it ends. */
export function withoutEnd(toml: string): number | undefined {
  const lines = toml.split('\n')
  const starts = lines.flatMap((line, index) => (/^\s*\[/.test(line) ? [index] : []))
  for (const [position, start] of starts.entries()) {
    const end = /^\s*\[\[\s*(IgnoredVulns|PackageOverrides)\s*\]\]/.exec(lines[start]!)
    if (!end) continue
    const date =
      end[1] === 'IgnoredVulns' ? /^\s*ignoreUntil\s*=\s*\d{4}-/ : /^\s*effectiveUntil\s*=\s*\d{4}-/
    if (!lines.slice(start, starts[position + 1]).some((line) => date.test(line))) return start + 1
  }
  return undefined
}

async function withArchive(
  layout: Layout,
  service: string,
  work: (file: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kawasemi-scan-'))
  try {
    const file = join(folder, 'image.tar')
    const image = layout.images[service]!
    await writeFile(
      file,
      archiveOf(layout, [{ tag: `kawasemi/${service.toLowerCase()}:scan`, image, known: 0 }]),
    )
    await work(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The scanner needs nothing of the run; the proxy of the runner's environment it does. */
function environment(): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'TMPDIR',
    'HTTPS_PROXY',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
    'SSL_CERT_FILE',
  ]
  const given = [...names, databaseVariable].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(given)
}

function unusable(code: number, said: string): Trouble {
  return new Trouble(
    'Scan',
    `the scanner ended with ${code}, so nothing is known.`,
    'See its last lines; it has to reach api.osv.dev. Run it again.',
    said.split('\n').slice(-20),
  )
}
