import { acmeFolder, certbotFolder, logFolder, siteFolder } from '../config/places'
import { Trouble } from '../release/trouble'
import { type Fields, fieldsOf, listOf, literal, pick, plainText } from './compose-json'
import { keyOf, type Product } from './compose-product'

/*
 * The product's own web server, as the accessory that follows the live link. It is on the host's network, so that the
 * slots' ports of the loopback are in reach and clients keep their addresses; it sees the app's folder as a folder,
 * since a link that is mounted by itself would stay what it was; and its site is the one that setup-host wrote.
 */

const itsConfiguration = /^\/etc\/nginx(\/nginx\.conf|\/conf\.d(\/.*)?)?\/?$/

/** Makes the app's folder one that nginx's workers may enter: its group on the host has a number, which they get. */
const start = `group="kawasemi:x:$(stat -c %g "$1"):nginx"
grep -qxF "$group" /etc/group || echo "$group" >>/etc/group
exec nginx -g "daemon off;"`

/** @throws {Trouble} where it cannot serve the site as the compose file has it. */
export function withSiteServer(product: Product): Product {
  const name = product.config.proxy?.service
  const service = name === undefined ? undefined : product.accessories.get(name)
  if (name === undefined || service === undefined) return product
  return {
    ...product,
    accessories: new Map([...product.accessories, [name, siteServer(product, name, service)]]),
  }
}

function siteServer(product: Product, name: string, service: Fields): Fields {
  const { app, base } = product.config
  refuseOwnStart(product, name, service)
  const { networks: _, ports: __, ...rest } = service
  leaveOutPorts(product, name, service)
  const kept = keptMounts(product, name, service)
  return {
    ...rest,
    network_mode: 'host',
    command: ['sh', '-c', literal(start), 'sh', base],
    depends_on: otherAccessories(product, name, service),
    volumes: [
      ...kept,
      mount(base, base, true),
      mount(siteFolder(app), '/etc/nginx/conf.d', true),
      mount(logFolder(app), logFolder(app), false),
      ...certificateMounts(product, name, kept),
    ],
  }
}

function mount(source: string, target: string, readOnly: boolean): Fields {
  return { type: 'bind', source, target, read_only: readOnly, bind: { create_host_path: false } }
}

/**
 * What certbot needs of it. Where setup-host has not run yet, Docker makes the folders as certbot would. A mount that is
 * there already stays as it is written: with another one, the container that runs would have other settings.
 */
function certificateMounts(product: Product, name: string, kept: readonly Fields[]): Fields[] {
  if (!product.config.proxy?.tls?.acme) return []
  return [certbotFolder, acmeFolder].flatMap((folder) => {
    const there = kept.find(({ target }) => folderOf(target) === folder)
    if (there === undefined) return [{ ...mount(folder, folder, true), bind: { create_host_path: true } }]
    if (there.type === 'bind' && folderOf(there.source) === folder) return []
    throw new Trouble(
      keyOf(product, name, 'volumes'),
      `puts something else on ${folder}, where nginx finds what certbot got on the server.`,
      `Remove that line, or write \`${folder}:${folder}:ro\`.`,
    )
  })
}

function folderOf(path: unknown): string {
  return String(path).replace(/\/+$/, '')
}

function refuseOwnStart(product: Product, name: string, service: Fields): void {
  for (const key of ['command', 'entrypoint', 'user']) {
    if (service[key] === undefined || service[key] === null) continue
    throw new Trouble(
      keyOf(product, name, key),
      "changes how nginx starts, which Kawasemi does: as root, with workers that may enter the app's folder.",
      'Remove it.',
    )
  }
}

function leaveOutPorts(product: Product, name: string, service: Fields): void {
  const where = keyOf(product, name, 'ports')
  if (listOf(service.ports, where).length === 0) return
  product.notices.add(
    `${where}: left out, since ${name} is on the host's own network; it listens on ${product.config.proxy?.listen}.`,
  )
}

function keptMounts(product: Product, name: string, service: Fields): readonly Fields[] {
  const where = keyOf(product, name, 'volumes')
  const mounts = listOf(service.volumes, where).map((each) => fieldsOf(each, where))
  return mounts.filter((each) => {
    const target = plainText(each.target, where)
    if (!itsConfiguration.test(target)) return true
    product.notices.add(
      `${where}: ${target} is left out, since the site that setup-host writes takes its place.`,
    )
    return false
  })
}

/** A site that looks on every request which slot is live waits for no release. */
function otherAccessories(product: Product, name: string, service: Fields): Fields {
  const written = fieldsOf(service.depends_on, keyOf(product, name, 'depends_on'))
  return pick(
    written,
    Object.keys(written).filter((other) => !product.switched.has(other)),
  )
}
