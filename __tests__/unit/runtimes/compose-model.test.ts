// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Compose
import fc from 'fast-check'
import { Trouble } from '../../../src/release/trouble'
import { type ComposeProjects, composeProjects, refuseUnset } from '../../../src/runtimes/compose-model'
import { configOf } from './product'

type Fields = Record<string, unknown>
type Model = { name: string; services: Record<string, Fields> } & Record<string, unknown>

const projectDir = '/home/runner/shop'
const config = configOf({
  services: {
    web: { role: 'web', port: 8080, slots: { blue: 13000, green: 13001 } },
    jobs: { role: 'worker' },
  },
  accessories: ['db'],
  volumes: { media: 'shared', built: 'slot' },
  ignore: ['nginx'],
})

/** What `docker compose config` makes of a small product. */
function model(change: (model: Model) => void = () => undefined): Model {
  const made: Model = {
    name: 'checkout',
    services: {
      web: {
        build: { context: projectDir },
        networks: { inner: null },
        ports: [{ mode: 'ingress', target: 8080, published: '8080', protocol: 'tcp' }],
        environment: { PASSWORD: '${PASSWORD}' },
        volumes: [
          { type: 'volume', source: 'media', target: '/media', volume: {} },
          { type: 'volume', source: 'built', target: '/built', volume: {} },
        ],
        depends_on: {
          db: { condition: 'service_healthy', required: true },
          jobs: { condition: 'service_started' },
        },
      },
      jobs: {
        image: 'jobs:1',
        networks: { inner: null },
        depends_on: { web: { condition: 'service_healthy', required: true } },
      },
      db: {
        image: 'postgres:15',
        networks: { inner: null },
        volumes: [{ type: 'volume', source: 'data', target: '/d' }],
      },
      nginx: { image: 'nginx', ports: [{ target: 80, published: '80' }] },
      tool: { image: 'tool', profiles: ['tools'] },
    },
    networks: { inner: { name: 'checkout_inner', driver: 'bridge' }, default: { name: 'checkout_default' } },
    volumes: {
      media: { name: 'checkout_media' },
      built: { name: 'checkout_built' },
      data: { name: 'checkout_data' },
    },
  }
  change(made)
  return made
}

function projects(change?: (model: Model) => void, changed: Partial<typeof config> = {}): ComposeProjects {
  return composeProjects({
    config: { ...config, ...changed },
    release: { id: 'v1-7', version: 'v1' },
    projectDir,
    model: model(change),
  })
}

const service = (from: ComposeProjects, key = 'web-green'): Fields =>
  (from.slots[key.endsWith('-blue') ? 'blue' : 'green'].services as Record<string, Fields>)[key]!
const accessory = (from: ComposeProjects): Fields =>
  (from.accessories!.services as Record<string, Fields>).db!
const trouble = (change?: (model: Model) => void, changed?: Partial<typeof config>): string => {
  try {
    projects(change, changed)
  } catch (error) {
    if (error instanceof Trouble) return error.message
    throw error
  }
  return 'no trouble'
}

describe('a product in two slots', () => {
  it('is one project for each slot and one for the accessories', () => {
    const { slots, accessories, accessoryImages } = projects()
    expect([slots.blue.name, slots.green.name, accessories?.name]).toEqual([
      'shop-blue',
      'shop-green',
      'shop-accessories',
    ])
    expect(Object.keys(slots.blue.services as Fields)).toEqual(['web-blue', 'jobs-blue'])
    expect(Object.keys(accessories?.services as Fields)).toEqual(['db'])
    expect(accessoryImages).toEqual(['postgres:15'])
  })

  it('runs every service from the release’s own image, also where another one was taken for it', () => {
    const made = projects()
    expect(service(made)).toMatchObject({ image: 'kawasemi/shop-web:v1-7', pull_policy: 'never' })
    expect(service(made)).not.toHaveProperty('build')
    expect(service(made, 'jobs-blue')).toMatchObject({
      image: 'kawasemi/shop-jobs:v1-7',
      pull_policy: 'never',
    })
    expect(made.takenImages).toEqual([
      { name: 'jobs:1', reference: 'kawasemi/shop-jobs:v1-7', fetch: 'missing' },
    ])
  })

  it.each([
    ['jobs', undefined, 'always'],
    ['jobs:latest', undefined, 'always'],
    ['jobs:latest', 'missing', 'always'],
    ['registry.example:5000/jobs', undefined, 'always'],
    ['registry.example:5000/jobs:2', undefined, 'missing'],
    ['jobs:2', 'if_not_present', 'missing'],
    ['jobs:2', 'daily', 'always'],
    ['jobs:2', 'always', 'always'],
    ['jobs:latest', 'never', 'never'],
    [`jobs@sha256:${'0'.repeat(64)}`, undefined, 'missing'],
  ])('asks the registry for %s with pull_policy %s: %s', (image, policy, fetch) => {
    const made = projects((each) => Object.assign(each.services.jobs!, { image, pull_policy: policy }))
    expect(made.takenImages.map((each) => each.fetch)).toEqual([fetch])
  })

  it('lets a service be found by its plain name within its slot only', () => {
    const made = projects((each) => {
      each.services.web!.networks = { inner: { aliases: ['www'] }, default: null }
    })
    expect(service(made).networks).toEqual({
      inner: { aliases: ['web', 'www'] },
      accessories_inner: {},
      default: { aliases: ['web'] },
    })
    expect(made.slots.green.networks).toEqual({
      inner: { driver: 'bridge' },
      default: {},
      accessories_inner: { name: 'shop-accessories_inner', external: true },
    })
    expect(made.accessories?.networks).toEqual({ inner: { driver: 'bridge' } })
  })

  it('publishes a web service on its slot’s port of the loopback, and nothing of a worker', () => {
    const port = (published: string) => [
      { mode: 'ingress', host_ip: '127.0.0.1', target: 8080, published, protocol: 'tcp' },
    ]
    expect(service(projects(), 'web-blue').ports).toEqual(port('13000'))
    expect(service(projects(), 'web-green').ports).toEqual(port('13001'))
    expect(service(projects(), 'jobs-green')).not.toHaveProperty('ports')
  })

  it('shares volumes or gives each slot its own, as declared', () => {
    const { slots, accessories, sharedVolumes } = projects((each) => {
      ;(each.volumes as Record<string, Fields>).data = {
        name: 'old-data',
        driver: 'local',
        driver_opts: { type: 'nfs' },
      }
    })
    expect(slots.green.volumes).toEqual({
      media: { name: 'shop_media', external: true },
      built: { name: 'shop-green_built' },
    })
    expect(accessories?.volumes).toEqual({ data: { name: 'old-data', external: true } })
    expect(sharedVolumes).toEqual([
      { name: 'shop_media', driver: 'local', options: [] },
      { name: 'old-data', driver: 'local', options: ['type=nfs'] },
    ])
  })

  it('waits for services of the same slot only, and never for a worker', () => {
    const made = projects()
    expect(service(made)).not.toHaveProperty('depends_on')
    expect(service(made, 'jobs-green').depends_on).toEqual({ 'web-green': { condition: 'service_healthy' } })
    expect(made.notices.join()).toContain('depends_on.jobs: left out')
  })

  it('tells the service where it runs, and leaves secrets as variables', () => {
    expect(service(projects()).environment).toEqual({
      PASSWORD: '${PASSWORD}',
      KAWASEMI_APP: 'shop',
      KAWASEMI_SLOT: 'green',
      KAWASEMI_RELEASE: 'v1-7',
      KAWASEMI_VERSION: 'v1',
    })
  })

  it('bounds logs and the time to stop', () => {
    expect(service(projects(), 'jobs-blue')).toMatchObject({
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
      stop_grace_period: '3s',
    })
    const made = projects((each) => Object.assign(each.services.web!, { logging: { driver: 'syslog' } }))
    expect(service(made).logging).toEqual({ driver: 'syslog' })
  })

  it.each([
    [{}, 'unless-stopped'],
    [{ restart: 'always' }, 'unless-stopped'],
    [{ restart: 'no' }, 'no'],
    [{ restart: 'on-failure:3' }, 'on-failure:3'],
    [{ deploy: { restart_policy: { condition: 'any' } } }, 'unless-stopped'],
    [{ deploy: { restart_policy: { condition: 'on-failure', max_attempts: 2 } } }, 'on-failure:2'],
  ])('restarts a service with %j as %s', (fields, policy) => {
    expect(service(projects((each) => Object.assign(each.services.web!, fields))).restart).toBe(policy)
  })

  it('keeps an accessory as it was written', () => {
    const ports = [
      { mode: 'ingress', target: 5432, published: '5432', protocol: 'tcp', host_ip: '127.0.0.1' },
    ]
    const made = projects((each) =>
      Object.assign(each.services.db!, {
        restart: 'always',
        container_name: 'the-db',
        ports,
        mem_limit: '64m',
      }),
    )
    expect(accessory(made)).toMatchObject({
      restart: 'always',
      container_name: 'the-db',
      ports,
      mem_limit: '64m',
    })
    expect(made.warnings).toEqual([])
  })

  it('warns of what is open to everybody', () => {
    const { warnings } = projects((each) => {
      each.services.db!.ports = [{ target: 5432, published: '5432', protocol: 'tcp' }]
      each.services.web!.volumes = [
        { type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock' },
      ]
    })
    expect(warnings.join('\n')).toMatch(
      /docker\.sock.*\n.*services\.db\.ports: db is published on every address/,
    )
  })

  it('keeps a fixed container name as an alias', () => {
    const made = projects((each) => Object.assign(each.services.web!, { container_name: 'the-web' }))
    expect(service(made)).not.toHaveProperty('container_name')
    expect(service(made).networks).toMatchObject({ inner: { aliases: ['web', 'the-web'] } })
    expect(made.notices.join()).toContain('container_name: left out')
  })

  it('takes mounted files along: into the release for a slot, apart from releases for accessories', () => {
    const made = projects((each) => {
      each.services.web!.volumes = [
        {
          type: 'bind',
          source: `${projectDir}/conf/a$$b`,
          target: '/conf',
          bind: { create_host_path: true },
        },
        { type: 'bind', source: '/etc/zone', target: '/zone' },
      ]
      each.services.db!.volumes = [
        { type: 'bind', source: `${projectDir}/init.sql`, target: '/init.sql', read_only: true },
      ]
    })
    expect(service(made).volumes).toEqual([
      {
        type: 'bind',
        source: '/srv/shop/releases/v1-7/files/conf/a$$b',
        target: '/conf',
        read_only: true,
        bind: { create_host_path: false },
      },
      { type: 'bind', source: '/etc/zone', target: '/zone' },
    ])
    expect(accessory(made).volumes).toMatchObject([{ source: '/srv/shop/shared/accessories/init.sql' }])
    expect(made.copies).toMatchObject([
      { from: 'conf/a$b', to: 'files/conf/a$b' },
      { from: 'init.sql', to: 'accessories/init.sql' },
    ])
  })

  it('reads env files from the release, where `.env` is what the env input gave', () => {
    const made = projects((each) => {
      each.services.web!.env_file = [
        { path: `${projectDir}/.env`, required: true },
        { path: `${projectDir}/web.env`, required: false },
      ]
    })
    expect(service(made).env_file).toEqual([
      { path: '/srv/shop/releases/v1-7/env.defaults', required: true },
      { path: '/srv/shop/releases/v1-7/env', required: true },
      { path: '/srv/shop/releases/v1-7/files/web.env', required: false },
    ])
    expect(made.copies).toMatchObject([{ from: 'web.env', secret: { required: false } }])
  })

  it('takes configs and secrets along', () => {
    const made = projects((each) => {
      Object.assign(each.services.web!, {
        configs: [{ source: 'nginx' }, { source: 'text' }],
        secrets: [{ source: 'token' }],
      })
      each.configs = {
        nginx: { name: 'x', file: `${projectDir}/nginx.conf` },
        text: { content: 'a ${PASSWORD}' },
        other: {},
      }
      each.secrets = { token: { name: 'x', environment: 'TOKEN' } }
    })
    expect(made.slots.blue.configs).toEqual({
      nginx: { file: '/srv/shop/releases/v1-7/files/nginx.conf' },
      text: { content: 'a ${PASSWORD}' },
    })
    expect(made.slots.blue.secrets).toEqual({ token: { environment: 'TOKEN' } })
    expect(made.accessories?.secrets).toEqual({})
  })

  it('keeps an external network for both slots, without names both would answer to', () => {
    const made = projects((each) => {
      each.services.web!.networks = { outer: { aliases: ['www'] } }
      Object.assign(each.networks as Fields, { outer: { name: 'company', external: true } })
      each.services.db!.networks = { outer: null }
    })
    expect(service(made).networks).toEqual({ outer: {} })
    expect(made.slots.green.networks).toMatchObject({ outer: { name: 'company', external: true } })
    expect(made.notices.join()).toContain('aliases are left out')
  })
})

describe('what cannot be in two slots', () => {
  const web = (fields: Fields) => (each: Model) => void Object.assign(each.services.web!, fields)

  it.each<[string, string | RegExp, (model: Model) => void, Partial<typeof config>?]>([
    [
      'a service nobody named',
      'services.extra: kawasemi.yml does not say',
      (each) => (each.services.extra = { image: 'x' }),
    ],
    [
      'a named service that is missing',
      'services: jobs: docker-compose.yml has no service',
      (each) => delete each.services.jobs,
    ],
    [
      'a service under two keys',
      'is under accessories too',
      () => undefined,
      { compose: { file: 'c.yml', ignore: ['db'] } },
    ],
    ['an app named like a slot', 'ends like a slot', () => undefined, { app: 'shop-blue' }],
    [
      'a further published port',
      'services.web.ports: publishes port 9229',
      web({ ports: [{ target: 9229, published: '9229' }] }),
    ],
    [
      'UDP on the switched port',
      'services.web.ports',
      web({ ports: [{ target: 8080, published: '1', protocol: 'udp' }] }),
    ],
    [
      'a worker that publishes',
      'services.jobs.ports: a worker',
      (each) => (each.services.jobs!.ports = [{ target: 1 }]),
    ],
    ['the host’s network', 'services.web.network_mode: is "host"', web({ network_mode: 'host' })],
    ['another service’s network', 'services.web.network_mode', web({ network_mode: 'service:db' })],
    ['another container’s processes', 'services.web.pid', web({ pid: 'service:db' })],
    ['several copies behind one port', 'services.web.deploy.replicas', web({ deploy: { replicas: 2 } })],
    [
      'a fixed address',
      'networks.inner: has a fixed address',
      web({ networks: { inner: { ipv4_address: '10.0.0.2' } } }),
    ],
    [
      'internal networks only',
      'services.web.networks: are all internal',
      (each) => (each.networks = { inner: { internal: true } }),
    ],
    ['an undeclared network', 'networks.no: is used but not declared', web({ networks: { no: null } })],
    ['links', 'services.web.links: cannot be deployed', web({ links: ['db'] })],
    ['a key from the future', 'services.web.quantum: cannot be deployed', web({ quantum: true })],
    [
      'an undeclared volume',
      'kawasemi.yml: volumes.media: is missing: web uses',
      () => undefined,
      { volumes: {} },
    ],
    [
      'a declared volume that is not there',
      'volumes.ghost: docker-compose.yml has no volume',
      () => undefined,
      { volumes: { media: 'shared', built: 'slot', ghost: 'shared' } },
    ],
    [
      'an accessory’s volume in slots',
      'the accessory db uses it',
      () => undefined,
      { volumes: { media: 'shared', built: 'slot', data: 'slot' } },
    ],
    [
      'the whole project mounted',
      'mounts the whole project',
      web({ volumes: [{ type: 'bind', source: projectDir, target: '/app' }] }),
    ],
    [
      'a secret from a file',
      'secrets.s: is not from a variable',
      (each) => {
        each.services.web!.secrets = [{ source: 's' }]
        each.secrets = { s: { file: `${projectDir}/s` } }
      },
    ],
    [
      'a config from elsewhere',
      'configs.c: is not a file of the repository',
      (each) => {
        each.services.web!.configs = [{ source: 'c' }]
        each.configs = { c: { file: '/home/runner/c' } }
      },
    ],
    [
      'an accessory that is built',
      'services.db.build',
      (each) => (each.services.db!.build = { context: '.' }),
    ],
    [
      'an accessory that waits for a service',
      'services.db.depends_on.web',
      (each) => (each.services.db!.depends_on = { web: {} }),
    ],
    [
      'an accessory on a slot’s port',
      "which is a slot's port",
      (each) => (each.services.db!.ports = [{ target: 1, published: '13001' }]),
    ],
    [
      'a service whose name is no image’s',
      'service Web_.x',
      (each) => {
        each.services['Web_.x'] = each.services.web!
        delete each.services.web
      },
      { services: { 'Web_.x': config.services.web!, jobs: config.services.jobs! } },
    ],
  ])('refuses %s by name', (...[, message, change, changed]) => {
    expect(trouble(change, changed)).toMatch(message)
  })

  it('refuses variables that would be empty on the host, of what is deployed only', () => {
    expect(() => refuseUnset(['PASSWORD', 'OTHER'], projects(), 'c.yml')).toThrow(
      /^c\.yml: \$\{PASSWORD\}: has no value/,
    )
    expect(() => refuseUnset(['OTHER'], projects(), 'c.yml')).not.toThrow()
    const escaped = projects(web({ environment: { A: '$${OTHER} $$OTHER' } }))
    expect(() => refuseUnset(['OTHER'], escaped, 'c.yml')).not.toThrow()
  })
})

describe('hostile models', () => {
  const json = fc.jsonValue({ maxDepth: 4 })
  const key = fc.constantFrom(
    'image',
    'build',
    'ports',
    'networks',
    'volumes',
    'environment',
    'env_file',
    'depends_on',
    'restart',
    'deploy',
    'configs',
    'secrets',
    'labels',
    'logging',
    'network_mode',
    'container_name',
    'scale',
    '__proto__',
    'constructor',
  )

  const sections = ['name', 'services', 'networks', 'volumes', 'configs', 'secrets']

  it('end in trouble or in projects of the same shape', () => {
    fc.assert(
      fc.property(fc.constantFrom('web', 'jobs', 'db'), key, json, (name, field, value) => {
        let made: ComposeProjects
        try {
          made = projects((each) => {
            each.services[name] = { ...each.services[name], [field]: value }
          })
        } catch (error) {
          if (error instanceof Trouble) return
          throw error
        }
        for (const project of [made.slots.blue, made.slots.green, made.accessories]) {
          expect(Object.keys(JSON.parse(JSON.stringify(project)))).toEqual(sections)
          expect(project?.name).toMatch(/^shop-(blue|green|accessories)$/)
        }
        expect(Object.keys(made.slots.blue.services as Fields)).toEqual(['web-blue', 'jobs-blue'])
      }),
      { numRuns: 500 },
    )
  })

  it('never lets a name become anything but a name', () => {
    const section = fc.constantFrom('services', 'volumes', 'networks', 'configs', 'secrets')
    fc.assert(
      fc.property(section, fc.string({ unit: 'binary', maxLength: 20 }), (where, name) => {
        fc.pre(!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
        const change = (each: Model) => {
          const made: Record<string, unknown> = each
          made[where] = Object.fromEntries([
            ...Object.entries((each[where] ?? {}) as Fields),
            [name, { profiles: ['x'] }],
          ])
        }
        expect(trouble(change)).toMatch(/is not a name/)
      }),
    )
  })

  it('writes paths of the checkout so that Compose reads them back', () => {
    const part = fc
      .stringMatching(/^[^/\u0000-\u001f\u007f]{1,20}$/)
      .filter((each) => each !== '.' && each !== '..')
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const source = `${projectDir}/${parts.join('/')}`.replaceAll('$', '$$$$')
        const { copies, slots } = projects((each) => {
          each.services.web!.volumes = [{ type: 'bind', source, target: '/x' }]
        })
        const written = JSON.stringify((slots.blue.services as Record<string, Fields>)['web-blue']!.volumes)
        expect(copies[0]!.from).toBe(parts.join('/'))
        expect(written.replaceAll('$$', '')).not.toContain('$')
        expect(JSON.parse(written)[0].source.replaceAll('$$', '$')).toBe(
          `/srv/shop/releases/v1-7/files/${parts.join('/')}`,
        )
      }),
    )
  })
})
