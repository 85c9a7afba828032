import { z } from 'zod'
import { atMost, section } from './section'
import { composeName, domain, duration, port, routePath, size } from './values'

export const proxy = section({
  kind: z.literal('nginx').describe('The web server in front of the app.'),
  domains: atMost(50, domain, 'domains')
    .min(1)
    .describe('Domains of the site; the first one is what probes send.'),
  routes: atMost(
    50,
    section({
      path: routePath.describe('Start of the URL path; the longest match wins.'),
      service: composeName.describe('Web service that answers it.'),
    }),
    'routes',
  )
    .min(1)
    .describe('Which web service answers which path; one of them for `/`.'),
  listen: port.prefault(80).describe('Port the site listens on.'),
  'body-size': size('1k', '10g').prefault('10m').describe('Largest request body.'),
  'read-timeout': duration('1s', '24h')
    .prefault('60s')
    .describe('Longest silence of the app during an answer (also of a WebSocket or an event stream).'),
  'keepalive-timeout': duration('100ms', '75s')
    .prefault('4s')
    .describe(
      "How long the proxy keeps an idle connection to the app. Must be shorter than the app's own: Node closes after 5 s, gunicorn after 2 s.",
    ),
})

export interface ProxyConfig {
  kind: 'nginx'
  domains: string[]
  routes: { path: string; service: string }[]
  listen: number
  bodySize: number
  readTimeout: number
  keepaliveTimeout: number
}

export function toProxy(file: z.output<typeof proxy>): ProxyConfig {
  const { kind, domains, routes, listen } = file
  return {
    kind,
    domains,
    routes,
    listen,
    bodySize: file['body-size'],
    readTimeout: file['read-timeout'],
    keepaliveTimeout: file['keepalive-timeout'],
  }
}
