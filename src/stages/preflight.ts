import type { HostFacts } from '../host/facts'
import { findRelease, lastSwitchRun } from '../release/history'
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

/** Refuses a host that cannot hold the release, with the numbers, before anything is sent. */
export function checkHost(host: string, facts: HostFacts, needs: Needs): void {
  const architecture = machines[facts.machine] ?? facts.machine
  const wrong = needs.architectures.find((each) => each !== architecture)
  if (wrong) {
    throw new Trouble(
      host,
      `is ${architecture} (${facts.machine}), but the images are built for ${wrong}.`,
      "Build on a runner of the host's architecture.",
    )
  }
  const backups = facts.history.flatMap((event) => (event.event === 'backed-up' ? [event.bytes] : []))
  const backup = 2 * (backups.at(-1) ?? 0)
  const disk = needs.imageBytes + backup + spareDisk
  const dockerFree = Number(facts.runtime.get('docker-disk-free')) || facts.diskFree
  const free = Math.min(facts.diskFree, dockerFree)
  // The second slot will want as much memory as the live one, and gets what the release in it now gives up.
  const liveMemory = Number(facts.runtime.get('live-memory')) || 0
  const memory = facts.memoryAvailable + (Number(facts.runtime.get('idle-memory')) || 0)
  if (free < disk) {
    const where = free === facts.diskFree ? "where the app's folder is" : 'where Docker keeps its images'
    const parts = [
      ...(needs.imageBytes > 0 ? [`${megabytes(needs.imageBytes)} for images`] : []),
      ...(backup > 0 ? [`${megabytes(backup)} for a backup`] : []),
      `${megabytes(spareDisk)} to spare`,
    ]
    throw new Trouble(
      host,
      `has ${megabytes(free)} of disk free ${where}, but this deploy needs ${megabytes(disk)}: ${parts.join(', ')}.`,
      'Free disk there (`docker system df` shows what images take), or lower `retire.keep`.',
    )
  }
  if (memory < liveMemory) {
    throw new Trouble(
      host,
      `has ${megabytes(memory)} of memory for the second slot, but it needs about ${megabytes(liveMemory)}: what the live one uses, or may use where it has a \`mem_limit\`.`,
      'Free memory there, give the server more, or lower what the services may use.',
    )
  }
}

/** An older run must not go over what a newer run put live. */
export function refuseOlder(host: string, facts: HostFacts, run: number): void {
  const live = facts.live && facts.releases[facts.live]
  // What is live may always be brought to its end.
  if (live !== undefined && findRelease(facts.history, live)?.run === run) return
  const newest = lastSwitchRun(facts.history, live)
  if (run < newest) {
    throw new Trouble(
      host,
      `run ${newest} switched this host after run ${run} began; this re-run is older than what is live.`,
      'To go back on purpose use the rollback action; to go on push anew.',
    )
  }
}

/** For the steps after ship, which a person may run again long after. @throws {Trouble} */
export function refuseOlderRun({ hosts }: Deploy, run: number): void {
  for (const { name, facts } of hosts) refuseOlder(name, facts, run)
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`
}
