import { z } from 'zod'
import { type Database, database, toDatabase } from './database'
import { type Hooks, hookLists, toHooks } from './hooks'
import { hostEntry } from './host'
import { type Migrations, migrations, toMigrations } from './migrations'
import { type ProxyConfig, proxy, toProxy } from './proxy'
import { atMost, mapOf, section } from './section'
import { type Service, service, toService } from './service'
import { type Setup, setup, toSetup } from './setup'
import { type Systemd, systemd, toSystemd } from './systemd'
import { appName, basePath, composeName, duration, type HostAddress, integer, repoPath } from './values'

export type { ConnectionNames, Database, FileDatabase, ServerDatabase } from './database'
export type { Hook, Hooks } from './hooks'
export type { Migrations } from './migrations'
export type { ProxyConfig, ServedFolder } from './proxy'
export type { Acme, RateLimit, SiteOptions, Tls } from './proxy-options'
export type { Health, Process, Service, WebService, WorkerService } from './service'
export type { Setup } from './setup'
export type { Systemd } from './systemd'
export { environmentName } from './values'
export type { HostAddress }

/*
 * The one description of kawasemi.yml. Types, validation, the editors' JSON Schema and the table in the docs all
 * come from it and the files beside it, one for each section. Keys are as people write them (kebab-case); `toConfig`
 * at the end names them as the code does.
 */

const defaultComposeFile = 'compose.yaml'

/** The file after the environment was merged over it. */
export const fileSchema = section({
  app: appName.describe('Name of the app; names its folder and its containers on the host.'),
  base: basePath
    .optional()
    .describe('Folder of the app on the host; `/srv/` and the name of the app when left out.'),
  hosts: atMost(50, hostEntry, 'hosts')
    .min(1)
    .describe(
      'Servers the environment runs on: `user@address` or `user@address:port`; or `{host: …, jump: …}` for one that is reached through another.',
    ),
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
  services: mapOf(composeName, service, 50, 'services').describe(
    'Services that are switched, by their name in the compose file if there is one.',
  ),
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
  migrations: migrations.optional().describe('How the database is brought to the schema of the new release.'),
  hooks: hookLists,
  setup: setup
    .prefault({})
    .describe('What `setup-host` installs and opens on a host, besides what the rest calls for.'),
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
    'max-p95': duration('1ms', '5m')
      .optional()
      .describe(
        'When more than 5 % of the answers take longer than this, it switches back: the limit of their 95th percentile. Not looked at when left out.',
      ),
    'min-requests': integer(1, 1_000_000)
      .prefault(20)
      .describe('These limits count once there were this many requests.'),
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
  proxy?: ProxyConfig
  database?: Database
  backup: ConfigFile['backup']
  migrations?: Migrations
  hooks: Hooks
  setup: Setup
  gate: ConfigFile['gate']
  bake: { duration: number; maxErrorPercent: number; maxP95?: number; minRequests: number }
  drain: ConfigFile['drain']
  retire: ConfigFile['retire']
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
    setup: toSetup(file.setup),
    gate,
    bake: {
      duration: bake.duration,
      maxErrorPercent: bake['max-error-percent'],
      ...(bake['max-p95'] !== undefined && { maxP95: bake['max-p95'] }),
      minRequests: bake['min-requests'],
    },
    drain,
    retire,
  }
}
