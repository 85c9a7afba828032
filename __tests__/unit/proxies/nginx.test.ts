import type { Config } from '../../../src/config/schema'
import { proxyInPlace } from '../../../src/proxies/kinds'
import { nginx } from '../../../src/proxies/nginx'
import { accessLogFields } from '../../../src/proxies/proxy'
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
      'location /media/ {\n    alias /app/media/;\n    expires 604800s;\n    add_header',
    )
    expect(served.match(/add_header X-Content-Type-Options "nosniff" always;/g)).toHaveLength(2)
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

  test('has one location for static files, also where a limit names their URLs', () => {
    const limited = nginx.renderSite(
      exampleConfig({}, { rateLimits: [{ path: '/_static', requests: 1, per: 's', burst: 0 }] }),
    )
    expect(limited.split('location /_static/ {')).toHaveLength(2)
    expect(limited).toContain('location = /_static {')
  })
})
