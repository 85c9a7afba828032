/** What a look at a running app can find out, by the names under which each can be left out. */
export const checkNames = [
  'live',
  'health',
  'services',
  'certificate',
  'dns',
  'disk',
  'memory',
  'clock',
  'units',
  'backup',
  'prune',
] as const
export type CheckName = (typeof checkNames)[number]

/** One thing that was looked at. */
export interface Checked {
  /** `host`: it could not be looked at. */
  readonly check: CheckName | 'host'
  /** Whose it is: a host, a domain, a service. */
  readonly of: string
  /** What was seen there, with its figures. */
  readonly found: string
  /** What a person can do about it; there where it is trouble, and only there. */
  readonly fix?: string
}

/** Where figures begin to be trouble, and what is kept. */
export interface Limits {
  /** Days that a certificate still has to hold. */
  readonly certificateDays: number
  /** Of a disk's bytes or inodes that are used. */
  readonly diskPercent: number
  /** Of the memory that is used. */
  readonly memoryPercent: number
  /** Seconds between the host's clock and the runner's. */
  readonly clockSeconds: number
  /** Hours after which a new backup is made. */
  readonly backupHours: number
  /** How many of those backups stay. */
  readonly keepBackups: number
}

/** Those of the action `operate` where nothing else is said, and of all that have no inputs for them. */
export const defaultLimits: Limits = {
  certificateDays: 14,
  diskPercent: 85,
  memoryPercent: 95,
  clockSeconds: 30,
  backupHours: 20,
  keepBackups: 7,
}

export function troublesIn(checks: readonly Checked[]): Checked[] {
  return checks.filter(({ fix }) => fix !== undefined)
}

/** By which the same trouble is known again on another day, whatever its figures are by then. */
export function nameOf({ check, of }: Checked): string {
  return `${check} of ${of}`
}
