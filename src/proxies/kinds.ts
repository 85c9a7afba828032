import type { Config, ProxyConfig } from '../config/schema'
import { apache } from './apache'
import { caddy } from './caddy'
import { nginx } from './nginx'
import { nginxInside } from './nginx-inside'
import type { ProxyKind } from './proxy'

const kinds: Readonly<Record<ProxyConfig['kind'], ProxyKind>> = { nginx, apache, caddy }

export function proxyOf({ kind }: Pick<ProxyConfig, 'kind'>): ProxyKind {
  return kinds[kind]
}

/** The config lets no other kind be an accessory. @throws {Trouble} when a value must not reach the site. */
export function proxyInPlace(config: Config): ProxyKind {
  const { kind, service } = config.proxy ?? { kind: 'nginx' }
  return service === undefined ? kinds[kind] : nginxInside(config)
}
