import fc from 'fast-check'
import type { Acme, Config, ProxyConfig } from '../../../src/config/schema'
import { proxyOf } from '../../../src/proxies/kinds'
import { Trouble } from '../../../src/release/trouble'
import { exampleConfig } from './config'

/** What holds for the site of every kind of web server. */

const kinds: ProxyConfig['kind'][] = ['nginx', 'apache', 'caddy']

function renderAs(kind: ProxyConfig['kind'], config: Config): string {
  return proxyOf({ kind }).renderSite({
    ...config,
    ...(config.proxy && { proxy: { ...config.proxy, kind } }),
  })
}

describe.each(kinds)('%s: a certificate by an authority', (kind) => {
  const acme = { email: 'admin@bird-shop.example', server: 'https://ca.example/dir' }
  const withTls = (redirectHttp: boolean) =>
    exampleConfig({}, { kind, redirectWww: false, tls: { acme, listen: 443, redirectHttp } })
  const files = '/etc/letsencrypt/live/kawasemi-bird-shop'

  test('is one of certbot’s, under a name of its own, or what Caddy gets by itself', () => {
    const site = renderAs(kind, withTls(true))
    if (kind === 'caddy') {
      expect(site).toContain(
        'tls {\n    issuer acme {\n      dir https://ca.example/dir\n      email admin@bird-shop.example\n    }',
      )
      expect(
        renderAs(kind, exampleConfig({}, { tls: { acme: {}, listen: 443, redirectHttp: true } })),
      ).toContain('issuer acme {\n    }')
    } else {
      expect(site).toContain(`${files}/fullchain.pem`)
      expect(site).toContain(`${files}/privkey.pem`)
    }
  })

  test('while it is missing, the site is there in plain HTTP, and answers the authority', () => {
    const site = proxyOf({ kind }).renderSite(withTls(true), false)
    if (kind === 'caddy') return
    expect(site).not.toMatch(/443|letsencrypt|https:\/\//)
    expect(site).toContain('/var/lib/kawasemi/acme')
  })

  test('the authority is answered wherever the site is there in plain HTTP, first of all', () => {
    const down = { nginx: 'return 503', apache: 'R=503', caddy: 'error @down' }[kind]
    for (const site of [renderAs(kind, withTls(false)), renderAs(kind, withTls(true))]) {
      const asked = site.indexOf('acme-challenge/')
      expect(asked).toBeGreaterThan(0)
      expect(asked).toBeLessThan(site.lastIndexOf(down))
    }
    expect(renderAs(kind, exampleConfig())).not.toContain('acme')
  })

  test('leaves its path to nobody else', () => {
    const taken = withTls(false)
    taken.proxy!.routes.push({ path: '/.well-known/acme-challenge/', service: 'api' })
    expect(() => renderAs(kind, taken)).toThrow(/belongs to the certificate authority/)
  })
})

describe.each(kinds)('%s: refused with the value named', (kind) => {
  const render = (config: Config) => renderAs(kind, config)
  const services = exampleConfig().services
  const cases: [string, Config, RegExp][] = [
    [
      'no proxy',
      { ...exampleConfig(), proxy: undefined } as unknown as Config,
      /proxy: is not in the config/,
    ],
    ['no domain', exampleConfig({}, { domains: [] }), /domains/],
    [
      'a route to a worker',
      exampleConfig({}, { routes: [{ path: '/', service: 'mailer' }] }),
      /"mailer": is no web service/,
    ],
    [
      'a route to nothing',
      exampleConfig({}, { routes: [{ path: '/', service: 'constructor' }] }),
      /"constructor": is no web service/,
    ],
    [
      'a path described twice',
      exampleConfig({}, { routes: ['/a', '/a/'].map((path) => ({ path, service: 'api' })) }),
      /"\/a\/": is described twice/,
    ],
    [
      'a route that is the assets’ path',
      exampleConfig(
        {},
        {
          routes: [
            { path: '/', service: 'front' },
            { path: '/_static/', service: 'api' },
          ],
        },
      ),
      /"\/_static\/": is described twice/,
    ],
    [
      'a folder of files at the assets’ path',
      exampleConfig({}, { files: [{ path: '/_static/', folder: '/srv/files' }] }),
      /"\/_static\/": is described twice/,
    ],
    [
      'our own path',
      exampleConfig({}, { routes: [{ path: '/.well-known/kawasemi', service: 'api' }] }),
      /belongs to Kawasemi/,
    ],
    [
      'names that nginx takes for the same',
      exampleConfig(
        { services: { ...services, Api: services.api! } },
        { routes: ['api', 'Api'].map((service, at) => ({ path: `/${at}/`, service })) },
      ),
      /namesake/,
    ],
  ]
  test.each(cases)('%s', (_, config, message) => {
    expect(() => render(config)).toThrow(Trouble)
    expect(() => render(config)).toThrow(message)
  })
})

describe.each(kinds)('%s: a hostile value, even one that got past the schema,', (kind) => {
  const render = (config: Config) => renderAs(kind, config)
  const special = fc.constantFrom(
    ';',
    '{',
    '}',
    '$',
    '"',
    "'",
    '\\',
    '\n',
    '\r',
    '#',
    ' ',
    '\t',
    '\0',
    '*',
    '~',
    '..',
  )
  const plain = fc.constantFrom('a', 'b-c', '0', '/', '.', '_', '-', 'x.example', '/srv/', '日', 'A')
  const hostile = fc.oneof(
    fc.array(fc.oneof(special, plain), { maxLength: 8 }).map((parts) => parts.join('')),
    fc.tuple(plain, special, plain).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  const number = fc.oneof(
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 1e21, '80; evil' as unknown as number),
    fc.integer(),
  )
  const service = exampleConfig().services.api as Extract<Config['services'][string], { role: 'web' }>
  const withService = (name: string, change: Partial<typeof service>) =>
    exampleConfig(
      { services: { [name]: { ...service, ...change } } },
      { routes: [{ path: '/', service: name }] },
    )
  const withAssets = (url: string) => withService('api', { assets: { path: '/app/static', url } })

  const tls = { certificate: '/a/b', key: '/a/b', listen: 443, redirectHttp: true }
  const limit = { path: '/x/', requests: 1, per: 's' as const, burst: 1 }

  const places: [string, fc.Arbitrary<Config>, Config][] = [
    ['app', hostile.map((app) => exampleConfig({ app })), exampleConfig()],
    ['base', hostile.map((base) => exampleConfig({ base })), exampleConfig()],
    ['base folder', hostile.map((x) => exampleConfig({ base: `/srv/${x}` })), exampleConfig()],
    [
      'domain',
      hostile.map((x) => exampleConfig({}, { domains: [x] })),
      exampleConfig({}, { domains: ['a'] }),
    ],
    [
      'route',
      hostile.map((x) => exampleConfig({}, { routes: [{ path: `/${x}/`, service: 'api' }] })),
      exampleConfig({}, { routes: [{ path: '/x/', service: 'api' }] }),
    ],
    ['service', hostile.map((x) => withService(x, {})), withService('api', {})],
    ['assets', hostile.map((x) => withAssets(`/${x}/`)), withAssets('/x/')],
    [
      'files path',
      hostile.map((x) => exampleConfig({}, { files: [{ path: `/${x}/`, folder: '/a/b' }] })),
      exampleConfig({}, { files: [{ path: '/x/', folder: '/a/b' }] }),
    ],
    [
      'folder',
      hostile.map((x) => exampleConfig({}, { files: [{ path: '/x/', folder: `/a/${x}` }] })),
      exampleConfig({}, { files: [{ path: '/x/', folder: '/a/b' }] }),
    ],
    [
      'expires',
      number.map((expires) => exampleConfig({}, { files: [{ path: '/x/', folder: '/a/b', expires }] })),
      exampleConfig({}, { files: [{ path: '/x/', folder: '/a/b', expires: 1 }] }),
    ],
    ['web server', hostile.map((service) => exampleConfig({}, { service })), exampleConfig()],
    ...(['certificate', 'key'] as const).map((file): [string, fc.Arbitrary<Config>, Config] => [
      file,
      hostile.map((x) => exampleConfig({}, { tls: { ...tls, [file]: `/a/${x}` } })),
      exampleConfig({}, { tls }),
    ]),
    ...(['email', 'server'] as const).map((setting): [string, fc.Arbitrary<Config>, Config] => {
      const { listen, redirectHttp } = tls
      const withAcme = (acme: Acme) => exampleConfig({}, { tls: { acme, listen, redirectHttp } })
      const harmless = { email: 'a@b.example', server: 'https://b.example/d' }
      return [
        `acme ${setting}`,
        hostile.map((x) =>
          withAcme({ ...harmless, [setting]: setting === 'email' ? x : `https://b.example/${x}` }),
        ),
        withAcme(harmless),
      ]
    }),
    [
      'TLS port',
      number.map((listen) => exampleConfig({}, { tls: { ...tls, listen } })),
      exampleConfig({}, { tls }),
    ],
    ...(['maintenancePage', 'include'] as const).map((file): [string, fc.Arbitrary<Config>, Config] => [
      file,
      hostile.map((x) => exampleConfig({}, { [file]: `/a/${x}` })),
      exampleConfig({}, { [file]: '/a/b' }),
    ]),
    [
      'header',
      hostile.map((x) => exampleConfig({}, { headers: { [x]: 'a' } })),
      exampleConfig({}, { headers: { a: 'a' } }),
    ],
    [
      'header value',
      hostile.map((x) => exampleConfig({}, { headers: { 'X-A': x } })),
      exampleConfig({}, { headers: { 'X-A': 'a' } }),
    ],
    [
      'rate limit path',
      hostile.map((x) => exampleConfig({}, { rateLimits: [{ ...limit, path: `/${x}/` }] })),
      exampleConfig({}, { rateLimits: [{ ...limit, path: '/x/' }] }),
    ],
    [
      'rate',
      number.map((requests) => exampleConfig({}, { rateLimits: [{ ...limit, requests }] })),
      exampleConfig({}, { rateLimits: [limit] }),
    ],
    [
      'burst',
      number
        .filter((burst) => burst !== 0)
        .map((burst) => exampleConfig({}, { rateLimits: [{ ...limit, burst }] })),
      exampleConfig({}, { rateLimits: [limit] }),
    ],
    ['port', number.map((blue) => withService('api', { slots: { blue, green: 1 } })), withService('api', {})],
    ['listen', number.map((listen) => exampleConfig({}, { listen })), exampleConfig()],
    ['body size', number.map((bodySize) => exampleConfig({}, { bodySize })), exampleConfig()],
    ['read timeout', number.map((readTimeout) => exampleConfig({}, { readTimeout })), exampleConfig()],
    ['keepalive', number.map((keepaliveTimeout) => exampleConfig({}, { keepaliveTimeout })), exampleConfig()],
  ]
  /** In quotes, and with nothing that could end them, a header's value may be anything. */
  const withoutText = (site: string) => site.replace(/ X-A "[^"\\$]*"( always;)?$/gm, ' X-A text')

  /** Words, blocks and lines; a value that is one word among others changes none of them, but maybe their order. */
  const structure = (site: string) =>
    withoutText(site)
      // What depends on a number, not on how it is written.
      .replace(/^Listen \d+\n\n?/gm, '')
      .replace(/disablereuse=(on|off ttl=\d+)/g, 'reuse')
      .replace(/\^\(\[0-9\]\S+\)\$/g, 'number')
      .replaceAll('\\.', '.')
      .replace(/[^\s;{}"'\\#$*~=()][^\s;{}"'\\#$*=()]*/g, 'w')
      .split('\n')
      .sort()

  test.each(places)('as %s is refused or one inert word', (_, configs, harmless) => {
    const expected = structure(render(harmless))
    fc.assert(
      fc.property(configs, (config) => {
        let site: string
        try {
          site = render(config)
        } catch (error) {
          expect(error).toBeInstanceOf(Trouble)
          return
        }
        expect(structure(site)).toEqual(expected)
        expect(withoutText(site)).not.toMatch(/\/\.\.?[/;\s]|[^\x20-\x7e\n]/)
      }),
      { numRuns: 200 },
    )
  })
})
