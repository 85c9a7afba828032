import { z } from 'zod'
import { section } from './section'
import { composeName, databaseFile, variableName } from './values'

/** Where a database server is: in an accessory, or where the variables of the release say. */
const server = {
  accessory: composeName
    .optional()
    .describe(
      'Accessory it runs in. Its own tools make the dump, with the user and database it was made with.',
    ),
  'url-env': variableName
    .optional()
    .describe(
      "Or: the variable of the release's `env` that holds its URL; the host's own tools make the dump.",
    ),
  env: section({
    host: variableName.optional().describe('Variable with its name or address as the host sees it.'),
    port: variableName.optional().describe('Variable with its port.'),
    name: variableName.describe("Variable with the database's name."),
    user: variableName.optional().describe('Variable with the user.'),
    password: variableName.optional().describe('Variable with the password.'),
  })
    .optional()
    .describe("Or: names of the variables of the release's `env` that hold the parts of the connection."),
}

export const database = z.discriminatedUnion(
  'kind',
  [
    section({ kind: z.literal('postgres').describe('PostgreSQL.'), ...server }),
    section({ kind: z.literal('mysql').describe('MySQL or MariaDB.'), ...server }),
    section({
      kind: z.literal('sqlite').describe('SQLite.'),
      file: databaseFile.describe(
        "The file: in the app's folder under `shared/`, or an absolute path of the host; with `volume`, its path in there.",
      ),
      volume: composeName.optional().describe('Shared volume of the compose file that holds the file.'),
    }),
  ],
  { error: 'kind: postgres, kind: mysql or kind: sqlite' },
)

/** A database server: in an accessory, or where the variables with these names say. */
export interface ServerDatabase {
  kind: 'postgres' | 'mysql'
  accessory?: string | undefined
  urlEnv?: string | undefined
  env?: ConnectionNames | undefined
}

/** Which variable of the release's `env` holds which part of the connection. */
export type ConnectionNames = NonNullable<z.output<typeof server.env>>

export interface FileDatabase {
  kind: 'sqlite'
  /** Under the base folder, absolute, or in the volume. */
  file: string
  volume?: string | undefined
}

export type Database = ServerDatabase | FileDatabase

export function toDatabase(file: z.output<typeof database>): Database {
  if (file.kind === 'sqlite') return file
  const { 'url-env': urlEnv, ...rest } = file
  return urlEnv === undefined ? rest : { ...rest, urlEnv }
}
