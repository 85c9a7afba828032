import fc from 'fast-check'
import { ConfigError, configKeys, loadConfig } from '../../../src/config/load'
import { changed, sample } from './sample'

const load = (text: string, environment = 'staging') => loadConfig(text, 'kawasemi.yml', environment)

function failure(text: string, environment?: string): ConfigError {
  try {
    load(text, environment)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const message = (text: string, environment?: string) => failure(text, environment).message

describe('a good file', () => {
  test('becomes a config with its environment merged and defaults filled in', () => {
    expect(load(sample)).toEqual({
      app: 'shop',
      environment: 'staging',
      base: '/srv/shop',
      hosts: [{ name: '203.0.113.7', address: '203.0.113.7', user: 'deploy', port: 22 }],
      compose: { file: 'docker-compose.prod.yml', ignore: ['nginx'] },
      services: {
        frontend: {
          role: 'web',
          port: 3000,
          slots: { blue: 13000, green: 13001 },
          health: { path: '/', status: [200, 304], headers: {}, json: {} },
          assets: { path: '/app/.next/static', url: '/_next/static/' },
          stopTimeout: 10_000,
        },
        backend: {
          role: 'web',
          port: 3001,
          slots: { blue: 13010, green: 13011 },
          health: {
            path: '/health',
            status: [],
            headers: { 'content-type': 'application/json' },
            json: { status: 'healthy', 'checks.database': true },
            body: 'ok|healthy',
          },
          stopTimeout: 20_000,
        },
        mailer: { role: 'worker', stopTimeout: 10_000 },
      },
      accessories: ['postgres', 'redis'],
      setup: { packages: [], database: false, docker: 'host', firewall: 'off', openPorts: [] },
      volumes: { postgres_data: 'shared', scratch: 'slot' },
      proxy: {
        kind: 'nginx',
        domains: ['staging.shop.example'],
        routes: [
          { path: '/', service: 'frontend' },
          { path: '/api/', service: 'backend' },
        ],
        listen: 80,
        bodySize: 1024 ** 3,
        readTimeout: 60_000,
        keepaliveTimeout: 4000,
      },
      database: { kind: 'postgres', accessory: 'postgres' },
      backup: 'on',
      hooks: { afterShip: [], beforeSwitch: [], afterSwitch: [], onFailure: [] },
      migrations: {
        service: 'backend',
        command: ['npm', 'run', 'migrate'],
        timeout: 600_000,
        lockTimeout: 500,
      },
      gate: { deadline: 60_000, interval: 1000, timeout: 5000, successes: 2 },
      bake: { duration: 10_000, maxErrorPercent: 0.5, minRequests: 20 },
      drain: { timeout: 30_000 },
      retire: { previous: 'warm', keep: 5 },
    })
  })

  test('takes hosts with ports and IPv6 addresses', () => {
    expect(load(sample, 'production').hosts).toEqual([
      { name: '203.0.113.20:2222', address: '203.0.113.20', user: 'deploy', port: 2222 },
      { name: '2001:db8::1', address: '2001:db8::1', user: 'deploy', port: 22 },
      { name: '[2001:db8::1]:2022', address: '2001:db8::1', user: 'deploy', port: 2022 },
    ])
  })

  test('may have an environment that overrides nothing', () => {
    const text = changed('app: shop', 'app: shop\nhosts: [me@host.example]')
    expect(load(text, 'empty').proxy?.domains).toEqual(['shop.example', 'www.shop.example'])
  })

  test('may use anchors', () => {
    const text = changed('slots: { blue: 13000, green: 13001 }', 'slots: &s { blue: 13000, green: 13001 }')
    expect(message(changed('{ blue: 13010, green: 13011 }', '*s', text))).toBe(
      'kawasemi.yml:9:23: services.backend.slots.blue: expected a port of its own, found 13000, which is services.frontend.slots.blue\n' +
        'kawasemi.yml:9:37: services.backend.slots.green: expected a port of its own, found 13001, which is services.frontend.slots.green',
    )
  })

  test('needs neither proxy nor database', () => {
    const text = 'app: shop\nhosts: [a@b]\nservices: { w: { role: worker } }\nenvironments: { staging: }'
    expect(Object.keys(load(text))).not.toEqual(expect.arrayContaining(['proxy']))
    expect(load(text)).not.toHaveProperty('database')
  })
})

describe('a host behind another', () => {
  const hosts = (list: string) => changed('[deploy@203.0.113.7]', list)

  test('has that one as its jump host', () => {
    const { hosts: read } = load(
      hosts('[deploy@203.0.113.7, { host: "deploy@10.0.0.5:2222", jump: jump@203.0.113.9 }]'),
    )
    expect(read).toMatchObject([
      { address: '203.0.113.7' },
      {
        name: '10.0.0.5:2222',
        address: '10.0.0.5',
        user: 'deploy',
        port: 2222,
        jump: { name: '203.0.113.9', user: 'jump', port: 22 },
      },
    ])
    expect(read[0]).not.toHaveProperty('jump')
  })

  test('may have several of them, the first of which is gone to first', () => {
    const [host] = load(hosts('[{ host: deploy@10.1.0.5, jump: [a@203.0.113.9, b@10.0.0.1] }]')).hosts
    expect(host).toMatchObject({
      name: '10.1.0.5',
      jump: { name: '10.0.0.1', user: 'b', jump: { name: '203.0.113.9', user: 'a' } },
    })
    expect(host!.jump!.jump).not.toHaveProperty('jump')
  })

  test('may have the address of another one behind another jump host', () => {
    const list = '[{ host: a@10.0.0.5, jump: j@b }, { host: a@10.0.0.5, jump: j@c }]'
    expect(load(hosts(list)).hosts).toHaveLength(2)
    expect(message(hosts(list.replace('j@c', 'j@b')))).toContain(
      'each one once, found 10.0.0.5:22 behind b:22 again',
    )
  })

  test.each([
    ['{ host: deploy@10.0.0.5, jump: nobody }', 'hosts[0].jump: expected user@address or user@address:port'],
    ['{ host: deploy@10.0.0.5 }', 'hosts[0].jump: expected user@address'],
    ['{ host: deploy@10.0.0.5, jmp: a@b }', 'hosts[0].jmp: expected the key jump, found the unknown key'],
    [
      '[]',
      'hosts[0]: expected user@address or user@address:port, such as deploy@203.0.113.7, or a map with host and jump, found an empty list',
    ],
  ])('%s is refused where it is wrong', (entry, expected) => {
    expect(message(hosts(`[${entry}]`))).toContain(expected)
  })
})

test('a domain cannot redirect and answer', () => {
  const text = changed('kind: nginx', 'kind: nginx\n  redirect-www: true')
  expect(message(text, 'production')).toContain(
    'proxy.domains[0]: expected either shop.example or www.shop.example, with redirect-www',
  )
})

test('what a site can do besides is read in full', () => {
  const options = `tls: { certificate: /etc/ssl/shop.pem, key: /etc/ssl/shop.key }
  headers: { X-Frame-Options: DENY }
  rate-limits: [{ path: /login, rate: 5/m, burst: 3 }]
  gzip: true
  maintenance-page: /srv/shop/shared/closed.html
  include: /etc/nginx/snippets/shop.conf`
  expect(load(changed('kind: nginx', `kind: nginx\n  ${options}`)).proxy).toMatchObject({
    tls: { certificate: '/etc/ssl/shop.pem', key: '/etc/ssl/shop.key', listen: 443, redirectHttp: true },
    headers: { 'X-Frame-Options': 'DENY' },
    rateLimits: [{ path: '/login', requests: 5, per: 'm', burst: 3 }],
    gzip: true,
    maintenancePage: '/srv/shop/shared/closed.html',
    include: '/etc/nginx/snippets/shop.conf',
  })
})

test('an authority for certificates, with whom it writes to and where it is', () => {
  const acme = (text: string) =>
    load(changed('kind: nginx', `kind: nginx\n  tls: { acme: ${text} }`)).proxy?.tls
  const settings = { email: 'admin@shop.example', server: 'https://ca.example:14000/acme/directory' }
  expect(acme('{}')).toEqual({ acme: {}, listen: 443, redirectHttp: true })
  expect(acme(JSON.stringify(settings))).toMatchObject({ acme: settings })
  const inside = changed('kind: nginx', 'kind: nginx\n  service: redis\n  tls: { acme: {} }')
  expect(load(inside).proxy).toMatchObject({ service: 'redis', tls: { acme: {} } })
  for (const bad of [
    'http://ca.example/directory',
    'https://ca.example',
    'https://ca.example/a b',
    'ca.example/d',
  ])
    expect(() => acme(JSON.stringify({ server: bad }))).toThrow(
      /proxy\.tls\.acme\.server: expected the https URL/,
    )
  for (const bad of ['admin', '-x@shop.example', 'a b@shop.example', 'a@b'])
    expect(() => acme(JSON.stringify({ email: bad }))).toThrow(/proxy\.tls\.acme\.email: expected an e-mail/)
})

describe('an error', () => {
  test('names file, line, column, key, what was expected and what was found', () => {
    const { file, problems, message } = failure(changed('port: 3000', 'port: "3000"'))
    expect(file).toBe('kawasemi.yml')
    expect(problems).toEqual([
      {
        line: 8,
        column: 11,
        key: 'services.frontend.port',
        expected: 'a whole number from 1 to 65535',
        found: '"3000"',
      },
    ])
    expect(message).toBe(
      'kawasemi.yml:8:11: services.frontend.port: expected a whole number from 1 to 65535, found "3000"',
    )
  })

  test.each([
    ['port: 3001', 'prot: 3001', 14, 5, 'the key port', 'the unknown key "prot"'],
    ['stop-timeout: 20s', 'stopTimeout: 20s', 21, 5, 'the key stop-timeout', 'the unknown key "stopTimeout"'],
    ['stop-timeout: 20s', 'stop_timout: 20s', 21, 5, 'the key stop-timeout', 'the unknown key "stop_timout"'],
    [
      'file: docker-compose.prod.yml',
      'colour: red',
      3,
      3,
      'one of the keys file, ignore',
      'the unknown key "colour"',
    ],
    [
      'app: shop',
      'app: shop\nconstructor: 1',
      2,
      1,
      /^one of the keys app, base/,
      'the unknown key "constructor"',
    ],
  ])('%s → %s names the nearest known key', (from, to, line, column, expected, found) => {
    const { problems } = failure(changed(from, to))
    const unknown = problems.find((each) => each.found.startsWith('the unknown'))
    expect(unknown).toMatchObject({ line, column, found })
    expect(unknown?.expected).toMatch(expected)
  })

  test('in an override points there, not to the base', () => {
    expect(message(changed('duration: 10s', 'duration: 10'))).toBe(
      'kawasemi.yml:40:23: environments.staging.bake.duration: expected a duration from 0s to 1h, such as 500ms, 10s, 5m or 1h, found 10',
    )
    expect(message(changed('[staging.shop.example]', '[staging.shop.example, Shop.example]'))).toMatch(
      /^kawasemi.yml:39:39: environments.staging.proxy.domains\[1\]: expected a domain in lower case/,
    )
    expect(message(changed('domains: [staging', 'domain: [staging'))).toBe(
      'kawasemi.yml:39:7: environments.staging.proxy.domain: expected the key domains, found the unknown key "domain"',
    )
  })

  test('of another environment does not matter', () => {
    expect(load(changed('"deploy@203.0.113.20:2222"', '5')).environment).toBe('staging')
  })

  test('tells what is missing, at the map it is missing from', () => {
    expect(message(changed('    port: 3001\n', ''))).toBe(
      'kawasemi.yml:12:3: services.backend.port: expected a whole number from 1 to 65535, found nothing',
    )
    expect(message(changed('    hosts: [deploy@203.0.113.7]\n', ''))).toBe(
      'kawasemi.yml:1:1: hosts: expected a list, found nothing',
    )
    expect(message(sample, 'empty')).toBe('kawasemi.yml:1:1: hosts: expected a list, found nothing')
  })

  test('of several comes with the others, ten at most', () => {
    const text = changed('port: 3000', 'port: 0', changed('port: 3001', 'port: 70000'))
    expect(failure(text).problems.map(({ line }) => line)).toEqual([8, 14])
    const many = changed(
      'app: shop',
      `app: shop\n${Array.from({ length: 25 }, (_, i) => `x${i}: 1`).join('\n')}`,
    )
    expect(failure(many).problems).toHaveLength(10)
    expect(message(many)).toMatch(/\nand 15 more$/)
  })

  test('shows a long or strange value short and on one line', () => {
    const text = changed('app: shop', `app: "${'a'.repeat(500)}\\n::error::"`)
    expect(message(text)).toMatch(/found "a{56}…$/)
    expect(message(changed('app: shop', 'app: "a\\n::error::b"'))).not.toContain('\n')
    expect(message(changed('app: shop', 'app: shop\n"a\\n::error::b": 1'))).not.toContain('\n')
  })
})

describe('environments', () => {
  test('that is unknown: the known ones are listed', () => {
    expect(message(sample, 'prod')).toBe(
      'kawasemi.yml:36:3: environments: expected the input environment to name one of them (staging, production, empty), found "prod"',
    )
    expect(message(sample, 'constructor')).toContain('found "constructor"')
    expect(message(sample, '__proto__')).toContain('found "__proto__"')
  })

  test('that are not there', () => {
    const text = sample.slice(0, sample.indexOf('environments:'))
    expect(message(text)).toBe(
      'kawasemi.yml:1:1: environments: expected the environment "staging", found no environments',
    )
  })

  test.each([
    ['  empty:', '  Empty:', /environments.Empty: expected an environment name of .*, found "Empty"/],
    ['  staging:\n    hosts', '  staging: 5\n  stale:\n    hosts', /37|environments.staging: expected a map/],
  ])('%s → %s', (from, to, expected) => {
    expect(message(changed(from, to))).toMatch(expected)
  })

  test('replace lists and merge maps', () => {
    const text = changed('bake: {', 'accessories: [postgres]\n    volumes: { scratch: shared }\n    bake: {')
    expect(load(text)).toMatchObject({
      accessories: ['postgres'],
      volumes: { postgres_data: 'shared', scratch: 'shared' },
    })
  })
})

describe('what YAML can hold and a config cannot', () => {
  test.each([
    ['a syntax error', 'app: [', 'expected YAML, found a mistake'],
    ['an unknown tag', 'app: !thing 5', 'expected YAML, found a mistake'],
    ['two documents', 'a: 1\n---\nb: 2', 'expected YAML, found a mistake'],
    ['an anchor that is not there', 'app: *a', '1:6: app: expected an anchor of this name, found "a"'],
    ['no map', '- 1', 'expected a map with app, hosts, services, environments, found a list'],
    ['nothing', '', 'found nothing'],
    [
      'a key twice',
      'app: shop\nhosts: []\napp: shop',
      '3:1: app: expected each key once, found it again, after line 1',
    ],
    ['a key that is a number', 'app: { 1: 2 }', '1:8: app: expected keys that are text, found 1'],
    ['a key that is a list', '[a]: 2', 'expected keys that are text, found another kind of key'],
    ['a date', '%YAML 1.1\n---\napp: !!timestamp 2020-01-01', 'expected text, a number'],
    ['depth', 'app: '.concat('['.repeat(40), ']'.repeat(40)), 'expected at most 30 levels'],
    ['great depth', '['.repeat(100_000), 'expected YAML'],
    [
      'many keys',
      Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'),
      'expected at most 10000 values',
    ],
    ['size', `# ${'x'.repeat(300_000)}`, 'expected a file of at most 256 KB, found 293 KB'],
    [
      'aliases that unfold to millions of values',
      [
        'a: &a [1,1,1,1,1,1,1,1]',
        ...'bcdefgh'.split('').map((n, i) => `${n}: &${n} [${`*${'abcdefg'[i]},`.repeat(8)}]`),
      ].join('\n'),
      'expected at most 10000 values',
    ],
    ['an alias inside its own anchor', 'a: &a [*a]', 'expected at most 30 levels'],
  ])('%s', (_, text, expected) => {
    expect(message(text)).toContain(expected)
  })

  test('__proto__ is refused and changes nothing', () => {
    expect(message(changed('app: shop', 'app: shop\n__proto__: { polluted: 1 }'))).toContain(
      'expected another name for a key, found "__proto__"',
    )
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('values', () => {
  test.each([
    [
      'app: shop',
      ['app: Shop', 'app: s', 'app: -shop', 'app: shop-', `app: ${'a'.repeat(41)}`, 'app: a/b', 'app: "a b"'],
    ],
    [
      'app: shop',
      ['/', '/srv', 'srv/shop', '/srv/../etc', '/srv/./a', '/srv/a b', '/srv//a', '/srv/a/'].map(
        (b) => `app: shop\nbase: "${b}"`,
      ),
    ],
    [
      'file: docker-compose.prod.yml',
      ['file: /etc/passwd', 'file: ../x', 'file: a/../b', 'file: a//b', 'file: "a b"', 'file: ""'],
    ],
    [
      'deploy@203.0.113.7',
      [
        'deploy',
        '203.0.113.7',
        'a@b@c',
        'a@-b',
        '"a@[1.2.3.4]"',
        '"a@[::1"',
        '"a@::1"',
        '"a@b:0"',
        '"a@b:99999"',
        '"a b@c"',
        '"-o@b"',
        'a@1.2.3',
        'a@1.2.3.256',
        '"a@$(x)"',
      ],
    ],
    [
      'staging.shop.example]',
      [
        '"*.shop.example"]',
        'Shop.example]',
        '-a.example]',
        'a-.example]',
        'a..b]',
        '203.0.113.7]',
        'bücher.example]',
        '"a;b"]',
        'a_b.example]',
        `${'a'.repeat(64)}.example]`,
      ],
    ],
    [
      'path: /api/,',
      [
        'path: api,',
        'path: "/a b",',
        'path: /a/../b,',
        'path: //a,',
        'path: "/a;",',
        'path: "/a$x",',
        'path: "/{a}",',
      ],
    ],
    ['path: /health', ['path: health', 'path: "/a b"', 'path: "/a#b"', 'path: "/a\\r\\nX: y"']],
    ['body: ok|healthy', ['body: "("', 'body: ""', 'body: 5']],
    ['blue: 13000', ['blue: 80', 'blue: 65536', 'blue: 13001', 'blue: 1.5', 'blue: 13010']],
    ['status: [200, 304]', ['status: 99', 'status: 600', 'status: []', 'status: ok']],
    [
      'stop-timeout: 20s',
      ['20', '"20"', '20S', '0s', '2h', '1.5s', '-1s', '99999999999s', '5d', '1m30s'].map(
        (d) => `stop-timeout: ${d}`,
      ),
    ],
    ['body-size: 1g', ['5', '5M', '11g', '0k', '1t'].map((d) => `body-size: ${d}`)],
    [
      'max-error-percent: 0.5',
      ['max-error-percent: -1', 'max-error-percent: 101', 'max-error-percent: .nan', 'max-error-percent: 5%'],
    ],
    [
      'command: [npm, run, migrate]',
      [
        'command: npm run migrate',
        'command: []',
        'command: [npm, 5]',
        'command: ["a\\u0000b"]',
        'command: ["a\\nb"]',
      ],
    ],
    ['postgres_data: shared', ['postgres_data: both', '_data: shared', '"a b": shared', '"../x": shared']],
    ['role: worker', ['role: cron', 'role: ']],
    ['body-size: 1g', ['keepalive-timeout: 0s', 'keepalive-timeout: 2m']],
    ['url: /_next/static', ['url: /', 'url: _next', 'url: "/a b"']],
    ['path: /app/.next/static/', ['path: /', 'path: app', 'path: /a/../b']],
  ])('%s cannot be any of %j', (from, wrong) => {
    for (const to of wrong) {
      expect(() => load(changed(from, to))).toThrow(ConfigError)
      expect(failure(changed(from, to)).problems[0]?.expected.length).toBeGreaterThan(3)
    }
  })

  test.each([
    [
      'domains: [staging.shop.example]',
      ['domains: [xn--bcher-kva.example]', 'domains: [localhost]', 'domains: [a1.b-c.example]'],
    ],
    ['app: shop', ['app: td-buddy', 'app: a1', 'app: shop\nbase: /opt/apps/shop_1.2']],
    ['deploy@203.0.113.7', ['"_x.y@host-1.example:65535"', 'Deploy@h']],
    ['status: [200, 304]', ['status: 204']],
    ['path: /health', ['path: /health?full=1&x=%20']],
  ])('%s can be any of %j', (from, right) => {
    for (const to of right) expect(() => load(changed(from, to))).not.toThrow()
  })
})

describe('parts that have to fit each other', () => {
  test.each([
    [
      'service: frontend',
      'service: fronted',
      'proxy.routes[0].service: expected the name of a web service (frontend, backend), found "fronted"',
    ],
    ['service: frontend', 'service: mailer', 'proxy.routes[0].service: expected the name of a web service'],
    [
      'service: frontend',
      'service: constructor',
      'proxy.routes[0].service: expected the name of a web service',
    ],
    [
      '{ service: backend',
      '{ service: toString',
      'migrations.service: expected the name of a service (frontend, backend, mailer), found "toString"',
    ],
    ['path: /, service', 'path: /x/, service', 'proxy.routes: expected a route for the path /, found none'],
    [
      'body-size: 1g',
      'service: nginx',
      'proxy.service: expected one of the accessories (postgres, redis), found "nginx"',
    ],
    [
      'body-size: 1g',
      'files: [{ path: /m, folder: /a/b }, { path: /m/, folder: /a/c }]',
      'proxy.files[1]: expected each one once, found /m/ again',
    ],
    ['{ path: /api/, ', '{ path: /, ', 'proxy.routes[1]: expected each one once, found / again'],
    [
      'accessory: postgres',
      'accessory: pg',
      'database.accessory: expected one of the accessories (postgres, redis), found "pg"',
    ],
    [
      'green: 13001',
      'green: 13000',
      'services.frontend.slots.green: expected a port of its own, found 13000, which is services.frontend.slots.blue',
    ],
    ['green: 13001', 'green: 13011', 'services.backend.slots.green: expected a port of its own, found 13011'],
    [
      'kind: nginx\n  domains',
      'kind: caddy\n  listen: 8080\n  domains',
      'proxy.listen: expected 80 with caddy, whose log depends on it, found 8080',
    ],
    [
      'kind: nginx\n  domains',
      'kind: apache\n  service: redis\n  domains',
      'proxy.service: expected no service: only nginx can run in a container',
    ],
    [
      'kind: nginx\n  domains',
      'kind: apache\n  rate-limits: [{ path: /, rate: 10/s }]\n  domains',
      'proxy.rate-limits: expected none with apache, which cannot limit rates by itself',
    ],
    [
      'kind: nginx\n  domains',
      'kind: nginx\n  tls: { certificate: /etc/ssl/shop.pem }\n  domains',
      'proxy.tls.key: expected an absolute path of the host, such as /etc/ssl/shop.pem, found nothing',
    ],
    [
      'kind: nginx\n  domains',
      'kind: nginx\n  tls: { acme: {}, certificate: /etc/ssl/shop.pem, key: /etc/ssl/shop.key }\n  domains',
      'proxy.tls.acme: expected either acme or files, not both',
    ],
    [
      'kind: nginx\n  domains',
      'kind: apache\n  own-site: true\n  tls: { acme: {} }\n  domains',
      'proxy.tls.acme: expected no acme with own-site, whose file names the certificate',
    ],
    [
      'kind: nginx\n  domains',
      'kind: caddy\n  tls: { listen: 8443 }\n  domains',
      'proxy.tls.listen: expected 443 with caddy, whose log depends on it, found 8443',
    ],

    [
      'body-size: 1g',
      'listen: 13010',
      'services.backend.slots.blue: expected a port of its own, found 13010, which is proxy.listen',
    ],
    [
      '[postgres, redis]',
      '[postgres, mailer]',
      'accessories[1]: expected a name that is not under services, found mailer',
    ],
    [
      '[postgres, redis]',
      '[postgres, postgres]',
      'accessories[1]: expected each one once, found postgres again',
    ],
    [
      '[nginx]',
      '[redis]',
      'compose.ignore[0]: expected a name that is not deployed elsewhere in the file, found redis',
    ],
    [
      '[nginx]',
      '[frontend]',
      'compose.ignore[0]: expected a name that is not deployed elsewhere in the file, found frontend',
    ],
    [
      'bake: {',
      'gate: { deadline: 10s, successes: 11 }\n    bake: {',
      'environments.staging.gate.deadline: expected more time than the pauses between 11 successes take (10 s), found "10s"',
    ],
    [
      'lock-timeout: 500ms',
      'lock-timeout: 30s, timeout: 20s',
      'migrations.lock-timeout: expected no more than migrations.timeout, found "30s"',
    ],
    [
      '[deploy@203.0.113.7]',
      '[a@b, c@b]',
      'environments.staging.hosts[1]: expected each one once, found b:22 again',
    ],
  ])('%s → %s', (from, to, expected) => {
    expect(message(changed(from, to))).toContain(expected)
  })
})

describe('garbage', () => {
  const survives = (text: string) => {
    try {
      load(text)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      expect(error.problems.length).toBeGreaterThan(0)
      for (const { line, column } of error.problems) {
        expect(line).toBeGreaterThan(0)
        expect(column).toBeGreaterThan(0)
      }
    }
  }

  test('of any kind is at most a ConfigError', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { numRuns: 300 })
    const words = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '&a',
      '*a',
      '? ',
      '!!map',
      '"',
      "'",
      '|',
      '>',
      '%',
      '---',
      '#',
      '<<',
      '\t',
      '\u0000',
      'app',
      '1',
    )
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 40 }).map((each) => each.join('')),
        survives,
      ),
      { numRuns: 1000 },
    )
  })

  test('put into a good file is at most a ConfigError', () => {
    const edit = fc.tuple(fc.nat(sample.length), fc.nat(12), fc.string({ unit: 'grapheme', maxLength: 6 }))
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        survives(
          edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), sample),
        )
      }),
      { numRuns: 1000 },
    )
  })

  test('as JSON under every key is at most a ConfigError', () => {
    const keys = [
      'app',
      'base',
      'hosts',
      'compose',
      'services',
      'accessories',
      'volumes',
      'proxy',
      'database',
      'backup',
      'migrations',
      'gate',
      'bake',
      'drain',
      'retire',
      'environments',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (file) =>
        survives(JSON.stringify(file)),
      ),
      { numRuns: 500 },
    )
  })
})

test('the keys of an environment, each with what it says there', () => {
  const text = [
    'app: shop',
    'hosts: [a@b, c@d]',
    'gate: { deadline: 30s, successes: 2 }',
    'environments: { production: { gate: { deadline: 60s } }, staging: }',
  ].join('\n')
  expect([...configKeys(text, 'kawasemi.yml', 'production')]).toEqual([
    ['app', '"shop"'],
    ['hosts', '["a@b","c@d"]'],
    ['gate.deadline', '"60s"'],
    ['gate.successes', '2'],
  ])
  expect(configKeys(text, 'kawasemi.yml', 'staging').get('gate.deadline')).toBe('"30s"')
  expect(() => configKeys(text, 'kawasemi.yml', 'other')).toThrow(ConfigError)
})

describe('two environments on one server', () => {
  const ofProduction = '"deploy@203.0.113.20:2222"'
  const shared = changed(ofProduction, 'ops@203.0.113.7')

  test('would take the slots of each other, so both are refused', () => {
    expect(message(shared)).toMatch(
      /^kawasemi\.yml:\d+:\d+: environments\.staging: expected a server of its own, or an `app` of its own, found shop on 203\.0\.113\.7, where production has it too$/,
    )
    expect(message(shared, 'production')).toContain('where staging has it too')
  })

  test('are fine as two apps, unless they have one base folder', () => {
    const two = changed('  staging:\n', '  staging:\n    app: shop-staging\n', shared)
    expect(load(two).app).toBe('shop-staging')
    expect(message(changed('app: shop\n', 'app: shop\nbase: /srv/shop\n', two))).toContain('shop-staging on')
  })

  test('are on two where the port or a jump host differs', () => {
    for (const other of ['ops@203.0.113.7:2222', '{ host: ops@203.0.113.7, jump: me@203.0.113.9 }'])
      expect(load(changed(ofProduction, other)).app).toBe('shop')
  })

  test('matter only where the other one is good', () => {
    expect(load(changed('  production:\n', '  production:\n    bake: never\n', shared)).app).toBe('shop')
  })
})
