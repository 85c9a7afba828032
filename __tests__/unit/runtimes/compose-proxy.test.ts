import type { Tls } from '../../../src/config/schema'
import { Trouble } from '../../../src/release/trouble'
import { composeProjects } from '../../../src/runtimes/compose-model'
import { configOf } from './product'

type Fields = Record<string, unknown>

const projectDir = '/home/runner/shop'
const config = {
  ...configOf({
    services: { web: { role: 'web', port: 8080, slots: { blue: 13000, green: 13001 } } },
    accessories: ['db', 'nginx'],
    volumes: { media: 'shared' },
  }),
  proxy: {
    kind: 'nginx' as const,
    service: 'nginx',
    domains: ['shop.example'],
    routes: [{ path: '/', service: 'web' }],
    listen: 80,
    bodySize: 1024,
    readTimeout: 60_000,
    keepaliveTimeout: 4_000,
  },
}

/** A web server as people write it: published ports, its own configuration, waiting for the services behind it. */
function projects(change: Fields = {}, tls?: Tls) {
  const nginx = {
    image: 'nginx:alpine',
    command: null,
    entrypoint: null,
    networks: { front: null },
    ports: [{ mode: 'ingress', target: 80, published: '80', protocol: 'tcp' }],
    depends_on: { web: { condition: 'service_started' }, db: { condition: 'service_started' } },
    restart: 'always',
    volumes: [
      {
        type: 'bind',
        source: `${projectDir}/nginx/nginx.conf`,
        target: '/etc/nginx/nginx.conf',
        read_only: true,
      },
      { type: 'bind', source: `${projectDir}/nginx/site.conf`, target: '/etc/nginx/conf.d/default.conf' },
      { type: 'bind', source: '/etc/letsencrypt', target: '/etc/nginx/ssl', read_only: true },
      { type: 'volume', source: 'media', target: '/app/media', read_only: true },
    ],
    ...change,
  }
  const model = {
    name: 'checkout',
    services: {
      web: { build: { context: projectDir }, networks: { front: null, default: null } },
      db: { image: 'postgres:15' },
      nginx,
    },
    networks: { front: {}, default: {} },
    volumes: { media: {} },
  }
  const proxy = { ...config.proxy, ...(tls && { tls }) }
  return composeProjects({
    config: { ...config, proxy },
    release: { id: 'v1-7', version: 'v1' },
    projectDir,
    model,
  })
}

const nginxOf = ({ accessories }: ReturnType<typeof projects>) =>
  (accessories!.services as Record<string, Fields>).nginx!

describe('a web server that is an accessory', () => {
  const made = projects()
  const nginx = nginxOf(made)

  it('is on the host’s network, where the ports of the slots are', () => {
    expect(nginx).toMatchObject({ network_mode: 'host', restart: 'always' })
    expect(nginx).not.toHaveProperty('ports')
    expect(nginx).not.toHaveProperty('networks')
    expect(made.accessories?.networks).toEqual({ default: {} })
    expect(made.slots.blue.networks).not.toHaveProperty('accessories_front')
    expect(made.notices.join()).toContain('services.nginx.ports: left out')
  })

  it('sees the folders of the app, its site and its log, and nothing of the release', () => {
    const bind = (source: string, target: string, read_only: boolean) => ({
      type: 'bind',
      source,
      target,
      read_only,
      bind: { create_host_path: false },
    })
    expect(nginx.volumes).toEqual([
      { type: 'bind', source: '/etc/letsencrypt', target: '/etc/nginx/ssl', read_only: true },
      { type: 'volume', source: 'media', target: '/app/media', read_only: true },
      bind('/srv/shop', '/srv/shop', true),
      bind('/etc/kawasemi/shop/nginx', '/etc/nginx/conf.d', true),
      bind('/var/log/kawasemi/shop', '/var/log/kawasemi/shop', false),
    ])
    expect(made.copies).toEqual([])
    expect(made.notices.join()).toMatch(/nginx\.conf is left out.*default\.conf is left out/s)
    expect(JSON.stringify(nginx)).not.toContain('v1-7')
  })

  describe('with certificates by certbot', () => {
    const acme: Tls = { acme: {}, listen: 443, redirectHttp: true }
    const folders = ['/etc/letsencrypt', '/var/lib/kawasemi/acme']
    const volumesOf = (...volumes: unknown[]) => nginxOf(projects({ volumes }, acme)).volumes as Fields[]

    it('sees what certbot has and lays down, also where certbot comes later', () => {
      expect(volumesOf().slice(-2)).toEqual(
        folders.map((folder) => ({
          type: 'bind',
          source: folder,
          target: folder,
          read_only: true,
          bind: { create_host_path: true },
        })),
      )
      const files: Tls = { certificate: '/a/b', key: '/a/c', listen: 443, redirectHttp: true }
      expect(nginxOf(projects({}, files)).volumes).toEqual(nginx.volumes)
    })

    it('keeps mounts that say so already as they are written', () => {
      const written = folders.map((folder) => ({ type: 'bind', source: folder, target: `${folder}/` }))
      expect(volumesOf(...written)).toEqual([
        ...written,
        ...(nginx.volumes as Fields[]).filter(({ source }) => /shop/.test(String(source))),
      ])
    })

    it.each([
      ['another folder of the host', { type: 'bind', source: '/srv/certificates' }],
      ['a volume', { type: 'volume', source: 'media' }],
    ])('is refused with %s in their place', (_, mount) => {
      const volumes = [{ ...mount, target: '/etc/letsencrypt' }]
      const refused = () => projects({ volumes }, acme)
      expect(refused).toThrow(Trouble)
      expect(refused).toThrow(/nginx\.volumes: puts something else on \/etc\/letsencrypt/)
    })
  })

  it('waits for no release', () => {
    expect(nginx.depends_on).toEqual({ db: { condition: 'service_started' } })
  })

  it('starts with workers that may enter the app’s folder', () => {
    const [shell, , program, , folder] = nginx.command as string[]
    expect([shell, folder]).toEqual(['sh', '/srv/shop'])
    // Compose would fill in a single dollar.
    expect(program?.replaceAll('$$', '')).not.toContain('$')
  })

  it.each(['command', 'entrypoint', 'user'])('is refused with a %s of its own', (key) => {
    expect(() => projects({ [key]: 'something' })).toThrow(Trouble)
    expect(() => projects({ [key]: 'something' })).toThrow(`services.nginx.${key}: changes how nginx starts`)
  })
})
