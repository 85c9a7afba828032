import type { z } from 'zod'
import { command, section } from './section'
import { composeName, duration } from './values'

export const migrations = section({
  service: composeName.describe('Service in whose new image the command runs.'),
  command: command.describe('Program and arguments, as a list; no shell takes it apart.'),
  timeout: duration('1s', '6h').prefault('10m').describe('Longest time the command may take.'),
  'lock-timeout': duration('100ms', '10m')
    .prefault('10s')
    .describe('Longest time it may wait for a lock of the database.'),
})

export interface Migrations {
  service: string
  command: string[]
  timeout: number
  lockTimeout: number
}

export function toMigrations(file: z.output<typeof migrations>): Migrations {
  const { service, command, timeout } = file
  return { service, command, timeout, lockTimeout: file['lock-timeout'] }
}
