import { dirname, join, relative } from 'node:path'
import type { Config } from '../config/schema'
import type { Release } from '../release/release'
import { Trouble } from '../release/trouble'
import { type Fields, fieldsOf, pick, sectionsOf } from './compose-json'

/** The app's compose file, taken apart by what becomes of each service; and what is found out on the way. */
export interface Product {
  readonly config: Config
  readonly release: Pick<Release, 'id' | 'version'>
  readonly projectDir: string
  readonly switched: ReadonlyMap<string, Fields>
  readonly accessories: ReadonlyMap<string, Fields>
  readonly networks: ReadonlyMap<string, Fields>
  readonly volumes: ReadonlyMap<string, Fields>
  readonly configs: ReadonlyMap<string, Fields>
  readonly secrets: ReadonlyMap<string, Fields>
  /** The project's name on the runner, from which Compose made names that nobody chose. */
  readonly defaultName: string
  readonly notices: Set<string>
  readonly warnings: Set<string>
}

/** Where a key of a service stands, for messages. */
export function keyOf(product: Pick<Product, 'config'>, service: string, key: string): string {
  return `${product.config.compose.file}: services.${service}.${key}`
}

/** @throws {Trouble} where the compose file and kawasemi.yml do not name the same services. */
export function readProduct(
  input: Pick<Product, 'config' | 'release' | 'projectDir'> & { readonly model: unknown },
): Product {
  const { config, release, projectDir } = input
  const { file } = config.compose
  const model = fieldsOf(input.model, file)
  const services = new Map(sectionsOf(model.services, `${file}: services`))
  refuseAmbiguousApp(config.app)
  refuseUnknown(config, services)
  refuseUnnamed(config, services)
  const section = (name: string) => new Map(sectionsOf(model[name], `${file}: ${name}`))
  const only = (names: readonly string[]) => new Map(names.map((name) => [name, services.get(name)!]))
  return {
    config,
    release,
    projectDir,
    switched: only(Object.keys(config.services)),
    accessories: only(config.accessories),
    networks: section('networks'),
    volumes: section('volumes'),
    configs: section('configs'),
    secrets: section('secrets'),
    defaultName: typeof model.name === 'string' ? model.name : '',
    notices: new Set(),
    warnings: new Set(),
  }
}

/** `shop-blue`'s own volumes would have the names of `shop`'s volumes of its blue slot. */
function refuseAmbiguousApp(app: string): void {
  if (!/-(blue|green|accessories)$/.test(app)) return
  throw new Trouble(
    `app ${app}`,
    'ends like a slot, so on the host its parts could be taken for those of another app.',
    'Choose a name that does not end with -blue, -green or -accessories.',
  )
}

function listed(config: Config): [name: string, key: string][] {
  return [
    ...Object.keys(config.services).map((name): [string, string] => [name, 'services']),
    ...config.accessories.map((name): [string, string] => [name, 'accessories']),
    ...config.compose.ignore.map((name): [string, string] => [name, 'compose.ignore']),
  ]
}

function refuseUnknown(config: Config, services: ReadonlyMap<string, Fields>): void {
  const seen = new Map<string, string>()
  for (const [name, key] of listed(config)) {
    if (!services.has(name)) {
      throw new Trouble(
        `kawasemi.yml: ${key}: ${name}`,
        `${config.compose.file} has no service of this name (it has ${[...services.keys()].join(', ') || 'none'}).`,
        'Correct the name, or take it out.',
      )
    }
    const other = seen.get(name)
    if (other !== undefined) {
      throw new Trouble(`kawasemi.yml: ${key}: ${name}`, `is under ${other} too.`, 'Leave it in one of them.')
    }
    seen.set(name, key)
  }
}

/** Services of a profile nobody asked for are not part of a plain `docker compose up` either. */
function refuseUnnamed(config: Config, services: ReadonlyMap<string, Fields>): void {
  const known = new Set(listed(config).map(([name]) => name))
  for (const [name, service] of services) {
    if (known.has(name) || (Array.isArray(service.profiles) && service.profiles.length > 0)) continue
    throw new Trouble(
      `${config.compose.file}: services.${name}`,
      'kawasemi.yml does not say what it is.',
      'Put it under services (switched), accessories (never switched) or compose.ignore (not deployed).',
    )
  }
}

/** A path of the checkout relative to its root; nothing where it lies outside. */
export function insideCheckout(product: Pick<Product, 'projectDir'>, path: string): string | undefined {
  const inside = relative(product.projectDir, path)
  return inside === '..' || inside.startsWith('../') ? undefined : inside
}

/** The `.env` that Compose reads by itself. */
export function isDotenv(product: Product, path: string): boolean {
  const inside = insideCheckout(product, path)
  return inside === '.env' || inside === join(dirname(product.config.compose.file), '.env')
}

/** The networks a service is on; none with a `network_mode`. */
export function networksOf(product: Product, name: string, service: Fields): [string, Fields][] {
  if (service.network_mode !== undefined && service.network_mode !== null) return []
  const networks = Array.isArray(service.networks)
    ? Object.fromEntries(service.networks.map((network) => [String(network), null]))
    : (service.networks ?? { default: null })
  return sectionsOf(networks, keyOf(product, name, 'networks'))
}

// biome-ignore format: a list of words
const passed = [
  'command', 'entrypoint', 'working_dir', 'user', 'hostname', 'domainname', 'tty', 'stdin_open', 'init',
  'stop_signal', 'healthcheck', 'cap_add', 'cap_drop', 'security_opt', 'privileged', 'read_only', 'tmpfs',
  'shm_size', 'sysctls', 'ulimits', 'extra_hosts', 'dns', 'dns_search', 'dns_opt', 'devices',
  'device_cgroup_rules', 'group_add', 'ipc', 'pid', 'uts', 'userns_mode', 'cgroup', 'cgroup_parent',
  'mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'oom_kill_disable', 'oom_score_adj',
  'pids_limit', 'cpus', 'cpu_count', 'cpu_percent', 'cpu_period', 'cpu_quota', 'cpu_rt_period',
  'cpu_rt_runtime', 'cpu_shares', 'cpuset', 'blkio_config', 'storage_opt', 'platform', 'runtime',
  'isolation', 'annotations', 'expose',
]
// biome-ignore format: a list of words
const handled = [
  'image', 'build', 'ports', 'networks', 'network_mode', 'volumes', 'environment', 'env_file', 'depends_on',
  'restart', 'deploy', 'container_name', 'logging', 'labels', 'configs', 'secrets', 'stop_grace_period',
  'scale',
]
/** They say how a developer's machine runs the file, or what we decide ourselves. */
const dropped = ['profiles', 'pull_policy', 'develop', 'attach', 'extends']

/** What Kawasemi has no opinion on. @throws {Trouble} on a key it does not know at all. */
export function passedKeys(product: Product, name: string, service: Fields): Record<string, unknown> {
  for (const [key, value] of Object.entries(service)) {
    const empty = value === null || (Array.isArray(value) && value.length === 0)
    if (empty || key.startsWith('x-')) continue
    if (passed.includes(key) || handled.includes(key) || dropped.includes(key)) continue
    throw new Trouble(
      keyOf(product, name, key),
      'cannot be deployed with Kawasemi.',
      otherWay[key] ?? 'Remove it.',
    )
  }
  return pick(service, passed)
}

const otherWay: Readonly<Record<string, string>> = {
  links: 'Services on one network find each other by name: remove it, or use networks.NAME.aliases.',
  external_links: 'Put the other container on a network declared as external instead.',
  volumes_from: 'Mount the named volumes one by one instead.',
  mac_address: 'Two slots cannot share it: remove it.',
}
