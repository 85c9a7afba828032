import type { Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { type Fields, fieldsOf, listOf, literal, pick, plainText, textOf } from './compose-json'
import { sharedVolume, slotVolume } from './compose-names'
import { insideCheckout, isDotenv, keyOf, type Product } from './compose-product'

/** A file or folder of the checkout that containers see. */
export interface Copy {
  /** Relative to the checkout. */
  readonly from: string
  /** Relative to the release's folder. */
  readonly to: string
  /** Where the compose file asks for it. */
  readonly where: string
  /** An env file: nobody else's to read, and not always there. */
  readonly secret?: { readonly required: boolean }
}

/** Whose project file is being made. */
export type Part = Slot | 'accessories'

/** A volume that is there before anything starts. */
export interface SharedVolume {
  readonly name: string
  readonly driver: string
  /** `key=value` */
  readonly options: readonly string[]
}

/**
 * Where a file of the checkout is on the host. A slot sees its own release's. Accessories outlive releases, so what
 * they see lies apart and does not change under them.
 */
function placeOf(product: Product, part: Part, inside: string): { to: string; source: string } {
  const { config, release } = product
  return part === 'accessories'
    ? { to: `accessories/${inside}`, source: `${config.base}/shared/accessories/${inside}` }
    : { to: `files/${inside}`, source: `${config.base}/releases/${release.id}/files/${inside}` }
}

export function mounts(
  product: Product,
  part: Part,
  name: string,
  service: Fields,
  copies: Copy[],
): Fields[] {
  const where = keyOf(product, name, 'volumes')
  return listOf(service.volumes, where).map((each) => {
    const mount = fieldsOf(each, where)
    switch (mount.type) {
      case 'volume':
        checkVolume(product, part, name, mount)
        return pick(mount, ['type', 'source', 'target', 'read_only', 'volume'])
      case 'tmpfs':
        return pick(mount, ['type', 'target', 'tmpfs'])
      case 'bind':
        return bind(product, part, name, mount, copies)
      default:
        throw new Trouble(
          where,
          `a mount of type ${String(mount.type).slice(0, 40)} cannot be deployed with Kawasemi.`,
          'Use volume, bind or tmpfs.',
        )
    }
  })
}

function checkVolume(product: Product, part: Part, name: string, mount: Fields): void {
  if (mount.source === undefined || mount.source === null) return
  const where = keyOf(product, name, 'volumes')
  const volume = textOf(mount.source, where)
  if (!product.volumes.has(volume)) {
    throw new Trouble(
      where,
      `the volume ${JSON.stringify(volume)} is not one of the file's volumes.`,
      'Correct the name.',
    )
  }
  const declared = Object.hasOwn(product.config.volumes, volume) ? product.config.volumes[volume] : undefined
  if (part === 'accessories') {
    if (declared !== 'slot') return
    throw new Trouble(
      `kawasemi.yml: volumes.${volume}`,
      `is \`slot\`, but the accessory ${name} uses it, and accessories have no slots.`,
      'Declare it as `shared`.',
    )
  }
  if (declared === undefined) {
    throw new Trouble(
      `kawasemi.yml: volumes.${volume}`,
      `is missing: ${name} uses this volume, and two slots would each have their own without saying so.`,
      `Declare it: \`${volume}: shared\` for data that outlives a release (media, uploads), \`${volume}: slot\` for files of one release (collected static files).`,
    )
  }
  if (declared === 'slot' && product.volumes.get(volume)?.external) {
    throw new Trouble(
      `kawasemi.yml: volumes.${volume}`,
      'is `slot`, but external.',
      'Declare it as `shared`.',
    )
  }
}

/** @throws {Trouble} where kawasemi.yml declares a volume that the compose file lacks. */
export function refuseUnknownVolumes({ config, volumes }: Product): void {
  for (const volume of Object.keys(config.volumes)) {
    if (volumes.has(volume)) continue
    throw new Trouble(
      `kawasemi.yml: volumes.${volume}`,
      `${config.compose.file} has no volume of this name (it has ${[...volumes.keys()].join(', ') || 'none'}).`,
      'Correct the name, or take it out.',
    )
  }
}

function bind(product: Product, part: Part, name: string, mount: Fields, copies: Copy[]): Fields {
  const where = keyOf(product, name, 'volumes')
  const path = plainText(mount.source, where)
  if (!path.startsWith('/'))
    throw new Trouble(where, `${path} is not an absolute path.`, 'Resolve the compose file first.')
  if (/(^|\/)docker\.sock$/.test(path)) {
    product.warnings.add(`${where}: with ${path} this container can do everything on the host.`)
  }
  const inside = insideCheckout(product, path)
  if (inside === undefined) return pick(mount, ['type', 'source', 'target', 'read_only', 'bind'])
  if (inside === '') {
    throw new Trouble(
      where,
      'mounts the whole project, as on a developer’s machine.',
      'Copy the files in the Dockerfile instead.',
    )
  }
  const { to, source } = placeOf(product, part, inside)
  copies.push({ from: inside, to, where })
  if (mount.read_only !== true) {
    product.notices.add(`${where}: ${inside} belongs to the release, so ${name} sees it read-only.`)
  }
  return {
    ...pick(mount, ['type', 'target']),
    source: literal(source),
    read_only: true,
    bind: { ...pick(fieldsOf(mount.bind, where), ['propagation', 'selinux']), create_host_path: false },
  }
}

/** The `configs` or `secrets` that the services of one project name. */
export function grants(
  product: Product,
  part: Part,
  kind: 'configs' | 'secrets',
  services: ReadonlyMap<string, Fields>,
  copies: Copy[],
): Record<string, unknown> {
  const used = new Set<string>()
  for (const [name, service] of services) {
    const where = keyOf(product, name, kind)
    for (const each of listOf(service[kind], where)) {
      const source = typeof each === 'string' ? each : textOf(fieldsOf(each, where).source, where)
      if (!product[kind].has(source)) {
        throw new Trouble(
          where,
          `${JSON.stringify(source)} is not one of the file's ${kind}.`,
          'Correct the name.',
        )
      }
      used.add(source)
    }
  }
  return Object.fromEntries(
    [...used].map((name) => [name, grant(product, part, kind, name, product[kind].get(name)!, copies)]),
  )
}

function grant(
  product: Product,
  part: Part,
  kind: 'configs' | 'secrets',
  name: string,
  fields: Fields,
  copies: Copy[],
): Fields {
  const where = `${product.config.compose.file}: ${kind}.${name}`
  if (typeof fields.environment === 'string') return { environment: fields.environment }
  if (kind === 'secrets') {
    throw new Trouble(
      where,
      'is not from a variable.',
      'Give it as `environment: NAME`, and NAME by the `env` input.',
    )
  }
  if (typeof fields.content === 'string') return { content: fields.content }
  const inside =
    fields.file === undefined ? undefined : insideCheckout(product, plainText(fields.file, where))
  if (!inside)
    throw new Trouble(
      where,
      'is not a file of the repository.',
      'Use `file:` with a path in it, or `content:`.',
    )
  const { to, source } = placeOf(product, part, inside)
  copies.push({ from: inside, to, where })
  return { file: literal(source) }
}

/** Env files are read by Compose on the host, so accessories' too lie with the release. */
export function envFiles(product: Product, name: string, service: Fields, copies: Copy[]): Fields[] {
  const where = keyOf(product, name, 'env_file')
  const folder = `${product.config.base}/releases/${product.release.id}`
  const entry = (path: string, required = true) => ({ path: literal(`${folder}/${path}`), required })
  return listOf(service.env_file, where).flatMap((each): Fields[] => {
    const fields = typeof each === 'string' ? { path: each } : fieldsOf(each, where)
    const path = plainText(fields.path, where)
    // Compose's own `.env` is seldom in a checkout: what it holds there comes from the `env` input here.
    if (isDotenv(product, path)) return [entry('env.defaults'), entry('env')]
    const inside = insideCheckout(product, path)
    if (inside === undefined) return [{ path: literal(path), required: fields.required !== false }]
    const required = fields.required !== false
    copies.push({ from: inside, to: `files/${inside}`, where, secret: { required } })
    return [{ ...entry(`files/${inside}`, required), ...pick(fields, ['format']) }]
  })
}

/** The name that the file's author chose for a volume or network, where there is one. */
export function chosenName(product: Product, name: string, fields: Fields): string | undefined {
  if (typeof fields.name !== 'string') return fields.external ? name : undefined
  return fields.name === `${product.defaultName}_${name}` && !fields.external ? undefined : fields.name
}

/** The volumes of one project, and those of them that have to be there before it starts. */
export function volumesOf(
  product: Product,
  part: Part,
  services: ReadonlyMap<string, Fields>,
): { section: Record<string, Fields>; shared: SharedVolume[] } {
  const { app, volumes: declared } = product.config
  const section: [string, Fields][] = []
  const shared: SharedVolume[] = []
  for (const [volume, fields] of product.volumes) {
    if (!isMounted(volume, services)) continue
    const where = `${product.config.compose.file}: volumes.${volume}`
    if (part !== 'accessories' && declared[volume] === 'slot') {
      section.push([
        volume,
        { name: slotVolume(app, part, volume), ...pick(fields, ['driver', 'driver_opts', 'labels']) },
      ])
      continue
    }
    // As an ordinary volume of two projects Compose would warn that it belongs to another one.
    const name = volumeName(product, volume, fields)
    section.push([volume, { name, external: true }])
    if (!fields.external) shared.push({ name, ...driverOf(fields, where) })
  }
  return { section: Object.fromEntries(section), shared }
}

/** The name on the host of a volume that is the same for all. @throws {Trouble} where it cannot be one. */
export function volumeName(product: Product, volume: string, fields: Fields): string {
  const where = `${product.config.compose.file}: volumes.${volume}`
  const name = plainText(
    chosenName(product, volume, fields) ?? sharedVolume(product.config.app, volume),
    where,
  )
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/.test(name)) return name
  throw new Trouble(where, `${JSON.stringify(name)} is not a volume's name.`, 'Correct `name`.')
}

export function isMounted(volume: string, services: ReadonlyMap<string, Fields>): boolean {
  return [...services.values()].some(
    (service) =>
      Array.isArray(service.volumes) &&
      service.volumes.some((mount) => mount?.type === 'volume' && mount.source === volume),
  )
}

function driverOf(fields: Fields, where: string): Pick<SharedVolume, 'driver' | 'options'> {
  const driver = fields.driver === undefined ? 'local' : plainText(fields.driver, `${where}.driver`)
  const options = Object.entries(fieldsOf(fields.driver_opts, `${where}.driver_opts`)).map(([key, value]) =>
    plainText(`${key}=${String(value)}`, `${where}.driver_opts.${key}`),
  )
  return { driver: driver || 'local', options }
}
