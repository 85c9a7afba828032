import type { ProxyConfig } from '../config/schema'
import { nginx } from './nginx'
import type { ProxyKind } from './proxy'

const kinds: Readonly<Record<ProxyConfig['kind'], ProxyKind>> = { nginx }

export function proxyOf({ kind }: Pick<ProxyConfig, 'kind'>): ProxyKind {
  return kinds[kind]
}
