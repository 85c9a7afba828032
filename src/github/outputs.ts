import { setOutput } from '@actions/core'
import type { Reporter } from '../release/report'
import type { Secrets } from './secrets'

/** Every output of every action; the root action has those of the actions that it does the work of. A test holds this list and the action.yml files together. */
export const outputsOf = {
  deploy: ['plan', 'comment-url'],
  'build-image': ['digests', 'version', 'layout', 'provenance', 'subjects'],
  'ssh-deploy': ['release', 'slot', 'previous-release'],
  'run-migrations': ['backup', 'ran'],
  'health-gate': ['healthy', 'report'],
  'blue-green': ['live-slot', 'previous-release', 'switch-ms', 'url'],
  rollback: ['release', 'slot', 'schema-changed-by', 'url'],
  'release-notes': ['release-url'],
  scan: ['findings', 'packages'],
  'setup-host': ['changes', 'report'],
  operate: ['troubles', 'issue-url'],
} as const

export type OutputName = (typeof outputsOf)[keyof typeof outputsOf][number]

/** What people read: the names of a database or its user, which `env` holds too, may stand in it. */
const forPeople: readonly OutputName[] = ['report', 'troubles']

export interface Outputs {
  /**
   * GitHub keeps outputs in plain text and shows them. In what people read, secrets of this run are blotted out; any other
   * value that holds one is left out with a warning: by then the work is done, and a deploy that is done stays done.
   */
  set(name: OutputName, value: string): void
}

export function actionOutputs(secrets: Secrets, reporter: Reporter): Outputs {
  return {
    set(name, value) {
      if (forPeople.includes(name)) return setOutput(name, secrets.hide(value))
      if (!secrets.foundIn(value)) return setOutput(name, value)
      reporter.warning(
        `The output ${name} was left empty: it would hold a value that was given as a secret. Take that value out of the names and versions of the app, or out of \`env\`.`,
      )
    },
  }
}
