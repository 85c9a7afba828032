import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerDatabase } from '../config/schema'
import { type Call, call } from '../host/program'
import { Trouble } from '../release/trouble'
import { type Connection, connectionOf } from './connection'

const common = readFileSync(join(__dirname, 'database-setup.sh'), 'utf8')
const postgresLibrary = readFileSync(join(__dirname, 'postgres-setup.sh'), 'utf8')
const mysqlLibrary = readFileSync(join(__dirname, 'mysql-setup.sh'), 'utf8')

/** What the app's variables say of a server on the host itself. */
type Account = Connection & { readonly user: string; readonly password: string }

/**
 * Makes the app's database and its user on a server of the host itself, as the app's variables name them.
 *
 * @throws {Trouble} naming what the variables lack, or that they name another host; never a value that may be secret.
 */
export function databaseSetup(
  database: ServerDatabase,
  env: Readonly<Record<string, string>>,
): { libraries: string[]; calls: Call[] } {
  const account = accountOf(database, env)
  return database.kind === 'postgres'
    ? { libraries: [common, postgresLibrary], calls: postgresCalls(account) }
    : { libraries: [common, mysqlLibrary], calls: mysqlCalls(account) }
}

function accountOf(database: ServerDatabase, env: Readonly<Record<string, string>>): Account {
  const connection = connectionOf(database, env)
  const { host = 'localhost', user, password } = connection ?? {}
  if (connection && !/^(localhost|127\.0\.0\.1|::1|\/.*)$/.test(host)) {
    throw new Trouble(
      'setup.database',
      'is true, but the variables of `database` name another host than localhost.',
      'Make the database there yourself and take `setup.database` out, or have the variables name localhost.',
    )
  }
  if (connection && user && password) return { ...connection, user, password }
  throw new Trouble(
    'setup.database',
    'is true, but the variables of `database` name no user, or no password.',
    'Give both in the input `env`, as for a deploy.',
  )
}

function postgresCalls({ name, user, password, port = '5432' }: Account): Call[] {
  const [role, base] = [identifier(user), identifier(name)]
  return [
    call('database_server', 'PostgreSQL', port, '127.0.0.1'),
    call(
      'database_user',
      user,
      `select 'yes' from pg_roles where rolname = ${literal(user)};`,
      `create role ${role} login password ${literal(password)};`,
      password,
      `alter role ${role} login password ${literal(password)};`,
    ),
    call(
      'database_part',
      'make the database',
      `select 'yes' from pg_database where datname = ${literal(name)};`,
      `create database ${base} owner ${role};`,
    ),
  ]
}

/** Where the standard's strings are on, as they are by default, a backslash is nothing special. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function identifier(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function mysqlCalls({ name, user, password, host = 'localhost', port = '3306' }: Account): Call[] {
  // A client that comes by an address is known by it, one that comes by the socket as localhost.
  const from = /^[0-9:.]+$/.test(host) ? host : 'localhost'
  const account = `${mysqlLiteral(user)}@'${from}'`
  const same = `user = ${mysqlLiteral(user)} and host = '${from}'`
  // In a grant an underscore stands for any character.
  const pattern = name.replace(/[\\_%]/g, '\\$&')
  return [
    call('database_server', 'MySQL', port, from),
    call(
      'database_user',
      user,
      `select 'yes' from mysql.user where ${same};`,
      `create user ${account} identified by ${mysqlLiteral(password)};`,
      password,
      `alter user ${account} identified by ${mysqlLiteral(password)};`,
    ),
    call(
      'database_part',
      'make the database',
      `select 'yes' from information_schema.schemata where schema_name = ${mysqlLiteral(name)};`,
      `create database ${mysqlIdentifier(name)} character set utf8mb4;`,
    ),
    call(
      'database_part',
      'give its user all rights on the database',
      `select 'yes' from mysql.db where db = ${mysqlLiteral(pattern)} and ${same};`,
      `grant all privileges on ${mysqlIdentifier(pattern)}.* to ${account};`,
    ),
  ]
}

function mysqlLiteral(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

function mysqlIdentifier(text: string): string {
  return `\`${text.replaceAll('`', '``')}\``
}
