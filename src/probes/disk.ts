import type { Disk } from '../host/resources'
import type { Checked } from '../release/check-up'

/** @param most percent that may be used */
export function judgeDisks(host: string, disks: readonly Disk[], most: number): Checked[] {
  const first = disks.filter(({ device }, at) => disks.findIndex((each) => each.device === device) === at)
  return first.map((disk) => judgeDisk(host, disk, most))
}

function judgeDisk(host: string, disk: Disk, most: number): Checked {
  const check = 'disk'
  const of = `${disk.folder} on ${host}`
  const bytes = percent(disk.usedBytes, disk.freeBytes)
  const inodes = percent(disk.usedInodes, disk.freeInodes)
  const free = `${gigabytes(disk.freeBytes)} GB free`
  if (inodes > most && inodes > bytes)
    return {
      check,
      of,
      found: `${inodes} % of its inodes are used, at most ${most} % may be`,
      fix: 'Remove what has very many small files (old sessions, caches), or make the file system anew with more inodes.',
    }
  if (bytes > most)
    return {
      check,
      of,
      found: `${bytes} % used, at most ${most} % may be; ${free}`,
      fix: 'Free disk there: `docker system df` shows what images take, `du -xh --max-depth=2 / | sort -h | tail` the rest; or lower `retire.keep`.',
    }
  return { check, of, found: `${bytes} % used, ${free}` }
}

/** As `df` rounds: up, of what an ordinary user can have. */
function percent(used: number, free: number): number {
  return used + free === 0 ? 0 : Math.ceil((used * 100) / (used + free))
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}
