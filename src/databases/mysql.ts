import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, connectionOf, shellLines } from './connection'
import { connectionFolder, type DatabaseKind } from './database'
import { lockSeconds } from './lock-seconds'

/** MySQL and MariaDB. */
export const mysql: DatabaseKind = {
  title: 'MySQL',
  client: readFileSync(join(__dirname, 'mysql-client.sh'), 'utf8'),
  packages: {
    client: ['mysqldump', 'default-mysql-client'],
    server: ['mysqld_safe', 'default-mysql-server'],
  },
  extension: 'sql.gz',
  pack: 'gzip',
  transactional: false,
  files(database, env) {
    const connection = database.kind === 'sqlite' ? undefined : connectionOf(database, env)
    if (!connection) return []
    const name = new Map([['database', connection.name]])
    return [
      { path: `${connectionFolder}/env`, content: shellLines(name, ''), mode: 0o600 },
      { path: `${connectionFolder}/cnf`, content: optionFile(connection), mode: 0o600 },
    ]
  },
  lockTimeout: lockSeconds,
}

function optionFile({ host, port, user, password, options }: Connection): string {
  const socket = options.get('unix_socket') ?? options.get('socket')
  const lines = Object.entries({ host, port, socket, user, password }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${quoted(value)}\n`],
  )
  return `[client]\n${lines.join('')}`
}

/** A value of an option file: in double quotes, with `\` as the escape. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\t', '\\t')}"`
}
