import fc from 'fast-check'
import type { Config } from '../../../src/config/schema'
import { proxyInPlace } from '../../../src/proxies/kinds'
import { nginx } from '../../../src/proxies/nginx'
import { accessLogFields } from '../../../src/proxies/proxy'
import { Trouble } from '../../../src/release/trouble'
import { exampleConfig } from './config'

const render = (config: Config) => nginx.renderSite(config)

describe('the nginx site', () => {
  const site = render(exampleConfig())

  test('looks for `up` before it chooses a slot, and never at blue', () => {
    const at = (text: string) => site.indexOf(text)
    expect(at('if (!-e /srv/bird-shop/live/up) {\n    return 503;')).toBeGreaterThan(0)
    expect(at('set $kawasemi_slot blue;')).toBeGreaterThan(at('live/up'))
    expect(at('if (-e /srv/bird-shop/live/green)')).toBeGreaterThan(at('set $kawasemi_slot blue;'))
    expect(site).not.toContain('live/blue')
    expect(site).toContain('open_file_cache off;')
  })

  test('has two upstreams for each web service, on loopback, their idle time from the config', () => {
    const upstreams = [
      ...site.matchAll(
        /upstream (\S+) \{\n {2}server (\S+);\n {2}keepalive 32;\n {2}keepalive_timeout (\S+);/g,
      ),
    ].map(([, ...rest]) => rest)
    expect(upstreams.sort()).toEqual([
      ['bird-shop_api_blue', '127.0.0.1:13001', '4000ms'],
      ['bird-shop_api_green', '127.0.0.1:13101', '4000ms'],
      ['bird-shop_front_blue', '127.0.0.1:13000', '4000ms'],
      ['bird-shop_front_green', '127.0.0.1:13100', '4000ms'],
    ])
  })

  test('has the longest route first, a path without a slash at its end meaning itself and what is under it', () => {
    const locations = [...site.matchAll(/^ {2}location (.*) \{$/gm)].map(([, path]) => path)
    expect(locations).toEqual([
      '= /.well-known/kawasemi',
      '/_static/',
      '= /health',
      '/health/',
      '/api/',
      '/',
      '@stream_api',
      '@stream_front',
    ])
  })

  test('answers 404 where no route leads, instead of with the web server’s own folder', () => {
    const only = render(exampleConfig({}, { routes: [{ path: '/api/', service: 'api' }] }))
    expect(only).toContain('location / {\n    return 404;')
  })

  test('answers from folders that outlive releases', () => {
    const files = [
      { path: '/media/', folder: '/app/media', expires: 604_800_000 },
      { path: '/docs/', folder: '/srv/docs' },
    ]
    const served = render(exampleConfig({}, { files }))
    expect(served).toContain(
      'location /media/ {\n    alias /app/media/;\n    expires 604800s;\n    add_header X-Content-Type-Options nosniff always;',
    )
    expect(served).toContain('location /docs/ {\n    alias /srv/docs/;\n    add_header')
  })

  test('is in a folder of its own where nginx runs in a container, and the same', () => {
    const inside = exampleConfig({}, { service: 'web' })
    expect(nginx.sitePath(exampleConfig())).toBe('/etc/nginx/conf.d/bird-shop.conf')
    expect(proxyInPlace(inside).sitePath(inside)).toBe('/etc/kawasemi/bird-shop/nginx/bird-shop.conf')
    expect(proxyInPlace(inside).renderSite(inside)).toBe(site)
  })

  test('logs the fields in the order that is promised', () => {
    const format = /log_format kawasemi_bird-shop '(.*)';/.exec(site)?.[1] ?? ''
    expect(format.split('\\t')).toHaveLength(accessLogFields.length)
    expect(format.split('\\t').slice(0, 3)).toEqual(['$msec', '$kawasemi_slot', '$status'])
  })

  test('takes only what it has to out of the config', () => {
    expect(site).not.toContain('mailer')
    expect(site).toContain('server_name bird-shop.example www.bird-shop.example;')
    expect(site).toContain('client_max_body_size 10485760;')
    expect(site).toContain('proxy_read_timeout 60000ms;')
  })
})

describe('refused with the value named', () => {
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

describe('a hostile value, even one that got past the schema', () => {
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
    ['port', number.map((blue) => withService('api', { slots: { blue, green: 1 } })), withService('api', {})],
    ['listen', number.map((listen) => exampleConfig({}, { listen })), exampleConfig()],
    ['body size', number.map((bodySize) => exampleConfig({}, { bodySize })), exampleConfig()],
    ['read timeout', number.map((readTimeout) => exampleConfig({}, { readTimeout })), exampleConfig()],
    ['keepalive', number.map((keepaliveTimeout) => exampleConfig({}, { keepaliveTimeout })), exampleConfig()],
  ]
  /** Words, blocks and lines; a value that is one word among others changes none of them. */
  const structure = (site: string) => site.replace(/[^\s;{}"'\\#$*~=()][^\s;{}"'\\#$*=()]*/g, 'w')

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
        expect(structure(site)).toBe(expected)
        expect(site).not.toMatch(/\/\.\.?[/;\s]|[^\x20-\x7e\n]/)
      }),
      { numRuns: 300 },
    )
  })
})
