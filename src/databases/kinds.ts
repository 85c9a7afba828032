import type { Database } from '../config/schema'
import type { DatabaseKind } from './database'
import { mysql } from './mysql'
import { postgres } from './postgres'
import { sqlite } from './sqlite'

/** Every kind of database we know, by its name in kawasemi.yml. */
export const databaseKinds: Readonly<Record<Database['kind'], DatabaseKind>> = { postgres, mysql, sqlite }
