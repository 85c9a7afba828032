import type { Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { type Fields, fieldsOf, listOf, pick, plainText } from './compose-json'
import { projectName } from './compose-names'
import { keyOf, networksOf, type Product } from './compose-product'
import { chosenName } from './compose-storage'

/*
 * Each network of the product is there once in every project. Within a slot's own network a service is found by its
 * plain name. Where accessories are on the network too, the slot joins theirs as well, but without that name: on it
 * both slots meet, and the plain name would lead to both.
 */

/** The key of the accessories' network within a slot's project. */
function joined(network: string): string {
  return `accessories_${network}`
}

function withAccessories(product: Product, network: string): boolean {
  return [...product.accessories].some(([name, service]) =>
    networksOf(product, name, service).some(([each]) => each === network),
  )
}

function definition(product: Product, network: string): Fields {
  const found = product.networks.get(network)
  if (found || network === 'default') return found ?? {}
  throw new Trouble(
    `${product.config.compose.file}: networks.${network}`,
    'is used but not declared.',
    'Declare it under the top-level `networks`.',
  )
}

/** A switched service's networks. */
export function slotServiceNetworks(product: Product, name: string, service: Fields): Fields {
  const networks = networksOf(product, name, service)
  const entries = networks.flatMap(([network, settings]): [string, Fields][] => {
    const where = keyOf(product, name, `networks.${network}`)
    if (settings.ipv4_address || settings.ipv6_address || settings.mac_address) {
      throw new Trouble(
        where,
        'has a fixed address, which two slots cannot share.',
        'Remove it: services find each other by name.',
      )
    }
    const kept = pick(settings, ['priority'])
    const aliases = listOf(settings.aliases, where).map((alias) => plainText(alias, where))
    if (definition(product, network).external) {
      if (aliases.length > 0) {
        product.notices.add(
          `${where}: its aliases are left out, since both slots would answer to them on an external network.`,
        )
      }
      return [[network, kept]]
    }
    const own: [string, Fields] = [
      network,
      { ...kept, aliases: [...new Set([name, ...aliases, ...formerName(product, name, service)])] },
    ]
    return withAccessories(product, network) ? [own, [joined(network), kept]] : [own]
  })
  refuseUnreachable(product, name, networks)
  return Object.fromEntries(entries)
}

/** Docker resolves a container's name on its networks, so a `container_name` that is dropped lives on as an alias. */
function formerName(product: Product, name: string, service: Fields): string[] {
  if (typeof service.container_name !== 'string' || service.container_name === '') return []
  return [plainText(service.container_name, keyOf(product, name, 'container_name'))]
}

function refuseUnreachable(product: Product, name: string, networks: readonly [string, Fields][]): void {
  if (product.config.services[name]?.role !== 'web' || networks.length === 0) return
  if (networks.some(([network]) => definition(product, network).internal !== true)) return
  throw new Trouble(
    keyOf(product, name, 'networks'),
    'are all internal, so Docker publishes no port of the service and the proxy cannot reach it.',
    'Put it on a network that is not `internal` as well.',
  )
}

/** The networks of a slot's project. */
export function slotNetworks(product: Product, slot: Slot): Record<string, Fields> {
  const used = usedBy(product, product.switched)
  const own = used.map((network): [string, Fields] => [network, networkOf(product, slot, network)])
  const others = used
    .filter((network) => !definition(product, network).external && withAccessories(product, network))
    .map((network): [string, Fields] => [
      joined(network),
      { name: `${projectName(product.config.app, 'accessories')}_${network}`, external: true },
    ])
  const clash = others.find(([key]) => used.includes(key))
  if (clash) {
    throw new Trouble(
      `${product.config.compose.file}: networks.${clash[0]}`,
      'has a name that Kawasemi needs.',
      'Rename it.',
    )
  }
  return Object.fromEntries([...own, ...others])
}

export function accessoryNetworks(product: Product): Record<string, Fields> {
  return Object.fromEntries(
    usedBy(product, product.accessories).map((network) => [
      network,
      networkOf(product, 'accessories', network),
    ]),
  )
}

function usedBy(product: Product, services: ReadonlyMap<string, Fields>): string[] {
  return [
    ...new Set(
      [...services].flatMap(([name, service]) => networksOf(product, name, service).map(([n]) => n)),
    ),
  ]
}

function networkOf(product: Product, part: Slot | 'accessories', network: string): Fields {
  const where = `${product.config.compose.file}: networks.${network}`
  const fields = definition(product, network)
  if (fields.external) return { name: chosenName(product, network, fields) ?? network, external: true }
  if (chosenName(product, network, fields) !== undefined) {
    product.notices.add(`${where}: its fixed name is left out, since each slot has a network of its own.`)
  }
  const kept = pick(fields, ['driver', 'driver_opts', 'internal', 'attachable', 'enable_ipv6', 'labels'])
  const ranges = fieldsOf(fields.ipam, `${where}.ipam`)
  if (listOf(ranges.config, `${where}.ipam.config`).length === 0) return kept
  if (part === 'accessories') return { ...kept, ipam: ranges }
  product.notices.add(
    `${where}: its address range is for the accessories; Docker chooses those of the slots.`,
  )
  return kept
}
