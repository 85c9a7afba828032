import type { Config, ProxyConfig } from '../config/schema'
import { Trouble } from '../release/trouble'
import { apache } from './apache'
import { caddy } from './caddy'
import { nginx } from './nginx'
import { nginxInside } from './nginx-inside'
import type { ProxyKind } from './proxy'

const kinds: Readonly<Record<ProxyConfig['kind'], ProxyKind>> = { nginx, apache, caddy }

/** Those that can be an accessory. */
const inside: Partial<Record<ProxyConfig['kind'], (config: Config) => ProxyKind>> = { nginx: nginxInside }

export function proxyOf({ kind }: Pick<ProxyConfig, 'kind'>): ProxyKind {
  return kinds[kind]
}

/** @throws {Trouble} when this kind cannot be an accessory, or a value must not reach the site. */
export function proxyInPlace(config: Config): ProxyKind {
  const { kind, service } = config.proxy ?? { kind: 'nginx' }
  if (service === undefined) return kinds[kind]
  const make = inside[kind]
  if (make) return make(config)
  throw new Trouble(
    'proxy.service',
    `${kind} cannot run in a container.`,
    `Take it out, or use ${Object.keys(inside)}.`,
  )
}
