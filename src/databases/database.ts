import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../config/schema'
import { type Call, call } from '../host/program'

/** A kind of database: how its own tools are called, wherever they are, is in its client. */
export interface DatabaseKind {
  /** For people. */
  readonly title: string
  /**
   * Shell functions that run where the tools are: `client_ping`, `client_fits`, `client_connections`, `client_tables`,
   * `client_dump`, `client_read`, `client_listed`, `client_schema`, `client_restore`.
   */
  readonly client: string
  /** On Debian and Ubuntu, command and package each: the tools a host uses, and the server where it runs one. */
  readonly packages: {
    readonly client: readonly [string, string]
    readonly server?: readonly [string, string]
  }
  /** The end of a dump's file name. */
  readonly extension: string
  /** What a dump is packed with on the host. */
  readonly pack: 'gzip' | 'cat'
  /** Whether a schema change goes back with the transaction it is part of. */
  readonly transactional: boolean
  /**
   * What leads the host's own tools to the server, laid down with a release; nothing where the tools are elsewhere.
   *
   * @param env the release's variables; values may be secrets
   * @throws {Trouble} naming a variable that is missing or cannot be meant so; never its value
   */
  files(database: Database, env: Readonly<Record<string, string>>): readonly DatabaseFile[]
  /** Environment that makes a client's statements give up on a lock after so many ms. */
  lockTimeout(ms: number): Readonly<Record<string, string>>
}

/** Nobody else's to read. */
export interface DatabaseFile {
  /** Relative to the release's folder. */
  readonly path: string
  readonly content: string
  readonly mode: 0o600
}

/** The folder of a release that holds them. */
export const connectionFolder = 'database.connection'

/** Where a release's database is looked for. */
export interface Place {
  readonly app: string
  readonly base: string
  /** The release's id. */
  readonly release: string
  /** The folder of the app in which the release lies; that of its id when left out. */
  readonly folder?: string
  /** The image on the host with the tools for a file in a volume. */
  readonly image?: string
}

/** The shell functions that the calls here name. They need the runtime's `runtime_accessory`. */
export const databaseLibrary = readFileSync(join(__dirname, 'database.sh'), 'utf8')

/** Comes before the others: which database they mean. */
export function databaseAt(kind: DatabaseKind, database: Database, place: Place): Call {
  const [where, what, ...more] = placeOf(database, place)
  return call('database_at', where, what, kind.pack, kind.title, kind.client, ...more)
}

function placeOf(database: Database, place: Place): [string, string, ...string[]] {
  const { app, base, release, image, folder = `releases/${release}` } = place
  if (database.kind !== 'sqlite') {
    return database.accessory === undefined
      ? ['host', `${base}/${folder}/${connectionFolder}`]
      : ['accessory', database.accessory]
  }
  const { file, volume } = database
  if (volume !== undefined) return ['volume', file, image ?? '', `${app}_${volume}`]
  return ['host', file.startsWith('/') ? file : `${base}/${file}`]
}

/** Waits until the database can be used. `seconds` is the host's own time. */
export const databaseReady = (seconds: number): Call => call('database_ready', String(seconds))

/** Warns where a second slot may not get as many connections as the live one has. */
export const databaseRoom = (): Call => call('database_room')

/** Dumps beside `file`; not yet a backup. */
export const databaseDump = (file: string): Call => call('database_dump', file)

/** Reads the dump whole and counts it; only then it is `file`, and in the ledger as the release's backup. */
export const databaseCheck = (file: string, release: string): Call => call('database_check', file, release)
