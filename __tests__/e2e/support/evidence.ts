import { must } from '../../../lab/run'
import type { LabServer } from '../../../lab/server'

/* What a server itself says of what happened there. */

const base = '/srv/td-buddy'

async function read(server: LabServer, program: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}`)
  return stdout
}

export interface LedgerLine {
  readonly event: string
  readonly release: string
  readonly owner: string
  readonly [field: string]: unknown
}

export async function readLedger(server: LabServer): Promise<LedgerLine[]> {
  const text = await read(server, `cat ${base}/ledger.jsonl`)
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as LedgerLine]))
}

/** What happened in the course of a run, in order. */
export async function eventsOf(server: LabServer, run: number): Promise<string[]> {
  const lines = await readLedger(server)
  return lines.filter(({ owner }) => owner.startsWith(`${run}/`)).map(({ event }) => event)
}

export async function readLiveLink(server: LabServer): Promise<string> {
  return (await read(server, `readlink ${base}/live`)).trim()
}

export interface Lease {
  readonly owner: string
  /** Whether it is somebody's now, by the host's clock. */
  readonly held: boolean
}

export async function readLease(server: LabServer): Promise<Lease> {
  const [now, text] = (await read(server, `date +%s; cat ${base}/lease.json`)).split('\n') as [string, string]
  const { owner, expires } = JSON.parse(text) as { owner: string; expires: number }
  return { owner, held: expires > Number(now) }
}

export interface LoggedRequest {
  /** Seconds since 1970. */
  readonly ended: number
  readonly slot: string
  readonly status: number
  readonly path: string
}

/** What the web server answered, and from which slot. */
export async function readAccessLog(server: LabServer): Promise<LoggedRequest[]> {
  const text = await read(server, `cat ${base}/shared/logs/access.log`)
  return text.split('\n').flatMap((line) => {
    const [ended, slot, status, , , , , path] = line.split('\t')
    return path === undefined ? [] : [{ ended: Number(ended), slot: slot!, status: Number(status), path }]
  })
}

/** Names of the containers that run in a slot. */
export async function readSlot(server: LabServer, slot: 'blue' | 'green'): Promise<string[]> {
  const names = await read(
    server,
    `docker ps --filter label=com.docker.compose.project=td-buddy-${slot} --format '{{.Label "com.docker.compose.service"}}'`,
  )
  return names
    .split('\n')
    .filter((name) => name !== '')
    .sort()
}

/** What a query gives, a line for each row. */
export async function query(server: LabServer, sql: string): Promise<string> {
  const container =
    'docker ps -q --filter label=com.docker.compose.project=td-buddy-accessories --filter label=com.docker.compose.service=postgres'
  const psql = `docker exec -i $(${container}) psql -U td_user -d td_buddy -qAtX`
  return (await must('docker', ['exec', '-i', server.name, 'sh', '-c', psql], { input: sql })).trim()
}

/** Seeds of the generations that are stored. */
export async function storedSeeds(server: LabServer, prefix: string): Promise<string[]> {
  const sql = `SELECT parameters->>'seed' FROM generation_history WHERE parameters->>'seed' LIKE '${prefix}%';`
  const seeds = await query(server, sql)
  return seeds === '' ? [] : seeds.split('\n').sort()
}

/** Lets sshd tell of every session it starts. */
export async function watchSshd(server: LabServer): Promise<void> {
  await read(
    server,
    "printf 'LogLevel VERBOSE\\n' >/etc/ssh/sshd_config.d/0-verbose.conf; systemctl reload ssh; iptables -I INPUT -p tcp --dport 22",
  )
}

export interface SshTraffic {
  readonly connections: number
  readonly execChannels: number
  /** That came in for sshd, the headers of TCP and IP included. */
  readonly bytes: number
}

/** What sshd and the kernel counted while something was done. */
export async function countSsh<Result>(
  server: LabServer,
  work: () => Promise<Result>,
): Promise<{ result: Result; traffic: SshTraffic }> {
  const cursor = (await read(server, 'journalctl -q -n 1 -o cat --show-cursor'))
    .split('-- cursor: ')[1]!
    .trim()
  await read(server, 'iptables -Z INPUT')
  const result = await work()
  const log = await read(
    server,
    `journalctl --sync; journalctl -q -o cat -t sshd -t sshd-session --after-cursor '${cursor}'`,
  )
  const counters = await read(server, 'iptables -nvxL INPUT')
  return {
    result,
    traffic: {
      connections: log.match(/^Accepted publickey for deploy /gm)?.length ?? 0,
      execChannels: log.match(/^Starting session: .* for deploy /gm)?.length ?? 0,
      bytes: Number(/^\s*\d+\s+(\d+)\s.*dpt:22\b/m.exec(counters)?.[1] ?? Number.NaN),
    },
  }
}
