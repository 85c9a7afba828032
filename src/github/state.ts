import { getState, saveState } from '@actions/core'

/** `lease` is what `post` needs to free the lease; while it is empty, `post` has nothing to do. */
export type StateName = 'lease'

/** What the main step leaves for the `post` step of the same action. Never a secret: the runner keeps it in a file. */
export interface State {
  save(name: StateName, value: string): void
  /** The empty string when nothing was saved. */
  get(name: StateName): string
}

export const state: State = {
  save: (name, value) => saveState(name, value),
  get: (name) => getState(name),
}
