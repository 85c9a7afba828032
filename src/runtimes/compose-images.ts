import { type Fields, textOf } from './compose-json'
import { imageReference } from './compose-names'
import { keyOf, type Product } from './compose-product'
import type { TakenImage } from './runtime'

/** The images that nobody builds here. */

/** Those of switched services: a release keeps what was behind the name when it was shipped, as it keeps what was built. */
export function takenImages(product: Product): TakenImage[] {
  const { config, release } = product
  return [...product.switched].flatMap(([service, fields]): TakenImage[] => {
    if (fields.build) return []
    const name = imageName(product, service, fields)
    const reference = imageReference(config.app, service, release.id)
    return [{ name, reference, fetch: whenToFetch(name, fields.pull_policy) }]
  })
}

/** Those of accessories, which a deploy never changes. */
export function accessoryImages(product: Product): string[] {
  return [
    ...new Set([...product.accessories].map(([service, fields]) => imageName(product, service, fields))),
  ]
}

function imageName(product: Product, service: string, fields: Fields): string {
  return textOf(fields.image, keyOf(product, service, 'image')).replaceAll('$$', '$')
}

/** As Compose has it: `latest` is fetched even where only what is missing should be. */
function whenToFetch(image: string, policy: unknown): TakenImage['fetch'] {
  if (policy === 'never') return 'never'
  if (typeof policy === 'string' && /^(always|daily|weekly|every_.+)$/.test(policy)) return 'always'
  if (image.includes('@')) return 'missing'
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? 'latest'
  return tag === 'latest' ? 'always' : 'missing'
}
