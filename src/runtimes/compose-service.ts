import type { WebService } from '../config/schema'
import type { Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { type Fields, fieldsOf, listOf, literal, pick, plainText, textOf } from './compose-json'
import { imageReference, slotService } from './compose-names'
import { slotServiceNetworks } from './compose-networks'
import { keyOf, networksOf, type Product, passedKeys } from './compose-product'
import { type Copy, envFiles, mounts, type Part } from './compose-storage'

/** One switched service in one slot's project. @throws {Trouble} where it cannot be there twice. */
export function switchedService(
  product: Product,
  slot: Slot,
  name: string,
  service: Fields,
  copies: Copy[],
): Fields {
  const { app, services } = product.config
  const config = services[name]!
  const passed = passedKeys(product, name, service)
  refuseSharedNamespaces(product, name, service)
  const result: Record<string, unknown> = {
    ...passed,
    ...common(product, slot, name, service, copies),
    image: literal(imageReference(app, name, product.release.id)),
    // Whatever is behind the name that was built or taken for this release, now and after a rollback.
    pull_policy: 'never',
    labels: {
      ...fieldsOf(service.labels, keyOf(product, name, 'labels')),
      ...ownLabels(product, slot, name),
    },
    environment: { ...environment(product, name, service), ...ownEnvironment(product, slot) },
    restart: restart(product, name, service),
    stop_grace_period: `${Math.ceil(config.stopTimeout / 1000)}s`,
  }
  if (service.network_mode === 'none') result.network_mode = 'none'
  else result.networks = slotServiceNetworks(product, name, service)
  if (config.role === 'web') result.ports = [port(product, slot, name, service, config)]
  else refusePorts(product, name, service)
  const replicas = copiesOf(product, name, service)
  if (replicas > 1 && config.role === 'web') {
    throw new Trouble(
      keyOf(product, name, 'deploy.replicas'),
      'is more than one, but a slot has one port for it.',
      'Let the service start several processes itself, or set it to 1.',
    )
  }
  if (replicas > 1) result.scale = replicas
  if (typeof service.container_name === 'string' && service.container_name !== '') {
    product.notices.add(
      `${keyOf(product, name, 'container_name')}: left out, since two slots cannot share it; within its slot the service still answers to ${service.container_name}.`,
    )
  }
  const dependencies = slotDependencies(product, slot, name, service)
  if (Object.keys(dependencies).length > 0) result.depends_on = dependencies
  return result
}

/** An accessory as it was written, but that it comes back after a reboot. */
export function accessory(product: Product, name: string, service: Fields, copies: Copy[]): Fields {
  const where = (key: string) => keyOf(product, name, key)
  if (service.build) {
    throw new Trouble(
      where('build'),
      'an accessory is never switched, so it cannot run an image that each release builds anew.',
      'Give it an `image`, or put it under services.',
    )
  }
  const result: Record<string, unknown> = {
    ...passedKeys(product, name, service),
    ...common(product, 'accessories', name, service, copies),
    image: textOf(service.image, where('image')),
    environment: environment(product, name, service),
    restart: accessoryRestart(product, name, service),
    ...pick(service, ['container_name', 'stop_grace_period', 'network_mode', 'labels', 'scale']),
  }
  const networks = networksOf(product, name, service)
  if (networks.length > 0) result.networks = Object.fromEntries(networks)
  const ports = listOf(service.ports, where('ports'))
  if (ports.length > 0) result.ports = ports
  warnOfOpenPorts(product, name, ports)
  const dependencies = accessoryDependencies(product, name, service)
  if (Object.keys(dependencies).length > 0) result.depends_on = dependencies
  return result
}

/** What is the same for both kinds. */
function common(
  product: Product,
  part: Part,
  name: string,
  service: Fields,
  copies: Copy[],
): Record<string, unknown> {
  const result: Record<string, unknown> = { logging: logging(product, name, service) }
  const volumes = mounts(product, part, name, service, copies)
  if (volumes.length > 0) result.volumes = volumes
  const env = envFiles(product, name, service, copies)
  if (env.length > 0) result.env_file = env
  for (const kind of ['configs', 'secrets']) {
    const granted = listOf(service[kind], keyOf(product, name, kind))
    if (granted.length > 0) result[kind] = granted
  }
  const deploy = fieldsOf(service.deploy, keyOf(product, name, 'deploy'))
  if (deploy.resources) result.deploy = { resources: deploy.resources }
  return result
}

function logging(product: Product, name: string, service: Fields): Fields {
  const written = fieldsOf(service.logging, keyOf(product, name, 'logging'))
  return Object.keys(written).length > 0
    ? pick(written, ['driver', 'options'])
    : { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } }
}

function environment(product: Product, name: string, service: Fields): Record<string, unknown> {
  const where = keyOf(product, name, 'environment')
  const entries = Object.entries(fieldsOf(service.environment, where))
  for (const [variable, value] of entries) {
    if (/[=\0]/.test(variable) || variable === '' || (typeof value === 'object' && value !== null)) {
      throw new Trouble(
        `${where}.${JSON.stringify(variable.slice(0, 80))}`,
        'is not a variable with a value.',
        'Correct it.',
      )
    }
  }
  return Object.fromEntries(entries)
}

function ownEnvironment({ config, release }: Product, slot: Slot): Record<string, string> {
  return {
    KAWASEMI_APP: literal(config.app),
    KAWASEMI_SLOT: slot,
    KAWASEMI_RELEASE: literal(release.id),
    KAWASEMI_VERSION: literal(release.version),
  }
}

function ownLabels({ config, release }: Product, slot: Slot, name: string): Record<string, string> {
  return {
    'kawasemi.app': literal(config.app),
    'kawasemi.slot': slot,
    'kawasemi.service': literal(name),
    'kawasemi.release': literal(release.id),
  }
}

/** With `always`, a slot that was stopped would come back when Docker restarts. */
function restart(product: Product, name: string, service: Fields): string {
  const asked = askedRestart(product, name, service)
  if (asked !== 'always') return asked || 'unless-stopped'
  product.notices.add(
    `${keyOf(product, name, 'restart')}: unless-stopped instead of always, or a stopped slot would come back.`,
  )
  return 'unless-stopped'
}

function accessoryRestart(product: Product, name: string, service: Fields): string {
  const asked = askedRestart(product, name, service)
  if (asked) return asked
  product.notices.add(
    `${keyOf(product, name, 'restart')}: unless-stopped, so that ${name} is there after a reboot.`,
  )
  return 'unless-stopped'
}

/** `deploy.restart_policy` outweighs `restart`. */
function askedRestart(product: Product, name: string, service: Fields): string {
  const where = keyOf(product, name, 'deploy')
  const policy = fieldsOf(fieldsOf(service.deploy, where).restart_policy, `${where}.restart_policy`)
  if (policy.condition === 'none') return 'no'
  if (policy.condition === 'any') return 'always'
  if (policy.condition === 'on-failure') {
    return Number.isSafeInteger(policy.max_attempts) ? `on-failure:${policy.max_attempts}` : 'on-failure'
  }
  return service.restart === undefined || service.restart === null
    ? ''
    : plainText(service.restart, keyOf(product, name, 'restart'))
}

function port(product: Product, slot: Slot, name: string, service: Fields, web: WebService): Fields {
  const where = keyOf(product, name, 'ports')
  for (const each of listOf(service.ports, where)) {
    const published = fieldsOf(each, where)
    if (published.target === web.port && (published.protocol ?? 'tcp') === 'tcp') continue
    throw new Trouble(
      where,
      `publishes port ${String(published.target).slice(0, 20)}, which both slots would need at the same time; only ${web.port} is switched.`,
      'Remove it; services of the app reach it over their network without publishing.',
    )
  }
  const written = listOf(service.ports, where)
  if (written.length > 0) {
    product.notices.add(
      `${where}: published on 127.0.0.1:${web.slots.blue} and :${web.slots.green} instead, for the proxy.`,
    )
  }
  return {
    mode: 'ingress',
    host_ip: '127.0.0.1',
    target: web.port,
    published: String(web.slots[slot]),
    protocol: 'tcp',
  }
}

function refusePorts(product: Product, name: string, service: Fields): void {
  const where = keyOf(product, name, 'ports')
  if (listOf(service.ports, where).length === 0) return
  throw new Trouble(
    where,
    'a worker takes no traffic, and both slots would need the port at the same time.',
    'Remove it, or give the service `role: web` and ports for its slots.',
  )
}

function refuseSharedNamespaces(product: Product, name: string, service: Fields): void {
  const mode = service.network_mode
  const isWeb = product.config.services[name]?.role === 'web'
  if (mode !== undefined && mode !== null && (mode !== 'none' || isWeb)) {
    throw new Trouble(
      keyOf(product, name, 'network_mode'),
      `is ${JSON.stringify(mode)}: both slots would meet on the same ports.`,
      'Remove it and use `networks`.',
    )
  }
  for (const key of ['pid', 'ipc']) {
    if (typeof service[key] !== 'string' || !/^(service|container):/.test(service[key])) continue
    throw new Trouble(
      keyOf(product, name, key),
      'shares another container, which may be of the other slot.',
      'Remove it.',
    )
  }
}

function copiesOf(product: Product, name: string, service: Fields): number {
  const deploy = fieldsOf(service.deploy, keyOf(product, name, 'deploy'))
  const asked = service.scale ?? deploy.replicas ?? 1
  if (Number.isSafeInteger(asked) && (asked as number) >= 1) return asked as number
  throw new Trouble(
    keyOf(product, name, 'deploy.replicas'),
    'is not a number from 1.',
    'Correct it, or put the service under compose.ignore.',
  )
}

/** What the slot's services wait for within their slot. Accessories are up before; workers come after the switch. */
function slotDependencies(
  product: Product,
  slot: Slot,
  name: string,
  service: Fields,
): Record<string, Fields> {
  const { services } = product.config
  const where = keyOf(product, name, 'depends_on')
  const kept: [string, Fields][] = []
  for (const [other, settings] of Object.entries(fieldsOf(service.depends_on, where))) {
    const role = Object.hasOwn(services, other) ? services[other]!.role : undefined
    if (role === undefined) continue
    if (role === 'worker' && services[name]!.role === 'web') {
      product.notices.add(`${where}.${other}: left out, since workers start at the switch, after ${name}.`)
      continue
    }
    kept.push([slotService(other, slot), condition(fieldsOf(settings, `${where}.${other}`))])
  }
  return Object.fromEntries(kept)
}

function accessoryDependencies(product: Product, name: string, service: Fields): Record<string, Fields> {
  const where = keyOf(product, name, 'depends_on')
  const kept: [string, Fields][] = []
  for (const [other, settings] of Object.entries(fieldsOf(service.depends_on, where))) {
    if (product.switched.has(other)) {
      throw new Trouble(
        `${where}.${other}`,
        'an accessory is there before and after a service that is switched.',
        'Remove it.',
      )
    }
    if (product.accessories.has(other)) kept.push([other, condition(fieldsOf(settings, `${where}.${other}`))])
  }
  return Object.fromEntries(kept)
}

function condition(settings: Fields): Fields {
  return { condition: 'service_started', ...pick(settings, ['condition', 'restart']) }
}

function warnOfOpenPorts(product: Product, name: string, ports: readonly unknown[]): void {
  const where = keyOf(product, name, 'ports')
  const slotPorts = Object.values(product.config.services).flatMap((each) =>
    each.role === 'web' ? [each.slots.blue, each.slots.green] : [],
  )
  for (const each of ports) {
    const { published, host_ip: address } = fieldsOf(each, where)
    if (slotPorts.includes(Number(published))) {
      throw new Trouble(
        where,
        `publishes ${String(published)}, which is a slot's port in kawasemi.yml.`,
        'Choose another port for the slot.',
      )
    }
    if (address === undefined || address === '' || address === '0.0.0.0' || address === '::') {
      product.warnings.add(
        `${where}: ${name} is published on every address of the host, past its firewall; 127.0.0.1:${String(published ?? '')} would keep it inside.`,
      )
    }
  }
}
