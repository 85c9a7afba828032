import { setOutput } from '@actions/core'
import { Trouble } from '../release/trouble'
import type { Secrets } from './secrets'

/** Every output of every action; the root action has all of them. A test holds this list and the action.yml files together. */
export const outputsOf = {
  'build-image': ['digests', 'version', 'layout'],
  'ssh-deploy': ['release', 'slot', 'previous-release'],
  'run-migrations': ['backup', 'ran'],
  'health-gate': ['healthy', 'report'],
  'blue-green': ['live-slot', 'previous-release', 'switch-ms'],
  rollback: ['release', 'slot'],
} as const

export type OutputName = (typeof outputsOf)[keyof typeof outputsOf][number]

export interface Outputs {
  /** @throws {Trouble} when the value holds a secret of this run: an output is kept and shown by GitHub. */
  set(name: OutputName, value: string): void
}

export function actionOutputs(secrets: Secrets): Outputs {
  return {
    set(name, value) {
      if (secrets.foundIn(value)) {
        throw new Trouble(
          `Output ${name}`,
          'would hold a value that was given as a secret, and GitHub keeps outputs in plain text.',
          'Take that value out of the names, versions and paths of the app, or out of `env`.',
        )
      }
      setOutput(name, value)
    },
  }
}
