import type { Database } from '../config/schema'
import { quote } from '../host/quote'
import { Trouble } from '../release/trouble'

/** How a server is reached from the host. What is left out, its tools know a default for. */
export interface Connection {
  /** A name, an address, or for PostgreSQL the folder of a socket. */
  readonly host?: string
  readonly port?: string
  readonly name: string
  readonly user?: string
  readonly password?: string
  /** What the URL says besides, after its `?`. */
  readonly options: ReadonlyMap<string, string>
}

type Env = Readonly<Record<string, string>>
type ServerDatabase = Exclude<Database, { kind: 'sqlite' }>

/**
 * The connection that the release's own variables describe; nothing where the server is an accessory.
 *
 * @throws {Trouble} naming the variable; never its value, which may be a secret
 */
export function connectionOf(database: ServerDatabase, env: Env): Connection | undefined {
  if (database.urlEnv !== undefined) return fromUrl(database.kind, database.urlEnv, env)
  return database.env && fromVariables(database.env, env)
}

function fromVariables(names: NonNullable<ServerDatabase['env']>, env: Env): Connection {
  const value = (key: 'host' | 'port' | 'name' | 'user' | 'password') => {
    const name = names[key]
    return name === undefined ? undefined : plain(name, variable(`database.env.${key}`, name, env))
  }
  const [host, port, user, password] = [value('host'), value('port'), value('user'), value('password')]
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: checkedPort(names.port!, port) }),
    name: value('name')!,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    options: new Map(),
  }
}

const schemes = { postgres: /^postgres(ql)?(\+\w+)?:$/i, mysql: /^(mysql2?|mariadb)(\+\w+)?:$/i }

function fromUrl(kind: ServerDatabase['kind'], name: string, env: Env): Connection {
  const text = variable('database.url-env', name, env)
  const wrong = new Trouble(
    `env: ${name}`,
    `is no URL of a ${kind} database that can be read.`,
    `Write it as ${kind === 'postgres' ? 'postgresql' : 'mysql'}://user:password@host:port/name, with every special character of user, password and name percent-encoded.`,
  )
  if (!URL.canParse(text)) throw wrong
  const url = new URL(text)
  if (!schemes[kind].test(url.protocol) || url.hash !== '') throw wrong
  const decoded = (part: string) => {
    try {
      return plain(name, decodeURIComponent(part))
    } catch (error) {
      throw error instanceof Trouble ? error : wrong
    }
  }
  const path = decoded(url.pathname.replace(/^\//, ''))
  if (path === '') throw wrong
  const options = new Map([...url.searchParams].map(([key, value]) => [key, plain(name, value)]))
  const host = options.get('host') ?? decoded(url.hostname.replace(/^\[(.*)\]$/, '$1'))
  const port = options.get('port') ?? url.port
  return {
    ...(host !== '' && { host }),
    ...(port !== '' && { port: checkedPort(name, port) }),
    name: path,
    ...(url.username !== '' && { user: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    options,
  }
}

function variable(key: string, name: string, env: Env): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value !== undefined && value !== '') return value
  throw new Trouble(
    `env: ${name}`,
    `has no value, but ${key} in kawasemi.yml says that the database is found by it.`,
    'Give the variable in the input `env`, or correct its name in kawasemi.yml.',
  )
}

/** The tools' own files end a value at the end of the line. */
function plain(name: string, value: string): string {
  if (value.length <= 1000 && !/[\0\r\n]/.test(value)) return value
  throw new Trouble(
    `env: ${name}`,
    'holds a line break or a NUL byte, or more than 1000 characters, which the database tools cannot be told.',
    'Give the database another password, user or name.',
  )
}

function checkedPort(name: string, value: string): string {
  if (/^[0-9]{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65535) return value
  throw new Trouble(`env: ${name}`, 'is no port.', 'Give a number from 1 to 65535.')
}

/** Variables as lines of shell, to be read with `.`. */
export function shellLines(variables: ReadonlyMap<string, string>, keyword: 'export ' | ''): string {
  return [...variables].map(([name, value]) => `${keyword}${name}=${quote(value)}\n`).join('')
}
