import { releaseId } from '../release/release'

/** Which release a run makes. */
export interface Identity {
  readonly id: string
  readonly version: string
  readonly run: number
  readonly commit: string
}

/** The same for every attempt of a run, so that a re-run finds what the first attempt left. */
export function identityOf(run: { readonly id: number; readonly sha: string }, version: string): Identity {
  return { id: releaseId(version, run.id), version, run: run.id, commit: run.sha }
}
