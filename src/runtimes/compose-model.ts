import { type Slot, slots } from '../release/slot'
import { Trouble } from '../release/trouble'
import { adoptionLines } from './compose-adopt'
import { accessoryImages, takenImages } from './compose-images'
import type { Fields } from './compose-json'
import { projectName, slotService } from './compose-names'
import { accessoryNetworks, slotNetworks } from './compose-networks'
import { type Product, readProduct } from './compose-product'
import { withSiteServer } from './compose-proxy'
import { accessory, switchedService } from './compose-service'
import { type Copy, grants, refuseUnknownVolumes, type SharedVolume, volumesOf } from './compose-storage'
import type { TakenImage } from './runtime'

/** The product's compose file, taken apart into one project for each slot and one for the accessories. */
export interface ComposeProjects {
  readonly slots: Readonly<Record<Slot, Fields>>
  /** Nothing where there are no accessories. */
  readonly accessories: Fields | undefined
  readonly copies: readonly Copy[]
  readonly sharedVolumes: readonly SharedVolume[]
  /** Lines by which the host finds accessories that ran before. */
  readonly adoption: readonly (readonly string[])[]
  readonly takenImages: readonly TakenImage[]
  readonly accessoryImages: readonly string[]
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * Pure. The model is in Compose's long form; `${VAR}` stays in it, to be filled in on the host.
 *
 * @throws {Trouble} that names service, key, cause and fix, where the product cannot run in two slots as it is.
 */
export function composeProjects(input: Parameters<typeof readProduct>[0]): ComposeProjects {
  const product = withSiteServer(readProduct(input))
  refuseUnknownVolumes(product)
  const copies: Copy[] = []
  const project = (slot: Slot) => slotProject(product, slot, copies)
  const { blue, green } = { blue: project('blue'), green: project('green') }
  const accessories = product.accessories.size > 0 ? accessoriesProject(product, copies) : undefined
  const shared = [...slots, 'accessories' as const].flatMap(
    (part) => volumesOf(product, part, servicesOf(product, part)).shared,
  )
  return {
    slots: { blue, green },
    accessories,
    copies: distinct(
      [...copies.filter((copy) => !copy.secret), ...copies.filter((copy) => copy.secret)],
      (copy) => copy.to,
    ),
    sharedVolumes: distinct(shared, (volume) => volume.name),
    adoption: adoptionLines(product),
    takenImages: takenImages(product),
    accessoryImages: accessoryImages(product),
    notices: [...product.notices],
    warnings: [...product.warnings],
  }
}

function servicesOf(product: Product, part: Slot | 'accessories'): ReadonlyMap<string, Fields> {
  return part === 'accessories' ? product.accessories : product.switched
}

function slotProject(product: Product, slot: Slot, copies: Copy[]): Fields {
  return {
    name: projectName(product.config.app, slot),
    services: Object.fromEntries(
      [...product.switched].map(([name, service]) => [
        slotService(name, slot),
        switchedService(product, slot, name, service, copies),
      ]),
    ),
    networks: slotNetworks(product, slot),
    volumes: volumesOf(product, slot, product.switched).section,
    configs: grants(product, slot, 'configs', product.switched, copies),
    secrets: grants(product, slot, 'secrets', product.switched, copies),
  }
}

function accessoriesProject(product: Product, copies: Copy[]): Fields {
  return {
    name: projectName(product.config.app, 'accessories'),
    services: Object.fromEntries(
      [...product.accessories].map(([name, service]) => [name, accessory(product, name, service, copies)]),
    ),
    networks: accessoryNetworks(product),
    volumes: volumesOf(product, 'accessories', product.accessories).section,
    configs: grants(product, 'accessories', 'configs', product.accessories, copies),
    secrets: grants(product, 'accessories', 'secrets', product.accessories, copies),
  }
}

/** Of two with the same key the later one: an env file that is also mounted stays secret. */
function distinct<T>(all: readonly T[], key: (each: T) => string): T[] {
  return [...new Map(all.map((each) => [key(each), each])).values()]
}

/** @throws {Trouble} for variables of the projects that have no value: they would become empty on the host. */
export function refuseUnset(unset: readonly string[], projects: ComposeProjects, file: string): void {
  const text = JSON.stringify([projects.slots.blue, projects.accessories])
  // `$$` is a dollar; whether a single one begins a variable's name is for Compose to say, which found the names.
  const used = new Set(
    [...text.replaceAll('$$', '').matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name]) => name!),
  )
  const missing = unset.filter((name) => used.has(name))
  if (missing.length === 0) return
  throw new Trouble(
    `${file}: ${missing.map((name) => `\${${name}}`).join(', ')}`,
    `${missing.length > 1 ? 'have' : 'has'} no value, so it would be empty on the host.`,
    `Give ${missing.join(', ')} by the \`env\` input, or write a default: \${${missing[0]}:-…}.`,
  )
}
