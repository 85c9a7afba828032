import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Connection, connectionOf, shellLines } from './connection'
import { connectionFolder, type DatabaseKind } from './database'

export const postgres: DatabaseKind = {
  title: 'PostgreSQL',
  client: readFileSync(join(__dirname, 'postgres-client.sh'), 'utf8'),
  packages: { client: ['pg_dump', 'postgresql-client'], server: ['pg_ctlcluster', 'postgresql'] },
  extension: 'dump',
  // Its own format is packed already.
  pack: 'cat',
  transactional: true,
  files(database, env) {
    const connection = database.kind === 'sqlite' ? undefined : connectionOf(database, env)
    if (!connection) return []
    return [
      { path: `${connectionFolder}/env`, content: environment(connection), mode: 0o600 },
      { path: `${connectionFolder}/pgpass`, content: passwordFile(connection.password), mode: 0o600 },
    ]
  },
  // libpq, node-postgres and psycopg all read PGOPTIONS.
  lockTimeout: (ms) => ({ PGOPTIONS: `-c lock_timeout=${Math.round(ms)}` }),
}

/** Options of a URL that libpq also takes from its environment. The others are the app's driver's own. */
const urlOptions: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  options: 'PGOPTIONS',
}

function environment({ host, port, name, user, options }: Connection): string {
  const variables = new Map<string, string>()
  if (host !== undefined) variables.set('PGHOST', host)
  if (port !== undefined) variables.set('PGPORT', port)
  variables.set('PGDATABASE', name)
  if (user !== undefined) variables.set('PGUSER', user)
  for (const [option, value] of options) {
    if (Object.hasOwn(urlOptions, option)) variables.set(urlOptions[option]!, value)
  }
  return shellLines(variables, 'export ')
}

/** libpq's password file: fields with `:` between them, in which `\` and `:` are escaped. */
function passwordFile(password: string | undefined): string {
  return password === undefined ? '' : `*:*:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`
}
