import type { z } from 'zod'
import { atMost, command, section } from './section'
import { composeName, duration } from './values'

const hook = section({
  service: composeName.describe('Service in whose image and settings the command runs.'),
  command: command.describe('Program and arguments, as a list; no shell takes it apart.'),
  timeout: duration('1s', '6h').prefault('5m').describe('Longest time the command may take.'),
})

function hooks(what: string) {
  return atMost(20, hook, 'commands').prefault([]).describe(what)
}

export const hookLists = section({
  'after-ship': hooks(
    'Run when the release is on the host, before the backup. One that fails ends the deploy.',
  ),
  'before-switch': hooks(
    'Run when the release passed its gate. One that fails ends the deploy; traffic is not touched.',
  ),
  'after-switch': hooks('Run when the release takes traffic. One that fails is a warning: the deploy stays.'),
  'on-failure': hooks(
    'Run when the deploy failed after the release was shipped. One that fails is a warning.',
  ),
})
  .prefault({})
  .describe("One-off commands in the release's own environment.")

/** A one-off command in the release's environment; `timeout` in ms. */
export type Hook = z.output<typeof hook>

export interface Hooks {
  afterShip: Hook[]
  beforeSwitch: Hook[]
  afterSwitch: Hook[]
  onFailure: Hook[]
}

export function toHooks(file: z.output<typeof hookLists>): Hooks {
  return {
    afterShip: file['after-ship'],
    beforeSwitch: file['before-switch'],
    afterSwitch: file['after-switch'],
    onFailure: file['on-failure'],
  }
}
