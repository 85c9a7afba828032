import type { Slot } from './slot'

/** The two names of one image: Docker's classic store knows it by its config, the containerd store by its manifest. */
export interface ImageIdentity {
  readonly manifest: string
  readonly config: string
}

/** One immutable thing to run. What a host's ledger says of it is enough to go on with it in another job. */
export interface Release {
  readonly id: string
  readonly version: string
  /** The workflow run that made it; runs are numbered upwards, so an older run's release is an older release. */
  readonly run: number
  readonly commit: string
  /** The slot it was shipped for. */
  readonly slot: Slot
  /** By service; empty for services that run an image the app did not build. */
  readonly images: Readonly<Record<string, ImageIdentity>>
  /** Hash of the project files it runs with. */
  readonly config: string
}

const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/

export function isVersion(value: string): boolean {
  return versionPattern.test(value)
}

/** The release's id: a folder's name on the host and an image tag, so without `+`. */
export function releaseId(version: string, run: number): string {
  if (!isVersion(version)) throw new RangeError(`not a version: ${version}`)
  return `${version.replaceAll('+', '_')}-${run}`
}
