import { countOf } from '../host/fact'
import type { HostFacts } from '../host/facts'
import { findRelease, lastSwitch } from '../release/history'
import { otherSlot, type Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import type { Deploy } from './deploy'

/** What a release asks of a host. Bytes. */
export interface Needs {
  /** GOARCH names, as images carry them; empty when no image is built. */
  readonly architectures: readonly string[]
  readonly imageBytes: number
}

/** `uname -m` → the name images use. */
const machines: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  riscv64: 'riscv64',
  s390x: 's390x',
  ppc64le: 'ppc64le',
}

const spareDisk = 256 * 2 ** 20

/** The slot that takes no traffic. */
export function idleSlot(facts: HostFacts): Slot {
  return facts.live ? otherSlot(facts.live) : 'blue'
}

/** Why a host cannot hold the release, with the numbers. */
export function hostTroubles(host: string, facts: HostFacts, needs: Needs): Trouble[] {
  const found = [
    wrongArchitecture(host, facts, needs),
    lackOfDisk(host, facts, needs),
    lackOfMemory(host, facts),
  ]
  return found.filter((each) => each !== undefined)
}

function wrongArchitecture(
  host: string,
  { machine }: HostFacts,
  { architectures }: Needs,
): Trouble | undefined {
  const architecture = machines[machine] ?? machine
  const wrong = architectures.find((each) => each !== architecture)
  if (!wrong) return undefined
  return new Trouble(
    host,
    `is ${architecture} (${machine}), but the images are built for ${wrong}.`,
    `Build on a runner of the host's architecture, or for it with the input \`platform\` (linux/${architecture}).`,
  )
}

function lackOfDisk(host: string, facts: HostFacts, { imageBytes }: Needs): Trouble | undefined {
  const backups = facts.history.flatMap((event) => (event.event === 'backed-up' ? [event.bytes] : []))
  const backup = 2 * (backups.at(-1) ?? 0)
  const disk = imageBytes + backup + spareDisk
  const [base] = facts.disks
  const fullest = facts.disks.toSorted((one, other) => one.freeBytes - other.freeBytes)[0]
  // What the host could not tell is no reason to refuse it.
  if (!fullest || fullest.freeBytes >= disk) return undefined
  const where = fullest === base ? "where the app's folder is" : 'where Docker keeps its images'
  const parts = [
    ...(imageBytes > 0 ? [`${megabytes(imageBytes)} for images`] : []),
    ...(backup > 0 ? [`${megabytes(backup)} for a backup`] : []),
    `${megabytes(spareDisk)} to spare`,
  ]
  return new Trouble(
    host,
    `has ${megabytes(fullest.freeBytes)} of disk free ${where}, but this deploy needs ${megabytes(disk)}: ${parts.join(', ')}.`,
    'Free disk there (`docker system df` shows what images take), or lower `retire.keep`.',
  )
}

function lackOfMemory(host: string, facts: HostFacts): Trouble | undefined {
  // The second slot will want as much memory as the live one, and gets what the release in it now gives up.
  const liveMemory = countOf(facts.runtime.get('live-memory')) ?? 0
  const idleMemory = countOf(facts.runtime.get('idle-memory')) ?? 0
  const memory = facts.memory && facts.memory.available + idleMemory
  if (memory === undefined || memory >= liveMemory) return undefined
  return new Trouble(
    host,
    `has ${megabytes(memory)} of memory for the second slot, but it needs about ${megabytes(liveMemory)}: what the live one uses, or may use where it has a \`mem_limit\`.`,
    'Free memory there, give the server more, or lower what the services may use.',
  )
}

/** An older run must not go over what a newer run put live. */
export function olderRun(host: string, facts: HostFacts, run: number): Trouble | undefined {
  const live = facts.live && facts.releases[facts.live]
  // What is live may always be brought to its end.
  if (live !== undefined && findRelease(facts.history, live)?.run === run) return undefined
  const last = lastSwitch(facts.history, live)
  if (run > last.run || (run === last.run && !last.byHand)) return undefined
  const who = last.byHand ? 'a person' : `run ${last.run}`
  return new Trouble(
    host,
    `${who} switched this host after run ${run} began; this run is older than what is live.`,
    'To go back on purpose use the rollback action; to go on push anew.',
  )
}

/** For the steps after ship, which a person may run again long after. @throws {Trouble} */
export function refuseOlderRun({ hosts }: Deploy, run: number): void {
  for (const { name, facts } of hosts) {
    const older = olderRun(name, facts, run)
    if (older) throw older
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`
}
