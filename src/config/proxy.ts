import { z } from 'zod'
import { type SiteOptions, siteOptions, toSiteOptions } from './proxy-options'
import { atMost, section } from './section'
import { assetsUrl, basePath, composeName, domain, duration, port, routePath, size } from './values'

export const proxy = section({
  kind: z
    .enum(['nginx', 'apache', 'caddy'])
    .describe('The web server in front of the app: `nginx`, `apache` or `caddy`.'),
  service: composeName
    .optional()
    .describe(
      'The accessory that is this web server, where it runs in a container; else it is the host’s own.',
    ),
  'own-site': z
    .boolean({ error: 'true or false' })
    .prefault(false)
    .describe(
      'Whether you keep the site’s file: then setup-host prints the lines it needs instead of writing it.',
    ),
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
  files: atMost(
    20,
    section({
      path: assetsUrl.describe('Start of the URL path they are served under, such as `/media/`.'),
      folder: basePath.describe('Where they are, as the web server sees it.'),
      expires: duration('1s', '9000h').optional().describe('How long browsers may keep them.'),
    }),
    'folders of files',
  )
    .prefault([])
    .describe(
      'Folders that outlive releases and that the web server answers from by itself: uploaded media.',
    ),
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
  ...siteOptions,
})

export interface ServedFolder {
  /** With a slash at its end. */
  path: string
  folder: string
  expires?: number
}

export interface ProxyConfig extends SiteOptions {
  kind: 'nginx' | 'apache' | 'caddy'
  /** Left out where the host runs it. */
  service?: string
  /** The site's file is not ours to write. */
  ownSite?: boolean
  domains: string[]
  routes: { path: string; service: string }[]
  files?: ServedFolder[]
  listen: number
  bodySize: number
  readTimeout: number
  keepaliveTimeout: number
}

export function toProxy(file: z.output<typeof proxy>): ProxyConfig {
  const { kind, service, domains, routes, files, listen } = file
  return {
    kind,
    ...(service !== undefined && { service }),
    ...(file['own-site'] && { ownSite: true }),
    domains,
    routes,
    ...(files.length > 0 && { files: files.map(toServedFolder) }),
    listen,
    bodySize: file['body-size'],
    readTimeout: file['read-timeout'],
    keepaliveTimeout: file['keepalive-timeout'],
    ...toSiteOptions(file),
  }
}

function toServedFolder({ path, folder, expires }: z.output<typeof proxy>['files'][number]): ServedFolder {
  return { path, folder, ...(expires !== undefined && { expires }) }
}
