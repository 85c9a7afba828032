import { getState, saveState } from '@actions/core'

/**
 * `lease` is there when a lease may have to be freed; `deployment` names a record on GitHub that is not closed yet: its id
 * and the address of the app.
 */
export type StateName = 'lease' | 'deployment'

/** While it holds nothing, `post` has nothing to do. */
export const stateNames = ['lease', 'deployment'] as const satisfies readonly StateName[]

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
