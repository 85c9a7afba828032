import { z } from 'zod'
import {
  appName,
  argument,
  assetsPath,
  assetsUrl,
  basePath,
  bodyPattern,
  composeName,
  databaseFile,
  domain,
  duration,
  fieldPath,
  type HostAddress,
  headerName,
  host,
  integer,
  interpreter,
  port,
  probePath,
  repoPath,
  routePath,
  size,
  userName,
  variableName,
} from './values'

export { environmentName } from './values'
export type { HostAddress }

/*
 * The one description of kawasemi.yml. Types, validation, the editors' JSON Schema and the table in the docs all
 * come from it. Keys are as people write them (kebab-case); `toConfig` at the end names them as the code does.
 */

/**
 * A map with fixed keys. For an unknown key the issue's message is the list of the known ones, from which the
 * loader picks the nearest.
 */
function section<T extends z.ZodRawShape>(shape: T) {
  const keys = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return keys.join(' ')
      return issue.code === 'invalid_type' ? `a map with ${keys.join(', ')}` : undefined
    },
  })
}

function atMost<T extends z.ZodType>(most: number, of: T, what: string) {
  return z.array(of).max(most, { error: `at most ${most} ${what}` })
}

function mapOf<V extends z.ZodType>(name: z.ZodType<string, string>, value: V, most: number, what: string) {
  return z
    .record(name, value)
    .refine((map) => Object.keys(map).length <= most, { error: `at most ${most} ${what}` })
}

const defaultComposeFile = 'compose.yaml'

const health = section({
  path: probePath.describe('Path the gate asks for, such as `/health`.'),
  status: z
    .union([integer(100, 599), z.array(integer(100, 599)).min(1).max(20)], {
      error: 'a status from 100 to 599, or a list of them',
    })
    .optional()
    .describe('Status, or list of statuses, that counts as healthy. Any 2xx when left out.'),
  headers: mapOf(headerName, argument, 20, 'headers')
    .prefault({})
    .describe('Headers the answer has to have, each with a text its value has to contain.'),
  json: mapOf(
    fieldPath,
    z.union([z.string().max(1000), z.number(), z.boolean(), z.null()], {
      error: 'text, a number, true, false or null',
    }),
    20,
    'fields',
  )
    .prefault({})
    .describe('Fields of the JSON answer and the values they have to have; `a.b` is field `b` in field `a`.'),
  body: bodyPattern.optional().describe('Regular expression (JavaScript) that has to match in the body.'),
})

const stopTimeout = duration('1s', '1h')
  .prefault('10s')
  .describe('How long the service may take to stop before it is killed.')

const command = atMost(50, argument, 'words').min(1)

/** How systemd runs a service; with Compose all of it is in the compose file. */
const process = {
  command: command
    .optional()
    .describe(
      `systemd: program and arguments, as a list. A program without a slash is looked for in the virtual environment first, one with a slash in the release. \`\${PORT}\` in it is the port of the slot.`,
    ),
  memory: size('8m', '4096g').optional().describe('systemd: most memory it may use.'),
  cpu: z
    .number({ error: 'a number of processors from 0.01 to 512' })
    .min(0.01, { error: 'a number of processors from 0.01 to 512' })
    .max(512, { error: 'a number of processors from 0.01 to 512' })
    .optional()
    .describe('systemd: most processors it may use, such as `1.5`.'),
  restart: z.enum(['always', 'on-failure']).optional().meta({
    description: 'systemd: whether it is started again when it ends by itself too.',
    default: 'always',
  }),
}

const webService = section({
  // Optional rather than with a default, since only then a union can be told apart by it.
  role: z.literal('web').optional().meta({ description: 'A service that takes traffic.', default: 'web' }),
  port: port
    .optional()
    .describe(
      'Compose: port the service listens on in its container. With systemd it listens on the one in its variable `PORT`.',
    ),
  slots: section({
    blue: integer(1024, 65535).describe("Port of the host's loopback for the blue slot."),
    green: integer(1024, 65535).describe("Port of the host's loopback for the green slot."),
  }).describe('Two free ports of the host, bound to 127.0.0.1, one for each slot.'),
  health: health.describe('What a healthy service answers.'),
  assets: section({
    path: assetsPath.describe(
      'Folder of static files: an absolute path inside the image, or with systemd a path inside the release.',
    ),
    url: assetsUrl.describe('Start of the URL path they are served under, such as `/_next/static/`.'),
  })
    .optional()
    .describe('Static files of the release, which open pages of the previous release still ask for.'),
  ...process,
  'stop-timeout': stopTimeout,
})

const workerService = section({
  role: z.literal('worker').describe('A service that takes no traffic; it starts only at the switch.'),
  singleton: z.boolean({ error: 'true or false' }).optional().meta({
    description: 'systemd: whether the old one has to stop before the new one starts.',
    default: true,
  }),
  ...process,
  'stop-timeout': stopTimeout,
})

const systemd = section({
  scope: z
    .enum(['user', 'system'])
    .prefault('user')
    .describe(
      '`user`: units of the deploy user, which needs no further rights. `system`: units of the system that run as another user, started through sudo.',
    ),
  user: userName.optional().meta({ description: 'User that system units run as.', default: 'www-data' }),
  python: section({
    requirements: repoPath.prefault('requirements.txt').describe('File that pip installs from.'),
    interpreter: interpreter.prefault('python3').describe('Python on the host, such as `python3.12`.'),
  })
    .optional()
    .describe('Makes a virtual environment on the host, once for each state of the requirements.'),
  node: section({
    lock: repoPath
      .prefault('package-lock.json')
      .describe('Lock file, beside its `package.json`; `npm ci` installs from it.'),
  })
    .optional()
    .describe('Makes `node_modules` on the host, once for each state of the lock file.'),
  build: atMost(20, command, 'commands')
    .prefault([])
    .describe(
      "Commands that run on the host in each new release's folder, such as `[python, manage.py, collectstatic, --noinput]`.",
    ),
  'build-timeout': duration('1s', '2h')
    .prefault('15m')
    .describe('Longest time that installing, or one build command, may take.'),
  shared: atMost(50, repoPath, 'folders')
    .prefault([])
    .describe('Folders of the release that outlive it, such as `media`: links to `shared/data`.'),
})

const proxy = section({
  kind: z.literal('nginx').describe('The web server in front of the app.'),
  domains: atMost(50, domain, 'domains')
    .min(1)
    .describe('Domains of the site; the first one is what probes send.'),
  routes: atMost(
    50,
    section({
      path: routePath.describe('Start of the URL path; the longest match wins.'),
      service: composeName.describe('Web service that answers it.'),
    }),
    'routes',
  )
    .min(1)
    .describe('Which web service answers which path; one of them for `/`.'),
  listen: port.prefault(80).describe('Port the site listens on.'),
  'body-size': size('1k', '10g').prefault('10m').describe('Largest request body.'),
  'read-timeout': duration('1s', '24h')
    .prefault('60s')
    .describe('Longest silence of the app during an answer (also of a WebSocket or an event stream).'),
  'keepalive-timeout': duration('100ms', '75s')
    .prefault('4s')
    .describe(
      "How long the proxy keeps an idle connection to the app. Must be shorter than the app's own: Node closes after 5 s, gunicorn after 2 s.",
    ),
})

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

const database = z.discriminatedUnion(
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

const hook = section({
  service: composeName.describe('Service in whose image and settings the command runs.'),
  command: command.describe('Program and arguments, as a list; no shell takes it apart.'),
  timeout: duration('1s', '6h').prefault('5m').describe('Longest time the command may take.'),
})

function hooks(what: string) {
  return atMost(20, hook, 'commands').prefault([]).describe(what)
}

/** The file after the environment was merged over it. */
export const fileSchema = section({
  app: appName.describe('Name of the app; names its folder and its containers on the host.'),
  base: basePath
    .optional()
    .describe('Folder of the app on the host; `/srv/` and the name of the app when left out.'),
  hosts: atMost(50, host, 'hosts')
    .min(1)
    .describe('Servers the environment runs on: `user@address` or `user@address:port`.'),
  compose: section({
    file: repoPath.prefault(defaultComposeFile).describe("The product's compose file."),
    ignore: atMost(50, composeName, 'services')
      .prefault([])
      .describe('Services of the compose file that are not deployed, such as its own web server.'),
  })
    .optional()
    .describe(
      'Docker Compose runs the app, as this file describes it (or, beside `systemd`, its accessories).',
    ),
  systemd: systemd.optional().describe('systemd runs the app, as the services here describe it.'),
  services: mapOf(
    composeName,
    z.discriminatedUnion('role', [webService, workerService], { error: 'role: web or role: worker' }),
    50,
    'services',
  ).describe('Services that are switched, by their name in the compose file if there is one.'),
  accessories: atMost(50, composeName, 'accessories')
    .prefault([])
    .describe('Services that are never switched: database, cache.'),
  volumes: mapOf(composeName, z.enum(['shared', 'slot']), 50, 'volumes')
    .prefault({})
    .describe(
      'Each named volume of the compose file: `shared` by both slots and the accessories, or one for each `slot`.',
    ),
  proxy: proxy.optional().describe('The site. Without it nothing takes traffic through a proxy of ours.'),
  database: database.optional().describe('The database that is backed up before migrations.'),
  backup: z
    .enum(['on', 'off'])
    .prefault('on')
    .describe('`off` lets migrations run without a checked backup of the database.'),
  migrations: section({
    service: composeName.describe('Service in whose new image the command runs.'),
    command: command.describe('Program and arguments, as a list; no shell takes it apart.'),
    timeout: duration('1s', '6h').prefault('10m').describe('Longest time the command may take.'),
    'lock-timeout': duration('100ms', '10m')
      .prefault('10s')
      .describe('Longest time it may wait for a lock of the database.'),
  })
    .optional()
    .describe('How the database is brought to the schema of the new release.'),
  hooks: section({
    'after-ship': hooks(
      'Run when the release is on the host, before the backup. One that fails ends the deploy.',
    ),
    'before-switch': hooks(
      'Run when the release passed its gate. One that fails ends the deploy; traffic is not touched.',
    ),
    'after-switch': hooks(
      'Run when the release takes traffic. One that fails is a warning: the deploy stays.',
    ),
    'on-failure': hooks(
      'Run when the deploy failed after the release was shipped. One that fails is a warning.',
    ),
  })
    .prefault({})
    .describe("One-off commands in the release's own environment."),
  gate: section({
    deadline: duration('1s', '1h').prefault('60s').describe('Time a new release has to become healthy.'),
    interval: duration('100ms', '5m').prefault('1s').describe('Pause between two probes.'),
    timeout: duration('100ms', '5m').prefault('5s').describe('Longest time one probe may take.'),
    successes: integer(1, 100).prefault(2).describe('How many probes in a row have to be healthy.'),
  })
    .prefault({})
    .describe('When a new release is let through.'),
  bake: section({
    duration: duration('0s', '1h')
      .prefault('30s')
      .describe('How long the new release is watched after the switch; `0s` for not at all.'),
    'max-error-percent': z
      .number({ error: 'a number from 0 to 100' })
      .min(0, { error: 'a number from 0 to 100' })
      .max(100, { error: 'a number from 0 to 100' })
      .prefault(5)
      .describe('More answers with a 5xx status than this, in percent, switch back.'),
    'min-requests': integer(1, 1_000_000)
      .prefault(20)
      .describe('The percentage counts once there were this many requests.'),
  })
    .prefault({})
    .describe('Watching the new release after the switch, ready to switch back.'),
  drain: section({
    timeout: duration('0s', '6h')
      .prefault('30s')
      .describe('How long the old release may finish the connections it has.'),
  })
    .prefault({})
    .describe('Letting the old release finish.'),
  retire: section({
    previous: z
      .enum(['warm', 'stopped'])
      .prefault('warm')
      .describe('`warm` keeps the old release running, for a rollback at once; `stopped` frees its memory.'),
    keep: integer(1, 100).prefault(5).describe('How many good releases stay on the host.'),
  })
    .prefault({})
    .describe('What becomes of older releases.'),
})

/** The merged file, its values parsed and its defaults filled in, still under the names of the file. */
export type ConfigFile = z.output<typeof fileSchema>

/** What a probe's answer has to be; an empty `status` means any 2xx. */
export interface Health {
  path: string
  status: number[]
  /** Header → text its value has to contain. */
  headers: Record<string, string>
  /** Dotted path → value. */
  json: Record<string, string | number | boolean | null>
  /** A regular expression's text. */
  body?: string
}

/** How systemd runs a service. */
export interface Process {
  command: string[]
  /** Bytes. */
  memory?: number
  /** Processors. */
  cpu?: number
  restart: 'always' | 'on-failure'
}

export interface WebService {
  role: 'web'
  /** In its container; none with systemd. */
  port?: number
  /** On the host's loopback. */
  slots: { blue: number; green: number }
  health: Health
  /** `path` without, `url` with a slash at its end. */
  assets?: { path: string; url: string }
  /** With systemd only. */
  process?: Process
  stopTimeout: number
}

export interface WorkerService {
  role: 'worker'
  /** With systemd only. */
  process?: Process
  /** With systemd only: whether two of it must never run at once. */
  singleton?: boolean
  stopTimeout: number
}

/** What systemd needs to know besides the services. */
export interface Systemd {
  scope: 'user' | 'system'
  /** As whom system units run. */
  user: string
  python?: { requirements: string; interpreter: string }
  node?: { lock: string }
  build: string[][]
  buildTimeout: number
  /** Folders of the release, as relative paths. */
  shared: string[]
}

export type Service = WebService | WorkerService

export interface Proxy {
  kind: 'nginx'
  domains: string[]
  routes: { path: string; service: string }[]
  listen: number
  bodySize: number
  readTimeout: number
  keepaliveTimeout: number
}

export interface Migrations {
  service: string
  command: string[]
  timeout: number
  lockTimeout: number
}

/** A one-off command in the release's environment; `timeout` in ms. */
export type Hook = z.output<typeof hook>

export interface Hooks {
  afterShip: Hook[]
  beforeSwitch: Hook[]
  afterSwitch: Hook[]
  onFailure: Hook[]
}

/** The app in one environment, under the names of the code. Durations are milliseconds, sizes bytes. */
export interface Config {
  app: string
  environment: string
  base: string
  hosts: HostAddress[]
  /** Of a systemd app's accessories too. */
  compose: NonNullable<ConfigFile['compose']>
  /** There where systemd runs the app. */
  systemd?: Systemd
  services: Record<string, Service>
  accessories: string[]
  volumes: ConfigFile['volumes']
  proxy?: Proxy
  database?: Database
  backup: ConfigFile['backup']
  migrations?: Migrations
  hooks: Hooks
  gate: ConfigFile['gate']
  bake: { duration: number; maxErrorPercent: number; minRequests: number }
  drain: ConfigFile['drain']
  retire: ConfigFile['retire']
}

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

function toHealth({ path, status = [], headers, json, body }: z.output<typeof health>): Health {
  return { path, status: [status].flat(), headers, json, ...(body !== undefined && { body }) }
}

function toService(file: ConfigFile['services'][string]): Service {
  const stopTimeout = file['stop-timeout']
  const process = toProcess(file)
  if (file.role === 'worker') {
    return { role: 'worker', ...(process && { process, singleton: file.singleton ?? true }), stopTimeout }
  }
  const { port, slots, health, assets } = file
  return {
    role: 'web',
    ...(port !== undefined && { port }),
    slots,
    health: toHealth(health),
    ...(assets && { assets }),
    ...(process && { process }),
    stopTimeout,
  }
}

function toProcess(file: ConfigFile['services'][string]): Process | undefined {
  const { command, memory, cpu, restart = 'always' } = file
  if (!command) return undefined
  return { command, ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }), restart }
}

function toSystemd(file: NonNullable<ConfigFile['systemd']>): Systemd {
  const { scope, user = 'www-data', python, node, build, shared } = file
  return {
    scope,
    user,
    ...(python && { python }),
    ...(node && { node }),
    build,
    buildTimeout: file['build-timeout'],
    shared,
  }
}

function toProxy(file: z.output<typeof proxy>): Proxy {
  const { kind, domains, routes, listen } = file
  return {
    kind,
    domains,
    routes,
    listen,
    bodySize: file['body-size'],
    readTimeout: file['read-timeout'],
    keepaliveTimeout: file['keepalive-timeout'],
  }
}

function toMigrations(file: NonNullable<ConfigFile['migrations']>): Migrations {
  const { service, command, timeout } = file
  return { service, command, timeout, lockTimeout: file['lock-timeout'] }
}

function toDatabase(file: z.output<typeof database>): Database {
  if (file.kind === 'sqlite') return file
  const { 'url-env': urlEnv, ...rest } = file
  return urlEnv === undefined ? rest : { ...rest, urlEnv }
}

function toHooks(file: ConfigFile['hooks']): Hooks {
  return {
    afterShip: file['after-ship'],
    beforeSwitch: file['before-switch'],
    afterSwitch: file['after-switch'],
    onFailure: file['on-failure'],
  }
}

/** The one place where names of the file become names of the code. */
export function toConfig(file: ConfigFile, environment: string): Config {
  const { app, hosts, systemd, accessories, volumes, backup, gate, bake, drain, retire } = file
  return {
    app,
    environment,
    base: file.base ?? `/srv/${app}`,
    hosts,
    compose: file.compose ?? { file: defaultComposeFile, ignore: [] },
    ...(systemd && { systemd: toSystemd(systemd) }),
    services: Object.fromEntries(
      Object.entries(file.services).map(([name, each]) => [name, toService(each)]),
    ),
    accessories,
    volumes,
    ...(file.proxy && { proxy: toProxy(file.proxy) }),
    ...(file.database && { database: toDatabase(file.database) }),
    backup,
    ...(file.migrations && { migrations: toMigrations(file.migrations) }),
    hooks: toHooks(file.hooks),
    gate,
    bake: {
      duration: bake.duration,
      maxErrorPercent: bake['max-error-percent'],
      minRequests: bake['min-requests'],
    },
    drain,
    retire,
  }
}
