import type { Config, ProxyConfig, ServedFolder, Tls, WebService } from '../config/schema'
import { Trouble } from '../release/trouble'
import { checked, refuse, whole } from './checked'
import { acmePath, certificateFiles, checkedOptions } from './options'
import { accessLogPath, releasePath } from './proxy'

/* What the config says about the site, every value checked once more. */

export interface SiteService {
  name: string
  blue: number
  green: number
  assetsUrl?: string
}

export interface Site {
  app: string
  base: string
  log: string
  proxy: ProxyConfig
  /** The longest path first. */
  routes: { path: string; service: string }[]
  /** Those that some route leads to. */
  services: SiteService[]
  files: ServedFolder[]
  /** Its servers answer the certificate authority: they are (also) there in plain HTTP. */
  acme: boolean
}

/**
 * @param certified whether TLS has the certificate it needs; without, the site is there in plain HTTP only
 * @throws {Trouble} that names the value. */
export function siteOf(config: Config, certified = true): Site {
  if (!config.proxy) throw new Trouble('proxy', 'is not in the config.', 'Describe the site under `proxy:`.')
  const app = checked('app', config.app)
  const { tls, ...plain } = checkedProxy(config.proxy)
  const proxy = tls && certified ? { ...plain, tls: withFiles(tls, app, plain.kind) } : plain
  const routes = proxy.routes
    .map(({ path, service }) => ({ path: checked('route path', path), service: checked('service', service) }))
    .sort((a, b) => b.path.length - a.path.length)
  const site: Site = {
    app,
    base: checked('base', config.base),
    log: accessLogPath({ app }),
    proxy,
    routes,
    services: [...new Set(routes.map((route) => route.service))].map((name) => serviceOf(config, name)),
    files: (config.proxy.files ?? []).map(checkedFolder),
    acme: tls !== undefined && !(certified && tls.redirectHttp),
  }
  refuseClashes(site)
  return site
}

function checkedProxy(proxy: ProxyConfig): ProxyConfig {
  if (proxy.domains.length === 0) refuse('domains', proxy.domains, 'is empty.')
  return {
    kind: proxy.kind,
    ...(proxy.service !== undefined && { service: checked('service', proxy.service) }),
    ...(proxy.ownSite && { ownSite: true }),
    domains: proxy.domains.map((domain) => checked('domain', domain)),
    routes: proxy.routes,
    listen: whole('listen', proxy.listen, 1, 65_535),
    bodySize: whole('body-size', proxy.bodySize, 1, 2 ** 40),
    readTimeout: whole('read-timeout', proxy.readTimeout, 1, 86_400_000),
    keepaliveTimeout: whole('keepalive-timeout', proxy.keepaliveTimeout, 1, 86_400_000),
    ...checkedOptions(proxy),
  }
}

/** Caddy keeps its certificates to itself. */
function withFiles(tls: Tls, app: string, kind: ProxyConfig['kind']): Tls {
  return tls.acme && kind !== 'caddy' ? { ...tls, ...certificateFiles(app) } : tls
}

function checkedFolder({ path, folder, expires }: ServedFolder): ServedFolder {
  return {
    path: checked('files path', path),
    folder: checked('folder', folder),
    ...(expires !== undefined && { expires: whole('expires', expires, 1, 2 ** 40) }),
  }
}

function serviceOf(config: Config, name: string): SiteService {
  const service = Object.hasOwn(config.services, name) ? config.services[name] : undefined
  if (service?.role !== 'web') refuse('route to', name, 'is no web service of the config.')
  const { slots: ports, assets } = service as WebService
  return {
    name,
    blue: whole(`blue port of ${name}`, ports.blue, 1, 65_535),
    green: whole(`green port of ${name}`, ports.green, 1, 65_535),
    ...(assets && { assetsUrl: checked('assets url', assets.url) }),
  }
}

/** nginx would refuse two equal locations or upstreams too, but not in words that lead to the config. */
function refuseClashes({ routes, services, files, acme }: Site): void {
  const assets = services.flatMap(({ assetsUrl = [] }) => assetsUrl)
  const folders = files.map(({ path }) => path)
  const paths = [...routes.flatMap(({ path }) => locationsOf(path)), ...assets, ...folders]
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined) refuse('path', twice, 'is described twice.')
  if (paths.includes(`= ${releasePath}`)) refuse('path', releasePath, 'belongs to Kawasemi.')
  if (acme && paths.includes(acmePath)) refuse('path', acmePath, 'belongs to the certificate authority.')
  const names = services.map(({ name }) => name.toLowerCase())
  const alike = names.find((name, at) => names.indexOf(name) !== at)
  if (alike !== undefined) refuse('service', alike, 'has a namesake that differs in upper case only.')
}

/** `/api` means itself and what is under it, not `/apiary`. */
export function pathsOf(path: string): { exact: boolean; url: string }[] {
  return path.endsWith('/')
    ? [{ exact: false, url: path }]
    : [
        { exact: true, url: path },
        { exact: false, url: `${path}/` },
      ]
}

/** What answers a part of the URLs. */
export type Place =
  | { kind: 'assets'; url: string; exact: false }
  | { kind: 'files'; url: string; exact: false; files: ServedFolder }
  | { kind: 'route'; url: string; exact: boolean; service: SiteService }

/** In the order in which they are to be tried, so that the longest that fits is taken. */
export function placesOf({ services, files, routes }: Site): Place[] {
  const places: Place[] = [
    ...services.flatMap(({ assetsUrl: url }) =>
      url === undefined ? [] : [{ kind: 'assets' as const, url, exact: false as const }],
    ),
    ...files.map((each) => ({ kind: 'files' as const, url: each.path, exact: false as const, files: each })),
    ...routes.flatMap(({ path, service }) =>
      pathsOf(path).map((part) => ({
        kind: 'route' as const,
        ...part,
        service: services.find(({ name }) => name === service)!,
      })),
    ),
  ]
  return places.sort((a, b) => b.url.length - a.url.length)
}

/** As nginx writes them, which takes the longest of all that match. */
export function locationsOf(path: string): string[] {
  return pathsOf(path).map(({ exact, url }) => (exact ? `= ${url}` : url))
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
