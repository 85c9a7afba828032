import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/schema'
import { type Call, call } from '../host/program'
import { proxyOf } from '../proxies/kinds'
import { slots } from '../release/slot'

export const portsLibrary = readFileSync(join(__dirname, 'setup-ports.sh'), 'utf8')

/** Every port of the app on a host, and who is to have it there: web servers of a host are shared between apps. */
export function portCalls(config: Config): Call[] {
  const { app, proxy } = config
  const web = proxy?.service === undefined ? proxy?.kind : `${proxy.kind} of ${app}`
  const lines = [
    ...(proxy
      ? [proxy.listen, ...(proxy.tls ? [proxy.tls.listen] : [])].map((port) => `${port} ${web}`)
      : []),
    ...Object.entries(config.services).flatMap(([name, service]) =>
      service.role === 'web' ? slots.map((slot) => `${service.slots[slot]} ${app} (${name}, ${slot})`) : [],
    ),
  ]
  return lines.length === 0
    ? []
    : [call('ports', app, lines.join('\n'), proxyOf(proxy ?? { kind: 'nginx' }).program.process)]
}
