import { type Fields, fieldsOf, listOf, plainText } from './compose-json'
import { projectName } from './compose-names'
import { keyOf, networksOf, type Product } from './compose-product'
import { chosenName, isMounted, volumeName } from './compose-storage'

/*
 * A database that ran before Kawasemi came goes on in its container: no second one may open its volume, and stopping it
 * would be a gap. Whatever container runs on a volume that only one accessory mounts is that accessory; it is put on the
 * networks on which the slots look for it.
 */

/** What the host has to know to find and connect such a container: words of one line each. */
export function adoptionLines(product: Product): string[][] {
  return [...product.accessories].flatMap(([name, service]) => {
    // The old web server does not follow the live link.
    if (name === product.config.proxy?.service) return []
    const own = ownVolumes(product, name, service)
    if (own.length === 0) return []
    return [...own.map((volume) => ['own', name, volume]), ...networkLines(product, name, service)]
  })
}

function ownVolumes(product: Product, name: string, service: Fields): string[] {
  const only = new Map([[name, service]])
  const others = new Map([...product.switched, ...product.accessories].filter(([other]) => other !== name))
  return [...product.volumes]
    .filter(([volume]) => isMounted(volume, only) && !isMounted(volume, others))
    .map(([volume, fields]) => volumeName(product, volume, fields))
}

function networkLines(product: Product, name: string, service: Fields): string[][] {
  return networksOf(product, name, service).map(([network, settings]) => {
    const where = keyOf(product, name, `networks.${network}`)
    const fields = product.networks.get(network) ?? {}
    const real = fields.external
      ? (chosenName(product, network, fields) ?? network)
      : `${projectName(product.config.app, 'accessories')}_${network}`
    const aliases = listOf(fieldsOf(settings, where).aliases, where).map((alias) => plainText(alias, where))
    return ['network', name, real, name, ...aliases]
  })
}
